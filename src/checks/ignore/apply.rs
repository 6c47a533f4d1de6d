//! Takes away what is to be ignored, and finds the remarks that are of no use.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::checks::catalogue;
use crate::checks::ignore::directive::{Directive, Verb, names, plain_code};
use crate::checks::ignore::reach::{MOST, Silence, read};
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::site::{Page, Site};
use crate::site_path::SitePath;

/// Families whose findings come while something is rendered or only when asked for, so that a check
/// cannot say that ignoring them is of no use.
const SELDOM: &[&str] = &[
    "asset-",
    "diagram-",
    "epub-",
    "file-",
    "link-external",
    "math-",
    "pdf-",
    "route-lost",
    "social-card-",
    "style-limit",
    "style-syntax",
    "template-",
    "theme-",
    "translation-",
];

/// A finding that is ignored, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The finding.
    pub finding: Diagnostic,
    /// The reason that the author gives.
    pub reason: Option<String>,
}

/// The remarks that are looked at to see whether they are of use.
#[derive(Debug, Clone, Copy)]
pub enum Judged<'a> {
    /// All of them: everything was checked.
    All,
    /// Those of one page, which alone was checked.
    Page(&'a SitePath),
    /// None.
    Nothing,
}

/// Takes away what is to be ignored, and adds what is wrong with the remarks that say so.
pub fn ignore(
    site: &Site,
    found: Vec<Diagnostic>,
    judged: Judged<'_>,
) -> (Vec<Diagnostic>, Vec<Ignored>) {
    let mut files = files(site, &found, judged);
    if files.is_empty() {
        return (found, Vec::new());
    }
    let (mut kept, mut ignored) = (Vec::with_capacity(found.len()), Vec::new());
    for finding in found {
        let file = files.get_mut(&finding.path);
        match file.and_then(|file| file.silence(&finding)) {
            Some(directive) => ignored.push(Ignored {
                reason: directive.reason.clone(),
                finding,
            }),
            None => kept.push(finding),
        }
    }
    for file in files.values().filter(|file| file.is_judged) {
        file.judge(site, &mut kept);
    }
    (kept, ignored)
}

/// A file with remarks.
struct File<'a> {
    path: &'a SitePath,
    text: &'a str,
    silences: Vec<Told>,
    /// The silences and their rules that stand for a code, for each code that was found.
    by_code: BTreeMap<String, Vec<(usize, usize)>>,
    faults: Vec<(Range<usize>, (String, String))>,
    is_judged: bool,
}

/// A silence, and what came of it.
struct Told {
    silence: Silence,
    /// Whether it no longer holds.
    is_over: bool,
    /// Which of its rules silenced something.
    used: Vec<bool>,
}

/// The files that have remarks and that matter here.
fn files<'a>(
    site: &'a Site,
    found: &[Diagnostic],
    judged: Judged<'_>,
) -> BTreeMap<SitePath, File<'a>> {
    let mut files: BTreeMap<SitePath, File<'a>> = BTreeMap::new();
    let with_findings: BTreeSet<&SitePath> = found.iter().map(|found| &found.path).collect();
    for (_, page) in site.written_pages() {
        let is_judged = match judged {
            Judged::All => true,
            Judged::Page(path) => page.path == *path,
            Judged::Nothing => false,
        };
        for (path, text) in page.sources() {
            let is_own = *path == page.path;
            let speaks = |text: &str| memchr::memmem::find(text.as_bytes(), b"tympan:").is_some();
            let matters = speaks(text) || (is_own && !page.front.ignore.is_empty());
            let is_known = files.contains_key(path);
            if !matters || is_known || !(is_judged || with_findings.contains(path)) {
                continue;
            }
            let body = if is_own { page.body } else { 0 };
            let mut reading = read(text, body);
            if is_own {
                reading.silences.extend(of_front_matter(page).take(MOST));
            }
            let told = |silence: Silence| Told {
                is_over: silence
                    .directive
                    .until
                    .is_some_and(|day| day.seconds() <= site.moment),
                used: vec![false; silence.directive.rules.len()],
                silence,
            };
            let file = File {
                path,
                text,
                silences: reading.silences.into_iter().map(told).collect(),
                by_code: BTreeMap::new(),
                faults: reading.faults,
                is_judged,
            };
            files.insert(path.clone(), file);
        }
    }
    files
}

/// What the front matter of a page, or that of its folder, silences.
fn of_front_matter(page: &Page) -> impl Iterator<Item = Silence> + '_ {
    let front = page.file.get(..page.body).unwrap_or_default();
    page.front.ignore.iter().map(move |rule| Silence {
        // What is said for a whole folder has no place here, and need not be of use to each page.
        span: front
            .find(rule.as_str())
            .map_or(0..0, |at| at..at + rule.len()),
        reach: None,
        directive: Directive {
            verb: Verb::IgnoreFile,
            rules: vec![plain_code(rule)],
            until: None,
            reason: Some("front matter".to_owned()),
        },
    })
}

/// The silences that hold and their rules that stand for a code.
fn about(silences: &[Told], code: &str) -> Vec<(usize, usize)> {
    let holding = silences
        .iter()
        .enumerate()
        .filter(|(_, told)| !told.is_over);
    let named = holding.flat_map(|(at, told)| {
        let rules = told.silence.directive.rules.iter().enumerate();
        let named = rules.filter(|(_, rule)| names(rule, code));
        named.map(move |(rule, _)| (at, rule))
    });
    named.collect()
}

impl File<'_> {
    /// What says that a finding is to be ignored.
    fn silence(&mut self, finding: &Diagnostic) -> Option<&Directive> {
        let silences = &self.silences;
        let those = match self.by_code.entry(finding.code.to_string()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(about(silences, &finding.code)),
        };
        let mut first = None;
        for (at, rule) in those.iter() {
            let Some(told) = self.silences.get_mut(*at) else {
                continue;
            };
            let reaches = match (&told.silence.reach, &finding.place) {
                (None, _) => true,
                (Some(reach), Some(place)) => {
                    let end = reach.end.max(reach.start + 1);
                    (reach.start..end).contains(&place.span.start)
                }
                (Some(_), None) => false,
            };
            if reaches && let Some(used) = told.used.get_mut(*rule) {
                *used = true;
                first.get_or_insert(*at);
            }
        }
        Some(&self.silences.get(first?)?.silence.directive)
    }

    /// Reports what is wrong with the remarks.
    fn judge(&self, site: &Site, kept: &mut Vec<Diagnostic>) {
        let source = SourceText::new(self.path, self.text);
        let mut report =
            |code: &'static str, severity, span: &Range<usize>, message: String, help: String| {
                kept.push(
                    source
                        .diagnostic(code, severity, span.clone(), message)
                        .help(help),
                );
            };
        for (span, (message, help)) in &self.faults {
            report(
                "ignore-syntax",
                Severity::Warning,
                span,
                message.clone(),
                help.clone(),
            );
        }
        for told in &self.silences {
            let (span, directive) = (&told.silence.span, &told.silence.directive);
            if span.is_empty() {
                continue;
            }
            if let Some(day) = directive.until.filter(|_| told.is_over) {
                let message = format!("this held until {} and does no longer", day.day());
                let help = "mend what it was about, or give it another date".to_owned();
                report("ignore-expired", Severity::Warning, span, message, help);
            }
            if directive.reason.is_none() {
                let message = "no reason is given for this".to_owned();
                let help = "write it after two dashes, as in `-- proper noun`".to_owned();
                report("ignore-reason", Severity::Suggestion, span, message, help);
            }
            for (rule, used) in directive.rules.iter().zip(&told.used) {
                if !catalogue::is_known(rule) {
                    let message = format!("there is no rule `{rule}`");
                    let help = match catalogue::nearest_code(rule) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "`tympan check --explain` lists the rules".to_owned(),
                    };
                    report("ignore-unknown", Severity::Warning, span, message, help);
                } else if !used && !told.is_over && is_run(site, rule) {
                    let message = format!("nothing is found here that `{rule}` could be");
                    report(
                        "ignore-unused",
                        Severity::Warning,
                        span,
                        message,
                        "take it out".to_owned(),
                    );
                }
            }
        }
    }
}

/// Whether the findings that a rule stands for are all known by the time remarks are judged.
fn is_run(site: &Site, rule: &str) -> bool {
    let is_prose = ["prose", "spelling"]
        .iter()
        .any(|family| rule.starts_with(family));
    let is_off =
        is_prose && (cfg!(not(feature = "prose")) || site.config.check.prose == Some(false));
    !is_off && !SELDOM.iter().any(|seldom| rule.starts_with(seldom))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::site;
    use crate::checks::{CheckContext, run_checks, settle};
    use crate::progress::silent;
    use crate::store::Store;

    fn run(files: &[(&str, &str)]) -> (Vec<String>, usize) {
        let (site, folder) = (site(files), tempfile::tempdir().unwrap());
        let store = Store::open(folder.path());
        let mut found = site.diagnostics.clone();
        found.extend(run_checks(&CheckContext {
            site: &site,
            store: &store,
            progress: &silent,
            about: None,
        }));
        let settled = settle(&site, found, Judged::All);
        let line = |found: &Diagnostic| {
            let line = found.place.as_ref().map_or(0, |place| place.line);
            format!("{}:{line} {}", found.path, found.code)
        };
        let lines = settled.found.iter().map(line).collect();
        (lines, settled.ignored.len())
    }

    #[track_caller]
    fn case(text: &str, expected: &[&str], ignored: usize) {
        let (found, count) = run(&[("a.md", text)]);
        assert_eq!(
            (found.iter().map(String::as_str).collect::<Vec<_>>(), count),
            (expected.to_vec(), ignored)
        );
    }

    #[test]
    fn what_is_ignored_is_not_found() {
        case(
            "<!-- tympan: ignore link-missing -- planned -->\n[a](b.md)\n\n[a](b.md)\n",
            &["a.md:4 link-missing"],
            1,
        );
        case(
            "[a](b.md) <!-- tympan: ignore link.* -- planned -->\n",
            &[],
            1,
        );
        case("---\nignore: [link-missing]\n---\n[a](b.md)\n", &[], 1);
        case(
            "{/* tympan: ignore-file link-missing -- x */}\n\n[a](b.md)\n\n[c](d.md)\n",
            &[],
            2,
        );
        case(
            "# a\n\n<!-- tympan: ignore heading-skip -- x -->\n\n### b\n",
            &[],
            1,
        );
    }

    #[test]
    fn a_remark_of_no_use_is_found() {
        case(
            "<!-- tympan: ignore link-missing -- x -->\ntext\n",
            &["a.md:1 ignore-unused"],
            0,
        );
        case(
            "<!-- tympan: ignore link-mising -- x -->\n[a](b.md)\n",
            &["a.md:1 ignore-unknown", "a.md:2 link-missing"],
            0,
        );
        case(
            "<!-- tympan: ignore -->\n[a](b.md)\n",
            &["a.md:1 ignore-syntax", "a.md:2 link-missing"],
            0,
        );
        case(
            "---\nignore: [link-missing]\n---\ntext\n",
            &["a.md:2 ignore-unused"],
            0,
        );
        case(
            "<!-- tympan: ignore pdf-image -- paper only -->\ntext\n",
            &[],
            0,
        );
    }

    #[test]
    fn a_remark_may_end_on_a_day() {
        let text = |day: &str| {
            format!("<!-- tympan: ignore link-missing until {day} -- x -->\n[a](b.md)\n")
        };
        case(&text("2099-01-01"), &[], 1);
        case(
            &text("2001-01-01"),
            &["a.md:1 ignore-expired", "a.md:2 link-missing"],
            0,
        );
    }

    #[test]
    fn a_reason_is_asked_for_where_the_project_wants_it() {
        let text = "<!-- tympan: ignore link-missing -->\n[a](b.md)\n";
        case(text, &[], 1);
        let config = "[[check.rules]]\nrule = \"ignore-reason\"\nlevel = \"error\"\n";
        let found = run(&[("tympan.toml", config), ("a.md", text)]).0;
        assert_eq!(found, ["a.md:1 ignore-reason"]);
    }

    #[test]
    fn an_included_file_speaks_for_itself() {
        let part = "One.\n\n<!-- tympan: ignore link-missing -- x -->\n[a](x.md)\n\n[a](y.md)\n";
        let files = [
            ("a.md", "Text.\n\n{{#include part/b.md}}\n"),
            ("part/b.md", part),
            ("tympan.toml", ""),
        ];
        let (found, ignored) = run(&files);
        assert!(
            found.contains(&"part/b.md:6 link-missing".to_owned()),
            "{found:?}"
        );
        assert!(
            !found.contains(&"part/b.md:4 link-missing".to_owned()),
            "{found:?}"
        );
        assert!(ignored >= 1);
    }
}
