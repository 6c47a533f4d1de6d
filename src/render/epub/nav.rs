//! The navigation document, and the NCX that old reading systems want.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::render::dom::escape;
use crate::render::epub::book::{Book, Entry};
use crate::render::epub::headings::Ids;
use crate::render::epub::pages::{attribute, document};

/// A list of figures or tables (EPUB 3.3, 7.4.2; EPUB Structural Semantics, `loi` and `lot`).
pub(super) struct List {
    /// Its name in the vocabulary.
    pub(super) name: &'static str,
    /// Its title.
    pub(super) title: String,
    /// The file of the chapter that shows it, if there is one.
    pub(super) file: Option<String>,
    /// Addresses and texts.
    pub(super) entries: Vec<(String, String)>,
}

/// Kinds of chapters that a reader may look for by themselves.
const SOUGHT: [&str; 6] = [
    "preface",
    "foreword",
    "appendix",
    "glossary",
    "bibliography",
    "index",
];

/// The navigation document: the table of contents down to the headings, the landmarks, and the
/// lists of figures and tables. On the page itself headings and landmarks are not shown, for a
/// reading system has a place of its own for them.
pub(super) fn nav(
    book: &Book<'_>,
    ids: &[&Ids],
    lists: &[List],
    pages: &[(String, String)],
) -> String {
    let word = |key: &str| book.words.get(key);
    let mut items = String::new();
    leaf("titlepage.xhtml", word("title_page"), &mut items);
    leaf("imprint.xhtml", word("imprint"), &mut items);
    for line in &lines(book, ids) {
        item(line, "", &mut items);
    }
    leaf("colophon.xhtml", word("colophon"), &mut items);
    let mut more = String::new();
    for list in lists {
        let title = escape(&list.title);
        let name = list.name;
        // A chapter that shows the same list is enough.
        let hidden = match &list.file {
            Some(_) => " hidden=\"hidden\"",
            None => "",
        };
        let _ = write!(
            more,
            "\n<nav epub:type=\"{name}\" id=\"{name}\" aria-labelledby=\"{name}-title\"{hidden}>\n\
             <h2 id=\"{name}-title\">{title}</h2>\n<ol>\n"
        );
        for (address, text) in &list.entries {
            leaf(&attribute(address), text, &mut more);
        }
        more.push_str("</ol>\n</nav>");
    }
    if !pages.is_empty() {
        let label = attribute(word("pages"));
        let _ = write!(
            more,
            "\n<nav epub:type=\"page-list\" role=\"doc-pagelist\" aria-label=\"{label}\" hidden=\"hidden\">\n<ol>\n"
        );
        for (place, page) in pages {
            leaf(&attribute(place), page, &mut more);
        }
        more.push_str("</ol>\n</nav>");
    }
    let content = format!(
        "<nav epub:type=\"toc\" role=\"doc-toc\" id=\"toc\" aria-labelledby=\"toc-title\">\n\
         <h1 id=\"toc-title\">{}</h1>\n<ol>\n{items}</ol>\n</nav>\n\
         <nav epub:type=\"landmarks\" aria-label=\"{}\" hidden=\"hidden\">\n<ol>\n{}</ol>\n</nav>{more}",
        escape(word("contents")),
        attribute(word("landmarks")),
        landmarks(book, lists),
    );
    document(
        &book.language,
        word("contents"),
        " epub:type=\"frontmatter\"",
        &content,
    )
}

fn landmarks(book: &Book<'_>, lists: &[List]) -> String {
    let word = |key: &str| book.words.get(key);
    let mut out = String::new();
    let mut landmark = |kind: &str, file: &str, title: &str| {
        let title = escape(title);
        let _ = writeln!(
            out,
            "<li><a epub:type=\"{kind}\" href=\"{file}\">{title}</a></li>"
        );
    };
    landmark("cover", "cover.xhtml", word("cover"));
    landmark("titlepage", "titlepage.xhtml", word("title_page"));
    landmark("copyright-page", "imprint.xhtml", word("imprint"));
    landmark("toc", "nav.xhtml#toc", word("contents"));
    for list in lists {
        let own = format!("nav.xhtml#{}", list.name);
        landmark(list.name, list.file.as_deref().unwrap_or(&own), &list.title);
    }
    if let Some(start) = book.start() {
        landmark("bodymatter", start, word("start_of_text"));
    }
    for kind in SOUGHT {
        let mut chapters = book.chapters.iter();
        if let Some(chapter) = chapters.find(|chapter| chapter.matter.kind == kind) {
            landmark(kind, &chapter.file, &chapter.title);
        }
    }
    out
}

fn leaf(file: &str, title: &str, out: &mut String) {
    let _ = writeln!(out, "<li><a href=\"{file}\">{}</a></li>", escape(title));
}

/// One line of the navigation.
struct Line {
    title: String,
    /// Where it leads.
    place: Option<String>,
    is_heading: bool,
    below: Vec<Line>,
}

/// The chapters and the headings in them.
fn lines(book: &Book<'_>, ids: &[&Ids]) -> Vec<Line> {
    let entries = book.toc.iter();
    entries.map(|entry| line(book, ids, entry)).collect()
}

fn line(book: &Book<'_>, ids: &[&Ids], entry: &Entry) -> Line {
    let mut below: Vec<Line> = Vec::new();
    let part = entry.part.map(|at| &book.parts[at].file);
    let place = part.or_else(|| entry.chapter.map(|at| &book.chapters[at].file));
    let place = place.cloned();
    let headings = entry.chapter.and_then(|at| Some(&ids.get(at)?.headings));
    for (level, id, title) in headings.into_iter().flatten() {
        let heading = Line {
            title: title.clone(),
            place: place.as_ref().map(|file| format!("{file}#{id}")),
            is_heading: true,
            below: Vec::new(),
        };
        match below.last_mut() {
            Some(above) if *level > 2 => above.below.push(heading),
            _ => below.push(heading),
        }
    }
    below.extend(entry.children.iter().map(|child| line(book, ids, child)));
    Line {
        title: entry.title.clone(),
        place,
        is_heading: false,
        below,
    }
}

fn item(line: &Line, hidden: &str, out: &mut String) {
    const HIDDEN: &str = " hidden=\"hidden\"";
    let title = escape(&line.title);
    let _ = match &line.place {
        Some(place) => write!(out, "<li{hidden}><a href=\"{place}\">{title}</a>"),
        None => write!(out, "<li{hidden}><span>{title}</span>"),
    };
    if !line.below.is_empty() {
        let headings = line.below.iter().filter(|line| line.is_heading).count();
        let all = headings == line.below.len() && !line.is_heading;
        let _ = writeln!(out, "\n<ol{}>", if all { HIDDEN } else { "" });
        for below in &line.below {
            let own = below.is_heading && !all && !line.is_heading;
            item(below, if own { HIDDEN } else { "" }, out);
        }
        out.push_str("</ol>\n");
    }
    out.push_str("</li>\n");
}

fn first_place(line: &Line) -> Option<&str> {
    let own = line.place.as_deref();
    own.or_else(|| line.below.iter().find_map(first_place))
}

fn depth(lines: &[Line]) -> usize {
    let depths = lines.iter().map(|line| 1 + depth(&line.below));
    depths.max().unwrap_or(0)
}

/// Completes the NCX: language, the book's identifier, its title, and all places.
pub(super) fn finish_ncx(book: &Book<'_>, ids: &[&Ids], ncx: &str) -> Option<String> {
    let (start, _) = ncx.split_once("<ncx ")?;
    let fixed = |word: &str, file: &str| Line {
        title: book.words.get(word).to_owned(),
        place: Some(file.to_owned()),
        is_heading: false,
        below: Vec::new(),
    };
    let mut all = vec![
        fixed("title_page", "titlepage.xhtml"),
        fixed("imprint", "imprint.xhtml"),
    ];
    all.extend(lines(book, ids));
    all.push(fixed("colophon", "colophon.xhtml"));
    let mut points = Points::default();
    for line in &all {
        points.write(line);
    }
    Some(format!(
        "{start}<ncx xml:lang=\"{}\" version=\"2005-1\" xmlns=\"http://www.daisy.org/z3986/2005/ncx/\">\n  \
         <head>\n    <meta name=\"dtb:uid\" content=\"{}\"/>\n    \
         <meta name=\"dtb:depth\" content=\"{}\"/>\n    \
         <meta name=\"dtb:totalPageCount\" content=\"0\"/>\n    \
         <meta name=\"dtb:maxPageNumber\" content=\"0\"/>\n  </head>\n  \
         <docTitle>\n    <text>{}</text>\n  </docTitle>\n  <navMap>\n{}  </navMap>\n</ncx>\n",
        book.language,
        attribute(&book.identifier),
        depth(&all),
        escape(&book.title),
        points.out,
    ))
}

/// The places of the NCX as they are written. What leads to the same place has the same order.
#[derive(Default)]
struct Points<'a> {
    out: String,
    count: usize,
    orders: BTreeMap<&'a str, usize>,
}

impl<'a> Points<'a> {
    fn write(&mut self, line: &'a Line) {
        let Some(place) = first_place(line) else {
            return;
        };
        self.count += 1;
        let next = self.orders.len() + 1;
        let order = *self.orders.entry(place).or_insert(next);
        let _ = writeln!(
            self.out,
            "<navPoint id=\"point-{}\" playOrder=\"{order}\"><navLabel><text>{}</text></navLabel>\
             <content src=\"{}\"/>",
            self.count,
            escape(&line.title),
            attribute(place),
        );
        for below in &line.below {
            self.write(below);
        }
        self.out.push_str("</navPoint>\n");
    }
}
