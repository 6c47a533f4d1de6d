//! `tympan rollback`: give an environment the last healthy release again, deny the one that is live,
//! and hold, so that nothing brings it back.

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::bring::{Bringing, Following, bring};
use crate::cli::decide::{Decided, Decision, check, decide, deciding, tell};
use crate::cli::environment::Shipping;
use crate::cli::json;
use crate::cli::notice::Notice;
use crate::cli::project::root;
use crate::cli::promote::DecidedReport;
use crate::cli::publish::with_help;
use crate::cli::releases::{obtain, own};
use crate::cli::seal::short;
use crate::cli::ship_args::{DecideArgs, RollbackArgs};
use crate::cli::signing::records;
use crate::cli::ui::Ui;
use crate::config::{Desire, Environment, Hold};
use crate::digest::Digest;
use crate::publish::{self, Deployment, Kind, Live, Verdict};
use crate::release::Release;

#[derive(Serialize)]
struct RollbackReport<'a> {
    format: u32,
    environment: &'a str,
    release: Digest,
    source: Option<&'a str>,
    denied: Option<Digest>,
    dry_run: bool,
    live: bool,
    notice: &'a Notice,
    #[serde(flatten)]
    decided: DecidedReport,
}

/// Where to go back to, and from what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The release that was healthy.
    pub release: Digest,
    /// The commit that it was built from.
    pub source: Option<String>,
    /// The release that must not come back.
    pub deny: Option<Digest>,
    /// Whether somebody named the release, who means it although it may be denied.
    pub named: bool,
}

impl Way {
    fn reason(&self, given: Option<&str>) -> String {
        match (given, self.deny) {
            (Some(given), _) => given.to_owned(),
            (None, Some(denied)) => format!("rolled back from {}", denied.short()),
            (None, None) => "rolled back".to_owned(),
        }
    }
}

pub fn run(ui: &Ui, global: &Global, args: &RollbackArgs) -> anyhow::Result<Outcome> {
    let shipping = deciding(ui, root(global)?, &args.decide)?;
    let environment = shipping.environment(ui, &args.environment)?;
    if args.now && !args.decide.dry_run {
        check(ui, &shipping.root, &args.decide, &environment.name)
            .context("nothing is touched, because the decision could not be committed after")?;
    }
    let first = environment.targets.first();
    let name = first.context("an environment has targets")?;
    let target = shipping.open_target(name)?;
    let live = publish::live(&*target, name).map_err(with_help)?;
    let records = records(&shipping, &*target, (name, &environment.name))?;
    let mut way = find(&environment, live.as_ref(), &records, args.to.as_deref())?;
    let known = publish::release_at(&*target, &way.release).map_err(with_help)?;
    let seen = known.clone().or_else(|| {
        let json = own(&shipping, global).blob(&way.release).ok()?;
        serde_json::from_slice::<Release>(&json).ok()
    });
    // A release that is nowhere is no way back.
    let seen = match (seen, &way.source) {
        (None, None) => Some(obtain(ui, global, &shipping, &way.release, None, None)?.1),
        (seen, _) => seen,
    };
    let before = live.as_ref().and_then(|live| live.release.clone());
    let notice = seen.map_or_else(Notice::default, |seen| {
        Notice::between(before.as_ref(), &seen)
    });
    if !ui.is_json() {
        let of = way
            .source
            .as_deref()
            .map_or_else(String::new, |commit| format!(" of {}", short(commit)));
        let (release, name) = (way.release.short(), &environment.name);
        ui.note(&format!("release   back to {release}{of} in `{name}`"));
        notice.show(ui);
    }
    let reason = args.decide.reason.as_deref();
    let mut outcome = Outcome::Clean;
    let mut decided = Decided::Standing;
    if args.decide.dry_run {
        ui.note("dry run, nothing is decided");
    } else {
        if args.now {
            outcome = go(ui, global, &shipping, &environment, &way, reason, known)?;
            if outcome == Outcome::Findings {
                ui.warn("nothing is decided in Git, because the older release is not live at every target");
            }
        }
        if outcome == Outcome::Clean {
            let chosen = std::cell::RefCell::new(way.clone());
            // What is live already is what Git must say; else somebody may have decided meanwhile.
            let choose = |environment: &Environment| {
                if !args.now && args.to.is_none() {
                    chosen.replace(find(environment, live.as_ref(), &records, None)?);
                }
                Ok(Some(chosen.borrow().clone()))
            };
            let name = &environment.name;
            let committed = write(ui, &shipping, &args.decide, name, &choose, reason);
            way = chosen.into_inner();
            decided = match args.now {
                true => committed.with_context(|| {
                    format!("the older release is live and Git does not say so yet; run `tympan rollback {} --to {}` again without `--now`", environment.name, way.release)
                })?,
                false => committed?,
            };
            match args.now {
                true => ui.note("the decision stands in Git, and the release is live"),
                false => tell(ui, &shipping.root, &decided, &environment.name),
            }
        }
    }
    if ui.is_json() {
        let report = RollbackReport {
            format: 1,
            environment: &environment.name,
            release: way.release,
            source: way.source.as_deref(),
            denied: way.deny,
            dry_run: args.decide.dry_run,
            live: args.now && !args.decide.dry_run && outcome == Outcome::Clean,
            notice: &notice,
            decided: decided.into(),
        };
        ui.result(&json::to_text(&report)?);
    }
    Ok(outcome)
}

/// Makes the older release live, before Git says so.
fn go(
    ui: &Ui,
    global: &Global,
    shipping: &Shipping,
    environment: &Environment,
    way: &Way,
    reason: Option<&str>,
    known: Option<Release>,
) -> anyhow::Result<Outcome> {
    let source = way.source.as_deref();
    let (store, release) = obtain(ui, global, shipping, &way.release, source, known)?;
    let bringing = Bringing {
        shipping,
        environment: &after(environment, way, &way.reason(reason)),
        store: &store,
        release: &release,
        retry: true,
        dry_run: false,
        following: Following::Once,
        branch: None,
    };
    bring(ui, bringing)?
        .end(ui)
        .context("nothing is decided in Git, because the older release is not live at every target")
}

/// Commits the way back that is chosen for the environment as the branch has it.
pub fn write(
    ui: &Ui,
    shipping: &Shipping,
    args: &DecideArgs,
    environment: &str,
    choose: &dyn Fn(&Environment) -> anyhow::Result<Option<Way>>,
    reason: Option<&str>,
) -> anyhow::Result<Decided> {
    let make = |environment: &Environment| {
        let Some(way) = choose(environment)? else {
            return Ok(None);
        };
        if !way.named && denies(environment, &way.release) {
            bail!(
                "the file of `{}` denies {}; name it with `--to` if you mean it",
                environment.name,
                way.release
            );
        }
        let pinned = after(environment, &way, &way.reason(reason));
        Ok(Some(Desire {
            follow: None,
            release: pinned.release,
            source: pinned.source,
            from: None,
            hold: pinned.hold,
        }))
    };
    let subject = |wanted: &Desire| {
        let release = wanted.release.map(|release| release.short());
        format!("Roll {environment} back to {}", release.unwrap_or_default())
    };
    let decision = Decision {
        environment,
        subject: &subject,
        make: &make,
    };
    decide(ui, &shipping.root, args, &decision)
}

/// The environment as it is when the decision is made. What was denied before stays denied, unless it
/// is what somebody goes back to.
fn after(environment: &Environment, way: &Way, reason: &str) -> Environment {
    let mut deny = environment.hold.clone().unwrap_or_default().deny;
    deny.extend(way.deny.filter(|release| !deny.contains(release)));
    if way.named {
        deny.retain(|release| *release != way.release);
    }
    Environment {
        release: Some(way.release),
        source: way.source.clone(),
        from: None,
        hold: Some(Hold {
            reason: reason.to_owned(),
            deny,
        }),
        ..environment.clone()
    }
}

/// Whether the file denies a release.
fn denies(environment: &Environment, release: &Digest) -> bool {
    (environment.hold.as_ref()).is_some_and(|hold| hold.deny.contains(release))
}

/// The way that was gone at the target already, and that the file does not know of: its commit failed.
fn gone(
    environment: &Environment,
    live: &Live,
    records: &[Deployment],
    to: Option<&str>,
) -> Option<Way> {
    let now = &live.deployment;
    let made = match now.kind {
        Kind::Heal => records
            .iter()
            .find(|record| record.epoch < now.epoch && record.kind != Kind::Heal)?,
        _ => now,
    };
    let release = now.release;
    let is_it = match to {
        Some(to) => begins(to, &release),
        None => !denies(environment, &release),
    };
    let fits = made.kind == Kind::Rollback
        && made.release == release
        && now.result != Verdict::Failed
        && environment.release != Some(release);
    (fits && is_it).then(|| Way {
        release,
        source: now.source.clone(),
        deny: made.previous.filter(|previous| *previous != release),
        named: to.is_some(),
    })
}

/// Whether a text is the beginning of a release's name.
fn begins(text: &str, release: &Digest) -> bool {
    let hex = text.strip_prefix("sha256:").unwrap_or(text).to_lowercase();
    !hex.is_empty() && release.hex().starts_with(&hex)
}

/// The release to go back to: the one that is named, or the newest that was healthy, is not live and
/// is not denied.
fn find(
    environment: &Environment,
    live: Option<&Live>,
    records: &[Deployment],
    to: Option<&str>,
) -> anyhow::Result<Way> {
    let name = &environment.name;
    if let Some(gone) = live.and_then(|live| gone(environment, live, records, to)) {
        return Ok(gone);
    }
    let now = live.map(|live| live.deployment.release);
    let denied = |release: &Digest| {
        denies(environment, release)
            || live.is_some_and(|live| live.denied.iter().any(|denied| denied.release == *release))
    };
    let of = |record: &Deployment| Way {
        release: record.release,
        source: record.source.clone(),
        deny: now.filter(|now| *now != record.release),
        named: to.is_some(),
    };
    let Some(to) = to else {
        let healthy = |record: &&Deployment| {
            record.result == Verdict::Healthy
                && Some(record.release) != now
                && !denied(&record.release)
        };
        return records.iter().find(healthy).map(of).with_context(|| {
            format!("the log of `{name}` has no other healthy release that is not denied; name one with `--to`, or mend the source and publish it")
        });
    };
    let hex = to.strip_prefix("sha256:").unwrap_or(to).to_lowercase();
    let fits = |record: &&Deployment| begins(to, &record.release);
    let found: Vec<&Deployment> = records.iter().filter(fits).collect();
    match found.split_first() {
        Some((first, rest)) if rest.iter().all(|record| record.release == first.release) => {
            Ok(of(first))
        }
        Some(_) => {
            bail!("`{to}` begins the name of more than one release of `{name}`; write more of it")
        }
        None => match Digest::from_hex(&hex) {
            Ok(release) => Ok(Way {
                release,
                source: None,
                deny: now.filter(|now| *now != release),
                named: true,
            }),
            Err(_) => bail!(
                "`{to}` begins the name of no release in the log of `{name}`; see `tympan log {name}`"
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::{FileCounts, Moment};

    fn record(epoch: u64, release: &str, result: Verdict) -> Deployment {
        Deployment {
            overlay: Vec::new(),
            format: 1,
            epoch,
            environment: "prod".to_owned(),
            target: "web".to_owned(),
            release: Digest::of(release.as_bytes()),
            previous: None,
            kind: Kind::Publish,
            source: Some(release.to_owned()),
            who: String::new(),
            at: Moment::new(0),
            prev: None,
            files: FileCounts::default(),
            bytes_sent: 0,
            result,
            reason: None,
        }
    }

    /// Goes back from the last of `records`, the oldest first.
    #[track_caller]
    fn case(records: &[(&str, Verdict)], deny: &[&str], to: Option<&str>, expected: Option<&str>) {
        let count = records.len() as u64;
        let newest_first: Vec<Deployment> = records
            .iter()
            .rev()
            .zip((1..=count).rev())
            .map(|((release, result), epoch)| record(epoch, release, *result))
            .collect();
        let live = newest_first.first().map(|deployment| Live {
            deployment: deployment.clone(),
            release: None,
            denied: Vec::new(),
        });
        let environment = Environment {
            hold: Some(Hold {
                reason: String::new(),
                deny: deny
                    .iter()
                    .map(|release| Digest::of(release.as_bytes()))
                    .collect(),
            }),
            ..Environment::default()
        };
        let found = find(&environment, live.as_ref(), &newest_first, to).ok();
        assert_eq!(found.and_then(|way| way.source).as_deref(), expected);
    }

    #[test]
    fn the_last_healthy_release_is_gone_back_to() {
        use Verdict::{Failed, Healthy};
        case(&[], &[], None, None);
        case(&[("a", Healthy)], &[], None, None);
        case(&[("a", Healthy), ("b", Healthy)], &[], None, Some("a"));
        case(
            &[("a", Healthy), ("b", Failed), ("c", Healthy)],
            &[],
            None,
            Some("a"),
        );
        case(
            &[("a", Healthy), ("b", Healthy), ("b", Healthy)],
            &[],
            None,
            Some("a"),
        );
        case(
            &[("a", Healthy), ("b", Healthy), ("c", Healthy)],
            &["b"],
            None,
            Some("a"),
        );
        case(&[("a", Healthy), ("b", Healthy)], &["a"], None, None);
        let a = Digest::of(b"a").hex();
        case(
            &[("a", Healthy), ("b", Healthy), ("c", Healthy)],
            &[],
            Some(&a[..8]),
            Some("a"),
        );
        case(&[("a", Healthy)], &[], Some("zz"), None);
        case(&[("a", Healthy)], &[], Some(""), None);
    }

    #[test]
    fn what_was_denied_stays_denied() {
        let way = |release: &str, deny: &str| Way {
            release: Digest::of(release.as_bytes()),
            source: None,
            deny: Some(Digest::of(deny.as_bytes())),
            named: false,
        };
        let once = after(&Environment::default(), &way("a", "b"), "worse");
        let twice = after(&once, &way("c", "a"), "worst");
        let hold = twice.hold.clone().unwrap();
        assert_eq!(hold.reason, "worst");
        assert_eq!(hold.deny, [Digest::of(b"b"), Digest::of(b"a")]);
        assert_eq!(twice.release, Some(Digest::of(b"c")));
        // Only who names a release means it although it is denied.
        let again = |named| {
            let way = Way {
                named,
                ..way("b", "c")
            };
            let hold = after(&twice, &way, "").hold.unwrap();
            hold.deny.contains(&way.release)
        };
        let (by_itself, named) = (again(false), again(true));
        assert!(by_itself && !named);
    }

    #[test]
    fn a_way_that_was_gone_and_not_committed_is_not_gone_further() {
        let digest = |release: &str| Digest::of(release.as_bytes());
        let mut back = record(3, "good", Verdict::Healthy);
        (back.kind, back.previous) = (Kind::Rollback, Some(digest("bad")));
        let heal = Deployment {
            kind: Kind::Heal,
            previous: Some(digest("good")),
            ..record(4, "good", Verdict::Healthy)
        };
        let old = [
            record(2, "bad", Verdict::Healthy),
            record(1, "good", Verdict::Healthy),
        ];
        for last in [vec![back.clone()], vec![heal, back]] {
            let records = [last.clone(), old.to_vec()].concat();
            let live = Live {
                deployment: last[0].clone(),
                release: None,
                denied: Vec::new(),
            };
            let mut environment = Environment {
                release: Some(digest("bad")),
                ..Environment::default()
            };
            let hex = digest("good").hex();
            for to in [None, Some(&hex[..9])] {
                let way = find(&environment, Some(&live), &records, to).unwrap();
                assert_eq!(
                    (way.release, way.deny),
                    (digest("good"), Some(digest("bad")))
                );
            }
            // Once it is committed, the next one goes further.
            environment.release = Some(digest("good"));
            let way = find(&environment, Some(&live), &records, None).unwrap();
            assert_eq!(
                (way.release, way.deny),
                (digest("bad"), Some(digest("good")))
            );
        }
    }
}
