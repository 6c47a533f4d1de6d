//! `tympan check --baseline`: what is found now is not told again.

use anyhow::Context as _;

use crate::checks::{Baseline, Settled};
use crate::cli::Outcome;
use crate::cli::check::write::replace;
use crate::cli::project::Project;
use crate::cli::ui::Ui;
use crate::config::BASELINE_FILE;
use crate::site::Site;
use crate::site_path::SitePath;

/// Writes the baseline of everything that is found.
pub fn write(ui: &Ui, project: &Project, site: &Site, settled: Settled) -> anyhow::Result<Outcome> {
    let usual = SitePath::parse(BASELINE_FILE)?;
    let path = site.config.check.baseline.clone().unwrap_or(usual);
    let mut found = settled.found;
    found.extend(settled.known);
    // A baseline that cannot be read is being mended.
    found.retain(|found| found.code != "baseline-syntax");
    let baseline = Baseline::of(site, &found);
    let place = path.on_disk(&project.root);
    if place.parent().is_some_and(|folder| !folder.is_dir()) {
        anyhow::bail!("the folder of `{path}` does not exist");
    }
    replace(&place, baseline.to_text().as_bytes())
        .with_context(|| format!("cannot write `{}`", place.display()))?;
    ui.note(&format!(
        "{path} has {} findings, which are not told again until they are mended",
        baseline.count()
    ));
    Ok(Outcome::Clean)
}
