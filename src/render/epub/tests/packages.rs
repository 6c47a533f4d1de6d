//! The book around the chapters.

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;

use zip::{CompressionMethod, ZipArchive};

use crate::render::epub::package::STYLE;
use crate::render::epub::tests::{CONFIG, GIF, make, make_in, one};

const TORTURE: &str = "a\u{c}b\n\n<!-- -- -->\n<p align=x>u\n<center><font>f</font></center><o:p a:b=c>w</o:p>\n\
    <svg onload=x><style>a>b</style><g id=a><path d=M0></g></svg><math><mo>&lt;</mo><mtext><b>x</b></mtext></math>\n\
    <h3>a<div>b</div></h3><pre><p>x</pre><table><table><tr><th>\n<a name='x y'><details><ul>z\n<dl><div><dt>";

#[test]
fn every_document_is_well_formed_and_no_id_is_used_twice() {
    let deep = format!(
        "# Deep\n\n{}x\n\n{}y\n",
        "<div>".repeat(20_000),
        "> ".repeat(300)
    );
    for source in [
        TORTURE,
        deep.as_str(),
        "",
        "# \n",
        "[^a]: b\n",
        "]]>&nbsp;&\u{fffe}<?x?>\n",
    ] {
        let made = one(source);
        for (name, text) in &made.files {
            if ![".xhtml", ".opf", ".ncx", ".xml"]
                .iter()
                .any(|end| name.ends_with(end))
            {
                continue;
            }
            let options = roxmltree::ParsingOptions {
                allow_dtd: true,
                ..Default::default()
            };
            let tree = roxmltree::Document::parse_with_options(text, options)
                .unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
            let mut ids = BTreeSet::new();
            for id in tree.descendants().filter_map(|node| node.attribute("id")) {
                assert!(ids.insert(id), "{name} has {id} twice");
            }
        }
    }
}

#[test]
fn the_archive_is_in_order_and_knows_no_clock() {
    let made = one("# One\n");
    let mut archive = ZipArchive::new(Cursor::new(&made.bytes)).unwrap();
    let first = archive.by_index(0).unwrap();
    assert_eq!(
        (first.name(), first.compression()),
        ("mimetype", CompressionMethod::Stored)
    );
    assert!(made.bytes[30..].starts_with(b"mimetypeapplication/epub+zip"));
    drop(first);
    for at in 0..archive.len() {
        let time = archive.by_index(at).unwrap().last_modified().unwrap();
        assert_eq!(
            (time.year(), time.month(), time.day(), time.hour()),
            (1980, 1, 1, 0)
        );
    }
    assert!(
        made.file("content.opf")
            .contains("<meta property=\"dcterms:modified\">2000-01-01T00:00:00Z</meta>")
    );
}

#[test]
fn the_same_book_is_the_same_bytes() {
    let source = "# One\n\n![a](dot.gif) $x$\n";
    let twice = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    assert_eq!(one(source).bytes, twice.install(|| one(source).bytes));
}

#[test]
fn a_book_is_made_once_and_again_when_an_input_changes() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    fs::create_dir_all(project.join("src")).unwrap();
    fs::write(project.join("tympan.toml"), CONFIG).unwrap();
    fs::write(project.join("src/dot.gif"), GIF).unwrap();
    fs::write(project.join("src/SUMMARY.md"), "- [One](one.md)\n").unwrap();
    fs::write(project.join("src/one.md"), "# One\n\n[x](two.md)\n").unwrap();
    let first = make_in(folder.path());
    let second = make_in(folder.path());
    assert_eq!((first.counts, second.counts), ((0, 2), (1, 0)));
    assert_eq!(first.bytes, second.bytes);
    fs::write(project.join("src/two.md"), "# Two\n").unwrap();
    let third = make_in(folder.path());
    assert_eq!(third.counts, (1, 1));
    assert!(
        third
            .file("one.xhtml")
            .contains("https://tides.example/two/")
    );
}

#[test]
fn parts_hold_their_chapters_and_every_place_is_in_the_contents() {
    let made = make(&[
        ("tympan.toml", CONFIG),
        (
            "src/SUMMARY.md",
            "[Preface](p.md)\n\n# Part & One\n\n- [A](a.md)\n  - [B](b.md)\n- [Draft]()\n\n# Empty\n\n[Glossary](g.md)\n",
        ),
        ("src/p.md", "hi"),
        ("src/a.md", "# A"),
        ("src/b.md", "# B"),
        ("src/g.md", "# Glossary"),
    ]);
    let nav = made.file("nav.xhtml");
    let nav = &nav[nav.find("<nav").unwrap()..nav.find("</body>").unwrap()];
    insta::assert_snapshot!(nav, @r##"
<nav epub:type="toc" role="doc-toc" id="toc" aria-labelledby="toc-title">
<h1 id="toc-title">Contents</h1>
<ol>
<li><a href="titlepage.xhtml">Title page</a></li>
<li><a href="imprint.xhtml">Imprint</a></li>
<li><a href="p.xhtml">Preface</a></li>
<li><a href="part-part-one.xhtml">Part &amp; One</a>
<ol>
<li><a href="a.xhtml">1 A</a>
<ol>
<li><a href="b.xhtml">1.1 B</a></li>
</ol>
</li>
</ol>
</li>
<li><a href="g.xhtml">Glossary</a></li>
<li><a href="colophon.xhtml">Colophon</a></li>
</ol>
</nav>
<nav epub:type="landmarks" aria-label="Landmarks" hidden="hidden">
<ol>
<li><a epub:type="cover" href="cover.xhtml">Cover</a></li>
<li><a epub:type="titlepage" href="titlepage.xhtml">Title page</a></li>
<li><a epub:type="copyright-page" href="imprint.xhtml">Imprint</a></li>
<li><a epub:type="toc" href="nav.xhtml#toc">Contents</a></li>
<li><a epub:type="bodymatter" href="part-part-one.xhtml">Start of text</a></li>
<li><a epub:type="preface" href="p.xhtml">Preface</a></li>
<li><a epub:type="glossary" href="g.xhtml">Glossary</a></li>
</ol>
</nav>
"##);
    let ncx = made.file("toc.ncx");
    let orders: Vec<&str> = ncx
        .split("playOrder=\"")
        .skip(1)
        .map(|rest| &rest[..1])
        .collect();
    assert_eq!(orders, ["1", "2", "3", "4", "5", "6", "7", "8"]);
    assert!(
        made.file("p.xhtml")
            .contains("<section epub:type=\"preface\" role=\"doc-preface\"")
    );
}

#[test]
fn the_package_says_what_the_book_is() {
    let made = one("# One\n\n![a](dot.gif) $x$\n");
    insta::assert_snapshot!(made.file("content.opf"), @r##"
<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="identifier" xml:lang="en-GB" dir="ltr">
  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:identifier id="identifier">urn:uuid:4d38d1be-6b68-83e8-bf97-eda0ed0a8ef2</dc:identifier>
    <dc:title id="title">Tides &amp; &lt;Moons&gt;</dc:title>
    <meta refines="#title" property="title-type">main</meta>
    <dc:language>en-GB</dc:language>
    <dc:creator id="creator-1">Ada Example</dc:creator>
    <meta refines="#creator-1" property="role" scheme="marc:relators">aut</meta>
    <meta refines="#creator-1" property="file-as">Example, Ada</meta>
    <meta refines="#creator-1" property="display-seq">1</meta>
    <dc:source>https://tides.example/</dc:source>
    <meta property="dcterms:modified">2000-01-01T00:00:00Z</meta>
    <meta name="cover" content="cover-image"/>
    <meta name="generator" content="tympan 0.1.0"/>
    <meta property="schema:accessMode">textual</meta>
    <meta property="schema:accessMode">visual</meta>
    <meta property="schema:accessModeSufficient">textual</meta>
    <meta property="schema:accessModeSufficient">textual,visual</meta>
    <meta property="schema:accessibilityFeature">tableOfContents</meta>
    <meta property="schema:accessibilityFeature">readingOrder</meta>
    <meta property="schema:accessibilityFeature">structuralNavigation</meta>
    <meta property="schema:accessibilityFeature">displayTransformability</meta>
    <meta property="schema:accessibilityFeature">alternativeText</meta>
    <meta property="schema:accessibilityFeature">MathML</meta>
    <meta property="schema:accessibilityFeature">describedMath</meta>
    <meta property="schema:accessibilityHazard">unknown</meta>
    <meta property="schema:accessibilitySummary" xml:lang="en">The text reflows, its structure is marked up, and all of it can be reached from the table of contents. Images have text alternatives. Formulas are MathML with TeX as their alternative. Animated images were not checked for flashes.</meta>
  </metadata>
  <manifest>
    <item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
    <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
    <item media-type="text/css" id="id_stylesheet.css" href="stylesheet.css"/>
    <item media-type="image/gif" properties="cover-image" id="cover-image" href="cover.gif"/>
    <item media-type="application/xhtml+xml" id="id_cover.xhtml" href="cover.xhtml"/>
    <item media-type="application/xhtml+xml" id="id_titlepage.xhtml" href="titlepage.xhtml"/>
    <item media-type="application/xhtml+xml" id="id_imprint.xhtml" href="imprint.xhtml"/>
    <item properties="mathml" media-type="application/xhtml+xml" id="id_one.xhtml" href="one.xhtml"/>
    <item media-type="application/xhtml+xml" id="id_two.xhtml" href="two.xhtml"/>
    <item media-type="application/xhtml+xml" id="id_colophon.xhtml" href="colophon.xhtml"/>
    <item media-type="image/gif" id="id_images_dot.gif" href="images/dot.gif"/>
  </manifest>
  <spine toc="ncx" page-progression-direction="ltr">
    <itemref idref="id_cover.xhtml"/>
    <itemref idref="id_titlepage.xhtml"/>
    <itemref idref="id_imprint.xhtml"/>
    <itemref idref="nav"/>
    <itemref idref="id_one.xhtml"/>
    <itemref idref="id_two.xhtml"/>
    <itemref idref="id_colophon.xhtml"/>
  </spine>
  <guide>
    <reference type="toc" title="Contents" href="nav.xhtml"/>
    <reference type="cover" title="Cover" href="cover.xhtml"/>
    <reference type="text" title="Start of text" href="one.xhtml"/>
  </guide>
</package>
"##);
}

/// A reader that somebody else wrote finds the same chapters in the same order.
#[test]
fn another_reader_finds_the_same_chapters() {
    let made = make(&[
        ("tympan.toml", CONFIG),
        (
            "src/SUMMARY.md",
            "[Preface](p.md)\n\n# The Sea\n\n- [A & b](a.md)\n  - [B](b.md)\n",
        ),
        ("src/p.md", "hi"),
        ("src/a.md", "# A\n\n## Deeper\n"),
        ("src/b.md", "# B"),
    ]);
    let book = rbook::Epub::read(Cursor::new(made.bytes.clone())).unwrap();
    let contents = book.toc().contents().unwrap();
    let labels: Vec<String> = contents
        .flatten()
        .map(|entry| format!("{} {}", entry.depth(), entry.label()))
        .collect();
    assert_eq!(
        labels,
        [
            "1 Title page",
            "1 Imprint",
            "1 Preface",
            "1 The Sea",
            "2 1 A & b",
            "3 Deeper",
            "3 1.1 B",
            "1 Colophon",
        ]
    );
    let mut texts = Vec::new();
    for page in book.reader() {
        texts.push(page.unwrap().content().to_owned());
    }
    let own = ["p.xhtml", "part-the-sea.xhtml", "a.xhtml", "b.xhtml"];
    let own: Vec<&str> = own.iter().map(|name| made.file(name)).collect();
    assert_eq!(texts[4..8], own);
}

#[test]
fn right_to_left_books_turn_their_pages_the_other_way() {
    let made = make(&[
        ("tympan.toml", &CONFIG.replace("en-GB", "he")),
        ("src/SUMMARY.md", "- [One](one.md)\n"),
        ("src/one.md", "# One\n\n    code\n"),
    ]);
    assert!(
        made.file("content.opf")
            .contains("page-progression-direction=\"rtl\"")
    );
    assert!(made.file("one.xhtml").contains("lang=\"he\" dir=\"rtl\">"));
    assert!(made.file("one.xhtml").contains("<pre dir=\"ltr\">"));
}

#[test]
fn the_cover_is_a_page_and_a_missing_one_is_reported() {
    let files = |cover: &str| {
        make(&[
            ("tympan.toml", &CONFIG.replace("src/dot.gif", cover)),
            ("src/SUMMARY.md", "- [One](one.md)\n"),
            ("src/one.md", "# One\n"),
        ])
    };
    let made = files("src/dot.gif");
    assert!(
        made.file("cover.xhtml")
            .contains("<img src=\"cover.gif\" alt=\"Cover: Tides &amp; &lt;Moons&gt;\"")
    );
    assert!(
        made.file("content.opf")
            .contains("properties=\"cover-image\"")
    );
    let made = files("src/gone.gif");
    assert_eq!(made.diagnostics[0].code, "epub-cover");
    assert!(made.file("cover.xhtml").contains("<img src=\"cover.png\""));
    let png = made.bytes_of("cover.png");
    let drawn = image::load_from_memory(&png).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (1600, 2560));
}

#[test]
fn pages_of_any_name_get_names_of_plain_ascii() {
    let made = make(&[
        ("tympan.toml", CONFIG),
        (
            "src/SUMMARY.md",
            "- [N](nav.md)\n- [S](<a b.md>)\n- [U](潮.md)\n- [N](nav.md)\n",
        ),
        ("src/nav.md", "# N"),
        ("src/a b.md", "# S"),
        ("src/潮.md", "# U"),
    ]);
    assert!(
        made.files
            .keys()
            .all(|name| name.is_ascii() && !name.contains(' '))
    );
    assert_eq!(
        made.files
            .keys()
            .filter(|name| name.contains(".xhtml"))
            .count(),
        8
    );
}

#[test]
fn headings_are_in_the_navigation_and_hidden_on_its_page() {
    let made = one("# One\n\n## A[^n] `b`\n\n### C\n\n#### D\n\n[^n]: x\n");
    let nav = made.file("nav.xhtml");
    let found = "<li><a href=\"one.xhtml\">1 One</a>\n<ol hidden=\"hidden\">\n\
                 <li><a href=\"one.xhtml#a-b\">A b</a>\n<ol>\n\
                 <li><a href=\"one.xhtml#c\">C</a></li>\n</ol>\n</li>\n</ol>\n</li>\n";
    assert!(nav.contains(found), "{nav}");
    let ncx = made.file("toc.ncx");
    assert!(ncx.contains("content=\"3\""), "{ncx}");
    assert!(ncx.contains("<content src=\"one.xhtml#c\""), "{ncx}");
}

#[test]
fn figures_are_listed_where_no_chapter_does_it() {
    let made = make(&[
        ("tympan.toml", CONFIG),
        ("src/SUMMARY.md", "- [Two](two.md)\n- [One](one.md)\n"),
        ("src/one.md", "# One\n\n![A](dot.gif){#fig-a}\n"),
        ("src/two.md", "# Two\n\n![B](dot.gif){#fig-b}\n"),
    ]);
    let nav = made.file("nav.xhtml");
    let list = nav.split_once("<nav epub:type=\"loi\"").unwrap().1;
    assert!(list.starts_with(" id=\"loi\" aria-labelledby=\"loi-title\">"));
    let (b, a) = (list.find("two.xhtml#fig-b"), list.find("one.xhtml#fig-a"));
    assert!(b.is_some() && b < a, "{nav}");
    assert!(nav.contains("<a epub:type=\"loi\" href=\"nav.xhtml#loi\">Figures</a>"));
}

/// The colors of code stand on a ground of their own (WCAG 2.2, 1.4.3).
#[test]
fn the_colors_of_code_can_be_read() {
    let part = |color: &str, at: usize| {
        let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        match value <= 0.04045 {
            true => value / 12.92,
            false => ((value + 0.055) / 1.055).powf(2.4),
        }
    };
    let luminance =
        |color: &str| 0.2126 * part(color, 0) + 0.7152 * part(color, 2) + 0.0722 * part(color, 4);
    let (light, dark) = STYLE
        .split_once("@media (prefers-color-scheme: dark)")
        .unwrap();
    let dark = dark.split_once("\n}\n").unwrap().0;
    for (sheet, expected) in [(light, 9), (dark, 9)] {
        let ground = sheet.split_once("pre { background: #").unwrap().1;
        let ground = luminance(ground);
        let rules = sheet
            .lines()
            .filter(|line| line.trim_start().starts_with("pre "));
        let colors: Vec<&str> = rules
            .filter_map(|line| Some(line.split_once(" color: #")?.1))
            .collect();
        assert_eq!(colors.len(), expected, "{colors:?}");
        for color in colors {
            let (one, two) = (luminance(color) + 0.05, ground + 0.05);
            assert!(one.max(two) / one.min(two) >= 4.5, "{color}");
        }
    }
}

#[test]
fn a_list_of_figures_stands_in_the_navigation() {
    let made = one("# T\n\n\\listoffigures\n\n![A & b](a.gif){#fig-a}\n");
    let nav = made.file("nav.xhtml");
    assert!(nav.contains("<a epub:type=\"loi\" href="), "{nav}");
    assert!(
        nav.contains("#fig-a\">Figure 1.1 A &amp; b</a></li>"),
        "{nav}"
    );
    assert!(!nav.contains("\"lot\""), "{nav}");
}
