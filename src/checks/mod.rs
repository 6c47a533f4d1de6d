//! Rules over the text: links, structure, raw HTML, prose. They read the site and report; they change nothing.

mod baseline;
mod catalogue;
mod check;
#[cfg(feature = "prose")]
mod coverage;
mod described;
#[cfg(feature = "external")]
mod external;
mod fingerprint;
mod fix;
mod front_matter;
mod html;
mod ignore;
mod labels;
mod links;
mod near;
mod orphans;
#[cfg(feature = "prose")]
mod prose;
mod settle;
mod structure;
mod style;
#[cfg(test)]
mod test_site;
mod text;
mod texts;
mod translations;
mod written;

pub use baseline::Baseline;
pub use catalogue::{
    Entry, Example, Level, Sense, entries, entry, example, is_known, is_off, nearest_code,
};
pub use check::{Check, CheckContext};
#[cfg(feature = "prose")]
pub use coverage::{Coverage, coverage, total as coverage_of_all};
pub use described::rule_of_engine;
#[cfg(feature = "external")]
pub use external::{Asking, Proxies, ask_web};
pub use fingerprint::fingerprints;
pub use fix::{Mended, is_safe_fix, mend, safe_edits};
pub use front_matter::FrontMatterCheck;
pub use html::HtmlCheck;
pub use ignore::{Ignored, Judged};
pub use labels::LabelCheck;
pub use links::LinkCheck;
pub use orphans::OrphanCheck;
#[cfg(feature = "prose")]
pub use prose::{ProseCheck, UnknownWord, unknown_words};
pub use settle::{Settled, settle};
pub use structure::StructureCheck;
pub use style::StyleCheck;
pub use translations::{TranslatedPage, Translation, TranslationCheck, day, translated};

use crate::diagnostic::{Diagnostic, sort};

/// The checks, in the order they run.
pub const CHECKS: &[&dyn Check] = &[
    &LinkCheck,
    &LabelCheck,
    &StructureCheck,
    &OrphanCheck,
    &FrontMatterCheck,
    &HtmlCheck,
    &TranslationCheck,
    &StyleCheck,
    #[cfg(feature = "prose")]
    &ProseCheck,
];

/// Runs every check over the site and sorts what was found, at the levels of the checks themselves.
///
/// What was found while the site was read (`Site::diagnostics`) is not in it. [`settle()`] makes of all
/// of it together what the project wants to be told. Each page is one step of the progress, whose
/// stage the caller begins and ends.
pub fn run_checks(context: &CheckContext<'_>) -> Vec<Diagnostic> {
    let sites = context.site.in_all_languages();
    let contexts: Vec<CheckContext<'_>> = sites
        .map(|site| CheckContext { site, ..*context })
        .collect();
    let mut found = contexts
        .iter()
        .flat_map(|context| CHECKS.iter().flat_map(|check| check.run(context)))
        .collect();
    sort(&mut found);
    #[cfg(feature = "prose")]
    if context.about.is_none() {
        for step in prose::STEPS {
            context.store.pack(step).trim();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::site;
    use crate::progress::silent;
    use crate::store::Store;

    #[test]
    fn the_project_sets_the_levels() {
        let config = "[check]\nrules = [\n{ rule = \"link-*\", level = \"warning\" },\n\
                      { rule = \"heading-skip\", level = \"off\", paths = [\"b.md\"] },\n]\n";
        let text = "# A\n\n### B\n\n[c](c.md)\n";
        let files = [("tympan.toml", config), ("a.md", text), ("b.md", text)];
        let (site, folder) = (site(&files), tempfile::tempdir().unwrap());
        assert_eq!(site.diagnostics, []);
        let store = Store::open(folder.path());
        let context = CheckContext {
            site: &site,
            store: &store,
            progress: &silent,
            about: None,
        };
        let settled = settle(&site, run_checks(&context), Judged::All);
        let found: Vec<String> = (settled.found.iter())
            .map(|found| format!("{} {} {:?}", found.path, found.code, found.severity))
            .collect();
        let expected = [
            "a.md heading-skip Warning",
            "a.md link-missing Warning",
            "b.md link-missing Warning",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_page_alone_is_told_what_it_is_told_among_all() {
        let words = "[c](c.md)\n\nA wrod and a zyxwvu. Zyxwvu is here.\n";
        let a = format!("# A\n\n### B\n\n{words}");
        let files = [
            ("a.md", a.as_str()),
            ("b.md", words),
            ("c/index.md", "# C\n\nA zyxwvu, an zyxwvu, `wrod`.\n"),
        ];
        let (site, folder) = (site(&files), tempfile::tempdir().unwrap());
        let store = Store::open(folder.path());
        let run = |about| {
            run_checks(&CheckContext {
                site: &site,
                store: &store,
                progress: &silent,
                about,
            })
        };
        let all = run(None);
        assert!(all.len() >= 4, "{all:?}");
        for page in &site.pages {
            let own = all.iter().filter(|found| found.path == page.path);
            assert_eq!(run(Some(&page.path)), own.cloned().collect::<Vec<_>>());
        }
    }
}
