//! `tympan follow`: let an environment follow a branch again, which ends its pin and its hold.

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::decide::{Decision, decide, tell};
use crate::cli::environment::Shipping;
use crate::cli::json;
use crate::cli::project::root;
use crate::cli::promote::DecidedReport;
use crate::cli::ship_args::FollowArgs;
use crate::cli::ui::Ui;
use crate::config::{Desire, Environment};

#[derive(Serialize)]
struct FollowReport<'a> {
    format: u32,
    environment: &'a str,
    follow: &'a str,
    dry_run: bool,
    #[serde(flatten)]
    decided: DecidedReport,
}

pub fn run(ui: &Ui, global: &Global, args: &FollowArgs) -> anyhow::Result<Outcome> {
    let shipping = Shipping::open(ui, root(global)?)?;
    let environment = shipping.environment(ui, &args.environment)?;
    let name = &environment.name;
    let Some(branch) = args.of.clone().or_else(|| environment.follow.clone()) else {
        anyhow::bail!(
            "`{name}` followed no branch before; name one, as in `tympan follow {name} main`"
        );
    };
    let ended = match (&environment.release, &environment.hold) {
        (_, Some(hold)) => format!("the hold ends: {}", hold.reason),
        (Some(release), None) => format!("the pin of {} ends", release.short()),
        (None, None) => format!("`{name}` has neither pin nor hold"),
    };
    ui.note(&ended);
    let mut report = DecidedReport::default();
    if args.decide.dry_run {
        ui.note(&format!(
            "`{name}` would follow `{branch}` (dry run, nothing is decided)"
        ));
    } else {
        let make = |_: &Environment| {
            Ok(Some(Desire {
                follow: Some(branch.clone()),
                release: None,
                source: None,
                from: None,
                hold: None,
            }))
        };
        let subject = |_: &Desire| format!("Let {name} follow {branch}");
        let decision = Decision {
            environment: name,
            subject: &subject,
            make: &make,
        };
        let decided = decide(ui, &shipping.root, &args.decide, &decision)?;
        tell(ui, &shipping.root, &decided, name);
        report = decided.into();
    }
    if ui.is_json() {
        ui.result(&json::to_text(&FollowReport {
            format: 1,
            environment: name,
            follow: &branch,
            dry_run: args.decide.dry_run,
            decided: report,
        })?);
    }
    Ok(Outcome::Clean)
}
