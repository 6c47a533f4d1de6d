//! The functions that a template of a theme may call.

use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::render::html::lookup::data;
use crate::render::html::lookup::scope::{Address, Scope, ask, missing};
use crate::render::html::lookup::values::Extent;
use crate::site::{Taxonomy, TermId, term_slug};
use crate::template::spend;

/// What a question costs beside what its answer does.
const QUESTION: u64 = 1000;

/// Their names.
pub(super) const NAMES: &[&str] = &[
    "get_image_metadata",
    "get_page",
    "get_section",
    "get_taxonomy",
    "get_taxonomy_term",
    "get_taxonomy_url",
    "get_url",
    "image",
    "load_data",
    "picture",
    "resize_image",
    "trans",
];

/// Makes them known.
pub(super) fn register(tera: &mut Tera) {
    tera.register_function("get_page", |kwargs: Kwargs, _: &State| {
        question(|scope| {
            let id = scope.page(kwargs.must_get("path")?)?;
            Ok(scope.known.page(scope, id))
        })
    });
    tera.register_function("get_section", |kwargs: Kwargs, _: &State| {
        question(|scope| {
            let folder = scope.section(kwargs.must_get("path")?)?;
            let extent = match kwargs.get("metadata_only")?.unwrap_or(false) {
                true => Extent::WithoutPages,
                false => Extent::Whole,
            };
            Ok(scope.known.section(scope, &folder, extent))
        })
    });
    tera.register_function("get_url", |kwargs: Kwargs, _: &State| {
        question(|scope| {
            let address = scope.address(kwargs.must_get("path")?)?;
            let absolute = kwargs.get("absolute")?.unwrap_or(false);
            Ok(Value::from(match address {
                Address::Outside(url) => url,
                Address::Inside(url) if absolute => scope.absolute(&url)?,
                Address::Inside(url) => format!("{}{url}", scope.root),
            }))
        })
    });
    tera.register_function("get_taxonomy", |kwargs: Kwargs, _: &State| {
        question(|scope| {
            let (at, taxonomy) = taxonomy(scope, &kwargs)?;
            let title = scope.theme.title_of(taxonomy);
            Ok(scope.known.taxonomy(scope, at, title))
        })
    });
    tera.register_function("get_taxonomy_term", |kwargs: Kwargs, _: &State| {
        question(|scope| Ok(scope.known.term(scope, term(scope, &kwargs, "term")?)))
    });
    tera.register_function("get_taxonomy_url", |kwargs: Kwargs, _: &State| {
        question(|scope| {
            let term = scope.site().term(term(scope, &kwargs, "name")?);
            let url = term.route.to_url();
            Ok(Value::from(format!("{}{url}", scope.root)))
        })
    });
    tera.register_function("load_data", |kwargs: Kwargs, _: &State| {
        question(|scope| {
            let path: &str = kwargs.must_get("path")?;
            let required = kwargs.get("required")?.unwrap_or(true);
            match data::load(scope, path, kwargs.get("format")?)? {
                Some(value) => Ok(value),
                None if !required => Ok(Value::none()),
                None => {
                    let files = scope.context.snapshot.files().iter();
                    Err(missing("file", path, files.map(|file| file.path.as_str())))
                }
            }
        })
    });
    tera.register_function("trans", |kwargs: Kwargs, _: &State| {
        question(|scope| {
            let text = word(scope, kwargs.must_get("key")?, kwargs.get("lang")?)?;
            Ok(Value::from(filled(text, &places(&kwargs))?))
        })
    });
}

fn question(answer: impl FnOnce(Scope<'_>) -> TeraResult<Value>) -> TeraResult<Value> {
    spend(QUESTION)?;
    ask(answer)
}

/// A word of the theme or of the project, in the language of the site or in another.
fn word(scope: Scope<'_>, key: &str, language: Option<&str>) -> TeraResult<String> {
    let own = &scope.site().config.project.language;
    let found = match language.filter(|language| language != own) {
        None => scope.theme.strings.get(key).cloned(),
        Some(language) => {
            let mut sites = scope.site().in_all_languages();
            let site = sites.find(|site| site.config.project.language == language);
            let word = site.and_then(|site| site.config.strings.get(key).cloned());
            word.or_else(|| scope.theme.strings_in(language).remove(key))
        }
    };
    let all = scope.theme.strings.keys().map(String::as_str);
    found.ok_or_else(|| missing("word", key, all))
}

/// What stands in for `{count}` and the like.
fn places(kwargs: &Kwargs) -> Vec<(String, String)> {
    let mut places: Vec<(String, String)> = kwargs
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .filter(|(name, _)| name != "key" && name != "lang")
        .collect();
    places.sort();
    places
}

/// A word with what stands in for its places.
fn filled(text: String, places: &[(String, String)]) -> TeraResult<String> {
    places.iter().try_fold(text, |text, (name, value)| {
        let mark = format!("{{{name}}}");
        let put_in = text.matches(&mark).count().saturating_mul(value.len());
        spend((text.len() + put_in) as u64)?;
        Ok(text.replace(&mark, value))
    })
}

fn taxonomy<'a>(scope: Scope<'a>, kwargs: &Kwargs) -> TeraResult<(usize, &'a Taxonomy)> {
    let name: &str = kwargs.must_get("kind")?;
    let mut all = scope.site().taxonomies.iter();
    let names = all.clone().map(|known| known.name.as_str());
    match all.position(|known| known.name == name) {
        Some(at) => Ok((at, &scope.site().taxonomies[at])),
        None => Err(missing("taxonomy", name, names)),
    }
}

fn term(scope: Scope<'_>, kwargs: &Kwargs, argument: &'static str) -> TeraResult<TermId> {
    let (place, taxonomy) = taxonomy(scope, kwargs)?;
    let name: &str = kwargs.must_get(argument)?;
    let slug = term_slug(name);
    let mut terms = taxonomy.terms.iter();
    let found = terms.position(|term| term.route.parent().file_name() == slug);
    match found {
        Some(at) => Ok(TermId {
            taxonomy: place,
            term: at,
        }),
        None => {
            let names = taxonomy.terms.iter().map(|term| term.name.as_str());
            Err(missing("term", name, names))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::begin_page;

    #[test]
    fn a_word_is_no_longer_than_a_page_may_be() {
        let filled_with = |count: usize, length: usize| {
            begin_page();
            filled("{a}".repeat(count), &[("a".to_owned(), "x".repeat(length))])
        };
        assert_eq!(filled_with(2, 1).unwrap(), "xx");
        // A gigabyte, of which nothing is made.
        assert!(filled_with(1 << 10, 1 << 20).is_err());
    }
}
