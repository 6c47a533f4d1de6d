//! A text of TOML and where everything in it stands, so that one value can be changed and every byte
//! beside it stays.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file in which a decision cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It is no TOML.
    #[error("it cannot be read: {0}")]
    Syntax(String),
    /// It says what it says in a way that cannot be changed without changing more.
    #[error("`{0}` stands in it in a form that cannot be changed safely: change it by hand")]
    Form(&'static str),
}

/// A text as TOML writes it on one line.
pub(super) fn quoted(text: &str) -> String {
    use std::fmt::Write as _;
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => _ = write!(quoted, "\\u{:04X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

pub(super) fn splice(text: &str, place: Range<usize>, with: &str) -> String {
    let mut spliced = text.to_owned();
    spliced.replace_range(place, with);
    spliced
}

/// A value that is no table, with the keys that lead to it.
pub(super) struct Leaf {
    table: String,
    key: String,
    /// Where the last of its keys stands.
    name: Range<usize>,
    value: Range<usize>,
    /// The texts of a list, each with its place; nothing for one that is no text.
    pub(super) items: Option<Vec<(Option<String>, Range<usize>)>>,
}

/// A text of TOML and where things stand in it.
pub(super) struct Document<'a> {
    text: &'a str,
    pub(super) newline: &'static str,
    leaves: Vec<Leaf>,
    /// The lines that open a table, each with its name.
    headers: Vec<(String, Range<usize>)>,
}

impl<'a> Document<'a> {
    pub(super) fn of(text: &'a str) -> Result<Self, EditError> {
        let read = DeTable::parse(text)
            .map_err(|error| EditError::Syntax(error.message().replace('\n', ", ")))?;
        let mut leaves = Vec::new();
        gather(read.get_ref(), "", &mut leaves);
        let mut document = Self {
            text,
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
            leaves,
            headers: Vec::new(),
        };
        document.headers = document.find_headers();
        Ok(document)
    }

    fn find_headers(&self) -> Vec<(String, Range<usize>)> {
        let mut headers = Vec::new();
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let place = at..at + line.len();
            at = place.end;
            let begin = place.start + (line.len() - line.trim_start().len());
            let inside = |leaf: &Leaf| leaf.value.contains(&begin);
            if line.trim_start().starts_with('[') && !self.leaves.iter().any(inside) {
                let name = line.trim_start().trim_start_matches('[');
                let name = name.split(']').next().unwrap_or_default().trim();
                headers.push((name.trim_matches(['"', '\'']).to_owned(), place));
            }
        }
        headers
    }

    pub(super) fn header(&self, name: &str) -> Option<&Range<usize>> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, place)| place)
    }

    pub(super) fn leaf(&self, table: &str, key: &str) -> Option<&Leaf> {
        let mut leaves = self.leaves.iter();
        leaves.find(|leaf| leaf.table == table && leaf.key == key)
    }

    /// The end of the line that holds the byte before `at`, with its line break.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.find('\n')
            .map_or(self.text.len(), |found| at + found + 1)
    }

    fn line_begin(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.rfind('\n').map_or(0, |found| found + 1)
    }

    pub(super) fn with_text(
        &self,
        table: &str,
        key: &'static str,
        value: &str,
        after: &[&str],
    ) -> Result<String, EditError> {
        self.with_value(table, key, &quoted(value), after)
    }

    /// Sets a value in its place, or in a line of its own behind the first of the keys `after` that
    /// is there, else behind all of the table's.
    pub(super) fn with_value(
        &self,
        table: &str,
        key: &'static str,
        value: &str,
        after: &[&str],
    ) -> Result<String, EditError> {
        if let Some(leaf) = self.leaf(table, key) {
            return Ok(splice(self.text, leaf.value.clone(), value));
        }
        let first = self
            .headers
            .first()
            .map_or(self.text.len(), |(_, place)| place.start);
        let of_table = |leaf: &&Leaf| match table {
            // Keys with dots belong to the top as long as no table has begun.
            "" => leaf.value.end <= first,
            _ => leaf.table == table,
        };
        let named = after.iter().find_map(|key| self.leaf(table, key));
        let last = self
            .leaves
            .iter()
            .filter(of_table)
            .map(|leaf| leaf.value.end)
            .max();
        let place = match (named, last, self.header(table)) {
            (Some(leaf), ..) => self.line_end(leaf.value.end),
            (None, _, Some(header)) => header.end,
            (None, Some(last), None) => self.line_end(last),
            (None, None, None) if table.is_empty() => first,
            (None, None, None) => return Err(EditError::Form(key)),
        };
        let begun = match place == 0 || self.text[..place].ends_with('\n') {
            true => "",
            false => self.newline,
        };
        let line = format!("{begun}{key} = {value}{}", self.newline);
        Ok(splice(self.text, place..place, &line))
    }

    /// Takes a key of the top out, with its line.
    pub(super) fn without(&self, key: &'static str) -> Result<String, EditError> {
        match self.leaf("", key) {
            Some(leaf) => Ok(splice(self.text, self.lines_of(leaf), "")),
            None => Ok(self.text.to_owned()),
        }
    }

    fn lines_of(&self, leaf: &Leaf) -> Range<usize> {
        self.line_begin(leaf.name.start)..self.line_end(leaf.value.end)
    }

    /// Takes the hold out, in whatever form it stands there.
    pub(super) fn without_hold(&self) -> Result<String, EditError> {
        let of_hold =
            |leaf: &&Leaf| leaf.table == "hold" || (leaf.table.is_empty() && leaf.key == "hold");
        let mut lines: Vec<Range<usize>> = self
            .leaves
            .iter()
            .filter(of_hold)
            .map(|leaf| self.lines_of(leaf))
            .collect();
        if let Some(header) = self.header("hold") {
            let mut begin = header.start;
            // The blank line that set it apart goes with it.
            let before = self.line_begin(begin.saturating_sub(1));
            if before < begin && self.text[before..begin].trim().is_empty() {
                begin = before;
            }
            lines.push(begin..header.end);
        }
        lines.sort_by_key(|line| line.start);
        lines.dedup();
        let mut text = self.text.to_owned();
        for line in lines.into_iter().rev() {
            text.replace_range(line, "");
        }
        Ok(text)
    }
}

fn gather(table: &DeTable<'_>, name: &str, leaves: &mut Vec<Leaf>) {
    for (key, value) in table {
        match value.get_ref() {
            DeValue::Table(inner) => {
                let key = key.get_ref();
                let name = match name.is_empty() {
                    true => key.to_string(),
                    false => format!("{name}.{key}"),
                };
                gather(inner, &name, leaves);
            }
            other => leaves.push(Leaf {
                table: name.to_owned(),
                key: key.get_ref().to_string(),
                name: key.span(),
                value: value.span(),
                items: items(other),
            }),
        }
    }
}

fn items(value: &DeValue<'_>) -> Option<Vec<(Option<String>, Range<usize>)>> {
    let DeValue::Array(items) = value else {
        return None;
    };
    let item = |item: &Spanned<DeValue<'_>>| {
        let text = match item.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => None,
        };
        (text, item.span())
    };
    Some(items.iter().map(item).collect())
}
