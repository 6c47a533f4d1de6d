//! From the layers to parsed templates. Where one of the project is broken, the one below it stands
//! in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::render::html::lookup::dialect;
use crate::render::html::theme::layer::{Layer, Level, Source};
use crate::site::THEME_FOLDER;
use crate::site_path::SitePath;
use crate::template::{self, Dialect, Profile, Templates};

const DIALECT: Dialect = dialect(THEME_FOLDER, &Level::PREFIXES);

/// Parses the templates of all layers. A name is looked up from the uppermost layer down; with the
/// prefix of a layer it means the one from there down, so that an override can extend what it
/// overrides.
pub(super) fn parse(
    layers: &[Layer],
    profile: Option<&Arc<Profile>>,
) -> (Templates, Vec<Diagnostic>) {
    Templates::parse(DIALECT, profile, |left_out| {
        let named = named(layers, left_out).into_iter();
        named
            .map(|(name, found)| {
                let (text, place) = (&*found.text, found.place.as_ref());
                (name, template::Source { text, place })
            })
            .collect()
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
    plain(named)
}

/// Gives the uppermost template of each name that name itself, which the engine finds at once, where
/// no other asks for it with the prefix of its layer.
fn plain(named: BTreeMap<String, &Source>) -> BTreeMap<String, &Source> {
    let asked = |name: &str| named.values().any(|source| source.text.contains(name));
    let short = |name: &str| {
        let prefix = Level::PREFIXES
            .iter()
            .position(|prefix| name.starts_with(prefix))?;
        let own = &name[Level::PREFIXES[prefix].len()..];
        let mut above = Level::PREFIXES[..prefix].iter().chain([&""]);
        let covered = above.any(|prefix| named.contains_key(&format!("{prefix}{own}")));
        (!covered && !asked(name)).then(|| own.to_owned())
    };
    let named = named.iter();
    named
        .map(|(name, source)| (short(name).unwrap_or_else(|| name.clone()), *source))
        .collect()
}
