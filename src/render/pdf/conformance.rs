//! Whatever is written, the PDF keeps to the standards; where it cannot, it does not claim to.

use std::fs;
use std::io::Cursor;

use lopdf::{Document, Object};

use crate::render::pdf::PdfOutput;
use crate::render::pdf::tests::{Project, codes};

const BOTH: [&str; 2] = ["PDF/A-2a", "PDF/UA-1"];

fn project(markdown: &str) -> Project {
    let project = Project::of(markdown);
    let mut png = Cursor::new(Vec::new());
    let pixels = image::RgbaImage::from_pixel(100, 50, image::Rgba([200, 30, 30, 90]));
    pixels.write_to(&mut png, image::ImageFormat::Png).unwrap();
    fs::write(project.root().join("src/a.png"), png.into_inner()).unwrap();
    project.write(
        "src/b.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"50\"><rect width=\"50\" height=\"50\" fill-opacity=\"0.4\"/></svg>",
    );
    project
}

#[track_caller]
fn conform(texts: &[&str]) {
    let mut faults = Vec::new();
    for markdown in texts {
        let pdf = project(markdown).pdf();
        if pdf.standards != BOTH || codes(&pdf).contains(&"pdf-standard") {
            faults.push(format!("{markdown}\n  {:?}", pdf.diagnostics));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_construct_conforms() {
    conform(&[
        "A *b* **c** ~~d~~ `e` <kbd>f</kbd> <mark>g</mark> H~2~O x^2^ [l](https://a.example/) [t](#t)",
        "> a\n\n> [!TIP]\n> b\n\n1. c\n   - [x] d\n   - [ ] e\n\nf\n: g\n\n---\n",
        "| a | b |\n|---|--:|\n| c | 1 |\n\n| | |\n|---|---|\n| d | |\n",
        "a[^x] b[^x] c[^y]\n\n[^x]: d\n\n    e\n\n[^y]: f[^x]\n",
        "$a^2$\n\n$$\\frac{a}{b}$$ {#eq-a}\n\n@eq-a and $ $ and $$ $$",
        "![w](a.png) ![](a.png) ![w](b.svg)\n\n![w](a.png)\n\n![](a.png)\n\n![](a.png \"caption\")\n\n![w](b.svg \"caption\")\n",
        "![w](a.png){#fig-a}\n\n\\listoffigures\n\n::: {#fig-x layout-ncol=2}\n![A](a.png){#fig-b}\n\n![B](b.svg){#fig-c}\n\nC\n:::\n",
        "```rust {linenos=true}\nfn main() {}\n```\n\n```diff\n+a\n-b\n```\n\n```{#lst-a lst-cap=\"A\"}\nx\n```\n",
        "```mermaid\nflowchart LR\n a --> b\n```\n",
        "<details><summary>a</summary>\n\n#### b\n\n</details>\n\n<h5>c</h5>\n\n<p align=\"center\"><img src=\"a.png\"></p>\n",
        "&#1; &#xfffe; &#xffff; \u{feff} \u{200b} \u{ad} \u{2028} \u{85} \u{200d} \u{fe0f} \u{301}",
        "שלום Ελλάδα Привет ﬁ ẞ ½ → ∀ ☑ … “a” ‚b‘ «c»",
    ]);
}

#[test]
fn headings_conform_wherever_they_stand() {
    conform(&[
        "#### a\n\n## b\n\n###### c\n\n# d\n\n### e",
        "> ### a\n\n#### b",
        "- ## a\n\n  #### b\n\n###### c",
        "a[^x]\n\n[^x]: ## b\n\n    #### c\n\n## d",
        "## ![](a.png)\n\n## [](x)\n\n## `` ` ``\n\n## $x$\n\n##\n\n### &#8203;\n",
        "",
        "x",
        "## a\n\n# b\n",
        "# ![](a.png)\n",
        "# \n\nx",
        "# [](x)\n",
        "# T\n\n##\n\n#### a\n",
        "# T\n\n## $x$\n\n## ![w](a.png)\n",
        "::: note\n### a\n:::\n\n=== \"b\"\n\n    ##### c\n\n| d |\n|---|\n| e |\n",
    ]);
}

#[test]
fn what_is_too_much_for_a_page_conforms() {
    let notes = (0..300)
        .map(|at| format!("w[^{at}]"))
        .collect::<Vec<_>>()
        .join(" ");
    let bodies = (0..300)
        .map(|at| format!("[^{at}]: note {at}\n"))
        .collect::<Vec<_>>()
        .join("\n");
    let cells = "| cell ".repeat(40);
    let table = format!(
        "{cells}|\n{}|\n{}",
        "|---".repeat(40),
        format!("{cells}|\n").repeat(60)
    );
    conform(&[
        &format!("# T\n\n{notes}\n\n{bodies}"),
        &format!(
            "# {0}\n\n## {0}\n\n## {1}\n",
            "word ".repeat(80),
            "x".repeat(400)
        ),
        &format!("# T\n\n{table}"),
        &format!(
            "# T\n\n~~~rust\n{}~~~\n",
            "fn a() { let b = \"c\"; }\n".repeat(2_000)
        ),
    ]);
}

#[test]
fn chapters_that_lead_to_each_other_conform() {
    let config = "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n";
    let chapter = |own: &str, other: &str| {
        format!("# {own}\n\n[o]({other}.md#s) [s](#s) @fig-x\n\n## S\n\n[t](#s)\n")
    };
    let (a, b) = (chapter("A", "b"), chapter("B", "a"));
    let pdf = Project::new(config, &[("src/a.md", &a), ("src/b.md", &b)]).pdf();
    assert_eq!(pdf.standards, BOTH);
}

#[test]
fn a_draft_conforms() {
    assert_eq!(project("# T\n\nx\n").dirty().pdf().standards, BOTH);
}

#[test]
fn a_file_that_cannot_conform_does_not_claim_to() {
    let pdf = project("# T\n\na\n\nb 潮 c\n").pdf();
    assert_eq!(pdf.standards, [""; 0]);
    assert_eq!(codes(&pdf), ["pdf-glyph-missing"]);
    assert!(!String::from_utf8_lossy(&pdf.bytes).contains("pdfaid"));
}

#[test]
fn a_title_that_no_font_has_is_told() {
    let config = "[project]\nkind = \"book\"\ntitle = \"潮\"\ncontent = \"src\"\n";
    let pdf = Project::new(config, &[("src/a.md", "# T\n\nx\n")]).pdf();
    assert_eq!(pdf.standards, [""; 0]);
    assert_eq!(codes(&pdf), ["pdf-glyph-missing"]);
    assert!(pdf.diagnostics[0].message.contains('潮'));
}

/// The names of the fonts of a PDF; all must be within it.
#[track_caller]
fn fonts(pdf: &PdfOutput) -> Vec<String> {
    let document = Document::load_mem(&pdf.bytes).unwrap();
    let mut names = Vec::new();
    for object in document.objects.values() {
        let Ok(font) = object.as_dict() else { continue };
        if !font.has_type(b"FontDescriptor") {
            continue;
        }
        let embedded = ["FontFile", "FontFile2", "FontFile3"];
        assert!(embedded.iter().any(|key| font.has(key.as_bytes())));
        let name = font.get(b"FontName").and_then(Object::as_name).unwrap();
        names.push(String::from_utf8_lossy(name).into_owned());
    }
    names
}

fn with_fonts(config: &str, markdown: &str) -> Project {
    let config =
        format!("[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n[pdf]\n{config}");
    let project = Project::new(
        &config,
        &[("src/a.md", markdown), ("fonts/broken.ttf", "no font")],
    );
    let mono = typst_assets::fonts().find(|data| {
        let face = ttf_parser::Face::parse(data, 0).unwrap();
        face.is_monospaced() && !face.is_bold()
    });
    fs::create_dir_all(project.root().join("more")).unwrap();
    fs::write(project.root().join("more/mono.ttf"), mono.unwrap()).unwrap();
    project
}

#[test]
fn a_project_has_fonts_of_its_own() {
    let project = with_fonts(
        "fonts = [\"more\"]\nfont = \"dejavu sans mono\"\n",
        "# T\n\nab\n",
    );
    let pdf = project.pdf();
    assert_eq!(codes(&pdf), [""; 0]);
    assert_eq!(pdf.standards, BOTH);
    let names = fonts(&pdf);
    assert!(
        names.iter().all(|name| name.contains("DejaVu")) && !names.is_empty(),
        "{names:?}"
    );
    assert!(
        fonts(&with_fonts("", "# T\n\nab\n").pdf())
            .iter()
            .any(|name| name.contains("Libertinus"))
    );
}

#[test]
fn a_font_that_is_not_there_is_told_at_its_name() {
    let config = "fonts = [\"fonts\", \"none\"]\nfont = [\"Libertinus Serf\"]\nmono_font = 'Nothing Like It'\n";
    let pdf = with_fonts(config, "# T\n\nab\n").pdf();
    let found = pdf.diagnostics.iter().map(|found| {
        let line = found.place.as_ref().unwrap().line;
        format!(
            "{line}: {}: {} ({})",
            found.code,
            found.message,
            found.help.as_deref().unwrap()
        )
    });
    insta::assert_snapshot!(found.collect::<Vec<_>>().join("\n"), @r"
    6: pdf-font: `fonts/broken.ttf` is no font that can be read (save it as TrueType or OpenType)
    6: pdf-font: there is no font in `none` (fonts are files that end in `.ttf`, `.otf`, `.ttc` or `.otc`)
    7: pdf-font: there is no font `Libertinus Serf` (did you mean `Libertinus Serif`?)
    8: pdf-font: there is no font `Nothing Like It` (name a folder that holds it in `fonts`, or set `system_fonts = true`)
    ");
}

#[test]
fn a_script_has_the_font_that_the_project_brings() {
    let project = with_fonts("system_fonts = true\n", "# T\n\nab\n");
    // Whatever fonts the machine has, those of the program come first.
    assert!(
        fonts(&project.pdf())
            .iter()
            .any(|name| name.contains("Libertinus"))
    );
}
