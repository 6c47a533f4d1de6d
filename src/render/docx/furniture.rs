//! What stands on every page: headers and footers.

use std::fmt::Write as _;

use crate::render::docx::rels::Rels;
use crate::render::docx::styles::Styles;
use crate::render::docx::xml::{DECLARATION, NAMESPACES, escape};

/// A header or a footer.
pub(super) struct Head {
    /// `header` or `footer`.
    pub(super) kind: &'static str,
    /// The pages it stands on: `default`, `even` or `first`.
    pub(super) place: &'static str,
    pub(super) xml: String,
    pub(super) rels: Rels,
}

impl Head {
    /// The name of its part, by its place among all.
    pub(super) fn file(&self, at: usize) -> String {
        format!("{}{}.xml", self.kind, at + 1)
    }
}

/// What headers and footers are made of.
pub(super) struct Furniture<'a> {
    pub(super) styles: &'a Styles,
    pub(super) title: &'a str,
    /// How a page is counted, with `{page}` and `{pages}` in it.
    pub(super) page_of: &'a str,
    pub(super) is_book: bool,
    pub(super) is_rtl: bool,
    /// The level of the headings of chapters.
    pub(super) chapters: usize,
}

fn words(text: &str, rtl: bool) -> String {
    let rtl = if rtl { "<w:rPr><w:rtl/></w:rPr>" } else { "" };
    format!(
        "<w:r>{rtl}<w:t xml:space=\"preserve\">{}</w:t></w:r>",
        escape(text)
    )
}

/// A field that Word fills on each page by itself.
fn field(instruction: &str, shown: &str) -> String {
    format!(
        "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> {instruction} </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>{}<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
        words(shown, false)
    )
}

/// The headers and footers of a document: in a book its title on the left page, the chapter on the
/// right one.
pub(super) fn heads(furniture: &Furniture<'_>) -> Vec<Head> {
    let head = |kind, place, style: &str, side: &str, inside: &str| {
        let bidi = if furniture.is_rtl { "<w:bidi/>" } else { "" };
        let side = match side {
            "" => String::new(),
            side => format!("<w:jc w:val=\"{side}\"/>"),
        };
        let style = furniture.styles.id(style);
        let root = if kind == "header" { "hdr" } else { "ftr" };
        Head {
            kind,
            place,
            xml: format!(
                "{DECLARATION}<w:{root} {NAMESPACES}><w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{bidi}{side}</w:pPr>{inside}</w:p></w:{root}>"
            ),
            rels: Rels::default(),
        }
    };
    let title = words(furniture.title, furniture.is_rtl);
    let count = count(furniture);
    if !furniture.is_book {
        return vec![
            head("header", "default", "header", "", &title),
            head("footer", "default", "footer", "center", &count),
        ];
    }
    // The number is that of a level of headings, which has the same name in every language of Word.
    let chapter = field(&format!("STYLEREF {}", furniture.chapters.clamp(1, 9)), "");
    vec![
        head("header", "default", "header", "right", &chapter),
        head("header", "even", "header", "left", &title),
        head("footer", "default", "footer", "center", &count),
        head("footer", "even", "footer", "center", &count),
    ]
}

/// The number of the page, and of how many in what is no book.
fn count(furniture: &Furniture<'_>) -> String {
    if furniture.is_book {
        return field("PAGE", "1");
    }
    let mut inside = String::new();
    let mut rest = furniture.page_of;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let field = match name {
            "page" => field("PAGE", "1"),
            _ => field("NUMPAGES", "1"),
        };
        let _ = write!(inside, "{}{field}", words(before, furniture.is_rtl));
        rest = after;
    }
    inside + &words(rest, furniture.is_rtl)
}
