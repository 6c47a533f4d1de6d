//! What becomes of each kind of text.

use std::ops::Range;

use crate::checks::test_site::site;
use crate::checks::text::block::{Block, Mark, PLACEHOLDER};
use crate::checks::text::walk::read_prose;

#[track_caller]
fn case(source: &str, expected: &[&str]) {
    let site = site(&[("a.md", source)]);
    let page = &site.pages[0];
    let blocks = read_prose(page).blocks;
    let texts: Vec<String> = blocks
        .iter()
        .map(|block| {
            let mut text = block.text.clone();
            for mask in block.masked.iter().rev() {
                text.replace_range(mask.clone(), "~");
            }
            text
        })
        .collect();
    assert_eq!(texts, expected);
}

#[test]
fn each_block_is_read_apart() {
    case(
        "# One *two*\n\nthree\nfour\n\n- five\n  - six\n\n> seven\n> eight\n",
        &["One two", "three four", "five", "six", "seven eight"],
    );
    case("| a | b |\n|---|---|\n| c | d |\n", &["a", "b", "c", "d"]);
    case("term\n: meaning\n", &["term", "meaning"]);
    case("a[^1]\n\n[^1]: note\n", &["a", "note"]);
}

#[test]
fn blocks_tell_what_they_are() {
    let text =
        "---\ntitle: T\n---\n# A\n\n> - b\n\n| c |\n|---|\n| d |\n\n![e](e.png \"f\")\n\ng\n: h\n";
    let site = site(&[("a.md", text)]);
    let blocks = read_prose(&site.pages[0]).blocks;
    let told = |block: &Block| {
        let within = [(block.in_quote, ">"), (block.in_list, "-")];
        let within: String = within
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, sign)| *sign)
            .collect();
        format!("{} {:?} {within}", block.text, block.kind)
    };
    let told: Vec<String> = blocks.iter().map(told).collect();
    assert_eq!(
        told,
        [
            "T Title ",
            "A Heading(1) ",
            "b Paragraph >-",
            "c HeaderCell ",
            "d Cell ",
            "e Alternative ",
            "f Caption ",
            "g Term ",
            "h Paragraph ",
        ]
    );
}

#[test]
fn marks_lead_to_their_words() {
    let site = site(&[("a.md", "a **b *c*** [d](a.md) ![e *f*](f.png)\n")]);
    let prose = read_prose(&site.pages[0]);
    let marked = |block: &Block| {
        let one = |(mark, range): &(Mark, Range<usize>)| {
            format!("{mark:?} {}", &block.text[range.clone()])
        };
        block.marks.iter().map(one).collect::<Vec<_>>()
    };
    let marked: Vec<Vec<String>> = prose.blocks.iter().map(marked).collect();
    let expected = [
        vec!["Emphasis f"],
        vec!["Emphasis c", "Strong b c", "Link d"],
    ];
    assert_eq!(marked, expected);
}

#[test]
fn what_is_no_prose_is_masked() {
    case("a `b` $c$ <https://d.example> e", &["a ~ ~ ~ e"]);
    case("press <kbd>Ctrl</kbd> or<br>not", &["press ~ or\nnot"]);
    case("[text](teh.md) https://teh.example", &["text ~"]);
    case("```\ncode\n```\n\n    code\n\n<!-- html -->\n", &[]);
    case("a {{ b }} c", &["a ~ c"]);
}

#[track_caller]
fn spoken(source: &str, expected: &[&str]) {
    let site = site(&[("a.md", source)]);
    let blocks = read_prose(&site.pages[0]).blocks;
    let told = |block: &Block| {
        let language = block.language.as_deref().unwrap_or("-");
        format!("{language} {}", block.text.replace(PLACEHOLDER, "~"))
    };
    assert_eq!(blocks.iter().map(told).collect::<Vec<_>>(), expected);
}

#[test]
fn words_in_another_language_are_apart() {
    spoken(
        "A <span lang=\"de\">Haus *am* See</span> b\n",
        &["de Haus am See", "- A ~ b"],
    );
    spoken("**A <i lang=de>Haus</i>** b\n", &["de Haus", "- A ~ b"]);
    spoken("A *Haus*{lang=de} b\n", &["de Haus", "- A ~ b"]);
    spoken("# Haus {lang=de}\n\nb\n", &["de Haus", "- b"]);
    spoken(
        "::: {lang=de}\nHaus\n\n- See\n:::\n\nb\n",
        &["de Haus", "de See", "- b"],
    );
    spoken(
        "<div lang='de'>\n\nHaus\n\n</div>\n\nb\n",
        &["de Haus", "- b"],
    );
    spoken(
        "<p lang=de>Haus <b lang=fr>la vie</b> See</p>\n",
        &["fr la vie", "de Haus ~ See"],
    );
    spoken("<p lang=de>Haus\n\nb\n", &["de Haus", "- b"]);
    spoken("A <span lang=de>Haus\n\nb\n", &["de Haus", "- A ~", "- b"]);
    spoken(
        "<span lang=de>Das <i lang=fr>la</i></span>\n",
        &["de Das ", "fr la"],
    );
}

#[test]
fn text_in_html_is_read() {
    case("<div>html</div>\n", &["html"]);
    case(
        "<p>One <b>two</b>\n  three<br>four</p>\n<h2 id=a>Five</h2>\n",
        &["One two three\nfour", "Five"],
    );
    case(
        "<table>\n<tr><th>a</th><td>b <code>c</code></td></tr>\n</table>\n",
        &["a", "b ~"],
    );
    case(
        "<details>\n<summary>One</summary>\n\nTwo\n\n</details>\n",
        &["One", "Two"],
    );
    case(
        "<p>a <!-- b\nc --> d</p>\n<pre>\ne\n</pre>\n<script>\nf = '<p>g';\n</script>\n",
        &["a  d"],
    );
    case(
        "<p>caf&eacute;&nbsp;&amp; x < y</p>\n",
        &["caf\u{e9}\u{a0}& x ~ y"],
    );
    case("> <p\n> class=a>one\n> two</p>\n", &["one two"]);
    case(
        "<p><img src=a.png alt=\"A boat\"> on &copy; sea</p>\n",
        &["A boat", "~ on \u{a9} sea"],
    );
    case("<svg>\n<text>a</text>\n\nb\n", &["b"]);
}

#[test]
fn words_in_html_lead_to_their_places() {
    let text = "> <p>Caf&eacute; <b>two</b>\n> three</p>\n";
    let site = site(&[("a.md", text)]);
    let blocks = read_prose(&site.pages[0]).blocks;
    let place = |word: &str| {
        let at = blocks[0].text.find(word).unwrap();
        &text[blocks[0].source(&(at..at + word.len()))]
    };
    assert_eq!(
        [place("Caf\u{e9}"), place("two"), place("three")],
        ["Caf&eacute;", "two", "three"]
    );
}

#[test]
fn markup_inside_a_word_does_not_split_it() {
    case("un*believ*able Q&amp;A \\*x", &["unbelievable Q&A *x"]);
}

#[test]
fn images_give_their_text_and_caption() {
    case(
        "![a *boat*](b.png \"At sea\") x",
        &["a boat", "At sea", "~ x"],
    );
}

#[test]
fn links_give_their_titles() {
    case("[a](b.md \"See b\") c", &["See b", "a c"]);
}

#[test]
fn folded_front_matter_leads_to_its_words() {
    let text = "---\ndescription: >\n  One\n  two \\\n---\n";
    let site = site(&[("a.md", text)]);
    let blocks = read_prose(&site.pages[0]).blocks;
    let at = blocks[0].text.find("two").unwrap();
    assert_eq!(blocks[0].source(&(at..at + 3)), 27..30);
}

proptest::proptest! {
    #[test]
    fn no_page_panics_and_places_stay_inside(text in "(<p>|</p>|<b|lang=de|>|<|</b>|<pre>|</pre>|<!--|-->|a b|ä|\\*|&amp;|\\n|\\n\\n|> |- |# |\\[a\\]\\(b \"c\"\\)|!|\\{lang=fr\\}|<br>|<i lang=\"x\">|</i>|\"|::: ){0,24}") {
        let site = site(&[("a.md", &text)]);
        let page = &site.pages[0];
        for block in read_prose(page).blocks {
            for mark in block.marks.iter().map(|(_, range)| range).chain(&block.masked) {
                proptest::prop_assert!(block.text.get(mark.clone()).is_some());
            }
            for (at, letter) in block.text.char_indices() {
                let place = block.source(&(at..at + letter.len_utf8()));
                proptest::prop_assert!(page.text.get(place).is_some());
            }
        }
    }
}

#[test]
fn front_matter_has_two_texts() {
    case(
        "---\ntitle: \"Hi ho\"\ndescription: Hi ho, all\n---\n\nx y\n",
        &["Hi ho", "Hi ho, all", "x y"],
    );
    case("+++\ntitle = 'One'\n+++\n", &["One"]);
    case("---\ntitle: \"A \\\"b\\\" c\"\n---\n", &["A \"b\" c"]);
    case("---\ntitle: 'It''s'\n---\n", &["It's"]);
    case(
        "---\ndescription: >\n  One\n  two\ntitle: x\n---\n",
        &["x", "One two"],
    );
}
