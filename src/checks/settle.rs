//! From everything that was found to what the project wants to be told: levels, then what is ignored.

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
    sort(&mut found);
    let told = |ignored: Ignored| {
        let finding = with_levels(site, vec![ignored.finding]).pop()?;
        Some(Ignored { finding, ..ignored })
    };
    Settled {
        found,
        ignored: ignored.into_iter().filter_map(told).collect(),
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
