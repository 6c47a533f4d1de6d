//! `tympan status`: desired, observed, drift.

use std::fmt::Write as _;

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::{Global, StatusArgs};
use crate::cli::environment::{Shipping, followed};
use crate::cli::json;
use crate::cli::project::root;
use crate::cli::publish::with_help;
use crate::cli::ui::Ui;
use crate::publish::{self, Status};

#[derive(Serialize)]
struct StatusReport {
    format: u32,
    environments: Vec<EnvironmentReport>,
}

#[derive(Serialize)]
struct EnvironmentReport {
    environment: String,
    follow: Option<String>,
    commit: Option<String>,
    hold: Option<String>,
    converged: bool,
    targets: Vec<Status>,
}

pub fn run(ui: &Ui, global: &Global, args: &StatusArgs) -> anyhow::Result<Outcome> {
    let shipping = Shipping::open(ui, root(global)?)?;
    let names = match &args.environment {
        Some(name) => vec![name.clone()],
        None => shipping.names(),
    };
    if names.is_empty() {
        anyhow::bail!("there are no environments; describe one in `environments/<name>.toml`");
    }
    let mut reports = Vec::new();
    for name in names {
        reports.push(look(ui, &shipping, &name)?);
    }
    let converged = reports.iter().all(|report| report.converged);
    if ui.is_json() {
        ui.result(&json::to_text(&StatusReport {
            format: 1,
            environments: reports,
        })?);
    } else {
        for report in &reports {
            ui.result(&words(report));
        }
    }
    Ok(if converged {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

fn look(ui: &Ui, shipping: &Shipping, name: &str) -> anyhow::Result<EnvironmentReport> {
    let environment = shipping.environment(ui, name)?;
    // A pinned release is what is desired, whatever branch is followed beside it.
    let followed = match (environment.release, &environment.hold) {
        // What is on hold must not move, wherever the branch is.
        (Some(_), _) | (None, Some(_)) => None,
        (None, None) => followed(&shipping.root, &environment)?,
    };
    let (follow, commit) = followed.unzip();
    let mut targets_seen = Vec::new();
    let mut converged = true;
    for name in &environment.targets {
        let target = shipping.open_target(name)?;
        let status = publish::status(&*target, name, environment.release).map_err(with_help)?;
        let live = status.live.as_ref();
        let current =
            commit.is_none() || live.and_then(|live| live.source.as_ref()) == commit.as_ref();
        converged &= status.is_converged() && live.is_some() && current;
        targets_seen.push(status);
    }
    Ok(EnvironmentReport {
        environment: environment.name,
        follow,
        commit,
        hold: environment.hold.map(|hold| hold.reason),
        converged,
        targets: targets_seen,
    })
}

fn words(report: &EnvironmentReport) -> String {
    let mut text = report.environment.clone();
    let short = |commit: &str| commit.chars().take(7).collect::<String>();
    if let (Some(branch), Some(commit)) = (&report.follow, &report.commit) {
        let _ = write!(text, "  follows {branch} at {}", short(commit));
    }
    if let Some(reason) = &report.hold {
        let _ = write!(text, "  on hold: {reason}");
    }
    for status in &report.targets {
        let _ = write!(text, "\n  {}", status.target);
        let Some(live) = &status.live else {
            text.push_str("  nothing is live; `tympan publish` makes it so");
            continue;
        };
        let release = live.release.short();
        let _ = write!(
            text,
            "  live {release} (epoch {}, {})",
            live.epoch,
            format!("{:?}", live.result).to_lowercase()
        );
        if let Some(source) = &live.source {
            let _ = write!(text, " of {}", short(source));
        }
        let _ = write!(text, " since {} by {}", live.at, live.who);
        if report.commit.is_some() && report.commit != live.source {
            text.push_str("\n    behind: the branch has moved on");
        }
        if let Some(desired) = status.desired.filter(|desired| *desired != live.release) {
            let _ = write!(text, "\n    desired: {desired}");
        }
        let drift = &status.drift;
        if drift.is_empty() {
            text.push_str("\n    no drift");
        }
        for (word, files) in [
            ("modified", &drift.modified),
            ("missing", &drift.missing),
            ("extra", &drift.extra),
        ] {
            for file in files {
                let _ = write!(text, "\n    {word:<9} {}", file.path);
            }
        }
        for path in &drift.strangers {
            let _ = write!(text, "\n    stranger  {path}");
        }
        if let Some(pointer) = &drift.pointer {
            let _ = write!(text, "\n    pointer   {pointer}");
        }
    }
    text
}
