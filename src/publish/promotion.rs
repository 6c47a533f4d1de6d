//! Whether a release may be promoted: what an environment's policy asks, held against facts that
//! others gathered.

use crate::config::{Environment, span_of};
use crate::digest::Digest;
use crate::publish::moment::Moment;
use crate::publish::reconcile::refused_for;
use crate::publish::record::{Deployment, Verdict};
use crate::release::CheckSummary;

/// What is known about a release that somebody wants to promote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its name.
    pub release: Option<Digest>,
    /// What its checks said.
    pub checks: CheckSummary,
    /// The environment that it comes from.
    pub from: String,
    /// The log of each target of the environment that the policy's `after` names, else of the one
    /// it comes from; each with the target's name, the newest record first.
    pub logs: Vec<(String, Vec<Deployment>)>,
    /// Who approved of its commit.
    pub approvals: Vec<String>,
    /// Why a target of the environment denies it, if one does.
    pub denied: Option<String>,
    /// The environments that it comes through and that deny it, each with the reason.
    pub denied_before: Vec<(String, String)>,
    /// The target of the environment it comes from at which it did not end healthy, if there is one.
    pub unhealthy: Option<String>,
}

/// One rule of a policy that a release does not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The key of the rule: `healthy`, `checks`, `after`, `soak`, `approvals`, `freeze`, `hold` or
    /// `deny`.
    pub rule: &'static str,
    /// What is not met.
    pub message: String,
    /// How to go on.
    pub help: String,
}

/// Every rule of the environment's policy that the release does not meet at `now`. A hold counts
/// unless whoever promotes means to end it.
pub fn unmet(environment: &Environment, facts: &Facts, resume: bool, now: Moment) -> Vec<Unmet> {
    let policy = &environment.policy;
    let mut found = Vec::new();
    let mut miss = |rule, message: String, help: &str| {
        let help = help.to_owned();
        found.push(Unmet {
            rule,
            message,
            help,
        });
    };
    let mut is_denied = false;
    if let Some(hold) = &environment.hold {
        is_denied = facts
            .release
            .is_some_and(|release| hold.deny.contains(&release));
        if is_denied {
            let message = format!("the release is denied: {}", hold.reason);
            miss("deny", message, "promote a release that mends it");
        } else if !resume {
            let message = format!("the environment is on hold: {}", hold.reason);
            miss("hold", message, "say `--resume` to end the hold");
        }
    }
    if let Some(reason) = facts.denied.as_ref().filter(|_| !is_denied) {
        let message = format!("the release was live there before and is denied: {reason}");
        miss("deny", message, "promote a release that mends it");
    }
    for (place, reason) in &facts.denied_before {
        let message = format!("the release is denied in `{place}`: {reason}");
        miss("deny", message, "promote a release that mends it");
    }
    if let Some(target) = &facts.unhealthy {
        let message = format!(
            "the release did not pass its test in `{}` at target `{target}`",
            facts.from
        );
        let help = format!("publish it to `{}` again, or one that mends it", facts.from);
        miss("healthy", message, &help);
    }
    if let Some(freeze) = policy.frozen(now.seconds()) {
        let message = format!("nothing new goes live in {}", freeze.written);
        let help = format!("wait until {}", Moment::new(freeze.end));
        miss("freeze", message, &help);
    }
    if let Some(asked) = policy.require.checks
        && let Some(refusal) = refused_for(asked, facts.checks)
    {
        miss("checks", refusal.to_string(), &refusal.help());
    }
    lived(environment, facts, now, &mut miss);
    let (asked, given) = (policy.require.approvals, facts.approvals.len());
    if given < asked {
        let names = match given {
            0 => "nobody".to_owned(),
            _ => facts.approvals.join(", "),
        };
        let message =
            format!("{asked} approvals are asked for, and {names} approved of the commit");
        let help = "approve by a line `Approved-by: Name <address>` in the message of the commit, or by a signed tag at it";
        miss("approvals", message, help);
    }
    found
}

/// Holds `after` and `soak` against the logs.
fn lived(
    environment: &Environment,
    facts: &Facts,
    now: Moment,
    miss: &mut impl FnMut(&'static str, String, &str),
) {
    let require = &environment.policy.require;
    if require.after.is_none() && require.soak == 0 {
        return;
    }
    let place = require.after.as_ref().unwrap_or(&facts.from);
    let Some(release) = facts.release else { return };
    let absent = facts
        .logs
        .iter()
        .find(|(_, records)| time_live(records, release, now).is_none());
    if facts.logs.is_empty() || absent.is_some() {
        let at = absent.map_or_else(String::new, |(target, _)| format!(" at target `{target}`"));
        let message = format!("the release was never live and healthy in `{place}`{at}");
        let help = format!("promote it to `{place}` and publish it there first");
        miss("after", message, &help);
        return;
    }
    let times = facts
        .logs
        .iter()
        .filter_map(|(_, records)| time_live(records, release, now));
    let shortest = times.min().unwrap_or(0);
    if shortest < require.soak {
        let message = format!(
            "the release was live in `{place}` for {}, and {} are asked for",
            span_of(shortest),
            span_of(require.soak)
        );
        let rest = span_of(require.soak.saturating_sub(shortest));
        miss(
            "soak",
            message,
            &format!("leave it there and try again in {rest}"),
        );
    }
}

/// How long a release was live and healthy at a stretch, at most, in seconds.
fn time_live(records: &[Deployment], release: Digest, now: Moment) -> Option<i64> {
    let mut oldest_first: Vec<&Deployment> = records.iter().collect();
    oldest_first.sort_by_key(|record| record.epoch);
    let (mut longest, mut since) = (None::<i64>, None::<Moment>);
    let mut close = |since: &mut Option<Moment>, end: Moment| {
        if let Some(begin) = since.take() {
            let time = end.seconds().saturating_sub(begin.seconds()).max(0);
            longest = Some(longest.map_or(time, |known| known.max(time)));
        }
    };
    for record in oldest_first {
        let healthy = record.result == Verdict::Healthy;
        match record.release == release {
            // One that failed was taken back at once: what was live before still is, unless it is
            // that very release.
            _ if record.result == Verdict::Failed && record.release != release => {}
            true if healthy => since = since.or(Some(record.at)),
            _ => close(&mut since, record.at),
        }
    }
    close(&mut since, now);
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Freeze, Hold};
    use crate::publish::record::{FileCounts, Kind};

    fn digest(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    fn record(epoch: u64, release: &str, at: i64, result: Verdict) -> Deployment {
        Deployment {
            overlay: Vec::new(),
            format: 1,
            epoch,
            environment: "test".to_owned(),
            target: "web".to_owned(),
            release: digest(release),
            previous: None,
            kind: Kind::Publish,
            source: None,
            who: "ada".to_owned(),
            at: Moment::new(at),
            prev: None,
            files: FileCounts::default(),
            bytes_sent: 0,
            result,
            reason: None,
        }
    }

    fn facts(records: Vec<Deployment>) -> Facts {
        Facts {
            release: Some(digest("new")),
            from: "test".to_owned(),
            logs: vec![("web".to_owned(), records)],
            ..Facts::default()
        }
    }

    #[track_caller]
    fn case(change: impl FnOnce(&mut Environment, &mut Facts), expected: &[&str]) {
        let mut environment = Environment {
            name: "prod".to_owned(),
            ..Environment::default()
        };
        let mut facts = facts(vec![record(2, "new", 1000, Verdict::Healthy)]);
        change(&mut environment, &mut facts);
        let found = unmet(&environment, &facts, false, Moment::new(4600));
        let told: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn every_rule_that_is_not_met_is_told() {
        case(|_, _| {}, &[]);
        case(
            |environment, facts| {
                let require = &mut environment.policy.require;
                require.checks = Some(crate::config::Checks::Clean);
                (require.approvals, require.soak) = (2, 7200);
                environment.policy.freeze = vec![Freeze::parse("1970-01-01/1970-01-01").unwrap()];
                facts.checks.warnings = 1;
                facts.approvals = vec!["bob@guide.example".to_owned()];
            },
            &[
                "nothing new goes live in 1970-01-01/1970-01-01",
                "the release has 0 errors and 1 warnings, and the policy asks for none of either",
                "the release was live in `test` for 1h, and 2h are asked for",
                "2 approvals are asked for, and bob@guide.example approved of the commit",
            ],
        );
    }

    #[test]
    fn a_hold_is_ended_only_on_purpose_and_a_denial_never() {
        let hold = |deny: &str| {
            Some(Hold {
                reason: "page 500".to_owned(),
                deny: vec![digest(deny)],
            })
        };
        case(
            |environment, _| environment.hold = hold("old"),
            &["the environment is on hold: page 500"],
        );
        let denied = "the release is denied: page 500";
        case(|environment, _| environment.hold = hold("new"), &[denied]);
        let mut environment = Environment {
            hold: hold("old"),
            ..Environment::default()
        };
        assert_eq!(
            unmet(&environment, &facts(vec![]), true, Moment::new(0)),
            []
        );
        environment.hold = hold("new");
        assert_eq!(
            unmet(&environment, &facts(vec![]), true, Moment::new(0)).len(),
            1
        );
    }

    #[test]
    fn what_failed_or_is_denied_on_the_way_goes_no_further() {
        case(
            |_, facts| {
                facts.denied_before = vec![("stage".to_owned(), "page 500".to_owned())];
                facts.unhealthy = Some("web".to_owned());
            },
            &[
                "the release is denied in `stage`: page 500",
                "the release did not pass its test in `test` at target `web`",
            ],
        );
    }

    #[test]
    fn only_time_in_which_it_was_live_and_healthy_counts() {
        #[track_caller]
        fn live(records: &[(&str, i64, Verdict)], expected: Option<i64>) {
            let numbered = (1..).zip(records);
            let records: Vec<Deployment> = numbered
                .map(|(epoch, (release, at, result))| record(epoch, release, *at, *result))
                .collect();
            assert_eq!(
                time_live(&records, digest("new"), Moment::new(100)),
                expected
            );
        }
        use Verdict::{Failed, Healthy, Unconfirmed};
        live(&[], None);
        live(&[("old", 0, Healthy)], None);
        live(&[("new", 0, Failed)], None);
        live(&[("new", 0, Unconfirmed)], None);
        live(&[("new", 10, Healthy)], Some(90));
        live(&[("new", 200, Healthy)], Some(0));
        live(&[("new", 10, Healthy), ("new", 50, Healthy)], Some(90));
        live(&[("new", 10, Healthy), ("old", 30, Healthy)], Some(20));
        live(&[("new", 10, Healthy), ("old", 30, Failed)], Some(90));
        live(
            &[
                ("new", 10, Healthy),
                ("old", 30, Healthy),
                ("new", 95, Healthy),
            ],
            Some(20),
        );
    }

    #[test]
    fn a_release_comes_after_another_environment_at_all_its_targets() {
        case(
            |environment, facts| {
                environment.policy.require.after = Some("stage".to_owned());
                facts.logs.push(("drive".to_owned(), vec![]));
            },
            &["the release was never live and healthy in `stage` at target `drive`"],
        );
        case(
            |environment, _| environment.policy.require.after = Some("stage".to_owned()),
            &[],
        );
    }
}
