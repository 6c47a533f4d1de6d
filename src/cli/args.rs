//! The arguments as typed. The doc comments are the help texts.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::ship_args::{
    FollowArgs, LogArgs, PromoteArgs, ReleaseArgs, RollbackArgs, SyncArgs, VerifyArgs,
};

/// GitOps for prose: checks, renders, seals and publishes a Git repository of Markdown.
#[derive(Debug, Parser)]
#[command(
    name = "tympan",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Work in this folder instead of the current one; given again, it is relative to the one before
    #[arg(short = 'C', value_name = "DIR", global = true, action = clap::ArgAction::Append)]
    pub directory: Vec<PathBuf>,
    /// Print results as text for people or as JSON for programs
    #[arg(long, value_enum, global = true, default_value_t = Format::Text)]
    pub format: Format,
    /// Print results only, no progress and no summary
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more about what is done
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use color
    #[arg(long, value_enum, global = true, default_value_t = Color::Auto)]
    pub color: Color,
    /// Share encoded images and documents with other machines through this folder
    #[arg(long, value_name = "DIR", global = true, env = "TYMPAN_SHARED_CACHE")]
    pub shared_cache: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a starter project in a fresh Git repository, or a page in a project
    New(NewArgs),
    /// Check, render and seal the project into a folder
    Build(BuildArgs),
    /// Report faults in prose, links and structure
    Check(CheckArgs),
    /// Preview the project in a browser while you write
    Serve(ServeArgs),
    /// Survey the pictures: what readers load of them, and which are too large, unused or doubled
    Images(ImagesArgs),
    /// Bring an environment to its desired release
    Publish(PublishArgs),
    /// Show what is live, from which commit, and whether it drifted
    Status(StatusArgs),
    /// Build a clean commit, check it, seal it, and keep it in the store
    Release(ReleaseArgs),
    /// Give an environment the release that another one has, by a commit
    Promote(PromoteArgs),
    /// Give an environment the last healthy release again and hold it there, by a commit
    Rollback(RollbackArgs),
    /// Let an environment follow a branch, which ends its pin and its hold, by a commit
    Follow(FollowArgs),
    /// Keep an environment at its desired state, from Git and the store
    Sync(SyncArgs),
    /// Read every byte of what is live and hash it
    Verify(VerifyArgs),
    /// Show who decided what, and what happened
    Log(LogArgs),
    /// Try out what publishing needs: keys, tools, and what each target can promise
    Doctor(DoctorArgs),
    /// Write the files with which a platform checks, publishes and promotes the project
    Ci(CiArgs),
    /// Do what Git asks of a hook
    Hook(HookArgs),
    /// Fetch a theme from another repository, and print how it is pinned
    Theme(ThemeArgs),
    /// Give an editor the findings of the checks, over the Language Server Protocol
    Lsp(LspArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct NewArgs {
    #[command(subcommand)]
    pub what: Option<NewWhat>,
    /// The folder to make
    #[arg(value_name = "DIR", required = true)]
    pub path: Option<PathBuf>,
    /// The kind of project
    #[arg(long, value_enum, default_value_t = NewKind::Site)]
    pub kind: NewKind,
}

#[derive(Debug, Subcommand)]
pub enum NewWhat {
    /// Make a page with its front matter filled in
    Page(NewPageArgs),
}

#[derive(Debug, Args)]
pub struct NewPageArgs {
    /// The file to make, relative to the content folder; a slash at its end makes a folder for it
    #[arg(value_name = "PATH")]
    pub path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NewKind {
    /// Dated posts and loose pages
    Site,
    /// Documentation of a product
    Docs,
    /// Chapters in one order, as PDF and EPUB too
    Book,
    /// An agreement, as PDF too
    Contract,
}

/// Which pages count.
#[derive(Debug, Clone, Args)]
pub struct PagesArgs {
    /// Include drafts
    #[arg(long)]
    pub drafts: bool,
    /// Include pages dated in the future
    #[arg(long)]
    pub future: bool,
    /// Include expired pages
    #[arg(long)]
    pub expired: bool,
}

#[derive(Debug, Args)]
pub struct BuildArgs {
    /// Build this revision straight from Git, without a checkout
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// The output folder, relative to the project [default: dist]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Make only these outputs
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KIND")]
    pub only: Vec<OutputKind>,
    /// Make only these documents, in the formats they name or `--only` does
    #[arg(long = "document", value_delimiter = ',', value_name = "NAME")]
    pub documents: Vec<String>,
    /// Show what each template costs
    #[arg(long)]
    pub profile: bool,
    /// Skip the checks
    #[arg(long)]
    pub no_check: bool,
    #[command(flatten)]
    pub pages: PagesArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputKind {
    Html,
    Pdf,
    Epub,
    Docx,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Report only about these files and folders
    pub paths: Vec<PathBuf>,
    /// Check this revision straight from Git, without a checkout
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Check what is staged for the next commit, and report about its changed lines only
    #[arg(long, conflicts_with_all = ["rev", "since"])]
    pub staged: bool,
    /// Report only about lines that changed since the branch left REV
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// Mend what has one right way, in the files themselves
    #[arg(long, conflicts_with_all = ["rev", "staged"])]
    pub fix: bool,
    /// With `--fix`, print what would change and write nothing
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// Remember what is found now, so that it is not told again
    #[arg(long, conflicts_with_all = ["rev", "staged", "since", "fix", "paths"])]
    pub baseline: bool,
    /// Explain a rule, or list all of them
    #[arg(long, value_name = "RULE", num_args = 0..=1, default_missing_value = "all")]
    pub explain: Option<String>,
    /// Show in a table how much of the prose of each page is read
    #[arg(long)]
    pub coverage: bool,
    /// The mildest level that makes the check fail
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Warning)]
    pub fail_on: FailOn,
    /// Report in another form too, to the standard output or to a file; may be given several times
    #[arg(long, value_name = "KIND[=FILE]")]
    pub report: Vec<ReportTo>,
    /// Show in a table which pages are translated, and which translations are out of date
    #[arg(long)]
    pub translations: bool,
    /// List every word that no dictionary has, and the lines that make them known
    #[arg(long)]
    pub words: bool,
    /// Ask the web for addresses on other servers too
    #[arg(long)]
    pub external: bool,
    /// With `--external`, ask again for what is known from the last days
    #[arg(long, requires = "external")]
    pub refresh: bool,
    /// With `--external`, ask for addresses of private networks too
    #[arg(long, requires = "external")]
    pub allow_private: bool,
    #[command(flatten)]
    pub pages: PagesArgs,
}

/// The mildest level that makes a check fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Error,
    Warning,
    Suggestion,
    Never,
}

/// The forms in which other programs read findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    /// Annotations of GitHub Actions
    Github,
    /// Code Quality of GitLab
    Gitlab,
    /// JUnit
    Junit,
    /// SARIF 2.1.0
    Sarif,
}

/// A form, and the file that it is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTo {
    /// The form.
    pub kind: ReportKind,
    /// The file; none is the standard output.
    pub file: Option<PathBuf>,
}

impl FromStr for ReportTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, file) = match text.split_once('=') {
            Some((kind, file)) => (kind, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let kind = ReportKind::from_str(kind, false)
            .map_err(|_| "it is `github`, `gitlab`, `junit` or `sarif`".to_owned())?;
        Ok(Self { kind, file })
    }
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The port on this machine; the next free one if it is taken, any if it is 0
    #[arg(short, long, default_value_t = 8080)]
    pub port: u16,
    /// Let others in this network read the preview, at this address [default: all of this machine]
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "0.0.0.0")]
    pub host: Option<std::net::IpAddr>,
    /// A name under which a proxy asks for the preview; may be given several times
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// Open it in the browser
    #[arg(long)]
    pub open: bool,
    /// Show what this environment must show, instead of the files as they are
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Let an open page go to where the edit was
    #[arg(long)]
    pub follow: bool,
    #[command(flatten)]
    pub pages: PagesArgs,
}

#[derive(Debug, Args)]
pub struct ImagesArgs {
    /// Only these files and folders, or what these patterns match, such as `**/*.png`
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Only the pictures of this page, by its file or its address
    #[arg(long, value_name = "PAGE")]
    pub page: Option<String>,
    /// What comes first in the list
    #[arg(long, value_enum, value_name = "BY", default_value_t = SortPictures::Bytes)]
    pub sort: SortPictures,
    /// List everything, not only what comes first
    #[arg(long)]
    pub all: bool,
    /// Encode the pictures that no build encoded yet, to know how large they become
    #[arg(long)]
    pub measure: bool,
    /// Make the files that are named smaller: no pixel more than is needed, no metadata
    #[arg(long, requires = "paths", conflicts_with_all = ["page", "measure", "all"])]
    pub fix: bool,
    /// With `--fix`, say what would be done and write nothing
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// With `--fix`, the longest side in pixels that stays [default: twice the widest variant]
    #[arg(long, value_name = "PIXELS", requires = "fix", value_parser = clap::value_parser!(u32).range(16..))]
    pub longest: Option<u32>,
    /// With `--fix`, change files too that Git could not bring back
    #[arg(long, requires = "fix")]
    pub force: bool,
    #[command(flatten)]
    pub pages: PagesArgs,
}

/// What comes first in the list of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SortPictures {
    /// The largest file
    Bytes,
    /// What a telephone loads most of
    Phone,
    /// What a computer on a desk loads most of
    Desktop,
    /// The most pixels
    Pixels,
    /// What most pages show
    Pages,
    /// The first by name
    Path,
}

#[derive(Debug, Args)]
pub struct CiArgs {
    /// The platform
    #[arg(value_enum)]
    pub platform: CiPlatform,
    /// The environment that gets what is merged [default: the one that follows a branch]
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// The branch that changes are merged into [default: the one that the environment follows]
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// Show the files and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Replace files that differ
    #[arg(long)]
    pub force: bool,
}

/// Where jobs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CiPlatform {
    /// GitHub Actions
    Github,
    /// GitLab CI/CD
    Gitlab,
    /// Forgejo Actions, and Gitea's
    Forgejo,
    /// A hook of a bare repository that people push to
    Hook,
    /// A service of a machine that pulls
    Systemd,
    /// A job of a cluster that pulls
    Kubernetes,
}

impl CiPlatform {
    /// Whether it keeps repositories and runs jobs, and is no machine that pulls or is pushed to.
    pub fn is_forge(self) -> bool {
        matches!(self, Self::Github | Self::Gitlab | Self::Forgejo)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Forgejo => "forgejo",
            Self::Hook => "hook",
            Self::Systemd => "systemd",
            Self::Kubernetes => "kubernetes",
        }
    }
}

#[derive(Debug, Args)]
pub struct HookArgs {
    /// The hook
    #[arg(value_enum)]
    pub hook: HookName,
    /// The environment to bring to what was pushed
    pub environment: String,
}

/// The hooks that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HookName {
    /// After a push to a bare repository: build its newest commit and make it live
    PostReceive,
}

#[derive(Debug, Default, Args)]
pub struct PublishArgs {
    /// The environment, as `environments/<name>.toml` describes it
    pub environment: String,
    /// Show what would change and touch nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Try a release again that failed at a target before
    #[arg(long)]
    pub retry: bool,
    /// Publish the commit that is checked out below the environment, under `_preview/NAME/`
    #[arg(long, value_name = "NAME")]
    pub preview: Option<String>,
    /// With `--preview`, show this revision; the settings stay those that are checked out
    #[arg(long, value_name = "REV", requires = "preview")]
    pub rev: Option<String>,
    /// With `--preview`, how long it may stand, such as `12h` or `14d`
    #[arg(long, value_name = "TIME", requires = "preview", default_value = "14d")]
    pub expire: String,
}

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The environment; all of them if none is named
    pub environment: Option<String>,
}

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The targets to try out; all of them if none is named
    pub targets: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ThemeArgs {
    /// The address of the repository, which begins with https; without one, the theme that
    /// tympan.toml pins
    pub url: Option<String>,
    /// The commit, tag or branch; the newest commit if none is named
    #[arg(long, value_name = "REV", requires = "url")]
    pub rev: Option<String>,
}

#[derive(Debug, Args)]
pub struct LspArgs {
    /// Talk over standard input and output, which it does in any case; some editors say so
    #[arg(long)]
    pub stdio: bool,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
