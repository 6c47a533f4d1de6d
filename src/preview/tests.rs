//! The law of the preview: after any edits it shows, to the byte, what a fresh build makes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::preview::generation::Generation;
use crate::preview::loading::HEAD_LOG;
use crate::preview::project::{Follow, Preview};
use crate::repo::Snapshot;
use crate::repo::fixture::Fixture;
use crate::site::LoadOptions;
use crate::site_path::SitePath;
use crate::store::Store;

const EDITS: usize = 1000;
/// After how many edits all files are compared; at the end they are in any case.
const COMPARED: usize = 200;

/// What somebody does to a project.
#[derive(Debug, Clone)]
enum Edit {
    /// Writes another text under the head that a page has.
    Text(usize, usize),
    /// Writes some words below a text.
    More(usize, usize),
    /// Writes another head over the text that a page has.
    Head(usize, usize),
    /// Writes a file that is no page.
    Other(usize, usize),
    Remove(usize),
    Move(usize, usize),
    Commit,
}

const PAGES: [&str; 12] = [
    "content/index.md",
    "content/a.md",
    "content/b.md",
    "content/guide/_index.md",
    "content/guide/c.md",
    "content/guide/d.md",
    "content/guide/deep/e.md",
    "content/a.de.md",
    "content/guide/c.de.md",
    "content/f/index.md",
    "content/404.md",
    "content/notes/g.md",
];

const HEADS: [&str; 10] = [
    "",
    "---\ntitle: One\n---\n",
    "---\ntitle: \"Two: it's\"\ntags: [x, y]\n---\n",
    "---\nweight: 3\ntags: [y]\ndescription: Said\n---\n",
    "---\ndraft: true\n---\n",
    "---\nslug: other\naliases: [/old/]\n---\n",
    "---\ndate: 2026-01-02\nauthors: [ada]\n---\n",
    "---\ncascade:\n  tags: [z]\n---\n",
    "---\ntitle: [\n---\n",
    "---\ndate: 2999-01-01\n---\n",
];

const TEXTS: [&str; 15] = [
    "# Of another\n\n{{#include b.md}}\n",
    "# Title\n\nPlain words.\n",
    "# Title\n\nOther words, and more of them.\n",
    "# It's \"quoted\" -- here\n\nText.\n",
    "Text without a heading.\n",
    "",
    "# Links\n\n[a](/a/) [b](b.md) [c](guide/c.md#part) [gone](gone.md)\n",
    "# Part\n\n## Part {#sec-part}\n\nSee @sec-part.\n",
    "# Figure\n\n![A figure](pixel.svg){#fig-one}\n\nAs @fig-one shows.\n",
    "# Includes\n\n{{#include ../shared.txt}}\n",
    "# Calls\n\n{{ note(text=\"said\") }} and {{ product }}\n",
    "# Code\n\n```rust\nfn main() {}\n```\n",
    "# Notes\n\nText[^n].\n\n[^n]: A note.\n\n## More\n\n### Deeper\n",
    "# File\n\n[the file](own.css) and ![](pixel.svg)\n",
    "# Reference\n\nSee @sec-part and @fig-one.\n",
];

const OTHERS: [(&str, [&str; 2]); 6] = [
    ("shared.txt", ["shared\n", "shared *text*\n"]),
    (
        "shortcodes/note.html",
        ["<b>{{ text }}</b>", "<i>{{ text }}</i>"],
    ),
    (
        "content/own.css",
        ["h1 { color: red }\n", "h1 { color: blue }\n"],
    ),
    (
        "content/pixel.svg",
        [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"/>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>",
        ],
    ),
    (
        "templates/footer.html",
        [
            "<footer>one {{ get_page(path=\"a.md\").title }}</footer>",
            "<footer>two</footer>",
        ],
    ),
    (
        "tympan.toml",
        [
            "[project]\ntitle = \"One\"\nkind = \"docs\"\nlanguage = \"en\"\nbase_url = \"https://example.org\"\n[languages.de]\n[variables]\nproduct = \"Thing\"\n",
            "[project]\ntitle = \"Two\"\nkind = \"site\"\nlanguage = \"en\"\n[languages.de]\n[variables]\nproduct = \"Stuff\"\n",
        ],
    ),
];

fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![
        50 => (0..PAGES.len(), 0..9usize).prop_map(|(page, more)| Edit::More(page, more)),
        12 => (0..PAGES.len(), 0..TEXTS.len()).prop_map(|(page, text)| Edit::Text(page, text)),
        4 => (0..PAGES.len(), 0..HEADS.len()).prop_map(|(page, head)| Edit::Head(page, head)),
        1 => (0..OTHERS.len(), 0..2usize).prop_map(|(file, text)| Edit::Other(file, text)),
        1 => (1..PAGES.len()).prop_map(Edit::Remove),
        1 => (1..PAGES.len(), 1..PAGES.len()).prop_map(|(from, to)| Edit::Move(from, to)),
        1 => Just(Edit::Commit),
    ]
}

struct Project {
    files: Fixture,
    /// The head and the text of each page that is there, and what stands below.
    pages: BTreeMap<usize, [usize; 3]>,
}

impl Project {
    fn new() -> Self {
        let mut project = Self {
            files: Fixture::empty(),
            pages: BTreeMap::new(),
        };
        for file in 0..OTHERS.len() {
            project.carry_out(&Edit::Other(file, 0));
        }
        for page in 0..PAGES.len() {
            project.carry_out(&Edit::Text(page, page));
        }
        project.carry_out(&Edit::Commit);
        project
    }

    fn write_page(&mut self, page: usize, parts: [usize; 3]) -> &'static str {
        self.pages.insert(page, parts);
        let [head, text, more] = parts;
        let more = "\nMore words.\n".repeat(more);
        self.files
            .write(PAGES[page], &[HEADS[head], TEXTS[text], &more].concat());
        PAGES[page]
    }

    /// Does it, and tells which files a watch would name.
    fn carry_out(&mut self, edit: &Edit) -> BTreeSet<SitePath> {
        let known = |page: &usize| self.pages.get(page).copied().unwrap_or_default();
        let changed = match edit {
            Edit::Text(page, text) => {
                let [head, _, more] = known(page);
                vec![self.write_page(*page, [head, *text, more])]
            }
            Edit::More(page, more) => {
                let [head, text, _] = known(page);
                vec![self.write_page(*page, [head, text, *more])]
            }
            Edit::Head(page, head) => {
                let [_, text, more] = known(page);
                vec![self.write_page(*page, [*head, text, more])]
            }
            Edit::Other(file, text) => {
                let (path, texts) = OTHERS[*file];
                self.files.write(path, texts[*text]);
                vec![path]
            }
            Edit::Remove(page) => match self.pages.remove(page) {
                Some(_) => {
                    fs::remove_file(self.files.at(PAGES[*page])).unwrap();
                    vec![PAGES[*page]]
                }
                None => Vec::new(),
            },
            Edit::Move(from, to) => match self.pages.remove(from) {
                Some(parts) => {
                    fs::remove_file(self.files.at(PAGES[*from])).unwrap();
                    vec![PAGES[*from], self.write_page(*to, parts)]
                }
                None => Vec::new(),
            },
            Edit::Commit => {
                self.files.commit("Change");
                vec![HEAD_LOG]
            }
        };
        let paths = changed.into_iter();
        paths.map(|path| SitePath::parse(path).unwrap()).collect()
    }

    fn preview(&self) -> Preview {
        let preview = Preview::new(
            Snapshot::worktree(self.files.root()).unwrap(),
            Store::open(&self.files.root().join(".tympan")),
            LoadOptions {
                now: 1_790_000_000,
                ..LoadOptions::default()
            },
            Follow::Nothing,
        );
        preview.load();
        preview
    }
}

/// Every file of a state, with its bytes.
fn files(preview: &Preview) -> BTreeMap<String, Vec<u8>> {
    let state = preview.state();
    let generation: &Generation = &state.generation;
    let file = |path: &SitePath| {
        let artifact = generation.show(path, preview.store())?.artifact?;
        Some((path.to_string(), artifact.bytes.to_vec()))
    };
    let plan = generation.prepared.stage.plan();
    plan.paths().filter_map(file).collect()
}

#[track_caller]
fn same(project: &Project, preview: &Preview, after: &[Edit]) {
    let (shown, fresh) = (files(preview), files(&project.preview()));
    let last = &after[after.len().saturating_sub(COMPARED)..];
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&shown), names(&fresh), "{last:?}");
    for (path, bytes) in &fresh {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text(&shown[path]), text(bytes), "{path} after {last:?}");
    }
}

#[test]
fn after_a_thousand_edits_it_shows_what_a_build_makes() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut project = Project::new();
    let preview = project.preview();
    let (mut done, mut alone) = (Vec::new(), 0);
    for number in 1..=EDITS {
        let edit = edits().new_tree(&mut runner).unwrap().current();
        let changed = project.carry_out(&edit);
        done.push(edit);
        let edition = || preview.state().generation.prepared.site.edition;
        let before = edition();
        preview.reload(&changed);
        alone += usize::from(edition() > before);
        if number % COMPARED == 0 {
            same(&project, &preview, &done);
        }
    }
    // Many of them were carried out without loading the site anew.
    assert!(alone > EDITS / 4, "{alone}");
}
