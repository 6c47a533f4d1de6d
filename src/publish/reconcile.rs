//! What ought to be done about a target: one pure function, for CI and for the pull agent alike.

use crate::config::{Checks, DriftPolicy, Environment};
use crate::digest::Digest;
use crate::publish::drift::Drift;
use crate::publish::lease::Lease;
use crate::publish::moment::Moment;
use crate::publish::state::Pointer;
use crate::release::Release;

/// What Git says must be live.
#[derive(Debug, Clone, Copy)]
pub struct Desired<'a> {
    /// The environment.
    pub environment: &'a Environment,
    /// The release.
    pub release: &'a Release,
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

/// Why nothing may be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The target serves another environment.
    #[error("it serves environment `{environment}`")]
    Occupied {
        /// That environment.
        environment: String,
    },
    /// The environment file pins another release.
    #[error("the environment pins release {pinned}")]
    Pinned {
        /// That release.
        pinned: Digest,
    },
    /// The environment is on hold after a rollback.
    #[error("the environment is on hold: {reason}")]
    Held {
        /// Why.
        reason: String,
    },
    /// The release must not come back.
    #[error("release {release} is denied: {reason}")]
    Denied {
        /// The release.
        release: Digest,
        /// Why.
        reason: String,
    },
    /// The checks do not say what the policy asks.
    #[error(
        "the release has {errors} errors and {warnings} warnings, and the policy asks for {asked}"
    )]
    Checks {
        /// The release's errors.
        errors: usize,
        /// The release's warnings.
        warnings: usize,
        /// What the policy asks for.
        asked: &'static str,
    },
    /// What is live was changed by hand, and drift is only reported.
    #[error(
        "{count} things there differ from what was published, and the target's policy is to report drift"
    )]
    Drifted {
        /// How many.
        count: usize,
    },
    /// Somebody publishes there now.
    #[error("`{holder}` publishes there until {until}")]
    Leased {
        /// Who.
        holder: String,
        /// When the lease ends.
        until: Moment,
    },
    /// Too many files would go.
    #[error("it would remove {count} files, and the limit is {limit}")]
    Removals {
        /// How many would go.
        count: usize,
        /// How many may.
        limit: usize,
    },
    /// The release cannot pass its own smoke test.
    #[error("the release has no file for `{route}`")]
    Route {
        /// The route.
        route: String,
    },
}

impl Refusal {
    /// How to go on.
    pub fn help(&self) -> String {
        match self {
            Self::Occupied { .. } => "give each environment a target with a path of its own",
            Self::Pinned { .. } => "change the pin with `tympan promote` or `tympan rollback`",
            Self::Held { .. } => "promote a release with `tympan promote`, which ends the hold",
            Self::Denied { .. } => "publish a release that mends it",
            Self::Checks { .. } => "run `tympan check`, mend what it finds, and publish the new release",
            Self::Drifted { .. } => {
                "see `tympan status`, then set `drift = \"heal-keep\"` to save the changed files and go on"
            }
            Self::Leased { .. } => "wait for it to end, then publish again",
            Self::Removals { .. } => {
                "if that is meant, raise `max_removals` of the target in `tympan.toml`"
            }
            Self::Route { .. } => "mend `[smoke] paths` of the environment, or add the page",
        }
        .to_owned()
    }
}

/// Decides what ought to be done about a target.
pub fn reconcile(desired: Desired<'_>, state: &State, rules: Rules<'_>, now: Moment) -> Outcome {
    let release = desired.release.digest();
    let live = state
        .pointer
        .as_ref()
        .and_then(|pointer| pointer.live.as_ref());
    let is_live = live.is_some_and(|live| live.release == release);
    if let Some(refusal) = forbidden(desired, &release, state, rules) {
        return Outcome::Refuse(refusal);
    }
    if is_live && state.drift.is_empty() {
        return Outcome::UpToDate;
    }
    if !is_live && let Some(refusal) = unmet(desired) {
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
    if is_live {
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
fn unmet(desired: Desired<'_>) -> Option<Refusal> {
    let checks = desired.release.checks;
    let (met, asked) = match desired.environment.policy.require.checks? {
        Checks::Clean => (checks.errors == 0 && checks.warnings == 0, "none of either"),
        Checks::NoErrors => (checks.errors == 0, "no errors"),
    };
    (!met).then_some(Refusal::Checks {
        errors: checks.errors,
        warnings: checks.warnings,
        asked,
    })
}
