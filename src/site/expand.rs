//! What other generators put into Markdown before it is Markdown: mdBook's includes and Hugo's
//! references are resolved, everything else of that kind is named once and left out or left as it is.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Place, SourceText};
use crate::markdown::code_spans;
use crate::site_path::SitePath;

/// How deep includes may include.
const MAX_DEPTH: usize = 8;
/// How large a page may grow by its includes, in bytes.
const MAX_SIZE: usize = 16 << 20;

/// The text of a page with its includes in place, and where each part came from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expanded {
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
pub(super) struct Part {
    /// The bytes of the expanded text.
    pub range: Range<usize>,
    /// The file it came from; none for the page itself.
    pub file: Option<(SitePath, Arc<str>)>,
    /// Where in that file it begins.
    pub start: usize,
}

/// Something that could not be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// The name of the construct or of the file.
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
    /// A shortcode, macro or directive of another generator.
    Unknown,
}

/// Expands the body of a page; `text` is the whole file, `body` where the body begins.
pub(super) fn expand(
    path: &SitePath,
    text: Arc<str>,
    body: usize,
    read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
) -> Expanded {
    let mut found = Expanded {
        text: Arc::clone(&text),
        parts: Vec::new(),
        included: Vec::new(),
        faults: Vec::new(),
    };
    find_dialects(&text, body, &mut found.faults);
    if !text[body..].contains("{{") {
        return found;
    }
    let code = code_spans(&text[body..]);
    let in_code = |at: usize| {
        code.iter()
            .any(|span| span.start + body <= at && at < span.end + body)
    };
    let mut writer = Writer {
        out: String::with_capacity(text.len()),
        parts: Vec::new(),
    };
    let mut done = 0;
    let mut at = body;
    while let Some(open) = text[at..].find("{{").map(|open| at + open) {
        let Some(macro_) = Macro::read(&text, open, in_code(open)) else {
            at = open + 2;
            continue;
        };
        writer.own(&text, done..open);
        let span = open..macro_.end;
        match macro_.kind {
            MacroKind::Escaped(shown) => {
                // The backslash before it was written already; take it back.
                if writer.out.ends_with('\\') {
                    writer.out.pop();
                }
                writer.insert(shown, None, open);
            }
            MacroKind::Include(target) => {
                let mut stack = vec![path.clone()];
                let lines = include(path, target, &mut stack, read, &mut found, &span);
                for (line, file, start) in lines {
                    writer.insert(&line, file, start);
                }
            }
            MacroKind::Reference(target) => writer.insert(target, None, open),
            MacroKind::Unknown(name) => {
                let name = name.to_owned();
                found.faults.push(Fault {
                    kind: FaultKind::Unknown,
                    name,
                    span: span.clone(),
                });
            }
        }
        done = span.end;
        at = done;
    }
    if done > 0 {
        writer.own(&text, done..text.len());
        found.text = writer.out.into();
        found.parts = writer.parts;
    }
    found
}

/// Where a span of the expanded text stands.
pub(super) fn locate<'a>(
    path: &'a SitePath,
    file: &'a str,
    parts: &'a [Part],
    span: Range<usize>,
) -> (&'a SitePath, Place) {
    let part = parts.iter().rfind(|part| part.range.start <= span.start);
    let Some(part) = part else {
        return (path, SourceText::new(path, file).place(span));
    };
    let (path, text) = match &part.file {
        Some((path, text)) => (path, &**text),
        None => (path, file),
    };
    let start = part.start + (span.start - part.range.start).min(part.range.len());
    let length = span.end.min(part.range.end).saturating_sub(span.start);
    (
        path,
        SourceText::new(path, text).place(start..start + length),
    )
}

struct Writer {
    out: String,
    parts: Vec<Part>,
}

impl Writer {
    fn own(&mut self, text: &str, range: Range<usize>) {
        let start = range.start;
        self.insert(&text[range], None, start);
    }

    fn insert(&mut self, text: &str, file: Option<(SitePath, Arc<str>)>, start: usize) {
        let at = self.out.len();
        self.out.push_str(text);
        self.parts.push(Part {
            range: at..self.out.len(),
            file,
            start,
        });
    }
}

/// Something between double braces.
struct Macro<'a> {
    kind: MacroKind<'a>,
    end: usize,
}

enum MacroKind<'a> {
    /// `\{{#…}}`: shown as it is.
    Escaped(&'a str),
    /// `{{#include …}}`.
    Include(&'a str),
    /// `{{< ref "…" >}}`.
    Reference(&'a str),
    /// Anything else of these shapes.
    Unknown(&'a str),
}

impl<'a> Macro<'a> {
    fn read(text: &'a str, open: usize, in_code: bool) -> Option<Self> {
        let rest = &text[open..];
        if rest.starts_with("{{#") {
            let close = rest.find("}}")?;
            let inner = rest[3..close].trim();
            let end = open + close + 2;
            if inner.contains('\n') {
                return None;
            }
            if text[..open].ends_with('\\') {
                return Some(Self {
                    kind: MacroKind::Escaped(&rest[..close + 2]),
                    end,
                });
            }
            let (name, argument) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
            let kind = match name {
                "include" | "rustdoc_include" | "playground" => {
                    MacroKind::Include(argument.split_whitespace().next().unwrap_or(""))
                }
                // A page title set for mdBook alone; here the title comes from front matter.
                name if name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                    MacroKind::Unknown(inner)
                }
                _ => return None,
            };
            return Some(Self { kind, end });
        }
        let (open_mark, close_mark) = match rest.get(..3)? {
            "{{<" => ("{{<", ">}}"),
            "{{%" => ("{{%", "%}}"),
            _ => return None,
        };
        if in_code || rest[open_mark.len()..].starts_with("/*") {
            return None;
        }
        let close = rest.find(close_mark)?;
        let inner = rest[open_mark.len()..close].trim();
        let end = open + close + close_mark.len();
        let name = inner.split_whitespace().next().unwrap_or("");
        let kind = match name {
            "ref" | "relref" => {
                MacroKind::Reference(inner[name.len()..].trim().trim_matches(['"', '`']))
            }
            name => MacroKind::Unknown(name),
        };
        Some(Self { kind, end })
    }
}

type Lines = Vec<(String, Option<(SitePath, Arc<str>)>, usize)>;

/// Reads `file`, `file:from:to` or `file:region`, with the includes of that file.
fn include(
    from: &SitePath,
    target: &str,
    stack: &mut Vec<SitePath>,
    read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
    found: &mut Expanded,
    span: &Range<usize>,
) -> Lines {
    let mut fault = |kind, name: &str| {
        found.faults.push(Fault {
            kind,
            name: name.to_owned(),
            span: span.clone(),
        });
        Vec::new()
    };
    let (name, part) = target.split_once(':').unwrap_or((target, ""));
    let Ok(path) = from.resolve_beside(name) else {
        return fault(FaultKind::IncludeMissing, name);
    };
    let Some(text) = read(&path) else {
        let lines = fault(FaultKind::IncludeMissing, path.as_str());
        found.included.push(path);
        return lines;
    };
    if stack.contains(&path) || stack.len() > MAX_DEPTH || text.len() > MAX_SIZE {
        return fault(FaultKind::IncludeTooDeep, name);
    }
    let Some(ranges) = part_of(&text, part) else {
        return fault(FaultKind::IncludePartMissing, target);
    };
    found.included.push(path.clone());
    stack.push(path.clone());
    let file = Some((path.clone(), Arc::clone(&text)));
    let mut lines: Lines = Vec::new();
    for range in ranges {
        let mut done = range.start;
        while let Some(open) = text[done..range.end]
            .find("{{#include ")
            .map(|at| done + at)
        {
            let Some(close) = text[open..range.end].find("}}").map(|at| open + at) else {
                break;
            };
            lines.push((text[done..open].to_owned(), file.clone(), done));
            let nested = text[open + "{{#include ".len()..close].trim();
            lines.extend(include(&path, nested, stack, read, found, span));
            done = close + 2;
            if lines.iter().map(|(line, ..)| line.len()).sum::<usize>() > MAX_SIZE {
                let kind = FaultKind::IncludeTooDeep;
                found.faults.push(Fault {
                    kind,
                    name: name.to_owned(),
                    span: span.clone(),
                });
                break;
            }
        }
        lines.push((text[done..range.end].to_owned(), file.clone(), done));
    }
    stack.pop();
    // mdBook drops the last line break, so that the fence below stays on its own line.
    if let Some((last, ..)) = lines.last_mut() {
        let length = last.trim_end_matches(['\n', '\r']).len();
        last.truncate(length);
    }
    lines
}

/// The bytes of the lines that `part` names: all, a range counted from 1, or an `ANCHOR:` region.
fn part_of(text: &str, part: &str) -> Option<Vec<Range<usize>>> {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        lines.push(at..at + line.len());
        at += line.len();
    }
    let is_mark = |line: &Range<usize>| {
        let line = &text[line.clone()];
        line.contains("ANCHOR:") || line.contains("ANCHOR_END:")
    };
    if part.is_empty() {
        return Some(lines.into_iter().filter(|line| !is_mark(line)).collect());
    }
    if part.starts_with(|c: char| c.is_ascii_digit() || c == ':') {
        let (from, to) = part.split_once(':').unwrap_or((part, part));
        let from: usize = if from.is_empty() {
            1
        } else {
            from.parse().ok()?
        };
        let to: usize = if to.is_empty() {
            lines.len()
        } else {
            to.parse().ok()?
        };
        let range = from.checked_sub(1)?..to.min(lines.len());
        return lines.get(range).map(<[_]>::to_vec);
    }
    let names = |line: &Range<usize>, mark: &str| {
        let line = text[line.clone()].trim_end();
        line.find(mark)
            .is_some_and(|at| line[at + mark.len()..].trim() == part)
    };
    let first = lines.iter().position(|line| names(line, "ANCHOR:"))? + 1;
    let last = lines[first..]
        .iter()
        .position(|line| names(line, "ANCHOR_END:"));
    let last = last.map_or(lines.len(), |last| first + last);
    Some(
        lines[first..last]
            .iter()
            .filter(|line| !is_mark(line))
            .cloned()
            .collect(),
    )
}

/// Line-wise dialects that are text to CommonMark, each named at its first place.
fn find_dialects(text: &str, body: usize, faults: &mut Vec<Fault>) {
    let dialect = |line: &str| -> Option<&'static str> {
        let line = line.trim_start();
        match line {
            _ if line.starts_with("!!! ")
                || line.starts_with("??? ")
                || line.starts_with("???+ ") =>
            {
                Some("!!! (admonition)")
            }
            _ if line.starts_with("=== \"") => Some("=== (tabs)"),
            _ if line.starts_with(":::") && line.len() > 3 => Some("::: (container)"),
            _ if line.starts_with("{% ") || line.starts_with("{%- ") => Some("{% %} (Liquid tag)"),
            _ => None,
        }
    };
    let mut found: Vec<(&str, Range<usize>)> = Vec::new();
    let mut at = body;
    for line in text[body..].split_inclusive('\n') {
        found.extend(dialect(line).map(|name| (name, at..at + line.trim_end().len())));
        at += line.len();
    }
    if found.is_empty() {
        return;
    }
    let code = code_spans(&text[body..]);
    let in_code = |at: usize| {
        let mut code = code.iter();
        code.any(|span| span.start + body <= at && at < span.end + body)
    };
    let mut first: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    for (name, span) in found.into_iter().filter(|(_, span)| !in_code(span.start)) {
        first.entry(name).or_insert(span);
    }
    faults.extend(first.into_iter().map(|(name, span)| Fault {
        kind: FaultKind::Unknown,
        name: name.to_owned(),
        span,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Expanded {
        let read = |path: &SitePath| match path.as_str() {
            "src/code.rs" => Some("one\n// ANCHOR: two\ntwo\n// ANCHOR_END: two\nthree\n".into()),
            "src/loop.md" => Some("a {{#include loop.md}}\n".into()),
            "src/nested.md" => Some("n {{#include code.rs:1}} m\n".into()),
            _ => None,
        };
        expand(&SitePath::parse("src/a.md").unwrap(), text.into(), 0, &read)
    }

    #[track_caller]
    fn case(text: &str, expected: &str) {
        assert_eq!(&*run(text).text, expected);
    }

    #[test]
    fn includes_are_put_in_place() {
        case(
            "```\n{{#include code.rs}}\n```\n",
            "```\none\ntwo\nthree\n```\n",
        );
        case("{{#include code.rs:two}}", "two");
        case(
            "{{#include code.rs:3}} {{#rustdoc_include code.rs:5:}}",
            "two three",
        );
        case("{{#include nested.md}}", "n one m");
        case("\\{{#include x}}", "{{#include x}}");
    }

    #[test]
    fn references_become_paths() {
        case("[a]({{< ref \"b.md\" >}})", "[a](b.md)");
        case("`{{< ref \"b.md\" >}}`", "`{{< ref \"b.md\" >}}`");
    }

    #[test]
    fn faults_are_named() {
        let fault = |text: &str, kind, name: &str| {
            let found = &run(text).faults[0];
            assert_eq!((found.kind, found.name.as_str()), (kind, name));
        };
        fault(
            "{{#include gone.md}}",
            FaultKind::IncludeMissing,
            "src/gone.md",
        );
        fault(
            "{{#include ../../etc}}",
            FaultKind::IncludeMissing,
            "../../etc",
        );
        fault("{{#include loop.md}}", FaultKind::IncludeTooDeep, "loop.md");
        fault(
            "{{#include code.rs:gone}}",
            FaultKind::IncludePartMissing,
            "code.rs:gone",
        );
        fault("x {{< youtube abc >}} y", FaultKind::Unknown, "youtube");
        fault("!!! note\n    x\n", FaultKind::Unknown, "!!! (admonition)");
        assert_eq!(run("```\n!!! note\n```\n").faults, []);
        let after = run("```\n!!! note\n```\n\n!!! note\n").faults;
        assert_eq!((after.len(), after[0].span.start), (1, 18));
    }

    #[test]
    fn places_lead_back_to_the_file() {
        let path = SitePath::parse("src/a.md").unwrap();
        let text = "x\n{{#include code.rs}}\ny z\n";
        let expanded = run(text);
        let at = expanded.text.find("three").unwrap();
        let (file, place) = locate(&path, text, &expanded.parts, at..at + 5);
        assert_eq!(
            (file.as_str(), place.line, place.column),
            ("src/code.rs", 5, 1)
        );
        let at = expanded.text.find('z').unwrap();
        let (file, place) = locate(&path, text, &expanded.parts, at..at + 1);
        assert_eq!(
            (file.as_str(), place.line, place.column),
            ("src/a.md", 3, 3)
        );
    }
}
