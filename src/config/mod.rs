//! `tympan.toml` and `environments/*.toml`, as written and as meant.
//!
//! Work code sees only what is meant: [`Config`] and [`Environment`]. Nothing here touches a disk.

mod environment;
mod file;
mod languages;
mod markdown;
mod meant;
mod read;
mod read_environment;
mod read_nav;
mod read_targets;
mod read_variables;
mod search;
mod versions;

pub use environment::{Checks, Environment, Hold, Policy, Requirements};
pub use file::Kind;
pub use languages::Language;
pub use markdown::Markdown;
pub use meant::{
    Check, Config, Document, DriftPolicy, Epub, Format, Html, Images, Nav, Paper, Pdf, Project,
    Rule, Target, TargetKind, direction,
};
pub use read::{CONFIG_FILE, read_config};
pub use read_environment::read_environment;
pub use search::Search;
pub use versions::{RefPattern, Root, Versions};
