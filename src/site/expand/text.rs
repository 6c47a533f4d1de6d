//! The text of a page with everything in its place, and where each part came from.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::diagnostic::{LineStarts, Place, SourceText};
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

/// The parts that a text came from, and where the lines begin in their files: that is read when a
/// place is first asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::site) struct Origins {
    parts: Vec<Part>,
    lines: LineStarts,
    included: OnceLock<BTreeMap<SitePath, LineStarts>>,
}

impl Origins {
    /// Takes the parts in order; none if the text is the file's own.
    pub(in crate::site) fn new(parts: Vec<Part>) -> Self {
        Self {
            parts,
            ..Self::default()
        }
    }

    /// The files that are included, as often as they are.
    pub(in crate::site) fn files(&self) -> impl Iterator<Item = &(SitePath, Arc<str>)> {
        self.parts.iter().filter_map(|part| part.file.as_ref())
    }

    /// Where a span of the expanded text of a page stands.
    pub(in crate::site) fn locate<'a>(
        &'a self,
        path: &'a SitePath,
        file: &'a str,
        span: Range<usize>,
    ) -> (&'a SitePath, Place) {
        let own = || SourceText::with_lines(path, file, &self.lines);
        let after = (self.parts).partition_point(|part| part.range.start <= span.start);
        let part = after.checked_sub(1).and_then(|at| self.parts.get(at));
        let Some(part) = part else {
            return (path, own().place(span));
        };
        let (path, text, source) = match &part.file {
            Some((path, text)) => (path, &**text, self.source(path, text)),
            None => (path, file, own()),
        };
        let start = part.start + (span.start - part.range.start).min(part.range.len());
        let length = span.end.min(part.range.end).saturating_sub(span.start);
        // What a template or a variable wrote is longer than the call it stands for.
        let start = floor(text, start);
        let end = floor(text, start + length);
        (path, source.place(start..end))
    }

    fn source<'a>(&'a self, path: &'a SitePath, text: &'a str) -> SourceText<'a> {
        let all = self.included.get_or_init(|| {
            let paths = self.files().map(|(path, _)| path.clone());
            paths.map(|path| (path, LineStarts::default())).collect()
        });
        match all.get(path) {
            Some(lines) => SourceText::with_lines(path, text, lines),
            None => SourceText::new(path, text),
        }
    }
}

/// The nearest boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}
