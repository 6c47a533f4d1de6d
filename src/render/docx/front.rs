//! What stands before the first chapter: the title page and the contents.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::config::Kind;
use crate::render::binding::{Bound, Place};
use crate::render::context::RenderContext;
use crate::render::docx::headings::Heading;
use crate::render::docx::looks::contents_style;
use crate::render::docx::names::bookmark;
use crate::render::docx::spans::Run;
use crate::render::docx::writer::{Para, Writer};
use crate::render::docx::xml::escape;
use crate::render::words::Words;
use crate::site::{Date, Document, Site};

/// A contract of more words than this is worth a table of contents.
const LONG_CONTRACT: usize = 8000;
/// A document of fewer chapters than this lists the sections of each in its contents.
const FEW_CHAPTERS: usize = 8;

/// What a document says of itself on its first page.
pub(super) struct Front {
    pub(super) title: String,
    /// What stands below the title, each line in a style.
    lines: Vec<(&'static str, String)>,
    /// How deep the contents go; none if there are none.
    contents: Option<usize>,
    /// Whether the first page bears the name of the whole and needs no title page before it.
    pub(super) is_whole: bool,
}

/// The language of the whole.
pub(super) fn language<'a>(site: &'a Site, document: &'a Document) -> &'a str {
    let own = document.about.language.as_deref();
    own.unwrap_or(&site.config.project.language)
}

impl Front {
    /// Reads it.
    pub(super) fn of(
        context: &RenderContext<'_>,
        document: &Document,
        bound: &[Bound<'_>],
    ) -> Self {
        let site = context.site;
        let about = &document.about;
        let language = language(site, document);
        let words = Words::of(site, language);
        let pages: Vec<_> = bound
            .iter()
            .filter_map(|bound| bound.page)
            .map(|id| site.page(id))
            .collect();
        let contract = site.kind == Kind::Contract;
        let first = pages.first();
        let mut lines = Vec::new();
        if let Some(subtitle) = &about.subtitle {
            lines.push(("Subtitle", subtitle.clone()));
        }
        if let Some(description) = &about.description {
            let style = if about.subtitle.is_some() {
                "Imprint"
            } else {
                "Subtitle"
            };
            lines.push((style, description.clone()));
        }
        let authors: Vec<&str> = about
            .authors
            .iter()
            .filter(|person| person.is_author())
            .map(|person| person.name.as_str())
            .collect();
        if !authors.is_empty() {
            lines.push(("Author", authors.join(", ")));
        }
        let others = about.authors.iter().filter(|person| !person.is_author());
        lines.extend(others.map(|person| ("Imprint", person.name.clone())));
        if let Some(edition) = &about.edition {
            lines.push(("Imprint", edition.clone()));
        }
        if let Some(series) = &about.series {
            let number = series.number.as_ref().map(|number| format!(", {number}"));
            lines.push((
                "Imprint",
                format!("{}{}", series.name, number.unwrap_or_default()),
            ));
        }
        let own = first.filter(|_| contract).and_then(|page| page.front.date);
        let made = site.source.time.and_then(Date::from_seconds);
        let date = match about.date.as_deref() {
            Some(told) => Some(
                Date::parse(told)
                    .map_or_else(|| told.to_owned(), |date| date.for_readers(language)),
            ),
            None => own.or(made).map(|date| date.for_readers(language)),
        };
        lines.extend(date.map(|date| ("Date", date)));
        if let Some(publisher) = &about.publisher {
            lines.push(("Imprint", publisher.clone()));
        }
        if let Some(isbn) = &about.isbn {
            lines.push(("Imprint", format!("ISBN {isbn}")));
        }
        if let Some(commit) = commit(context) {
            let short: String = commit.chars().take(8).collect();
            lines.push(("Imprint", format!("{} {short}", words.get("revision"))));
        }
        if let Some(copyright) = &about.copyright {
            lines.push(("Imprint", copyright.clone()));
        }
        let count: usize = pages.iter().map(|page| page.outline.words).sum();
        let texts = bound
            .iter()
            .filter(|bound| bound.place != Place::Part)
            .count();
        let long = count > LONG_CONTRACT;
        let (wanted, sections) = match contract {
            true => (texts >= 3 || long, long),
            false => (texts >= 2, texts < FEW_CHAPTERS),
        };
        let deepest = bound.iter().map(|bound| bound.level).max().unwrap_or(1);
        let depth = deepest.min(3) + usize::from(sections);
        Self {
            title: document.title.clone(),
            lines,
            contents: wanted.then_some(depth),
            is_whole: contract && first.is_some_and(|page| page.title == document.title),
        }
    }
}

/// The commit, unless pages were changed after it.
pub(super) fn commit<'a>(context: &RenderContext<'a>) -> Option<&'a str> {
    context
        .site
        .source
        .commit
        .as_deref()
        .filter(|_| !context.site.source.dirty)
}

impl Writer<'_> {
    /// Writes the title page.
    pub(super) fn title_page(&mut self, front: &Front) {
        self.paragraph(&Para::new("Title"), |writer| {
            writer.text(&front.title, Run::default());
        });
        for (style, text) in &front.lines {
            self.paragraph(&Para::new(style), |writer| {
                writer.text(text, Run::default());
            });
        }
    }

    /// Writes the contents: a field that Word can write anew, filled with what it lists.
    pub(super) fn contents(&mut self, front: &Front, headings: &[Heading], title: &str) {
        let Some(depth) = front.contents else {
            return;
        };
        let listed: Vec<&Heading> = headings
            .iter()
            .filter(|heading| {
                heading.level <= depth && !heading.text.is_empty() && !heading.label.is_empty()
            })
            .collect();
        if listed.is_empty() {
            return;
        }
        self.out.push_str(
            "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val=\"Table of Contents\"/><w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>",
        );
        let page = !front.is_whole;
        self.paragraph(
            &Para {
                page,
                ..Para::new("TOC Heading")
            },
            |writer| {
                writer.text(title, Run::default());
            },
        );
        self.prefix = format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> TOC \\o \"1-{depth}\" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>"
        );
        for heading in listed {
            let target = bookmark(&heading.label);
            let right = self.place.width;
            let left = (heading.level - 1) * 300;
            let tabs = match heading.number {
                Some(_) => format!(
                    "<w:tab w:val=\"left\" w:pos=\"{}\"/><w:tab w:val=\"right\" w:leader=\"dot\" w:pos=\"{right}\"/>",
                    left + 480 + 60 * heading.level
                ),
                None => String::new(),
            };
            let para = Para {
                tabs,
                keep: heading.is_part,
                ..Para::new(contents_style(heading.level))
            };
            self.paragraph(&para, |writer| {
                let _ = write!(
                    writer.out,
                    "<w:hyperlink w:anchor=\"{}\" w:history=\"1\">",
                    escape(&target)
                );
                let run = Run {
                    strong: heading.is_part,
                    ..Run::default()
                };
                if let Some(number) = &heading.number {
                    writer.text(&format!("{number}\t"), run);
                }
                writer.text(&heading.text, run);
                writer.page_of(&target);
                writer.out.push_str("</w:hyperlink>");
            });
        }
        self.out.push_str(
            "<w:p><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p></w:sdtContent></w:sdt>",
        );
    }
}

/// The titles of chapters as nodes, where the text has none of its own.
pub(super) fn plain(text: &str) -> Vec<Value> {
    vec![json!(text)]
}
