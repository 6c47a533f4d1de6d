//! What a page says about itself before its text: YAML between `---`, TOML between `+++`, or a
//! JSON object. A fault is reported with its place and the rest of the page still counts.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::site::date::Date;

/// What a page says about itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrontMatter {
    /// The title.
    pub title: Option<String>,
    /// One sentence about the page.
    pub description: Option<String>,
    /// When it was, or will be, published.
    pub date: Option<Date>,
    /// When it was last changed, in the author's view.
    pub updated: Option<Date>,
    /// When it stops being true.
    pub expires: Option<Date>,
    /// Whether it is not finished.
    pub draft: bool,
    /// Its place among its neighbours; light pages come first.
    pub weight: Option<i64>,
    /// The last part of its route.
    pub slug: Option<String>,
    /// Routes it had before.
    pub aliases: Vec<String>,
    /// What it is about.
    pub tags: Vec<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Its language (BCP 47), if not the project's.
    pub language: Option<String>,
    /// A picture that stands for it.
    pub image: Option<String>,
    /// Whether the search of the site leaves it out.
    pub hidden_from_search: bool,
    /// Words that are right on this page.
    pub words: Vec<String>,
    /// Everything else, as written.
    pub extra: BTreeMap<String, Value>,
}

/// The notation that front matter is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notation {
    Yaml,
    Toml,
    Json,
}

/// Front matter and the bytes around it.
struct Block {
    notation: Notation,
    inner: Range<usize>,
    body: usize,
}

/// Reads the front matter of a file. Returns it, the place where the body begins, and its faults.
pub(super) fn read_front_matter(
    source: &SourceText<'_>,
    text: &str,
) -> (FrontMatter, usize, Vec<Diagnostic>) {
    let Some(block) = find_block(text) else {
        let bom = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        return (FrontMatter::default(), bom, Vec::new());
    };
    let written = &text[block.inner.clone()];
    let values = match block.notation {
        Notation::Yaml => parse_yaml(written),
        Notation::Toml => parse_toml(written),
        Notation::Json => parse_json(written),
    };
    match values {
        Ok(values) => {
            let mut reader = FieldReader {
                source,
                written,
                start: block.inner.start,
                diagnostics: Vec::new(),
            };
            let front = reader.read(values);
            (front, block.body, reader.diagnostics)
        }
        Err((message, span)) => {
            let span = block.inner.start + span.start..block.inner.start + span.end;
            let found = source
                .diagnostic("front-matter-syntax", Severity::Error, span, message)
                .help("the page is built as if it had no front matter");
            (FrontMatter::default(), block.body, vec![found])
        }
    }
}

fn find_block(text: &str) -> Option<Block> {
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

type Parsed = Result<BTreeMap<String, Value>, (String, Range<usize>)>;

fn parse_yaml(text: &str) -> Parsed {
    if text.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    // YAML 1.2: `slug: y` and `country: no` are texts, not truths.
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options::<Option<BTreeMap<String, Value>>>(text, options)
        .map(Option::unwrap_or_default)
        .map_err(|error| {
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

struct FieldReader<'a> {
    source: &'a SourceText<'a>,
    written: &'a str,
    start: usize,
    diagnostics: Vec<Diagnostic>,
}

impl FieldReader<'_> {
    fn read(&mut self, values: BTreeMap<String, Value>) -> FrontMatter {
        let mut front = FrontMatter::default();
        for (key, value) in values {
            // Other generators spell some keys differently; their authors should not have to care.
            match key.to_ascii_lowercase().as_str() {
                _ if value.is_null() => {}
                "title" => front.title = self.text(&key, &value),
                "description" | "summary" => {
                    if let Some(text) = self.text(&key, &value) {
                        front.description.get_or_insert(text);
                    }
                }
                "date" => front.date = self.date(&key, &value),
                "updated" | "lastmod" => front.updated = self.date(&key, &value),
                "expires" | "expirydate" => front.expires = self.date(&key, &value),
                "draft" => front.draft = self.truth(&key, &value),
                "weight" => front.weight = self.number(&key, &value),
                "slug" => {
                    front.slug = self
                        .text(&key, &value)
                        .filter(|slug| !slug.trim().is_empty());
                }
                "aliases" => front.aliases = self.list(&key, &value),
                "tags" => front.tags = self.list(&key, &value),
                "author" | "authors" => front.authors = self.list(&key, &value),
                "lang" | "language" => front.language = self.text(&key, &value),
                "image" => front.image = value.as_str().map(str::to_owned),
                "search" | "in_search_index" => {
                    front.hidden_from_search = !self.truth(&key, &value);
                }
                "words" => front.words = self.list(&key, &value),
                _ => {
                    front.extra.insert(key, value);
                }
            }
        }
        front
    }

    fn text(&mut self, key: &str, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => self.fault(key, "text", "write it in quotes"),
        }
    }

    fn truth(&mut self, key: &str, value: &Value) -> bool {
        match value {
            Value::Bool(truth) => *truth,
            _ => self
                .fault(key, "true or false", "write it without quotes")
                .unwrap_or(false),
        }
    }

    fn number(&mut self, key: &str, value: &Value) -> Option<i64> {
        match value.as_i64() {
            Some(number) => Some(number),
            None => self.fault(key, "a whole number", "write it without quotes"),
        }
    }

    fn date(&mut self, key: &str, value: &Value) -> Option<Date> {
        match value.as_str().and_then(Date::parse) {
            Some(date) => Some(date),
            None => self.fault(
                key,
                "a date",
                "write it as 2026-03-01 or 2026-03-01T12:00:00Z",
            ),
        }
    }

    /// A list of texts; one text is a list of one, and a table with a `name` stands for its name.
    fn list(&mut self, key: &str, value: &Value) -> Vec<String> {
        let one = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Object(table) => table.get("name").and_then(Value::as_str).map(str::to_owned),
            _ => None,
        };
        let items: Option<Vec<String>> = match value {
            Value::Array(items) => items.iter().map(one).collect(),
            value => one(value).map(|text| vec![text]),
        };
        items
            .or_else(|| self.fault(key, "a list of texts", "write it as [\"one\", \"two\"]"))
            .unwrap_or_default()
    }

    fn fault<T>(&mut self, key: &str, expected: &str, help: &str) -> Option<T> {
        let span = self.place_of(key);
        let message = format!("`{key}` must be {expected}");
        let found = self
            .source
            .diagnostic("front-matter-value", Severity::Error, span, message);
        self.diagnostics.push(found.help(help));
        None
    }

    /// The line that sets a key; the parsers give values without places.
    fn place_of(&self, key: &str) -> Range<usize> {
        let mut at = self.start;
        for line in self.written.split_inclusive('\n') {
            let trimmed = line.trim_start().trim_start_matches('"');
            if trimmed.starts_with(key) {
                return at..at + line.trim_end().len();
            }
            at += line.len();
        }
        self.start..self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site_path::SitePath;

    fn read(text: &str) -> (FrontMatter, String, Vec<String>) {
        let path = SitePath::parse("a.md").unwrap();
        let (front, body, faults) = read_front_matter(&SourceText::new(&path, text), text);
        let shown = |found: &Diagnostic| {
            let place = found.place.as_ref().unwrap();
            format!("{}:{} {}", place.line, place.column, found.message)
        };
        (
            front,
            text[body..].to_owned(),
            faults.iter().map(shown).collect(),
        )
    }

    #[track_caller]
    fn case(text: &str) {
        let (front, body, faults) = read(text);
        assert_eq!(faults, [""; 0]);
        assert_eq!(front.title.as_deref(), Some("Tides"));
        assert_eq!(front.tags, ["sea", "moon"]);
        assert_eq!(front.date.unwrap().day(), "2026-03-01");
        assert_eq!(front.extra.get("extra"), Some(&Value::from(1)));
        assert_eq!(body, "Body\n");
    }

    #[test]
    fn three_notations_say_the_same() {
        case("---\ntitle: Tides\ntags: [sea, moon]\ndate: 2026-03-01\nextra: 1\n---\nBody\n");
        case(
            "\u{feff}---\r\ntitle: Tides\r\ntags:\r\n  - sea\r\n  - moon\r\ndate: 2026-03-01\r\nextra: 1\r\n---\r\nBody\n",
        );
        case(
            "+++\ntitle = \"Tides\"\ntags = [\"sea\", \"moon\"]\ndate = 2026-03-01\nextra = 1\n+++\nBody\n",
        );
        case(
            "{\n\"title\": \"Tides\", \"tags\": [\"sea\", \"moon\"],\n\"date\": \"2026-03-01\", \"extra\": 1\n}\nBody\n",
        );
    }

    #[test]
    fn text_without_front_matter_is_all_body() {
        for text in [
            "",
            "# A\n",
            "---\n",
            "--- x\n---\n",
            "{{% note %}}\n",
            "a\n---\nb\n---\n",
        ] {
            assert_eq!(read(text).1, text);
        }
    }

    #[test]
    fn faults_have_places() {
        let fault = |text: &str, expected: &str| assert_eq!(read(text).2.join("; "), expected);
        fault(
            "---\ntitle: A\ndate: soon\n---\n",
            "3:1 `date` must be a date",
        );
        fault(
            "---\ndraft: \"maybe\"\n---\n",
            "2:1 `draft` must be true or false",
        );
        fault(
            "+++\ntitle = \n+++\n",
            "2:9 string values must be quoted, expected literal string",
        );
        assert_eq!(read("---\ntitle: [a\n---\nBody\n").1, "Body\n");
        assert!(read("---\ntitle: [a\n---\nBody\n").2[0].starts_with("2:"));
        assert!(read("{\n\"title\": \n}\n").2[0].starts_with("3:1"));
    }
}
