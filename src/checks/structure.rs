//! How a page is put together: headings, footnotes, ids.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Tag, TagEnd};
use rayon::prelude::*;

use crate::checks::check::{Check, CheckContext};
use crate::diagnostic::{Diagnostic, Guesses, NearNames, Severity};
use crate::markdown::{BlockFault, block_faults, definition_faults, plain};
use crate::site::Page;
use crate::site_path::SitePath;

/// Headings that skip a level, footnotes and definitions that do not meet, ids given twice.
#[derive(Debug, Clone, Copy)]
pub struct StructureCheck;

impl Check for StructureCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["heading-", "footnote-", "id-", "block-", "definition-"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let included: BTreeSet<&SitePath> = (context.site.pages.iter())
            .flat_map(|page| &page.included)
            .collect();
        let read = |(_, page): (_, &std::sync::Arc<Page>)| {
            let mut found = headings(page);
            found.extend(footnotes(page));
            found.extend(ids(page));
            found.extend(blocks(page));
            found.extend(definitions(page, &included, &context.guesses()));
            found
        };
        context
            .pages()
            .into_par_iter()
            .flat_map_iter(read)
            .collect()
    }
}

fn headings(page: &Page) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // A page may begin at level 2: its title stands in the front matter or comes from its name.
    let (mut level, mut first) = (1, true);
    let in_html = page.outline.has_html && page.markdown().contains("<h");
    for heading in &page.outline.headings {
        let span = heading.span.start..heading.span.end.min(line_end(page, heading.span.start));
        let mut report = |code, severity, message: String, help: &str| {
            found.push(
                page.diagnostic(code, severity, span.clone(), message)
                    .help(help),
            );
        };
        if heading.level > level + 1 && !in_html {
            let message = format!(
                "a heading of level {} follows one of level {level}",
                heading.level
            );
            let help = format!("make it level {}, with {} `#`", level + 1, level + 1);
            report("heading-skip", Severity::Warning, message, &help);
        }
        if heading.level == 1 && !std::mem::take(&mut first) {
            let message = "the page has more than one heading of level 1".to_owned();
            report(
                "heading-many",
                Severity::Suggestion,
                message,
                "give the others a `#` more, or make pages of them",
            );
        }
        if heading.text.is_empty() {
            report(
                "heading-empty",
                Severity::Warning,
                "a heading has no text".to_owned(),
                "write its text, or take it out",
            );
        }
        level = heading.level;
    }
    found
}

fn line_end(page: &Page, start: usize) -> usize {
    page.text[start..]
        .lines()
        .next()
        .map_or(start, |line| start + line.len())
}

fn footnotes(page: &Page) -> Vec<Diagnostic> {
    let notes = &page.outline.footnotes;
    let labels = |marks: &[(String, std::ops::Range<usize>)]| -> BTreeSet<String> {
        marks
            .iter()
            .map(|(label, _)| label.to_lowercase())
            .collect()
    };
    let (used, defined) = (labels(&notes.references), labels(&notes.definitions));
    let mut found = Vec::new();
    for (label, span) in notes
        .definitions
        .iter()
        .filter(|(label, _)| !used.contains(&label.to_lowercase()))
    {
        let span = span.start..span.end.min(line_end(page, span.start));
        let message = format!("nothing refers to the footnote `{label}`");
        let report = page.diagnostic("footnote-unused", Severity::Warning, span, message);
        found.push(report.help(format!(
            "put `[^{label}]` where it belongs, or take the note out"
        )));
    }
    let mut undefined: Vec<_> = notes
        .references
        .iter()
        .filter(|(label, _)| !defined.contains(&label.to_lowercase()))
        .cloned()
        .collect();
    undefined.extend(unread_marks(page));
    for (label, span) in undefined {
        let message = format!("there is no footnote `{label}`");
        let report = page.diagnostic("footnote-undefined", Severity::Error, span, message);
        found.push(report.help(format!("write it as `[^{label}]: …` on a line of its own")));
    }
    found
}

/// Marks such as `[^1]` that the parser left as text because no note has that label.
fn unread_marks(page: &Page) -> Vec<(String, std::ops::Range<usize>)> {
    if !page.markdown().contains("[^") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut in_code = false;
    for (event, span) in plain(page.events()) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(_) if !in_code => {
                let source = page.text.get(span.clone()).unwrap_or("");
                for (at, _) in source
                    .match_indices("[^")
                    .filter(|(at, _)| !source[..*at].ends_with('\\'))
                {
                    let label = &source[at + 2..];
                    let end = label.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
                    if let Some(end) = end.filter(|end| *end > 0 && label[*end..].starts_with(']'))
                    {
                        let place = span.start + at..span.start + at + end + 3;
                        found.push((label[..end].to_owned(), place));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn ids(page: &Page) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut found = Vec::new();
    for (id, span) in &page.outline.html_ids {
        let (count, last) = seen.entry(id).or_default();
        // An anchor of old pages gives the same name in `id` and in `name`.
        let same_tag = *count > 0 && !page.text[*last..span.start].contains('>');
        *count += usize::from(!same_tag);
        *last = span.end;
        if *count == 2 && !same_tag && !id.is_empty() {
            let message = format!("the id `{id}` is given twice on this page");
            let report = page.diagnostic("id-duplicate", Severity::Warning, span.clone(), message);
            found.push(report.help("a link to it leads to the first; rename one"));
        }
    }
    found
}

fn definitions(page: &Page, included: &BTreeSet<&SitePath>, guesses: &Guesses) -> Vec<Diagnostic> {
    let faults = definition_faults(page.markdown(), page.body);
    let mut found = Vec::new();
    let labels = match faults.missing.is_empty() {
        true => NearNames::default(),
        false => NearNames::new(faults.labels.iter().map(String::as_str)),
    };
    for (label, span) in faults.missing {
        let message = format!("nothing defines the link `{label}`, so it stays text");
        let written = page.text.get(span.clone()).unwrap_or("").to_owned();
        let report = page.diagnostic("definition-missing", Severity::Warning, span, message);
        found.push(match labels.nearest(&label, guesses) {
            Some(near) => {
                let from = written.rfind('[').unwrap_or(0);
                let with = format!("{}{near}]", written.get(..=from).unwrap_or_default());
                report
                    .help(format!("did you mean `{near}`?"))
                    .replacements(vec![with])
            }
            None => report.help(format!(
                "write `[{label}]: address` on a line of its own, or `\\[` if it is no link"
            )),
        });
    }
    for (label, span) in faults.repeated {
        let message = format!("the link `{label}` is defined above, and leads there");
        let report = page.diagnostic("definition-repeated", Severity::Warning, span, message);
        found.push(report.help("give one of them another label"));
    }
    let unused = faults.unused.into_iter().map(|(label, span)| {
        let span = span.start..span.end.min(line_end(page, span.start));
        let message = format!("no link uses the definition `{label}`");
        page.diagnostic("definition-unused", Severity::Suggestion, span, message)
            .help("take it out")
    });
    // What is written for several pages need not be used on each.
    let is_shared = included.contains(&page.path);
    found.extend(unused.filter(|found| !is_shared && found.path == page.path));
    found
}

fn blocks(page: &Page) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (fault, line) in block_faults(page.markdown(), page.body) {
        let (code, message, help) = match fault {
            BlockFault::Unclosed => (
                "block-unclosed",
                "nothing closes this block",
                "write a line of as many colons where it ends",
            ),
            BlockFault::TooDeep => (
                "block-depth",
                "this block is nested too deeply, and stays text",
                "nest at most 32 deep",
            ),
        };
        let report = page.diagnostic(code, Severity::Warning, line, message);
        found.push(report.help(help));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::{found, shown};

    #[track_caller]
    fn case(source: &str, expected: &[&str]) {
        let files = [("a.md", source)];
        let shown = shown(&files, &found(&StructureCheck, &files));
        let shown: Vec<&str> = shown
            .iter()
            .map(|line| line.trim_start_matches("a.md:"))
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn headings_go_down_one_level_at_a_time() {
        case("# A\n\n## B\n\n### C\n\n## D\n", &[]);
        case("## A\n\n### B\n", &[]);
        case("# A\r\n\r\n### B\r\n", &["3:1 heading-skip \"### B\""]);
        case(
            "# A\n\nB\n---\n\n#### C\n",
            &["6:1 heading-skip \"#### C\""],
        );
        case("# A\n\n<h2>B</h2>\n\n### C\n", &[]);
        case(
            "# A\n\n# B\n\n# C\n",
            &["3:1 heading-many \"# B\"", "5:1 heading-many \"# C\""],
        );
        case("# A\n\n##\n", &["3:1 heading-empty \"##\""]);
    }

    #[test]
    fn footnotes_meet_their_notes() {
        case("a[^x] b[^Y]\n\n[^X]: n\n[^y]: m\n", &[]);
        case("a\n\n[^x]: n\n", &["3:1 footnote-unused \"[^x]: n\""]);
        case("ä[^x] b\n", &["1:2 footnote-undefined \"[^x]\""]);
        case(
            "> - a *b[^one-2]*\n",
            &["1:9 footnote-undefined \"[^one-2]\""],
        );
        case("a \\[^x] `[^y]` [^ z] [^a b] [^]\n\n    [^c]\n", &[]);
    }

    #[test]
    fn definitions_meet_their_links() {
        case(
            "[a][b] [c]\n\n[b]: https://x.example\n[c]: https://x.example\n",
            &[],
        );
        case(
            "\u{e4} [the a][none]\n\n[b]: https://x.example\n",
            &[
                "1:3 definition-missing \"[the a][none]\"",
                "3:1 definition-unused \"[b]: https://x.example\"",
            ],
        );
        case(
            "[b]\n\n[b]: https://x.example\n[b]: https://y.example\n",
            &["4:1 definition-repeated \"[b]: https://y.example\""],
        );
        let files = [("a.md", "[the a][instal]\n\n[Install]: https://x.example\n")];
        let found = found(&StructureCheck, &files);
        assert_eq!(found[0].replacements, ["[the a][Install]"]);
    }

    #[test]
    fn blocks_are_closed_and_not_too_deep() {
        case("::: note\na\n:::\n\n!!! note\n    b\n", &[]);
        case("a\n\n::: note\nb\n", &["3:1 block-unclosed \"::: note\""]);
        case("```\n::: note\n```\n\n    ::: note\n", &[]);
        let deep = format!("{}a\n{}", "::: tip\n".repeat(33), ":::\n".repeat(32));
        case(&deep, &["33:1 block-depth \"::: tip\""]);
    }

    #[test]
    fn ids_are_given_once() {
        case("<a id=\"x\"></a> <b id=\"y\">b</b>\n", &[]);
        case("<a id=\"x\" name=\"x\"></a>\n", &[]);
        case(
            "<a id=\"x\"></a>\n\n<b id=\"x\">b</b>\n",
            &["3:8 id-duplicate \"x\""],
        );
    }
}
