//! `tympan check --coverage`: what the prose checks read of each page, as a table.

use crate::cli::Outcome;
use crate::cli::ui::Ui;
use crate::site::Site;
use crate::site_path::SitePath;

/// Shows the pages of `only`, or all of them.
#[cfg(feature = "prose")]
pub fn show(ui: &Ui, site: &Site, only: &[SitePath]) -> anyhow::Result<Outcome> {
    use std::fmt::Write as _;

    use crate::checks::{Coverage, coverage, coverage_of_all};
    use crate::cli::json;

    #[derive(serde::Serialize)]
    struct Report<'a> {
        format: u32,
        pages: &'a [Coverage],
        total: &'a Coverage,
    }

    let mut pages = coverage(site);
    let named = |path: &str| {
        only.is_empty()
            || only
                .iter()
                .any(|folder| SitePath::parse(path).is_ok_and(|path| path.is_within(folder)))
    };
    pages.retain(|page| named(&page.path));
    let total = coverage_of_all(&pages);
    if ui.is_json() {
        let report = Report {
            format: 1,
            pages: &pages,
            total: &total,
        };
        ui.result(&json::to_text(&report)?);
        return Ok(Outcome::Clean);
    }
    let mut out = format!(
        "{:>7}  {:>8}  {:>8}  {:>8}  {:>8}  page",
        "share", "read", "skipped", "masked", "code"
    );
    for page in pages.iter().chain([&total]) {
        let share = page.share();
        let _ = write!(
            out,
            "\n{:>4}.{} %  {:>8}  {:>8}  {:>8}  {:>8}  {}",
            share / 10,
            share % 10,
            page.read,
            page.skipped,
            page.masked,
            page.code,
            if page.path.is_empty() {
                "all pages"
            } else {
                &page.path
            }
        );
        if !page.reasons.is_empty() {
            let _ = write!(out, " ({})", page.reasons.join(", "));
        }
    }
    ui.result(&out);
    Ok(Outcome::Clean)
}

/// Nothing is read.
#[cfg(not(feature = "prose"))]
pub fn show(_: &Ui, _: &Site, _: &[SitePath]) -> anyhow::Result<Outcome> {
    anyhow::bail!("this tympan was built without `prose`; install it with its default features")
}
