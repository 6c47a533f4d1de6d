//! Addresses on other servers, asked of those servers. It is the only check whose findings do not
//! follow from the site alone, and runs when it is asked for, never by default.

mod answer;
mod asking;
mod client;
mod gather;
mod lanes;
mod parts;
mod private;
mod report;
#[cfg(test)]
mod tests;

pub use asking::{Asking, Proxies};

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::checks::check::CheckContext;
use crate::checks::external::answer::{Answer, State, recall, remember};
use crate::checks::external::client::{Client, Patience};
use crate::checks::external::gather::gather;
use crate::checks::external::lanes::{Pace, ask_all};
use crate::checks::external::report::{offline, report};
use crate::diagnostic::Diagnostic;
use crate::progress::{Event, Stage};
use crate::site_path::SitePath;

/// The pause between two requests to one server.
const PAUSE: Duration = Duration::from_millis(200);
/// How long to wait before a server without time is asked again.
const AGAIN: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(30);

/// Asks for every address on another server that the files of `about` lead to. Answers are kept in
/// the store for a week if they are good and for a day if not.
pub fn ask_web(
    context: &CheckContext<'_>,
    asking: Asking,
    about: &dyn Fn(&SitePath) -> bool,
) -> Vec<Diagnostic> {
    let settings = &context.site.config.check.external;
    let patience = Patience {
        retries: settings.retries,
        pause: AGAIN,
        longest: LONGEST,
    };
    let pace = Pace {
        at_once: settings.per_server,
        pause: PAUSE,
    };
    ask_with(context, asking, about, pace, &|| {
        Client::new(settings, asking, patience, None)
    })
}

fn ask_with(
    context: &CheckContext<'_>,
    asking: Asking,
    about: &dyn Fn(&SitePath) -> bool,
    pace: Pace,
    client: &dyn Fn() -> Client,
) -> Vec<Diagnostic> {
    let settings = &context.site.config.check.external;
    let mut addresses = gather(context, about);
    addresses.retain(|address, _| !settings.ignores(address));
    let parts = |address: &str| -> BTreeSet<&str> {
        let uses = addresses.get(address).into_iter().flatten();
        uses.filter_map(|found| found.part.as_deref()).collect()
    };
    let mut answers: BTreeMap<&str, Answer> = BTreeMap::new();
    if !asking.refresh {
        let known = addresses.keys().filter_map(|address| {
            let parts = parts(address);
            let known = recall(context.store, address, parts.into_iter(), asking.now)?;
            Some((address.as_str(), known))
        });
        answers.extend(known);
    }
    let wanted: Vec<&str> = addresses
        .keys()
        .map(String::as_str)
        .filter(|address| !answers.contains_key(address))
        .collect();
    if !wanted.is_empty() {
        let stage = Stage::Check;
        (context.progress)(Event::Started {
            stage,
            total: wanted.len(),
        });
        let client = client();
        let asked = ask_all(wanted.iter().copied(), pace, &|address| {
            let answer = client.ask(address, &parts(address));
            (context.progress)(Event::Stepped {
                stage,
                path: SitePath::root(),
            });
            answer
        });
        (context.progress)(Event::Finished { stage });
        if let Some(found) = offline(&asked) {
            return vec![found];
        }
        for (address, answer) in &asked {
            remember(context.store, address, answer);
        }
        answers.extend(asked);
    }
    let found = addresses.iter().filter_map(|(address, uses)| {
        let answer = answers.get(address.as_str())?;
        let accepted = match answer.state {
            State::Status(status) => settings.accepts(address, status),
            _ => false,
        };
        (!accepted).then(|| report(address, uses, answer))
    });
    found.flatten().collect()
}
