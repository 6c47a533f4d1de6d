//! What has a label, and the references to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::checks::check::{Check, CheckContext};
use crate::diagnostic::{Diagnostic, NearNames, Severity};
use crate::markdown::LabelKind;
use crate::site::{Page, PageId, Site};

/// References to labels that are not there or not clear, and labels that are given twice.
#[derive(Debug, Clone, Copy)]
pub struct LabelCheck;

impl Check for LabelCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["label-"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let site = context.site;
        let names = OnceLock::new();
        let names = || -> &NearNames<'_> {
            names.get_or_init(|| NearNames::new(site.labels.keys().map(String::as_str)))
        };
        let read = |(id, page): (PageId, &Arc<Page>)| {
            let (mut found, guesses) = (Vec::new(), context.guesses());
            let near = |label: &str| names().nearest(label, &guesses);
            uses(site, page, &near, &mut found);
            twice(site, id, page, &mut found);
            found
        };
        context
            .pages()
            .into_par_iter()
            .flat_map_iter(read)
            .collect()
    }
}

fn uses<'a>(
    site: &Site,
    page: &Page,
    near: &dyn Fn(&str) -> Option<&'a str>,
    found: &mut Vec<Diagnostic>,
) {
    let own: BTreeSet<&str> = page
        .outline
        .labels
        .iter()
        .map(|own| own.id.as_str())
        .collect();
    // A label may be given very often, and used as often.
    let mut unclear: BTreeMap<&str, Option<PageId>> = BTreeMap::new();
    for (label, span) in &page.outline.label_uses {
        let all = site.labels.get(label).map_or(&[][..], Vec::as_slice);
        if own.contains(label.as_str()) || all.len() == 1 {
            continue;
        }
        if let Some(first) = all.first() {
            let other = *unclear.entry(label).or_insert_with(|| {
                let other = all.iter().find(|other| other.page != first.page);
                other.map(|other| other.page)
            });
            let Some(other) = other else {
                continue;
            };
            let message = format!("the label `{label}` is given on more than one page");
            let (first, other) = (&site.page(first.page).path, &site.page(other).path);
            let report = page.diagnostic("label-unclear", Severity::Warning, span.clone(), message);
            found.push(report.help(format!(
                "it leads to `{first}`; give what is on `{other}` a label of its own"
            )));
            continue;
        }
        let message = format!("nothing has the label `{label}`");
        let report = page.diagnostic("label-unknown", Severity::Error, span.clone(), message);
        found.push(match near(label) {
            Some(near) => {
                let written = page.text.get(span.clone()).unwrap_or("");
                let sign = written.find('@').map_or(0, |at| at + 1);
                let report = report.help(format!("did you mean `@{near}`?"));
                // The span of a text with an entity is all of it, which must not be replaced.
                match sign > 0 && written.len() == sign + label.len() {
                    true => report.replacements(vec![format!("{}{near}", &written[..sign])]),
                    false => report,
                }
            }
            None => report.help(format!(
                "give it to {} with `{{#{label}}}`, or write `\\@{label}` if it is no reference",
                thing(label)
            )),
        });
    }
}

/// In one work a label means one thing. On one page it is an id too, which has a check of its own;
/// those of headings are made different, so that the second would be another label.
fn twice(site: &Site, id: PageId, page: &Page, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for label in &page.outline.labels {
        let again = !seen.insert(&label.id);
        let here = again && label.kind == LabelKind::Section;
        let all = site.labels.get(&label.id).map_or(&[][..], Vec::as_slice);
        let first = all.first().filter(|_| site.is_one_work());
        let elsewhere = first.filter(|first| first.page != id);
        if !here && elsewhere.is_none() {
            continue;
        }
        let place = elsewhere.map_or(&page.path, |first| &site.page(first.page).path);
        let end = page.text[label.span.start..].lines().next();
        let line = label.span.start + end.map_or(0, str::len);
        let span = label.span.start..label.span.end.min(line);
        let message = format!("the label `{}` is given twice", label.id);
        let report = page.diagnostic("label-twice", Severity::Warning, span, message);
        found.push(report.help(format!(
            "references lead to the one in `{place}`; rename one of them"
        )));
    }
}

fn thing(label: &str) -> &'static str {
    match LabelKind::of(label) {
        Some(LabelKind::Figure) | None => "a figure",
        Some(LabelKind::Table) => "a table",
        Some(LabelKind::Equation) => "a formula",
        Some(LabelKind::Listing) => "a block of code",
        Some(LabelKind::Section) => "a heading",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::{found, shown};

    #[track_caller]
    fn case(kind: &str, a: &str, b: &str, expected: &[&str]) {
        let config = format!("[project]\nkind = \"{kind}\"\n");
        let files = [
            ("tympan.toml", config.as_str()),
            ("a.md", a),
            ("b.md", b),
            ("c.md", "![x](x.png){#fig-sea}\n"),
        ];
        let shown = shown(&files, &found(&LabelCheck, &files));
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_reference_needs_a_label() {
        case("docs", "See @fig-sea, `@fig-x`, @anna.\n", "# B\n", &[]);
        case(
            "docs",
            "See @fig-see.\n",
            "# B\n",
            &["a.md:1:5 label-unknown \"@fig-see\""],
        );
        let files = [
            ("a.md", "x -@Fig-see\n"),
            ("b.md", "![x](x.png){#fig-sea}\n"),
        ];
        let report = &found(&LabelCheck, &files)[0];
        assert_eq!(report.help.as_deref(), Some("did you mean `@fig-sea`?"));
        assert_eq!(report.replacements, ["-@fig-sea"]);
        let files = [("a.md", "Tom &amp; Ann: see @fig-see here.\n"), files[1]];
        let report = &found(&LabelCheck, &files)[0];
        assert_eq!(report.help.as_deref(), Some("did you mean `@fig-sea`?"));
        assert!(report.replacements.is_empty());
    }

    #[test]
    fn a_label_is_clear() {
        let figure = "![x](x.png){#fig-sea}\n";
        case("docs", figure, "# B\n", &[]);
        case(
            "docs",
            figure,
            "@fig-sea\n",
            &["b.md:1:1 label-unclear \"@fig-sea\""],
        );
        case(
            "book",
            "# A\n",
            figure,
            &["c.md:1:1 label-twice \"![x](x.png){#fig-sea}\""],
        );
        case(
            "docs",
            "# A {#sec-a}\n\n## B {#sec-a}\n",
            "# B\n",
            &["a.md:3:1 label-twice \"## B {#sec-a}\""],
        );
    }
}
