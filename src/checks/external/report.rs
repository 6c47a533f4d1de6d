//! Answers of servers as findings, each at every place that leads there.

use url::Url;

use crate::checks::external::answer::{Answer, State};
use crate::checks::external::gather::Use;
use crate::checks::written::Written;
use crate::diagnostic::{Diagnostic, Severity};
use crate::site_path::SitePath;

/// What an answer means for those who wrote the address.
pub(super) fn report(address: &str, uses: &[Use<'_>], answer: &Answer) -> Vec<Diagnostic> {
    match &answer.state {
        State::Good => uses
            .iter()
            .filter_map(|place| good(address, place, answer))
            .collect(),
        // What lies in a private network is nobody's fault and is often meant as an example.
        State::Refused(_) => Vec::new(),
        State::Astray(why) => broken(uses, &format!("`{address}` leads nowhere: {why}")),
        State::Unreached(why) => unreachable(
            uses,
            Severity::Warning,
            format!("`{address}` cannot be reached: {why}"),
        ),
        State::Status(status) => match status {
            500..=599 => unreachable(
                uses,
                Severity::Warning,
                format!("the server of `{address}` has a fault ({status})"),
            ),
            // It is there, for those whom the server lets in.
            401..=403 | 405..=408 | 418 | 425 | 429 | 451 | 999 => unreachable(
                uses,
                Severity::Suggestion,
                format!("the server does not show `{address}` to a program ({status})"),
            ),
            _ => broken(uses, &format!("nothing is at `{address}` ({status})")),
        },
    }
}

/// If no server at all could be reached, that is said once.
pub(super) fn offline(asked: &[(&str, Answer)]) -> Option<Diagnostic> {
    /// One or two servers that are gone say nothing of this machine.
    const ENOUGH: usize = 3;
    let mut hosts: Vec<String> = Vec::new();
    let mut why = None;
    for (address, answer) in asked {
        match &answer.state {
            State::Refused(_) => continue,
            State::Unreached(words) => why = why.or(Some(words)),
            _ => return None,
        }
        let url = Url::parse(address).ok()?;
        hosts.extend(url.host_str().map(str::to_owned));
    }
    hosts.sort_unstable();
    hosts.dedup();
    let message = format!("none of {} servers could be reached: {}", hosts.len(), why?);
    let found = Diagnostic::new(
        "link-external-unreachable",
        Severity::Warning,
        &SitePath::root(),
        message,
    );
    (hosts.len() >= ENOUGH).then(|| {
        found.help("see that this machine is on the web; the addresses themselves may all be right")
    })
}

fn good(address: &str, place: &Use<'_>, answer: &Answer) -> Option<Diagnostic> {
    if let Some(part) = &place.part
        && answer.parts.get(part) == Some(&false)
    {
        let message = format!("`{address}` has no place `{part}`");
        let found = found(
            place,
            "link-external-fragment",
            Severity::Suggestion,
            message,
        );
        return Some(found.help("take another place, or lead to the page as a whole"));
    }
    let moved = answer.moved.as_deref()?;
    let whole = match &place.part {
        Some(part) => format!("{moved}#{part}"),
        None => moved.to_owned(),
    };
    let message = format!("`{address}` has moved for good");
    let found = found(place, "link-external-moved", Severity::Suggestion, message);
    let found = found.help(format!("it is at `{whole}` now"));
    let written = Written::of(place.page, place.written, place.span);
    Some(match has_password(place.written) {
        true => found,
        false => found.replacements(written.with(&whole)),
    })
}

fn broken(uses: &[Use<'_>], message: &str) -> Vec<Diagnostic> {
    let one = |place: &Use<'_>| {
        found(
            place,
            "link-external-broken",
            Severity::Warning,
            message.to_owned(),
        )
        .help("correct it, or lead to a copy in an archive of the web")
    };
    uses.iter().map(one).collect()
}

fn unreachable(uses: &[Use<'_>], severity: Severity, message: String) -> Vec<Diagnostic> {
    let one = |place: &Use<'_>| {
        found(
            place,
            "link-external-unreachable",
            severity,
            message.clone(),
        )
        .help("look yourself; `accept` and `ignore` in `[check.external]` leave out what is right")
    };
    uses.iter().map(one).collect()
}

/// A finding that does not show what stands before an `@` in any address of its line.
fn found(place: &Use<'_>, code: &'static str, severity: Severity, message: String) -> Diagnostic {
    let mut found = place
        .page
        .diagnostic(code, severity, place.span.clone(), message);
    if let Some(shown) = &mut found.place {
        shown.excerpt = hide(&shown.excerpt);
    }
    found
}

fn has_password(written: &str) -> bool {
    let authority = written.split("//").nth(1).unwrap_or("");
    let end = authority.find(['/', '?', '#']).unwrap_or(authority.len());
    authority[..end].contains('@')
}

/// The line with stars for what stands between `//` and `@`, so that columns stay.
fn hide(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("//") {
        let (before, after) = rest.split_at(at + 2);
        let end = after
            .find(|c: char| c.is_whitespace() || "/?#<>\"'()".contains(c))
            .unwrap_or(after.len());
        let secret = after[..end].rfind('@').unwrap_or(0);
        shown.push_str(before);
        shown.extend(after[..secret].chars().map(|_| '*'));
        rest = &after[secret..];
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hidden_in_place() {
        assert_eq!(
            hide("see [x](https://ada:geh\u{e4}im@x.example/a@b) // c"),
            "see [x](https://**********@x.example/a@b) // c"
        );
        assert!(has_password("//ada@x.example") && !has_password("https://x.example/@ada"));
    }
}
