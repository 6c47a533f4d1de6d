//! The people behind the text: what `.authors.yml` and the data file `authors` say of those whom
//! pages name.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::site::model::Site;
use crate::site::nav::TextFile;
use crate::site::notation::Notation;
use crate::site::page::Page;
use crate::site_path::SitePath;

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Author {
    /// The name, for readers.
    pub name: String,
    /// A few words about the person.
    pub description: Option<String>,
    /// A picture, relative to the content folder.
    pub avatar: Option<String>,
    /// A page of the person's own, elsewhere.
    pub url: Option<String>,
    /// The last part of the address of the person's list.
    pub slug: Option<String>,
}

/// Whether a file describes authors.
pub(super) fn is_authors(path: &SitePath) -> bool {
    [".authors.yml", ".authors.yaml"].contains(&path.file_name())
}

/// Reads what is known of authors, by the short names that pages use.
pub(super) fn read_authors(
    files: &[TextFile],
    data: &Value,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Author> {
    let mut authors = BTreeMap::new();
    if let Some(Value::Object(people)) = data.get("authors") {
        let people = people.iter();
        authors.extend(people.map(|(key, value)| (key.clone(), author(key, value))));
    }
    for (path, text) in files {
        let source = SourceText::new(path, text);
        match Notation::Yaml.parse(text) {
            Ok(mut values) => {
                let Some(Value::Object(people)) = values.remove("authors") else {
                    let message = "the file has no table `authors`";
                    let found = Diagnostic::new("data-syntax", Severity::Error, path, message);
                    diagnostics.push(found.help("write `authors:` and the people below it"));
                    continue;
                };
                let people = people.iter();
                authors.extend(people.map(|(key, value)| (key.clone(), author(key, value))));
            }
            Err((message, span)) => {
                let found = source.diagnostic("data-syntax", Severity::Error, span, message);
                diagnostics.push(found.help("the authors are named as the pages write them"));
            }
        }
    }
    authors
}

fn author(key: &str, value: &Value) -> Author {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let url = text("url").filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    Author {
        name: text("name").unwrap_or_else(|| key.to_owned()),
        description: text("description").or_else(|| text("bio")),
        avatar: text("avatar"),
        url,
        slug: text("slug"),
    }
}

impl Site {
    /// What is known of an author, by the short name or by the name.
    pub fn author(&self, written: &str) -> Option<&Author> {
        self.authors.get(written).or_else(|| {
            let mut authors = self.authors.values();
            authors.find(|author| author.name == written)
        })
    }

    /// The names of a page's authors, for readers.
    pub fn author_names(&self, page: &Page) -> Vec<String> {
        let name = |written: &String| match self.author(written) {
            Some(author) => author.name.clone(),
            None => written.clone(),
        };
        self.authors_of(page).iter().map(name).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::site::test_site::{found, page, site};

    #[test]
    fn pages_name_people_by_short_names() {
        let site = site(&[
            ("tympan.toml", "[project]\nkind = \"site\"\n"),
            (
                "content/.authors.yml",
                "authors:\n  ada:\n    name: Ada Example\n    url: javascript:x\n",
            ),
            (
                "data/authors.toml",
                "[tom]\nname = \"Tom Example\"\nbio = \"Cook\"\n",
            ),
            ("content/a.md", "---\nauthors: [ada, tom, Eve]\n---\n# A\n"),
            ("content/b.md", "---\nauthor: Ada Example\n---\n# B\n"),
        ]);
        assert_eq!(found(&site), [""; 0]);
        let names = site.author_names(site.page(page(&site, "content/a.md")));
        assert_eq!(names, ["Ada Example", "Tom Example", "Eve"]);
        assert_eq!(site.author("ada").unwrap().url, None);
        assert_eq!(
            site.author("tom").unwrap().description.as_deref(),
            Some("Cook")
        );
        let terms = &site.taxonomies[0].terms;
        let shown: Vec<String> = terms
            .iter()
            .map(|term| format!("{} {}", term.route, term.pages.len()))
            .collect();
        assert_eq!(
            shown,
            [
                "authors/ada-example/index.html 2",
                "authors/eve/index.html 1",
                "authors/tom-example/index.html 1"
            ]
        );
    }

    #[test]
    fn a_file_that_is_broken_is_reported() {
        let site = site(&[
            ("content/.authors.yml", "people: 1\n"),
            ("content/b/.authors.yml", "a: [\n"),
            ("content/a.md", "# A\n"),
        ]);
        assert_eq!(found(&site).len(), 2);
        assert_eq!(found(&site)[0], "content/.authors.yml data-syntax");
    }
}
