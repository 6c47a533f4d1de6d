//! The shape of `tympan.toml` as written: optional everywhere, unknown keys refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::config::documents::{DocumentFile, DocxFile, EpubFile, PdfFile};
use crate::config::feeds::{FeedsFile, ServerRules};
use crate::config::lists::{ListsFile, TaxonomyFile};
use crate::config::markdown::MarkdownFile;
use crate::config::routes::{PagesFile, RedirectsFile, RoutesFile};
use crate::config::search::SearchFile;
use crate::config::targets::TargetFile;
use crate::diagnostic::Severity;

/// The kind of work a project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Dated posts and loose pages.
    Site,
    /// Documentation of a product, in sections.
    Docs,
    /// Chapters in one order.
    Book,
    /// An agreement.
    Contract,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ConfigFile {
    pub project: ProjectFile,
    pub nav: Vec<NavFile>,
    pub variables: toml::Table,
    pub documents: Vec<DocumentFile>,
    pub check: CheckFile,
    pub citations: super::citations::CitationsFile,
    pub images: super::images::ImagesFile,
    pub html: HtmlFile,
    pub markdown: MarkdownFile,
    pub search: SearchFile,
    pub theme: super::look::ThemeFile,
    pub menus: BTreeMap<String, Vec<super::menus::MenuEntryFile>>,
    pub pdf: PdfFile,
    pub epub: EpubFile,
    pub docx: DocxFile,
    pub targets: BTreeMap<String, TargetFile>,
    pub store: Option<TargetFile>,
    pub signing: super::signing::SigningFile,
    pub versions: Option<super::versions::VersionsFile>,
    pub languages: BTreeMap<Spanned<String>, super::languages::LanguageFile>,
    pub pages: PagesFile,
    pub routes: RoutesFile,
    pub redirects: RedirectsFile,
    pub lists: ListsFile,
    pub feeds: FeedsFile,
    pub taxonomies: BTreeMap<String, TaxonomyFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub(super) struct ProjectFile {
    pub kind: Option<Kind>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub authors: Vec<String>,
    pub language: Option<Spanned<String>>,
    pub base_url: Option<Spanned<String>>,
    pub content: Option<Spanned<String>>,
    pub copyright: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a page's path, or a table with `title` and `page` or `pages`"
)]
pub(super) enum NavFile {
    // serde cannot keep a span inside an untagged value; the reader finds the text again.
    Page(String),
    Entry(NavEntryFile),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NavEntryFile {
    pub title: Option<String>,
    pub page: Option<String>,
    pub pages: Vec<NavFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CheckFile {
    pub words: Vec<String>,
    pub vocabulary: Vec<Spanned<String>>,
    pub prose: Option<bool>,
    pub baseline: Option<Spanned<String>>,
    pub rules: Vec<RuleFile>,
    pub external: super::external::ExternalFile,
    pub styles: Vec<Spanned<String>>,
    pub terms: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    pub avoid: BTreeMap<String, super::style::AvoidFile>,
    pub consistent: Vec<Spanned<Vec<String>>>,
    pub inclusive: Option<bool>,
    pub front_matter: Vec<super::front_matter::SchemaFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub rule: Spanned<String>,
    #[serde(default)]
    pub paths: Vec<Spanned<String>>,
    pub level: Level,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Off,
    Suggestion,
    Warning,
    Error,
}

impl Level {
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Suggestion => Some(Severity::Suggestion),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct HtmlFile {
    pub raw_html: Option<bool>,
    pub llms_txt: Option<bool>,
    pub markdown: Option<bool>,
    pub edit_url: Option<Spanned<String>>,
    pub contributors: Option<bool>,
    pub print: Option<bool>,
    pub theme: Option<Spanned<String>>,
    pub minify: Option<bool>,
    pub integrity: Option<bool>,
    pub social_cards: Option<bool>,
    pub precompress: Vec<Spanned<String>>,
    pub server_rules: Vec<ServerRules>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct EnvironmentFile {
    pub release: Option<Spanned<String>>,
    pub source: Option<Spanned<String>>,
    pub from: Option<Spanned<String>>,
    pub follow: Option<Spanned<String>>,
    pub targets: Vec<Spanned<String>>,
    pub url: Option<Spanned<String>>,
    pub index: Option<bool>,
    pub policy: PolicyFile,
    pub smoke: SmokeFile,
    pub hold: Option<HoldFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PolicyFile {
    pub require: RequireFile,
    pub rollback: RollbackFile,
    pub freeze: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RequireFile {
    pub checks: Option<super::environment::Checks>,
    pub after: Option<Spanned<String>>,
    pub soak: Option<Spanned<String>>,
    pub approvals: Option<Spanned<i64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RollbackFile {
    pub auto: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SmokeFile {
    pub paths: Vec<Spanned<SmokePathFile>>,
    pub over: super::environment::SmokeOver,
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a route, or a table with `path`, `status` and `text`"
)]
pub(super) enum SmokePathFile {
    Route(String),
    Expected(SmokeExpected),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SmokeExpected {
    pub path: String,
    pub status: Option<u16>,
    pub text: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct HoldFile {
    pub reason: String,
    pub deny: Vec<Spanned<String>>,
}
