//! The package: the parts beside the text, what each is, and what points to what (ECMA-376, part 2).

use std::fmt::Write as _;

use crate::render::archive::write_archive;
use crate::render::context::RenderContext;
use crate::render::docx::book::{Book, PARTS};
use crate::render::docx::properties::{app, core, custom};
use crate::render::docx::rels::Rels;
use crate::render::docx::xml::{DECLARATION, NAMESPACES};
use crate::site::Document;

const THEME: &str = include_str!("../../../themes/base/word-theme.xml");
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.";

/// Writes the file of a document.
pub(super) fn package(
    context: &RenderContext<'_>,
    document: &Document,
    book: &Book,
) -> Result<Vec<u8>, String> {
    let text = |text: String| text.into_bytes();
    let mut files: Vec<(String, Vec<u8>)> = vec![
        ("[Content_Types].xml".to_owned(), text(content_types(book))),
        ("_rels/.rels".to_owned(), text(root())),
        ("word/document.xml".to_owned(), text(body(book))),
        (
            "word/_rels/document.xml.rels".to_owned(),
            text(book.rels.xml()),
        ),
        ("word/styles.xml".to_owned(), text(book.styles.clone())),
        (
            "word/numbering.xml".to_owned(),
            text(book.numbering.clone()),
        ),
        ("word/settings.xml".to_owned(), text(settings(book))),
        ("word/fontTable.xml".to_owned(), text(fonts())),
        (
            "word/theme/theme1.xml".to_owned(),
            text(book.theme.clone().unwrap_or_else(|| THEME.to_owned())),
        ),
        ("word/footnotes.xml".to_owned(), text(footnotes(book))),
        (
            "docProps/core.xml".to_owned(),
            text(core(context, document, book)),
        ),
        ("docProps/app.xml".to_owned(), text(app())),
        (
            "docProps/custom.xml".to_owned(),
            text(custom(context, document)),
        ),
    ];
    if !book.notes.rels.is_empty() {
        let rels = book.notes.rels.xml();
        files.push(("word/_rels/footnotes.xml.rels".to_owned(), text(rels)));
    }
    for (at, head) in book.heads.iter().enumerate() {
        let file = head.file(at);
        if !head.rels.is_empty() {
            files.push((format!("word/_rels/{file}.rels"), text(head.rels.xml())));
        }
        files.push((format!("word/{file}"), text(head.xml.clone())));
    }
    for media in &book.media {
        files.push((format!("word/media/{}", media.name), media.bytes.clone()));
    }
    write_archive(files.into_iter())
}

fn content_types(book: &Book) -> String {
    let mut types = String::new();
    for (extension, kind) in [
        (
            "rels",
            "application/vnd.openxmlformats-package.relationships+xml",
        ),
        ("xml", "application/xml"),
        ("png", "image/png"),
        ("jpg", "image/jpeg"),
        ("gif", "image/gif"),
    ] {
        let _ = write!(
            types,
            "<Default Extension=\"{extension}\" ContentType=\"{kind}\"/>"
        );
    }
    let mut part = |name: &str, kind: &str| {
        let _ = write!(
            types,
            "<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>"
        );
    };
    part("word/document.xml", &format!("{WORD}document.main+xml"));
    for (kind, target) in PARTS {
        let kind = match kind {
            "theme" => "application/vnd.openxmlformats-officedocument.theme+xml".to_owned(),
            kind => format!("{WORD}{kind}+xml"),
        };
        part(&format!("word/{target}"), &kind);
    }
    for (at, head) in book.heads.iter().enumerate() {
        part(
            &format!("word/{}", head.file(at)),
            &format!("{WORD}{}+xml", head.kind),
        );
    }
    part(
        "docProps/core.xml",
        "application/vnd.openxmlformats-package.core-properties+xml",
    );
    part(
        "docProps/app.xml",
        "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    );
    part(
        "docProps/custom.xml",
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    );
    format!(
        "{DECLARATION}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">{types}</Types>"
    )
}

fn root() -> String {
    let mut rels = Rels::default();
    rels.part("officeDocument", "word/document.xml");
    rels.part(
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
        "docProps/core.xml",
    );
    rels.part("extended-properties", "docProps/app.xml");
    rels.part("custom-properties", "docProps/custom.xml");
    rels.xml()
}

fn body(book: &Book) -> String {
    format!(
        "{DECLARATION}<w:document {NAMESPACES}><w:body>{}</w:body></w:document>",
        book.body
    )
}

fn footnotes(book: &Book) -> String {
    let mut notes = String::new();
    for (kind, id) in [("separator", "-1"), ("continuationSeparator", "0")] {
        let _ = write!(
            notes,
            "<w:footnote w:type=\"{kind}\" w:id=\"{id}\"><w:p><w:pPr><w:spacing w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/></w:pPr><w:r><w:{kind}/></w:r></w:p></w:footnote>"
        );
    }
    for (at, body) in book.notes.bodies.iter().enumerate() {
        let _ = write!(notes, "<w:footnote w:id=\"{}\">{body}</w:footnote>", at + 1);
    }
    format!("{DECLARATION}<w:footnotes {NAMESPACES}>{notes}</w:footnotes>")
}

/// The settings. Word is not told to bring all fields up to date: it would ask each reader whether it
/// may.
fn settings(book: &Book) -> String {
    let (mirror, hyphens) = match book.is_mirrored {
        true => ("<w:mirrorMargins/>", "<w:autoHyphenation/>"),
        false => ("", ""),
    };
    let even = match book.heads.iter().any(|head| head.place == "even") {
        true => "<w:evenAndOddHeaders/>",
        false => "",
    };
    format!(
        "{DECLARATION}<w:settings {NAMESPACES}><w:zoom w:percent=\"100\"/>{mirror}<w:defaultTabStop w:val=\"709\"/>{hyphens}{even}\
         <w:characterSpacingControl w:val=\"doNotCompress\"/><w:footnotePr><w:footnote w:id=\"-1\"/><w:footnote w:id=\"0\"/></w:footnotePr>\
         <w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>\
         <m:mathPr><m:mathFont m:val=\"Cambria Math\"/></m:mathPr>{}\
         <w:clrSchemeMapping w:bg1=\"light1\" w:t1=\"dark1\" w:bg2=\"light2\" w:t2=\"dark2\" w:accent1=\"accent1\" w:accent2=\"accent2\" w:accent3=\"accent3\" w:accent4=\"accent4\" w:accent5=\"accent5\" w:accent6=\"accent6\" w:hyperlink=\"hyperlink\" w:followedHyperlink=\"followedHyperlink\"/>\
         <w:decimalSymbol w:val=\".\"/><w:listSeparator w:val=\",\"/></w:settings>",
        book.languages.named("w:themeFontLang"),
    )
}

fn fonts() -> String {
    let font = |name: &str, family: &str, pitch: &str| {
        format!(
            "<w:font w:name=\"{name}\"><w:family w:val=\"{family}\"/><w:pitch w:val=\"{pitch}\"/></w:font>"
        )
    };
    format!(
        "{DECLARATION}<w:fonts {NAMESPACES}>{}{}{}{}</w:fonts>",
        font("Cambria", "roman", "variable"),
        font("Calibri", "swiss", "variable"),
        font("Consolas", "modern", "fixed"),
        font("Cambria Math", "roman", "variable"),
    )
}
