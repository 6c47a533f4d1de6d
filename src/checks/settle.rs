//! From everything that was found to what the project wants to be told: what is ignored goes, then what
//! is off, then what the baseline knows.

use crate::checks::baseline::{self, Baseline, Compared};
use crate::checks::catalogue::{is_known, is_off, nearest_code};
use crate::checks::ignore::{Ignored, Judged, ignore};
use crate::config::CONFIG_FILE;
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::site::Site;
use crate::site_path::SitePath;

/// What is told, and what is not.
#[derive(Debug, Default)]
pub struct Settled {
    /// What is told, sorted.
    pub found: Vec<Diagnostic>,
    /// What a remark or the front matter of a page says is none.
    pub ignored: Vec<Ignored>,
    /// What the baseline knows, sorted.
    pub known: Vec<Diagnostic>,
    /// How many findings the baseline has that are no longer there.
    pub mended: usize,
}

/// Makes of all that was found what the project wants to be told. `judged` are the remarks of which
/// those of no use are found too; for that, `found` must hold everything about their pages.
pub fn settle(site: &Site, mut found: Vec<Diagnostic>, judged: Judged<'_>) -> Settled {
    if matches!(judged, Judged::All) {
        found.extend(unknown_rules(site));
    }
    // A rule that is off may still be ignored, and the remark is not without use.
    let (found, ignored) = ignore(site, found, judged);
    let mut found = with_levels(site, found);
    let mut compared = Compared::default();
    if let Some((path, text)) = &site.baseline {
        match Baseline::read(text) {
            Ok(baseline) => {
                compared = baseline.compare(site, found);
                found = std::mem::take(&mut compared.new);
            }
            Err(message) if matches!(judged, Judged::All) => {
                found.push(baseline::fault(path, &message));
            }
            Err(_) => {}
        }
    }
    sort(&mut found);
    sort(&mut compared.known);
    let told = |ignored: Ignored| {
        let finding = with_levels(site, vec![ignored.finding]).pop()?;
        Some(Ignored { finding, ..ignored })
    };
    Settled {
        found,
        ignored: ignored.into_iter().filter_map(told).collect(),
        known: compared.known,
        mended: compared.mended,
    }
}

/// Gives each finding the level that the project wants for it, and drops those that are off.
fn with_levels(site: &Site, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let levels = &site.config.check;
    let level = |mut found: Diagnostic| {
        found.severity = match levels.rule(&found.code, &found.path) {
            Some(rule) => rule.severity?,
            None if is_off(&found.code) => return None,
            None => found.severity,
        };
        Some(found)
    };
    found.into_iter().filter_map(level).collect()
}

/// Rules of the configuration that no finding can have.
fn unknown_rules(site: &Site) -> Vec<Diagnostic> {
    let Ok(path) = SitePath::parse(CONFIG_FILE) else {
        return Vec::new();
    };
    let rules = site.config.check.rules.iter();
    let unknown = rules.filter(|rule| rule.code != "*" && !is_known(&rule.code));
    let report = |rule: &crate::config::Rule| {
        let message = format!("there is no rule `{}`", rule.code);
        let found = Diagnostic::new("config-unknown", Severity::Error, &path, message);
        let found = found.at(rule.place.clone());
        found.help(match nearest_code(&rule.code) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`tympan check --explain` lists the rules".to_owned(),
        })
    };
    unknown.map(report).collect()
}
