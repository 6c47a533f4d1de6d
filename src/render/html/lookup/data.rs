//! Data files of the project, for templates that name them.

use std::sync::PoisonError;

use tera::{Error, TeraResult, Value};

use crate::render::html::lookup::scope::{Scope, missing};
use crate::site::{DataFault, is_theme_file, parse_data};
use crate::site_path::SitePath;
use crate::template::spend;

/// How long a file may be, in bytes.
const MAX_FILE: u64 = 8 << 20;

/// Reads a file of the project in the form of its name, or in another; none if it is not there.
pub(super) fn load(scope: Scope<'_>, path: &str, form: Option<&str>) -> TeraResult<Option<Value>> {
    let plain = path.trim_start_matches('/');
    let Ok(file) = SitePath::parse(plain) else {
        return Err(Error::message(format!(
            "`{path}` is no path from the root of the project"
        )));
    };
    let Some(found) = scope.context.snapshot.get(&file) else {
        return Ok(None);
    };
    // It costs each page that asks as much, whichever page comes first.
    spend(found.size)?;
    let form = form.map_or_else(|| file.extension().to_ascii_lowercase(), str::to_owned);
    let key = (file, form);
    let mut known = scope
        .known
        .data
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(value) = known.get(&key) {
        return Ok(Some(value.clone()));
    }
    if found.size > MAX_FILE {
        let most = MAX_FILE >> 20;
        let message = format!("the file `{path}` is too large: data may have {most} MB");
        return Err(Error::message(message));
    }
    // What a theme is made of is no data, and what is hidden is not meant to be shown.
    let hidden = key.0.parts().any(|part| part.starts_with('.'));
    if hidden || is_theme_file(&scope.site().config, &key.0) {
        return Err(Error::message(format!("`{path}` is no data")));
    }
    let bytes = scope.context.snapshot.read(&key.0);
    let bytes = bytes.map_err(|error| Error::message(error.to_string()))?;
    let text = String::from_utf8_lossy(&bytes);
    let value = match parse_data(&key.1, &text) {
        Ok(value) => Value::from_serializable(&value),
        Err(DataFault::Form) => {
            let forms = ["toml", "yaml", "json", "csv", "plain"].into_iter();
            return Err(missing("form of data", &key.1, forms));
        }
        Err(DataFault::Syntax { line, message }) => {
            let message = format!("`{path}` cannot be read: line {line}: {message}");
            return Err(Error::message(message));
        }
    };
    known.insert(key, value.clone());
    Ok(Some(value))
}
