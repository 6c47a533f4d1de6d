//! Documents from Markdown to pages: what the tree holds, and what the PDF keeps of it.

use std::fs;
use std::path::Path;

use lopdf::Object;
use serde_json::Value;

use crate::assets::{AssetMap, ImageAsset, ImageKind};
use crate::digest::Digest;
use crate::render::context::RenderContext;
use crate::render::highlight::Highlights;
use crate::render::pdf::book::{Book, book};
use crate::render::pdf::{PdfOutput, render_pdf};
use crate::repo::{History, Snapshot, Source};
use crate::site::{LoadOptions, Site};
use crate::site_path::SitePath;
use crate::store::Store;

/// A project in a folder of its own, with its store.
pub(super) struct Project {
    folder: tempfile::TempDir,
    source: Source,
}

impl Project {
    pub(super) fn new(config: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Self {
            folder,
            source: Source {
                commit: Some("4be12ab7a0".to_owned()),
                time: Some(1_772_409_600),
                tree: None,
                dirty: false,
                shallow: false,
            },
        };
        project.write("tympan.toml", config);
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    /// A book of one chapter.
    pub(super) fn of(markdown: &str) -> Self {
        let config = "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n";
        Self::new(config, &[("src/a.md", markdown)])
    }

    pub(super) fn dirty(mut self) -> Self {
        self.source.dirty = true;
        self
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("project")
    }

    pub(super) fn store(&self) -> Store {
        Store::open(&self.folder.path().join("store"))
    }

    fn with<T>(&self, store: &Store, work: impl FnOnce(&RenderContext<'_>) -> T) -> T {
        let snapshot = Snapshot::worktree(&self.root()).unwrap();
        let history = History::read(&self.root(), None).unwrap();
        let mut site = Site::load(&snapshot, &history, &LoadOptions::default(), &[]);
        site.source = self.source.clone();
        let assets = assets(&site, &self.root());
        work(&RenderContext {
            site: &site,
            assets: &assets,
            snapshot: &snapshot,
            store,
            highlights: &Highlights::default(),
        })
    }

    pub(super) fn book(&self) -> Book {
        self.with(&self.store(), |context| {
            book(context, &context.site.documents[0])
        })
    }

    pub(super) fn pdf(&self) -> PdfOutput {
        self.pdf_with(&self.store())
    }

    fn pdf_with(&self, store: &Store) -> PdfOutput {
        self.with(store, |context| {
            render_pdf(context, &context.site.documents[0]).unwrap()
        })
    }
}

fn assets(site: &Site, root: &Path) -> AssetMap {
    let mut assets = AssetMap::default();
    for file in &site.files {
        let kind = match file.extension() {
            "png" => ImageKind::Png,
            "svg" => ImageKind::Svg,
            _ => continue,
        };
        let digest = Digest::of(&fs::read(file.on_disk(root)).unwrap());
        let asset = ImageAsset::as_it_is(file, digest, kind, (100, 50));
        assets.images.insert(file.clone(), asset);
    }
    assets
}

/// The blocks of the only chapter, one a line.
pub(super) fn blocks(markdown: &str) -> String {
    let book = Project::of(markdown).book();
    let body = book.chapters[0]["body"].as_array().unwrap();
    body.iter()
        .flat_map(|block| [block.to_string(), "\n".to_owned()])
        .collect()
}

pub(super) fn codes(output: &PdfOutput) -> Vec<&str> {
    let found = output.diagnostics.iter();
    found.map(|found| found.code.as_ref()).collect()
}

/// The text of the pages. Words of the paper's furniture are among it.
pub(super) fn text(pdf: &PdfOutput) -> String {
    let document = lopdf::Document::load_mem(&pdf.bytes).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let text = document.extract_text(&pages).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether every page holds the mark.
pub(super) fn is_marked(pdf: &PdfOutput) -> bool {
    let document = lopdf::Document::load_mem(&pdf.bytes).unwrap();
    document.get_pages().into_values().all(|page| {
        let content = document.get_page_content(page);
        let content = String::from_utf8_lossy(&content).into_owned();
        content.contains("/Watermark") && content.contains("/TympanMark Do")
    })
}

#[test]
fn text_and_its_emphasis_are_nodes() {
    insta::assert_snapshot!(blocks("# T\n\nA *b* **c** ~~d~~ `e_f` \\#g  \nh <kbd>i</kbd>"), @r#"{"c":["A ",{"c":["b"],"i":"em"}," ",{"c":["c"],"i":"strong"}," ",{"c":["d"],"i":"strike"}," ",{"i":"code","v":"e_f"}," #g",{"i":"break"},"h ",{"c":["i"],"i":"kbd"}],"t":"para"}"#);
}

#[test]
fn lists_hold_their_items_and_tasks() {
    insta::assert_snapshot!(blocks("3. a\n4. b\n   - [x] c"), @r#"{"clause":null,"items":[{"body":[{"c":["a"],"t":"plain"}],"loose":false,"t":"item","task":null},{"body":[{"c":["b"],"t":"plain"},{"clause":null,"items":[{"body":[{"c":["c"],"t":"plain"}],"loose":false,"t":"item","task":true}],"nested":true,"start":null,"t":"list","tasks":true,"tight":true}],"loose":false,"t":"item","task":null}],"nested":false,"start":3,"t":"list","tasks":false,"tight":true}"#);
}

#[test]
fn tables_keep_their_alignment() {
    insta::assert_snapshot!(blocks("| a | b |\n|---|--:|\n| c | 1 |\n"), @r#"{"align":["start","right"],"head":[{"c":["a"]},{"c":["b"]}],"keep":true,"rows":[[{"c":["c"]},{"c":["1"]}]],"sign":false,"size":"normal","t":"table"}"#);
}

#[test]
fn quotes_alerts_code_and_terms_are_blocks() {
    insta::assert_snapshot!(
        blocks("> a\n\n> [!TIP]\n> b\n\n```rust,ignore\nc\n```\n\nd\n: e\n\n---\n"),
        @r#"
    {"c":[{"c":["a"],"t":"para"}],"t":"quote"}
    {"c":[{"c":["b"],"t":"para"}],"kind":"tip","t":"alert","title":["Tip"]}
    {"lang":"rust","lines":[{"c":["c"],"w":1}],"signed":false,"signs":false,"t":"code","v":"c"}
    {"items":[{"defs":[[{"c":["e"],"t":"plain"}]],"term":["d"]}],"t":"terms"}
    {"t":"rule"}
    "#
    );
}

#[test]
fn raw_html_keeps_its_text_only() {
    insta::assert_snapshot!(
        blocks("<details><summary>a &amp; b</summary>\n\nc\n\n</details>\n\nd<script>e</script> <span onclick=\"f\">g</span>\n"),
        @r#"
    {"c":[{"c":["a & b"],"i":"strong"}],"t":"para"}
    {"c":["c"],"t":"para"}
    {"c":["d"," ","g"],"t":"para"}
    "#
    );
}

#[test]
fn an_image_from_elsewhere_without_a_text_goes_by_its_address() {
    insta::assert_snapshot!(blocks("x ![](https://a.example/b.png) ![A](https://a.example/b.png)\n"), @r#"{"c":["x ",{"c":["a.example/b.png"],"i":"link","url":"https://a.example/b.png"}," ",{"c":["A"],"i":"link","url":"https://a.example/b.png"}],"t":"para"}"#);
}

#[test]
fn a_note_is_placed_once_and_never_in_itself() {
    insta::assert_snapshot!(blocks("a[^x] b[^x]\n\n[^x]: c[^x]\n"), @r#"{"c":["a",{"c":[{"c":["c",""],"t":"para"}],"i":"note","label":"p0-note-x"}," b",{"again":"p0-note-x","i":"note"}],"t":"para"}"#);
}

#[test]
fn an_id_within_a_title_is_given_once() {
    let book = Project::of("# a *b*{#x-a} c\n\n[l](#x-a)\n\n## R {#x-a}\n").book();
    let text = Value::from(book.chapters).to_string();
    assert_eq!(text.matches("\"label\":\"p0--x-a\"").count(), 2);
}

#[test]
fn headings_never_skip_a_level() {
    let book = Project::of("# T\n\n### a\n\n## b\n\n#### c\n").book();
    let blocks = book.chapters[0]["body"].as_array().unwrap().iter();
    let levels: Vec<&Value> = blocks.map(|block| &block["level"]).collect();
    assert_eq!(levels, [2, 2, 3]);
}

const TWO: &[(&str, &str)] = &[
    (
        "src/SUMMARY.md",
        "# Summary\n\n- [One](one.md)\n  - [Two](two.md)\n",
    ),
    (
        "src/one.md",
        "# One\n\n[two](two.md) [part](two.md#part) [gone](two.md#gone) [self](#nowhere) \
         [out](other.md) [file](x.txt) [bad](javascript:alert(1)) [web](https://a.example/)\n",
    ),
    ("src/two.md", "# Two\n\n## Part\n\n![x](broken.png)\n"),
    ("src/x.txt", "x"),
    ("src/broken.png", "no image"),
];

fn two(base_url: &str) -> Project {
    let config =
        format!("[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n{base_url}");
    Project::new(&config, TWO)
}

fn links(book: &Book) -> Vec<String> {
    let body = &book.chapters[0]["body"][0]["c"];
    let links = body
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["c"].is_array());
    links
        .map(|link| match (&link["label"], &link["url"]) {
            (Value::String(label), _) => label.clone(),
            (_, Value::String(url)) => url.clone(),
            _ => "-".to_owned(),
        })
        .collect()
}

#[test]
fn links_lead_to_what_exists() {
    let book = two("base_url = \"https://b.example/\"\n").book();
    assert_eq!(
        links(&book),
        [
            "p1",
            "p1--part",
            "p1",
            "p0",
            "-",
            "https://b.example/x.txt",
            "-",
            "https://a.example/"
        ]
    );
    let book = two("").book();
    assert_eq!(links(&book)[5], "-");
}

#[test]
fn chapters_nest_as_the_navigation_does() {
    let book = two("").book();
    let levels: Vec<&Value> = book
        .chapters
        .iter()
        .map(|chapter| &chapter["level"])
        .collect();
    assert_eq!(levels, [1, 2]);
    assert_eq!(book.chapters[1]["number"], "1.1");
}

#[test]
fn a_broken_image_is_told_and_does_not_stop_the_document() {
    let output = two("").pdf();
    assert_eq!(codes(&output), ["pdf-image"]);
    assert!(text(&output).contains('x'));
}

#[test]
fn strings_are_never_programs() {
    let hostile = "#panic(\"x\") #set page(fill: red) @ref <label> = no * $ ` \\u{1}";
    let escaped: String = hostile
        .chars()
        .flat_map(|c| match c.is_ascii_punctuation() {
            true => vec!['\\', c],
            false => vec![c],
        })
        .collect();
    let project = Project::new(
        "[project]\nkind = \"book\"\ntitle = \"#panic() [T]\"\nauthors = [\"#a\"]\ncontent = \"src\"\n",
        &[(
            "src/a.md",
            &format!("# {escaped}\n\n{escaped}\n\n`#panic(\"y\")`\n\n    #panic(\"z\")\n"),
        )],
    );
    let output = project.pdf();
    assert!(output.diagnostics.is_empty());
    let text = text(&output);
    for literal in [
        "#panic() [T]",
        "#set page(fill: red) @ref <label> = no * $ `",
        "#panic(\"y\")",
        "#panic(\"z\")",
    ] {
        assert!(text.contains(literal), "{literal} is not in {text}");
    }
}

#[test]
fn deep_nesting_is_laid_out_flat() {
    let quotes = format!("{}x\n\n", "> ".repeat(80));
    let lists: String = (0..60)
        .flat_map(|depth| ["  ".repeat(depth), "- x\n".to_owned()])
        .collect();
    let spans = format!("{}x{}\n", "*a **b ".repeat(40), "** c*".repeat(40));
    let output = Project::of(&format!("{quotes}{lists}\n\n{spans}")).pdf();
    assert_eq!(codes(&output), ["pdf-depth"]);
}

#[test]
fn what_cannot_be_printed_is_told_with_its_place() {
    let output = Project::of("# T\n\nα 潮 🌊\n\n$\\unknown{x}$ $\\frac{}{}$\n").pdf();
    assert_eq!(codes(&output), ["pdf-glyph-missing", "math-syntax"]);
    let lines = output
        .diagnostics
        .iter()
        .map(|found| found.place.as_ref().unwrap().line);
    assert_eq!(lines.collect::<Vec<_>>(), [3, 5]);
    let expected = "no font of the PDF has 潮 (Han), 🌊 (emoji)";
    assert_eq!(output.diagnostics[0].message, expected);
}

#[test]
fn words_are_not_printed_in_a_font_for_code() {
    let output = Project::of("# T\n\nسلام\n").pdf();
    assert_eq!(codes(&output), ["pdf-glyph-missing"]);
    let help = output.diagnostics[0].help.as_deref().unwrap();
    assert!(help.contains("Noto"), "{help}");
}

#[test]
fn letters_around_the_text_are_looked_at() {
    let config = "[project]\nkind = \"book\"\ntitle = \"潮\"\ncontent = \"src\"\n";
    let output = Project::new(config, &[("src/a.md", "# A\n")]).pdf();
    assert_eq!(codes(&output), ["pdf-glyph-missing"]);
    assert_eq!(output.diagnostics[0].path.as_str(), "tympan.toml");
    let titled = Project::of("---\ntitle: 潮\n---\n\nText\n").pdf();
    assert_eq!(codes(&titled), ["pdf-glyph-missing"]);
    assert_eq!(titled.diagnostics[0].path.as_str(), "src/a.md");
}

#[test]
fn a_draft_is_marked_on_every_page_and_a_commit_is_not() {
    let markdown = "# T\n\ntext\n\n## S\n\n[link](https://a.example/)\n";
    let clean = Project::of(markdown).pdf();
    let draft = Project::of(markdown).dirty().pdf();
    assert!(is_marked(&draft) && !is_marked(&clean));
    assert_eq!(draft.pages, clean.pages);
    let document = lopdf::Document::load_mem(&draft.bytes).unwrap();
    let catalog = document.catalog().unwrap();
    for kept in [
        "StructTreeRoot",
        "Outlines",
        "Lang",
        "Metadata",
        "PageLabels",
    ] {
        assert!(catalog.get(kept.as_bytes()).is_ok(), "{kept} is lost");
    }
    let is_link = |object: &Object| {
        let subtype = object.as_dict().and_then(|object| object.get(b"Subtype"));
        subtype
            .and_then(Object::as_name)
            .is_ok_and(|name| name == b"Link")
    };
    assert!(document.objects.values().any(is_link));
}

#[test]
fn the_same_text_is_the_same_bytes() {
    let project = two("");
    assert_eq!(
        project.pdf_with(&elsewhere(&project, "a")),
        project.pdf_with(&elsewhere(&project, "b"))
    );
    let draft = two("").dirty();
    assert_eq!(
        draft.pdf_with(&elsewhere(&draft, "a")),
        draft.pdf_with(&elsewhere(&draft, "b"))
    );
}

fn elsewhere(project: &Project, name: &str) -> Store {
    Store::open(&project.folder.path().join(name))
}

#[test]
fn what_did_not_change_is_taken_from_the_store() {
    let project = two("");
    project.write("src/two.md", "# Two\n\n## Part\n");
    let store = project.store();
    let first = project.pdf_with(&store);
    assert_eq!(store.counts(), (0, 1));
    assert_eq!(project.pdf_with(&store), first);
    assert_eq!(store.counts(), (1, 1));
    project.write("src/two.md", "# Two\n\n## Part\n\nchanged\n");
    assert_ne!(project.pdf_with(&store).bytes, first.bytes);
    assert_eq!(store.counts(), (1, 2));
}

#[test]
fn a_contract_counts_its_clauses_and_is_signed_on_lines() {
    let project = Project::new(
        "[project]\nkind = \"contract\"\ntitle = \"Deed\"\ncontent = \"src\"\n",
        &[(
            "src/a.md",
            "# Deed\n\n## 2. Fees\n\n1. a\n   1. b\n\n## Signatures\n\nSigned.\n\n| | A |\n|---|---|\n| Name | ____ |\n",
        )],
    );
    let book = project.book();
    assert_eq!(book.chapters[0]["whole"], true);
    assert_eq!(book.chapters[0]["body"][1]["clause"], "2");
    assert_eq!(book.chapters[0]["body"][3]["keep"], true);
    assert_eq!(book.chapters[0]["body"][4]["sign"], true);
    let text = text(&project.pdf());
    assert!(
        text.contains("2.1") && text.contains("(a)") && text.contains("Page 1 of 1"),
        "{text}"
    );
}

#[test]
fn a_path_of_a_document_is_its_route() {
    let project = two("");
    let route = project.with(&project.store(), |context| {
        context.site.documents[0].route(crate::config::Format::Pdf)
    });
    assert_eq!(route, SitePath::parse("t.pdf").unwrap());
}

#[test]
fn what_has_a_label_is_numbered_and_linked() {
    let text = "# T\n\nSee @lst-a.\n\n```{#lst-a .x lst-cap=\"A\"}\nb\n```\n\n$$c$$ {#eq-d}\n";
    insta::assert_snapshot!(blocks(text), @r#"
    {"c":["See ",{"c":["Listing 1.1"],"i":"link","label":"p0--lst-a","on":"on page {page}","reference":"listing"},"."],"t":"para"}
    {"c":[{"lang":"x","lines":[{"c":["b"],"w":1}],"signed":false,"signs":false,"t":"code","v":"b"}],"caption":["A"],"kind":"listing","label":"p0--lst-a","name":"Listing 1.1","t":"numbered"}
    {"alt":"c","block":true,"c":{"m":"symbol","v":"c"},"label":"p0--eq-d","number":"(1.1)","t":"math"}
    "#);
    let pdf = Project::of(text).pdf();
    assert_eq!(codes(&pdf), [""; 0]);
}

#[test]
fn a_list_of_figures_knows_their_places() {
    let text = "# T\n\n\\listoffigures\n\n![A](x.png){#fig-a}\n";
    let list = blocks(text).lines().next().map(str::to_owned);
    let expected =
        r#"{"items":[{"label":"p0--fig-a","name":"Figure 1.1","text":"A"}],"t":"list-of"}"#;
    assert_eq!(list.as_deref(), Some(expected));
    assert_eq!(codes(&Project::of(text).pdf()), ["pdf-image"; 0]);
}
