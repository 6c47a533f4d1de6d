//! What pages say of themselves, held against what the project wants them to say.

use rayon::prelude::*;
use serde_json::Value;

use crate::checks::check::{Check, CheckContext};
use crate::config::{KeySchema, Schema, ValueType};
use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::site::{Date, Page, WrittenFront};

/// Keys that every page may have, for they mean something to every project.
const OWN: &[&str] = &[
    "aliases",
    "author",
    "authors",
    "cascade",
    "categories",
    "category",
    "date",
    "description",
    "draft",
    "expires",
    "expiryDate",
    "extra",
    "feed",
    "ignore",
    "hero",
    "image",
    "image_alt",
    "image_focus",
    "in_search_index",
    "lang",
    "language",
    "lastmod",
    "linkTitle",
    "link_title",
    "modified",
    "number-sections",
    "number_sections",
    "paginate_by",
    "params",
    "path",
    "permalink",
    "publish",
    "publishDate",
    "published",
    "redirect_from",
    "redirect_to",
    "search",
    "series",
    "series_order",
    "series_weight",
    "slug",
    "sort_by",
    "summary",
    "tags",
    "taxonomies",
    "title",
    "translationKey",
    "translation_key",
    "transparent",
    "unpublishDate",
    "updated",
    "url",
    "weight",
    "words",
];

/// Front matter that is not as `[[check.front_matter]]` wants it.
#[derive(Debug, Clone, Copy)]
pub struct FrontMatterCheck;

impl Check for FrontMatterCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["front-matter-schema"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let schemas = &context.site.config.check.front_matter;
        if schemas.is_empty() {
            return Vec::new();
        }
        let pages = context.pages().into_par_iter();
        let found = pages.flat_map_iter(|(_, page)| {
            let front = page.written_front();
            let covering = schemas.iter().filter(|schema| schema.covers(&page.path));
            let mut found = Vec::new();
            for schema in covering {
                let held = Held {
                    schema,
                    page,
                    front: front.as_ref(),
                };
                held.report(&mut found);
            }
            found
        });
        found.collect()
    }
}

/// One page under one schema.
struct Held<'a> {
    schema: &'a Schema,
    page: &'a Page,
    front: Option<&'a WrittenFront<'a>>,
}

impl Held<'_> {
    fn report(&self, found: &mut Vec<Diagnostic>) {
        let unknown = self.unknown();
        for key in &self.schema.required {
            let value = self.front.and_then(|front| front.value(key));
            if value.is_none_or(Value::is_null) && !self.is_inherited(key) {
                found.push(self.missing(key, &unknown));
            }
        }
        let Some(front) = self.front else {
            return;
        };
        for (key, wanted) in &self.schema.keys {
            let value = front.value(key).filter(|value| !value.is_null());
            if let Some((must, replacement)) = value.and_then(|value| fault(wanted, value)) {
                let message = format!("`{key}` must {must}");
                let report = self.at(key, Severity::Error, message);
                found.push(match replacement {
                    Some(near) => report.help(format!("did you mean `{near}`?")),
                    None => report.help("the project asks for it in `[[check.front_matter]]`"),
                });
            }
        }
        let Some(severity) = self.schema.unknown else {
            return;
        };
        for key in unknown {
            let message = format!("the key `{key}` is not known here");
            let report = self.at(key, severity, message);
            found.push(match nearest(key, self.known()) {
                Some(near) => report
                    .help(format!("did you mean `{near}`?"))
                    .replacements(vec![near.to_owned()]),
                None => report.help("take it out, or name it in `[[check.front_matter]]`"),
            });
        }
    }

    fn at(&self, key: &str, severity: Severity, message: String) -> Diagnostic {
        let place = self.front.map_or(0..0, |front| front.place(key));
        self.page
            .diagnostic("front-matter-schema", severity, place, message)
    }

    fn missing(&self, key: &str, unknown: &[&str]) -> Diagnostic {
        let message = format!("the page has no `{key}`");
        if let Some(near) = nearest(key, unknown.iter().copied()) {
            let report = self.at(near, Severity::Error, message);
            return report
                .help(format!("did you mean `{key}` by `{near}`?"))
                .replacements(vec![key.to_owned()]);
        }
        let report = self.at("", Severity::Error, message);
        report.help("add it to the front matter; the project asks for it")
    }

    /// Whether the folder of the page gives it a value.
    fn is_inherited(&self, key: &str) -> bool {
        let front = &self.page.front;
        match key {
            "title" => front.title.is_some(),
            "description" => front.description.is_some(),
            "date" => front.date.is_some(),
            "authors" => !front.authors.is_empty(),
            "image" => front.image.is_some(),
            "image_alt" => front.image_alt.is_some(),
            "image_focus" => front.image_focus.is_some(),
            "hero" => front.hero,
            key => front.extra.contains_key(key) || front.terms.contains_key(key),
        }
    }

    fn known(&self) -> impl Iterator<Item = &str> {
        let first = |key: &'static str| key;
        let schema = self.schema;
        let named = schema.keys.keys().chain(&schema.required);
        let named = named.map(|key| key.split('.').next().unwrap_or(key));
        OWN.iter().copied().map(first).chain(named)
    }

    fn unknown(&self) -> Vec<&str> {
        let keys = self.front.into_iter().flat_map(|front| front.values.keys());
        let keys = keys.map(String::as_str);
        keys.filter(|key| !self.known().any(|known| known == *key))
            .collect()
    }
}

/// What a value must be and is not, and perhaps the value that was meant.
fn fault<'s>(wanted: &'s KeySchema, value: &Value) -> Option<(String, Option<&'s str>)> {
    if let Some(kind) = wanted.kind
        && !is_of(kind, value)
    {
        let name = match kind {
            ValueType::Text => "a text",
            ValueType::Number => "a number",
            ValueType::TrueOrFalse => "true or false",
            ValueType::Date => "a date, such as `2026-03-01`",
            ValueType::List => "a list",
            ValueType::Table => "a table",
        };
        return Some((format!("be {name}"), None));
    }
    let one = std::slice::from_ref(value);
    for item in value.as_array().map_or(one, Vec::as_slice) {
        if !wanted.values.is_empty() && !wanted.values.contains(item) {
            let texts = || wanted.values.iter().filter_map(Value::as_str);
            let near = item.as_str().and_then(|item| nearest(item, texts()));
            let names: Vec<String> = wanted.values.iter().map(Value::to_string).collect();
            return Some((format!("be one of {}", names.join(", ")), near));
        }
        if let (Some((written, pattern)), Some(text)) = (&wanted.pattern, item.as_str())
            && !pattern.is_match(text)
        {
            return Some((format!("match `{written}`"), None));
        }
    }
    let (size, unit) = match value {
        Value::Number(number) => (number.as_f64()?, ""),
        Value::String(text) => (count(text.chars().count()), " letters"),
        Value::Array(items) => (count(items.len()), " items"),
        _ => return None,
    };
    if let Some(min) = wanted.min.filter(|min| size < *min) {
        return Some((format!("have at least {min}{unit}"), None));
    }
    let max = wanted.max.filter(|max| size > *max)?;
    Some((format!("have at most {max}{unit}"), None))
}

fn count(length: usize) -> f64 {
    f64::from(u32::try_from(length).unwrap_or(u32::MAX))
}

fn is_of(kind: ValueType, value: &Value) -> bool {
    match kind {
        ValueType::Text => value.is_string(),
        ValueType::Number => value.is_number(),
        ValueType::TrueOrFalse => value.is_boolean(),
        ValueType::Date => value
            .as_str()
            .is_some_and(|text| Date::parse(text).is_some()),
        ValueType::List => value.is_array(),
        ValueType::Table => value.is_object(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::found;

    const SCHEMA: &str = "[[check.front_matter]]\npaths = [\"blog/**\"]\n\
        required = [\"title\", \"date\", \"extra.color\"]\nunknown = \"warning\"\n\
        [check.front_matter.keys]\nstatus = { type = \"text\", values = [\"draft\", \"final\"] }\n\
        date = { type = \"date\" }\ntags = { type = \"list\", max = 2, pattern = \"[a-z]+\" }\n\
        rating = { type = \"number\", min = 1, max = 5 }\n\"extra.color\" = { pattern = \"#[0-9a-f]{6}\" }\n";

    #[track_caller]
    fn case(path: &str, page: &str, expected: &[&str]) {
        let files = [("tympan.toml", SCHEMA), (path, page)];
        let found = found(&FrontMatterCheck, &files);
        let line = |found: &Diagnostic| {
            let place = found.place.as_ref().unwrap();
            let help = found.help.as_deref().filter(|help| help.starts_with("did"));
            format!(
                "{}:{} {} {}",
                place.line,
                place.column,
                found.message,
                help.unwrap_or("")
            )
        };
        let shown: Vec<String> = found.iter().map(line).collect();
        let shown: Vec<&str> = shown.iter().map(|line| line.trim_end()).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn pages_say_what_the_project_asks() {
        let good = "---\ntitle: A\ndate: 2026-01-01\nstatus: final\ntags: [a]\nrating: 5\nextra: {color: \"#00ff00\"}\n---\n";
        case("blog/a.md", good, &[]);
        case("other/a.md", "---\nstatus: none\n---\n", &[]);
        let good = "+++\ntitle = \"A\"\ndate = 2026-01-01\n[extra]\ncolor = \"#00ff00\"\n+++\n";
        case("blog/a.md", good, &[]);
    }

    #[test]
    fn faults_stand_at_their_keys() {
        case(
            "blog/a.md",
            "---\ntitle: A\ndaet: 2026-01-01\nstatus: finl\ntags: [a, B]\nrating: 6\nextra:\n  color: red\n---\n",
            &[
                "3:1 the page has no `date` did you mean `date` by `daet`?",
                "3:1 the key `daet` is not known here did you mean `date`?",
                "4:1 `status` must be one of \"draft\", \"final\" did you mean `final`?",
                "5:1 `tags` must match `[a-z]+`",
                "6:1 `rating` must have at most 5",
                "8:3 `extra.color` must match `#[0-9a-f]{6}`",
            ],
        );
        case(
            "blog/a.md",
            "{\"title\": \"A\", \"date\": \"soon\", \"tags\": [\"a\", \"b\", \"c\"], \"extra\": {\"color\": \"#000000\"}}\n",
            &[
                "1:17 `date` must be a date, such as `2026-03-01`",
                "1:33 `tags` must have at most 2 items",
            ],
        );
        case(
            "blog/a.md",
            "# A\n",
            &[
                "1:1 the page has no `date`",
                "1:1 the page has no `extra.color`",
                "1:1 the page has no `title`",
            ],
        );
    }

    #[test]
    fn a_folder_may_give_what_is_asked_for() {
        let files = [
            (
                "tympan.toml",
                "[[check.front_matter]]\nrequired = [\"authors\"]\n",
            ),
            (
                "index.md",
                "---\ncascade: {authors: [Ada]}\nauthors: [Ada]\n---\n",
            ),
            ("a.md", "# A\n"),
        ];
        assert_eq!(found(&FrontMatterCheck, &files), []);
    }

    #[test]
    fn a_pattern_has_bounds() {
        use crate::config::read_config;
        let path = crate::site_path::SitePath::parse("tympan.toml").unwrap();
        for pattern in ["(", "(a{1000}){1000}"] {
            let text =
                format!("[[check.front_matter]]\nkeys = {{ a = {{ pattern = \"{pattern}\" }} }}\n");
            let (_, found) = read_config(&path, &text);
            assert!(found[0].message.contains("is not a pattern"), "{found:?}");
        }
    }
}
