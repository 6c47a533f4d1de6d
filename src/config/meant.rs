//! The configuration as meant: defaults filled, paths parsed, globs compiled.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobSet;

use crate::config::citations::Citations;
use crate::config::documents::{Document, Docx, Epub, Pdf};
use crate::config::encoding::Encoding;
use crate::config::external::External;
use crate::config::feeds::{Feeds, ServerRules};
use crate::config::file::Kind;
use crate::config::front_matter::Schema;
use crate::config::images::Images;
use crate::config::languages::Language;
use crate::config::lists::{Lists, Taxonomies};
use crate::config::look::Look;
use crate::config::markdown::Markdown;
use crate::config::menus::Menus;
use crate::config::routes::{Pages, RouteTemplate, WrittenRedirect};
use crate::config::search::Search;
use crate::config::signing::Signing;
use crate::config::style::Style;
use crate::config::targets::{Target, TargetKind};
use crate::config::versions::Versions;
use crate::diagnostic::{Place, Severity};
use crate::site_path::SitePath;

/// What `tympan.toml` says, with every default filled in.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The work as a whole.
    pub project: Project,
    /// The navigation table; empty if the order comes from elsewhere.
    pub nav: Vec<Nav>,
    /// Names that text may use, with what they stand for; parts of nested tables are joined by dots.
    pub variables: BTreeMap<String, String>,
    /// Bound outputs that are named in the file.
    pub documents: Vec<Document>,
    /// Which rules apply where.
    pub check: Check,
    /// The works that pages cite.
    pub citations: Citations,
    /// How images are encoded.
    pub images: Images,
    /// How pages are made.
    pub html: Html,
    /// How the text of pages is read and set.
    pub markdown: Markdown,
    /// How pages are searched.
    pub search: Search,
    /// How the theme looks.
    pub look: Look,
    /// Menus by name.
    pub menus: Menus,
    /// How PDFs are made.
    pub pdf: Pdf,
    /// How e-books are made.
    pub epub: Epub,
    /// How Word files are made.
    pub docx: Docx,
    /// Places to publish to, by name.
    pub targets: BTreeMap<String, Target>,
    /// Where releases are kept between those who make them and those who ship them; the project's
    /// own store alone if nothing is said.
    pub store: Option<TargetKind>,
    /// Whose signatures under releases and records count.
    pub signing: Signing,
    /// The versions that are published beside each other, if there are several.
    pub versions: Option<Versions>,
    /// The languages it is published in, by tag; empty if it is one alone.
    pub languages: BTreeMap<String, Language>,
    /// Words of the theme that the project says otherwise.
    pub strings: BTreeMap<String, String>,
    /// How pages are read.
    pub pages: Pages,
    /// The routes of the pages of sections, the deepest section first.
    pub routes: Vec<RouteTemplate>,
    /// Old routes and where they lead.
    pub redirects: Vec<WrittenRedirect>,
    /// How pages are listed.
    pub lists: Lists,
    /// What feeds are like.
    pub feeds: Feeds,
    /// The ways to sort pages, by name.
    pub taxonomies: Taxonomies,
}

/// The work as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The kind; guessed from the content if absent.
    pub kind: Option<Kind>,
    /// The title; taken from the content if absent.
    pub title: Option<String>,
    /// One sentence about the work.
    pub description: Option<String>,
    /// The people who wrote it, as they want to be named.
    pub authors: Vec<String>,
    /// The language (BCP 47), also the dictionary.
    pub language: String,
    /// The direction the language is written in, where it was said.
    pub direction: Option<&'static str>,
    /// The absolute address it will stand at, with a slash at its end.
    pub base_url: Option<String>,
    /// The folder of the content, if the file names one.
    pub content: Option<SitePath>,
    /// The notice in the footer.
    pub copyright: Option<String>,
}

impl Default for Project {
    fn default() -> Self {
        Self {
            kind: None,
            title: None,
            description: None,
            authors: Vec::new(),
            language: "en".to_owned(),
            direction: None,
            base_url: None,
            content: None,
            copyright: None,
        }
    }
}

impl Project {
    /// The direction in which the language is written.
    pub fn direction(&self) -> &'static str {
        self.direction.unwrap_or_else(|| direction(&self.language))
    }
}

/// The direction in which a language (BCP 47) is written: `ltr` or `rtl`.
pub fn direction(language: &str) -> &'static str {
    let primary = language
        .split('-')
        .next()
        .unwrap_or("")
        .to_ascii_lowercase();
    match primary.as_str() {
        "ar" | "arc" | "ckb" | "dv" | "fa" | "he" | "ks" | "ps" | "sd" | "ug" | "ur" | "yi" => {
            "rtl"
        }
        _ => "ltr",
    }
}

/// One entry of the navigation table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nav {
    /// The title; the page's own if absent.
    pub title: Option<String>,
    /// The page, relative to the content folder, and where the file names it.
    pub page: Option<SitePath>,
    /// The bytes of `tympan.toml` that name the page.
    pub span: std::ops::Range<usize>,
    /// The entries below.
    pub pages: Vec<Nav>,
}

/// Which rules apply where.
#[derive(Debug, Clone, Default)]
pub struct Check {
    /// The project's dictionary.
    pub words: BTreeSet<String>,
    /// Files with more words.
    pub vocabulary: Vec<SitePath>,
    /// Whether prose is checked at all.
    pub prose: Option<bool>,
    /// The file of findings that are not told again, if it is not the usual one.
    pub baseline: Option<SitePath>,
    /// Rules with another level than their own; the last that matches wins.
    pub rules: Vec<Rule>,
    /// How the web is asked.
    pub external: External,
    /// Rules of style.
    pub style: Style,
    /// What pages must say of themselves.
    pub front_matter: Vec<Schema>,
}

/// One rule, or a family of them, with another level.
#[derive(Debug, Clone)]
pub struct Rule {
    /// A code, or the beginning of one followed by `*`.
    pub code: String,
    /// Where it is written.
    pub place: Place,
    /// Where it applies; everywhere if absent.
    pub paths: Option<GlobSet>,
    /// The level; none switches the rule off.
    pub severity: Option<Severity>,
}

impl Check {
    /// What the project says last of a code in a file.
    pub fn rule(&self, code: &str, path: &SitePath) -> Option<&Rule> {
        let names = |rule: &Rule| match rule.code.strip_suffix('*') {
            Some(start) => code.starts_with(start),
            None => rule.code == code,
        };
        let covers = |rule: &Rule| match &rule.paths {
            Some(paths) => paths.is_match(path.as_str()),
            None => true,
        };
        self.rules.iter().rfind(|rule| names(rule) && covers(rule))
    }
}

/// How pages are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Html {
    /// Whether raw HTML of the content reaches the page as it is; otherwise it is sanitised.
    pub raw_html: bool,
    /// Whether there is an `llms.txt`.
    pub llms_txt: bool,
    /// Whether each page stands beside itself as Markdown.
    pub markdown: bool,
    /// The address at which a source is changed, with `{path}` where its path goes.
    pub edit_url: Option<String>,
    /// Whether pages name the people who changed them.
    pub contributors: bool,
    /// Whether there is a page with the whole text; if absent, books and contracts have one.
    pub print: Option<bool>,
    /// The folder of a theme, relative to the project.
    pub theme: Option<SitePath>,
    /// Whether styles and scripts lose what browsers do not need.
    pub minify: bool,
    /// Whether pages name the digests of the styles and scripts they load.
    pub integrity: bool,
    /// Whether a picture is drawn for each page that names none, to be shown where it is shared.
    pub social_cards: bool,
    /// The compressed copies that stand beside files.
    pub precompress: Vec<Encoding>,
    /// The servers that are told about redirects.
    pub server_rules: Vec<ServerRules>,
}

impl Default for Html {
    fn default() -> Self {
        Self {
            raw_html: false,
            llms_txt: true,
            markdown: false,
            edit_url: None,
            contributors: true,
            print: None,
            theme: None,
            minify: true,
            integrity: false,
            social_cards: false,
            precompress: Vec::new(),
            server_rules: Vec::new(),
        }
    }
}
