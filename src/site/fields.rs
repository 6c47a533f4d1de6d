//! The keys of front matter, in the spellings of every generator, and the types of their values.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::site::date::Date;
use crate::site::front_matter::{FrontMatter, SortBy};

/// Reads the values of one table, with the text they were read from.
pub(super) struct FieldReader<'a> {
    source: &'a SourceText<'a>,
    written: &'a str,
    start: usize,
    /// What is wrong with them.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> FieldReader<'a> {
    /// A reader of the table that is `written` at `start` of the source.
    pub(super) fn new(source: &'a SourceText<'a>, written: &'a str, start: usize) -> Self {
        Self {
            source,
            written,
            start,
            diagnostics: Vec::new(),
        }
    }

    /// Reads the fields of a table over `base`: what the table sets wins.
    pub(super) fn read(
        &mut self,
        values: BTreeMap<String, Value>,
        base: &FrontMatter,
    ) -> FrontMatter {
        let mut front = base.clone();
        let described = ["description", "summary"].map(|key| values.contains_key(key));
        for (key, value) in values {
            if value.is_null() {
                continue;
            }
            // Other generators spell some keys differently; their authors should not have to care.
            let plain = key.to_ascii_lowercase();
            match plain.as_str() {
                "title" => front.title = self.text(&key, &value),
                "link_title" | "linktitle" => front.link_title = self.text(&key, &value),
                "summary" if described[0] => {}
                "description" | "summary" => front.description = self.text(&key, &value),
                "slug" => {
                    front.slug = self
                        .text(&key, &value)
                        .filter(|slug| !slug.trim().is_empty());
                }
                "path" | "url" | "permalink" if !is_address(&value) => {
                    front.path = self.text(&key, &value);
                }
                "aliases" | "redirect_from" => front.aliases = self.list(&key, &value),
                "redirect_to" => front.redirect_to = self.text(&key, &value),
                "author" | "authors" => front.authors = self.list(&key, &value),
                "lang" | "language" => front.language = self.text(&key, &value),
                "image" => front.image = value.as_str().map(str::to_owned),
                "image_alt" => front.image_alt = self.text(&key, &value),
                "image_focus" => front.image_focus = self.text(&key, &value),
                "hero" if value.is_boolean() => front.hero = self.truth(&key, &value),
                // Material for MkDocs keeps a table here.
                "search" if value.is_object() => {
                    let excluded = value.get("exclude");
                    front.hidden_from_search = excluded == Some(&Value::Bool(true));
                }
                "search" | "in_search_index" => {
                    front.hidden_from_search = !self.truth(&key, &value);
                }
                "number_sections" | "number-sections" => {
                    front.number_sections = Some(self.truth(&key, &value));
                }
                "ignore" => front.ignore = self.list(&key, &value),
                "words" => front.words = self.list(&key, &value),
                "cascade" => front.cascade = Some(Box::new(value)),
                _ if self.dates(&plain, &key, &value, &mut front) => {}
                _ if self.order(&plain, &key, &value, &mut front) => {}
                _ if self.terms(&plain, &key, &value, &mut front) => {}
                _ => match value {
                    // Zola and Hugo keep the author's own keys in a table of their own.
                    Value::Object(own) if plain == "extra" || plain == "params" => {
                        front.extra.extend(own);
                    }
                    value => {
                        front.extra.insert(key, value);
                    }
                },
            }
        }
        front.date = front.date.or(front.publish);
        front
    }

    /// When the page counts. Returns whether the key is one of these.
    fn dates(&mut self, plain: &str, key: &str, value: &Value, front: &mut FrontMatter) -> bool {
        match (plain, value) {
            ("date", Value::Object(dates)) => {
                let mut part = |name: &str| self.date(key, dates.get(name)?);
                front.date = part("created");
                front.updated = part("updated").or(front.updated);
            }
            ("date", value) => front.date = self.date(key, value),
            ("updated" | "lastmod" | "modified", value) => front.updated = self.date(key, value),
            // Jekyll's `published` is a truth, Hugo's a date.
            ("published", Value::Bool(truth)) => front.draft = !truth,
            ("publish" | "publishdate" | "pubdate" | "published", value) => {
                front.publish = self.date(key, value);
            }
            ("expires" | "expirydate" | "unpublishdate", value) => {
                front.expires = self.date(key, value);
            }
            ("draft", value) => front.draft = self.truth(key, value),
            _ => return false,
        }
        true
    }

    /// Where the page stands, and how those below it are listed.
    fn order(&mut self, plain: &str, key: &str, value: &Value, front: &mut FrontMatter) -> bool {
        let list = &mut front.list;
        match plain {
            "weight" => front.weight = self.number(key, value),
            "series_order" | "series_weight" => front.series_order = self.number(key, value),
            "sort_by" => {
                list.sort_by = value.as_str().and_then(SortBy::parse);
                if list.sort_by.is_none() {
                    let help = "known: weight, date, updated, title, slug";
                    self.fault::<()>(key, "the name of an order", help);
                }
            }
            "paginate_by" | "paginate" => {
                let number = self.number(key, value);
                list.paginate_by = number.and_then(|number| usize::try_from(number).ok());
            }
            "paginate_path" => list.paginate_path = self.text(key, value),
            "paginate_reversed" | "reversed" => list.reversed = self.truth(key, value),
            "transparent" => list.transparent = self.truth(key, value),
            "feed" | "generate_feeds" | "generate_feed" => {
                list.feed = Some(self.truth(key, value));
            }
            _ => return false,
        }
        true
    }

    /// What the page is about.
    fn terms(&mut self, plain: &str, key: &str, value: &Value, front: &mut FrontMatter) -> bool {
        match (plain, value) {
            ("tags" | "tag", value) => self.term("tags", key, value, front),
            ("categories" | "category", value) => self.term("categories", key, value, front),
            ("series", value) => self.term("series", key, value, front),
            ("taxonomies", Value::Object(taxonomies)) => {
                for (name, value) in taxonomies {
                    self.term(name, name, value, front);
                }
            }
            _ => return false,
        }
        true
    }

    fn term(&mut self, name: &str, key: &str, value: &Value, front: &mut FrontMatter) {
        let terms = self.list(key, value);
        match name {
            "authors" => front.authors = terms,
            name => {
                front.terms.insert(name.to_owned(), terms);
            }
        }
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

    pub(super) fn fault<T>(&mut self, key: &str, expected: &str, help: &str) -> Option<T> {
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

/// Whether a value is an absolute address, which is no route of this site.
fn is_address(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains("://"))
}
