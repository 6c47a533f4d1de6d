//! From texts to templates that can be rendered. One of the project that is broken is reported and
//! left out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tera::{Context, Tera};

use crate::diagnostic::Diagnostic;
use crate::site_path::SitePath;
use crate::template::budget::{self, Output};
use crate::template::dialect::Dialect;
use crate::template::fault::{Origin, Origins, diagnose};
use crate::template::filters;
use crate::template::profile::{self, Profile};
use crate::template::weave::{Woven, weave};

/// A template as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// What it says.
    pub text: &'a str,
    /// Where it lies in the project; nowhere if it came with the program.
    pub place: Option<&'a SitePath>,
}

/// Templates by the names that the engine knows them by.
pub type Named<'a> = BTreeMap<String, Source<'a>>;

/// Templates ready to be rendered.
pub struct Templates {
    engine: Tera,
    /// Where those of the project come from.
    origins: Origins,
    dialect: Dialect,
}

/// What a rendering may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// The budget of a page; it begins one.
    Page,
    /// A part of the budget of the page that was begun, about a unit for each byte of text.
    Share(u64),
}

/// A template could not be rendered.
#[derive(Debug)]
pub enum Failure {
    /// The project broke it.
    Fault(Box<Diagnostic>),
    /// The program's own template failed.
    Own(String),
}

impl Templates {
    /// Parses templates. `named` tells them all but for those at the given places, which are broken;
    /// what stands in for one of those is then seen. What they cost goes to the profile.
    pub fn parse<'a>(
        dialect: Dialect,
        profile: Option<&Arc<Profile>>,
        named: impl Fn(&BTreeSet<SitePath>) -> Named<'a>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        let mut left_out: BTreeSet<SitePath> = BTreeSet::new();
        loop {
            let named = named(&left_out);
            let origins: Origins = named
                .iter()
                .filter_map(|(name, source)| {
                    Some((name.clone(), origin(source, profile.is_some())?))
                })
                .collect();
            let mut engine = Tera::default();
            engine
                .set_fallback_prefixes(dialect.prefixes.to_vec())
                .expect("there is no template yet");
            budget::register(&mut engine);
            filters::register(&mut engine);
            if let Some(profile) = profile {
                profile::register(&mut engine, profile);
            }
            (dialect.register)(&mut engine);
            let texts = named.iter().map(|(name, source)| {
                let text = match origins.get(name) {
                    Some(origin) => Cow::from(&*origin.guarded.text),
                    None if profile.is_some() => weave(source.text, Woven::Times).text.into(),
                    None => source.text.into(),
                };
                (name.as_str(), text)
            });
            let Err(error) = engine.add_raw_templates(texts) else {
                let templates = Self {
                    engine,
                    origins,
                    dialect,
                };
                return (templates, diagnostics);
            };
            assert!(
                !origins.is_empty(),
                "the built-in templates are checked by the suite: {error}"
            );
            let names = named.keys().map(String::as_str);
            let found = diagnose("template-syntax", &error, &origins, names, &dialect);
            let before = left_out.len();
            let places: BTreeSet<SitePath> = origins
                .values()
                .map(|origin| origin.place.clone())
                .collect();
            left_out.extend(
                found
                    .iter()
                    .map(|found| found.path.clone())
                    .filter(|path| places.contains(path)),
            );
            if left_out.len() == before {
                left_out.extend(places);
            }
            // What only fails because another was left out would lead away from the fault.
            let known = |found: &Diagnostic| {
                !diagnostics.is_empty() && found.message.starts_with("unknown template")
            };
            let new: Vec<Diagnostic> = found.into_iter().filter(|found| !known(found)).collect();
            diagnostics.extend(new);
        }
    }

    /// Renders a template.
    ///
    /// # Errors
    /// Fails where the template asks for what is not there, and where it costs more than it may.
    pub fn render(&self, name: &str, values: &Context, cost: Cost) -> Result<String, Failure> {
        // The bounded filters spend of the budget in the program's own templates too.
        if cost == Cost::Page {
            budget::begin_page();
        }
        if !self.is_changed() {
            let rendered = self.engine.render(name, values);
            return rendered.map_err(|error| Failure::Own(error.to_string()));
        }
        let mut output = Output::default();
        let rendered = match cost {
            Cost::Page => self.engine.render_to(name, values, &mut output),
            Cost::Share(most) => {
                budget::within(most, || self.engine.render_to(name, values, &mut output))
            }
        };
        rendered.map_err(|error| {
            let names = self.engine.get_template_names();
            let found = diagnose(
                "template-failed",
                &error,
                &self.origins,
                names,
                &self.dialect,
            );
            let first = found.into_iter().next();
            first.map_or_else(
                || Failure::Own(error.to_string()),
                |found| Failure::Fault(Box::new(found)),
            )
        })?;
        Ok(String::from_utf8_lossy(&output.0).into_owned())
    }

    /// Whether any template comes with the project.
    pub fn is_changed(&self) -> bool {
        !self.origins.is_empty()
    }

    /// Whether there is a template of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.engine.contains_template(name)
    }
}

fn origin(source: &Source<'_>, is_measured: bool) -> Option<Origin> {
    let woven = match is_measured {
        true => Woven::Both,
        false => Woven::Costs,
    };
    Some(Origin {
        place: source.place?.clone(),
        text: source.text.to_owned(),
        guarded: weave(source.text, woven),
    })
}
