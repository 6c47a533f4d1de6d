//! What a folder says about the pages in it and below: the `cascade` of its index page, and its
//! `.meta.yml`. The page itself has the last word.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::digest::Digest;
use crate::site::date::Date;
use crate::site::fields::FieldReader;
use crate::site::front_matter::FrontMatter;
use crate::site::notation::{Notation, find_block};
use crate::site::page::Page;
use crate::site_path::SitePath;

/// Files that speak for their folder; of several the last one wins.
const META_FILES: [&str; 7] = [
    ".meta.yml",
    ".meta.yaml",
    ".meta.toml",
    "_meta.yml",
    "_meta.yaml",
    "_meta.toml",
    "_meta.json",
];

/// Values for the pages of a folder, or for some of them.
struct Step {
    values: BTreeMap<String, Value>,
    digest: Digest,
    only: Option<Target>,
}

/// The pages that a step is for, in Hugo's words.
struct Target {
    path: Option<GlobMatcher>,
    kind: Option<String>,
}

/// What all folders say, by folder relative to the project.
pub(super) struct Cascade {
    folders: BTreeMap<SitePath, Vec<Step>>,
    /// What the pages of a folder are read over, where it is the same for all of them.
    common: BTreeMap<SitePath, Settings>,
}

/// What one page is read over.
#[derive(Clone, Default)]
pub(super) struct Settings {
    /// The values.
    pub(super) base: Arc<FrontMatter>,
    /// Their digest; none if nobody says anything.
    pub(super) digest: Option<Digest>,
}

impl Settings {
    /// The same with a date for pages that have none of their own.
    pub(super) fn dated(self, date: Date) -> Self {
        let mut base = Arc::unwrap_or_clone(self.base);
        base.date = Some(date);
        let before = self.digest.map(|digest| digest.hex()).unwrap_or_default();
        let day = date.day();
        Self {
            base: Arc::new(base),
            digest: Some(Digest::of_parts([before.as_bytes(), day.as_bytes()])),
        }
    }
}

impl Cascade {
    /// Gathers what the folders of `pages` say.
    pub(super) fn read(
        pages: &[Arc<Page>],
        meta_files: &[(SitePath, Arc<str>)],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut cascade = Self {
            folders: BTreeMap::new(),
            common: BTreeMap::new(),
        };
        let mut sorted: Vec<_> = meta_files.iter().collect();
        sorted
            .sort_by_key(|(path, _)| META_FILES.iter().position(|name| *name == path.file_name()));
        for (path, text) in sorted {
            cascade.add_file(path, text, diagnostics);
        }
        for page in pages {
            // A page that has lost its front matter to a fault of its folder is still asked.
            if let Some(value) = page.front.cascade.as_deref().filter(|_| page.is_index()) {
                cascade.add_page(page, value, diagnostics);
            }
        }
        let folders: BTreeSet<SitePath> = pages.iter().map(|page| page.path.parent()).collect();
        for folder in folders {
            if cascade
                .steps(&folder)
                .iter()
                .all(|step| step.only.is_none())
            {
                let settings = cascade.apply(&folder, |_| true);
                cascade.common.insert(folder, settings);
            }
        }
        cascade
    }

    /// What a page is read over.
    pub(super) fn settings(&self, page: &Page) -> Settings {
        let folder = page.path.parent();
        match self.common.get(&folder) {
            Some(known) => known.clone(),
            None => self.apply(&folder, |target| target.covers(page)),
        }
    }

    fn apply(&self, folder: &SitePath, covers: impl Fn(&Target) -> bool) -> Settings {
        let mut base = FrontMatter::default();
        let mut digests = Vec::new();
        let path = SitePath::root();
        let text = SourceText::new(&path, "");
        for step in self.steps(folder) {
            if step.only.as_ref().is_none_or(&covers) {
                // Their faults were reported when they were gathered.
                base = FieldReader::new(&text, "", 0).read(step.values.clone(), &base);
                digests.push(step.digest.hex());
            }
        }
        // One page alone can stand at a route, and a cascade ends where it is written.
        base.path = None;
        base.slug = None;
        base.aliases = Vec::new();
        base.redirect_to = None;
        base.cascade = None;
        let digest =
            (!digests.is_empty()).then(|| Digest::of_parts(digests.iter().map(String::as_bytes)));
        Settings {
            base: Arc::new(base),
            digest,
        }
    }

    /// What is said for a folder, from the farthest to the nearest.
    fn steps(&self, folder: &SitePath) -> Vec<&Step> {
        let mut above = vec![folder.clone()];
        let mut at = folder.clone();
        while !at.is_root() {
            at = at.parent();
            above.push(at.clone());
        }
        let steps = above.iter().rev().filter_map(|at| self.folders.get(at));
        steps.flatten().collect()
    }

    fn add_file(&mut self, path: &SitePath, text: &str, diagnostics: &mut Vec<Diagnostic>) {
        let Some(notation) = Notation::of(path.extension()) else {
            return;
        };
        let source = SourceText::new(path, text);
        match notation.parse(text) {
            Ok(values) => {
                let mut reader = FieldReader::new(&source, text, 0);
                reader.read(values.clone(), &FrontMatter::default());
                diagnostics.append(&mut reader.diagnostics);
                self.add(path.parent(), values, None);
            }
            Err((message, span)) => {
                let found =
                    source.diagnostic("front-matter-syntax", Severity::Error, span, message);
                let help = "the pages of the folder are built as if the file were not there";
                diagnostics.push(found.help(help));
            }
        }
    }

    fn add_page(&mut self, page: &Page, value: &Value, diagnostics: &mut Vec<Diagnostic>) {
        let source = SourceText::new(&page.path, &page.file);
        let Some(block) = find_block(&page.file) else {
            return;
        };
        let inner = &page.file[block.inner.clone()];
        let at = inner.find("cascade").unwrap_or(0);
        let mut reader = FieldReader::new(&source, &inner[at..], block.inner.start + at);
        let tables = match value {
            Value::Array(tables) => tables.iter().collect(),
            table => vec![table],
        };
        for table in tables {
            let Value::Object(table) = table else {
                reader.fault::<()>("cascade", "a table", "write keys and values below it");
                break;
            };
            let mut values: BTreeMap<String, Value> = table.clone().into_iter().collect();
            let written = values.remove("target").or_else(|| values.remove("_target"));
            let only = written.map(|written| Target::read(&written, &mut reader));
            reader.read(values.clone(), &FrontMatter::default());
            self.add(page.path.parent(), values, only);
        }
        diagnostics.append(&mut reader.diagnostics);
    }

    fn add(&mut self, folder: SitePath, values: BTreeMap<String, Value>, only: Option<Target>) {
        let text = serde_json::to_string(&values).unwrap_or_default();
        let step = Step {
            digest: Digest::of(text.as_bytes()),
            values,
            only,
        };
        self.folders.entry(folder).or_default().push(step);
    }
}

impl Target {
    fn read(written: &Value, reader: &mut FieldReader<'_>) -> Self {
        let text = |key: &str| written.get(key).and_then(Value::as_str);
        let path = text("path").and_then(|glob| {
            let glob = GlobBuilder::new(glob).literal_separator(true).build();
            if glob.is_err() {
                reader.fault::<()>("path", "a glob", "write a pattern such as /guide/**");
            }
            glob.ok()
        });
        Self {
            path: path.map(|glob| glob.compile_matcher()),
            kind: text("kind").map(str::to_owned),
        }
    }

    fn covers(&self, page: &Page) -> bool {
        let below = &page.place;
        let folder = below.parent();
        let section = below.stem() == "_index";
        let path = match (page.is_index(), folder.is_root()) {
            (true, _) => format!("/{folder}"),
            (false, true) => format!("/{}", below.stem()),
            (false, false) => format!("/{folder}/{}", below.stem()),
        };
        let kind = match (section, folder.is_root()) {
            (true, true) => "home",
            (true, false) => "section",
            (false, _) => "page",
        };
        self.path.as_ref().is_none_or(|glob| glob.is_match(&path))
            && self.kind.as_deref().is_none_or(|wanted| wanted == kind)
    }
}

/// Whether a file speaks for its folder.
pub(super) fn is_meta(path: &SitePath) -> bool {
    META_FILES.contains(&path.file_name())
}

#[cfg(test)]
mod tests {
    use crate::site::test_site::{found, page, site, site_after};

    #[track_caller]
    fn description(files: &[(&str, &str)], path: &str, expected: Option<&str>) {
        let site = site(files);
        assert_eq!(found(&site), [""; 0]);
        let page = site.page(page(&site, path));
        assert_eq!(page.front.description.as_deref(), expected);
    }

    const TREE: &[(&str, &str)] = &[
        (
            "content/index.md",
            "---\ncascade:\n  description: root\n---\n",
        ),
        ("content/a.md", "# A\n"),
        ("content/own.md", "---\ndescription: own\n---\n"),
        ("content/near/.meta.yml", "description: near\ntags: [t]\n"),
        ("content/near/b.md", "# B\n"),
        ("content/near/deep/c.md", "# C\n"),
        ("content/toml/_meta.toml", "description = \"toml\"\n"),
        ("content/toml/d.md", "# D\n"),
    ];

    #[test]
    fn the_nearest_word_counts() {
        description(TREE, "content/a.md", Some("root"));
        description(TREE, "content/index.md", Some("root"));
        description(TREE, "content/own.md", Some("own"));
        description(TREE, "content/near/b.md", Some("near"));
        description(TREE, "content/near/deep/c.md", Some("near"));
        description(TREE, "content/toml/d.md", Some("toml"));
    }

    #[test]
    fn a_target_chooses_pages() {
        let files = |target: &str| {
            format!("---\ncascade:\n  - target: {target}\n    description: x\n---\n")
        };
        let case = |target: &str, path: &str, expected: Option<&str>| {
            let index = files(target);
            let files = [
                ("content/_index.md", index.as_str()),
                ("content/a.md", "# A\n"),
                ("content/s/_index.md", "# S\n"),
                ("content/s/b.md", "# B\n"),
            ];
            description(&files, path, expected);
        };
        case("{path: /s/**}", "content/s/b.md", Some("x"));
        case("{path: /s/**}", "content/a.md", None);
        case("{kind: section}", "content/s/_index.md", Some("x"));
        case("{kind: section}", "content/s/b.md", None);
        case("{kind: page, path: \"{/a,/b}\"}", "content/a.md", Some("x"));
    }

    #[test]
    fn a_fault_is_reported_once_and_where_it_stands() {
        let site = site(&[
            ("content/.meta.yml", "tags: [a]\ndate: soon\n"),
            (
                "content/index.md",
                "---\ntitle: T\ncascade:\n  weight: heavy\n---\n",
            ),
            ("content/a.md", "# A\n"),
            ("content/b/_meta.toml", "x = \n"),
            ("content/b/b.md", "# B\n"),
        ]);
        let expected = [
            "content/.meta.yml:2 front-matter-value",
            "content/b/_meta.toml:1 front-matter-syntax",
            "content/index.md:4 front-matter-value",
        ];
        assert_eq!(found(&site), expected);
        assert_eq!(
            site.page(page(&site, "content/a.md")).front.terms("tags"),
            ["a"]
        );
    }

    #[test]
    fn calls_in_the_text_see_what_the_folder_says() {
        let text = |meta: &str, body: &str| {
            let code = "{{ page.title }}/{{ page.extra.color | default(value='none') }}";
            let site = site(&[
                ("content/.meta.yml", meta),
                ("content/a.md", body),
                ("shortcodes/show.md", code),
            ]);
            site.page(page(&site, "content/a.md"))
                .text
                .trim_end()
                .to_owned()
        };
        let meta = "title: T\ncolor: red\nvariables: {edition: second}\n";
        assert_eq!(text(meta, "{{< show >}}"), "T/red");
        assert_eq!(
            text(meta, "{{ edition }} {{< param color >}}"),
            "second red"
        );
        assert_eq!(
            text(meta, "---\ntitle: U\ncolor: blue\n---\n{{< show >}}"),
            "---\ntitle: U\ncolor: blue\n---\nU/blue"
        );
        assert_eq!(text("title: T\n", "{{< show >}}"), "T/none");
    }

    #[test]
    fn a_change_reaches_the_pages_below() {
        let files = |text: &'static str| [("content/.meta.yml", text), ("content/a.md", "# A\n")];
        let first = site(&files("title: One\n"));
        let same = site_after(&files("title: One\n"), Some(&first));
        let other = site_after(&files("title: Two\n"), Some(&first));
        let none = site_after(&[("content/a.md", "# A\n")], Some(&other));
        let digest = |site: &super::super::model::Site| site.pages[0].digest;
        assert!(std::sync::Arc::ptr_eq(&first.pages[0], &same.pages[0]));
        assert_ne!(digest(&first), digest(&other));
        assert_eq!(
            (&*other.pages[0].title, &*none.pages[0].title),
            ("Two", "A")
        );
        assert_eq!(
            digest(&none),
            site(&[("content/a.md", "# A\n")]).pages[0].digest
        );
    }
}
