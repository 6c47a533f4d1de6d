//! The arguments of the commands that decide what must be live, and of those that look at it.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct ReleaseArgs {
    /// Release this revision straight from Git, without a checkout and whatever the worktree holds
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Build and check, and keep the release nowhere but in the project's own store
    #[arg(long)]
    pub dry_run: bool,
    /// Write what it was made from into this file, as an in-toto statement for others to sign
    #[arg(long, value_name = "FILE")]
    pub statement: Option<PathBuf>,
}

/// How a decision gets into Git.
#[derive(Debug, Clone, Default, Args)]
pub struct DecideArgs {
    /// Why, in one line; it stands in the commit
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The branch that gets the commit [default: the one that is checked out, or that CI builds]
    #[arg(long, value_name = "BRANCH")]
    pub branch: Option<String>,
    /// Decide on what the remote has, and push the commit there
    #[arg(long, value_name = "REMOTE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub push: Option<String>,
    /// Show what would be decided and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct PromoteArgs {
    /// The environment that has the release
    pub from: String,
    /// The environment that is to have it
    pub to: String,
    /// End the hold that a rollback left
    #[arg(long)]
    pub resume: bool,
    #[command(flatten)]
    pub decide: DecideArgs,
}

#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The environment
    pub environment: String,
    /// The release to go back to, by its digest or the beginning of it [default: the last healthy one]
    #[arg(long, value_name = "RELEASE")]
    pub to: Option<String>,
    /// Make it live first, and commit the decision after
    #[arg(long)]
    pub now: bool,
    #[command(flatten)]
    pub decide: DecideArgs,
}

#[derive(Debug, Args)]
pub struct FollowArgs {
    /// The environment
    pub environment: String,
    /// The branch [default: the one in the environment's file]
    #[arg(value_name = "BRANCH")]
    pub of: Option<String>,
    #[command(flatten)]
    pub decide: DecideArgs,
}

#[derive(Debug, Args)]
pub struct SyncArgs {
    /// The environment
    pub environment: String,
    /// Bring it to its desired state once
    #[arg(long, conflicts_with = "watch", required_unless_present = "watch")]
    pub once: bool,
    /// Keep it there until stopped
    #[arg(long)]
    pub watch: bool,
    /// How long to wait between two looks, such as `30s` or `5m`
    #[arg(long, value_name = "TIME", default_value = "1m")]
    pub interval: String,
    /// The branch that says what must be live [default: the one that is checked out]
    #[arg(long, value_name = "BRANCH")]
    pub branch: Option<String>,
    /// Show what would change and touch nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The environment
    pub environment: String,
}

#[derive(Debug, Args)]
pub struct LogArgs {
    /// The environment; all of them if none is named
    pub environment: Option<String>,
    /// Check that no record is missing or was changed
    #[arg(long)]
    pub verify: bool,
}
