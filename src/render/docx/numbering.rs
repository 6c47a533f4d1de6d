//! The numbers of lists and headings: what Word counts by itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::render::docx::xml::{DECLARATION, NAMESPACES, escape};

/// How far an item stands in from the text around it, in twips.
pub(super) const STEP: usize = 425;
/// The same of a clause, whose numbers are longer.
pub(super) const CLAUSE_STEP: usize = 680;
/// How deep Word counts.
pub(super) const DEEPEST: usize = 8;

/// How the items of a list are marked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Marks {
    /// Points.
    Bullets,
    /// 1. 2. 3. on every level.
    Numbers,
    /// 4.1, (a), (i), below the clause 4; without one 1.
    Clauses(Option<String>),
}

/// Headings that Word counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeadingNumbers {
    /// How many levels of headings stand above the first that has a number.
    pub(super) above: usize,
    /// The number of the first.
    pub(super) first: u32,
}

/// The numbering part while it is made.
#[derive(Default)]
pub(super) struct Numbering {
    schemes: Vec<String>,
    known: BTreeMap<Marks, usize>,
    lists: Vec<String>,
    /// The first numbers that are free, if a reference document has schemes and lists of its own.
    first_scheme: usize,
    first_list: usize,
    taken: (String, String),
}

impl Numbering {
    /// Counts on after the definitions of a reference document.
    pub(super) fn after(schemes: String, lists: String, first: (usize, usize)) -> Self {
        Self {
            first_scheme: first.0,
            first_list: first.1,
            taken: (schemes, lists),
            ..Self::default()
        }
    }

    /// The number that the next list will have.
    pub(super) fn next(&self) -> usize {
        self.first_list.max(1) + self.lists.len()
    }

    /// The number of a new list; its items count from `start` on `level`.
    pub(super) fn list(&mut self, marks: &Marks, level: usize, start: u64) -> usize {
        let scheme = match self.known.get(marks) {
            Some(scheme) => *scheme,
            None => {
                let scheme = self.scheme(&levels(marks));
                self.known.insert(marks.clone(), scheme);
                scheme
            }
        };
        let start = start.min(32_767);
        let restart = match marks {
            Marks::Bullets => String::new(),
            _ => format!(
                "<w:lvlOverride w:ilvl=\"{level}\"><w:startOverride w:val=\"{start}\"/></w:lvlOverride>"
            ),
        };
        self.number(scheme, &restart)
    }

    /// The list that headings are counted in, with the ids of their styles.
    pub(super) fn headings(&mut self, numbers: &HeadingNumbers, styles: &[String]) -> usize {
        let mut text = String::new();
        for (level, style) in styles.iter().enumerate().take(9) {
            let own: Vec<String> = (numbers.above..=level)
                .map(|part| format!("%{}", part + 1))
                .collect();
            let hanging = 480 + 170 * own.len();
            let (form, shown) = match level >= numbers.above {
                true => ("decimal", own.join(".")),
                false => ("none", String::new()),
            };
            let first = if level == numbers.above {
                numbers.first
            } else {
                1
            };
            // Chapters are counted through, whatever part they stand in.
            let through = match level == numbers.above && level > 0 {
                true => "<w:lvlRestart w:val=\"0\"/>",
                false => "",
            };
            let _ = write!(
                text,
                "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"{first}\"/><w:numFmt w:val=\"{form}\"/>{through}\
                 <w:pStyle w:val=\"{style}\"/><w:suff w:val=\"tab\"/><w:lvlText w:val=\"{shown}\"/>\
                 <w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"{hanging}\" w:hanging=\"{hanging}\"/></w:pPr></w:lvl>"
            );
        }
        let scheme = self.scheme(&text);
        self.number(scheme, "")
    }

    /// The part.
    pub(super) fn xml(&self) -> String {
        format!(
            "{DECLARATION}<w:numbering {NAMESPACES}>{}{}{}{}</w:numbering>",
            self.taken.0,
            self.schemes.concat(),
            self.taken.1,
            self.lists.concat()
        )
    }

    fn scheme(&mut self, levels: &str) -> usize {
        let id = self.first_scheme + self.schemes.len();
        self.schemes.push(format!(
            "<w:abstractNum w:abstractNumId=\"{id}\"><w:multiLevelType w:val=\"multilevel\"/>{levels}</w:abstractNum>"
        ));
        id
    }

    fn number(&mut self, scheme: usize, restart: &str) -> usize {
        let id = self.next();
        self.lists.push(format!(
            "<w:num w:numId=\"{id}\"><w:abstractNumId w:val=\"{scheme}\"/>{restart}</w:num>"
        ));
        id
    }
}

/// How far the text of a level stands in, and how far its number hangs out, in twips.
pub(super) fn indents(marks: &Marks, level: usize) -> (usize, usize) {
    match marks {
        Marks::Clauses(_) => (
            CLAUSE_STEP + STEP.max(560) * level,
            if level == 0 { CLAUSE_STEP } else { 560 },
        ),
        _ => (STEP * (level + 1), STEP),
    }
}

fn levels(marks: &Marks) -> String {
    let mut text = String::new();
    for level in 0..=DEEPEST {
        let place = level + 1;
        let (form, shown) = match marks {
            Marks::Bullets => ("bullet", ["•", "–"][level % 2].to_owned()),
            Marks::Numbers => ("decimal", format!("%{place}.")),
            Marks::Clauses(clause) => match level {
                0 => match clause {
                    Some(clause) => ("decimal", format!("{}.%1", escape(clause))),
                    None => ("decimal", "%1.".to_owned()),
                },
                1 => ("lowerLetter", format!("(%{place})")),
                2 => ("lowerRoman", format!("(%{place})")),
                _ => ("upperLetter", format!("(%{place})")),
            },
        };
        let (left, hanging) = indents(marks, level);
        let _ = write!(
            text,
            "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{form}\"/>\
             <w:lvlText w:val=\"{shown}\"/><w:lvlJc w:val=\"left\"/>\
             <w:pPr><w:ind w:left=\"{left}\" w:hanging=\"{hanging}\"/></w:pPr></w:lvl>"
        );
    }
    text
}
