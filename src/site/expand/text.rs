//! The text of a page with everything in its place, and where each part came from.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Place, SourceText};
use crate::site_path::SitePath;

/// A file that a part came from and its text; none for the page itself.
pub(super) type Origin = Option<(SitePath, Arc<str>)>;

/// The text of a page with everything in its place.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::site) struct Expanded {
    /// The text.
    pub text: Arc<str>,
    /// The parts in order; empty if the text is the file's own.
    pub parts: Vec<Part>,
    /// Files that were read, also those that were not found.
    pub included: Vec<SitePath>,
    /// What was met on the way.
    pub faults: Vec<Fault>,
}

/// A run of text and the place it came from.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::site) struct Part {
    /// The bytes of the expanded text.
    pub range: Range<usize>,
    /// The file it came from; none for the page itself.
    pub file: Origin,
    /// Where in that file it begins.
    pub start: usize,
}

/// Something that could not be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// The name of the construct or of the file, or what went wrong.
    pub name: String,
    /// The bytes of the page's own file.
    pub span: Range<usize>,
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// An included file is not there, or lies outside the project.
    IncludeMissing,
    /// The named part of an included file is not there.
    IncludePartMissing,
    /// Includes go round in a circle, too deep, or grow too large.
    IncludeTooDeep,
    /// A shortcode is opened and never closed.
    Unclosed,
    /// The template of a shortcode failed; the name says how.
    Shortcode,
    /// A shortcode, macro or directive of another generator.
    Unknown,
}

/// Writes expanded text part by part.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) out: String,
    pub(super) parts: Vec<Part>,
}

impl Writer {
    /// Adds text that came from `start` of a file on.
    pub(super) fn insert(&mut self, text: &str, file: &Origin, start: usize) {
        if text.is_empty() {
            return;
        }
        let at = self.out.len();
        self.out.push_str(text);
        self.parts.push(Part {
            range: at..self.out.len(),
            file: file.clone(),
            start,
        });
    }

    /// Takes back the last byte, which must be ASCII.
    pub(super) fn take_back(&mut self) {
        self.out.pop();
        if let Some(last) = self.parts.last_mut() {
            last.range.end -= 1;
        }
    }

    /// Ends the current line, and the paragraph above.
    pub(super) fn blank_line(&mut self, file: &Origin, start: usize) {
        let missing = match &self.out {
            out if out.is_empty() || out.ends_with("\n\n") => "",
            out if out.ends_with('\n') => "\n",
            _ => "\n\n",
        };
        self.insert(missing, file, start);
    }
}

/// Where a span of the expanded text stands.
pub(in crate::site) fn locate<'a>(
    path: &'a SitePath,
    file: &'a str,
    parts: &'a [Part],
    span: Range<usize>,
) -> (&'a SitePath, Place) {
    let after = parts.partition_point(|part| part.range.start <= span.start);
    let Some(part) = after.checked_sub(1).and_then(|at| parts.get(at)) else {
        return (path, SourceText::new(path, file).place(span));
    };
    let (path, text) = match &part.file {
        Some((path, text)) => (path, &**text),
        None => (path, file),
    };
    let start = part.start + (span.start - part.range.start).min(part.range.len());
    let length = span.end.min(part.range.end).saturating_sub(span.start);
    // What a template or a variable wrote is longer than the call it stands for.
    let start = floor(text, start);
    let end = floor(text, start + length);
    (path, SourceText::new(path, text).place(start..end))
}

/// The nearest boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}
