//! `tympan.toml` and `environments/*.toml`, as written and as meant.
//!
//! Work code sees only what is meant: [`Config`] and [`Environment`]. Nothing here touches a disk.

mod citations;
mod contrast;
mod documents;
mod edit;
mod encoding;
mod environment;
mod external;
mod feeds;
mod file;
mod freeze;
mod front_matter;
mod images;
mod languages;
mod lists;
mod look;
mod markdown;
mod meant;
mod menus;
mod pinned;
mod read;
mod read_environment;
mod read_nav;
mod read_targets;
mod read_variables;
mod routes;
mod search;
mod signing;
mod spans;
mod style;
mod targets;
mod versions;

pub use citations::Citations;
pub use documents::{
    About, Bates, Booklet, Contributor, Document, Docx, Epub, Exhibit, Family, Finishing, Fonts,
    Format, Ink, List, Medium, Opening, Paper, Pdf, Series, Sides, Writing,
};
pub use edit::{Desire, desire};
pub use encoding::Encoding;
pub use environment::{Checks, Environment, Hold, Policy, Requirements, SmokeOver, SmokePath};
pub use external::External;
pub use feeds::{FeedContent, FeedFormat, Feeds, RulesFile, ServerRules};
pub use file::Kind;
pub use freeze::{Freeze, seconds_of, span_of};
pub use front_matter::{KeySchema, Schema, ValueType};
pub use images::{
    Animation, ImageChoices, ImageFormat, ImageOptions, Images, Lossless, PlaceholderKind,
};
pub use languages::Language;
pub use lists::{Lists, Taxonomies, Taxonomy};
pub use look::{Font, Logo, Look, Shades};
pub use markdown::Markdown;
pub use meant::{Check, Config, Html, Nav, Project, Rule, direction};
pub use menus::{MenuEntry, MenuTarget, Menus};
pub use pinned::PinnedTheme;
pub use read::{BASELINE_FILE, CONFIG_FILE, read_config};
pub use read_environment::read_environment;
pub use read_targets::variable_part;
pub use routes::{Pages, RouteTemplate, WrittenRedirect};
pub use search::Search;
pub use signing::Signing;
pub use spans::EditError;
pub use style::{Avoid, Style};
pub use targets::{DriftPolicy, DriveService, Target, TargetKind};
pub use versions::{RefPattern, Root, Versions};
