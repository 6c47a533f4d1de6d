//! What a shortcode is called with: `a="b" c=1` of Hugo, `a="b", c=1` of Zola, and values alone.

use serde_json::{Map, Number, Value};

/// The arguments of a call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Arguments {
    pub(super) named: Map<String, Value>,
    pub(super) positional: Vec<Value>,
}

impl Arguments {
    pub(super) fn read(written: &str) -> Self {
        let mut found = Self::default();
        let mut rest = written;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            if rest.is_empty() {
                return found;
            }
            let name = rest
                .find(|c: char| !(c.is_alphanumeric() || "_-".contains(c)))
                .unwrap_or(rest.len());
            let after = rest[name..].trim_start();
            if name > 0 && after.starts_with('=') {
                let (value, left) = value(after[1..].trim_start());
                found.named.insert(rest[..name].to_owned(), value);
                rest = left;
            } else {
                let (value, left) = value(rest);
                found.positional.push(value);
                rest = left;
            }
        }
    }

    /// A named argument, or the one at a place, as text.
    pub(super) fn text(&self, name: &str, place: usize) -> Option<String> {
        let value = self.named.get(name).or_else(|| {
            let free = self.named.is_empty();
            self.positional.get(place).filter(|_| free)
        })?;
        Some(match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }
}

/// The value at the beginning of `text`, and what follows it. At least one character is taken.
fn value(text: &str) -> (Value, &str) {
    let Some(first) = text.chars().next() else {
        return (Value::String(String::new()), "");
    };
    if "\"'`".contains(first) {
        let (text, rest) = quoted(&text[1..], first);
        return (Value::String(text), rest);
    }
    if first == '[' {
        return list(&text[1..]);
    }
    let bare = |c: char| c.is_whitespace() || c == ',' || c == ']';
    let end = text.find(bare).unwrap_or(text.len()).max(first.len_utf8());
    (typed(&text[..end]), &text[end..])
}

/// A flat list: a list inside a list is text.
fn list(text: &str) -> (Value, &str) {
    let mut values = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        match rest.chars().next() {
            None => return (Value::Array(values), ""),
            Some(']') => return (Value::Array(values), &rest[1..]),
            Some('[') => {
                values.push(Value::String("[".to_owned()));
                rest = &rest[1..];
            }
            Some(_) => {
                let (found, left) = value(rest);
                values.push(found);
                rest = left;
            }
        }
    }
}

fn quoted(text: &str, quote: char) -> (String, &str) {
    let mut out = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            // Backquotes quote everything, as in Go.
            '\\' if quote != '`' => match letters.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, escaped)) => out.push(escaped),
                None => {}
            },
            _ if letter == quote => return (out, &text[at + 1..]),
            _ => out.push(letter),
        }
    }
    (out, "")
}

fn typed(text: &str) -> Value {
    match text {
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        _ => {}
    }
    let whole = text.parse::<i64>().ok().map(Number::from);
    let decimal = || {
        let plain = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let value = text.parse::<f64>().ok().filter(|_| plain)?;
        Number::from_f64(value)
    };
    match whole.or_else(decimal) {
        Some(number) => Value::Number(number),
        None => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(written: &str, named: &str, positional: &str) {
        let found = Arguments::read(written);
        let shown = serde_json::to_string(&found.named).unwrap();
        let places = serde_json::to_string(&found.positional).unwrap();
        assert_eq!((shown.as_str(), places.as_str()), (named, positional));
    }

    #[test]
    fn both_dialects() {
        case("", "{}", "[]");
        case(
            r#"a="b c" d=1 e=true"#,
            r#"{"a":"b c","d":1,"e":true}"#,
            "[]",
        );
        case(r#"a='b', d=[1, "x"]"#, r#"{"a":"b","d":[1,"x"]}"#, "[]");
        case(r#""abc" 7 plain"#, "{}", r#"["abc",7,"plain"]"#);
        case(r#"a="say \"hi\"""#, r#"{"a":"say \"hi\""}"#, "[]");
    }

    proptest! {
        #[test]
        fn no_text_panics_or_runs_on(text in "[a-z=\"'`,\\[\\] \\\\é0-9.-]{0,40}") {
            Arguments::read(&text);
        }
    }
}
