//! `tympan verify`: every byte of what is live, read and hashed.

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::build::size;
use crate::cli::environment::Shipping;
use crate::cli::json;
use crate::cli::project::root;
use crate::cli::publish::with_help;
use crate::cli::ship_args::VerifyArgs;
use crate::cli::signing;
use crate::cli::ui::Ui;
use crate::publish::{self, Finding, Moment, Verified};
use crate::signing::Trust;
use crate::targets::Target;

#[derive(Serialize)]
struct VerifyReport<'a> {
    format: u32,
    environment: &'a str,
    whole: bool,
    targets: Vec<Verified>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signatures: Vec<Signature>,
}

/// Who vouches for what is live at a target, and for how it came there.
#[derive(Serialize)]
struct Signature {
    target: String,
    signed_by: Option<String>,
    intact: bool,
    findings: Vec<Finding>,
}

pub fn run(ui: &Ui, global: &Global, args: &VerifyArgs) -> anyhow::Result<Outcome> {
    let shipping = Shipping::open(ui, root(global)?)?;
    let environment = shipping.environment(ui, &args.environment)?;
    let trust = signing::trust(&shipping)?;
    let require = shipping.config.signing.require;
    let (mut targets, mut signatures) = (Vec::new(), Vec::new());
    let progress = |event| ui.event(event);
    for name in &environment.targets {
        let target = shipping.open_target(name)?;
        let verified = publish::verify(&*target, name, environment.release, &progress);
        targets.push(verified.map_err(with_help)?);
        if let Some(trust) = &trust {
            signatures.push(vouch(
                &*target,
                (name, &environment.name),
                trust,
                require,
                Moment::new(ui.now()),
            )?);
        }
    }
    let whole = targets.iter().all(Verified::is_whole) && signatures.iter().all(|one| one.intact);
    if ui.is_json() {
        ui.result(&json::to_text(&VerifyReport {
            format: 1,
            environment: &environment.name,
            whole,
            targets,
            signatures,
        })?);
    } else {
        for verified in &targets {
            show(ui, verified);
        }
        for signature in &signatures {
            show_signature(ui, signature);
        }
    }
    Ok(if whole {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

fn vouch(
    target: &dyn Target,
    (name, environment): (&str, &str),
    trust: &Trust,
    require: bool,
    now: Moment,
) -> anyhow::Result<Signature> {
    let history = publish::audit(target, (name, environment), trust, require);
    let history = history.map_err(with_help)?;
    let newest = history.records.first();
    Ok(Signature {
        target: name.to_owned(),
        signed_by: newest.and_then(|newest| history.signed_by.get(&newest.epoch).cloned()),
        intact: history.is_settled(target, name, now).map_err(with_help)?,
        findings: history.findings,
    })
}

fn show_signature(ui: &Ui, signature: &Signature) {
    if let Some(who) = &signature.signed_by {
        ui.result(&format!("{}  signed by {who}", signature.target));
    }
    for finding in &signature.findings {
        ui.result(&format!("{}  {}", signature.target, finding.words()));
    }
}

fn show(ui: &Ui, verified: &Verified) {
    let Some(live) = &verified.live else {
        ui.result(&format!("{}  nothing is live", verified.target));
        return;
    };
    let word = if verified.is_whole() {
        "whole"
    } else {
        "differs"
    };
    ui.result(&format!(
        "{}  {word}: {} files, {} of release {} read and hashed",
        verified.target,
        verified.files,
        size(verified.bytes),
        live.release.short()
    ));
    if let Some(desired) = verified.desired.filter(|desired| *desired != live.release) {
        ui.result(&format!("  desired   {desired}"));
    }
    let drift = &verified.drift;
    let missing = |path: &crate::site_path::SitePath| {
        drift.missing.iter().any(|missing| missing.path == *path)
    };
    for path in verified.wrong.iter().filter(|path| !missing(path)) {
        ui.result(&format!("  modified  {path}"));
    }
    for (word, files) in [("missing", &drift.missing), ("extra", &drift.extra)] {
        for file in files {
            ui.result(&format!("  {word:<9} {}", file.path));
        }
    }
    for path in &drift.strangers {
        ui.result(&format!("  stranger  {path}"));
    }
    if let Some(pointer) = &drift.pointer {
        ui.result(&format!("  pointer   {pointer}"));
    }
}
