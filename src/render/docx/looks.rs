//! How each style looks: on one page, in the order in which Word lists them.

use std::fmt::Write as _;

use crate::config::Kind;
use crate::render::docx::styles::Languages;

/// The color of chapter numbers and rules.
pub(super) const ACCENT: &str = "7A2E1D";
/// The color of what stands back.
pub(super) const QUIET: &str = "6B675F";
/// The color of fine lines.
pub(super) const HAIR: &str = "D5D1C8";
/// The ground of code.
pub(super) const WASH: &str = "F6F4EF";
const LINK: &str = "1D4468";
/// The colors of code as pages have them in daylight (`themes/base/css/code.css`), by class; the rest of
/// an entry is what else is said of the letters.
const CODE: &[(&str, &str, &str)] = &[
    ("k", "7A2F5F", ""),
    ("s", "2F6130", ""),
    ("c", "6A6152", "<w:i/><w:iCs/>"),
    ("n", "86431A", ""),
    ("f", "23538A", ""),
    ("t", "5B3F8C", ""),
    ("a", "765000", ""),
    ("g", "9A2F1A", ""),
    ("h", "9A2F1A", "<w:b/><w:bCs/>"),
    ("b", "", "<w:b/><w:bCs/>"),
    ("i", "", "<w:i/><w:iCs/>"),
    ("p", "2A6130", ""),
    ("m", "A8261D", ""),
];

/// What the looks depend on.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) kind: Kind,
    /// The level of the headings of chapters.
    pub(super) chapters: usize,
    /// The size of the text in half points.
    pub(super) size: usize,
    pub(super) rtl: bool,
    pub(super) languages: Languages,
    /// The list in which headings are counted.
    pub(super) counted: Option<usize>,
    /// The width of the text in twips.
    pub(super) width: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Paragraph,
    Character,
    Table,
    Numbering,
}

/// One style.
pub(super) struct Definition {
    pub(super) name: &'static str,
    pub(super) sort: Sort,
    pub(super) base: Option<&'static str>,
    pub(super) next: Option<&'static str>,
    /// Whether Word has a style of this name.
    pub(super) is_known: bool,
    pub(super) is_default: bool,
    pub(super) is_hidden: bool,
    pub(super) rank: usize,
    pub(super) paragraph: String,
    pub(super) run: String,
    pub(super) table: String,
}

/// The name of the style of a token of code, by the name of its class.
pub(super) fn code_style(class: &str) -> &'static str {
    match class {
        "k" => "Code Keyword",
        "s" => "Code String",
        "c" => "Code Comment",
        "n" => "Code Constant",
        "f" => "Code Function",
        "t" => "Code Type",
        "a" => "Code Attribute",
        "g" => "Code Tag",
        "h" => "Code Heading",
        "b" => "Code Strong",
        "i" => "Code Emphasis",
        "p" => "Code Added",
        _ => "Code Removed",
    }
}

/// The name of the style of a heading.
pub(super) fn heading_style(level: usize) -> &'static str {
    const NAMES: [&str; 9] = [
        "heading 1",
        "heading 2",
        "heading 3",
        "heading 4",
        "heading 5",
        "heading 6",
        "heading 7",
        "heading 8",
        "heading 9",
    ];
    NAMES[level.clamp(1, 9) - 1]
}

/// The name of the style of an entry in the contents.
pub(super) fn contents_style(level: usize) -> &'static str {
    const NAMES: [&str; 6] = ["toc 1", "toc 2", "toc 3", "toc 4", "toc 5", "toc 6"];
    NAMES[level.clamp(1, 6) - 1]
}

/// All styles.
pub(super) fn definitions(look: &Look) -> Vec<Definition> {
    let mut all = vec![
        Definition { is_default: true, rank: 0, ..paragraph("Normal", None) },
        Definition { sort: Sort::Character, base: None, is_default: true, is_hidden: true, rank: 99, ..paragraph("Default Paragraph Font", None) },
        Definition {
            sort: Sort::Table,
            base: None,
            is_default: true,
            is_hidden: true,
            rank: 99,
            table: "<w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/><w:tblCellMar><w:top w:w=\"0\" w:type=\"dxa\"/><w:left w:w=\"108\" w:type=\"dxa\"/><w:bottom w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"108\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>".to_owned(),
            ..paragraph("Normal Table", None)
        },
        Definition { sort: Sort::Numbering, base: None, is_default: true, is_hidden: true, rank: 99, ..paragraph("No List", None) },
    ];
    text(look, &mut all);
    headings(look, &mut all);
    contents(look, &mut all);
    blocks(look, &mut all);
    notes(look, &mut all);
    characters(look, &mut all);
    tables(&mut all);
    all
}

fn paragraph(name: &'static str, base: Option<&'static str>) -> Definition {
    Definition {
        name,
        sort: Sort::Paragraph,
        base,
        next: None,
        is_known: true,
        is_default: false,
        is_hidden: false,
        rank: 20,
        paragraph: String::new(),
        run: String::new(),
        table: String::new(),
    }
}

fn own(name: &'static str, base: &'static str) -> Definition {
    Definition {
        is_known: false,
        ..paragraph(name, Some(base))
    }
}

fn character(name: &'static str, run: String) -> Definition {
    Definition {
        sort: Sort::Character,
        run,
        ..own(name, "Default Paragraph Font")
    }
}

fn spacing(before: usize, after: usize, line: usize) -> String {
    format!(
        "<w:spacing w:before=\"{before}\" w:after=\"{after}\" w:line=\"{line}\" w:lineRule=\"auto\"/>"
    )
}

fn size(half_points: usize) -> String {
    format!("<w:sz w:val=\"{half_points}\"/><w:szCs w:val=\"{half_points}\"/>")
}

const MAJOR: &str = "<w:rFonts w:asciiTheme=\"majorHAnsi\" w:eastAsiaTheme=\"majorEastAsia\" w:hAnsiTheme=\"majorHAnsi\" w:cstheme=\"majorBidi\"/>";
const MONO: &str = "<w:rFonts w:ascii=\"Consolas\" w:hAnsi=\"Consolas\" w:cs=\"Consolas\"/>";

fn color(color: &str) -> String {
    format!("<w:color w:val=\"{color}\"/>")
}

fn text(look: &Look, all: &mut Vec<Definition>) {
    let book = look.kind == Kind::Book;
    // A book is read in long paragraphs that are told apart by their first lines.
    let (gap, indent, side) = match book {
        true => (0, "<w:ind w:firstLine=\"300\"/>", "<w:jc w:val=\"both\"/>"),
        false => (140, "", ""),
    };
    let first = if book {
        "<w:ind w:firstLine=\"0\"/>"
    } else {
        ""
    };
    all.extend([
        Definition {
            paragraph: format!("<w:widowControl/>{}{indent}{side}", spacing(0, gap, 274)),
            rank: 1,
            ..paragraph("Body Text", Some("Normal"))
        },
        Definition {
            next: Some("Body Text"),
            paragraph: first.to_owned(),
            rank: 1,
            ..own("First Paragraph", "Body Text")
        },
        Definition {
            next: Some("Body Text"),
            paragraph: format!(
                "<w:keepNext/><w:suppressAutoHyphens/>{}",
                spacing(2800, 240, 228)
            ),
            run: format!("{MAJOR}{}", size(60)),
            rank: 10,
            ..paragraph("Title", Some("Normal"))
        },
        Definition {
            next: Some("Body Text"),
            paragraph: format!(
                "<w:keepNext/><w:suppressAutoHyphens/>{}",
                spacing(0, 360, 264)
            ),
            run: format!("<w:i/><w:iCs/>{}{}", color(QUIET), size(28)),
            rank: 11,
            ..paragraph("Subtitle", Some("Normal"))
        },
        Definition {
            paragraph: spacing(0, 60, 264),
            run: size(26),
            rank: 12,
            ..own("Author", "Normal")
        },
        Definition {
            paragraph: spacing(60, 60, 264),
            run: format!("{}{}", color(QUIET), size(20)),
            rank: 12,
            ..paragraph("Date", Some("Normal"))
        },
        Definition {
            paragraph: spacing(0, 60, 264),
            run: format!("{}{}", color(QUIET), size(19)),
            rank: 13,
            ..own("Imprint", "Normal")
        },
    ]);
}

/// The size of a heading in half points, by how deep it stands below the chapters, which are 1.
pub(super) fn heading_size(kind: Kind, step: usize) -> usize {
    let sizes = match kind {
        Kind::Contract => [32, 25, 23, 22],
        _ => [40, 31, 27, 24],
    };
    sizes.get(step.saturating_sub(1)).copied().unwrap_or(22)
}

fn headings(look: &Look, all: &mut Vec<Definition>) {
    let contract = look.kind == Kind::Contract;
    for level in 1..=9_usize {
        // A part is set like a chapter, and what is in a chapter the same wherever that stands.
        let step = (level + 1).saturating_sub(look.chapters).max(1);
        let before = match step {
            1 => 480,
            2 => 400,
            3 => 320,
            _ => 260,
        };
        let counted = look.counted.map(|list| {
            format!(
                "<w:numPr><w:ilvl w:val=\"{}\"/><w:numId w:val=\"{list}\"/></w:numPr>",
                level - 1
            )
        });
        let weight = match (contract, step) {
            (true, _) | (_, 3..=4) => "<w:b/><w:bCs/>",
            (_, 5..) => "<w:i/><w:iCs/>",
            _ => "",
        };
        all.push(Definition {
            next: Some("First Paragraph"),
            paragraph: format!(
                "<w:keepNext/><w:keepLines/>{}<w:suppressAutoHyphens/>{}<w:outlineLvl w:val=\"{}\"/>",
                counted.unwrap_or_default(),
                spacing(before, if step < 3 { 180 } else { 110 }, 240),
                level - 1
            ),
            run: format!("{MAJOR}{weight}{}", size(heading_size(look.kind, step))),
            rank: 9,
            is_hidden: level > 6,
            ..paragraph(heading_style(level), Some("Normal"))
        });
    }
}

fn contents(look: &Look, all: &mut Vec<Definition>) {
    all.push(Definition {
        next: Some("Normal"),
        paragraph: format!("<w:keepNext/><w:keepLines/>{}", spacing(0, 280, 240)),
        run: format!("{MAJOR}{}", size(36)),
        rank: 39,
        ..paragraph("TOC Heading", Some("Normal"))
    });
    let right = format!(
        "<w:tabs><w:tab w:val=\"right\" w:leader=\"dot\" w:pos=\"{}\"/></w:tabs>",
        look.width
    );
    for level in 1..=6_usize {
        all.push(Definition {
            paragraph: format!(
                "{right}<w:suppressAutoHyphens/>{}<w:ind w:left=\"{}\" w:right=\"560\"/>",
                spacing(if level == 1 { 110 } else { 30 }, 30, 240),
                (level - 1) * 300
            ),
            rank: 39,
            ..paragraph(contents_style(level), Some("Normal"))
        });
    }
    all.push(Definition {
        paragraph: format!(
            "{right}<w:suppressAutoHyphens/>{}<w:ind w:right=\"560\"/>",
            spacing(40, 40, 240)
        ),
        rank: 99,
        ..paragraph("table of figures", Some("Normal"))
    });
}

fn blocks(look: &Look, all: &mut Vec<Definition>) {
    let items = format!("{}<w:contextualSpacing/>", spacing(90, 120, 268));
    let code = look.size.saturating_sub(5);
    // Four letters of code, for tabs.
    let mut stops = String::new();
    for stop in 1..=12 {
        let place = 115 + stop * code * 22;
        let _ = write!(stops, "<w:tab w:val=\"left\" w:pos=\"{place}\"/>");
    }
    all.extend([
        Definition {
            paragraph: format!("{}<w:ind w:left=\"480\" w:right=\"480\"/>", spacing(100, 140, 264)),
            ..paragraph("Block Text", Some("Normal"))
        },
        Definition { paragraph: items.clone(), ..paragraph("List Bullet", Some("Normal")) },
        Definition { paragraph: items.clone(), ..paragraph("List Number", Some("Normal")) },
        Definition { paragraph: spacing(0, 120, 268), ..paragraph("List Continue", Some("Normal")) },
        Definition { paragraph: format!("<w:keepNext/>{}", spacing(80, 20, 264)), run: "<w:b/><w:bCs/>".to_owned(), next: Some("Definition"), ..own("Definition Term", "Normal") },
        Definition { paragraph: format!("{}<w:ind w:left=\"480\"/>", spacing(0, 110, 264)), ..own("Definition", "Normal") },
        Definition {
            paragraph: format!(
                "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{WASH}\"/><w:tabs>{stops}</w:tabs><w:suppressAutoHyphens/><w:wordWrap w:val=\"0\"/><w:bidi w:val=\"0\"/>{}<w:ind w:left=\"115\" w:right=\"115\"/><w:contextualSpacing/><w:jc w:val=\"left\"/>",
                spacing(140, 180, 252)
            ),
            run: format!("{MONO}<w:noProof/>{}", size(code)),
            ..own("Source Code", "Normal")
        },
        Definition {
            paragraph: format!("<w:keepNext/><w:bidi w:val=\"0\"/>{}<w:ind w:left=\"115\"/><w:jc w:val=\"left\"/>", spacing(160, 0, 252)),
            run: format!("<w:b/><w:bCs/>{}", size(code + 1)),
            next: Some("Source Code"),
            ..own("Source Code Title", "Normal")
        },
        Definition { paragraph: format!("<w:keepNext/>{}<w:jc w:val=\"center\"/>", spacing(180, 90, 240)), next: Some("caption"), ..own("Figure", "Normal") },
        Definition {
            paragraph: format!("<w:suppressAutoHyphens/>{}", spacing(60, 220, 252)),
            run: format!("{}{}", color(QUIET), size(look.size - 2)),
            next: Some("First Paragraph"),
            rank: 35,
            ..paragraph("caption", Some("Normal"))
        },
        Definition { paragraph: format!("<w:keepNext/>{}", spacing(200, 80, 252)), ..own("Caption Above", "caption") },
        Definition { paragraph: "<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"160\" w:lineRule=\"exact\"/>".to_owned(), run: size(8), rank: 99, ..own("Table Gap", "Normal") },
        Definition { paragraph: format!("<w:keepNext/>{}", spacing(40, 60, 252)), run: "<w:b/><w:bCs/>".to_owned(), next: Some("Admonition Text"), ..own("Admonition Title", "Normal") },
        Definition { paragraph: spacing(0, 90, 264), ..own("Admonition Text", "Normal") },
        Definition {
            paragraph: format!(
                "<w:tabs><w:tab w:val=\"center\" w:pos=\"{}\"/><w:tab w:val=\"right\" w:pos=\"{}\"/></w:tabs>{}",
                look.width / 2,
                look.width,
                spacing(120, 160, 264)
            ),
            next: Some("First Paragraph"),
            ..own("Equation", "Normal")
        },
        Definition {
            paragraph: format!("<w:pBdr><w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"1\" w:color=\"{QUIET}\"/></w:pBdr>{}<w:ind w:left=\"{side}\" w:right=\"{side}\"/>", spacing(200, 320, 240), side = look.width * 2 / 5),
            run: size(8),
            next: Some("First Paragraph"),
            ..own("Separator", "Normal")
        },
    ]);
}

fn notes(look: &Look, all: &mut Vec<Definition>) {
    let head = |name| Definition {
        paragraph: format!(
            "<w:tabs><w:tab w:val=\"center\" w:pos=\"{}\"/><w:tab w:val=\"right\" w:pos=\"{}\"/></w:tabs>",
            look.width / 2,
            look.width
        ),
        run: format!("{}{}", color(QUIET), size(18)),
        rank: 99,
        ..paragraph(name, Some("Normal"))
    };
    all.extend([
        head("header"),
        head("footer"),
        Definition {
            paragraph: spacing(0, 40, 240),
            run: size(look.size - 4),
            rank: 99,
            ..paragraph("footnote text", Some("Normal"))
        },
    ]);
}

fn characters(look: &Look, all: &mut Vec<Definition>) {
    let known = |name, run: String| Definition {
        is_known: true,
        rank: 99,
        ..character(name, run)
    };
    all.extend([
        known("footnote reference", "<w:vertAlign w:val=\"superscript\"/>".to_owned()),
        known("Hyperlink", color(LINK)),
        character("Verbatim Char", format!("{MONO}<w:noProof/>{}", size(look.size.saturating_sub(3)))),
        character("Keyboard Char", format!("{MONO}<w:noProof/>{}<w:bdr w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"{HAIR}\"/><w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{WASH}\"/>", size(look.size.saturating_sub(5)))),
        character("Caption Number", color(ACCENT)),
        character("Line Number Char", color(QUIET)),
    ]);
    for (class, ink, letters) in CODE {
        let ink = if ink.is_empty() {
            String::new()
        } else {
            color(ink)
        };
        all.push(Definition {
            rank: 99,
            ..character(code_style(class), format!("{letters}{ink}"))
        });
    }
}

fn tables(all: &mut Vec<Definition>) {
    let line = |side: &str, width: usize, color: &str| {
        format!("<w:{side} w:val=\"single\" w:sz=\"{width}\" w:space=\"0\" w:color=\"{color}\"/>")
    };
    all.push(Definition {
        sort: Sort::Table,
        table: format!(
            "<w:tblPr><w:tblBorders>{}{}{}</w:tblBorders><w:tblCellMar><w:top w:w=\"45\" w:type=\"dxa\"/><w:left w:w=\"90\" w:type=\"dxa\"/><w:bottom w:w=\"45\" w:type=\"dxa\"/><w:right w:w=\"90\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>\
             <w:tblStylePr w:type=\"firstRow\"><w:rPr><w:b/><w:bCs/></w:rPr><w:tcPr><w:tcBorders>{}</w:tcBorders></w:tcPr></w:tblStylePr>",
            line("top", 8, "1C1B19"),
            line("bottom", 8, "1C1B19"),
            line("insideH", 4, HAIR),
            line("bottom", 6, "1C1B19"),
        ),
        ..own("Table", "Normal Table")
    });
    all.push(Definition {
        paragraph: spacing(0, 0, 252),
        run: size(20),
        ..own("Table Text", "Normal")
    });
    all.push(Definition {
        run: size(17),
        ..own("Table Text Small", "Table Text")
    });
}
