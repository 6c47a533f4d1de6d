//! From the layers to parsed templates. A template of the project that is broken is reported and
//! left out, so that the one below it stands in.

use std::collections::{BTreeMap, BTreeSet};

use tera::Tera;

use crate::diagnostic::Diagnostic;
use crate::render::html::theme::fault::{Origin, Origins, diagnose};
use crate::render::html::theme::guard;
use crate::render::html::theme::layer::{Layer, Level, Source};
use crate::render::html::theme::weave::weave;
use crate::site_path::SitePath;

/// Templates that were parsed.
pub(super) struct Parsed {
    /// The engine.
    pub(super) templates: Tera,
    /// Where those of the project come from.
    pub(super) origins: Origins,
    /// What was wrong.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Parses the templates of all layers. A name is looked up from the uppermost layer down; with the
/// prefix of a layer it means the one from there down, so that an override can extend what it
/// overrides.
pub(super) fn parse(layers: &[Layer]) -> Parsed {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let mut left_out: BTreeSet<SitePath> = BTreeSet::new();
    loop {
        let named = named(layers, &left_out);
        let origins: Origins = named
            .iter()
            .filter_map(|(name, source)| Some((name.clone(), origin(source)?)))
            .collect();
        let mut templates = Tera::default();
        templates
            .set_fallback_prefixes(Level::NAMED.map(Level::prefix))
            .expect("there is no template yet");
        guard::register(&mut templates);
        let texts = named.iter().map(|(name, source)| {
            let guarded = origins.get(name).map(|origin| &*origin.guarded.text);
            (name.as_str(), guarded.unwrap_or(&source.text))
        });
        let Err(error) = templates.add_raw_templates(texts) else {
            return Parsed {
                templates,
                origins,
                diagnostics,
            };
        };
        assert!(
            !origins.is_empty(),
            "the built-in templates are checked by the suite: {error}"
        );
        let found = diagnose(
            "template-syntax",
            &error,
            &origins,
            named.keys().map(String::as_str),
        );
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

fn origin(source: &Source) -> Option<Origin> {
    Some(Origin {
        place: source.place.clone()?,
        text: source.text.clone().into_owned(),
        guarded: weave(&source.text),
    })
}

/// All templates by the names the engine gets to know them by.
fn named<'a>(layers: &'a [Layer], left_out: &BTreeSet<SitePath>) -> BTreeMap<String, &'a Source> {
    let kept = |source: &&Source| {
        let place = source.place.as_ref();
        !place.is_some_and(|place| left_out.contains(place))
    };
    let mut named = BTreeMap::new();
    for layer in layers {
        for source in layer.templates.iter().filter(kept) {
            named.insert(format!("{}{}", layer.level.prefix(), source.name), source);
        }
    }
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for source in named.values().filter(|source| source.place.is_some()) {
        for (at, quote) in source.text.match_indices(['"', '\'']) {
            let rest = &source.text[at + 1..];
            if let Some(end) = rest.find(quote)
                && rest[..end].contains('/')
            {
                asked.insert(rest[..end].to_owned());
            }
        }
    }
    for name in asked {
        if named.contains_key(&name) {
            continue;
        }
        let levels = Level::NAMED;
        let Some(top) = levels
            .iter()
            .position(|level| name.starts_with(level.prefix()))
        else {
            continue;
        };
        let own = &name[levels[top].prefix().len()..];
        let below = levels[top..].iter();
        let source = below
            .map(|level| named.get(&format!("{}{own}", level.prefix())))
            .find_map(|found| found.copied());
        if let Some(source) = source {
            named.insert(name, source);
        }
    }
    named
}
