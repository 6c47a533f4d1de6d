//! What the constructs of a page become.

use crate::render::epub::tests::one;

#[track_caller]
fn case(markdown: &str, expected: &str) {
    let made = one(markdown);
    let content = made.content("one.xhtml").trim();
    let content =
        content.strip_prefix("<h1 id=\"chapter.title\"><span class=\"number\">1</span> One</h1>");
    let content = content.unwrap_or(made.content("one.xhtml"));
    assert_eq!(content.trim(), expected);
}

#[test]
fn a_chapter_has_one_title_and_no_gaps_below() {
    let made = one("# One *way*\n\n#### Four\n\n###### Six\n\n## Two\n\n# Another\n");
    insta::assert_snapshot!(made.content("one.xhtml"), @r##"
<h1 id="one-way"><span class="number">1</span> One <em>way</em></h1>
<h2 id="four">Four</h2>
<h3 id="six">Six</h3>
<h2 id="two">Two</h2>
<h2 id="another">Another</h2>
"##);
    case("text first\n", "<p>text first</p>");
}

#[test]
fn footnotes_are_popups_with_ways_back() {
    let made = one("# One\n\nA[^n] b[^N] c[^none].\n\n[^n]: The *note*.\n[^unused]: x\n");
    insta::assert_snapshot!(made.content("one.xhtml"), @r##"
<h1 id="one"><span class="number">1</span> One</h1>
<p>A<a id="noteref.n" class="noteref" epub:type="noteref" role="doc-noteref" href="#note.n">1</a> b<a id="noteref.n.2" class="noteref" epub:type="noteref" role="doc-noteref" href="#note.n">1</a> c[^none].</p>
<div class="footnotes">
<aside id="note.n" class="footnote" epub:type="footnote" role="doc-footnote">
<p><span class="number">1.</span> The <em>note</em>. <a role="doc-backlink" aria-label="Back to reference 1" href="#noteref.n">↩︎</a> <a role="doc-backlink" aria-label="Back to reference 1.2" href="#noteref.n.2">↩︎</a></p>
</aside>
</div>
"##);
}

#[test]
fn constructs_take_the_form_of_books() {
    let made = one(
        "# One\n\n> [!TIP]\n> Go.\n\n- [x] done\n- [ ] open\n\n```text,ignore\nlet a = 1 < 2;\n```\n\n\
         ![A dot](dot.gif \"A caption\")\n\n![](dot.gif)\n\n| a | |\n|---|--:|\n| 1 | 2 |\n\nTerm\n: Meaning\n\n\
         $x < y$ and $\\nosuch$\n",
    );
    insta::assert_snapshot!(made.content("one.xhtml"), @r##"
<h1 id="one"><span class="number">1</span> One</h1>
<aside class="alert alert-tip" role="note">
<p class="alert-title">Tip</p>
<p>Go.</p>
</aside>
<ul>
<li class="task">☑ done</li>
<li class="task">☐ open</li>
</ul>
<pre><code class="language-text">let a = 1 &lt; 2;
</code></pre>
<figure><img src="images/dot.gif" alt="A dot" width="1" height="1"/><figcaption>A caption</figcaption></figure>
<p><img src="images/dot.gif" alt="" role="presentation" width="1" height="1"/></p>
<table class="few"><thead><tr><th scope="col">a</th><td style="text-align: right"></td></tr></thead><tbody>
<tr><td>1</td><td style="text-align: right">2</td></tr>
</tbody></table>
<dl>
<dt>Term</dt>
<dd>Meaning</dd>
</dl>
<p><math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x &lt; y" display="inline"><mi>x</mi><mo>&lt;</mo><mi>y</mi></math> and <code class="math">\nosuch</code></p>
"##);
}

#[test]
fn links_lead_into_the_book_to_the_site_or_nowhere() {
    case("[x](two.md#a:b)", "<p><a href=\"two.xhtml#a_b\">x</a></p>");
    case("[x](two.md#gone)", "<p><a href=\"two.xhtml\">x</a></p>");
    case(
        "<p><a href=\"two.html\">x</a></p>",
        "<p><a href=\"two.xhtml\">x</a></p>",
    );
    case(
        "[x](dot.gif)",
        "<p><a href=\"https://tides.example/dot.gif\">x</a></p>",
    );
    case(
        "[x](gone.md) [y](#gone) [z](javascript:a) [w](http://)",
        "<p>x y z w</p>",
    );
    case(
        "[x](<https://a.example/b c?d=[e]>)",
        "<p><a href=\"https://a.example/b%20c?d=%5Be%5D\">x</a></p>",
    );
}

#[test]
fn images_that_a_book_cannot_carry_become_words() {
    let made = one("# One\n\n![far](https://a.example/x.png) ![near](gone.png)\n");
    assert!(
        made.content("one.xhtml")
            .ends_with("<p><a href=\"https://a.example/x.png\">far</a> near</p>")
    );
    let codes: Vec<_> = made
        .diagnostics
        .iter()
        .map(|found| found.code.as_ref())
        .collect();
    assert_eq!(codes, ["epub-remote-image"]);
}

#[test]
fn raw_html_becomes_xhtml() {
    case("<p>a<br>b", "<p>a<br/>b</p>");
    case("<!-- a -- b -->\n\nx", "<p>x</p>");
    case(
        "<section><b>a<div>b</div>c</b></section>",
        "<section>a<div>b</div>c</section>",
    );
    case(
        "<b>a<div>b</div>c</b>",
        "<p><b>a</b></p><div><b>b</b></div><b>c</b>",
    );
    case(
        "<ul><p>a</p>b<li>c</ul>",
        "<ul><li><p>a</p></li><li>b</li><li>c</li></ul>",
    );
    case("<li>a</li>", "<div>a</div>");
    case(
        "<dl><dd>a</dd><dt>b</dt></dl>",
        "<div><div>a</div><div>b</div></div>",
    );
    case(
        "<table><tr><td>a<caption>b</table>",
        "<table class=\"few\"><caption>b</caption><tbody><tr><td>a</td></tr></tbody></table>",
    );
    case(
        "<details>a</details>",
        "<details open=\"open\"><summary>Details</summary>a</details>",
    );
    case(
        "<i id=a>a</i> <i id=a>b</i> <i id='1 2'>c</i>",
        "<p><i id=\"a\">a</i> <i>b</i> <i id=\"_1_2\">c</i></p>",
    );
}

#[test]
fn tables_of_many_columns_are_marked() {
    let made = one("# A\n\n|a|b|c|d|e|f|\n|-|-|-|-|-|-|\n|1|2|3|4|5|6|\n\n|a|\n|-|\n|1|\n");
    let content = made.content("one.xhtml");
    assert_eq!(
        (
            content.matches("<table class=\"wide\">").count(),
            content.matches("<table class=\"few\">").count()
        ),
        (1, 1)
    );
}

#[test]
fn pictures_keep_their_own_ids() {
    let picture =
        "<svg><g id=\"a\"><path d=\"M0\"></path></g><use href=\"#a\" fill=\"url(#a)\"></use></svg>";
    let made = one(&format!("# A\n\n{picture}\n{picture}\n\n[x](#a)\n"));
    let content = made.content("one.xhtml");
    assert!(
        content.contains("<use href=\"#a-2\" fill=\"url(#a-2)\"/>"),
        "{content}"
    );
    assert!(content.contains("<use href=\"#a-3\" fill=\"url(#a-3)\"/>"));
    assert!(content.contains("<a href=\"#a\">x</a>"));
}

#[test]
fn what_has_a_label_is_numbered_and_linked() {
    case(
        "See @lst-a and [@fig-none].\n\n```{#lst-a .x lst-cap=\"A\"}\nb\n```\n\n$$c$$ {#eq-d}\n",
        "<p>See <a href=\"#lst-a\">Listing\u{a0}1.1</a> and @fig-none.</p>\n\
         <figure id=\"lst-a\" class=\"numbered numbered-listing\"><figcaption><span class=\"numbering\">\
         Listing\u{a0}1.1</span> A</figcaption>\n<pre><code class=\"language-x\">b\n</code></pre>\n\
         </figure>\n<p><span id=\"eq-d\" class=\"equation\">\
         <math xmlns=\"http://www.w3.org/1998/Math/MathML\" alttext=\"c\" display=\"block\"><mi>c</mi></math> \
         <span class=\"numbering\">(1.1)</span></span></p>",
    );
}

#[test]
fn blocks_of_ours_are_those_of_books() {
    case(
        "??? tip \"A *b*\"\n    c\n\n=== \"D\"\n    e\n\n==f== ++ctrl++\n{.lead #g}\n",
        "<aside class=\"alert alert-tip\" role=\"note\">\n<p class=\"alert-title\">A <em>b</em></p>\n\
         <p>c</p>\n</aside>\n<div class=\"tabs\"><section class=\"tab\">\n<p class=\"tab-title\">D</p>\n\
         <p>e</p>\n</section>\n</div>\n<p id=\"g\" class=\"lead\"><mark>f</mark> <kbd>Ctrl</kbd></p>",
    );
}

/// Text that nobody would write on purpose becomes a chapter all the same.
#[test]
fn blocks_nest_as_deeply_as_anybody_writes_them() {
    let many = 10_000;
    let notes = (1..=2_000).map(|at| format!("[^{at}]: n [^{}]\n", at + 1));
    let chain: String = notes.collect();
    for text in [
        format!("{}x", "> ".repeat(many)),
        format!("{}x", "- ".repeat(many)),
        "::: note\n".repeat(many),
        format!("x[^1]\n\n{chain}"),
        format!("![x](dot.gif){{#fig-a}}\n\n{}", "@fig-a ".repeat(5_000)),
    ] {
        let made = one(&format!("# One\n\n{text}\n"));
        assert!(made.content("one.xhtml").contains("<h1"));
    }
}

#[test]
fn a_link_without_words_is_named_by_where_it_leads() {
    let case = |markdown: &str, expected: &str| {
        let made = one(&format!("# One\n\n{markdown}\n"));
        let found = made.content("one.xhtml");
        let found = found.lines().last().unwrap();
        let start = found.find("<a ").map_or("", |start| &found[start..]);
        let tag = &start[..start.find('>').map_or(0, |end| end + 1)];
        assert_eq!(tag, expected, "{found}");
    };
    case(
        "x [![](dot.gif)](two.md)",
        "<a href=\"two.xhtml\" aria-label=\"Two\">",
    );
    case(
        "x <a href=\"https://a.example/b/\"><img src=\"dot.gif\" alt=\"\"></a>",
        "<a href=\"https://a.example/b/\" aria-label=\"a.example/b\">",
    );
    case(
        "x <a href=\"two.md\" title=\"Next\"><img src=\"dot.gif\"></a>",
        "<a title=\"Next\" href=\"two.xhtml\">",
    );
    case("x [![A dot](dot.gif)](two.md)", "<a href=\"two.xhtml\">");
    case("x [$y$](two.md)", "<a href=\"two.xhtml\">");
    // Nothing can be seen of it, and nothing heard.
    case("x [](two.md) y", "");
    case("x [\n  ](https://a.example/) y", "");
}

#[test]
fn an_image_from_elsewhere_without_a_text_goes_by_its_address() {
    case(
        "x ![](https://a.example/b/boat.png?w=3) y",
        "<p>x <a href=\"https://a.example/b/boat.png?w=3\">a.example/b/boat.png</a> y</p>",
    );
}
