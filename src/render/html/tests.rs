//! The text of pages as HTML, from Markdown to markup.

use crate::assets::AssetMap;
use crate::render::context::RenderContext;
use crate::render::highlight::Highlights;
use crate::render::html::body::{Body, render_body};
use crate::render::html::theme::Theme;
use crate::repo::{History, Snapshot};
use crate::site::{LoadOptions, Site};
use crate::store::Store;

fn body(markdown: &str) -> Body {
    body_beside(markdown, &[])
}

/// The body of a page beside which there are photographs of these sizes.
fn body_beside(markdown: &str, photographs: &[(&str, u32, u32)]) -> Body {
    body_and_assets(markdown, photographs).0
}

fn body_and_assets(markdown: &str, photographs: &[(&str, u32, u32)]) -> (Body, AssetMap) {
    let folder = tempfile::tempdir().unwrap();
    for (name, width, height) in photographs {
        let file = folder.path().join(name);
        image::RgbImage::new(*width, *height).save(file).unwrap();
    }
    std::fs::write(folder.path().join("index.md"), markdown).unwrap();
    std::fs::write(folder.path().join("other.md"), "# Other\n\n## Part\n").unwrap();
    let snapshot = Snapshot::worktree(folder.path()).unwrap();
    let history = History::read(folder.path(), None).unwrap();
    let site = Site::load(&snapshot, &history, &LoadOptions::default(), &[]);
    let (assets, _) = AssetMap::read(&site, &snapshot);
    let store = Store::open(&folder.path().join(".tympan"));
    let context = RenderContext {
        site: &site,
        assets: &assets,
        snapshot: &snapshot,
        store: &store,
        highlights: &Highlights::default(),
    };
    let theme = Theme::built_in(site.kind, "en", None);
    let home = site
        .pages
        .iter()
        .find(|page| page.path.as_str() == "index.md");
    (render_body(&context, &theme, home.unwrap()), assets)
}

#[track_caller]
fn case(markdown: &str, expected: &str) {
    assert_eq!(body(markdown).content.trim_end(), expected);
}

#[test]
fn the_first_heading_is_the_title_of_the_page() {
    let body = body("# A `b` *c*\n\ntext\n");
    assert_eq!(body.heading.as_deref(), Some("A <code>b</code> <em>c</em>"));
    assert_eq!(body.content, "<p>text</p>\n");
}

#[test]
fn headings_have_ids_classes_and_a_way_to_them() {
    case(
        "text\n\n## Neap {#n .wide}\n",
        "<p>text</p>\n<h2 id=\"n\" class=\"wide\">Neap <a class=\"anchor\" href=\"#n\" \
         aria-label=\"Link to this section\">#</a></h2>",
    );
}

#[test]
fn a_link_without_words_is_named_by_where_it_leads() {
    let case = |markdown: &str, name: &str| {
        let found = body(markdown).content;
        let start = found.find("<a href=").unwrap();
        let tag = &found[start..=start + found[start..].find('>').unwrap()];
        let label = tag
            .split_once(" aria-label=\"")
            .map_or("", |(_, rest)| rest);
        assert_eq!(label.trim_end_matches("\">"), name, "{found}");
    };
    case("[![](x.png)](other.md)\n", "Other");
    case("[![](x.png)](other.md#part)\n", "Other");
    case("# T\n\n## A & b\n\n[![](x.png)](#a--b)\n", "A &amp; b");
    case("[![](x.png)](https://a.example/b/)\n", "a.example/b");
    case("[![](x.png)](x.png)\n", "x.png");
    case("[![A boat](x.png)](other.md)\n", "");
    case("[![](x.png) *a boat*](other.md)\n", "");
}

#[test]
fn links_lead_to_where_pages_are_served() {
    case(
        "[a](other.md#part)",
        "<p><a href=\"other/index.html#part\">a</a></p>",
    );
    case(
        "[a](/other/ \"t\")",
        "<p><a href=\"other/index.html\" title=\"t\">a</a></p>",
    );
    case(
        "<a href=\"other.md\">a</a>",
        "<p><a href=\"other/index.html\">a</a></p>",
    );
    case("[a](javascript:b)", "<p>a</p>");
    case(
        "see https://a.example",
        "<p>see <a href=\"https://a.example\">https://a.example</a></p>",
    );
}

#[test]
fn notes_are_numbered_and_lead_back() {
    let html = body("a[^x] b[^y] c[^x]\n\n[^y]: Two.\n[^x]: One.\n").content;
    assert!(html.contains("id=\"fnref-1-2\""), "{html}");
    let (one, two) = (html.find("One.").unwrap(), html.find("Two.").unwrap());
    assert!(one < two, "{html}");
    assert_eq!(html.matches("role=\"doc-backlink\"").count(), 3);
}

#[test]
fn alerts_tasks_and_tables_are_marked_up() {
    case(
        "> [!TIP]\n> Go.\n",
        "<aside class=\"alert alert-tip\" role=\"note\"><p class=\"alert-title\">Tip</p>\n<p>Go.</p>\n</aside>",
    );
    let html = body("- [x] a\n\n| b |\n| - |\n| c |\n").content;
    assert!(
        html.contains("<input type=\"checkbox\" disabled checked aria-label=\"done\">"),
        "{html}"
    );
    assert!(
        html.contains("<div class=\"table\" role=\"group\" tabindex=\"0\""),
        "{html}"
    );
}

#[test]
fn notes_fold_and_carry_their_own_words() {
    case(
        "!!! warning \"Mind *this*\"\n    a\n",
        "<aside class=\"alert alert-warning\" role=\"note\"><p class=\"alert-title\">Mind \
         <em>this</em></p>\n<p>a</p>\n</aside>",
    );
    case(
        "??? tldr\n    a\n",
        "<details class=\"alert alert-abstract\"><summary class=\"alert-title\">Abstract\
         </summary>\n<p>a</p>\n</details>",
    );
    case(
        "::: recipe Two eggs\na\n:::\n",
        "<aside class=\"alert alert-recipe\" role=\"note\"><p class=\"alert-title\">Two eggs\
         </p>\n<p>a</p>\n</aside>",
    );
    case(
        "!!! note \"\"\n    a\n",
        "<aside class=\"alert alert-note\" role=\"note\">\n<p>a</p>\n</aside>",
    );
}

#[test]
fn tabs_are_disclosures_of_one_name() {
    case(
        "=== \"A\"\n    a\n\n===+ \"B\"\n    b\n",
        "<div class=\"tabs\"><details name=\"tabs-1\"><summary>A</summary>\n<p>a</p>\n</details>\n\
         <details name=\"tabs-1\" open><summary>B</summary>\n<p>b</p>\n</details>\n</div>",
    );
}

#[test]
fn attributes_stand_on_what_they_follow() {
    case(
        "[a](other.md){.button target=_blank onclick=x}",
        "<p><a href=\"other/index.html\" class=\"button\" target=\"_blank\">a</a></p>",
    );
    case("a\n{: .lead #x }\n", "<p id=\"x\" class=\"lead\">a</p>");
    case("- a\n\n{.x}\n", "<ul class=\"x\">\n<li>a</li>\n</ul>");
    case(
        "`a`{.b} **c**{.d}",
        "<p><code class=\"b\">a</code> <strong class=\"d\">c</strong></p>",
    );
    case(
        "![a](https://a.example/b.png){width=30 align=left}",
        "<p><img src=\"https://a.example/b.png\" alt=\"a\" width=\"30\" fetchpriority=\"high\" \
         decoding=\"async\" class=\"align-left\"></p>",
    );
    case("a {x} {b, c}", "<p>a {x} {b, c}</p>");
}

#[test]
fn a_formula_that_cannot_be_read_is_reported_and_shown() {
    let body = body("text $\\frac{1}$\n");
    assert!(
        body.content.contains("<code>\\frac{1}</code>"),
        "{}",
        body.content
    );
    let place = body.diagnostics[0].place.as_ref().unwrap();
    assert_eq!(
        (body.diagnostics[0].code.as_ref(), place.line, place.column),
        ("math-syntax", 1, 6)
    );
}

#[test]
fn short_marks_are_elements() {
    case(
        "==a== ^^b^^ x^2^ H~2~O ++ctrl+c++ :tada:",
        "<p><mark>a</mark> <ins>b</ins> x<sup>2</sup> H<sub>2</sub>O \
         <kbd>Ctrl</kbd>+<kbd>C</kbd> 🎉</p>",
    );
    case(
        "The W3C.\n\n*[W3C]: World \"Wide\" Web\n",
        "<p>The <abbr title=\"World &quot;Wide&quot; Web\">W3C</abbr>.</p>",
    );
}

#[test]
fn what_has_a_label_is_numbered_and_linked() {
    case(
        "See @tbl-a, [-@eq-b], @fig-none.\n\n| a |\n|---|\n| b |\n\n: Tides {#tbl-a}\n\n$$x$$ {#eq-b}\n",
        "<p>See <a href=\"#tbl-a\">Table\u{a0}1</a>, <a href=\"#eq-b\">1</a>, @fig-none.</p>\n\
         <figure id=\"tbl-a\" class=\"numbered numbered-table\"><figcaption><span class=\"numbering\">\
         Table\u{a0}1</span> Tides</figcaption><div class=\"table\" role=\"group\" tabindex=\"0\" \
         aria-label=\"Table\"><table><thead><tr><th>a</th></tr></thead><tbody>\n<tr><td>b</td></tr>\n\
         </tbody></table>\n</div>\n</figure>\n<p><span id=\"eq-b\" class=\"equation\">\
         <span class=\"formula\" role=\"group\" tabindex=\"0\"><math alttext=\"x\" display=\"block\">\
         <mi>x</mi></math></span><span class=\"numbering\">(1)</span></span></p>",
    );
}

#[test]
fn a_page_lists_its_figures() {
    let list = body("\\listoftables\n\n\\listoffigures\n\n![A *b*](x.png){#fig-a}\n").content;
    let list = list.split("<figure").next().unwrap();
    assert_eq!(
        list,
        "<ul class=\"list-of\" data-kind=\"figure\">\n\
         <li><a href=\"#fig-a\"><span class=\"numbering\">Figure\u{a0}1</span> A b</a></li>\n</ul>\n"
    );
}

#[test]
fn the_title_of_a_page_is_its_own() {
    let body = body("# Home\n\nText[^a].\n\n[^a]: # Note\n");
    assert_eq!(body.heading.as_deref(), Some("Home"));
    assert!(body.content.contains("Note"), "{}", body.content);
}

#[test]
fn the_parts_of_a_figure_stand_side_by_side() {
    case(
        "::: {#fig-x layout-ncol=2}\n![A](x.png){#fig-a}\n\nBoth, as in @fig-a\n:::\n",
        "<figure id=\"fig-x\" class=\"numbered numbered-figure layout layout-2\">\
         <figure id=\"fig-a\" class=\"numbered numbered-figure\"><img src=\"x.png\" alt=\"A\" fetchpriority=\"high\" decoding=\"async\">\
         <figcaption><span class=\"numbering\">(a)</span> A</figcaption></figure>\n\
         <figcaption><span class=\"numbering\">Figure\u{a0}1</span> Both, as in <a href=\"#fig-a\">Figure\u{a0}1\u{a0}(a)</a></figcaption></figure>",
    );
}

/// The images of a page, without the digests of their files.
fn pictures(markdown: &str) -> String {
    let photographs = [("a.jpg", 4000, 2000), ("b.jpg", 700, 1400)];
    let html = body_beside(markdown, &photographs).content;
    let mut found = String::new();
    let mut rest = html.as_str();
    while let Some(at) = rest.find("_tympan/images/") {
        found.push_str(&rest[..at]);
        let name = &rest[at + "_tympan/images/".len()..];
        let end = name.find('.').unwrap();
        found.push_str(name[..end].rsplit_once('-').unwrap().0);
        rest = &name[end..];
    }
    found.push_str(rest);
    found
}

#[test]
fn images_have_their_files_their_room_and_their_size() {
    let pages = [
        "![a](a.jpg)\n\n- ![b](b.jpg)\n\n![c](a.jpg \"C\")\n",
        "![a](a.jpg){width=200 loading=lazy}\n![b](b.jpg){height=140 .c}\n",
        "![a](a.jpg){crop=1:1 width=300 focus=left}\n",
        "![b](b.jpg){quality=40 formats=none widths=\"300 600\" sizes=40vw}\n",
    ];
    insta::assert_snapshot!(pages.map(pictures).concat(), @r#"
    <p><a class="original" href="a.jpg"><picture><source type="image/webp" srcset="a-480.webp 480w, a-960.webp 960w, a-1440.webp 1440w, a-1920.webp 1920w" sizes="(min-width: 1131px) 748px, (min-width: 1024px) calc(92vw - 298px), (min-width: 813px) 748px, calc(100vw - 38px)"><img src="a-960.jpg" alt="a" width="960" height="480" fetchpriority="high" decoding="async"></picture></a></p>
    <ul>
    <li><picture><source type="image/webp" srcset="b-480.webp 480w, b-700.webp 700w" sizes="(min-width: 813px) 700px, calc(100vw - 64px)"><img src="b-700.jpg" alt="b" width="700" height="1400" loading="lazy" decoding="async"></picture></li>
    </ul>
    <figure><a class="original" href="a.jpg"><picture><source type="image/webp" srcset="a-480.webp 480w, a-960.webp 960w, a-1440.webp 1440w, a-1920.webp 1920w" sizes="(min-width: 1131px) 748px, (min-width: 1024px) calc(92vw - 298px), (min-width: 813px) 748px, calc(100vw - 38px)"><img src="a-960.jpg" alt="c" width="960" height="480" loading="lazy" decoding="async"></picture></a><figcaption>C</figcaption></figure>
    <p><picture><source type="image/webp" srcset="a-480.webp 480w, a-960.webp 960w, a-1440.webp 1440w" sizes="200px"><img src="a-960.jpg" alt="a" width="200" height="100" loading="lazy" decoding="async"></picture>
    <picture><source type="image/webp" srcset="b-480.webp 480w, b-700.webp 700w" sizes="70px"><img src="b-700.jpg" alt="b" width="70" height="140" class="c" loading="lazy" decoding="async"></picture></p>
    <p><a class="original" href="a.jpg"><picture><source type="image/webp" srcset="a-300.webp 300w, a-600.webp 600w" sizes="300px"><img src="a-600.jpg" alt="a" width="300" height="300" fetchpriority="high" decoding="async"></picture></a></p>
    <p><img src="b-600.jpg" alt="b" width="700" height="1400" fetchpriority="high" decoding="async"></p>
    "#);
}

#[test]
fn the_images_of_a_gallery_are_tiles() {
    let text = "::: gallery\n![a](a.jpg \"A\")\n![b](b.jpg){crop=1:1}\n:::\n";
    insta::assert_snapshot!(pictures(text), @r#"
    <div class="gallery"><figure><a class="original" href="a.jpg"><picture><source type="image/webp" srcset="a-480.webp 480w, a-960.webp 960w" sizes="(min-width: 1131px) 243px, (min-width: 1024px) calc(33.3vw - 134px), (min-width: 813px) 243px, (min-width: 521px) calc(30.7vw - 7px), (min-width: 354px) calc(50vw - 24px), calc(100vw - 38px)"><img src="a-960.jpg" alt="a" width="960" height="720" fetchpriority="high" decoding="async"></picture></a><figcaption>A</figcaption></figure>
    <figure><picture><source type="image/webp" srcset="b-480.webp 480w, b-700.webp 700w" sizes="(min-width: 1131px) 243px, (min-width: 1024px) calc(33.3vw - 134px), (min-width: 813px) 243px, (min-width: 521px) calc(30.7vw - 7px), (min-width: 354px) calc(50vw - 24px), calc(100vw - 38px)"><img src="b-700.jpg" alt="b" width="700" height="700" loading="lazy" decoding="async"></picture></figure>
    </div>
    "#);
}

#[test]
fn an_original_is_published_where_it_is_linked() {
    let case = |text: &str, expected: &[&str]| {
        let photographs = [("a.jpg", 4000, 2000), ("b.jpg", 700, 1400)];
        let (body, assets) = body_and_assets(text, &photographs);
        let links = body.content.split("<a class=\"original\" href=\"").skip(1);
        let mut linked: Vec<&str> = links.map(|rest| rest.split('"').next().unwrap()).collect();
        linked.sort_unstable();
        linked.dedup();
        let originals = assets
            .images
            .values()
            .filter_map(|asset| asset.original.as_ref());
        let published: Vec<&str> = originals.map(|original| original.as_str()).collect();
        assert_eq!((&*linked, &*published), (expected, expected), "{text}");
        let files = assets.files.values().map(|route| route.as_str());
        assert_eq!(files.collect::<Vec<_>>(), expected, "{text}");
    };
    case("![a](a.jpg)\n\n![b](b.jpg)\n", &["a.jpg"]);
    case("a ![a](a.jpg)\n\n- ![a](a.jpg)\n", &[]);
    case("a ![a](a.jpg)\n\n![a](a.jpg){width=50%}\n", &["a.jpg"]);
    case("![](a.jpg)\n\n<img src=a.jpg alt=a>\n", &[]);
    case("[![a](a.jpg)](other.md)\n", &[]);
    case("<a href=other.md>\n\n![a](a.jpg \"A\")\n\n</a>\n", &[]);
    case("![b](b.jpg){width=100}\n\n![b](b.jpg)\n", &[]);
    case("![a](a.jpg){original=false}\n", &[]);
    case(
        "> ![a](a.jpg){height=100 crop=1:1}\n\n![b](b.jpg \"B\")\n",
        &["a.jpg"],
    );
    case(
        "::: gallery\n![a](a.jpg){width=50%}\n[![b](b.jpg)](other.md)\n:::\n",
        &["a.jpg"],
    );
    case("::: gallery\n![a](a.jpg){width=50%}\n:::\n", &["a.jpg"]);
    case("![a](a.jpg){#fig-a}\n", &["a.jpg"]);
}

#[test]
fn an_address_in_html_is_what_browsers_read() {
    let html = body_beside(
        "<img src='q&amp;a.jpg' alt='&eacute;'>\n\n\
         <a href='q&#38;a.jpg'>a</a> <a href='https://a.example/?b=1&amp;c=&eacute;'>c</a>\n",
        &[("q&a.jpg", 40, 40)],
    )
    .content;
    assert!(html.contains("images/q-a-40"), "{html}");
    assert!(html.contains("<a href=\"q%26a.jpg\">a</a>"), "{html}");
    assert!(
        html.contains("<a href=\"https://a.example/?b=1&amp;c=é\">"),
        "{html}"
    );
}

#[test]
fn images_in_html_are_as_those_in_markdown() {
    let pages = [
        "<img src=\"a.jpg\" alt=\"a &amp; b\" class='c' width=200>\n",
        "a <img src=b.jpg> ![c](a.jpg){width=50%}\n",
        "<img src=\"a.jpg\" srcset=\"b.jpg 2x\" alt=\"\">\n",
        "<picture><source srcset=\"b.jpg\"><img src=\"a.jpg\" alt=\"\"></picture>\n",
    ];
    insta::assert_snapshot!(pages.map(pictures).concat(), @r#"
    <picture><source type="image/webp" srcset="a-480.webp 480w, a-960.webp 960w, a-1440.webp 1440w" sizes="200px"><img src="a-960.jpg" alt="a &amp; b" width="200" height="100" class="c" fetchpriority="high" decoding="async"></picture>
    <p>a <picture><source type="image/webp" srcset="b-480.webp 480w, b-700.webp 700w" sizes="(min-width: 813px) 700px, calc(100vw - 38px)"><img src="b-700.jpg" width="700" height="1400" fetchpriority="high" decoding="async"></picture> <picture><source type="image/webp" srcset="a-480.webp 480w, a-960.webp 960w" sizes="(min-width: 1131px) 374px, (min-width: 1024px) calc(46vw - 149px), (min-width: 813px) 374px, calc(50vw - 19px)"><img src="a-960.jpg" alt="c" width="374" height="187" loading="lazy" decoding="async" style="width:50%"></picture></p>
    <img src="a-960.jpg" srcset="b.jpg 2x" alt="">
    <p><picture><source srcset="b.jpg"><img src="a-960.jpg" alt=""></picture></p>
    "#);
}
