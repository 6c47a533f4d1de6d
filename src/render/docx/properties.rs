//! What the file says of itself: its title and its people, and the commit it was made from.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::render::binding::Binding;
use crate::render::context::RenderContext;
use crate::render::docx::book::Book;
use crate::render::docx::front::commit;
use crate::render::docx::xml::{DECLARATION, escape};
use crate::site::{Date, Document};

/// The core properties (ECMA-376, part 2, §11).
pub(super) fn core(context: &RenderContext<'_>, document: &Document, book: &Book) -> String {
    let about = &document.about;
    let authors: Vec<&str> = about
        .authors
        .iter()
        .filter(|person| person.is_author())
        .map(|person| person.name.as_str())
        .collect();
    let pages = Binding::of(context.site, document).entries;
    let pages = pages
        .iter()
        .filter_map(|bound| bound.page)
        .map(|id| context.site.page(id));
    let tags: BTreeSet<&str> = pages.flat_map(|page| page.front.terms("tags")).collect();
    let tags: Vec<&str> = tags.into_iter().take(20).collect();
    let mut all = String::new();
    let mut say = |name: &str, text: &str| {
        if !text.is_empty() {
            let _ = write!(all, "<{name}>{}</{name}>", escape(text));
        }
    };
    say("dc:title", &document.title);
    say("dc:subject", about.subtitle.as_deref().unwrap_or_default());
    say("dc:creator", &authors.join("; "));
    say("cp:keywords", &tags.join(", "));
    say(
        "dc:description",
        about.description.as_deref().unwrap_or_default(),
    );
    say("dc:language", &book.language);
    let made = context.site.source.time.and_then(Date::from_seconds);
    if let Some(made) = made {
        let moment = made.rfc3339();
        for name in ["created", "modified"] {
            let _ = write!(
                all,
                "<dcterms:{name} xsi:type=\"dcterms:W3CDTF\">{moment}</dcterms:{name}>"
            );
        }
    }
    format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">{all}</cp:coreProperties>"
    )
}

/// The program that made it.
pub(super) fn app() -> String {
    format!(
        "{DECLARATION}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\"><Application>tympan {}</Application></Properties>",
        env!("CARGO_PKG_VERSION")
    )
}

/// What no other property is for.
pub(super) fn custom(context: &RenderContext<'_>, document: &Document) -> String {
    let about = &document.about;
    let source = context.site.config.project.base_url.as_deref();
    let series = about.series.as_ref().map(|series| series.name.as_str());
    let facts = [
        ("Commit", commit(context)),
        ("Edition", about.edition.as_deref()),
        ("Publisher", about.publisher.as_deref()),
        ("ISBN", about.isbn.as_deref()),
        ("Series", series),
        ("Source", source),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let mut all = String::new();
    // Word counts properties from 2.
    for (at, (name, value)) in (2..).zip(facts) {
        let _ = write!(
            all,
            "<property fmtid=\"{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}\" pid=\"{at}\" name=\"{name}\"><vt:lpwstr>{}</vt:lpwstr></property>",
            escape(value)
        );
    }
    format!(
        "{DECLARATION}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties\" xmlns:vt=\"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes\">{all}</Properties>"
    )
}
