//! What ought to be done about a target: one pure function, for CI and for the pull agent alike.

use crate::config::{Checks, DriftPolicy, Environment};
use crate::digest::Digest;
use crate::publish::drift::Drift;
use crate::publish::lease::Lease;
use crate::publish::moment::Moment;
use crate::publish::refusal::Refusal;
use crate::publish::state::Pointer;
use crate::release::{CheckSummary, File, Release};

/// What Git says must be live.
#[derive(Debug, Clone, Copy)]
pub struct Desired<'a> {
    /// The environment.
    pub environment: &'a Environment,
    /// The release.
    pub release: &'a Release,
    /// The files that differ from the release's in this environment.
    pub overlay: &'a [File],
}

/// What stands at the target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Which release was made live last.
    pub pointer: Option<Pointer>,
    /// Who publishes now.
    pub lease: Option<Lease>,
    /// How what is live differs from what was published.
    pub drift: Drift,
}

/// The rules of one publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules<'a> {
    /// What happens to drift.
    pub drift: DriftPolicy,
    /// Who asks.
    pub holder: &'a str,
    /// Whether a release that failed at this target is tried once more.
    pub retry: bool,
}

/// What ought to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing: the release is live, whole.
    UpToDate,
    /// Make the release live.
    Publish,
    /// The release is live, damaged: lay it out again.
    Heal,
    /// Nothing, and somebody must look at it.
    Refuse(Refusal),
}

/// Decides what ought to be done about a target.
pub fn reconcile(desired: Desired<'_>, state: &State, rules: Rules<'_>, now: Moment) -> Outcome {
    let release = desired.release.digest();
    let live = state
        .pointer
        .as_ref()
        .and_then(|pointer| pointer.live.as_ref());
    let is_live =
        live.is_some_and(|live| live.release == release && live.overlay == desired.overlay);
    if let Some(refusal) = forbidden(desired, &release, state, rules) {
        return Outcome::Refuse(refusal);
    }
    let pointer = state.pointer.as_ref();
    let failed = pointer.is_some_and(|pointer| pointer.denial(&release).is_some());
    if is_live && !failed && state.drift.is_empty() {
        return Outcome::UpToDate;
    }
    if !is_live && let Some(refusal) = unmet(desired, now) {
        return Outcome::Refuse(refusal);
    }
    // A new release goes out although an interrupted switch left the pointer behind; what it must
    // not do is wipe out hand-made changes that the owner only wants reported.
    let stays = state.drift.has_files() || (is_live && state.drift.pointer.is_some());
    if rules.drift == DriftPolicy::Report && stays {
        let count = state.drift.count();
        return Outcome::Refuse(Refusal::Drifted { count });
    }
    if let Some(lease) = state
        .lease
        .as_ref()
        .filter(|lease| lease.bars(rules.holder, now))
    {
        return Outcome::Refuse(Refusal::Leased {
            holder: lease.holder.clone(),
            until: lease.until,
        });
    }
    // A release that failed and stayed live, for want of an older one, is published once more.
    if is_live && !failed {
        Outcome::Heal
    } else {
        Outcome::Publish
    }
}

/// What forbids the release whatever is live.
fn forbidden(
    desired: Desired<'_>,
    release: &Digest,
    state: &State,
    rules: Rules<'_>,
) -> Option<Refusal> {
    let environment = desired.environment;
    if let Some(pointer) = &state.pointer
        && pointer.environment != environment.name
        && pointer.live.is_some()
    {
        let environment = pointer.environment.clone();
        return Some(Refusal::Occupied { environment });
    }
    if let Some(hold) = &environment.hold
        && hold.deny.contains(release)
    {
        return Some(Refusal::Denied {
            release: *release,
            reason: hold.reason.clone(),
        });
    }
    match (environment.release, &environment.hold) {
        (Some(pinned), _) if pinned != *release => return Some(Refusal::Pinned { pinned }),
        (None, Some(hold)) => {
            let reason = hold.reason.clone();
            return Some(Refusal::Held { reason });
        }
        _ => {}
    }
    let denial = state
        .pointer
        .as_ref()
        .and_then(|pointer| pointer.denial(release));
    denial
        .filter(|_| !rules.retry)
        .map(|reason| Refusal::Denied {
            release: *release,
            reason: reason.to_owned(),
        })
}

/// What the policy asks of a release before it may go live, and this one does not have.
fn unmet(desired: Desired<'_>, now: Moment) -> Option<Refusal> {
    let policy = &desired.environment.policy;
    // The way back is open at all times.
    let is_back = desired.environment.hold.is_some();
    if let Some(freeze) = policy.frozen(now.seconds()).filter(|_| !is_back) {
        return Some(Refusal::Frozen {
            until: Moment::new(freeze.end),
        });
    }
    let require = &policy.require;
    // What these ask for is looked at when somebody pins a release, and a pin is reviewed.
    let by_promotion = require.after.is_some() || require.soak > 0 || require.approvals > 0;
    if by_promotion && desired.environment.release.is_none() {
        return Some(Refusal::Unpromoted {
            after: require.after.clone(),
            environment: desired.environment.name.clone(),
        });
    }
    let checks = desired.release.checks;
    refused_for(policy.require.checks?, checks)
}

/// Why the checks of a release are not what is asked for.
pub(super) fn refused_for(asked: Checks, found: CheckSummary) -> Option<Refusal> {
    let (met, asked) = match asked {
        Checks::Clean => (found.errors == 0 && found.warnings == 0, "none of either"),
        Checks::NoErrors => (found.errors == 0, "no errors"),
    };
    (!met).then_some(Refusal::Checks {
        errors: found.errors,
        warnings: found.warnings,
        asked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Freeze, Hold};
    use crate::publish::record::{Deployment, FileCounts, Kind, Verdict};
    use crate::publish::state::Denied;
    use crate::publish::testing::place;

    struct Case {
        environment: Environment,
        release: Release,
        state: State,
        drift: DriftPolicy,
        retry: bool,
    }

    fn live(release: &Release, environment: &str) -> Pointer {
        let mut pointer = Pointer::first(environment);
        pointer.live = Some(Deployment {
            format: 1,
            epoch: 1,
            environment: environment.to_owned(),
            target: "web".to_owned(),
            release: release.digest(),
            previous: None,
            kind: Kind::Publish,
            source: None,
            overlay: Vec::new(),
            who: String::new(),
            at: Moment::new(0),
            prev: None,
            files: FileCounts::default(),
            bytes_sent: 0,
            result: Verdict::Unconfirmed,
            reason: None,
        });
        pointer
    }

    #[track_caller]
    fn case(change: impl FnOnce(&mut Case), expected: &str) {
        let place = place();
        let release = place.release(&[("index.html", "new")]);
        let mut case = Case {
            environment: place.environment.clone(),
            state: State {
                pointer: Some(live(&place.release(&[]), "test")),
                ..State::default()
            },
            release,
            drift: DriftPolicy::Heal,
            retry: false,
        };
        change(&mut case);
        let desired = Desired {
            environment: &case.environment,
            release: &case.release,
            overlay: &[],
        };
        let rules = Rules {
            drift: case.drift,
            holder: "me",
            retry: case.retry,
        };
        let told = match reconcile(desired, &case.state, rules, Moment::new(100)) {
            Outcome::Refuse(refusal) => refusal.to_string(),
            other => format!("{other:?}"),
        };
        assert!(told.starts_with(expected), "{told}");
    }

    fn edited(case: &mut Case) {
        case.state.drift.strangers.push("link".to_owned());
    }

    fn is_live(case: &mut Case) {
        case.state.pointer = Some(live(&case.release, "test"));
    }

    fn leased(case: &mut Case, until: i64) {
        let until = Moment::new(until);
        case.state.lease = Some(crate::publish::lease::lease("bob", 2, until));
    }

    #[test]
    fn what_is_not_live_is_published_and_what_is_damaged_is_healed() {
        case(|_| {}, "Publish");
        case(|case| case.state = State::default(), "Publish");
        case(is_live, "UpToDate");
        case(
            |case| {
                is_live(case);
                edited(case);
            },
            "Heal",
        );
    }

    #[test]
    fn reported_drift_stays() {
        case(
            |case| {
                edited(case);
                case.drift = DriftPolicy::Report;
            },
            "1 things there differ",
        );
        let astray = |case: &mut Case| {
            case.drift = DriftPolicy::Report;
            case.state.drift.pointer = Some("astray".to_owned());
        };
        case(astray, "Publish");
        case(
            |case| {
                is_live(case);
                astray(case);
            },
            "1 things there differ",
        );
    }

    #[test]
    fn a_pin_a_hold_and_a_denial_are_kept() {
        let other = || Digest::of(b"other");
        case(
            |case| case.environment.release = Some(other()),
            "the environment pins",
        );
        let pinned = |case: &mut Case| case.environment.release = Some(case.release.digest());
        case(pinned, "Publish");
        let held = |case: &mut Case, deny: Vec<Digest>| {
            let reason = "page 500".to_owned();
            case.environment.hold = Some(Hold { reason, deny });
        };
        case(
            |case| held(case, vec![]),
            "the environment is on hold: page 500",
        );
        case(
            |case| {
                pinned(case);
                held(case, vec![other()]);
            },
            "Publish",
        );
        case(
            |case| {
                pinned(case);
                held(case, vec![case.release.digest()]);
            },
            "release sha256:",
        );
    }

    #[test]
    fn what_must_be_promoted_is_not_published_past_the_policy() {
        let asked = |case: &mut Case| {
            case.environment.policy.require.after = Some("dev".to_owned());
        };
        case(asked, "its policy takes only what was promoted to it");
        case(
            |case| {
                asked(case);
                case.environment.release = Some(case.release.digest());
            },
            "Publish",
        );
        case(
            |case| {
                asked(case);
                is_live(case);
                edited(case);
            },
            "Heal",
        );
    }

    #[test]
    fn a_release_that_failed_here_comes_back_only_when_asked() {
        let failed = |case: &mut Case| {
            let release = case.release.digest();
            let reason = "smoke".to_owned();
            let pointer = case.state.pointer.as_mut().unwrap();
            pointer.denied.push(Denied { release, reason });
        };
        case(failed, "release sha256:");
        let again = |case: &mut Case| {
            failed(case);
            case.retry = true;
        };
        case(again, "Publish");
        case(
            |case| {
                is_live(case);
                again(case);
            },
            "Publish",
        );
    }

    #[test]
    fn the_checks_must_say_what_the_policy_asks() {
        let found = |case: &mut Case, checks, errors, warnings| {
            case.environment.policy.require.checks = Some(checks);
            case.release.checks.errors = errors;
            case.release.checks.warnings = warnings;
        };
        case(|case| found(case, Checks::Clean, 0, 0), "Publish");
        case(
            |case| found(case, Checks::Clean, 0, 1),
            "the release has 0 errors and 1 warnings",
        );
        case(|case| found(case, Checks::NoErrors, 0, 1), "Publish");
        case(
            |case| found(case, Checks::NoErrors, 1, 0),
            "the release has 1 errors",
        );
        // What is live already is mended whatever the checks said.
        case(
            |case| {
                found(case, Checks::Clean, 1, 0);
                is_live(case);
                edited(case);
            },
            "Heal",
        );
    }

    #[test]
    fn nothing_new_goes_live_in_a_freeze_and_the_way_back_is_open() {
        let frozen = |case: &mut Case| {
            let freeze = Freeze::parse("1970-01-01/1970-01-01").unwrap();
            case.environment.policy.freeze = vec![freeze];
        };
        case(frozen, "nothing new goes live until 1970-01-02T00:00:00Z");
        case(
            |case| {
                frozen(case);
                is_live(case);
                edited(case);
            },
            "Heal",
        );
        case(
            |case| {
                frozen(case);
                case.environment.release = Some(case.release.digest());
                case.environment.hold = Some(Hold::default());
            },
            "Publish",
        );
    }

    #[test]
    fn a_target_serves_one_environment() {
        let other = |case: &mut Case| case.state.pointer = Some(live(&case.release, "prod"));
        case(other, "it serves environment `prod`");
        let begun = |case: &mut Case| case.state.pointer = Some(Pointer::first("prod"));
        case(begun, "Publish");
    }

    #[test]
    fn a_lease_of_another_is_waited_for_until_it_ends() {
        case(
            |case| leased(case, 101),
            "`bob` publishes there until 1970-01-01T00:01:41Z",
        );
        case(|case| leased(case, 100), "Publish");
        case(
            |case| {
                is_live(case);
                leased(case, 101);
            },
            "UpToDate",
        );
    }
}
