//! `tympan log`: who decided (Git) and what happened (the targets), joined, the newest first.

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::environment::{FOLDER, Shipping};
use crate::cli::json;
use crate::cli::project::root;
use crate::cli::publish::with_help;
use crate::cli::seal::short;
use crate::cli::ship_args::LogArgs;
use crate::cli::signing;
use crate::cli::ui::Ui;
use crate::config::read_environment;
use crate::digest::Digest;
use crate::publish::{self, Deployment, Finding, Kind, Moment, Trouble, Verdict};
use crate::repo::{Decided, decisions, file_at, is_shallow, resolve};
use crate::site_path::SitePath;

/// How many decisions without trailers are read from the file itself.
const READ: usize = 200;

#[derive(Serialize)]
struct LogReport {
    format: u32,
    entries: Vec<Entry>,
    findings: Vec<TargetFinding>,
    intact: bool,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
enum Entry {
    Decision(Decision),
    Deployment(Happened),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Decision {
    at: Moment,
    environment: String,
    commit: String,
    who: String,
    subject: String,
    release: Option<Digest>,
    reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Happened {
    at: Moment,
    /// The commit that decided it, if one did.
    decided: Option<String>,
    record: Deployment,
}

#[derive(Debug, Serialize)]
struct TargetFinding {
    environment: String,
    target: String,
    #[serde(flatten)]
    finding: Finding,
}

pub fn run(ui: &Ui, global: &Global, args: &LogArgs) -> anyhow::Result<Outcome> {
    let shipping = Shipping::open(ui, root(global)?)?;
    let names = match &args.environment {
        Some(name) => vec![name.clone()],
        None => shipping.names(),
    };
    if names.is_empty() {
        anyhow::bail!("there are no environments; describe one in `environments/<name>.toml`");
    }
    let trust = match args.verify {
        true => signing::trust(&shipping)?,
        false => None,
    };
    if resolve(&shipping.root, "HEAD").is_ok() && is_shallow(&shipping.root)? {
        ui.note("note: this is a shallow clone, so older decisions are not known (`git fetch --unshallow` brings them)");
    }
    let (mut entries, mut findings, mut intact) = (Vec::new(), Vec::new(), true);
    for name in names {
        let environment = shipping.environment(ui, &name)?;
        let decided = decided(&shipping, &name)?;
        for target_name in &environment.targets {
            let target = shipping.open_target(target_name)?;
            let history = match &trust {
                Some(trust) => {
                    let require = shipping.config.signing.require;
                    publish::audit(&*target, (target_name, &name), trust, require)
                }
                None => publish::history(&*target, target_name),
            };
            let mut history = history.map_err(with_help)?;
            // A folder that was taken away as a whole leaves nothing behind but what Git says.
            let is_decided = decided.iter().any(|decision| decision.release.is_some());
            if is_decided && history.records.is_empty() && history.findings.is_empty() {
                history.findings.push(Finding {
                    epoch: 0,
                    trouble: Trouble::NoLog,
                });
            }
            intact &= history
                .is_settled(&*target, target_name, Moment::new(ui.now()))
                .map_err(with_help)?;
            findings.extend(history.findings.into_iter().map(|finding| TargetFinding {
                environment: name.clone(),
                target: target_name.clone(),
                finding,
            }));
            entries.extend(history.records.into_iter().map(|record| {
                Entry::Deployment(Happened {
                    at: record.at,
                    decided: decision_of(&record, &decided),
                    record,
                })
            }));
        }
        entries.extend(decided.into_iter().map(Entry::Decision));
    }
    sort(&mut entries);
    if ui.is_json() {
        ui.result(&json::to_text(&LogReport {
            format: 1,
            entries,
            findings,
            intact,
        })?);
    } else {
        for entry in &entries {
            ui.result(&words(entry));
        }
        if args.verify {
            tell(ui, &findings, intact);
        }
    }
    Ok(match args.verify && !intact {
        true => Outcome::Findings,
        false => Outcome::Clean,
    })
}

fn tell(ui: &Ui, findings: &[TargetFinding], intact: bool) {
    for found in findings {
        ui.result(&format!("{}  {}", found.target, found.finding.words()));
    }
    match intact {
        true => ui.note("every record is the one that was written"),
        false => {
            ui.warn(
                "the log was changed; compare it with a backup of `.tympan/log/` at the target",
            );
        }
    }
}

/// The commits that changed the environment's file. Outside Git nobody decided anything.
fn decided(shipping: &Shipping, name: &str) -> anyhow::Result<Vec<Decision>> {
    if resolve(&shipping.root, "HEAD").is_err() {
        return Ok(Vec::new());
    }
    let path = SitePath::parse(&format!("{FOLDER}/{name}.toml"))?;
    let mut found = Vec::new();
    for (at, decided) in decisions(&shipping.root, "HEAD", &path)?
        .into_iter()
        .enumerate()
    {
        let named = decided
            .release
            .as_ref()
            .and_then(|release| release.parse().ok());
        let release = match named {
            Some(release) => Some(release),
            None if at < READ => release_at(shipping, &decided, &path),
            None => None,
        };
        found.push(Decision {
            at: Moment::new(decided.time),
            environment: name.to_owned(),
            commit: decided.commit,
            who: decided.author,
            subject: decided.subject,
            release,
            reason: decided.reason,
        });
    }
    Ok(found)
}

/// The release that the file pinned at a commit made by hand.
fn release_at(shipping: &Shipping, decided: &Decided, path: &SitePath) -> Option<Digest> {
    let text = file_at(&shipping.root, &decided.commit, path).ok()??;
    read_environment(path, &String::from_utf8(text).ok()?)
        .0
        .release
}

/// The decision that a record follows from: the newest before it for the same release, else, because
/// the clocks of two machines differ, the first within a few minutes after it.
fn decision_of(record: &Deployment, decided: &[Decision]) -> Option<String> {
    let latest = record.at.after(5 * 60);
    let fits = |decision: &&Decision| decision.release == Some(record.release);
    let before = decided
        .iter()
        .filter(fits)
        .find(|decision| decision.at <= record.at);
    let after = || {
        decided
            .iter()
            .rev()
            .filter(fits)
            .find(|decision| (record.at..=latest).contains(&decision.at))
    };
    before
        .or_else(after)
        .map(|decision| decision.commit.clone())
}

fn sort(entries: &mut [Entry]) {
    let key = |entry: &Entry| match entry {
        // What happened stands above the decision of the same second, which came first.
        Entry::Deployment(happened) => (happened.at, 1, happened.record.epoch),
        Entry::Decision(decision) => (decision.at, 0, 0),
    };
    entries.sort_by_key(|entry| std::cmp::Reverse(key(entry)));
}

fn words(entry: &Entry) -> String {
    match entry {
        Entry::Decision(decision) => {
            let reason = decision
                .reason
                .as_ref()
                .map_or_else(String::new, |reason| format!(" ({reason})"));
            format!(
                "{}  {:<8} decided    {} by {}: {}{reason}",
                decision.at,
                decision.environment,
                short(&decision.commit),
                decision.who,
                decision.subject
            )
        }
        Entry::Deployment(happened) => {
            let record = &happened.record;
            let kind = match record.kind {
                Kind::Publish => "published",
                Kind::Heal => "healed",
                Kind::Promote => "promoted",
                Kind::Rollback => "went back",
            };
            let of = record
                .source
                .as_deref()
                .map_or_else(String::new, |commit| format!(" of {}", short(commit)));
            let by = happened
                .decided
                .as_deref()
                .map_or_else(String::new, |commit| {
                    format!(", decided in {}", short(commit))
                });
            let result = match (record.result, &record.reason) {
                (Verdict::Healthy, _) => "healthy".to_owned(),
                (Verdict::Unconfirmed, _) => "unconfirmed".to_owned(),
                (Verdict::Failed, Some(reason)) => format!("failed: {reason}"),
                (Verdict::Failed, None) => "failed".to_owned(),
            };
            format!(
                "{}  {:<8} {kind:<10} {}{of} at {} (epoch {}, {result}) by {}{by}",
                record.at,
                record.environment,
                record.release.short(),
                record.target,
                record.epoch,
                record.who
            )
        }
    }
}
