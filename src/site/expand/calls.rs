//! Finding calls in a text: what stands between double braces, and the lines that include.
//!
//! A call is recognised here and carried out elsewhere.

use std::ops::Range;

/// Something to be put in the place of its span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call<'a> {
    pub(super) kind: CallKind<'a>,
    /// The bytes it stands in.
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallKind<'a> {
    /// A call after a backslash, or in Hugo's comment marks: shown as it is, the marks left out.
    Escaped(String),
    /// A file, with the lines or the region that are wanted of it.
    Include { file: &'a str, part: String },
    /// `{{< ref "…" >}}`.
    Reference(&'a str),
    /// `{{#title …}}` of mdBook and comments: nothing is shown.
    Nothing,
    /// `{{ name }}`.
    Variable(&'a str),
    /// A shortcode is opened, or stands alone.
    Open(Shortcode<'a>),
    /// A shortcode is closed.
    Close(&'a str),
    /// Of no dialect that is known here.
    Unknown(&'a str),
}

/// A shortcode as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shortcode<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: &'a str,
    pub(super) dialect: Dialect,
    /// Whether it ends in `/`: it stands alone for certain.
    pub(super) closed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `{{< name a="b" >}}` and `{{% name a="b" %}}`.
    Hugo,
    /// `{{ name(a="b") }}`.
    ZolaInline,
    /// `{% name(a="b") %}`, closed by `{% end %}`.
    ZolaPaired,
}

/// Whether a text can hold a call at all.
pub(in crate::site) fn might_call(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'{', b'<', bytes).any(|at| {
        let rest = &bytes[at..];
        let begins = |mark: &str| rest.starts_with(mark.as_bytes());
        match bytes[at] {
            b'{' => begins("{{") || begins("{%"),
            _ => {
                let snippet = begins("<--") && bytes[..at].ends_with(b"--8");
                let comment = begins("<!--@include") || begins("<!-- @include");
                snippet || comment || begins("<<< ")
            }
        }
    })
}

/// The next call at or after `at`. `in_code` says whether a byte is code, where only includes and
/// variables count.
pub(super) fn next_call<'a>(
    text: &'a str,
    mut at: usize,
    in_code: &dyn Fn(usize) -> bool,
) -> Option<Call<'a>> {
    while at < text.len() {
        let found = text[at..]
            .find(['{', '-', '<', ';'])
            .map(|found| at + found)?;
        let read = match text.as_bytes()[found] {
            b'{' => braces(text, found, in_code),
            _ => line_call(text, found, in_code),
        };
        if read.is_some() {
            return read;
        }
        at = found + 1;
    }
    None
}

fn braces<'a>(text: &'a str, open: usize, in_code: &dyn Fn(usize) -> bool) -> Option<Call<'a>> {
    let rest = &text[open..];
    match rest.get(..3) {
        Some("{{#") => mdbook(text, open),
        Some("{{<") if !in_code(open) => hugo(text, open, "{{<", ">}}"),
        Some("{{%") if !in_code(open) => hugo(text, open, "{{%", "%}}"),
        Some(mark) if mark.starts_with("{{") => double(text, open, in_code(open)),
        Some(mark) if mark.starts_with("{%") && !in_code(open) => zola_paired(text, open),
        _ => None,
    }
}

fn call(kind: CallKind<'_>, start: usize, length: usize) -> Call<'_> {
    Call {
        kind,
        span: start..start + length,
    }
}

fn is_escaped(text: &str, open: usize) -> bool {
    text[..open].ends_with('\\')
}

/// The text between `open` and `close` in one line, and the length of the whole.
fn between<'a>(text: &'a str, open: usize, mark: &str, close: &str) -> Option<(&'a str, usize)> {
    let rest = &text[open + mark.len()..];
    let end = rest.find(close)?;
    Some((&rest[..end], mark.len() + end + close.len()))
}

fn mdbook(text: &str, open: usize) -> Option<Call<'_>> {
    let (inner, length) = between(text, open, "{{#", "}}")?;
    if inner.contains('\n') {
        return None;
    }
    if is_escaped(text, open) {
        let shown = text[open..open + length].to_owned();
        return Some(call(CallKind::Escaped(shown), open, length));
    }
    let inner = inner.trim();
    let (name, argument) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let kind = match name {
        "include" | "rustdoc_include" | "playground" => {
            let target = argument.split_whitespace().next().unwrap_or("");
            let (file, part) = target.split_once(':').unwrap_or((target, ""));
            let part = part.to_owned();
            CallKind::Include { file, part }
        }
        "title" => CallKind::Nothing,
        name if is_name(name) => CallKind::Unknown(inner),
        _ => return None,
    };
    Some(call(kind, open, length))
}

fn hugo<'a>(text: &'a str, open: usize, mark: &str, close: &str) -> Option<Call<'a>> {
    let (inner, length) = between(text, open, mark, close)?;
    if let Some(shown) = inner.trim().strip_prefix("/*") {
        let shown = shown.trim_end_matches("*/");
        let shown = format!("{mark}{shown}{close}");
        return Some(call(CallKind::Escaped(shown), open, length));
    }
    if is_escaped(text, open) {
        let shown = text[open..open + length].to_owned();
        return Some(call(CallKind::Escaped(shown), open, length));
    }
    let inner = inner.trim();
    if let Some(name) = inner.strip_prefix('/') {
        return Some(call(CallKind::Close(name.trim()), open, length));
    }
    let end = inner
        .find(|c: char| c.is_whitespace())
        .unwrap_or(inner.len());
    let (name, arguments) = inner.split_at(end);
    let kind = match name {
        "ref" | "relref" => CallKind::Reference(arguments.trim().trim_matches(['"', '`'])),
        name => {
            let plain = arguments.trim().trim_end_matches('/');
            CallKind::Open(Shortcode {
                name: name.trim_end_matches('/'),
                arguments: plain,
                dialect: Dialect::Hugo,
                closed: inner.ends_with('/'),
            })
        }
    };
    Some(call(kind, open, length))
}

/// `{{ name }}`, or `{{ name(a="b") }}`.
fn double(text: &str, open: usize, in_code: bool) -> Option<Call<'_>> {
    let (inner, length) = between(text, open, "{{", "}}")?;
    let inner = inner.trim();
    if let Some(name) = inner
        .strip_suffix(')')
        .and_then(|inner| inner.split_once('('))
    {
        let (name, arguments) = name;
        if in_code || !is_name(name) {
            return None;
        }
        let kind = match is_escaped(text, open) {
            true => CallKind::Escaped(text[open..open + length].to_owned()),
            false => CallKind::Open(Shortcode {
                name,
                arguments,
                dialect: Dialect::ZolaInline,
                closed: true,
            }),
        };
        return Some(call(kind, open, length));
    }
    let dotted = !inner.is_empty() && inner.split('.').all(is_name);
    dotted.then(|| call(CallKind::Variable(inner), open, length))
}

fn zola_paired(text: &str, open: usize) -> Option<Call<'_>> {
    let (inner, length) = between(text, open, "{%", "%}")?;
    let inner = inner.trim_matches('-').trim();
    if inner == "end" {
        return Some(call(CallKind::Close("end"), open, length));
    }
    let (name, arguments) = inner.strip_suffix(')')?.split_once('(')?;
    if !is_name(name.trim()) {
        return None;
    }
    let kind = match is_escaped(text, open) {
        true => CallKind::Escaped(text[open..open + length].to_owned()),
        false => CallKind::Open(Shortcode {
            name: name.trim(),
            arguments,
            dialect: Dialect::ZolaPaired,
            closed: false,
        }),
    };
    Some(call(kind, open, length))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || "_-".contains(c))
}

/// Dialects whose includes are a line of their own.
fn line_call<'a>(text: &'a str, at: usize, in_code: &dyn Fn(usize) -> bool) -> Option<Call<'a>> {
    let rest = &text[at..];
    let line_start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let alone = text[line_start..at].trim().is_empty();
    let line = rest.split('\n').next().unwrap_or("").trim_end();
    if let Some(inner) = line.strip_prefix("<!--").filter(|_| !in_code(at)) {
        let inner = inner
            .strip_suffix("-->")?
            .trim()
            .strip_prefix("@include:")?;
        let (file, part) = braced_part(inner.trim());
        return Some(call(CallKind::Include { file, part }, at, line.len()));
    }
    if !alone {
        return None;
    }
    if let Some(shown) = line
        .strip_prefix(';')
        .filter(|line| line.starts_with("--8<--"))
    {
        return Some(call(CallKind::Escaped(shown.to_owned()), at, line.len()));
    }
    if let Some(inner) = line.strip_prefix("--8<--") {
        let name = inner.trim().strip_prefix(['"', '\''])?;
        let name = name.strip_suffix(['"', '\''])?;
        let (file, part) = name.split_once(':').unwrap_or((name, ""));
        let part = part.to_owned();
        return Some(call(CallKind::Include { file, part }, at, line.len()));
    }
    let inner = line.strip_prefix("<<< ").filter(|_| !in_code(at))?;
    let (file, part) = braced_part(inner.trim());
    let file = file.strip_prefix('@').unwrap_or(file);
    let known = file.starts_with(['/', '.']) && file.contains('.');
    known.then(|| call(CallKind::Include { file, part }, at, line.len()))
}

/// Lines in braces, `{2,10}`, and a region after `#`, as `VitePress` writes them.
fn braced_part(written: &str) -> (&str, String) {
    let (file, lines) = match written.split_once('{') {
        Some((file, lines)) => (file, lines.trim_end_matches('}')),
        None => (written, ""),
    };
    let (file, region) = file.split_once('#').unwrap_or((file, ""));
    let lines = match lines.split_once([',', '-']) {
        Some((from, to)) => format!("{}:{}", from.trim(), to.trim()),
        None => lines.trim().to_owned(),
    };
    let part = if region.is_empty() {
        lines
    } else {
        region.to_owned()
    };
    (file.trim(), part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, expected: &str) {
        let shown = match next_call(text, 0, &|_| false).map(|call| call.kind) {
            None => "none".to_owned(),
            Some(CallKind::Escaped(shown)) => format!("escaped {shown}"),
            Some(CallKind::Include { file, part }) => format!("include {file} | {part}"),
            Some(CallKind::Reference(to)) => format!("ref {to}"),
            Some(CallKind::Nothing) => "nothing".to_owned(),
            Some(CallKind::Variable(name)) => format!("variable {name}"),
            Some(CallKind::Open(code)) => format!("open {} | {}", code.name, code.arguments),
            Some(CallKind::Close(name)) => format!("close {name}"),
            Some(CallKind::Unknown(name)) => format!("unknown {name}"),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn includes_of_four_dialects() {
        case("{{#include a.rs:2:5}}", "include a.rs | 2:5");
        case("{{#rustdoc_include a.rs:main}}", "include a.rs | main");
        case("--8<-- \"a.md:2:5\"", "include a.md | 2:5");
        case("<!--@include: ./a.md{2,5}-->", "include ./a.md | 2:5");
        case("<!-- @include: ./a.md -->", "include ./a.md | ");
        case("<<< @/a.js{2-4}", "include /a.js | 2:4");
        case("<<< ./a.js#part", "include ./a.js | part");
    }

    #[test]
    fn shortcodes_of_two_dialects() {
        case("{{< note a=\"b\" >}}", "open note | a=\"b\"");
        case("{{% note %}}", "open note | ");
        case("{{< br />}}", "open br | ");
        case("{{< /note >}}", "close note");
        case("{{ note(a=1) }}", "open note | a=1");
        case("{% note() %}", "open note | ");
        case("{% end %}", "close end");
        case("{{< ref \"b.md\" >}}", "ref b.md");
    }

    #[test]
    fn what_is_shown_as_it_is() {
        case("\\{{#include a}}", "escaped {{#include a}}");
        case("{{</* note */>}}", "escaped {{< note >}}");
        case(";--8<-- \"a\"", "escaped --8<-- \"a\"");
    }

    #[test]
    fn plain_braces_are_text() {
        for text in [
            "{{",
            "{{ a b }}",
            "{% if x %}",
            "{{}}",
            "a -- b",
            "<<< x",
            "{{ }}",
            "{{#1}}",
        ] {
            case(text, "none");
        }
        case("{{ version }}", "variable version");
        case("{{ project.title }}", "variable project.title");
    }
}
