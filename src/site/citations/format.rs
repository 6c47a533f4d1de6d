//! Citations and entries in the words of a style (CSL 1.0.2), by hayagriva.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use hayagriva::archive::{ArchivedStyle, locales};
use hayagriva::citationberg::taxonomy::Locator;
use hayagriva::citationberg::{
    FontStyle, FontWeight, IndependentStyle, Locale, LocaleCode, Style, StyleClass,
};
use hayagriva::io::{BibLaTeXError, from_biblatex_str, from_yaml_str};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest, CitePurpose, ElemChild,
    ElemChildren, ElemMeta, Entry, Formatting, Library, LocatorPayload, SpecificLocator,
};

use crate::config::{CONFIG_FILE, Citations};
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::markdown::{Citation, Cited};
use crate::site::citations::bounds::{refused_bib, refused_yaml};
use crate::site::citations::{Leads, Listed, Look, Piece, Set};
use crate::site_path::SitePath;

static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(locales);

/// The works, and the style they are cited in.
pub(super) struct Works {
    library: Library,
    style: IndependentStyle,
}

impl Works {
    /// Reads the files of works: BibLaTeX, or the YAML of hayagriva.
    pub(super) fn read(
        config: &Citations,
        read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
    ) -> (Option<Self>, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut library = Library::new();
        for path in &config.sources {
            match read_library(path, read) {
                Ok(found) => found.iter().for_each(|entry| library.push(entry)),
                Err(fault) => diagnostics.push(*fault),
            }
        }
        let style = style_of(config, read);
        let style = style.map_err(|fault| diagnostics.push(*fault)).ok();
        (style.map(|style| Self { library, style }), diagnostics)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.library.keys()
    }

    /// The citations as they read, in order, and the works that they cite as they are listed; nothing
    /// if the engine cannot.
    pub(super) fn set(
        &self,
        citations: &[&Citation],
        language: &str,
    ) -> Option<(Vec<Set>, Vec<Listed>)> {
        guarded(|| self.set_all(citations, language))
    }

    fn set_all(&self, citations: &[&Citation], language: &str) -> (Vec<Set>, Vec<Listed>) {
        let locale = Some(locale(language));
        let mut driver: BibliographyDriver<'_, Entry> = BibliographyDriver::new();
        for citation in citations {
            let items = citation.works.iter().filter_map(|work| {
                let entry = self.library.get(&work.key)?;
                let purpose = match (citation.in_sentence, work.without_author) {
                    (true, _) => Some(CitePurpose::Prose),
                    (_, true) => Some(CitePurpose::Year),
                    _ => None,
                };
                let locator = work.locator.as_deref().map(locator);
                Some(CitationItem::new(entry, locator, None, false, purpose))
            });
            driver.citation(CitationRequest::new(
                items.collect(),
                &self.style,
                locale.clone(),
                &LOCALES,
                None,
            ));
        }
        let rendered = driver.finish(BibliographyRequest::new(&self.style, locale, &LOCALES));
        let set = rendered.citations.iter().zip(citations);
        let set = set.map(|(found, citation)| {
            let mut pieces = Vec::new();
            walk(&found.citation, &citation.works, None, &mut pieces);
            // The brackets of the style are not put around what is told of one work apart.
            if citation.works.iter().any(|work| work.without_author) && !citation.in_sentence {
                pieces.insert(0, Piece::plain("("));
                pieces.push(Piece::plain(")"));
            }
            Set {
                citation: (*citation).clone(),
                pieces: joined(pieces),
            }
        });
        let listed = rendered
            .bibliography
            .into_iter()
            .flat_map(|list| list.items);
        let listed = listed.map(|item| {
            let mut pieces = Vec::new();
            if let Some(first) = &item.first_field {
                walk_child(first, &[], None, &mut pieces);
                pieces.push(Piece::plain(" "));
            }
            walk(&item.content, &[], None, &mut pieces);
            Listed {
                key: item.key,
                pieces: joined(pieces),
            }
        });
        (set.collect(), listed.collect())
    }
}

impl Piece {
    fn plain(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            look: Look::default(),
            leads: None,
        }
    }
}

/// What came of a step of the engine, which does not promise to take every input.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn read_library(
    path: &SitePath,
    read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
) -> Result<Library, Box<Diagnostic>> {
    let fault = |message: String, help: &str| {
        let found = Diagnostic::new("citation-source", Severity::Error, path, message);
        Box::new(found.help(help))
    };
    let text = read(path).ok_or_else(|| {
        let help = "`sources` in `[citations]` are relative to the project";
        fault(format!("`{path}` does not exist"), help)
    })?;
    let is_yaml = matches!(path.extension(), "yml" | "yaml");
    let refused = match is_yaml {
        true => refused_yaml(&text),
        false => refused_bib(&text),
    };
    if let Some(reason) = refused {
        let help = "leave out the works that nobody cites, and write the others without such names";
        return Err(fault(format!("`{path}` is not read: {reason}"), help));
    }
    if is_yaml {
        let read = guarded(|| from_yaml_str(&text));
        let read = match read {
            Some(read) => read.map_err(|error| error.to_string()),
            None => Err("the engine gave up".to_owned()),
        };
        return read.map_err(|error| {
            let help = "write it as the YAML of hayagriva, or as BibLaTeX with `.bib`";
            fault(format!("the works cannot be read: {error}"), help)
        });
    }
    let read = guarded(|| from_biblatex_str(&text));
    read.unwrap_or_else(|| Err(Vec::new())).map_err(|errors| {
        let help = "write each work as `@book{key, title = {…}, …}`";
        let Some(first) = errors.first() else {
            return fault("the works cannot be read".to_owned(), help);
        };
        let span = match first {
            BibLaTeXError::Parse(error) => error.span.clone(),
            BibLaTeXError::Type(error) => error.span.clone(),
        };
        let message = match first {
            BibLaTeXError::Parse(error) => format!("the works cannot be read: {}", error.kind),
            BibLaTeXError::Type(error) => format!("the works cannot be read: {}", error.kind),
        };
        let end = text.len();
        let span = span.start.min(end)..span.end.min(end);
        let source = SourceText::new(path, &text);
        let found = source.diagnostic("citation-source", Severity::Error, span, message);
        Box::new(found.help(help))
    })
}

/// The style of a name.
fn style_of(
    config: &Citations,
    read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
) -> Result<IndependentStyle, Box<Diagnostic>> {
    let name = config.style.as_str();
    let style = ArchivedStyle::by_name(name).map(ArchivedStyle::get);
    let problem = match style {
        Some(Style::Independent(style)) if style.settings.class == StyleClass::InText => {
            return Ok(style);
        }
        Some(_) => format!("`{name}` is a style of notes"),
        None => format!("there is no style `{name}`"),
    };
    let help = "known are `apa`, `chicago-author-date`, `harvard-cite-them-right`, `ieee`, `mla`, `vancouver` and others of the CSL repository";
    let path = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
    let text = read(&path).unwrap_or_default();
    let span = config.style_span.clone();
    let span = span.start.min(text.len())..span.end.min(text.len());
    let found =
        SourceText::new(&path, &text).diagnostic("citation-style", Severity::Error, span, problem);
    Err(Box::new(found.help(help)))
}

/// The locale of a language, of those that the styles know.
fn locale(language: &str) -> LocaleCode {
    let has = |tag: &str| {
        let code = LocaleCode(tag.to_owned());
        LOCALES
            .iter()
            .any(|known| known.lang.as_ref() == Some(&code))
    };
    if has(language) {
        return LocaleCode(language.to_owned());
    }
    let primary = language.split('-').next().unwrap_or("en");
    let near = LOCALES.iter().find_map(|known| {
        let tag = &known.lang.as_ref()?.0;
        (tag.split('-').next() == Some(primary)).then(|| tag.clone())
    });
    match primary {
        "en" => LocaleCode("en-US".to_owned()),
        _ => LocaleCode(near.unwrap_or_else(|| "en-US".to_owned())),
    }
}

/// A place in a work: `p. 3`, `ch. 2`; other words stand as they are.
fn locator(written: &str) -> SpecificLocator<'_> {
    let (word, rest) = written.split_once(' ').unwrap_or(("", written));
    let kind = match word.trim_end_matches('.').to_lowercase().as_str() {
        "p" | "pp" | "page" | "pages" => Some(Locator::Page),
        "ch" | "chap" | "chaps" => Some(Locator::Chapter),
        "sec" | "secs" | "§" | "§§" => Some(Locator::Section),
        "vol" | "vols" => Some(Locator::Volume),
        "fig" | "figs" => Some(Locator::Figure),
        "l" | "ll" => Some(Locator::Line),
        "n" | "nn" => Some(Locator::Note),
        "para" | "paras" | "¶" => Some(Locator::Paragraph),
        "pt" | "pts" => Some(Locator::Part),
        "v" | "vv" => Some(Locator::Verse),
        "" => written
            .starts_with(|c: char| c.is_ascii_digit())
            .then_some(Locator::Page),
        word => Locator::from_str(word).ok(),
    };
    match kind {
        Some(kind) => SpecificLocator(kind, LocatorPayload::Str(rest.trim())),
        None => SpecificLocator(Locator::Custom, LocatorPayload::Str(written)),
    }
}

fn walk(children: &ElemChildren, works: &[Cited], leads: Option<&Leads>, out: &mut Vec<Piece>) {
    for child in &children.0 {
        walk_child(child, works, leads, out);
    }
}

fn walk_child(child: &ElemChild, works: &[Cited], leads: Option<&Leads>, out: &mut Vec<Piece>) {
    match child {
        ElemChild::Text(text) => out.push(Piece {
            text: text.text.clone(),
            look: look(text.formatting),
            leads: leads.cloned(),
        }),
        ElemChild::Link { text, url } => {
            let is_web = url.starts_with("https://") || url.starts_with("http://");
            out.push(Piece {
                text: text.text.clone(),
                look: look(text.formatting),
                leads: is_web.then(|| Leads::Away(url.clone())),
            });
        }
        ElemChild::Elem(elem) => {
            let cited = match elem.meta {
                Some(ElemMeta::Entry(at)) => works.get(at),
                _ => None,
            };
            if let Some(work) = cited.filter(|work| !work.prefix.is_empty()) {
                out.push(Piece::plain(&format!("{} ", work.prefix)));
            }
            let own = cited.map(|work| Leads::Work(work.key.clone()));
            walk(&elem.children, works, own.as_ref().or(leads), out);
        }
        ElemChild::Markup(text) => out.push(Piece {
            leads: leads.cloned(),
            ..Piece::plain(text)
        }),
        ElemChild::Transparent { .. } => {}
    }
}

fn look(formatting: Formatting) -> Look {
    Look {
        italic: formatting.font_style == FontStyle::Italic,
        bold: formatting.font_weight == FontWeight::Bold,
    }
}

/// Pieces that look alike and lead to the same place are one.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match out.last_mut() {
            Some(last) if last.look == piece.look && last.leads == piece.leads => {
                last.text.push_str(&piece.text);
            }
            _ => out.push(piece),
        }
    }
    out.retain(|piece| !piece.text.is_empty());
    out
}
