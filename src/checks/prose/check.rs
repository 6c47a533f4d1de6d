//! From pages to findings: has every page read, and sifts what was found over the whole project.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::checks::check::{Check, CheckContext};
use crate::checks::prose::engine::Finding;
use crate::checks::prose::products::without_usual;
use crate::checks::prose::read::{Reading, read, reads, step};
use crate::checks::prose::rules;
use crate::checks::prose::spelling::{self, Text, Vocabularies};
use crate::checks::text::block::Block;
use crate::checks::text::walk::{LONGEST, MAX_PROSE};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Page;
use crate::site_path::SitePath;

/// Grammar and spelling of English pages, by harper.
#[derive(Debug, Clone, Copy)]
pub struct ProseCheck;

impl Check for ProseCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["prose-", "spelling-", "config-dictionary"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let site = context.site;
        if site.config.check.prose == Some(false) {
            return Vec::new();
        }
        let (mut pages, mut found) = (Vec::new(), Vec::new());
        for (_, page) in context.pages() {
            if page.text.len() <= MAX_PROSE {
                pages.push(&**page);
            } else {
                found.extend(reads(site, page).then(|| skipped(page)));
                step(context, page);
            }
        }
        let readings = read(context, pages);
        let is_read = |reading: &&Reading<'_>| reading.is_read() || reads(site, reading.page);
        found.extend(readings.iter().filter(is_read).filter_map(too_long));
        let texts: Vec<Text<'_>> = readings.iter().map(Reading::text).collect();
        let misspelled = spelling::check(context, &texts);
        // A rule makes no sense of a sentence in which a word is misspelled.
        let places = places(&misspelled);
        found.extend(sift(context, &readings).into_iter().filter(|found| {
            let Some((words, place)) = places.get(&found.path).zip(found.place.as_ref()) else {
                return true;
            };
            let next = words.partition_point(|word| word.end <= place.span.start);
            words
                .get(next)
                .is_none_or(|word| place.span.end <= word.start)
        }));
        found.extend(misspelled);
        found
    }
}

/// The places of findings, by their files and in their order; no two of them overlap.
fn places(found: &[Diagnostic]) -> BTreeMap<&SitePath, Vec<&Range<usize>>> {
    let mut places: BTreeMap<&SitePath, Vec<&Range<usize>>> = BTreeMap::new();
    for found in found {
        let spans = found.place.iter().map(|place| &place.span);
        places.entry(&found.path).or_default().extend(spans);
    }
    for spans in places.values_mut() {
        spans.sort_by_key(|span| (span.start, span.end));
    }
    places
}

fn skipped(page: &Page) -> Diagnostic {
    let message = format!(
        "the page is {} MB; its prose is not checked",
        page.text.len().div_ceil(1 << 20)
    );
    Diagnostic::new("prose-skipped", Severity::Suggestion, &page.path, message).help(format!(
        "split it; pages up to {} MB are checked",
        MAX_PROSE >> 20
    ))
}

/// The first paragraph of a page that was too long to be read.
fn too_long(reading: &Reading<'_>) -> Option<Diagnostic> {
    let at = *reading.prose.too_long.first()?;
    let end = reading.page.text[at..].chars().next();
    let span = at..at + end.map_or(0, char::len_utf8);
    let limit = LONGEST >> 10;
    let message = format!("the paragraph is longer than {limit} kB; its prose is not checked");
    let found = reading
        .page
        .diagnostic("prose-skipped", Severity::Suggestion, span, message);
    Some(found.help("divide it with a blank line"))
}

/// Drops false alarms and words that are right in this project.
fn sift(context: &CheckContext<'_>, readings: &[Reading<'_>]) -> Vec<Diagnostic> {
    let site = context.site;
    let vocabularies = Vocabularies::new(&site.lexicons);
    let mut kept: Vec<(&Reading<'_>, &Block, &Finding)> = Vec::new();
    for reading in readings {
        let language = site.language_of(reading.page);
        let page = vocabularies.on(reading.page, language);
        for (block, findings) in reading.findings().filter(|(_, found)| !found.is_empty()) {
            let own = block.language_on(language);
            let right = match own == language {
                true => &page,
                false => &vocabularies.on(reading.page, own),
            };
            let known = |found: &Finding| right.holds_any(&block.text[found.start..found.end]);
            let findings: Vec<&Finding> = findings.iter().filter(|found| !known(found)).collect();
            kept.extend(
                found_in(block, findings)
                    .into_iter()
                    .map(|found| (reading, block, found)),
            );
        }
    }
    without_usual(context, kept)
        .into_iter()
        .map(|(reading, block, found)| report(reading.page, block, found))
        .collect()
}

/// What is worth telling of the findings of a block: no false alarms, and of those that overlap the
/// one that matters most.
pub(super) fn found_in<'a>(
    block: &Block,
    findings: impl IntoIterator<Item = &'a Finding>,
) -> Vec<&'a Finding> {
    let right =
        |found: &&Finding| !rules::is_false_alarm(&found.rule, block, &(found.start..found.end));
    let mut findings: Vec<&Finding> = findings.into_iter().filter(right).collect();
    findings.sort_by_key(|found| (found.priority, found.start, found.end));
    let mut kept: Vec<&Finding> = Vec::new();
    for found in findings {
        let apart = |other: &&Finding| found.end <= other.start || other.end <= found.start;
        if kept.iter().all(apart) {
            kept.push(found);
        }
    }
    kept
}

fn report(page: &Page, block: &Block, found: &Finding) -> Diagnostic {
    let range = found.start..found.end;
    let source = block.source(&range);
    let message = found.message.clone();
    let mut report = page.diagnostic("prose-", Severity::Warning, source, message);
    report.code = rules::code(&found.rule).into();
    if block.is_whole(&range) {
        report.replacements.clone_from(&found.replacements);
    }
    report
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::checks::test_site::{found, shown, site};
    use crate::progress::{Event, silent};
    use crate::site::Site;
    use crate::store::Store;

    #[track_caller]
    fn case(source: &str, expected: &[&str]) {
        let files = [("a.md", source)];
        assert_eq!(shown(&files, &found(&ProseCheck, &files)), expected);
    }

    #[track_caller]
    fn project(words: &str, source: &str, expected: &[&str]) {
        let config = format!("[check]\nwords = [{words}]\n");
        let files = [("tympan.toml", config.as_str()), ("a.md", source)];
        assert_eq!(shown(&files, &found(&ProseCheck, &files)), expected);
    }

    #[test]
    fn faults_are_found_in_every_kind_of_block() {
        let an = |place: &str| format!("a.md:{place} prose-an-a \"a\"");
        let case = |source: &str, place: &str| case(source, &[&an(place)]);
        case("It is a apple.\n", "1:7");
        case("# It is a apple\n", "1:9");
        case("- one\n  - it is a apple\n", "2:11");
        case("> > it is\n> > a apple\n", "2:5");
        case("| a | b |\n|---|---|\n| c | it is a apple |\n", "3:13");
        case("term\n: it is a apple\n", "2:9");
        case("![It is a apple](x.png)\n", "1:9");
        case("x[^1]\n\n[^1]: It is a apple.\n", "3:13");
        case("---\ntitle: It is a apple\n---\n\nText.\n", "2:14");
    }

    #[test]
    fn places_are_right_in_any_text() {
        case(
            "\u{feff}It is a apple.\r\nThat is a egg.\r\n",
            &["a.md:1:7 prose-an-a \"a\"", "a.md:2:9 prose-an-a \"a\""],
        );
        case(
            "Ünder “äll” 🦀 it is a apple.\n",
            &["a.md:1:21 prose-an-a \"a\""],
        );
        case(
            "Q&amp;A \\* it is a apple.\n",
            &["a.md:1:18 prose-an-a \"a\""],
        );
        case("It is *a* apple.\n", &["a.md:1:8 prose-an-a \"a\""]);
    }

    #[test]
    fn a_fault_in_an_included_file_stands_in_that_file() {
        let files = [
            ("src/SUMMARY.md", "- [A](a.md)\n"),
            ("src/a.md", "Text.\n\n{{#include b.txt}}\n"),
            ("src/b.txt", "One.\n\nIt is a apple.\n"),
        ];
        assert_eq!(
            shown(&files, &found(&ProseCheck, &files)),
            ["src/b.txt:3:7 prose-an-a \"a\""]
        );
    }

    #[test]
    fn code_is_not_prose() {
        case(
            "```\nit is a apple\n```\n\n`it is a apple`\n\n    recieve\n\n$a apple$\n",
            &[],
        );
        case(
            "Run `a` apple, `a`pple and src/recieve.rs with --recieve.\n",
            &[],
        );
    }

    #[test]
    fn short_pieces_need_no_full_sentence() {
        case(
            "- first, not a sentence\n- second\n\n| name | value |\n|---|---|\n| this one | that one |\n",
            &[],
        );
        case(
            "# The Field Guide to everything\n\nRed, white and blue.\n",
            &[],
        );
    }

    #[test]
    fn known_false_alarms_are_dropped() {
        case("Choose (a) apples, or (b) pears.\n", &[]);
        case("He gave the A answer, and an SQL query.\n", &[]);
        case("It sits in [in](b.md) there.\n", &[]);
        case("We stay, however long it takes.\n", &[]);
        case(
            "Keep the the cat.\n",
            &["a.md:1:6 prose-repeated-word \"the the\""],
        );
        case(
            "Keep the\nthe cat.\n",
            &["a.md:1:6 prose-repeated-word \"the\\nthe\""],
        );
    }

    #[test]
    fn only_english_pages_are_read() {
        let german =
            "Am Strand liegt viel Tang, den die Flut in der Nacht gebracht hat. ".repeat(5);
        case(&format!("---\nlang: de\n---\n\n{german}\n"), &[]);
        case(&format!("{german}\n"), &[]);
    }

    #[test]
    fn likely_slips_are_reported_with_what_was_meant() {
        let files = [("a.md", "We recieve it.\n")];
        let found = found(&ProseCheck, &files);
        assert_eq!(
            shown(&files, &found),
            ["a.md:1:4 spelling-typo \"recieve\""]
        );
        assert_eq!(found[0].replacements, ["receive"]);
        assert_eq!(found[0].message, "`recieve` is misspelled");
        let found = super::tests::found(
            &ProseCheck,
            &[("a.md", "Quatzrz it is.\n\nThe kitchhen.\n")],
        );
        assert_eq!(found[0].message, "`kitchhen` is probably misspelled");
        assert_eq!(found[0].replacements[0], "kitchen");
    }

    #[test]
    fn terms_of_the_project_are_right() {
        case("We kitchhen, you kitchhen, they kitchhen.\n", &[]);
        case("We recieve it with `recieve()`.\n", &[]);
        case("---\nwords: [recieve]\n---\n\nIt recieves them.\n", &[]);
        project("\"Recieve\"", "We recieve it.\n", &[]);
        case("The strandline of the subpaths.\n", &[]);
    }

    const GERMAN: [(&str, &str); 2] = [
        (
            "dictionaries/de_DE.aff",
            "SET UTF-8\nSFX N Y 1\nSFX N 0 n .\n",
        ),
        (
            "dictionaries/de_DE.dic",
            "13\nder\nTang\nliegt\nam\nStrand\nund\nTüre/N\nauf\ndas\nist\nschön\nsehr\nwieder\n",
        ),
    ];

    #[test]
    fn other_languages_are_spelled_where_there_is_a_dictionary() {
        let page = "---\nlang: de\n---\n\nDer Tnag liegt am Strand und auf der Türen, das Build ist shcön.\n";
        let files = [GERMAN[0], GERMAN[1], ("a.md", page)];
        let reported = found(&ProseCheck, &files);
        assert_eq!(
            shown(&files, &reported),
            [
                "a.md:5:5 spelling-likely \"Tnag\"",
                "a.md:5:59 spelling-likely \"shcön\"",
            ]
        );
        assert_eq!(reported[0].replacements, ["Tang"]);
        assert_eq!(reported[1].replacements, ["schön"]);
        case(page, &[]);
    }

    #[test]
    fn words_are_read_in_their_own_language() {
        let files = [
            GERMAN[0],
            GERMAN[1],
            (
                "a.md",
                "The <span lang=\"de\">Tang am Tnag</span> is a <i lang=\"fr\">recieve a apple</i>.\n",
            ),
            (
                "b.md",
                "---\nlang: de\n---\n\nTang.\n\n<p lang=\"en\">It is a apple.</p>\n",
            ),
        ];
        assert_eq!(
            shown(&files, &found(&ProseCheck, &files)),
            [
                "a.md:1:29 spelling-likely \"Tnag\"",
                "b.md:7:20 prose-an-a \"a\"",
            ]
        );
    }

    #[test]
    fn vocabularies_are_files_of_the_project() {
        let files = |config: &'static str| {
            [
                ("tympan.toml", config),
                ("words.txt", "# Ours\n\n[Kk]itchhens?\n"),
                ("a.md", "The kitchhen.\n"),
            ]
        };
        let case = |config, expected: &[&str]| {
            let files = files(config);
            assert_eq!(shown(&files, &found(&ProseCheck, &files)), expected);
        };
        case("", &["a.md:1:5 spelling-likely \"kitchhen\""]);
        case("[check]\nvocabulary = [\"words.txt\"]\n", &[]);
        case("[languages.en]\nvocabulary = [\"words.txt\"]\n", &[]);
        case("[languages.en]\nwords = [\"kitchhen\"]\n", &[]);
        let site = site(&files("[check]\nvocabulary = [\"wrods.txt\"]\n"));
        assert_eq!(site.diagnostics[0].code, "config-vocabulary");
    }

    #[test]
    fn each_region_spells_its_own_way() {
        let page = |language: &str| format!("---\nlang: {language}\n---\n\nThe colour is grey.\n");
        case(&page("en"), &[]);
        case(&page("en-GB"), &[]);
        case(
            &page("en-US"),
            &[
                "a.md:5:5 spelling-likely \"colour\"",
                "a.md:5:15 spelling-likely \"grey\"",
            ],
        );
    }

    #[test]
    fn a_fix_never_reaches_over_markup() {
        let replacements = |source: &str| {
            found(&ProseCheck, &[("a.md", source)])[0]
                .replacements
                .clone()
        };
        assert_eq!(replacements("It is a apple.\n"), ["an"]);
        assert_eq!(replacements("Keep the\nthe cat.\n"), ["the"]);
        assert_eq!(replacements("> Keep the\n> the cat.\n"), [""; 0]);
    }

    #[test]
    fn large_pages_are_skipped_and_said_to_be() {
        case(&"word ".repeat(MAX_PROSE / 5 + 1), &["a.md prose-skipped"]);
        let long = "word ".repeat(LONGEST / 5 + 9);
        let long = ["It is a apple.\n\n", &long, "\n\nThat is a egg.\n"].concat();
        case(
            &long,
            &[
                "a.md:1:7 prose-an-a \"a\"",
                "a.md:3:1 prose-skipped \"w\"",
                "a.md:5:9 prose-an-a \"a\"",
            ],
        );
    }

    #[test]
    fn prose_can_be_switched_off() {
        let files = [
            ("tympan.toml", "[check]\nprose = false\n"),
            ("a.md", "It is a apple.\n"),
        ];
        assert_eq!(found(&ProseCheck, &files), []);
    }

    fn many_pages() -> Site {
        let text = |at: usize| {
            format!(
                "# Page {at}\n\nIt is a apple. We recieve{at} nothing.\n\nThis are a egg, page {at}.\n"
            )
        };
        let files: Vec<(String, String)> =
            (0..30).map(|at| (format!("{at}.md"), text(at))).collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        site(&files)
    }

    #[test]
    fn the_second_run_reads_nothing() {
        let (site, folder) = (many_pages(), tempfile::tempdir().unwrap());
        let run = || {
            let store = Store::open(folder.path());
            let steps = Mutex::new(0);
            let count = |event| {
                *steps.lock().unwrap() += usize::from(matches!(event, Event::Stepped { .. }));
            };
            let found = ProseCheck.run(&CheckContext {
                site: &site,
                store: &store,
                progress: &count,
                about: None,
            });
            assert_eq!(*steps.lock().unwrap(), site.pages.len());
            (found, store.counts())
        };
        let ((first, cold), (second, warm)) = (run(), run());
        assert_eq!((cold, warm), ((0, 90), (90, 0)));
        assert_eq!(first, second);
        assert!(first.len() >= 30);
    }

    #[test]
    fn threads_change_nothing() {
        let site = many_pages();
        let run = |threads: usize| {
            let (pool, folder) = (
                rayon::ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .build()
                    .unwrap(),
                tempfile::tempdir().unwrap(),
            );
            let store = Store::open(folder.path());
            pool.install(|| {
                ProseCheck.run(&CheckContext {
                    site: &site,
                    store: &store,
                    progress: &silent,
                    about: None,
                })
            })
        };
        assert_eq!(run(1), run(3));
    }
}
