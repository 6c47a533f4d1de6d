//! From text to meaning: every fault of a file becomes a diagnostic with its place.

use std::collections::BTreeMap;
use std::ops::Range;

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::config::documents::{Docx, Epub, Pdf, Usual};
use crate::config::file::{ConfigFile, HtmlFile, RuleFile};
use crate::config::meant::{Check, Config, Html, Project, Rule};
use crate::diagnostic::{Diagnostic, Severity, SourceText, nearest};
use crate::site_path::SitePath;

/// The name of the project's configuration file.
pub const CONFIG_FILE: &str = "tympan.toml";

/// The file of findings that are not told again, if the configuration names no other.
pub const BASELINE_FILE: &str = "tympan-baseline.json";

/// Reads `tympan.toml`. A faulty part is reported and left at its default.
pub fn read_config(path: &SitePath, text: &str) -> (Config, Vec<Diagnostic>) {
    let mut reader = Reader::new(path, text);
    let file: ConfigFile = reader.parse();
    let config = reader.config(file);
    (config, reader.diagnostics)
}

/// Turns one file's text into meaning, collecting its faults.
pub(super) struct Reader<'a> {
    pub(super) source: SourceText<'a>,
    pub(super) text: &'a str,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(path: &'a SitePath, text: &'a str) -> Self {
        Self {
            source: SourceText::new(path, text),
            text,
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn parse<T: DeserializeOwned + Default>(&mut self) -> T {
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(self.text);
        let shift = self.text.len() - text.len();
        match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let span = span.start + shift..span.end + shift;
                let found = self.syntax_fault(error.message(), span);
                self.diagnostics.push(found);
                T::default()
            }
        }
    }

    /// Turns serde's list of expected keys into a suggestion.
    fn syntax_fault(&self, message: &str, span: Range<usize>) -> Diagnostic {
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let unknown =
            message.starts_with("unknown field") || message.starts_with("unknown variant");
        match quoted.split_first() {
            Some((key, known)) if unknown => {
                let help = match nearest(key, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if known.is_empty() => "remove it".to_owned(),
                    None => format!("known here: {}", known.join(", ")),
                };
                let what = if message.starts_with("unknown field") {
                    "key"
                } else {
                    "value"
                };
                self.source
                    .diagnostic(
                        "config-unknown",
                        Severity::Error,
                        span,
                        format!("unknown {what} `{key}`"),
                    )
                    .help(help)
            }
            _ => {
                let message = message.trim().replace('\n', ", ");
                self.source
                    .diagnostic("config-syntax", Severity::Error, span, message)
            }
        }
    }

    pub(super) fn fault(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let found = self
            .source
            .diagnostic("config-value", Severity::Error, span, message);
        self.diagnostics.push(found.help(help));
    }

    pub(super) fn path(&mut self, written: &Spanned<String>) -> Option<SitePath> {
        self.path_at(written.get_ref(), written.span())
    }

    pub(super) fn path_at(&mut self, written: &str, span: Range<usize>) -> Option<SitePath> {
        SitePath::parse(written.trim_end_matches('/'))
            .map_err(|error| {
                let help = "write a relative path without `..`";
                self.fault(span, error.to_string(), help);
            })
            .ok()
    }

    /// Where a text stands between quotes, for values that serde gives without their place.
    pub(super) fn find(&self, written: &str) -> Range<usize> {
        let quoted = [format!("\"{written}\""), format!("'{written}'")];
        let place = quoted
            .iter()
            .find_map(|quoted| self.text.find(quoted.as_str()));
        place.map_or(0..0, |at| at..at + written.len() + 2)
    }

    fn config(&mut self, mut file: ConfigFile) -> Config {
        let project = self.project(&file);
        let nav = file
            .nav
            .into_iter()
            .filter_map(|entry| self.nav(entry))
            .collect();
        let variables = self.variables(&file.variables);
        let usual = Usual {
            pdf: self.pdf(file.pdf, &Pdf::default()),
            epub: self.epub(file.epub, &Epub::default()),
            docx: self.docx(file.docx, &Docx::default()),
        };
        let documents = file
            .documents
            .into_iter()
            .map(|document| self.document(document, &usual))
            .collect();
        let rules = std::mem::take(&mut file.check.rules)
            .into_iter()
            .filter_map(|rule| self.rule(rule))
            .collect();
        let style = self.style(&mut file.check);
        let vocabulary = file.check.vocabulary.iter();
        let vocabulary = vocabulary.filter_map(|path| self.path(path)).collect();
        let check = Check {
            words: file.check.words.into_iter().collect(),
            vocabulary,
            prose: file.check.prose,
            baseline: file.check.baseline.and_then(|path| self.path(&path)),
            rules,
            external: self.external(file.check.external),
            style,
            front_matter: (file.check.front_matter.into_iter())
                .filter_map(|schema| self.schema(schema))
                .collect(),
        };
        let images = self.images(file.images);
        let html = self.html(&file.html);
        let look = self.look(file.theme);
        let menus = self.menus(file.menus);
        let search = self.search(file.search);
        let targets = file
            .targets
            .into_iter()
            .filter_map(|(name, target)| {
                let read = self.target(&name, target)?;
                Some((name, read))
            })
            .collect();
        let store = file.store.and_then(|store| self.release_store(store));
        let languages = self.languages(file.languages, &project.language);
        Config {
            project,
            nav,
            variables,
            documents,
            check,
            citations: self.citations(file.citations),
            images,
            html,
            markdown: file.markdown.into(),
            search,
            look,
            menus,
            pdf: usual.pdf,
            epub: usual.epub,
            docx: usual.docx,
            targets,
            store,
            signing: self.signing(file.signing),
            versions: self.versions(file.versions),
            languages,
            strings: BTreeMap::new(),
            pages: Self::pages(&file.pages),
            routes: self.routes(file.routes),
            redirects: self.redirects(file.redirects),
            feeds: self.feeds(file.feeds),
            lists: self.lists(file.lists),
            taxonomies: self.taxonomies(file.taxonomies),
        }
        .spoken()
    }

    fn project(&mut self, file: &ConfigFile) -> Project {
        let written = &file.project;
        let mut project = Project {
            kind: written.kind,
            title: written.title.clone(),
            description: written.description.clone(),
            authors: written.authors.clone(),
            copyright: written.copyright.clone(),
            ..Project::default()
        };
        if let Some(language) = &written.language {
            if is_language(language.get_ref()) {
                project.language.clone_from(language.get_ref());
            } else {
                let message = format!("`{}` is not a language tag", language.get_ref());
                self.fault(
                    language.span(),
                    message,
                    "write a BCP 47 tag such as `en-GB`",
                );
            }
        }
        if let Some(url) = &written.base_url {
            match base_url(url.get_ref()) {
                Some(base) => project.base_url = Some(base),
                None => self.fault(
                    url.span(),
                    format!("`{}` is not an absolute address", url.get_ref()),
                    "write it with its scheme, such as `https://guide.example/`",
                ),
            }
        }
        project.content = written
            .content
            .as_ref()
            .and_then(|content| self.path(content));
        project
    }

    fn html(&mut self, file: &HtmlFile) -> Html {
        let mut html = Html {
            raw_html: file.raw_html.unwrap_or(false),
            llms_txt: file.llms_txt.unwrap_or(true),
            markdown: file.markdown.unwrap_or(false),
            contributors: file.contributors.unwrap_or(true),
            print: file.print,
            server_rules: file.server_rules.clone(),
            edit_url: None,
            minify: file.minify.unwrap_or(true),
            integrity: file.integrity.unwrap_or(false),
            social_cards: file.social_cards.unwrap_or(false),
            precompress: self.encodings(&file.precompress),
            theme: file.theme.as_ref().and_then(|theme| self.path(theme)),
        };
        if let Some(url) = &file.edit_url {
            let is_web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
            if is_web(url.get_ref()) && url.get_ref().contains("{path}") {
                html.edit_url = Some(url.get_ref().clone());
            } else {
                let message = format!("`{}` is not an address with `{{path}}`", url.get_ref());
                let help = "write it like `https://forge.example/guide/edit/main/{path}`";
                self.fault(url.span(), message, help);
            }
        }
        html
    }

    /// The patterns of a list; a broken one is a fault.
    pub(super) fn globs(&mut self, written: &[Spanned<String>]) -> Option<GlobSet> {
        let mut builder = GlobSetBuilder::new();
        for glob in written {
            match Glob::new(glob.get_ref()) {
                Ok(glob) => {
                    builder.add(glob);
                }
                Err(error) => {
                    let message = format!("`{}` is not a glob: {}", glob.get_ref(), error.kind());
                    self.fault(
                        glob.span(),
                        message,
                        "write a pattern such as `content/guide/**`",
                    );
                    return None;
                }
            }
        }
        builder.build().ok()
    }

    fn rule(&mut self, written: RuleFile) -> Option<Rule> {
        let paths = match written.paths.is_empty() {
            true => None,
            false => Some(self.globs(&written.paths)?),
        };
        let severity = written.level.severity();
        Some(Rule {
            place: self.source.place(written.rule.span()),
            // A dot is a dash that somebody took for one.
            code: written.rule.into_inner().replace('.', "-"),
            paths,
            severity,
        })
    }

    /// What a word stands for, of those that are known.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        written: &Spanned<String>,
        what: &str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let word = written.get_ref().to_ascii_lowercase();
        let found = known.iter().find(|(name, _)| *name == word);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.fault(
                written.span(),
                format!("unknown {what} `{word}`"),
                format!("known: {}", names.join(", ")),
            );
        }
        found.map(|(_, meant)| *meant)
    }
}

/// Whether `text` has the shape of a language tag (RFC 5646 §2.1): letters, then parts of up to
/// eight letters or digits.
pub(super) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or("");
    (2..=8).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

pub(super) fn base_url(text: &str) -> Option<String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split('/').next().unwrap_or("");
    // It is written into pages and into files of others, where some signs would mean something else.
    let is_plain = |c: char| c.is_alphanumeric() || "-._~:/[]%!*+,=&".contains(c);
    if host.is_empty() || !text.chars().all(is_plain) {
        return None;
    }
    Some(format!("{}/", text.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fault(text: &str, expected: &str) {
        let path = SitePath::parse(CONFIG_FILE).unwrap();
        let (_, diagnostics) = read_config(&path, text);
        let shown: Vec<String> = diagnostics
            .iter()
            .map(|found| {
                let place = found.place.as_ref().unwrap();
                let help = found.help.as_deref().unwrap_or("");
                format!(
                    "{}:{} {}: {} ({help})",
                    place.line, place.column, found.code, found.message
                )
            })
            .collect();
        assert_eq!(shown.join("\n"), expected);
    }

    #[test]
    fn an_empty_file_is_a_good_one() {
        fault("", "");
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        fault(
            "[project]\ntitel = \"x\"\n",
            "2:1 config-unknown: unknown key `titel` (did you mean `title`?)",
        );
        fault(
            "[project]\nkind = \"boook\"\n",
            "2:8 config-unknown: unknown value `boook` (did you mean `book`?)",
        );
    }

    #[test]
    fn values_are_checked_where_they_stand() {
        fault(
            "[project]\nlanguage = \"english language\"\nbase_url = \"guide.example\"\n[images]\nquality = 0\n",
            "2:12 config-value: `english language` is not a language tag (write a BCP 47 tag such as `en-GB`)\n\
             3:12 config-value: `guide.example` is not an absolute address (write it with its scheme, such as `https://guide.example/`)\n\
             5:11 config-value: quality 0 is out of range (write 1 to 100)",
        );
        fault(
            "[html]\nedit_url = \"https://forge.example/edit/main/\"\n",
            "2:12 config-value: `https://forge.example/edit/main/` is not an address with `{path}` (write it like `https://forge.example/guide/edit/main/{path}`)",
        );
        fault(
            "[[documents]]\nname = \"a\"\nsource = \"../x\"\n",
            "3:10 config-value: `../x` is not a path inside the project (write a relative path without `..`)",
        );
    }

    #[test]
    fn the_last_rule_that_matches_wins() {
        let path = SitePath::parse(CONFIG_FILE).unwrap();
        let text = "[[check.rules]]\nrule = \"prose-*\"\nlevel = \"off\"\n\
                    [[check.rules]]\nrule = \"prose-a-an\"\npaths = [\"guide/**\"]\nlevel = \"error\"\n";
        let (config, diagnostics) = read_config(&path, text);
        assert_eq!(diagnostics, []);
        let level = |code: &str, path: &str| {
            let rule = config.check.rule(code, &SitePath::parse(path).unwrap());
            rule.map(|rule| rule.severity)
        };
        assert_eq!(
            level("prose-a-an", "guide/x.md"),
            Some(Some(Severity::Error))
        );
        assert_eq!(level("prose-a-an", "x.md"), Some(None));
        assert_eq!(level("link-missing", "x.md"), None);
    }
}
