//! Weaves calls that count into the text of a template: one into each loop and component, one before
//! each filter, one after each value that is kept, one around each value that is written where its
//! length would not be seen. Where templates are measured, the use of one by another stands between
//! two calls that look at the clock. What the template writes stays as it was.

use std::ops::Range;

/// A template with the calls that count woven in.
pub(super) struct Guarded {
    /// The text for the engine.
    pub(super) text: String,
    /// What was put in: where it ends in the new text, and how long it is.
    inserted: Vec<(usize, usize)>,
}

impl Guarded {
    /// The place in the text as it was written of a place in the text for the engine.
    pub(super) fn original(&self, at: usize) -> usize {
        let mut shift = 0;
        for (end, length) in &self.inserted {
            if *end <= at {
                shift += length;
            } else {
                // Within what was put in it is the place where that was done.
                return at.min(end - length) - shift;
            }
        }
        at - shift
    }
}

/// Functions that hand on what is there anyway, so that to keep it costs nothing.
const HANDLES: [&str; 5] = [
    "get_page(",
    "get_section(",
    "get_taxonomy(",
    "get_taxonomy_term(",
    "load_data(",
];

/// Which calls are woven in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Woven {
    /// Those that bound what a template costs.
    Costs,
    /// Those that tell how long it takes.
    Times,
    /// All of them.
    Both,
}

/// Weaves the calls in.
pub(super) fn weave(source: &str, woven: Woven) -> Guarded {
    let mut weaver = Weaver {
        source,
        woven,
        done: 0,
        guarded: Guarded {
            text: String::with_capacity(source.len() * 5 / 4),
            inserted: Vec::new(),
        },
        extends: false,
        blocks: 0,
        components: 0,
        captures: Vec::new(),
    };
    weaver.weave();
    weaver.guarded
}

struct Weaver<'a> {
    source: &'a str,
    woven: Woven,
    done: usize,
    guarded: Guarded,
    extends: bool,
    blocks: usize,
    components: usize,
    /// What is being captured, by the name it will have, if it will have one.
    captures: Vec<Option<&'a str>>,
}

impl<'a> Weaver<'a> {
    fn weave(&mut self) {
        let source = self.source;
        let mut at = 0;
        while let Some(open) = source[at..].find('{').map(|below| at + below) {
            at = match source.as_bytes().get(open + 1) {
                Some(b'#') => source[open..]
                    .find("#}")
                    .map_or(source.len(), |end| open + end + 2),
                Some(b'%') => match end_of(source, open + 2, b'%') {
                    Some(end) => self.tag(open, end),
                    None => break,
                },
                Some(b'{') => match end_of(source, open + 2, b'}') {
                    Some(end) => self.expression(open, end),
                    None => break,
                },
                _ => open + 1,
            };
        }
        self.copy(source.len());
    }

    fn copy(&mut self, to: usize) {
        self.guarded.text.push_str(&self.source[self.done..to]);
        self.done = to;
    }

    fn insert(&mut self, at: usize, text: &str) {
        self.copy(at);
        self.guarded.text.push_str(text);
        let end = self.guarded.text.len();
        self.guarded.inserted.push((end, text.len()));
    }

    /// A call that counts, after a tag.
    fn after(&mut self, end: usize, call: &str) {
        if self.woven != Woven::Times {
            self.insert_after(end, call);
        }
    }

    /// A call that counts, before a tag.
    fn before(&mut self, open: usize, call: &str) {
        if self.woven != Woven::Times {
            self.insert_before(open, call);
        }
    }

    /// A call after a tag: white space that the tag takes away behind itself must still go.
    fn insert_after(&mut self, end: usize, call: &str) {
        let dash = if self.source[..end - 2].ends_with('-') {
            "-"
        } else {
            ""
        };
        self.insert(end, &format!("{{{{ {call} {dash}}}}}"));
    }

    /// A call before a tag, likewise.
    fn insert_before(&mut self, open: usize, call: &str) {
        let dash = if self.source[open + 2..].starts_with('-') {
            "-"
        } else {
            ""
        };
        self.insert(open, &format!("{{{{{dash} {call} }}}}"));
    }

    fn tag(&mut self, open: usize, end: usize) -> usize {
        let source = self.source;
        let inner = source[open + 2..end - 2].trim_matches('-').trim();
        let word_end = inner.find(|c: char| !c.is_alphanumeric() && c != '_');
        let (word, rest) = inner.split_at(word_end.unwrap_or(inner.len()));
        let component = word.is_empty() && rest.starts_with('<') && !rest.starts_with("</");
        if word == "include" || component {
            self.before(open, "__call()");
        }
        if component {
            self.begins(open, rest, true);
        } else if word == "include" {
            self.begins(open, rest, false);
            self.ends(end);
        } else if word.is_empty() && rest.starts_with("</") {
            self.ends(end);
        }
        self.tolls(open + 2..end - 2);
        match word {
            "raw" => return end_of_raw(source, end),
            "extends" => self.extends = true,
            "for" => self.after(end, "__turn()"),
            "component" => {
                self.components += 1;
                self.after(end, "__turn()");
            }
            "endcomponent" => self.components = self.components.saturating_sub(1),
            "block" => self.blocks += 1,
            "endblock" => self.blocks = self.blocks.saturating_sub(1),
            "set" | "set_global" => {
                let rest = rest.trim_start();
                let name_end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                let (name, rest) = rest.split_at(name_end.unwrap_or(rest.len()));
                match rest.trim_start().strip_prefix('=') {
                    Some(value) if is_handle(value) => {}
                    Some(_) => self.hold(end, Some(name)),
                    None => self.captures.push(Some(name)),
                }
            }
            "endset" => {
                let name = self.captures.pop().flatten();
                self.hold(end, name);
            }
            "filter" => self.captures.push(None),
            "endfilter" => {
                self.captures.pop();
            }
            "" if rest.starts_with("</") => {
                self.captures.pop();
            }
            "" if component => self.captures.push(None),
            _ => {}
        }
        end
    }

    /// Whether no text may stand here: outside of its blocks a template that extends another may
    /// hold none.
    fn is_outside(&self) -> bool {
        self.extends && self.blocks == 0 && self.components == 0
    }

    /// The use of another template begins: an include, of which the rest of the tag begins with a
    /// quoted name, or a component, of which it begins with `<` and a name.
    fn begins(&mut self, open: usize, rest: &str, is_component: bool) {
        if self.woven == Woven::Costs || self.is_outside() {
            return;
        }
        let rest = rest.trim_start().trim_start_matches(['<', '"', '\'', '`']);
        let name: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || "_-./".contains(*c))
            .collect();
        let name = name.trim_end_matches('/');
        self.insert_before(
            open,
            &format!("__began(name=\"{name}\", component={is_component})"),
        );
    }

    /// The use of another template ends.
    fn ends(&mut self, end: usize) {
        if self.woven != Woven::Costs && !self.is_outside() {
            self.insert_after(end, "__ended()");
        }
    }

    fn hold(&mut self, end: usize, name: Option<&'a str>) {
        let outside = self.is_outside();
        if let Some(name) = name.filter(|name| !name.is_empty() && !outside) {
            self.after(end, &format!("__hold(value={name})"));
        }
    }

    fn expression(&mut self, open: usize, end: usize) -> usize {
        let inner = &self.source[open + 2..end - 2];
        let lead = usize::from(inner.starts_with('-'));
        let tail = usize::from(inner.len() > lead && inner.ends_with('-'));
        let value = inner[lead..inner.len() - tail].trim();
        if value.starts_with('<') {
            self.before(open, "__call()");
            self.begins(open, value, true);
            self.tolls(open + 2..end - 2);
            self.ends(end);
        } else if self.woven == Woven::Times {
            // What is only measured is written as it stands.
        } else if !value.is_empty() && !value.starts_with("super(") {
            let unseen = !self.extends || self.components > 0 || !self.captures.is_empty();
            let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
            if unseen && value.chars().all(plain) {
                // What is not there is told best by the engine, at the name that is wrong.
                self.after(end, &format!("__spent(value={value})"));
            } else if unseen {
                self.insert(open + 2 + lead, "(");
                self.tolls(open + 2..end - 2);
                self.insert(end - 2 - tail, ") | __spend ");
            } else {
                self.tolls(open + 2..end - 2);
            }
        }
        end
    }

    /// A call before each filter, whose work follows the length of what it is given.
    fn tolls(&mut self, range: Range<usize>) {
        if self.woven == Woven::Times {
            return;
        }
        let source = self.source;
        let bytes = source.as_bytes();
        let mut at = range.start;
        while at < range.end {
            match bytes[at] {
                quote @ (b'"' | b'\'' | b'`') => {
                    at += 1;
                    while at < range.end && bytes[at] != quote {
                        at += if bytes[at] == b'\\' { 2 } else { 1 };
                    }
                }
                // What is not there is allowed before this filter alone.
                b'|' if !source[at + 1..].trim_start().starts_with("default") => {
                    self.insert(at + 1, " __toll |");
                }
                _ => {}
            }
            at += 1;
        }
    }
}

/// Whether a value is what one of those functions gives, or a part of it.
fn is_handle(value: &str) -> bool {
    let value = value.trim();
    HANDLES.iter().any(|name| value.starts_with(name)) && !value.contains(['|', '~', '[', '{'])
}

/// Where a tag ends, behind its closing mark. Marks within quotes and braces do not close it.
fn end_of(source: &str, from: usize, mark: u8) -> Option<usize> {
    let bytes = source.as_bytes();
    let (mut at, mut depth) = (from, 0usize);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'' | b'`') => {
                at += 1;
                while *bytes.get(at)? != quote {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            byte if byte == mark && depth == 0 && bytes.get(at + 1) == Some(&b'}') => {
                return Some(at + 2);
            }
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where a stretch of text that is no template ends, at the tag that ends it.
fn end_of_raw(source: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(open) = source[at..].find("{%").map(|below| at + below) {
        let inner = source[open + 2..].trim_start_matches('-').trim_start();
        if inner.starts_with("endraw") {
            return open + 2;
        }
        at = open + 2;
    }
    source.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_again() {
        let source = "{% for i in items %}{% include 'x' %}{{ i }}{% endfor %}{{ wrong }}";
        for woven in [Woven::Costs, Woven::Times, Woven::Both] {
            let guarded = weave(source, woven);
            let at = guarded.text.find("wrong").unwrap();
            assert_eq!(guarded.original(at), source.find("wrong").unwrap());
        }
    }

    #[test]
    fn a_use_stands_between_two_looks_at_the_clock() {
        let source = "{%- include 'a/b.html' -%} {{ <c x={1}/> }}{% <d> %}t{% </d> %}";
        assert_eq!(
            weave(source, Woven::Times).text,
            "{{- __began(name=\"a/b.html\", component=false) }}{%- include 'a/b.html' -%}{{ __ended() -}} \
             {{ __began(name=\"c\", component=true) }}{{ <c x={1}/> }}{{ __ended() }}\
             {{ __began(name=\"d\", component=true) }}{% <d> %}t{% </d> %}{{ __ended() }}"
        );
    }
}
