//! Raw HTML: what a page loses when it is cleaned, what nothing closes, and what nests too deep.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use crate::checks::check::{Check, CheckContext};
use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::{
    HtmlTag, HtmlTagKind, holds_text, html_tags, is_void, keeps_attribute, keeps_content,
    keeps_element,
};
use crate::site::Page;

/// How many elements and attributes of a page are named at most.
const MOST: usize = 100;

/// How deep the elements of a page may nest: e-books have no room for more, and browsers lay what
/// nests more than twice as deep side by side.
const DEEPEST: usize = 200;

const TRUST: &str = "set `raw_html = true` in `[html]` if you trust everybody who writes";

/// Elements and attributes that are taken out, and elements that are not closed.
#[derive(Debug, Clone, Copy)]
pub struct HtmlCheck;

impl Check for HtmlCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["html-"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let cleans = !context.site.config.html.raw_html;
        let pages = context.pages().into_par_iter();
        pages
            .filter(|(_, page)| page.outline.has_html)
            .flat_map_iter(|(_, page)| of_page(page, cleans))
            .collect()
    }
}

fn of_page(page: &Page, cleans: bool) -> Vec<Diagnostic> {
    let mut walk = Walk {
        cleans,
        ..Walk::default()
    };
    for tag in html_tags(&page.events()) {
        walk.step(tag);
    }
    walk.report(page)
}

/// Where something was first met, and how often.
type Uses = (Range<usize>, usize);

/// The state of a walk through the tags of a page.
#[derive(Default)]
struct Walk {
    cleans: bool,
    removed_elements: BTreeMap<String, Uses>,
    /// By attribute, since an author who is told of one element knows about the others.
    removed_attributes: BTreeMap<String, Uses>,
    /// The places where elements of each name that are open began, and whether a slash stood there.
    open: BTreeMap<String, Vec<(Range<usize>, bool)>>,
    torn: Vec<(String, Range<usize>)>,
    depth: usize,
    too_deep: Option<Range<usize>>,
}

impl Walk {
    fn step(&mut self, tag: HtmlTag) {
        let element = tag.element.as_str();
        // A drawing is of one piece: what becomes of it is said once.
        if self.is_open("svg") && element != "svg" {
            return;
        }
        match tag.kind {
            HtmlTagKind::Torn => self.torn.push((tag.element, tag.span)),
            HtmlTagKind::Close => self.close(element),
            HtmlTagKind::Open | HtmlTagKind::Slashed => {
                let is_removed = self.cleans && !keeps_element(element);
                if is_removed {
                    count(&mut self.removed_elements, element, &tag.span);
                } else if self.cleans {
                    let lost = |(name, _): &&(String, Range<usize>)| {
                        !keeps_attribute(element, name) && !says_nothing(name)
                    };
                    for (name, span) in tag.attributes.iter().filter(lost) {
                        count(&mut self.removed_attributes, name, span);
                    }
                }
                self.open(tag, is_removed);
            }
        }
    }

    fn is_open(&self, element: &str) -> bool {
        self.open
            .get(element)
            .is_some_and(|places| !places.is_empty())
    }

    fn open(&mut self, tag: HtmlTag, is_removed: bool) {
        let element = tag.element.as_str();
        let slashed = tag.kind == HtmlTagKind::Slashed;
        let is_foreign = matches!(element, "svg" | "math") || self.is_open("math");
        // Of what is taken out, only that is missed when it stays open which takes more with it.
        let goes_alone = is_removed && !swallows(element);
        if is_void(element) || may_stay_open(element) || goes_alone || (slashed && is_foreign) {
            return;
        }
        if !is_removed {
            self.depth += 1;
            if self.depth > DEEPEST && self.too_deep.is_none() {
                self.too_deep = Some(tag.span.clone());
            }
        }
        let places = self.open.entry(tag.element).or_default();
        places.push((tag.span, slashed));
    }

    /// Ends that cross each other are forgiven, as browsers do.
    fn close(&mut self, element: &str) {
        let place = self.open.get_mut(element).and_then(Vec::pop);
        if place.is_some() && (!self.cleans || keeps_element(element)) {
            self.depth -= 1;
        }
    }

    fn report(self, page: &Page) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let line = |span: &Range<usize>| {
            let line = page
                .text
                .get(span.start..)
                .and_then(|text| text.lines().next());
            let end = span.start + line.map_or(0, str::len);
            span.start..span.end.min(end)
        };
        let mut report = |code, severity, span: Range<usize>, message: String, help: String| {
            found.push(page.diagnostic(code, severity, span, message).help(help));
        };
        for (element, (span, uses)) in self.removed_elements.iter().take(MOST) {
            let rest = match keeps_content(element) {
                true => "",
                false => " with what it holds",
            };
            let message = format!(
                "`<{element}>` is taken out of the page{rest}{}",
                more(*uses)
            );
            let span = line(span);
            report(
                "html-removed",
                Severity::Warning,
                span,
                message,
                way_out(element),
            );
        }
        for (name, (span, uses)) in self.removed_attributes.iter().take(MOST) {
            let (severity, help) = match name.as_str() {
                "style" => (
                    Severity::Warning,
                    format!(
                        "give it a `class`, and the class its look in `theme/css/own.css`; or {TRUST}"
                    ),
                ),
                name if name.starts_with("on") => (Severity::Warning, TRUST.to_owned()),
                _ => (Severity::Suggestion, format!("leave it out, or {TRUST}")),
            };
            let message = format!(
                "the attribute `{name}` is taken out of the page{}",
                more(*uses)
            );
            report("html-removed", severity, span.clone(), message, help);
        }
        for (element, span) in self.torn.iter().take(MOST) {
            let (message, help) = match element.as_str() {
                "!--" => (
                    "nothing closes this comment, and what follows is a part of it".to_owned(),
                    "write `-->` where it ends".to_owned(),
                ),
                element => (
                    format!("the tag `<{element}` does not end"),
                    "close its quotation marks and write `>`, without an empty line before it"
                        .to_owned(),
                ),
            };
            report(
                "html-unclosed",
                Severity::Warning,
                line(span),
                message,
                help,
            );
        }
        for (element, places) in self
            .open
            .iter()
            .filter(|(_, places)| !places.is_empty())
            .take(MOST)
        {
            let Some((span, slashed)) = places.first() else {
                continue;
            };
            let message = format!(
                "nothing on the page closes this `<{element}>`{}",
                more(places.len())
            );
            let help = match slashed {
                true => format!("in HTML, the slash closes nothing; write `</{element}>` after it"),
                false => format!("write `</{element}>` where it ends"),
            };
            report(
                "html-unclosed",
                Severity::Warning,
                line(span),
                message,
                help,
            );
        }
        if let Some(span) = &self.too_deep {
            let message = format!("HTML nests more than {DEEPEST} deep");
            let help = "close elements where they end, or nest them less".to_owned();
            report("html-depth", Severity::Warning, line(span), message, help);
        }
        found
    }
}

fn count(uses: &mut BTreeMap<String, Uses>, name: &str, span: &Range<usize>) {
    match uses.get_mut(name) {
        Some((_, uses)) => *uses += 1,
        None => {
            uses.insert(name.to_owned(), (span.clone(), 1));
        }
    }
}

fn more(uses: usize) -> String {
    match uses {
        0 | 1 => String::new(),
        2 => ", and once more below".to_owned(),
        uses => format!(", and {} times more below", uses - 1),
    }
}

/// What to do about an element that is taken out.
fn way_out(element: &str) -> String {
    let first = match element {
        "svg" => "save the drawing as a file and show it with `![…](drawing.svg)`",
        "iframe" | "embed" | "object" | "video" | "audio" => "link to what it shows",
        "style" => "put styles into `theme/css/own.css`",
        "html" | "head" | "body" | "meta" | "title" | "base" | "main" => {
            return "leave it out; the theme writes the frame of each page".to_owned();
        }
        "script" | "link" | "form" | "button" | "select" | "textarea" | "template" | "canvas"
        | "dialog" | "noscript" => return TRUST.to_owned(),
        "font" | "big" | "nobr" | "blink" | "marquee" => "use Markdown or a `class`",
        _ => "if it is meant as text, write it in backticks",
    };
    format!("{first}; or {TRUST}")
}

/// Whether nothing is lost with an attribute: it names a dialect of XML, or tells Python-Markdown to
/// read what is read here anyway.
fn says_nothing(attribute: &str) -> bool {
    attribute == "markdown" || attribute.starts_with("xmlns")
}

/// Whether an element that stays open takes what follows with it, even where its tags go.
fn swallows(element: &str) -> bool {
    element == "svg" || (holds_text(element) && element != "plaintext")
}

/// Whether HTML lets the end tag of an element be left out.
fn may_stay_open(element: &str) -> bool {
    matches!(
        element,
        "body"
            | "caption"
            | "colgroup"
            | "dd"
            | "dt"
            | "head"
            | "html"
            | "li"
            | "optgroup"
            | "option"
            | "p"
            | "rb"
            | "rp"
            | "rt"
            | "rtc"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "plaintext"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::{found, shown};

    #[track_caller]
    fn with(config: &str, source: &str, expected: &[&str]) {
        let files = [("tympan.toml", config), ("a.md", source)];
        let shown = shown(&files, &found(&HtmlCheck, &files));
        let shown: Vec<&str> = shown
            .iter()
            .map(|line| line.trim_start_matches("a.md:"))
            .collect();
        assert_eq!(shown, expected);
    }

    #[track_caller]
    fn case(source: &str, expected: &[&str]) {
        with("", source, expected);
    }

    const TRUSTED: &str = "[html]\nraw_html = true\n";

    #[test]
    fn what_is_taken_out_is_told_once_a_page() {
        case(
            "a\n\n<script>\nif (a<b) {}\n</script>\n\n<script src=x></script>\n",
            &["3:1 html-removed \"<script>\""],
        );
        case(
            "> <iframe\n> src=x></iframe>\n",
            &["1:3 html-removed \"<iframe\""],
        );
        case(
            "<p onclick=\"x()\" style='a'>b <i style=c>d</i></p>\n",
            &[
                "1:4 html-removed \"onclick\"",
                "1:18 html-removed \"style\"",
            ],
        );
        case("A <name> or `<name>`.\n", &["1:3 html-removed \"<name>\""]);
        case(
            "<svg viewBox=\"0\"><path d=\"M0\"/><g></g></svg>\n",
            &["1:1 html-removed \"<svg viewBox=\\\"0\\\">\""],
        );
    }

    #[test]
    fn what_is_kept_or_allowed_is_no_fault() {
        case(
            "<div class=a id=b align=center data-x=1><br/><img src=\"x.png\" alt=\"\" width=3></div>\n",
            &[],
        );
        case(
            "<!-- <script> -->\n\n![<script>](x.png)\n\n```\n<script>\n```\n",
            &[],
        );
        case(
            "<div class=\"grid cards\" markdown>\n\n- a\n\n</div>\n",
            &[],
        );
        case("<math xmlns=\"x\"><mspace/><mi>a</mi></math>\n", &[]);
        with(
            TRUSTED,
            "<script>a<b</script>\n\n<p style=a onclick=b>\n",
            &[],
        );
    }

    #[test]
    fn what_stays_open_is_told() {
        case("<div>\n\na\n", &["1:1 html-unclosed \"<div>\""]);
        case("<div>\n<div>\n</div>\n", &["1:1 html-unclosed \"<div>\""]);
        case(
            "a <b>c\n\nd <a name=x/>\n",
            &[
                "1:3 html-unclosed \"<b>\"",
                "3:3 html-unclosed \"<a name=x/>\"",
            ],
        );
        case("a\n\n<!-- b\n\nc\n", &["3:1 html-unclosed \"<!-- b\""]);
        case(
            "<div class=\"a>\n\nb\n",
            &["1:1 html-unclosed \"<div class=\\\"a>\""],
        );
        case(
            "<iframe src=x>\n\nb\n",
            &[
                "1:1 html-removed \"<iframe src=x>\"",
                "1:1 html-unclosed \"<iframe src=x>\"",
            ],
        );
        with(TRUSTED, "<x-y>\n", &["1:1 html-unclosed \"<x-y>\""]);
    }

    #[test]
    fn what_html_leaves_open_is_no_fault() {
        case(
            "<p>a\n\n<ul><li>b<li>c</ul>\n\n<table><tr><td>d</table>\n",
            &[],
        );
        case(
            "<details>\n<summary>a</summary>\n\n- b\n\n</details>\n",
            &[],
        );
        case("<b>a<i>b</b>c</i> </span>\n", &[]);
        case("> <div>\n\n- a </div>\n", &[]);
        case("<br><hr><img src=\"a.png\" alt=\"\"><wbr>\n", &[]);
    }

    #[test]
    fn what_nests_too_deep_is_told_once() {
        let deep = |many: usize| format!("{}\n\n{}\n", "<div>".repeat(many), "</div>".repeat(many));
        case(&deep(200), &[]);
        case(&deep(10_000), &["1:1001 html-depth \"<div>\""]);
        case(&"<p>".repeat(10_000), &[]);
        case(&"<br>".repeat(10_000), &[]);
    }
}
