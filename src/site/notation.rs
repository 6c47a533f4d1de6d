//! Tables of values as authors write them: YAML, TOML or JSON, in a file of their own or in front of
//! a page's text. It knows notations and no keys.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// The notation that values are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    Yaml,
    Toml,
    Json,
}

/// Front matter and the bytes around it.
pub(super) struct Block {
    pub(super) notation: Notation,
    pub(super) inner: Range<usize>,
    pub(super) body: usize,
}

/// A table, or what is wrong and where.
pub(super) type Parsed = Result<BTreeMap<String, Value>, (String, Range<usize>)>;

impl Notation {
    /// The notation of a file, by its extension.
    pub(super) fn of(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "yml" | "yaml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Reads any value.
    pub(super) fn parse_value(self, text: &str) -> Result<Value, (String, Range<usize>)> {
        match self {
            Self::Yaml => from_yaml::<Option<Value>>(text).map(Option::unwrap_or_default),
            Self::Toml => parse_toml(text).map(|table| table.into_iter().collect()),
            Self::Json => from_json(text),
        }
    }

    /// Reads a table.
    pub(super) fn parse(self, text: &str) -> Parsed {
        match self {
            Self::Yaml => parse_yaml(text),
            Self::Toml => parse_toml(text),
            Self::Json => parse_json(text),
        }
    }
}

/// Finds the front matter of a page.
pub(super) fn find_block(text: &str) -> Option<Block> {
    let start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let rest = &text[start..];
    if rest.starts_with('{') && rest[1..].trim_start().starts_with(['"', '}']) {
        return find_json(text, start);
    }
    let notation = match rest.get(..3)? {
        "---" => Notation::Yaml,
        "+++" => Notation::Toml,
        _ => return None,
    };
    let fence = &rest[..3];
    let mut at = start;
    let mut inner = None;
    for line in rest.split_inclusive('\n') {
        let end = at + line.len();
        let closes =
            line.trim_end() == fence || (notation == Notation::Yaml && line.trim_end() == "...");
        match inner {
            None if line.trim_end() != fence => return None,
            None => inner = Some(end),
            Some(first) if closes => {
                return Some(Block {
                    notation,
                    inner: first..at,
                    body: end,
                });
            }
            Some(_) => {}
        }
        at = end;
    }
    None
}

fn find_json(text: &str, start: usize) -> Option<Block> {
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
    let end = match values.next()? {
        Ok(_) => start + values.byte_offset(),
        // A broken object still ends where a line holds nothing but its bracket.
        Err(_) => start + text[start..].find("\n}").map(|at| at + 2)?,
    };
    let line = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    text[end..line].trim().is_empty().then_some(Block {
        notation: Notation::Json,
        inner: start..end,
        body: line,
    })
}

fn parse_yaml(text: &str) -> Parsed {
    if text.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    from_yaml::<Option<BTreeMap<String, Value>>>(text).map(Option::unwrap_or_default)
}

fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, (String, Range<usize>)> {
    // YAML 1.2: `slug: y` and `country: no` are texts, not truths.
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options::<T>(text, options).map_err(|error| {
        let line = error.location().map_or(1, |place| place.line() as usize);
        let before = text.split_inclusive('\n').take(line.saturating_sub(1));
        let at: usize = before.map(str::len).sum();
        let length = text[at..].lines().next().map_or(0, str::len);
        let message = error.without_snippet().to_string();
        // What follows is advice for programmers, and a place that is given apart.
        let message = message.lines().next().unwrap_or_default();
        let message = message.split(", set ").next().unwrap_or_default();
        let message = message.split(" at line ").next().unwrap_or_default();
        (message.to_owned(), at..at + length)
    })
}

fn parse_toml(text: &str) -> Parsed {
    let table: toml::Table = toml::from_str(text)
        .map_err(|error| (error.message().to_owned(), error.span().unwrap_or(0..0)))?;
    Ok(table
        .into_iter()
        .map(|(key, value)| (key, from_toml(value)))
        .collect())
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Array(items) => items.into_iter().map(from_toml).collect(),
        toml::Value::Table(table) => Value::Object(
            table
                .into_iter()
                .map(|(key, value)| (key, from_toml(value)))
                .collect(),
        ),
    }
}

fn parse_json(text: &str) -> Parsed {
    from_json(text)
}

/// Reads lines of values under the names that the first line gives them.
pub(super) fn parse_csv(text: &str) -> Result<Value, (String, Range<usize>)> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let fault = |error: &csv::Error| {
        let at = error.position().map_or(0, |place| place.byte() as usize);
        let at = at.min(text.len());
        let length = text
            .get(at..)
            .and_then(|rest| rest.lines().next())
            .map_or(0, str::len);
        let message = match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => {
                format!("the line has {len} values, and the first has {expected_len}")
            }
            _ => "the line cannot be read".to_owned(),
        };
        (message, at..at + length)
    };
    let names = reader.headers().map_err(|error| fault(&error))?.clone();
    let mut lines = Vec::new();
    for line in reader.records() {
        let line = line.map_err(|error| fault(&error))?;
        let values = names.iter().zip(&line);
        let values = values.map(|(name, value)| (name.to_owned(), Value::from(value)));
        lines.push(values.collect());
    }
    Ok(Value::Array(lines))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, (String, Range<usize>)> {
    serde_json::from_str(text).map_err(|error| {
        let lines = text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1));
        let at: usize = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        let message = error.to_string();
        let message = message
            .split(" at line")
            .next()
            .unwrap_or("broken JSON")
            .to_owned();
        (message, at..at + 1)
    })
}
