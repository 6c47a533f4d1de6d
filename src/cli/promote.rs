//! `tympan promote`: give an environment the release that another one has, under its policy.

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::decide::{Decided, Decision, decide, deciding, tell};
use crate::cli::environment::Shipping;
use crate::cli::json;
use crate::cli::notice::Notice;
use crate::cli::project::root;
use crate::cli::publish::with_help;
use crate::cli::releases::own;
use crate::cli::seal::short;
use crate::cli::ship_args::PromoteArgs;
use crate::cli::signing::records;
use crate::cli::ui::Ui;
use crate::config::{Desire, Environment};
use crate::digest::Digest;
use crate::publish::{self, Facts, Live, Moment, Unmet, Verdict, unmet};
use crate::release::Release;
use crate::repo::approvals;

#[derive(Serialize)]
struct PromoteReport<'a> {
    format: u32,
    from: &'a str,
    to: &'a str,
    release: Digest,
    source: Option<&'a str>,
    dry_run: bool,
    unmet: Vec<UnmetReport<'a>>,
    notice: &'a Notice,
    #[serde(flatten)]
    decided: DecidedReport,
}

#[derive(Serialize)]
struct UnmetReport<'a> {
    rule: &'a str,
    message: &'a str,
    help: &'a str,
}

/// What became of a decision, for programs.
#[derive(Debug, Default, Serialize)]
pub struct DecidedReport {
    commit: Option<String>,
    branch: Option<String>,
    remote: Option<String>,
}

impl From<Decided> for DecidedReport {
    fn from(decided: Decided) -> Self {
        match decided {
            Decided::Committed {
                commit,
                branch,
                remote,
            } => Self {
                commit: Some(commit),
                branch: Some(branch),
                remote,
            },
            Decided::Standing | Decided::Refused => Self::default(),
        }
    }
}

pub fn run(ui: &Ui, global: &Global, args: &PromoteArgs) -> anyhow::Result<Outcome> {
    if args.from == args.to {
        bail!(
            "`{}` has its own release already; name two environments",
            args.to
        );
    }
    let shipping = deciding(ui, root(global)?, &args.decide)?;
    let from = shipping.environment(ui, &args.from)?;
    let to = shipping.environment(ui, &args.to)?;
    let lives = live_in(&shipping, &from)?;
    let (_, live) = lives.first().context("an environment has targets")?;
    let digest = live.deployment.release;
    let release = live
        .release
        .clone()
        .with_context(|| format!("the release {digest} that is live in `{}` has no list of files there; publish it again", from.name))?;
    let known = facts(ui, &shipping, (&from, &lives), &to, &release)?;
    let notice = Notice::between(there(ui, global, &shipping, &to).as_ref(), &release);
    let now = Moment::new(ui.now());
    let missed = unmet(&to, &known, args.resume, now);
    let source = release.source.commit.clone();
    if !ui.is_json() {
        let of = source
            .as_deref()
            .map_or_else(String::new, |commit| format!(" of {}", short(commit)));
        ui.note(&format!(
            "release   {}{of}, from `{}` to `{}`",
            digest.short(),
            from.name,
            to.name
        ));
        notice.show(ui);
    }
    let mut decided = Decided::Refused;
    let mut missed = missed;
    if missed.is_empty() && !args.decide.dry_run {
        let late = std::cell::RefCell::new(Vec::new());
        let make = |environment: &Environment| {
            // Somebody may have decided something meanwhile, and about the policy too.
            let missed = match *environment == to {
                true => unmet(environment, &known, args.resume, now),
                false => {
                    let facts = facts(ui, &shipping, (&from, &lives), environment, &release)?;
                    unmet(environment, &facts, args.resume, now)
                }
            };
            let desire = missed.is_empty().then(|| Desire {
                follow: None,
                release: Some(digest),
                source: source.clone(),
                from: Some(from.name.clone()),
                hold: None,
            });
            late.replace(missed);
            Ok(desire)
        };
        let subject = |_: &Desire| {
            format!(
                "Promote {} from {} to {}",
                digest.short(),
                from.name,
                to.name
            )
        };
        let decision = Decision {
            environment: &to.name,
            subject: &subject,
            make: &make,
        };
        decided = decide(ui, &shipping.root, &args.decide, &decision)?;
        missed = late.into_inner();
    }
    tell_unmet(ui, &to.name, &missed);
    if missed.is_empty() {
        match args.decide.dry_run {
            true => ui.note("the policy allows it (dry run, nothing is decided)"),
            false => tell(ui, &shipping.root, &decided, &to.name),
        }
    }
    let refused = !missed.is_empty();
    if ui.is_json() {
        let report = PromoteReport {
            format: 1,
            from: &from.name,
            to: &to.name,
            release: digest,
            source: source.as_deref(),
            dry_run: args.decide.dry_run,
            unmet: missed.iter().map(UnmetReport::of).collect(),
            notice: &notice,
            decided: decided.into(),
        };
        ui.result(&json::to_text(&report)?);
    }
    Ok(if refused {
        Outcome::Findings
    } else {
        Outcome::Clean
    })
}

impl<'a> UnmetReport<'a> {
    fn of(unmet: &'a Unmet) -> Self {
        Self {
            rule: unmet.rule,
            message: &unmet.message,
            help: &unmet.help,
        }
    }
}

fn tell_unmet(ui: &Ui, to: &str, missed: &[Unmet]) {
    if missed.is_empty() {
        return;
    }
    ui.warn(&format!("the policy of `{to}` does not allow it:"));
    for unmet in missed {
        ui.warn(&format!("  {:<9} {}", unmet.rule, unmet.message));
        ui.warn(&format!("            {}", unmet.help));
    }
}

/// What is live at all targets of an environment.
fn live_in(shipping: &Shipping, environment: &Environment) -> anyhow::Result<Vec<(String, Live)>> {
    let mut found: Vec<(String, Live)> = Vec::new();
    for name in &environment.targets {
        let target = shipping.open_target(name)?;
        let live = publish::live(&*target, name)
            .map_err(with_help)?
            .with_context(|| {
                format!(
                    "nothing is live in `{0}` at target `{name}`; `tympan publish {0}` makes it so",
                    environment.name
                )
            })?;
        let release = live.deployment.release;
        if (found.iter()).any(|(_, other)| other.deployment.release != release) {
            bail!(
                "the targets of `{0}` have different releases; `tympan publish {0}` first",
                environment.name
            );
        }
        if let Some(pinned) = environment.release.filter(|pinned| *pinned != release) {
            bail!(
                "`{0}` pins {pinned}, and {release} is live there; `tympan publish {0}` first",
                environment.name
            );
        }
        found.push((name.clone(), live));
    }
    Ok(found)
}

/// What the policy is held against.
fn facts(
    ui: &Ui,
    shipping: &Shipping,
    (from, lives): (&Environment, &[(String, Live)]),
    to: &Environment,
    release: &Release,
) -> anyhow::Result<Facts> {
    let require = &to.policy.require;
    let digest = release.digest();
    let denied_by = |live: &Live| {
        let denied = live.denied.iter().find(|denied| denied.release == digest);
        denied.map(|denied| denied.reason.clone())
    };
    let mut logs = Vec::new();
    let mut denied_before = Vec::new();
    let by_target = lives.iter().find_map(|(_, live)| denied_by(live));
    if let Some(reason) = held_against(from, &digest).or(by_target) {
        denied_before.push((from.name.clone(), reason));
    }
    if require.after.is_some() || require.soak > 0 {
        let place = match require.after.as_deref().filter(|after| *after != from.name) {
            Some(after) => shipping.environment(ui, after)?,
            None => from.clone(),
        };
        let mut reason = held_against(&place, &digest);
        for name in &place.targets {
            let target = shipping.open_target(name)?;
            logs.push((
                name.clone(),
                records(shipping, &*target, (name, &place.name))?,
            ));
            let live = publish::live(&*target, name).map_err(with_help)?;
            reason = reason.or(live.as_ref().and_then(denied_by));
        }
        if let Some(reason) = reason.filter(|_| place.name != from.name) {
            denied_before.push((place.name.clone(), reason));
        }
    }
    let approvals = match (&release.source.commit, require.approvals) {
        (_, 0) | (None, _) => Vec::new(),
        (Some(commit), _) => {
            let found = approvals(&shipping.root, commit).with_context(|| {
                format!("cannot tell who approved of the commit {commit}; fetch it first")
            })?;
            found.by.into_iter().collect()
        }
    };
    let mut denied = None;
    for name in &to.targets {
        let there = shipping.open_target(name).ok();
        let there = there.and_then(|target| publish::live(&*target, name).ok().flatten());
        denied = denied.or(there.as_ref().and_then(denied_by));
    }
    Ok(Facts {
        release: Some(digest),
        checks: release.checks,
        from: from.name.clone(),
        logs,
        approvals,
        denied,
        denied_before,
        unhealthy: lives
            .iter()
            .find(|(_, live)| live.deployment.result != Verdict::Healthy)
            .map(|(target, _)| target.clone()),
    })
}

/// Why the file of an environment denies a release, if it does.
fn held_against(environment: &Environment, release: &Digest) -> Option<String> {
    let hold = environment.hold.as_ref()?;
    (hold.deny.contains(release)).then(|| hold.reason.clone())
}

/// The release that readers of an environment have now, as far as it can be told from here: whoever
/// decides need not be able to reach the targets.
fn there(
    ui: &Ui,
    global: &Global,
    shipping: &Shipping,
    environment: &Environment,
) -> Option<Release> {
    let name = environment.targets.first()?;
    let seen = shipping
        .open_target(name)
        .and_then(|target| publish::live(&*target, name).map_err(with_help));
    match seen {
        Ok(live) => live?.release,
        Err(error) => {
            ui.note(&format!(
                "note: what is live in `{}` cannot be seen from here: {error}",
                environment.name
            ));
            let json = own(shipping, global).blob(&environment.release?).ok()?;
            serde_json::from_slice(&json).ok()
        }
    }
}
