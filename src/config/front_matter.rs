//! What pages must say of themselves: `[[check.front_matter]]`, as written and as meant.

use std::collections::BTreeMap;

use globset::GlobSet;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use crate::config::file::Level;
use crate::config::read::Reader;
use crate::diagnostic::Severity;
use crate::site_path::SitePath;

/// The most memory a pattern may take once it is compiled, in bytes.
const MAX_PATTERN: usize = 1 << 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemaFile {
    #[serde(default)]
    paths: Vec<Spanned<String>>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    unknown: Option<Level>,
    #[serde(default)]
    keys: BTreeMap<String, KeyFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct KeyFile {
    r#type: Option<ValueType>,
    values: Vec<toml::Value>,
    pattern: Option<Spanned<String>>,
    min: Option<f64>,
    max: Option<f64>,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueType {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    TrueOrFalse,
    /// A day, or a moment.
    Date,
    /// A list.
    List,
    /// A table.
    Table,
}

/// What some pages must say of themselves.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The keys that must be there; a dot leads into a table.
    pub required: Vec<String>,
    /// The level of keys that are not named; none if any are good.
    pub unknown: Option<Severity>,
    /// What values must be, by key.
    pub keys: BTreeMap<String, KeySchema>,
    paths: Option<GlobSet>,
}

/// What a value must be. Of a list, `values` and `pattern` are about each item.
#[derive(Debug, Clone)]
pub struct KeySchema {
    /// Its type.
    pub kind: Option<ValueType>,
    /// What it may be; anything if none are named.
    pub values: Vec<Value>,
    /// What a text must match as a whole, as written and compiled.
    pub pattern: Option<(String, Regex)>,
    /// The least it may be: a number, the letters of a text, the items of a list.
    pub min: Option<f64>,
    /// The most it may be.
    pub max: Option<f64>,
}

impl Schema {
    /// Whether it is about a page.
    pub fn covers(&self, path: &SitePath) -> bool {
        let paths = self.paths.as_ref();
        paths.is_none_or(|paths| paths.is_match(path.as_str()))
    }
}

impl Reader<'_> {
    pub(super) fn schema(&mut self, file: SchemaFile) -> Option<Schema> {
        let paths = match file.paths.is_empty() {
            true => None,
            false => Some(self.globs(&file.paths)?),
        };
        let keys = file.keys.into_iter();
        let keys = keys.map(|(key, file)| (key, self.key_schema(file)));
        Some(Schema {
            keys: keys.collect(),
            required: file.required,
            unknown: file.unknown.and_then(Level::severity),
            paths,
        })
    }

    fn key_schema(&mut self, file: KeyFile) -> KeySchema {
        let pattern = file.pattern.and_then(|written| {
            let whole = format!("^(?:{})$", written.get_ref());
            match RegexBuilder::new(&whole).size_limit(MAX_PATTERN).build() {
                Ok(pattern) => Some((written.get_ref().clone(), pattern)),
                Err(error) => {
                    let error = error.to_string();
                    let why = error.lines().last().unwrap_or_default();
                    let why = why.trim_start_matches("error: ");
                    let message = format!("`{}` is not a pattern: {why}", written.get_ref());
                    self.fault(
                        written.span(),
                        message,
                        "write a regular expression such as `[a-z-]+`",
                    );
                    None
                }
            }
        });
        let json = |value| serde_json::to_value(value).unwrap_or_default();
        KeySchema {
            kind: file.r#type,
            values: file.values.into_iter().map(json).collect(),
            pattern,
            min: file.min,
            max: file.max,
        }
    }
}
