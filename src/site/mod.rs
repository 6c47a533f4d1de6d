//! The model: what a repository of Markdown says, loaded once and shared by everything above.
//!
//! It reads snapshots and knows no output format but the routes.

mod calendar;
mod date;
mod documents;
mod expand;
mod front_matter;
mod languages;
mod links;
mod load;
mod model;
mod nav;
mod page;
mod project;
mod routes;
mod sections;
mod summary;
mod theme_files;
mod versions;

pub use date::Date;
pub use front_matter::FrontMatter;
pub use languages::{LanguageEntry, Languages};
pub use links::LinkTarget;
pub use load::LoadOptions;
pub use model::{Document, Hidden, NavItem, PageId, Redirect, Section, Site, Tag};
pub use nav::SUMMARY_FILE;
pub use page::{MAX_PAGE, Page, is_page, url_of};
pub use project::Placed;
pub use routes::redirect_file;
pub use theme_files::{THEME_FOLDER, is_theme_file};
pub use versions::{Age, VersionEntry, Versions};
