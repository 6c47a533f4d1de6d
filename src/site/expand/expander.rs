//! From a page as written to the text that is read as Markdown: every call is carried out in order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::markdown::{code_spans, cuts};
use crate::site::expand::arguments::Arguments;
use crate::site::expand::builtin::{built_in, holds_code, holds_nothing};
use crate::site::expand::calls::{Call, CallKind, Dialect, Shortcode, might_call, next_call};
use crate::site::expand::dialects::find_dialects;
use crate::site::expand::include::{Included, find};
use crate::site::expand::shortcodes::{MAX_ARGUMENTS, Output, Shortcodes};
use crate::site::expand::text::{Expanded, Fault, FaultKind, Origin, Writer};
use crate::site::expand::variables::Variables;
use crate::site_path::SitePath;
use crate::template::begin_page;

/// How deep includes and shortcodes may stand inside each other.
const MAX_DEPTH: usize = 8;
/// How large a page may grow, in bytes.
const MAX_SIZE: usize = 16 << 20;
/// How much a page may read of other files, in bytes: a few lines of a large one are read again for
/// each call, and what stands too deep is read and left out.
const MAX_READ: usize = 64 << 20;
/// What a file costs to read beside its bytes.
const EACH_READ: usize = 8 << 10;

/// What the calls of a page may reach.
#[derive(Clone, Copy)]
pub(in crate::site) struct Surroundings<'a> {
    /// Files of the project.
    pub read: &'a dyn Fn(&SitePath) -> Option<Arc<str>>,
    /// The content folder.
    pub content: &'a SitePath,
    /// The project's shortcodes.
    pub shortcodes: &'a Shortcodes,
    /// What names stand for.
    pub variables: &'a Variables<'a>,
}

/// Expands the body of a page; `text` is the whole file, `body` where the body begins.
pub(in crate::site) fn expand(
    path: &SitePath,
    text: Arc<str>,
    body: usize,
    around: Surroundings<'_>,
) -> Expanded {
    let mut expander = Expander {
        page: path,
        around,
        writer: Writer::default(),
        included: Vec::new(),
        faults: Vec::new(),
        files: vec![path.clone()],
        depth: 0,
        outermost: None,
        changed: false,
        read: 0,
    };
    let cuts = cuts(&text, body);
    if !cuts.is_empty() || might_call(&text[body..]) {
        find_dialects(&text, body, &mut expander.faults);
        begin_page();
        let source = Source {
            cuts,
            ..Source::new(path.clone(), &text, None, body)
        };
        expander.writer.insert(&text[..body], &None, 0);
        expander.emit(&source, body..text.len());
    }
    let (text, parts) = match expander.changed {
        true => (expander.writer.out.into(), expander.writer.parts),
        false => (text, Vec::new()),
    };
    Expanded {
        text,
        parts,
        included: expander.included,
        faults: expander.faults,
    }
}

/// A text that is being expanded.
struct Source<'t> {
    path: SitePath,
    text: &'t str,
    origin: Origin,
    code: Vec<Range<usize>>,
    /// What is taken out of it, in order.
    cuts: Vec<Range<usize>>,
    /// Whether all of it is code: it is no Markdown, or is shown in a fence.
    all_code: bool,
}

impl<'t> Source<'t> {
    fn new(path: SitePath, text: &'t str, origin: Origin, body: usize) -> Self {
        let mut code = code_spans(&text[body..]);
        for span in &mut code {
            *span = span.start + body..span.end + body;
        }
        Self {
            path,
            text,
            origin,
            code,
            cuts: Vec::new(),
            all_code: false,
        }
    }

    fn is_code(&self, at: usize) -> bool {
        self.all_code || {
            let after = self.code.partition_point(|span| span.start <= at);
            after > 0 && at < self.code[after - 1].end
        }
    }

    /// The calls of a part of the text, and for each that opens a pair the place of its end.
    fn calls(&self, range: Range<usize>) -> Vec<(Call<'t>, Option<usize>)> {
        let text = &self.text[..range.end];
        let mut calls = Vec::new();
        let mut at = range.start;
        let first = self.cuts.partition_point(|cut| cut.start < range.start);
        let mut cuts = self.cuts[first..].iter().peekable();
        let next = |at| next_call(text, at, &|at| self.is_code(at));
        let mut call = next(at);
        loop {
            let from = call.as_ref().map_or(range.end, |call| call.span.start);
            if let Some(span) = cuts.next_if(|cut| cut.start <= from && cut.end <= range.end) {
                if at <= span.start {
                    at = span.end;
                    let (kind, span) = (CallKind::Nothing, span.clone());
                    calls.push((Call { kind, span }, None));
                    if call.as_ref().is_some_and(|call| call.span.start < at) {
                        call = next(at);
                    }
                }
            } else if let Some(found) = call {
                at = found.span.end;
                calls.push((found, None));
                call = next(at);
            } else {
                break;
            }
        }
        let mut open: Vec<(&str, usize)> = Vec::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for index in 0..calls.len() {
            match &calls[index].0.kind {
                CallKind::Open(code) if !code.closed => {
                    let name = match code.dialect {
                        Dialect::ZolaPaired => "end",
                        _ => code.name,
                    };
                    open.push((name, index));
                    *counts.entry(name).or_default() += 1;
                }
                CallKind::Close(name) if counts.get(name).is_some_and(|count| *count > 0) => {
                    // What stands between and was not closed stands alone.
                    while let Some((found, start)) = open.pop() {
                        *counts.entry(found).or_default() -= 1;
                        if found == *name {
                            calls[start].1 = Some(index);
                            break;
                        }
                    }
                }
                _ => {}
            }
        }
        calls
    }
}

struct Expander<'a> {
    page: &'a SitePath,
    around: Surroundings<'a>,
    writer: Writer,
    included: Vec<SitePath>,
    faults: Vec<Fault>,
    /// The files that are being included.
    files: Vec<SitePath>,
    depth: usize,
    /// The call in the page itself that everything below comes from.
    outermost: Option<Range<usize>>,
    changed: bool,
    /// How much was read of other files.
    read: usize,
}

impl Expander<'_> {
    fn fault(&mut self, kind: FaultKind, name: &str, span: &Range<usize>) {
        let span = self.outermost.clone().unwrap_or_else(|| span.clone());
        let name = name.to_owned();
        let fault = Fault { kind, name, span };
        if self.faults.last() != Some(&fault) {
            self.faults.push(fault);
        }
    }

    fn emit(&mut self, source: &Source<'_>, range: Range<usize>) {
        let calls = source.calls(range.clone());
        let mut done = range.start;
        let mut index = 0;
        while let Some((call, pair)) = calls.get(index) {
            index += 1;
            if self.writer.out.len() > MAX_SIZE {
                self.fault(FaultKind::IncludeTooDeep, source.path.as_str(), &call.span);
                break;
            }
            let Some(action) = self.action(source, call) else {
                continue;
            };
            self.changed = true;
            let text = &source.text[done..call.span.start];
            self.writer.insert(text, &source.origin, done);
            done = call.span.end;
            let is_outermost = self.outermost.is_none();
            if is_outermost {
                self.outermost = Some(call.span.clone());
            }
            match action {
                Action::Nothing => {}
                Action::Escaped(shown) => {
                    if self.writer.out.ends_with('\\') {
                        self.writer.take_back();
                    }
                    self.writer.insert(&shown, &source.origin, call.span.start);
                }
                Action::Text(text) => self.writer.insert(&text, &source.origin, call.span.start),
                Action::Include(included) => self.include(source, call, included),
                Action::Shortcode(code) => {
                    let end = pair.map(|pair| calls[pair].0.span.clone());
                    let place = Place::of(source.text, &call.span, end.clone());
                    self.shortcode(source, code, place);
                    if let (Some(end), Some(pair)) = (end, *pair) {
                        done = end.end;
                        index = pair + 1;
                    }
                }
            }
            if is_outermost {
                self.outermost = None;
            }
        }
        self.writer
            .insert(&source.text[done..range.end], &source.origin, done);
    }

    /// What a call asks for; none if it is text after all.
    fn action<'t>(&mut self, source: &Source<'t>, call: &Call<'t>) -> Option<Action<'t>> {
        let in_code = source.is_code(call.span.start);
        let escaped = source.text[..call.span.start].ends_with('\\');
        Some(match &call.kind {
            CallKind::Escaped(shown) => Action::Escaped(shown.clone()),
            CallKind::Reference(to) => Action::Text((*to).to_owned()),
            CallKind::Variable(name) => {
                let value = self.around.variables.get(name, in_code)?;
                match escaped {
                    true => Action::Escaped(source.text[call.span.clone()].to_owned()),
                    false => Action::Text(value),
                }
            }
            CallKind::Include { .. } if self.read > MAX_READ => Action::Nothing,
            CallKind::Include { file, part } => {
                self.read += EACH_READ;
                match find(
                    &source.path,
                    self.around.content,
                    (file, part),
                    self.around.read,
                ) {
                    Ok(included) => {
                        self.read += included.text.len();
                        if self.read > MAX_READ {
                            // Once is enough: every call that follows is left out.
                            self.fault(FaultKind::IncludeTooDeep, file, &call.span);
                            return Some(Action::Nothing);
                        }
                        Action::Include(included)
                    }
                    Err((kind, path)) => {
                        let name = match (kind, &path) {
                            (FaultKind::IncludeMissing, Some(path)) => path.to_string(),
                            _ if part.is_empty() => (*file).to_owned(),
                            _ => format!("{file}:{part}"),
                        };
                        self.fault(kind, &name, &call.span);
                        self.included.extend(path);
                        Action::Nothing
                    }
                }
            }
            CallKind::Open(code) => {
                let known = self.around.shortcodes.file(code.name).is_some()
                    || built_in(code.name, &Arguments::default()).is_some()
                    || ["param", "gist", "x", "tweet", "twitter"].contains(&code.name);
                match (known, code.dialect) {
                    (true, _) => Action::Shortcode(*code),
                    (false, Dialect::Hugo) => {
                        self.fault(FaultKind::Unknown, code.name, &call.span);
                        Action::Nothing
                    }
                    // A call of another template language, shown as an example.
                    (false, _) => return None,
                }
            }
            CallKind::Close("end") => return None,
            CallKind::Nothing | CallKind::Close(_) => Action::Nothing,
            CallKind::Unknown(name) => {
                self.fault(FaultKind::Unknown, name, &call.span);
                Action::Nothing
            }
        })
    }

    fn include(&mut self, source: &Source<'_>, call: &Call<'_>, included: Included) {
        let circle = self.files.contains(&included.path);
        if circle || self.depth >= MAX_DEPTH || included.text.len() > MAX_SIZE {
            self.fault(
                FaultKind::IncludeTooDeep,
                included.path.as_str(),
                &call.span,
            );
            return;
        }
        let place = Place::of(source.text, &call.span, None);
        let text = Arc::clone(&included.text);
        let origin = Some((included.path.clone(), Arc::clone(&text)));
        let markdown = crate::site::addresses::is_page(&included.path);
        let all_code = !markdown || source.is_code(call.span.start);
        let below = Source {
            cuts: match all_code {
                true => Vec::new(),
                false => cuts(&text, 0),
            },
            all_code,
            ..Source::new(included.path.clone(), &text, origin, 0)
        };
        self.included.push(included.path.clone());
        self.files.push(included.path);
        self.depth += 1;
        self.indented(&place.indent, |expander| {
            for range in included.ranges {
                expander.emit(&below, range);
            }
        });
        self.depth -= 1;
        self.files.pop();
    }

    fn shortcode(&mut self, source: &Source<'_>, code: Shortcode<'_>, place: Place) {
        let written = code
            .arguments
            .get(..MAX_ARGUMENTS)
            .unwrap_or(code.arguments);
        let arguments = Arguments::read(written);
        let variables = self.around.variables;
        if code.name == "param" {
            let name = arguments.text("name", 0).unwrap_or_default();
            match variables.param(&name) {
                Some(text) => self.writer.insert(&text, &source.origin, place.span.start),
                None => self.fault(FaultKind::Unknown, &format!("param {name}"), &place.span),
            }
            return;
        }
        let paired = place.inner.is_some();
        let file = self.around.shortcodes.file(code.name).cloned();
        let output = match file.is_some() {
            true => {
                let shortcodes = self.around.shortcodes;
                shortcodes.call(code.name, &arguments, variables, self.page, paired)
            }
            false => built_in(code.name, &arguments).ok_or("an argument is missing".to_owned()),
        };
        self.included.extend(file);
        let output = match output {
            Ok(output) => output,
            Err(message) => {
                let message = format!("`{}` {message}", code.name);
                return self.fault(FaultKind::Shortcode, &message, &place.span);
            }
        };
        let deep = self.depth >= MAX_DEPTH;
        if deep {
            self.fault(FaultKind::IncludeTooDeep, code.name, &place.span);
            return;
        }
        let needs = output.pieces.len() > 1 || self.around.shortcodes.needs_inner(code.name);
        if needs && !paired {
            self.fault(FaultKind::Unclosed, code.name, &place.span);
        }
        self.depth += 1;
        let indent = if place.alone {
            place.indent.clone()
        } else {
            String::new()
        };
        self.indented(&indent, |expander| {
            expander.pieces(source, code.name, &output, &place);
        });
        self.depth -= 1;
    }

    /// Writes the pieces of a shortcode with the text inside between them.
    fn pieces(&mut self, source: &Source<'_>, name: &str, output: &Output, place: &Place) {
        let (origin, start) = (&source.origin, place.span.start);
        for (at, piece) in output.pieces.iter().enumerate() {
            if at > 0
                && let Some(inner) = place.inner.clone().filter(|_| !holds_nothing(name))
            {
                let code = holds_code(name);
                if code {
                    let text = source.text[inner.clone()].trim_matches('\n');
                    self.writer.insert("\n", origin, start);
                    self.writer.insert(text, origin, inner.start);
                    self.writer.insert("\n", origin, start);
                } else if place.alone {
                    let text = &source.text[inner.clone()];
                    let first = inner.start + text.len() - text.trim_start_matches('\n').len();
                    self.writer.blank_line(origin, start);
                    self.emit(source, first.min(inner.end)..inner.end);
                    self.writer.blank_line(origin, start);
                } else {
                    self.emit(source, inner);
                }
            }
            self.writer.insert(piece, origin, start);
        }
        if place.alone {
            // A block of HTML goes on until a blank line.
            self.writer.insert("\n", origin, start);
        }
    }

    /// Writes what `write` writes with an indent before every line but the first.
    fn indented(&mut self, indent: &str, write: impl FnOnce(&mut Self)) {
        if indent.is_empty() {
            return write(self);
        }
        let outside = std::mem::take(&mut self.writer);
        write(self);
        let inside = std::mem::replace(&mut self.writer, outside);
        for part in &inside.parts {
            let mut at = part.start;
            for line in inside.out[part.range.clone()].split_inclusive('\n') {
                let filled = !line.trim().is_empty();
                if filled && self.writer.out.ends_with('\n') {
                    self.writer.insert(indent, &part.file, at);
                }
                self.writer.insert(line, &part.file, at);
                at += line.len();
            }
        }
    }
}

enum Action<'t> {
    Nothing,
    Escaped(String),
    Text(String),
    Include(Included),
    Shortcode(Shortcode<'t>),
}

/// Where a call stands in its text.
struct Place {
    span: Range<usize>,
    /// The text between a call and its end.
    inner: Option<Range<usize>>,
    /// Whether nothing else stands in its lines.
    alone: bool,
    /// The white space before it, if it is the first in its line.
    indent: String,
}

impl Place {
    fn of(text: &str, span: &Range<usize>, end: Option<Range<usize>>) -> Self {
        let line = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &text[line..span.start];
        let first = before.trim().is_empty();
        let last = end.as_ref().map_or(span.end, |end| end.end);
        let after = text[last..].split('\n').next().unwrap_or("");
        Self {
            span: span.clone(),
            inner: end.map(|end| span.end..end.start),
            alone: first && after.trim().is_empty(),
            indent: if first {
                before.to_owned()
            } else {
                String::new()
            },
        }
    }
}
