//! Attribute lists: `{#id .class key=value}`, also with the colon of kramdown and Python-Markdown.

/// What an author wants on an element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The id.
    pub id: Option<String>,
    /// The classes, in order.
    pub classes: Vec<String>,
    /// Everything else, in order. What of it is safe is the renderer's question.
    pub pairs: Vec<(String, String)>,
}

impl Attributes {
    /// Reads what stands between the braces. Anything that is no attribute makes it plain text,
    /// so that `{x}` and `{ a, b }` in a sentence stay what they are.
    pub fn read(inner: &str) -> Option<Self> {
        let inner = inner.strip_prefix(':').unwrap_or(inner).trim();
        let mut found = Self::default();
        let mut rest = inner;
        while !rest.is_empty() {
            rest = found.take(rest)?.trim_start();
        }
        (!found.is_empty()).then_some(found)
    }

    /// Reads a list that begins `text`, braces and all; gives its length too.
    pub fn prefix(text: &str) -> Option<(Self, usize)> {
        let inner = text.strip_prefix('{')?;
        let end = closing_brace(inner)?;
        Some((Self::read(&inner[..end])?, end + 2))
    }

    /// Reads a list that ends `text`; gives the place where it begins.
    pub fn suffix(text: &str) -> Option<(Self, usize)> {
        let trimmed = text.trim_end();
        if !trimmed.ends_with('}') {
            return None;
        }
        let start = trimmed.rfind('{')?;
        let (found, length) = Self::prefix(&trimmed[start..])?;
        (start + length == trimmed.len()).then_some((found, start))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.id.is_none() && self.classes.is_empty() && self.pairs.is_empty()
    }

    /// The value of a pair.
    pub fn get(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// Adds what another list says; an id that is there already stays.
    pub fn join(&mut self, other: Self) {
        self.id = self.id.take().or(other.id);
        self.classes.extend(other.classes);
        self.pairs.extend(other.pairs);
    }

    /// Takes the first attribute off `text` and gives the rest.
    fn take<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let word = |text: &'t str| {
            let end = text.find(|c: char| c.is_whitespace() || "{}\"'<>=#".contains(c));
            text.split_at(end.unwrap_or(text.len()))
        };
        if let Some(rest) = text.strip_prefix('#') {
            let (id, rest) = word(rest);
            self.id = Some(id.to_owned());
            return (!id.is_empty()).then_some(rest);
        }
        if let Some(rest) = text.strip_prefix('.') {
            let end = rest.find(|c: char| c.is_whitespace() || "{}\"'<>=#.".contains(c));
            let (class, rest) = rest.split_at(end.unwrap_or(rest.len()));
            self.classes.push(class.to_owned());
            return (!class.is_empty()).then_some(rest);
        }
        let end = text.find('=')?;
        let name = &text[..end];
        let good = |c: char| c.is_ascii_alphanumeric() || "-_:.".contains(c);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(good) {
            return None;
        }
        let value = &text[end + 1..];
        let (value, rest) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote)?,
            _ => word(value),
        };
        match name {
            "id" => self.id = Some(value.to_owned()),
            "class" => self
                .classes
                .extend(value.split_whitespace().map(str::to_owned)),
            _ => self
                .pairs
                .push((name.to_ascii_lowercase(), value.to_owned())),
        }
        Some(rest)
    }
}

/// The brace that closes a list, outside quotes and on the same line.
fn closing_brace(inner: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in inner.bytes().enumerate() {
        match (quote, byte) {
            (None, b'}') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            (_, b'\n') | (None, b'{') => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(found: &Attributes) -> String {
        let id = found.id.iter().map(|id| format!("#{id}"));
        let classes = found.classes.iter().map(|class| format!(".{class}"));
        let pairs = found
            .pairs
            .iter()
            .map(|(key, value)| format!("{key}={value}"));
        id.chain(classes).chain(pairs).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn case(inner: &str, expected: &str) {
        let found = Attributes::read(inner).map(|found| shown(&found));
        assert_eq!(found.as_deref().unwrap_or("-"), expected);
    }

    #[test]
    fn every_dialect_is_read() {
        case("#a .b .c d=e", "#a .b .c d=e");
        case(": .b #a", "#a .b");
        case(":.md-button", ".md-button");
        case(
            " .a.b width=\"30 px\" Title='x y'",
            ".a .b width=30 px title=x y",
        );
        case("class=\"a b\" id=c", "#c .a .b");
        case("#fig:tides-1", "#fig:tides-1");
    }

    #[test]
    fn a_sentence_in_braces_stays_text() {
        for text in [
            "", ":", "x", "a, b", "#", ".", "=", "a==b c", "1=2", "a=\"b", ".a {",
        ] {
            case(text, "-");
        }
    }

    #[test]
    fn lists_are_found_at_both_ends() {
        assert_eq!(Attributes::prefix("{.a} b").map(|found| found.1), Some(4));
        assert_eq!(
            Attributes::prefix("{t=\"}\"}").map(|found| found.1),
            Some(7)
        );
        assert_eq!(Attributes::suffix("b {.a} ").map(|found| found.1), Some(2));
        assert!(Attributes::suffix("b {.a} c").is_none());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a{}#.:=\"' \\nä]{0,30}") {
            if let Some((_, length)) = Attributes::prefix(&text) {
                prop_assert!(text.is_char_boundary(length));
            }
            if let Some((_, start)) = Attributes::suffix(&text) {
                prop_assert!(text.is_char_boundary(start));
            }
        }
    }
}
