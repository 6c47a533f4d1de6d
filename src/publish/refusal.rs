//! Why nothing may be done about a target, with the way on.

use crate::digest::Digest;
use crate::publish::moment::Moment;

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
    /// The policy asks for what only a promotion looks at, and nothing was promoted.
    #[error("its policy takes only what was promoted to it")]
    Unpromoted {
        /// Where it must come from, if the policy says.
        after: Option<String>,
        /// The environment.
        environment: String,
    },
    /// The policy lets nothing new go live now.
    #[error("nothing new goes live until {until}, by the policy's `freeze`")]
    Frozen {
        /// When the freeze ends.
        until: Moment,
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
    /// Signatures are asked for, and the newest change of the target has none that counts.
    #[error("nobody whose signature counts vouches for its newest change, epoch {epoch}")]
    Unsigned {
        /// The epoch of that change.
        epoch: u64,
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
            Self::Unpromoted { after, environment } => {
                let from = after.as_deref().unwrap_or("…");
                return format!("run `tympan promote {from} {environment}`");
            }
            Self::Occupied { .. } => "give each environment a target with a path of its own",
            Self::Pinned { .. } => "use `tympan promote`, or take `release` out of the environment's file to follow a branch",
            Self::Held { .. } => "mend it and let `tympan follow` end the hold, or promote a release that mends it with `--resume`",
            Self::Denied { .. } => "publish a release that mends it; `tympan publish --retry` brings back one that only the target denies",
            Self::Checks { .. } => "run `tympan check`, mend what it finds, and publish the new release",
            Self::Frozen { .. } => {
                "wait for it to end; `tympan rollback` goes back all the same"
            }
            Self::Drifted { .. } => {
                "see `tympan status`, then set `drift = \"heal-keep\"` to save the changed files and go on"
            }
            Self::Leased { .. } => "wait for it to end, then publish again",
            Self::Unsigned { .. } => {
                "see what `tympan log --verify` finds; if it was made before signatures were asked for, publish once with `require = false` in `[signing]` and the key"
            }
            Self::Removals { .. } => {
                "if that is meant, raise `max_removals` of the target in `tympan.toml`"
            }
            Self::Route { .. } => "mend `[smoke] paths` of the environment, or add the page",
        }
        .to_owned()
    }
}
