//! `tympan release`: build a clean commit, check it, seal it, and keep it where those who ship find
//! it.

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::build::size;
use crate::cli::environment::Shipping;
use crate::cli::json;
use crate::cli::project::{Listed, root};
use crate::cli::releases::push;
use crate::cli::report;
use crate::cli::seal::{Sealed, seal};
use crate::cli::ship_args::ReleaseArgs;
use crate::cli::signing;
use crate::cli::statement;
use crate::cli::ui::Ui;
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::release::CheckSummary;
use crate::repo::resolve;

/// How many changed files are named.
const NAMED: usize = 10;

#[derive(Serialize)]
struct ReleaseReport<'a> {
    format: u32,
    release: Digest,
    commit: &'a str,
    files: usize,
    bytes: u64,
    checks: CheckSummary,
    /// Whether it may be shipped; one with errors is kept nowhere but here.
    sealed: bool,
    dry_run: bool,
    signed: bool,
    store: Option<StoreReport>,
}

/// What is printed where the work tree differs from the commit.
#[derive(Serialize)]
struct Unreleased<'a> {
    format: u32,
    release: Option<Digest>,
    commit: &'a str,
    sealed: bool,
    dry_run: bool,
    changed: Vec<String>,
}

#[derive(Serialize)]
struct StoreReport {
    sent: usize,
    held: usize,
    bytes: u64,
}

pub fn run(ui: &Ui, global: &Global, args: &ReleaseArgs) -> anyhow::Result<Outcome> {
    let root = root(global)?;
    let commit = match &args.rev {
        Some(rev) => resolve(&root, rev)?,
        None => {
            let commit = resolve(&root, "HEAD").context("a release needs a commit")?;
            if let Some(outcome) = refuse_changes(ui, global, args, &commit)? {
                return Ok(outcome);
            }
            commit
        }
    };
    let shipping = Shipping::open(ui, root)?;
    let sealed = seal(ui, global, &commit)?;
    let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
    let errors: Vec<Diagnostic> = sealed
        .diagnostics
        .iter()
        .filter(is_error)
        .cloned()
        .collect();
    let passed = errors.is_empty();
    let signature = match passed && !args.dry_run {
        true => signature(ui, &shipping, &sealed)?,
        false => None,
    };
    let pushed = match passed && !args.dry_run {
        true => push(
            ui,
            &shipping,
            &sealed.project.store,
            &sealed.release,
            signature.as_deref(),
        )?,
        false => None,
    };
    let files = sealed.release.files.files();
    let bytes = files.iter().map(|file| file.size).sum();
    if ui.is_json() {
        let report = ReleaseReport {
            format: 1,
            release: sealed.digest,
            commit: &commit,
            files: files.len(),
            bytes,
            checks: sealed.release.checks,
            sealed: passed,
            dry_run: args.dry_run,
            signed: signature.is_some(),
            store: pushed.map(|pushed| StoreReport {
                sent: pushed.sent,
                held: pushed.held,
                bytes: pushed.bytes,
            }),
        };
        ui.result(&json::to_text(&report)?);
    } else if passed {
        ui.result(&sealed.digest.to_string());
    }
    if !passed {
        if !ui.is_json() {
            report::print(ui, &errors);
        }
        ui.warn(&format!(
            "no release: the checks have {}; mend them, commit, and release again",
            report::summary(&errors)
        ));
        return Ok(Outcome::Findings);
    }
    if let Some(file) = &args.statement {
        statement::write(&sealed.release, file)?;
    }
    ui.note(&format!(
        "sealed    {} files, {}, {}",
        files.len(),
        size(bytes),
        report::summary(&sealed.diagnostics)
    ));
    if signature.is_some() {
        ui.note("signed    by the key in TYMPAN_SIGNING_KEY");
    }
    if let Some(pushed) = pushed {
        ui.note(&format!(
            "store     {} blobs sent ({}), {} were there",
            pushed.sent,
            size(pushed.bytes),
            pushed.held
        ));
    }
    Ok(Outcome::Clean)
}

/// Signs the release, if there is a key; the signature goes where the release goes.
fn signature(ui: &Ui, shipping: &Shipping, sealed: &Sealed) -> anyhow::Result<Option<String>> {
    let Some(signer) = signing::own_signer(ui, shipping)? else {
        if shipping.config.signing.require && shipping.config.store.is_some() {
            ui.warn("the release is not signed, so whoever ships it builds its commit again; set TYMPAN_SIGNING_KEY to sign it");
        }
        return Ok(None);
    };
    let signature = signing::sign(&signer, &sealed.release)?;
    signing::keep(&sealed.project.store, &sealed.digest, &signature);
    Ok(Some(signature))
}

/// Names the files that differ from the commit, which no release of it has.
fn refuse_changes(
    ui: &Ui,
    global: &Global,
    args: &ReleaseArgs,
    commit: &str,
) -> anyhow::Result<Option<Outcome>> {
    let changed = Listed::open(global, None)?.snapshot.changed_now()?;
    let changed = changed.unwrap_or_default();
    if changed.is_empty() {
        return Ok(None);
    }
    ui.warn("no release: these files differ from the commit; commit them or take the changes back, or name a commit with `--rev HEAD`");
    for path in changed.iter().take(NAMED) {
        ui.warn(&format!("  {path}"));
    }
    if let Some(more) = changed.len().checked_sub(NAMED).filter(|more| *more > 0) {
        ui.warn(&format!("  and {more} more"));
    }
    if ui.is_json() {
        ui.result(&json::to_text(&Unreleased {
            format: 1,
            release: None,
            commit,
            sealed: false,
            dry_run: args.dry_run,
            changed: changed.iter().map(ToString::to_string).collect(),
        })?);
    }
    Ok(Some(Outcome::Findings))
}
