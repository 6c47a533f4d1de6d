//! The pass over lines that knows the block dialects: the line that opens a block becomes a
//! heading of the sixth level with its title, its body moves to the left, and an empty heading
//! stands where it ends. Such a heading ends every list and paragraph before it, which a marker of
//! any other kind would not; [`resolve`](mod@super::resolve) takes the headings out again by place.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::markdown::abbreviations::Abbreviations;
use crate::markdown::attributes::Attributes;
use crate::markdown::blocks::line::{HtmlEnd, Line, fence, html_block};
use crate::markdown::blocks::opener::{What, closer, opener};
use crate::markdown::blocks::pieces::Rewriting;
use crate::markdown::element::{Element, Tab};

/// How deep blocks may nest; a deeper one is text.
const DEEPEST: usize = 32;
/// How far the body of a block is indented, in columns.
const STEP: usize = 4;

/// A place where a block begins or ends.
#[derive(Debug)]
pub(super) struct Marker {
    /// Where its heading stands in the rewritten text.
    pub(super) at: usize,
    /// The block, by the place of its line in the source.
    pub(super) block: usize,
    pub(super) kind: MarkerKind,
}

#[derive(Debug)]
pub(super) enum MarkerKind {
    Open { element: Element, titled: bool },
    Close,
}

/// What the pass makes of a text.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) rewriting: Rewriting,
    pub(super) markers: Vec<Marker>,
    /// The short forms that the text explains.
    pub(super) abbreviations: Abbreviations,
    /// Blocks of colons that nothing closes, by their lines.
    pub(super) unclosed: Vec<Range<usize>>,
    /// Blocks that are nested too deeply, by their lines.
    pub(super) too_deep: Vec<Range<usize>>,
}

/// Whether a text may hold what this room knows.
pub(in crate::markdown) fn might_hold_blocks(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = memchr::memchr_iter(b'\n', bytes);
    let mut starts = std::iter::once(0).chain(ends.map(|end| end + 1));
    starts.any(|start| {
        let line = &bytes[start..];
        let first = line.iter().position(|byte| !is_before(*byte));
        let (before, rest) = line.split_at(first.unwrap_or(line.len()));
        // The meaning of a term may begin with a block.
        let rest = match rest {
            [b':', b' ' | b'\t', after @ ..] => {
                let space = |byte: &u8| *byte != b'\n' && byte.is_ascii_whitespace();
                let length = after.iter().take_while(|byte| space(byte)).count();
                &after[length..]
            }
            rest => rest,
        };
        match rest {
            [b'!', b'!', b'!', ..]
            | [b'?', b'?', b'?', ..]
            | [b':', b':', b':', ..]
            | [b'=', b'=', b'=', b' ' | b'!' | b'+', ..] => true,
            [b'[', ..] => (before.strip_suffix(b"*"))
                .is_some_and(|before| before.iter().all(u8::is_ascii_whitespace)),
            _ => false,
        }
    })
}

/// What may stand before the text of a line: white space, quote marks, list markers.
fn is_before(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'>' | b'-' | b'+' | b'*' | b'.' | b')') || byte.is_ascii_digit()
}

/// Rewrites a text. Blocks of `left_alone`, by the places of their lines, stay text.
pub(super) fn scan(text: &str, left_alone: &BTreeSet<usize>) -> Scan {
    let mut scanner = Scanner {
        text,
        left_alone,
        scan: Scan::default(),
        stack: Vec::new(),
        fence: None,
        html: None,
        line: Line::default(),
        explicit: false,
    };
    scanner.scan.rewriting.text.reserve(text.len() + 256);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        scanner.read(at..at + line.len());
        at += line.len();
    }
    if !scanner.stack.is_empty() && !text.ends_with('\n') {
        scanner.scan.rewriting.insert("\n", at);
    }
    scanner.close_from(0, at);
    scanner.scan
}

struct Block {
    line: Range<usize>,
    quotes: usize,
    column: usize,
    form: Form,
    is_tabs: bool,
    /// What stands before the text of a line in it, in the rewritten text.
    prefix: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Indented,
    /// A group of indented tabs: it lasts as long as one follows the other.
    Group,
    Colons(usize),
    CodeGroup(usize),
    /// It ends with what is around it or when the next one begins.
    Section,
    /// A fence of a code group.
    Fence,
}

struct Fence {
    mark: u8,
    length: usize,
    quotes: usize,
    prefix: String,
}

struct Scanner<'a> {
    text: &'a str,
    left_alone: &'a BTreeSet<usize>,
    scan: Scan,
    stack: Vec<Block>,
    fence: Option<Fence>,
    html: Option<HtmlEnd>,
    line: Line,
    /// Whether blocks are being closed by a line of theirs.
    explicit: bool,
}

impl Scanner<'_> {
    fn read(&mut self, range: Range<usize>) {
        let quotes = self.fence.as_ref().map_or(usize::MAX, |fence| fence.quotes);
        let mut line = std::mem::take(&mut self.line);
        line.read(self.text, &range, quotes);
        self.end_blocks(&line, range.start);
        self.read_content(&mut line, &range);
        self.line = line;
    }

    /// Ends the blocks that the line is not part of.
    fn end_blocks(&mut self, line: &Line, start: usize) {
        let within = |block: &Block| {
            let deep = line.quotes() >= block.quotes;
            let width = line.levels.get(block.quotes).map_or(0, |level| level.1);
            let has_more = line.quotes() > block.quotes || !line.is_blank();
            match block.form {
                _ if !deep => false,
                Form::Indented => !has_more || width >= block.column + STEP,
                Form::Group
                | Form::Colons(_)
                | Form::CodeGroup(_)
                | Form::Section
                | Form::Fence => true,
            }
        };
        let Some(mut gone) = self.stack.iter().position(|block| !within(block)) else {
            return;
        };
        // A group lasts if the line is its next tab.
        if gone > 0 && self.stack[gone - 1].form == Form::Group {
            let group = &self.stack[gone - 1];
            let follows = line.quotes() == group.quotes
                && line.column == group.column
                && opener(&self.text[line.content..line.end], false)
                    .is_some_and(|found| matches!(found.what, What::IndentedTab(_, false)));
            gone -= usize::from(!follows);
        }
        self.close_from(gone, start);
    }

    fn read_content(&mut self, line: &mut Line, range: &Range<usize>) {
        let content = &self.text[line.content..line.end];
        if let Some(fence) = &self.fence {
            let length = content
                .bytes()
                .take_while(|byte| *byte == fence.mark)
                .count();
            let ends = length >= fence.length && content[length..].trim().is_empty();
            self.copy(line, range);
            if ends {
                self.fence = None;
                if self
                    .stack
                    .last()
                    .is_some_and(|block| block.form == Form::Fence)
                {
                    self.close_from(self.stack.len() - 1, range.end);
                }
            }
            return;
        }
        match self.html {
            Some(HtmlEnd::Text(end)) => {
                if content.contains(end) {
                    self.html = None;
                }
                return self.copy(line, range);
            }
            Some(HtmlEnd::Blank) if line.is_blank() => self.html = None,
            Some(HtmlEnd::Blank) => {
                if !self.close(line) {
                    self.copy(line, range);
                }
                return;
            }
            None => {}
        }
        if line.is_blank() {
            return self.copy(line, range);
        }
        if self.close(line) {
            return;
        }
        line.skip_list_markers(self.text);
        if self.open(line) {
            return;
        }
        let content = &self.text[line.content..line.end];
        if self.scan.abbreviations.read(content) {
            // The line is gone, but not the quote or block that it stands in.
            self.write_prefix(line);
            return self.scan.rewriting.copy(self.text, line.end..range.end);
        }
        if let Some((mark, length)) = fence(content) {
            self.open_code_tab(line);
            self.fence = Some(Fence {
                mark,
                length,
                quotes: line.quotes(),
                prefix: self.prefix(line),
            });
        } else if let Some(end) = html_block(content) {
            let over = matches!(end, HtmlEnd::Text(end) if content[2..].contains(end));
            self.html = (!over).then_some(end);
        }
        self.copy(line, range);
    }

    /// Ends the block of colons that a line of colons closes, if there is one.
    fn close(&mut self, line: &Line) -> bool {
        let content = &self.text[line.content..line.end];
        let found = closer(content).and_then(|count| self.closed_by(count, line.quotes()));
        if let Some(at) = found {
            self.close_from(at + 1, line.content);
            self.explicit = true;
            self.close_from(at, line.content);
            self.explicit = false;
        }
        found.is_some()
    }

    /// Opens what the line opens, if it does.
    fn open(&mut self, line: &Line) -> bool {
        let start = line.content;
        let Some(found) = opener(&self.text[start..line.end], self.is_in_tabs()) else {
            return false;
        };
        if self.left_alone.contains(&start) {
            return false;
        }
        if self.stack.len() >= DEEPEST {
            self.scan.too_deep.push(start..line.end);
            return false;
        }
        let prefix = self.prefix(line);
        let title = found
            .title
            .map(|title| start + title.start..start + title.end);
        let last = self.stack.last().map(|block| block.form);
        let (form, element) = match found.what {
            What::Indented(element) => (Form::Indented, element),
            What::Colons(count, element) => (Form::Colons(count), element),
            What::CodeGroup(count, attributes) => {
                (Form::CodeGroup(count), Element::Tabs(attributes))
            }
            What::Section(tab) => {
                if last == Some(Form::Section) {
                    self.close_from(self.stack.len() - 1, start);
                }
                (Form::Section, Element::Tab(tab))
            }
            What::IndentedTab(tab, _) if last == Some(Form::Group) => {
                (Form::Indented, Element::Tab(tab))
            }
            What::IndentedTab(tab, _) => {
                self.write_prefix(line);
                let tabs = Element::Tabs(Attributes::default());
                self.push(line, &prefix, (Form::Group, tabs), None);
                self.scan.rewriting.insert(&prefix, start);
                self.push(line, &prefix, (Form::Indented, Element::Tab(tab)), title);
                return true;
            }
        };
        self.write_prefix(line);
        self.push(line, &prefix, (form, element), title);
        true
    }

    /// Writes the heading that stands for the beginning of a block.
    fn push(
        &mut self,
        line: &Line,
        prefix: &str,
        (form, element): (Form, Element),
        title: Option<Range<usize>>,
    ) {
        let out = &mut self.scan.rewriting;
        let at = out.text.len();
        out.insert("######", line.content);
        let titled = title.is_some();
        if let Some(title) = title.filter(|title| !title.is_empty()) {
            out.insert(" ", title.start);
            out.copy(self.text, title);
        }
        out.insert("\n", line.end);
        self.stack.push(Block {
            line: line.content..line.end,
            quotes: line.quotes(),
            column: line.column,
            form,
            is_tabs: matches!(element, Element::Tabs(_)),
            prefix: prefix.to_owned(),
        });
        self.scan.markers.push(Marker {
            at,
            block: line.content,
            kind: MarkerKind::Open { element, titled },
        });
    }

    /// A fence in a code group is a tab named by `[its label]` or its language.
    fn open_code_tab(&mut self, line: &Line) {
        let is_group = |block: &Block| matches!(block.form, Form::CodeGroup(_));
        if !self.stack.last().is_some_and(is_group) || self.stack.len() >= DEEPEST {
            return;
        }
        let content = &self.text[line.content..line.end];
        let title = match (content.find('['), content.rfind(']')) {
            (Some(open), Some(close)) if open < close => open + 1..close,
            _ => {
                let start = content.len() - content.trim_start_matches(['`', '~', ' ']).len();
                let length = content[start..].find([' ', '{', ',']);
                start..length.map_or(content.len(), |length| start + length)
            }
        };
        let title = line.content + title.start..line.content + title.end;
        let prefix = self.prefix(line);
        self.scan.rewriting.insert(&prefix, line.content);
        let tab = Element::Tab(Tab::default());
        self.push(line, &prefix, (Form::Fence, tab), Some(title));
    }

    /// Whether the innermost block is a group of tabs written with colons.
    fn is_in_tabs(&self) -> bool {
        let mut blocks = self.stack.iter().rev();
        let inner = blocks.find(|block| block.form != Form::Section);
        inner.is_some_and(|block| block.is_tabs && matches!(block.form, Form::Colons(_)))
    }

    /// The block that a line of `count` colons closes: one of as many, else one of fewer.
    fn closed_by(&self, count: usize, quotes: usize) -> Option<usize> {
        let colons = |block: &Block| match block.form {
            Form::Colons(colons) | Form::CodeGroup(colons) if block.quotes == quotes => colons,
            _ => usize::MAX,
        };
        let inner = self
            .stack
            .iter()
            .rposition(|block| matches!(block.form, Form::Indented | Form::Group));
        let first = inner.map_or(0, |inner| inner + 1);
        let blocks = &self.stack[first..];
        let exact = blocks.iter().rposition(|block| colons(block) == count);
        let fewer = || blocks.iter().rposition(|block| colons(block) <= count);
        exact.or_else(fewer).map(|at| first + at)
    }

    /// Ends the blocks from the given one on, the innermost first.
    fn close_from(&mut self, first: usize, place: usize) {
        while self.stack.len() > first {
            let Some(block) = self.stack.pop() else {
                return;
            };
            let out = &mut self.scan.rewriting;
            // What is still open in the block would swallow its end.
            if let Some(fence) = self.fence.take() {
                let marks = char::from(fence.mark).to_string().repeat(fence.length);
                out.insert(&format!("{}{marks}\n", fence.prefix), place);
            }
            match self.html.take() {
                Some(HtmlEnd::Blank) => out.insert(&format!("{}\n", block.prefix), place),
                Some(HtmlEnd::Text(end)) => {
                    out.insert(&format!("{}{end}\n", block.prefix), place);
                }
                None => {}
            }
            out.insert(&block.prefix, place);
            let at = out.text.len();
            out.insert("######\n", place);
            self.scan.markers.push(Marker {
                at,
                block: block.line.start,
                kind: MarkerKind::Close,
            });
            if matches!(block.form, Form::Colons(_) | Form::CodeGroup(_)) && !self.explicit {
                self.scan.unclosed.push(block.line);
            }
        }
    }

    /// The columns that go from the indentation after so many quote marks.
    fn removed(&self, quotes: usize) -> usize {
        let moved = |block: &&Block| block.form == Form::Indented && block.quotes == quotes;
        STEP * self.stack.iter().filter(moved).count()
    }

    /// Copies a line, moved to the left by what the blocks around it are indented.
    fn copy(&mut self, line: &Line, range: &Range<usize>) {
        self.write_levels(line);
        let rest = line.levels.last().map_or(range.start, |level| level.0.end);
        self.scan.rewriting.copy(self.text, rest..range.end);
    }

    fn write_prefix(&mut self, line: &Line) {
        self.write_levels(line);
        let rest = line.levels.last().map_or(line.content, |level| level.0.end);
        self.scan.rewriting.copy(self.text, rest..line.content);
    }

    fn write_levels(&mut self, line: &Line) {
        let mut from = None;
        for (quotes, (space, width)) in line.levels.iter().enumerate() {
            let start = from.unwrap_or(space.start);
            let removed = self.removed(quotes).min(*width);
            if removed == 0 {
                self.scan.rewriting.copy(self.text, start..space.end);
            } else {
                self.scan.rewriting.copy(self.text, start..space.start);
                self.write_moved(space, removed);
            }
            from = Some(space.end);
        }
    }

    /// Copies white space but for its first columns; a tab that is cut becomes spaces.
    fn write_moved(&mut self, space: &Range<usize>, removed: usize) {
        let mut column = 0;
        for (at, byte) in self.text[space.clone()].bytes().enumerate() {
            column += if byte == b'\t' { 4 - column % 4 } else { 1 };
            if column >= removed {
                let place = space.start + at + 1;
                self.scan
                    .rewriting
                    .insert(&" ".repeat(column - removed), place);
                self.scan.rewriting.copy(self.text, place..space.end);
                return;
            }
        }
    }

    /// What must stand before a further line at the place of this one, in the rewritten text.
    fn prefix(&self, line: &Line) -> String {
        let mut prefix = String::new();
        for (quotes, (_, width)) in line.levels.iter().enumerate() {
            let is_last = quotes == line.quotes();
            let width = if is_last { line.column } else { *width };
            prefix.push_str(&" ".repeat(width.saturating_sub(self.removed(quotes))));
            if !is_last {
                prefix.push('>');
            }
        }
        prefix
    }
}
