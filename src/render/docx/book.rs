//! A document as Word has it: its chapters one after the other in one text, with its footnotes and
//! lists apart.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::config::{Format, Kind, direction};
use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::Edition;
use crate::render::binding::{Binding, Bound, Place as Role};
use crate::render::context::RenderContext;
use crate::render::docx::blocks::{Opened, Opens};
use crate::render::docx::front::{Front, language, plain};
use crate::render::docx::furniture::{Furniture, Head, heads};
use crate::render::docx::headings::{Heading, HeadingPlan, collect};
use crate::render::docx::looks::{Look, heading_style};
use crate::render::docx::media::{self, Media};
use crate::render::docx::names::{Bookmarks, bookmark};
use crate::render::docx::numbering::Numbering;
use crate::render::docx::pages::Pages;
use crate::render::docx::reference::Reference;
use crate::render::docx::rels::Rels;
use crate::render::docx::spans::Run;
use crate::render::docx::styles::{Languages, Styles};
use crate::render::docx::writer::{Around, Notes, Para, Place, Writer};
use crate::render::tree::{Medium, trees};
use crate::render::words::Words;
use crate::site::Document;

/// Word breaks lines by itself and shows pixels, so that a drawing is as large as it says.
const WORD: Medium = Medium {
    edition: Edition::Docx,
    softens: false,
    drawing_size,
};

/// A document that is written.
pub(super) struct Book {
    /// The text.
    pub(super) body: String,
    pub(super) notes: Notes,
    pub(super) rels: Rels,
    pub(super) numbering: String,
    pub(super) styles: String,
    pub(super) media: Vec<Media>,
    pub(super) heads: Vec<Head>,
    /// The theme of a reference document.
    pub(super) theme: Option<String>,
    pub(super) languages: Languages,
    pub(super) language: String,
    /// Whether its inner margins are those of a book of its own make.
    pub(super) is_mirrored: bool,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The size of a drawing as it says itself.
fn drawing_size(svg: &str) -> Option<(f64, f64)> {
    let document = roxmltree::Document::parse(svg).ok()?;
    let root = document.root_element();
    let number = |text: &str| text.trim().trim_end_matches("px").parse::<f64>().ok();
    let side = |name: &str| root.attribute(name).and_then(number);
    let (width, height) = match (side("width"), side("height")) {
        (Some(width), Some(height)) => (width, height),
        _ => {
            let view: Vec<f64> = root
                .attribute("viewBox")?
                .split([' ', ','])
                .filter_map(number)
                .collect();
            (*view.get(2)?, *view.get(3)?)
        }
    };
    let good = |side: f64| side.is_finite() && side > 0.0 && side < 100_000.0;
    (good(width) && good(height)).then_some((width * 0.75, height * 0.75))
}

/// What is read of a document before it is written.
struct Reading<'a> {
    bound: Vec<Bound<'a>>,
    openings: Vec<Opening>,
    headings: Vec<Heading>,
    media: BTreeMap<String, Media>,
    diagnostics: Vec<Diagnostic>,
    /// The level of the headings of chapters.
    chapters: usize,
}

/// The beginning of a part, a chapter or what is below one.
struct Opening {
    label: String,
    text: String,
    title: Vec<Value>,
    notes: Vec<Value>,
    body: Vec<Value>,
}

impl<'a> Reading<'a> {
    fn of(context: &RenderContext<'a>, document: &'a Document) -> Self {
        let bound = Binding::of(context.site, document).entries;
        let mut trees = trees(context, &bound, WORD);
        let mut passing = Vec::new();
        let mut media = media::load(&trees.images, context, &mut passing);
        for chapter in &mut trees.chapters {
            media::diagrams(&mut chapter.body, &mut media);
        }
        let mut diagnostics = trees.diagnostics;
        if document.formats.contains(&Format::Pdf) {
            // The PDF is made from the same text and says the same of it.
            diagnostics.clear();
        }
        diagnostics.extend(trees.images.faults(&trees.images.missing(&media)));
        diagnostics.extend(passing);
        for found in &mut diagnostics {
            found.code = match found.code.as_ref() {
                "pdf-image" => "docx-image".into(),
                "pdf-depth" => "docx-depth".into(),
                _ => continue,
            };
        }
        let mut openings = Vec::new();
        let mut headings = Vec::new();
        for (index, (bound, chapter)) in bound.iter().zip(trees.chapters).enumerate() {
            let text = title_of(context, bound, chapter.title.is_some());
            let opening = Opening {
                label: format!("p{index}"),
                title: chapter.title.unwrap_or_else(|| plain(&text)),
                text,
                notes: chapter.notes,
                body: chapter.body,
            };
            headings.push(Heading {
                level: bound.level,
                number: bound.item.number.clone(),
                text: opening.text.clone(),
                label: opening.label.clone(),
                is_part: bound.place == Role::Part,
            });
            collect(&opening.body, &mut headings);
            openings.push(opening);
        }
        let chapters = bound.iter().filter(|bound| bound.place == Role::Chapter);
        let chapters = chapters.map(|bound| bound.level).max().unwrap_or(1);
        Self {
            bound,
            openings,
            headings,
            media,
            diagnostics,
            chapters,
        }
    }
}

/// Writes a document.
#[expect(
    clippy::too_many_lines,
    reason = "one part after the other, each a line or two"
)]
pub(super) fn book(context: &RenderContext<'_>, document: &Document) -> Book {
    let site = context.site;
    let mut reading = Reading::of(context, document);
    let tag = language(site, document);
    let languages = Languages::of(tag);
    let is_rtl = direction(tag) == "rtl";
    let reference = reference(context, document, &languages, &mut reading.diagnostics);
    let pages = Pages::of(document.pdf.paper, site.kind, reference.page.as_ref());
    let contract = site.kind == Kind::Contract;
    let plan = match reference.counts.is_empty() {
        false => HeadingPlan::house(&reading.headings, &reference.counts, contract),
        true => HeadingPlan::new(&reading.headings, contract),
    };
    let (schemes, lists, free) = reference.numbering;
    let mut numbering = Numbering::after(schemes, lists, free);
    let counted = plan.numbers.as_ref().filter(|_| !plan.is_house);
    let look = Look {
        kind: site.kind,
        chapters: reading.chapters,
        size: if pages.is_small() { 20 } else { 22 },
        rtl: is_rtl,
        languages: languages.clone(),
        counted: counted.map(|_| numbering.next()),
        width: pages.room(false),
    };
    let styles = Styles::new(&look, &reference.styles);
    if let Some(numbers) = counted {
        let ids = (1..=9).map(|level| styles.id(heading_style(level)).to_owned());
        numbering.headings(numbers, &ids.collect::<Vec<_>>());
    }
    let words = Words::of(site, tag);
    let own = reference.heads.is_empty();
    let heads = match own {
        false => reference.heads,
        true => heads(&Furniture {
            styles: &styles,
            title: &document.title,
            page_of: words.get("page_of"),
            is_book: site.kind == Kind::Book,
            is_rtl,
            chapters: reading.chapters,
        }),
    };
    let mut rels = Rels::default();
    for (kind, target) in PARTS {
        rels.part(kind, target);
    }
    let is_first_apart = own || reference.is_first_apart;
    let section = pages.section(&heads, &mut rels, is_first_apart, is_rtl);
    let is_house = !reference.styles.xml.is_empty();
    let mut writer = Writer {
        context,
        styles: &styles,
        media: &reading.media,
        plan: &plan,
        out: String::new(),
        rels,
        place: Place {
            indent: 0,
            base: 0,
            width: pages.room(false),
            depth: 0,
            around: Around::Text,
            language: None,
            rtl: is_rtl,
            wide: is_wide(tag),
            chapter: 1,
            in_note: false,
        },
        numbering,
        bookmarks: Bookmarks::default(),
        prefix: String::new(),
        after_table: false,
        after_text: false,
        drawings: 0,
        chapters: if is_house { 0 } else { reading.chapters },
        notes: Notes::default(),
        section,
    };
    let front = Front::of(context, document, &reading.bound);
    writer.document(&reading, &front, tag, words.get("contents"));
    let Writer {
        out,
        rels,
        notes,
        numbering,
        ..
    } = writer;
    Book {
        body: out,
        notes,
        rels,
        numbering: numbering.xml(),
        styles: styles.part(),
        media: reading.media.into_values().chain(reference.media).collect(),
        is_mirrored: own && site.kind == Kind::Book,
        heads,
        theme: reference.theme,
        languages,
        language: tag.to_owned(),
        diagnostics: reading.diagnostics,
    }
}

/// What is taken over of the file that the document names.
fn reference(
    context: &RenderContext<'_>,
    document: &Document,
    languages: &Languages,
    diagnostics: &mut Vec<Diagnostic>,
) -> Reference {
    let Some(path) = &document.docx.reference else {
        return Reference::default();
    };
    let read = match context.snapshot.read(path) {
        Ok(bytes) => Reference::read(&bytes, languages),
        Err(_) => Err("there is no such file".to_owned()),
    };
    read.unwrap_or_else(|reason| {
        let message = format!("the reference document `{path}` cannot be used: {reason}");
        let found = Diagnostic::new("docx-reference", Severity::Warning, path, message);
        diagnostics.push(found.help("the document has the looks that tympan gives it"));
        Reference::default()
    })
}

/// The parts that the text of every document points to, by kind.
pub(super) const PARTS: [(&str, &str); 6] = [
    ("styles", "styles.xml"),
    ("settings", "settings.xml"),
    ("numbering", "numbering.xml"),
    ("fontTable", "fontTable.xml"),
    ("theme", "theme/theme1.xml"),
    ("footnotes", "footnotes.xml"),
];

/// The title of a chapter: that in its text, else the one that the navigation gives it.
fn title_of(context: &RenderContext<'_>, bound: &Bound<'_>, is_written: bool) -> String {
    match bound.page {
        Some(id) if is_written || bound.item.title.is_empty() => {
            context.site.page(id).title.clone()
        }
        _ => bound.item.title.clone(),
    }
}

fn is_wide(language: &str) -> bool {
    let primary = language.split('-').next().unwrap_or_default();
    ["zh", "ja", "ko"].contains(&primary.to_ascii_lowercase().as_str())
}

impl<'a> Writer<'a> {
    /// Writes the whole: what stands before the text, and the text.
    fn document(&mut self, reading: &'a Reading<'_>, front: &Front, tag: &str, contents: &str) {
        if !front.is_whole {
            self.title_page(front);
            self.contents(front, &reading.headings, contents);
        }
        let outer = self.place;
        let site = self.context.site;
        let chapters = reading.bound.iter().zip(&reading.openings);
        for (index, (bound, opening)) in chapters.enumerate() {
            let own = bound.page.map(|page| site.language_of(site.page(page)));
            let own = own.filter(|own| *own != tag);
            self.place = Place {
                language: own,
                rtl: own.map_or(outer.rtl, |own| direction(own) == "rtl"),
                wide: own.map_or(outer.wide, is_wide),
                chapter: bound.level,
                ..outer
            };
            if index == 0 && front.is_whole {
                self.whole(opening);
                let below = reading.headings.get(1..).unwrap_or_default();
                self.contents(front, below, contents);
            } else {
                self.opened(Opened {
                    level: bound.level,
                    label: Some(&opening.label),
                    number: bound.item.number.as_deref(),
                    words: &opening.title,
                    notes: &opening.notes,
                    opens: match bound.place {
                        Role::Part => Opens::Part,
                        Role::Section if index > 0 => Opens::Nothing,
                        _ => Opens::Page,
                    },
                });
            }
            self.blocks(&opening.body);
        }
        self.place = outer;
        self.close_container("Body Text");
        let last = match self.section.is_turned {
            true => self.section.turned.clone(),
            false => self.upright(),
        };
        self.out.push_str(&last);
    }

    /// The title of a contract, which is that of its first page.
    fn whole(&mut self, opening: &Opening) {
        let para = Para {
            align: Some("center"),
            before: Some(900),
            ..Para::new("Title")
        };
        self.paragraph(&para, |writer| {
            let (start, end) = writer.bookmarks.around(&bookmark(&opening.label));
            writer.out.push_str(&start);
            writer.spans(&opening.title, Run::default());
            writer.out.push_str(&end);
            writer.spans(&opening.notes, Run::default());
        });
    }
}
