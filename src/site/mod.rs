//! The model: what a repository of Markdown says, loaded once and shared by everything above.
//!
//! It reads snapshots and knows no output format but the routes.

mod addresses;
mod authors;
mod calendar;
mod cascade;
#[cfg_attr(
    not(feature = "citations"),
    expect(dead_code, unused_imports, reason = "nothing is cited without it")
)]
mod citations;
mod data;
mod date;
mod documents;
mod edit;
mod editions;
mod expand;
mod feeds;
mod fields;
mod front_matter;
mod index_terms;
mod labels;
mod languages;
mod lexicons;
mod links;
mod lists;
mod load;
mod model;
mod names;
mod nav;
mod notation;
mod page;
mod places;
mod project;
mod redirects;
mod routes;
mod section_numbers;
mod sections;
mod settle;
mod sources;
mod style_files;
mod summary;
mod taxonomies;
#[cfg(test)]
pub(crate) mod test_site;
mod theme_files;
mod titles;
mod versions;
mod written_front;

pub use addresses::{address_of, is_page, url_of};
pub use authors::Author;
pub use data::{DataFault, parse_data};
pub use date::Date;
pub use feeds::Feed;
pub use front_matter::{FrontMatter, ListRules, SortBy, body_of};
pub use labels::{Labelled, Labels};
pub use languages::{LanguageEntry, Languages};
pub use lexicons::{Dictionary, Lexicons};
pub use links::LinkTarget;
pub use lists::{ARCHIVE_FILE, List, ListId};
pub use load::{LoadOptions, Previous};
pub use model::{Beside, Document, Hidden, NavItem, PageId, Redirect, Section, Site};
pub use names::refusal;
pub use nav::SUMMARY_FILE;
pub use page::{MAX_PAGE, Page};
pub use project::Placed;
pub use routes::redirect_file;
pub use style_files::StyleFile;
pub use taxonomies::{Membership, Taxonomy, Term, TermId, term_slug};
pub use theme_files::{THEME_FOLDER, is_part_of_theme, is_theme_file};
pub use versions::{Age, VersionEntry, Versions};
pub use written_front::WrittenFront;
