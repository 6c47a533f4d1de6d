//! Blocks: paragraphs, headings, lists, quotes, notes, figures, and whatever stands in them.

use std::fmt::Write as _;

use serde_json::Value;

use crate::render::docx::formula::formula;
use crate::render::docx::looks::{QUIET, heading_size, heading_style};
use crate::render::docx::names::{bookmark, number_of};
use crate::render::docx::numbering::{DEEPEST, Marks, indents};
use crate::render::docx::spans::Run;
use crate::render::docx::writer::{Around, Para, Place, Writer};
use crate::render::docx::xml::escape;

/// The colors of notes by their kind.
fn ink(kind: &str) -> &'static str {
    match kind {
        "note" | "abstract" | "info" => "2F5D8A",
        "tip" | "success" => "3C6E47",
        "question" | "warning" => "8A5A14",
        "important" | "example" => "5D4A86",
        "caution" | "failure" | "danger" | "bug" => "96322A",
        _ => QUIET,
    }
}

/// What a heading opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opens {
    /// Nothing but what stands below it.
    Nothing,
    /// A page.
    Page,
    /// A part of a book, which has a page of its own.
    Part,
}

/// A heading before it is written.
#[derive(Clone, Copy)]
pub(super) struct Opened<'n> {
    pub(super) level: usize,
    pub(super) label: Option<&'n str>,
    pub(super) number: Option<&'n str>,
    pub(super) words: &'n [Value],
    /// The footnotes of its words, which the contents do not repeat.
    pub(super) notes: &'n [Value],
    pub(super) opens: Opens,
}

fn list_of(node: &Value) -> &[Value] {
    node.as_array().map_or(&[], Vec::as_slice)
}

impl Writer<'_> {
    /// Writes blocks.
    pub(super) fn blocks(&mut self, nodes: &[Value]) {
        for node in nodes {
            self.block(node);
        }
    }

    fn block(&mut self, node: &Value) {
        match node["t"].as_str().unwrap_or_default() {
            "para" | "plain" => self.line(node),
            "anchor" => self.anchor(node),
            "heading" => self.heading(node),
            "code" => self.code(node),
            "list" => self.list(node),
            "quote" => {
                let place = Place {
                    indent: self.place.indent + 480,
                    width: self.place.width.saturating_sub(960),
                    depth: 0,
                    around: Around::Quote,
                    ..self.place
                };
                self.within(place, |writer| writer.blocks(list_of(&node["c"])));
            }
            "alert" | "tab" => self.boxed(node),
            "figure" | "diagram" => self.figure(node),
            "numbered" => self.numbered(node),
            "table" => self.table(node),
            "terms" => self.terms(node),
            "math" => self.equation(node),
            "list-of" => self.list_of(node),
            "rule" => {
                let indent = (self.place.indent > 0).then_some((self.place.indent, 0));
                self.paragraph(
                    &Para {
                        indent,
                        ..Para::new("Separator")
                    },
                    |_| {},
                );
            }
            _ => self.blocks(list_of(&node["c"])),
        }
    }

    /// The looks of a paragraph of text where it stands.
    pub(super) fn here(&self) -> Para {
        let indented = |style| Para {
            indent: (self.place.indent > 0).then_some((self.place.indent, 0)),
            ..Para::new(style)
        };
        match self.place.around {
            Around::Text if self.after_text => indented("Body Text"),
            Around::Text => indented("First Paragraph"),
            Around::Quote => indented("Block Text"),
            Around::Item => Para {
                loose: false,
                ..indented("List Continue")
            },
            Around::Definition => indented("Definition"),
            Around::Admonition => indented("Admonition Text"),
            Around::Note => indented("footnote text"),
        }
    }

    fn line(&mut self, node: &Value) {
        let mut para = self.here();
        para.keep = node["keep"] == true;
        para.flush = node["follows"] == true && para.style == "Body Text";
        self.paragraph(&para, |writer| {
            writer.spans(list_of(&node["c"]), Run::default());
        });
        self.after_text = true;
    }

    fn heading(&mut self, node: &Value) {
        let level = node["level"].as_u64().unwrap_or(2).min(9) as usize;
        let words = list_of(&node["c"]);
        self.opened(Opened {
            level,
            label: node["label"].as_str(),
            number: node["number"].as_str(),
            words,
            notes: list_of(&node["notes"]),
            opens: Opens::Nothing,
        });
    }

    /// Writes a heading.
    pub(super) fn opened(&mut self, heading: Opened<'_>) {
        let Opened {
            level,
            label,
            number,
            words,
            notes,
            opens,
        } = heading;
        let counted = label.is_some_and(|label| self.plan.counts(label));
        let indent = (self.place.indent > 0 && !counted).then_some((self.place.indent, 0));
        let para = Para {
            number: (!counted && self.plan.numbers.is_some()).then_some((0, 0)),
            indent: match (counted, self.plan.numbers.is_some()) {
                (false, true) => Some((self.place.indent, 0)),
                _ => indent,
            },
            flush: !counted && self.plan.numbers.is_some(),
            page: opens != Opens::Nothing,
            before: (opens == Opens::Part).then_some(4200),
            align: (opens == Opens::Part).then_some("center"),
            ..Para::new(heading_style(level))
        };
        self.paragraph(&para, |writer| {
            let (start, end) = match label {
                Some(label) => writer.bookmarks.around(&bookmark(label)),
                None => (String::new(), String::new()),
            };
            writer.out.push_str(&start);
            let run = writer.heading_run(level);
            if let (Some(number), false) = (number, counted) {
                writer.text(&format!("{number}\u{2002}"), run);
            }
            writer.spans(words, run);
            writer.out.push_str(&end);
            writer.spans(notes, Run::default());
        });
    }

    /// The looks of a heading below a chapter that stands outside of the parts of a book: those of what
    /// stands as deep in other chapters, whose headings are a level lower.
    fn heading_run(&self, level: usize) -> Run {
        let deeper = self.chapters.saturating_sub(self.place.chapter);
        let step = level.saturating_sub(self.place.chapter) + 1;
        let size = heading_size(self.context.site.kind, step);
        Run {
            size: (deeper > 0 && step > 1).then_some(size),
            ..Run::default()
        }
    }

    fn list(&mut self, node: &Value) {
        let depth = self.place.depth.min(DEEPEST);
        let contract = self.plan.is_contract;
        let start = node["start"].as_u64();
        let marks = match start {
            None => Marks::Bullets,
            Some(_) if contract => Marks::Clauses(node["clause"].as_str().map(str::to_owned)),
            Some(_) => Marks::Numbers,
        };
        let list = self.numbering.list(&marks, depth, start.unwrap_or(1));
        let (left, hanging) = indents(&marks, depth);
        let base = match self.place.depth {
            0 => self.place.indent,
            _ => self.place.base,
        };
        let place = Place {
            indent: base + left,
            base,
            width: self.place.width.saturating_sub(hanging),
            depth: self.place.depth + 1,
            around: Around::Item,
            ..self.place
        };
        let style = match start {
            Some(_) => "List Number",
            None => "List Bullet",
        };
        // Clauses are paragraphs, however short.
        let is_clauses = matches!(marks, Marks::Clauses(Some(_)));
        let loose = node["tight"] != true || is_clauses;
        for item in list_of(&node["items"]) {
            let task = item["task"].as_bool();
            let mut para = Para {
                number: Some((if task.is_some() { 0 } else { list }, depth)),
                indent: (base > 0 || task.is_some() || depth < self.place.depth)
                    .then_some((base + left, hanging)),
                loose,
                ..Para::new(style)
            };
            let sign = task.map(|done| if done { "☑\t" } else { "☐\t" });
            let body = list_of(&item["body"]);
            self.within(place, |writer| {
                let (first, rest) = match body.split_first() {
                    Some((first, rest)) if first["t"] == "para" || first["t"] == "plain" => {
                        para.keep = first["keep"] == true;
                        (list_of(&first["c"]), rest)
                    }
                    _ => (&[][..], body),
                };
                writer.paragraph(&para, |writer| {
                    writer.text(sign.unwrap_or_default(), Run::default());
                    writer.spans(first, Run::default());
                });
                writer.blocks(rest);
            });
        }
        self.after_text = false;
    }

    fn terms(&mut self, node: &Value) {
        for item in list_of(&node["items"]) {
            let indent = (self.place.indent > 0).then_some((self.place.indent, 0));
            let para = Para {
                indent,
                ..Para::new("Definition Term")
            };
            self.paragraph(&para, |writer| {
                writer.spans(list_of(&item["term"]), Run::default());
            });
            let place = Place {
                indent: self.place.indent + 480,
                width: self.place.width.saturating_sub(480),
                depth: 0,
                around: Around::Definition,
                ..self.place
            };
            for body in list_of(&item["defs"]) {
                self.within(place, |writer| writer.blocks(list_of(body)));
            }
        }
    }

    /// A note or a tab: a frame of one cell with a line in its color at the side.
    fn boxed(&mut self, node: &Value) {
        let (color, width) = match node["t"] == "alert" {
            true => (ink(node["kind"].as_str().unwrap_or_default()), 18),
            false => (QUIET, 6),
        };
        let title = list_of(&node["title"]);
        let room = self.place.width.saturating_sub(160);
        self.open_table();
        let bidi = if self.place.rtl {
            "<w:bidiVisual/>"
        } else {
            ""
        };
        let _ = write!(
            self.out,
            "<w:tbl><w:tblPr>{bidi}<w:tblW w:w=\"{room}\" w:type=\"dxa\"/><w:tblInd w:w=\"{}\" w:type=\"dxa\"/>\
             <w:tblBorders><w:left w:val=\"single\" w:sz=\"{width}\" w:space=\"0\" w:color=\"{color}\"/></w:tblBorders>\
             <w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"200\" w:type=\"dxa\"/><w:right w:w=\"100\" w:type=\"dxa\"/></w:tblCellMar>\
             <w:tblLook w:val=\"0000\" w:firstRow=\"0\" w:lastRow=\"0\" w:firstColumn=\"0\" w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/>\
             <w:tblDescription w:val=\"{}\"/></w:tblPr><w:tblGrid><w:gridCol w:w=\"{room}\"/></w:tblGrid>\
             <w:tr><w:tc><w:tcPr><w:tcW w:w=\"{room}\" w:type=\"dxa\"/></w:tcPr>",
            self.place.indent + 120,
            escape(
                node["kind"]
                    .as_str()
                    .filter(|kind| !kind.is_empty())
                    .unwrap_or("tab")
            ),
        );
        let place = Place {
            indent: 0,
            base: 0,
            depth: 0,
            width: room.saturating_sub(300),
            around: Around::Admonition,
            ..self.place
        };
        self.within(place, |writer| {
            writer.paragraph(&Para::new("Admonition Title"), |writer| {
                let run = Run {
                    color: Some(color),
                    ..Run::default()
                };
                writer.spans(title, run);
            });
            writer.blocks(list_of(&node["c"]));
            writer.close_container("Admonition Text");
        });
        self.out.push_str("</w:tc></w:tr>");
        self.close_table();
    }

    fn numbered(&mut self, node: &Value) {
        let kind = node["kind"].as_str().unwrap_or("figure");
        let above = kind != "figure";
        if above {
            self.numbered_caption(node, kind, true);
        }
        let columns = node["columns"].as_u64().unwrap_or(1).clamp(1, 12) as usize;
        let body = list_of(&node["c"]);
        match columns {
            1 => self.blocks(body),
            columns => self.side_by_side(columns, body),
        }
        if !above {
            self.numbered_caption(node, kind, false);
        }
    }

    fn numbered_caption(&mut self, node: &Value, kind: &str, above: bool) {
        let name = node["name"].as_str().unwrap_or_default();
        let label = node["label"].as_str();
        let para = Para {
            indent: (self.place.indent > 0).then_some((self.place.indent, 0)),
            align: (kind != "listing").then_some("center"),
            ..Para::new(if above { "Caption Above" } else { "caption" })
        };
        self.paragraph(&para, |writer| {
            let (start, end) = match label {
                Some(label) => writer.bookmarks.around(&bookmark(label)),
                None => (String::new(), String::new()),
            };
            writer.out.push_str(&start);
            writer.caption_name(name, kind, label);
            writer.out.push_str(&end);
            let words = list_of(&node["caption"]);
            if !words.is_empty() {
                writer.text("\u{2002}", Run::default());
                writer.spans(words, Run::default());
            }
        });
    }

    /// The name of a caption: a word, the number of the chapter, and a number that Word counts.
    fn caption_name(&mut self, name: &str, kind: &str, label: Option<&str>) {
        let run = Run {
            style: Some("Caption Number"),
            ..Run::default()
        };
        let start = name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (before, number) = name.split_at(start);
        if number.is_empty() || kind == "equation" {
            return self.text(name, run);
        }
        let word = before
            .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
            .len();
        let (word, chapter) = before.split_at(word);
        let sequence = match kind {
            "figure" => "Figure",
            "table" => "Table",
            "listing" => "Listing",
            other => other,
        };
        let restart = match chapter.is_empty() {
            true => String::new(),
            false => format!(" \\s {}", self.place.chapter.clamp(1, 9)),
        };
        self.text(word, run);
        let (start, end) = match label {
            Some(label) => self.bookmarks.around(&number_of(label)),
            None => (String::new(), String::new()),
        };
        self.out.push_str(&start);
        self.text(chapter, run);
        let instruction = format!("SEQ {sequence} \\* ARABIC{restart}");
        self.field(&instruction, run, |writer| writer.text(number, run));
        self.out.push_str(&end);
    }

    fn equation(&mut self, node: &Value) {
        let text = formula(&node["c"]);
        let number = node["number"].as_str();
        let label = node["label"].as_str();
        let indent = (self.place.indent > 0).then_some((self.place.indent, 0));
        let Some(number) = number else {
            let para = Para {
                indent,
                align: Some("center"),
                ..Para::new("Equation")
            };
            self.paragraph(&para, |writer| {
                let _ = write!(
                    writer.out,
                    "<m:oMathPara><m:oMath>{text}</m:oMath></m:oMathPara>"
                );
            });
            return;
        };
        self.paragraph(
            &Para {
                indent,
                ..Para::new("Equation")
            },
            |writer| {
                let _ = write!(
                    writer.out,
                    "<w:r><w:tab/></w:r><m:oMath>{text}</m:oMath><w:r><w:tab/></w:r>"
                );
                let (start, end) = match label {
                    Some(label) => writer.bookmarks.around(&bookmark(label)),
                    None => (String::new(), String::new()),
                };
                writer.out.push_str(&start);
                let bare = number.trim_matches(['(', ')']);
                writer.text("(", Run::default());
                let (begin, finish) = match label {
                    Some(label) => writer.bookmarks.around(&number_of(label)),
                    None => (String::new(), String::new()),
                };
                writer.out.push_str(&begin);
                writer.text(bare, Run::default());
                writer.out.push_str(&finish);
                writer.text(")", Run::default());
                writer.out.push_str(&end);
            },
        );
    }

    fn list_of(&mut self, node: &Value) {
        for item in list_of(&node["items"]) {
            let name = item["name"].as_str().unwrap_or_default();
            let text = item["text"].as_str().unwrap_or_default();
            let target = bookmark(item["label"].as_str().unwrap_or_default());
            self.paragraph(&Para::new("table of figures"), |writer| {
                let _ = write!(
                    writer.out,
                    "<w:hyperlink w:anchor=\"{target}\" w:history=\"1\">"
                );
                let between = if text.is_empty() { "" } else { "\u{2002}" };
                writer.text(&format!("{name}{between}{text}"), Run::default());
                writer.page_of(&target);
                writer.out.push_str("</w:hyperlink>");
            });
        }
    }

    /// The number of the page that something stands on, behind dots. It is known when Word has laid out
    /// the pages.
    pub(super) fn page_of(&mut self, target: &str) {
        self.out.push_str("<w:r><w:tab/></w:r>");
        self.field(&format!("PAGEREF {target} \\h"), Run::default(), |_| {});
    }
}
