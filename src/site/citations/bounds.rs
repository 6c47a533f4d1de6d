//! What is refused of a file of works before the engine reads it, which follows every name and every
//! bracket as deep as they go: nesting, names that lead to themselves, and texts that grow.

use std::collections::BTreeMap;

/// How long a file of works may be, in bytes.
const LONGEST: usize = 4 << 20;
/// How long all texts may be once names stand for what they mean, in bytes.
const LONGEST_MEANT: u64 = 64 << 20;
/// How deep brackets and names may lead.
const DEEPEST: usize = 50;
/// How far a line of YAML may be indented; two columns open one or two levels.
const WIDEST: usize = 100;

/// Why a file in BibLaTeX is not read.
pub(super) fn refused_bib(text: &str) -> Option<&'static str> {
    let mut bib = Bib {
        rest: text,
        ..Bib::default()
    };
    if text.len() > LONGEST {
        return Some("it has more than 4 MiB");
    }
    // The engine tells what is wrong with a file that cannot be read, and follows no name in it.
    while let Some(at) = bib.rest.find(['@', '%']) {
        bib.skip(at);
        match bib.rest.starts_with('%') {
            true => bib.comment(),
            false => bib.entry()?,
        }
        if bib.fault.is_some() {
            return bib.fault;
        }
    }
    let meant = weigh(&bib.texts).and_then(|texts| Some(texts.max(weigh(&bib.works)?)));
    match meant {
        None => Some("a name in it leads to itself, or to too many others"),
        Some(bytes) if bytes > LONGEST_MEANT => Some("its names stand for too much text"),
        Some(_) => None,
    }
}

/// Why a file in YAML is not read.
pub(super) fn refused_yaml(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST {
        return Some("it has more than 4 MiB");
    }
    let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
    let indent =
        |line: &str| line.len() - line.trim_start_matches([' ', '\t', '-', '?', ':']).len();
    let mut depth = 0_usize;
    for line in lines {
        for c in line.chars() {
            match c {
                '[' | '{' => depth += 1,
                ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                return Some("it is nested too deeply");
            }
        }
        if indent(line) > WIDEST {
            return Some("it is nested too deeply");
        }
    }
    None
}

/// What names stand for: how long their own text is, and the names in it.
type Names = BTreeMap<String, (u64, Vec<String>)>;

/// How long all texts are once every name is what it stands for; nothing if one leads to itself or
/// too deep.
fn weigh(names: &Names) -> Option<u64> {
    fn one(
        name: &str,
        names: &Names,
        known: &mut BTreeMap<String, (u64, usize)>,
        depth: usize,
    ) -> Option<(u64, usize)> {
        if let Some(found) = known.get(name) {
            return Some(*found);
        }
        let Some((own, inner)) = names.get(name) else {
            return Some((0, 0));
        };
        if depth > DEEPEST {
            return None;
        }
        let (mut weight, mut height) = (*own, 0);
        for name in inner {
            let (more, below) = one(name, names, known, depth + 1)?;
            weight = weight.saturating_add(more);
            height = height.max(below + 1);
        }
        if height > DEEPEST {
            return None;
        }
        known.insert(name.to_owned(), (weight, height));
        Some((weight, height))
    }
    let mut known = BTreeMap::new();
    names.keys().try_fold(0_u64, |sum, name| {
        Some(sum.saturating_add(one(name, names, &mut known, 0)?.0))
    })
}

/// A reader of BibLaTeX that understands as little as it must. Each step gives nothing where the file
/// breaks the rules of the engine.
#[derive(Default)]
struct Bib<'t> {
    rest: &'t str,
    /// What `@string` gives names to, and the fields of every work.
    texts: Names,
    /// Works, and those that they take fields from.
    works: Names,
    fault: Option<&'static str>,
}

/// A part of a value.
enum Part<'t> {
    Text(&'t str),
    Name(&'t str),
}

impl<'t> Bib<'t> {
    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or("");
    }

    /// Takes what a rule holds for.
    fn take(&mut self, good: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !good(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn space(&mut self) {
        self.take(char::is_whitespace);
    }

    fn comment(&mut self) {
        self.space();
        if self.rest.starts_with('%') {
            self.take(|c| c != '\n');
        }
    }

    fn one_of(&mut self, letters: &[char]) -> Option<()> {
        self.rest = self.rest.strip_prefix(letters)?;
        Some(())
    }

    fn word(&mut self) -> Option<&'t str> {
        let word =
            self.take(|c| !"@{}\"#'(),=%\\~".contains(c) && !c.is_control() && !c.is_whitespace());
        Some(word).filter(|word| !word.is_empty())
    }

    fn entry(&mut self) -> Option<()> {
        self.one_of(&['@'])?;
        let kind = self.word()?.to_ascii_lowercase();
        self.space();
        self.one_of(&['{', '"'])?;
        self.space();
        match kind.as_str() {
            "string" => {
                for (name, value) in self.fields()? {
                    let text = described(&value);
                    self.texts.insert(name.to_owned(), text);
                }
            }
            "preamble" => {
                self.quoted()?;
            }
            "comment" => {
                self.take(|c| c != '}');
            }
            _ => {
                let key =
                    self.take(|c| !matches!(c, ',' | '}') && !c.is_control() && !c.is_whitespace());
                self.space();
                self.one_of(&[','])?;
                self.comment();
                self.space();
                let fields = self.fields()?;
                self.work(key, &fields);
            }
        }
        self.space();
        self.one_of(&['}', '"'])
    }

    fn work(&mut self, key: &str, fields: &[(&'t str, Vec<Part<'t>>)]) {
        let key = folded(key);
        let (mut own, mut names, mut from) = (0, Vec::new(), Vec::new());
        for (name, value) in fields {
            let (bytes, inner) = described(value);
            own += bytes;
            names.extend(inner);
            let name = name.to_ascii_lowercase();
            if !["crossref", "xdata", "ids"].contains(&name.as_str()) {
                continue;
            }
            let [Part::Text(text)] = value.as_slice() else {
                self.fault = Some("a `crossref`, `xdata` or `ids` in it is no plain key in braces");
                return;
            };
            if text.contains(['\\', '$']) {
                self.fault = Some("a `crossref`, `xdata` or `ids` in it is no plain key in braces");
                return;
            }
            for other in text.split(',').map(folded) {
                match name.as_str() {
                    "ids" if other == key => {}
                    "ids" => self.works.entry(other).or_default().1.push(key.clone()),
                    _ => from.push(other),
                }
            }
        }
        // No name of a text has an at sign.
        let id = format!("@{}", self.texts.len());
        self.texts.insert(id, (own, names));
        let work = self.works.entry(key).or_default();
        work.0 += own;
        work.1.extend(from);
    }

    fn fields(&mut self) -> Option<Vec<(&'t str, Vec<Part<'t>>)>> {
        let mut fields = Vec::new();
        loop {
            self.space();
            if self.rest.starts_with('}') {
                return Some(fields);
            }
            let name = self.word()?;
            self.space();
            self.one_of(&['='])?;
            fields.push((name, self.value()?));
            self.comment();
            self.space();
            if !self.rest.starts_with('}') {
                self.one_of(&[','])?;
                self.comment();
            }
        }
    }

    fn value(&mut self) -> Option<Vec<Part<'t>>> {
        let mut parts = Vec::new();
        loop {
            self.space();
            parts.push(match self.rest.chars().next()? {
                '{' => Part::Text(self.braced()?),
                '"' => Part::Text(self.quoted()?),
                c if c.is_ascii_digit() => {
                    Part::Text(self.take(|c| c.is_ascii_digit() || c == '.'))
                }
                _ => Part::Name(self.word()?),
            });
            if let Some(Part::Text(text)) = parts.last() {
                self.look_into(text);
            }
            self.space();
            if self.one_of(&['#']).is_none() {
                return Some(parts);
            }
        }
    }

    fn look_into(&mut self, text: &str) {
        let (mut depth, mut is_escaped) = (0_usize, false);
        for c in text.chars() {
            match c {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                self.fault = Some("it is nested too deeply");
                return;
            }
        }
    }

    fn braced(&mut self) -> Option<&'t str> {
        self.enclosed(|c, depth| match c {
            '{' => depth + 1,
            '}' => depth - 1,
            _ => depth,
        })
    }

    fn quoted(&mut self) -> Option<&'t str> {
        if !self.rest.starts_with('"') {
            return None;
        }
        self.enclosed(|c, depth| match c {
            '"' => 1 - depth,
            _ => depth,
        })
    }

    /// What stands between two marks; the count of those that are open ends at none.
    fn enclosed(&mut self, open: impl Fn(char, usize) -> usize) -> Option<&'t str> {
        let (mut depth, mut is_escaped) = (0, false);
        for (at, c) in self.rest.char_indices() {
            match c {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                _ => depth = open(c, depth),
            }
            if depth == 0 {
                let text = self.rest.get(1..at);
                self.skip(at + c.len_utf8());
                return text;
            }
        }
        None
    }
}

fn described(value: &[Part<'_>]) -> (u64, Vec<String>) {
    let mut names = Vec::new();
    let mut bytes = 0;
    for part in value {
        match part {
            Part::Text(text) => bytes += text.len() as u64,
            Part::Name(name) => names.push((*name).to_owned()),
        }
    }
    (bytes, names)
}

/// A key without what the engine may change in it.
fn folded(key: &str) -> String {
    let stays = |c: &char| !"-–—{}~".contains(*c) && !c.is_whitespace();
    key.chars().filter(stays).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn works_as_people_write_them_are_read() {
        let text = "% a comment {{{\n@string{low = \"Low\" # { Press}}\n\
            @string{both = low # \" \" # low}\n\
            @book{a, title = {The {Tide} \\{}, year = 1984, publisher = both}\n\
            @inbook{b-1, crossref = {a}, xdata = \"c, d\", month = jan, % here\n note = {x}}\n\
            @comment{anything} @xdata{c, xdata = {d}} @xdata{d, note = {n},}\n";
        assert_eq!(refused_bib(text), None);
        assert_eq!(refused_bib("@book{a, title = {open"), None);
        assert_eq!(refused_yaml("a:\n  - [x, {y: z}]\n"), None);
    }

    #[test]
    fn names_that_lead_to_themselves_are_refused() {
        for text in [
            "@string{a = b} @string{b = a} @book{k, title = a}",
            "@string{a = a}",
            "@book{a, crossref = {b}} @book{b, crossref = {a}}",
            "@book{a, CrossRef = \"a\"}",
            "@xdata{a, xdata = {c,b}} @xdata{b, xdata = {a}}",
            "@book{a, ids = {z}, xdata = {b}} @book{b, xdata = {z}}",
            "@book{x, title = {@x{y, }}, crossref = {x}}",
            "@book{a, crossref = {\\a}}",
        ] {
            assert!(refused_bib(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_grows_or_is_nested_is_refused() {
        let mut grows = "@string{a0 = {0123456789}}\n".to_owned();
        for at in 1..40 {
            let before = at - 1;
            let _ = writeln!(grows, "@string{{a{at} = a{before} # a{before}}}");
        }
        assert!(refused_bib(&grows).is_some());
        let deep = |open: &str, close: &str, n| format!("{}{}", open.repeat(n), close.repeat(n));
        let title = |n| format!("@book{{a, title = {}}}", deep("{", "}", n));
        assert_eq!(refused_bib(&title(40)), None);
        assert!(refused_bib(&title(200_000)).is_some());
        assert!(refused_yaml(&deep("[", "]", 20_000)).is_some());
        assert!(refused_yaml(&"- ".repeat(20_000)).is_some());
        assert!(refused_yaml(&"a\n".repeat(LONGEST)).is_some());
        assert!(refused_bib(&"a\n".repeat(LONGEST)).is_some());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[@a={}\"#%,\\\\ é1]{0,60}") {
            let _ = (refused_bib(&text), refused_yaml(&text));
        }
    }
}
