//! Days in the form that a template asks for.

use tera::{Error, Kwargs, State, TeraResult, Value};

use crate::render::html::lookup::scope::ask;
use crate::site::Date;

/// Writes a day for the readers of a language, or in a form of its own.
pub(super) fn date(value: Value, kwargs: Kwargs, state: &State) -> TeraResult<String> {
    let text = value.to_string();
    let date = match value.as_i64() {
        Some(seconds) => Date::from_seconds(seconds),
        None => Date::parse(&text),
    };
    let date = date.ok_or_else(|| Error::message(format!("`{text}` is no date")))?;
    // A page in another language than the site's has dates in its own.
    let page = state.get::<Value>("page")?;
    let of_page = page
        .as_ref()
        .and_then(|page| page.get_from_path("language")?.as_str());
    let language = match (kwargs.get::<&str>("lang")?, of_page) {
        (Some(language), _) | (None, Some(language)) => language.to_owned(),
        (None, None) => ask(|scope| Ok(scope.site().config.project.language.clone()))?,
    };
    match kwargs.get::<&str>("format")? {
        None => Ok(date.for_readers(&language)),
        Some(form) => date.in_form(form, &language).map_err(Error::message),
    }
}
