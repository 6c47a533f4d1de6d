//! Documents from Markdown to Word: what the parts of the file hold.

use std::fs;
use std::io::{Cursor, Read as _};

use crate::assets::{AssetMap, ImageAsset, ImageKind};
use crate::config::Format;
use crate::digest::Digest;
use crate::render::context::RenderContext;
use crate::render::docx::{DocxOutput, render_docx};
use crate::render::highlight::Highlights;
use crate::repo::{History, Snapshot, Source};
use crate::site::{LoadOptions, Site};
use crate::store::Store;

/// A project in a folder of its own, made into a Word file.
pub(super) fn made(config: &str, files: &[(&str, &[u8])]) -> DocxOutput {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    for (name, bytes) in [("tympan.toml", config.as_bytes())].iter().chain(files) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let snapshot = Snapshot::worktree(&root).unwrap();
    let history = History::read(&root, None).unwrap();
    let mut site = Site::load(&snapshot, &history, &LoadOptions::default(), &[]);
    site.source = Source {
        commit: Some("4be12ab7a0".to_owned()),
        time: Some(1_772_409_600),
        tree: None,
        dirty: false,
        shallow: false,
    };
    let mut assets = AssetMap::default();
    for file in &site.files {
        let kind = match file.extension() {
            "png" => ImageKind::Png,
            "svg" => ImageKind::Svg,
            _ => continue,
        };
        let digest = Digest::of(&fs::read(file.on_disk(&root)).unwrap());
        let asset = ImageAsset::as_it_is(file, digest, kind, (100, 50));
        assets.images.insert(file.clone(), asset);
    }
    let mut document = site.documents[0].clone();
    document.formats = vec![Format::Docx];
    let context = RenderContext {
        site: &site,
        assets: &assets,
        snapshot: &snapshot,
        store: &Store::open(&folder.path().join("store")),
        highlights: &Highlights::default(),
    };
    render_docx(&context, &document).unwrap()
}

const BOOK: &str = "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n";

/// A book of one chapter.
pub(super) fn of(markdown: &str) -> DocxOutput {
    made(BOOK, &[("src/a.md", markdown.as_bytes())])
}

/// A part of a file; every part must be well-formed.
pub(super) fn part(output: &DocxOutput, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(&output.bytes)).unwrap();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        if file.name().contains(".xml") || file.name().contains(".rels") {
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            roxmltree::Document::parse(&text).unwrap();
        }
    }
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The paragraphs of the text: their style and their words.
fn paragraphs(output: &DocxOutput) -> Vec<String> {
    let text = part(output, "word/document.xml");
    let document = roxmltree::Document::parse(&text).unwrap();
    let named = |node: &roxmltree::Node<'_, '_>, name: &str| node.tag_name().name() == name;
    let found = document.descendants().filter(|node| named(node, "p"));
    let found = found.map(|paragraph| {
        let style = paragraph.descendants().find(|node| named(node, "pStyle"));
        let style = style.and_then(|style| style.attributes().next());
        let style = style.map_or("", |style| style.value()).to_owned();
        let words = paragraph.descendants().filter(|node| named(node, "t"));
        let words: String = words.filter_map(|word| word.text()).collect();
        format!("{style}: {words}")
    });
    found.filter(|line| !line.starts_with("TOC")).collect()
}

#[track_caller]
fn case(markdown: &str, expected: &[&str]) {
    let output = of(&format!("# T\n\n{markdown}\n"));
    let found = paragraphs(&output);
    let begins = found
        .iter()
        .position(|line| line.starts_with("Heading1"))
        .unwrap();
    let found: Vec<&str> = found[begins + 1..].iter().map(String::as_str).collect();
    assert_eq!(found, expected);
}

#[test]
fn paragraphs_have_styles_by_what_they_are() {
    case("a\n\nb", &["FirstParagraph: a", "BodyText: b"]);
    case("## A\n\nb", &["Heading2: A", "FirstParagraph: b"]);
    case("> a", &["BlockText: a"]);
    case(
        "- a\n- b\n\n1. c",
        &["ListBullet: a", "ListBullet: b", "ListNumber: c"],
    );
    case("- [x] a", &["ListBullet: ☑a"]);
    case("a\n: b", &["DefinitionTerm: a", "Definition: b"]);
    case(
        "```rust\nlet a = 1;\nb\n```",
        &["SourceCode: let a = 1;", "SourceCode: b"],
    );
    case(
        "::: tip\nb\n:::",
        &[
            "TableGap: ",
            "AdmonitionTitle: Tip",
            "AdmonitionText: b",
            "TableGap: ",
        ],
    );
    case(
        "|a|b|\n|-|-|\n|c|d|\n\ne",
        &[
            "TableGap: ",
            "TableText: a",
            "TableText: b",
            "TableText: c",
            "TableText: d",
            "TableGap: ",
            "FirstParagraph: e",
        ],
    );
    case("---", &["Separator: "]);
}

#[test]
fn a_note_stands_in_its_own_part() {
    let output = of("# T\n\na[^1] b[^1]\n\n[^1]: note\n\n    more\n");
    let text = part(&output, "word/document.xml");
    assert!(text.contains("<w:footnoteReference w:id=\"1\"/>"), "{text}");
    assert!(text.contains("NOTEREF "), "{text}");
    let notes = part(&output, "word/footnotes.xml");
    assert!(
        notes.contains(">note<") && notes.contains(">more<") && notes.contains("<w:footnoteRef/>"),
        "{notes}"
    );
}

/// Every note that a field names has its number where Word looks for it.
#[test]
fn a_note_that_another_calls_first_is_a_note_of_the_text_too() {
    let output =
        of("# T\n\nFirst[^b] then [^a] and [^a].\n\n[^b]: Body[^a] and[^a]\n\n[^a]: Inner\n");
    let text = part(&output, "word/document.xml");
    let notes = part(&output, "word/footnotes.xml");
    assert_eq!(text.matches("<w:footnoteReference ").count(), 2, "{text}");
    assert_eq!(notes.matches(">Inner<").count(), 2, "{notes}");
    let named: Vec<&str> = text.split(" NOTEREF ").skip(1).collect();
    assert_eq!(named.len(), 1, "{text}");
    for field in named {
        let name = field.split(' ').next().unwrap();
        assert!(text.contains(&format!("w:name=\"{name}\"")), "{text}");
    }
    assert!(!notes.contains("NOTEREF"), "{notes}");
}

#[test]
fn a_note_of_a_cell_has_the_room_of_the_page() {
    let long = "word ".repeat(60);
    let output = of(&format!(
        "# T\n\n|a|b|\n|-|-|\n|c[^1]|d|\n\n[^1]: note\n\n    |{long}|\n    |-|\n    |d|\n"
    ));
    let notes = part(&output, "word/footnotes.xml");
    let widths = notes.split("<w:tblW w:w=\"").skip(1);
    let widths = widths.filter_map(|width| width.split('"').next()?.parse().ok());
    let widths: Vec<usize> = widths.collect();
    assert!(widths.iter().any(|width| *width > 5000), "{widths:?}");
}

/// The sides of the pages of each section, in order.
fn sections(output: &DocxOutput) -> Vec<&'static str> {
    let text = part(output, "word/document.xml");
    let found = text.split("<w:sectPr>").skip(1);
    found
        .map(|section| match section.contains("w:orient=\"landscape\"") {
            true => "turned",
            false => "upright",
        })
        .collect()
}

#[test]
fn turned_tables_share_their_pages() {
    let row = |cell: &str| format!("|{}\n", format!("{cell}|").repeat(12));
    let table = row("a heading of some words") + &row("-") + &row("a cell of some words");
    let case = |text: &str, expected: &[&str]| {
        let found = sections(&of(&format!("# T\n\na\n\n{text}")));
        assert_eq!(found, expected, "{text}");
    };
    case(&table, &["upright", "turned"]);
    case(
        &format!("{table}\n<!-- -->\n\n{table}"),
        &["upright", "turned"],
    );
    case(
        &format!("{table}\nb\n\n{table}\n## C\n"),
        &["upright", "turned", "upright", "turned", "upright"],
    );
    case(
        &format!("{table}\n|a|\n|-|\n|b|\n"),
        &["upright", "turned", "upright"],
    );
}

#[test]
fn the_same_text_is_the_same_bytes() {
    assert_eq!(of("# T\n\na\n").bytes, of("# T\n\na\n").bytes);
}

#[test]
fn links_lead_inside_and_outside() {
    let output = of("# T\n\n[a](#b) [c](https://c.example/?d&e) [f](javascript:g)\n\n## B\n");
    let text = part(&output, "word/document.xml");
    let anchor = text
        .split("w:anchor=\"")
        .find(|part| part.contains(">a<"))
        .unwrap();
    let anchor = anchor.split('"').next().unwrap();
    assert!(text.contains(&format!("w:name=\"{anchor}\"")), "{text}");
    let rels = part(&output, "word/_rels/document.xml.rels");
    assert!(
        rels.contains("Target=\"https://c.example/?d&amp;e\" TargetMode=\"External\""),
        "{rels}"
    );
    assert!(!rels.contains("javascript"));
}

/// A Word file with these parts.
fn house(parts: &[(&str, &str)]) -> Vec<u8> {
    let files = parts
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    crate::render::archive::write_archive(files).unwrap()
}

fn in_house(markdown: &str, house: &[u8]) -> DocxOutput {
    let config = format!("{BOOK}[docx]\nreference = \"house.docx\"\n");
    made(
        &config,
        &[("src/a.md", markdown.as_bytes()), ("house.docx", house)],
    )
}

const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

#[test]
fn a_reference_document_gives_the_looks() {
    let styles = format!(
        "<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val=\"19\"/></w:rPr></w:rPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Standard\"><w:name w:val=\"Normal\"/></w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/><w:rPr><w:color w:val=\"00FF00\"/></w:rPr></w:style></w:styles>"
    );
    let text = format!(
        "<w:document {W}><w:body><w:p/><w:sectPr><w:headerReference w:type=\"default\" r:id=\"h\"/><w:headerReference w:type=\"first\" r:id=\"out\"/>\
         <w:pgSz w:w=\"10000\" w:h=\"14000\"/><w:pgMar w:top=\"900\" w:right=\"800\" w:bottom=\"900\" w:left=\"800\" w:header=\"1\" w:footer=\"1\" w:gutter=\"0\"/><w:titlePg/></w:sectPr></w:body></w:document>"
    );
    let rels = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
        <Relationship Id=\"h\" Type=\"x\" Target=\"header9.xml\"/><Relationship Id=\"out\" Type=\"x\" Target=\"../../secret.xml\"/></Relationships>";
    let header = format!(
        "<w:hdr {W}><w:p><w:r><w:t>House</w:t></w:r><w:r><w:instrText>INCLUDETEXT \"/etc/passwd\"</w:instrText></w:r></w:p></w:hdr>"
    );
    let house = house(&[
        ("word/styles.xml", &styles),
        ("word/document.xml", &text),
        ("word/_rels/document.xml.rels", rels),
        ("word/header9.xml", &header),
        ("word/vbaProject.bin", "macro"),
    ]);
    let output = in_house("# T\n\na\n", &house);
    assert_eq!(output.diagnostics, Vec::new());
    let text = part(&output, "word/document.xml");
    assert!(
        text.contains("w:val=\"berschrift1\"") && text.contains("w:val=\"BodyText\"")
            || text.contains("w:val=\"FirstParagraph\""),
        "{text}"
    );
    assert!(
        text.contains("<w:pgSz w:w=\"10000\" w:h=\"14000\"/>"),
        "{text}"
    );
    let styles = part(&output, "word/styles.xml");
    assert!(
        styles.contains("00FF00") && styles.contains("<w:basedOn w:val=\"Standard\"/>"),
        "{styles}"
    );
    assert!(styles.contains("<w:lang w:val=\"en-US\""), "{styles}");
    let header = part(&output, "word/header1.xml");
    assert!(
        header.contains("House") && !header.contains("passwd"),
        "{header}"
    );
    let archive = zip::ZipArchive::new(Cursor::new(&output.bytes)).unwrap();
    assert!(
        !archive
            .file_names()
            .any(|name| name.contains("vba") || name.contains("secret"))
    );
}

#[test]
fn headers_are_those_that_the_reference_shows() {
    let relation =
        |at: usize| format!("<Relationship Id=\"h{at}\" Type=\"x\" Target=\"header{at}.xml\"/>");
    let rels = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{}</Relationships>",
        (1..=5).map(relation).collect::<String>()
    );
    let head = |name: &str| format!("<w:hdr {W}><w:p><w:r><w:t>{name}</w:t></w:r></w:p></w:hdr>");
    let named =
        |place: &str, at: usize| format!("<w:headerReference w:type=\"{place}\" r:id=\"h{at}\"/>");
    let styles = format!("<w:styles {W}/>");
    let case = |first: &str, last: &str, settings: &str, expected: &[&str]| {
        let text = format!(
            "<w:document {W}><w:body><w:p><w:pPr><w:sectPr>{first}</w:sectPr></w:pPr></w:p><w:sectPr>{last}<w:sectPrChange><w:sectPr>{}</w:sectPr></w:sectPrChange></w:sectPr></w:body></w:document>",
            named("default", 5)
        );
        let settings = format!("<w:settings {W}>{settings}</w:settings>");
        let heads: Vec<String> = ["A", "B", "C", "D", "Old"].map(head).into();
        let output = in_house(
            "# T\n\na\n",
            &house(&[
                ("word/styles.xml", &styles),
                ("word/document.xml", &text),
                ("word/settings.xml", &settings),
                ("word/_rels/document.xml.rels", &rels),
                ("word/header1.xml", &heads[0]),
                ("word/header2.xml", &heads[1]),
                ("word/header3.xml", &heads[2]),
                ("word/header4.xml", &heads[3]),
                ("word/header5.xml", &heads[4]),
            ]),
        );
        assert_eq!(output.diagnostics, Vec::new());
        let count = part(&output, "word/document.xml")
            .matches("<w:headerReference")
            .count();
        assert!(count >= expected.len());
        for (at, expected) in expected.iter().enumerate() {
            let head = part(&output, &format!("word/header{}.xml", at + 1));
            assert!(head.contains(&format!(">{expected}<")), "{head}");
        }
        let kinds = part(&output, "[Content_Types].xml");
        assert_eq!(
            kinds.matches("/word/header").count(),
            expected.len(),
            "{kinds}"
        );
        part(&output, "word/document.xml").contains("<w:titlePg/>")
    };
    let all = named("default", 1) + &named("even", 2) + &named("first", 3);
    // What is named and not shown is left; a section has the headers of the one before.
    assert!(!case(&all, "", "", &["A"]));
    assert!(case(&all, "<w:titlePg/>", "", &["A", "C"]));
    assert!(!case(
        &all,
        "<w:titlePg w:val=\"0\"/>",
        "<w:evenAndOddHeaders/>",
        &["A", "B"]
    ));
    assert!(!case(&all, &named("default", 4), "", &["D"]));
}

#[test]
fn a_style_of_another_sort_takes_no_place_of_ours() {
    let styles = format!(
        "<w:styles {W}><w:style w:type=\"paragraph\" w:styleId=\"Table\"><w:name w:val=\"Table\"/></w:style></w:styles>"
    );
    let house = house(&[("word/styles.xml", &styles)]);
    let output = in_house("# T\n\n|a|\n|-|\n|b|\n", &house);
    let styles = part(&output, "word/styles.xml");
    assert!(
        styles.contains("w:type=\"table\" w:customStyle=\"1\" w:styleId=\"Table0\"><w:name w:val=\"Table (tympan)\"/>"),
        "{styles}"
    );
    let text = part(&output, "word/document.xml");
    assert!(text.contains("<w:tblStyle w:val=\"Table0\"/>"), "{text}");
    let again = part(&in_house("# T\n\na\n", &output.bytes), "word/styles.xml");
    assert_eq!(again.matches("(tympan)").count(), 1, "{again}");
}

#[test]
fn a_document_of_our_own_can_be_the_reference() {
    let house = of("# T\n\na\n");
    let output = in_house("# T\n\na\n\n|a|\n|-|\n|b|\n", &house.bytes);
    assert_eq!(output.diagnostics, Vec::new());
    let own = part(&house, "word/styles.xml");
    let styles = part(&output, "word/styles.xml");
    assert_eq!(
        styles.matches("<w:style ").count(),
        own.matches("<w:style ").count()
    );
}

#[test]
fn a_reference_that_cannot_be_read_is_told() {
    let codes = |house: &[u8]| -> Vec<String> {
        let found = in_house("# T\n\na\n", house).diagnostics;
        found.iter().map(|found| found.code.to_string()).collect()
    };
    assert_eq!(codes(b"PK nothing"), ["docx-reference"]);
    assert_eq!(
        codes(&house(&[("word/document.xml", "<x/>")])),
        ["docx-reference"]
    );
    assert_eq!(
        codes(&house(&[("word/styles.xml", "<x/>")])),
        ["docx-reference"]
    );
    assert_eq!(
        codes(&house(&[(
            "word/styles.xml",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>"
        )])),
        ["docx-reference"]
    );
    let large = "<w:styles>".to_owned() + &" ".repeat(13 << 20);
    assert_eq!(
        codes(&house(&[("word/styles.xml", &large)])),
        ["docx-reference"]
    );
}

/// Text that nobody would write on purpose makes a file that is well formed.
#[test]
fn hostile_text_is_written() {
    let many = 2000;
    for text in [
        format!("{}x", "> ".repeat(many)),
        format!("{}x", "- ".repeat(many)),
        "::: note\n".repeat(many),
        format!("{}x", "**a *b ".repeat(many)),
        "```\n".to_owned() + &"code <&>\u{1}\n".repeat(many),
        format!("## {}", "long ".repeat(400)),
        format!(
            "|{}\n|{}\n|{}",
            "a|".repeat(90),
            "-|".repeat(90),
            "b|".repeat(89) + "last |"
        ),
        (0..300)
            .map(|at| format!("a[^{at}]\n\n[^{at}]: note [^{at}] [^{}]", at + 1))
            .collect::<Vec<_>>()
            .join("\n\n"),
        "<b>a<script>x</script><table><tr><td>".repeat(many),
        "$$\\frac{1}{2} \\sum_{i}^n x_i = \\begin{matrix}1&2\\\\3\\end{matrix}$$\n\n![](x.png)\n"
            .to_owned(),
    ] {
        let output = of(&format!("# T\n\n{text}\n\nlast\n"));
        let written = part(&output, "word/document.xml");
        assert!(!text.ends_with("last |") || written.matches(">last<").count() == 2);
        assert!(
            written.contains(">last<") || text.starts_with("```") || text.starts_with(":::"),
            "{}",
            &text[..40]
        );
    }
}
