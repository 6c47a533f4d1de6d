//! The standards that a PDF keeps to: PDF/A-2a for archives and PDF/UA-1 for everybody's eyes and
//! ears. A file never claims one that the engine refuses, and the author is told what stands in the way.

use serde::{Deserialize, Serialize};
use typst::diag::SourceDiagnostic;
use typst_pdf::PdfStandard;

use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Page;

/// The standards that every document is asked to keep, and their names in the engine's messages.
const ASKED: [(PdfStandard, &str); 2] = [
    (PdfStandard::A_2a, "PDF/A-2a"),
    (PdfStandard::Ua_1, "PDF/UA-1"),
];
/// How many reasons are kept of a document.
const KEPT: usize = 8;

/// Which standards a document is to claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claims {
    /// All that it keeps to.
    All,
    /// None: there is more in it than what is laid out here.
    None,
}

/// What a document keeps to while it is written, from the most that is asked to what it can.
pub(super) struct Standards {
    kept: Vec<(PdfStandard, &'static str)>,
    obstacles: Vec<Obstacle>,
}

/// Why a document does not keep to a standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Obstacle {
    /// The standards, by name.
    pub(super) standards: Vec<String>,
    /// What is in the way, as the engine says it.
    pub(super) reason: String,
    /// The text that it is about, if it is one.
    pub(super) text: Option<String>,
}

impl Standards {
    /// All that is asked of a document. An archive wants to know the date of its files.
    pub(super) fn asked(claims: Claims, has_date: bool) -> Self {
        let known = |(standard, _): &(PdfStandard, &str)| {
            claims == Claims::All && (has_date || *standard == PdfStandard::Ua_1)
        };
        Self {
            kept: ASKED.into_iter().filter(known).collect(),
            obstacles: Vec::new(),
        }
    }

    /// What is still asked.
    pub(super) fn list(&self) -> Vec<PdfStandard> {
        self.kept.iter().map(|(standard, _)| *standard).collect()
    }

    /// Gives up what the engine refused; whether that was anything.
    pub(super) fn give_up(&mut self, refusals: &[SourceDiagnostic]) -> bool {
        let before = self.kept.len();
        let named = |message: &str| -> Vec<&'static str> {
            let kept = self.kept.iter().map(|(_, name)| *name);
            kept.filter(|name| message.contains(name)).collect()
        };
        let mut refused = Vec::new();
        for refusal in refusals {
            let mut names = named(&refusal.message);
            if names.is_empty() {
                names = self.kept.iter().map(|(_, name)| *name).collect();
            }
            let obstacle = Obstacle {
                standards: names.iter().map(|name| (*name).to_owned()).collect(),
                reason: reason(&refusal.message),
                text: quoted(&refusal.message),
            };
            if self.obstacles.len() < KEPT && !self.obstacles.contains(&obstacle) {
                self.obstacles.push(obstacle);
            }
            refused.extend(names);
        }
        self.kept.retain(|(_, name)| !refused.contains(name));
        self.kept.len() < before
    }

    /// The names of what is kept, and why the others are not.
    pub(super) fn settled(self) -> (Vec<String>, Vec<Obstacle>) {
        let names = self.kept.into_iter().map(|(_, name)| name.to_owned());
        (names.collect(), self.obstacles)
    }
}

/// A message without the standards that it begins with.
fn reason(message: &str) -> String {
    match message.split_once(" error: ") {
        Some((start, rest)) if start.starts_with("PDF/") => rest.to_owned(),
        _ => message.to_owned(),
    }
}

/// The first text that a message quotes, as `"…"` with escapes for what cannot be seen.
fn quoted(message: &str) -> Option<String> {
    let start = message.find('"')? + 1;
    let mut text = String::new();
    let mut letters = message[start..].chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Some(text).filter(|text| !text.is_empty()),
            '\\' => match letters.next()? {
                'u' => {
                    let code: String = letters.by_ref().skip(1).take_while(|c| *c != '}').collect();
                    text.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
                }
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                escaped => text.push(escaped),
            },
            _ => text.push(letter),
        }
    }
    None
}

/// What is said about the obstacles in a document: one finding, where the first of them stands.
/// Those that a finding of another kind tells already, as `told` says, are left out.
pub(super) fn report(
    file: &str,
    kept: &[String],
    obstacles: &[Obstacle],
    pages: &[&Page],
    told: impl Fn(&str) -> bool,
) -> Option<Diagnostic> {
    let is_told = |obstacle: &Obstacle| obstacle.text.as_deref().is_some_and(&told);
    let first = obstacles.iter().find(|obstacle| !is_told(obstacle))?;
    let found = first.text.as_deref().and_then(|text| {
        let mut pages = pages.iter();
        pages.find_map(|page| Some((*page, page.text.find(text)?, text.len())))
    });
    let message = format!(
        "`{file}` does not keep to {}: {}",
        first.standards.join(" and "),
        first.reason
    );
    let finding = match (found, pages.first()) {
        (Some((page, at, length)), _) => {
            page.diagnostic("pdf-standard", Severity::Warning, at..at + length, message)
        }
        (None, Some(page)) => {
            Diagnostic::new("pdf-standard", Severity::Warning, &page.path, message)
        }
        (None, None) => return None,
    };
    Some(
        finding.help(match kept {
            [] => {
                "the file claims no standard; readers and archives may not know what to make of it"
                    .to_owned()
            }
            kept => format!("the file claims {} alone", kept.join(" and ")),
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_apart() {
        let message = "PDF/A-2a error: the PDF contains the codepoint `\"\\u{e001}\"`";
        assert_eq!(
            reason(message),
            "the PDF contains the codepoint `\"\\u{e001}\"`"
        );
        assert_eq!(quoted(message).as_deref(), Some("\u{e001}"));
        assert_eq!(quoted("no quote").as_deref(), None);
        assert_eq!(quoted("open \"quote").as_deref(), None);
        assert_eq!(quoted("a \"b\\\"c\"").as_deref(), Some("b\"c"));
        assert_eq!(quoted("a \"\\u{zz}\"").as_deref(), None);
    }

    #[test]
    fn what_is_refused_is_given_up() {
        let refusal =
            |message: &str| SourceDiagnostic::error(typst::syntax::Span::detached(), message);
        let mut standards = Standards::asked(Claims::All, true);
        assert!(standards.give_up(&[refusal("PDF/A-2a error: a"), refusal("PDF/A-2a error: a")]));
        let (kept, obstacles) = standards.settled();
        assert_eq!(kept, ["PDF/UA-1"]);
        assert_eq!(obstacles.len(), 1);
        let mut standards = Standards::asked(Claims::All, true);
        assert!(standards.give_up(&[refusal("PDF/A-2a, PDF/UA-1 error: b")]));
        assert!(!standards.give_up(&[refusal("c")]));
        assert_eq!(
            Standards::asked(Claims::All, false).list(),
            [PdfStandard::Ua_1]
        );
    }
}
