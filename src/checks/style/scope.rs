//! Which parts of a page a rule reads: `heading`, `list & ~blockquote`, `sentence`.

use std::ops::Range;

use crate::checks::style::sentences::sentences;
use crate::checks::text::block::{Block, Kind, Mark};

/// The parts that a rule reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    choices: Vec<Choice>,
}

/// Conditions that hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    unit: Unit,
    conditions: Vec<(Place, bool)>,
}

/// What a rule reads at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Block,
    Sentence,
    Mark(Mark),
    Raw,
    Page,
}

/// Where a block may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Heading(Option<u8>),
    Paragraph,
    List,
    Quote,
    Table,
    HeaderCell,
    Cell,
    Term,
    Alternative,
    Caption,
    Title,
    Description,
}

/// The names of scopes, for who mistypes one.
pub(super) const NAMES: &[&str] = &[
    "text",
    "heading",
    "heading.h1",
    "heading.h2",
    "heading.h3",
    "heading.h4",
    "heading.h5",
    "heading.h6",
    "paragraph",
    "sentence",
    "list",
    "blockquote",
    "table",
    "table.header",
    "table.cell",
    "term",
    "alt",
    "caption",
    "title",
    "description",
    "link",
    "strong",
    "emphasis",
    "raw",
    "summary",
];

impl Default for Scope {
    fn default() -> Self {
        Self {
            choices: vec![Choice {
                unit: Unit::Block,
                conditions: Vec::new(),
            }],
        }
    }
}

impl Scope {
    /// Reads scopes of which one must hold.
    ///
    /// # Errors
    /// The name that is not known.
    pub(super) fn parse(written: &[String]) -> Result<Self, String> {
        let choices: Result<Vec<Choice>, String> =
            written.iter().map(|text| choice(text)).collect();
        let choices = choices?;
        Ok(match choices.is_empty() {
            true => Self::default(),
            false => Self { choices },
        })
    }

    /// Whether it is the text of a page as it is written.
    pub(super) fn is_raw(&self) -> bool {
        self.choices.iter().any(|choice| choice.unit == Unit::Raw)
    }

    /// Whether it is the page as a whole.
    pub(super) fn is_page(&self) -> bool {
        self.choices.iter().any(|choice| choice.unit == Unit::Page)
    }

    /// The parts of a block that are read at once.
    pub(super) fn parts(&self, block: &Block) -> Vec<Range<usize>> {
        let holds = |choice: &&Choice| {
            let mut conditions = choice.conditions.iter();
            conditions.all(|(place, wanted)| place.holds(block) == *wanted)
        };
        let choices = self.choices.iter().filter(holds);
        let mut parts: Vec<Range<usize>> = choices
            .flat_map(|choice| choice.unit.parts(block))
            .collect();
        parts.sort_by_key(|part| (part.start, part.end));
        parts.dedup();
        parts
    }
}

impl Unit {
    fn parts(self, block: &Block) -> Vec<Range<usize>> {
        match self {
            Self::Block => std::iter::once(0..block.text.len()).collect(),
            Self::Sentence => sentences(&block.text),
            Self::Mark(mark) => {
                let marks = block.marks.iter().filter(|(other, _)| *other == mark);
                marks.map(|(_, range)| range.clone()).collect()
            }
            Self::Raw | Self::Page => Vec::new(),
        }
    }
}

fn choice(text: &str) -> Result<Choice, String> {
    let mut unit = Unit::Block;
    let mut conditions = Vec::new();
    for part in text.split('&').map(str::trim) {
        let (name, wanted) = match part.strip_prefix('~') {
            Some(name) => (name.trim(), false),
            None => (part, true),
        };
        // Vale writes `text.heading.h1` too, and the ending of a file after it.
        let name = name.strip_prefix("text.").unwrap_or(name);
        let name = name.strip_suffix(".md").unwrap_or(name);
        match (name, wanted) {
            ("sentence", true) => {
                unit = Unit::Sentence;
                for place in [
                    Place::Term,
                    Place::Alternative,
                    Place::Caption,
                    Place::Title,
                ] {
                    conditions.push((place, false));
                }
                conditions.extend([(Place::Heading(None), false), (Place::Table, false)]);
            }
            ("link", true) => unit = Unit::Mark(Mark::Link),
            ("strong", true) => unit = Unit::Mark(Mark::Strong),
            ("emphasis", true) => unit = Unit::Mark(Mark::Emphasis),
            ("raw", true) => unit = Unit::Raw,
            ("summary", true) => unit = Unit::Page,
            _ => conditions.push((Place::named(name).ok_or_else(|| part.to_owned())?, wanted)),
        }
    }
    Ok(Choice { unit, conditions })
}

impl Place {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "heading" => Self::Heading(None),
            "paragraph" => Self::Paragraph,
            "list" => Self::List,
            "blockquote" => Self::Quote,
            "table" => Self::Table,
            "table.header" | "table.th" => Self::HeaderCell,
            "table.cell" | "table.td" => Self::Cell,
            "term" => Self::Term,
            "alt" | "figure.alt" => Self::Alternative,
            "caption" | "figure.caption" => Self::Caption,
            "title" => Self::Title,
            "description" => Self::Description,
            _ => {
                let level = name.strip_prefix("heading.h")?.parse().ok()?;
                Some(Self::Heading(Some(level))).filter(|_| (1..=6).contains(&level))?
            }
        })
    }

    fn holds(self, block: &Block) -> bool {
        match self {
            Self::Text => true,
            Self::Heading(None) => matches!(block.kind, Kind::Heading(_)),
            Self::Heading(Some(level)) => block.kind == Kind::Heading(level),
            Self::Paragraph => block.kind == Kind::Paragraph && !block.in_list,
            Self::List => block.in_list,
            Self::Quote => block.in_quote,
            Self::Table => matches!(block.kind, Kind::Cell | Kind::HeaderCell),
            Self::HeaderCell => block.kind == Kind::HeaderCell,
            Self::Cell => block.kind == Kind::Cell,
            Self::Term => block.kind == Kind::Term,
            Self::Alternative => block.kind == Kind::Alternative,
            Self::Caption => block.kind == Kind::Caption,
            Self::Title => block.kind == Kind::Title,
            Self::Description => block.kind == Kind::Description,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::site;
    use crate::checks::text::walk::read_prose;

    const PAGE: &str = "---\ntitle: T\n---\n# A\n\n## B\n\nP one. P two.\n\n- L\n\n> Q\n> - QL\n\n\
                        | H |\n|---|\n| C |\n\n![X](x.png \"Y\")\n\nSee **bold *it*** [link](a.md)\n";

    #[track_caller]
    fn case(scopes: &[&str], expected: &[&str]) {
        let written: Vec<String> = scopes.iter().map(|&text| text.to_owned()).collect();
        let scope = Scope::parse(&written).unwrap();
        let site = site(&[("a.md", PAGE)]);
        let prose = read_prose(&site.pages[0]);
        let parts = prose.blocks.iter().flat_map(|block| {
            let parts = scope.parts(block).into_iter();
            parts.map(|range| block.text[range].to_owned())
        });
        assert_eq!(parts.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn scopes_name_parts_of_a_page() {
        case(&["heading"], &["A", "B"]);
        case(&["heading.h2"], &["B"]);
        case(&["text.heading.h1.md"], &["A"]);
        case(
            &["sentence"],
            &["P one.", "P two.", "L", "Q", "QL", "See bold it link"],
        );
        case(&["list"], &["L", "QL"]);
        case(&["list & ~blockquote"], &["L"]);
        case(&["blockquote"], &["Q", "QL"]);
        case(&["table"], &["H", "C"]);
        case(&["table.header"], &["H"]);
        case(&["table.cell"], &["C"]);
        case(&["alt", "caption"], &["X", "Y"]);
        case(&["title", "heading.h2"], &["T", "B"]);
        case(&["strong"], &["bold it"]);
        case(&["emphasis"], &["it"]);
        case(&["link"], &["link"]);
        case(&["link", "strong", "link"], &["bold it", "link"]);
        case(&["heading", "heading.h2"], &["A", "B"]);
        case(
            &["~list & ~heading & ~table & ~alt & ~caption & ~title & ~blockquote"],
            &["P one. P two.", "See bold it link"],
        );
        case(&["raw"], &[]);
    }

    #[test]
    fn unknown_scopes_are_told() {
        let parse = |text: &str| Scope::parse(&[text.to_owned()]);
        assert_eq!(parse("heading & comment"), Err("comment".to_owned()));
        assert_eq!(parse("heading.h9"), Err("heading.h9".to_owned()));
        assert_eq!(Scope::parse(&[]), Ok(Scope::default()));
    }
}
