//! What a page says about itself before its text: YAML between `---`, TOML between `+++`, or a
//! JSON object. A fault is reported with its place and the rest of the page still counts.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::site::date::Date;
use crate::site::fields::FieldReader;
use crate::site::notation::find_block;

/// What a page says about itself, over what its folder says about all pages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrontMatter {
    /// The title.
    pub title: Option<String>,
    /// A shorter title, for the navigation and for lists.
    pub link_title: Option<String>,
    /// One sentence about the page.
    pub description: Option<String>,
    /// When it was, or will be, published.
    pub date: Option<Date>,
    /// When it was last changed, in the author's view.
    pub updated: Option<Date>,
    /// From when it is shown, if not from its date.
    pub publish: Option<Date>,
    /// When it stops being true.
    pub expires: Option<Date>,
    /// Whether it is not finished.
    pub draft: bool,
    /// Its place among its neighbours; light pages come first.
    pub weight: Option<i64>,
    /// The last part of its route.
    pub slug: Option<String>,
    /// The whole of its route.
    pub path: Option<String>,
    /// Routes it had before.
    pub aliases: Vec<String>,
    /// Where its reader is sent instead.
    pub redirect_to: Option<String>,
    /// What it is about and how it is sorted: the terms of each taxonomy, by its name.
    pub terms: BTreeMap<String, Vec<String>>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Its place in its series.
    pub series_order: Option<i64>,
    /// Its language (BCP 47), if not the project's.
    pub language: Option<String>,
    /// A picture that stands for it.
    pub image: Option<String>,
    /// What it shows.
    pub image_alt: Option<String>,
    /// What stays in sight where it is cut.
    pub image_focus: Option<String>,
    /// Whether it stands at the head of the page.
    pub hero: bool,
    /// Whether the search of the site leaves it out.
    pub hidden_from_search: bool,
    /// Whether its headings have numbers, if it says so.
    pub number_sections: Option<bool>,
    /// Words that are right on this page.
    pub words: Vec<String>,
    /// Rules whose findings about it are not told.
    pub ignore: Vec<String>,
    /// How the pages of its section are listed.
    pub list: ListRules,
    /// Values for the pages below it, as written.
    pub cascade: Option<Box<Value>>,
    /// Everything else, as written.
    pub extra: BTreeMap<String, Value>,
}

/// How a section lists its pages, where its page says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRules {
    /// What decides the order.
    pub sort_by: Option<SortBy>,
    /// How many pages stand on one page of the list; none stands for all.
    pub paginate_by: Option<usize>,
    /// The folder of the second page of the list and those after it.
    pub paginate_path: Option<String>,
    /// Whether the order is turned round.
    pub reversed: bool,
    /// Whether the section above lists these pages too.
    pub transparent: bool,
    /// Whether the list has a feed.
    pub feed: Option<bool>,
}

/// What decides the order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Weight, then the newest first, then the route.
    #[default]
    Weight,
    /// The newest first.
    Date,
    /// The last changed first.
    Updated,
    /// The title.
    Title,
    /// The route.
    Slug,
}

impl SortBy {
    /// The order of a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "weight" => Some(Self::Weight),
            "date" => Some(Self::Date),
            "updated" | "update_date" | "lastmod" => Some(Self::Updated),
            "title" | "title_bytes" => Some(Self::Title),
            "slug" | "slug_bytes" | "permalink" | "none" => Some(Self::Slug),
            _ => None,
        }
    }
}

impl FrontMatter {
    /// The terms of a taxonomy, in the author's order: those of the key of that name, which is a
    /// list of texts, or one text.
    pub fn terms(&self, taxonomy: &str) -> Vec<&str> {
        if taxonomy == "authors" {
            return self.authors.iter().map(String::as_str).collect();
        }
        if let Some(terms) = self.terms.get(taxonomy) {
            return terms.iter().map(String::as_str).collect();
        }
        match self.extra.get(taxonomy) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) => vec![text],
            _ => Vec::new(),
        }
    }

    /// From when the page is shown.
    pub fn shown_from(&self) -> Option<Date> {
        self.publish.or(self.date)
    }
}

/// Where the body of a file begins: after its front matter, or its byte order mark.
pub fn body_of(text: &str) -> usize {
    let bom = text.strip_prefix('\u{feff}');
    find_block(text).map_or(text.len() - bom.unwrap_or(text).len(), |block| block.body)
}

/// Reads the front matter of a file over the values of its folder. Returns it, the place where the
/// body begins, and its faults.
pub(super) fn read_front_matter(
    source: &SourceText<'_>,
    text: &str,
    base: &FrontMatter,
) -> (FrontMatter, usize, Vec<Diagnostic>) {
    let Some(block) = find_block(text) else {
        return (base.clone(), body_of(text), Vec::new());
    };
    let written = &text[block.inner.clone()];
    match block.notation.parse(written) {
        Ok(values) => {
            let mut reader = FieldReader::new(source, written, block.inner.start);
            let front = reader.read(values, base);
            (front, block.body, reader.diagnostics)
        }
        Err((message, span)) => {
            let span = block.inner.start + span.start..block.inner.start + span.end;
            let found = source
                .diagnostic("front-matter-syntax", Severity::Error, span, message)
                .help("the page is built as if it had no front matter");
            (base.clone(), block.body, vec![found])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site_path::SitePath;

    fn read(text: &str) -> (FrontMatter, String, Vec<String>) {
        let path = SitePath::parse("a.md").unwrap();
        let (front, body, faults) =
            read_front_matter(&SourceText::new(&path, text), text, &FrontMatter::default());
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
        assert_eq!(front.terms("tags"), ["sea", "moon"]);
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

    #[track_caller]
    fn same(one: &str, other: &str) {
        let (one, other) = (read(one), read(other));
        assert_eq!((&one.0, &one.2), (&other.0, &other.2));
        assert_eq!(one.2, [""; 0]);
    }

    #[test]
    fn keys_of_other_generators_say_the_same() {
        same(
            "---\nexpiryDate: 2026-03-01\nlastmod: 2026-02-01\n---\n",
            "---\nexpires: 2026-03-01\nupdated: 2026-02-01\n---\n",
        );
        same(
            "---\nlinkTitle: A\npublishDate: 2026-03-01\n---\n",
            "---\nlink_title: A\npublish: 2026-03-01\n---\n",
        );
        same(
            "+++\n[taxonomies]\ntags = [\"a\"]\ngames = [\"go\"]\n[extra]\nx = 1\n+++\n",
            "---\ntags: [a]\ntaxonomies: {games: [go]}\nx: 1\n---\n",
        );
        same(
            "---\nredirect_from: /a/\npermalink: /b/\ncategory: c\npublished: false\n---\n",
            "---\naliases: [/a/]\npath: /b/\ncategories: [c]\ndraft: true\n---\n",
        );
        same(
            "---\nparams: {x: 1}\nurl: /b/\n---\n",
            "---\nx: 1\npath: /b/\n---\n",
        );
        same(
            "---\nsearch:\n  exclude: true\n---\n",
            "---\nsearch: false\n---\n",
        );
        same("---\nsearch: {boost: 2}\n---\n", "");
        same(
            "---\ndate: {created: 2026-01-01, updated: 2026-02-01}\n---\n",
            "---\ndate: 2026-01-01\nupdated: 2026-02-01\n---\n",
        );
        same(
            "+++\npaginate_by = 5\nsort_by = \"update_date\"\ngenerate_feeds = true\n+++\n",
            "---\npaginate_by: 5\nsort_by: updated\nfeed: true\n---\n",
        );
    }

    #[test]
    fn a_page_stands_over_its_folder() {
        let path = SitePath::parse("a.md").unwrap();
        let (base, ..) = read("---\ndraft: true\ntags: [a]\nauthor: Ada\nx: 1\ny: 1\n---\n");
        let text = "---\ndraft: false\ntags: [b]\ny: 2\n---\n";
        let (front, ..) = read_front_matter(&SourceText::new(&path, text), text, &base);
        assert!(!front.draft);
        assert_eq!(
            (front.terms("tags"), front.terms("authors")),
            (vec!["b"], vec!["Ada"])
        );
        assert_eq!(
            (&front.extra["x"], &front.extra["y"]),
            (&Value::from(1), &Value::from(2))
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
