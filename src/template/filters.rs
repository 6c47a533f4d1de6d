//! Filters that all templates have beside the engine's own.

use std::fmt::Write as _;

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::template::budget::{MAX_DEPTH, MAX_VALUE, measure, spend};

/// Their names.
pub(super) const NAMES: &[&str] = &[
    "concat",
    "filter",
    "json_encode",
    "map",
    "slice",
    "striptags",
    "urlencode",
];

/// Makes them known.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("concat", concat);
    tera.register_filter("filter", filter);
    tera.register_filter("json_encode", json_encode);
    tera.register_filter("map", map);
    tera.register_filter("slice", slice);
    tera.register_filter("striptags", |text: &str, _: Kwargs, _: &State| {
        without_tags(text)
    });
    tera.register_filter("urlencode", |text: &str, _: Kwargs, _: &State| encode(text));
}

/// The values of a list that have something, or have it as it is wanted.
fn filter(values: &[Value], kwargs: Kwargs, _: &State) -> TeraResult<Vec<Value>> {
    let attribute: &str = kwargs.must_get("attribute")?;
    let wanted = kwargs.get::<&Value>("value")?;
    let kept = |value: &&Value| {
        let found = value
            .get_from_path(attribute)
            .filter(|found| !found.is_none());
        found.is_some_and(|found| wanted.is_none_or(|wanted| found == wanted))
    };
    Ok(values.iter().filter(kept).cloned().collect())
}

/// What each value of a list has under a name.
fn map(values: &[Value], kwargs: Kwargs, _: &State) -> TeraResult<Vec<Value>> {
    let attribute: &str = kwargs.must_get("attribute")?;
    let found = values
        .iter()
        .filter_map(|value| value.get_from_path(attribute));
    Ok(found.cloned().collect())
}

/// A part of a list; numbers below zero count from its end.
fn slice(values: &[Value], kwargs: Kwargs, _: &State) -> TeraResult<Vec<Value>> {
    let place = |at: i64| match usize::try_from(at) {
        Ok(at) => at.min(values.len()),
        Err(_) => values.len().saturating_sub(at.unsigned_abs() as usize),
    };
    let start = kwargs.get("start")?.map_or(0, place);
    let end = kwargs.get("end")?.map_or(values.len(), place);
    Ok(values.get(start..end).unwrap_or_default().to_vec())
}

/// A list with a value, or the values of another list, after its own.
fn concat(values: &[Value], kwargs: Kwargs, _: &State) -> TeraResult<Vec<Value>> {
    let with: &Value = kwargs.must_get("with")?;
    let mut all = values.to_vec();
    match with.as_array() {
        Some(more) => all.extend_from_slice(more),
        None => all.push(with.clone()),
    }
    spend(all.len() as u64)?;
    Ok(all)
}

/// A value as JSON that may stand in a script.
fn json_encode(value: &Value, kwargs: Kwargs, _: &State) -> TeraResult<String> {
    spend(measure(value, MAX_VALUE, MAX_DEPTH)?)?;
    let value = serde_json::to_value(value).map_err(|error| Error::message(error.to_string()))?;
    let text = match kwargs.get("pretty")?.unwrap_or(false) {
        true => serde_json::to_string_pretty(&value),
        false => serde_json::to_string(&value),
    };
    // `</script>` must not end the script early, whatever a value says.
    text.map(|text| text.replace('<', "\\u003c"))
        .map_err(|error| Error::message(error.to_string()))
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            true => out.push(char::from(byte)),
            false => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

/// The text of HTML without its tags; what stands in quotes belongs to its tag.
pub fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut tag = false;
    let mut quote = None;
    for c in html.chars() {
        match (tag, quote, c) {
            (false, _, '<') => tag = true,
            (false, _, c) => out.push(c),
            (true, Some(open), c) if c == open => quote = None,
            (true, None, '"' | '\'') => quote = Some(c),
            (true, None, '>') => tag = false,
            (true, Some(_) | None, _) => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(source: &str, expected: &str) {
        let mut tera = Tera::default();
        register(&mut tera);
        tera.add_raw_template("a", source).unwrap();
        let mut values = tera::Context::new();
        let people = serde_json::json!([{"n": "a", "at": 1}, {"n": "b"}, {"n": "c", "at": null}]);
        values.insert("people", &people);
        assert_eq!(tera.render("a", &values).unwrap(), expected, "{source}");
    }

    #[test]
    fn lists_are_taken_apart_and_put_together() {
        case("{{ people | map(attribute='n') | join(sep=',') }}", "a,b,c");
        case(
            "{{ people | filter(attribute='at') | map(attribute='n') | join }}",
            "a",
        );
        case(
            "{{ people | filter(attribute='n', value='b') | length }}",
            "1",
        );
        case("{{ [1,2,3,4] | slice(start=1, end=-1) | join }}", "23");
        case("{{ [1,2] | slice(start=5) | length }}", "0");
        case(
            "{{ [1] | concat(with=[2,3]) | concat(with=4) | join }}",
            "1234",
        );
    }

    #[test]
    fn texts_are_put_into_other_forms() {
        case("{{ '<a href=\">\">b</a> c' | striptags }}", "b c");
        case("{{ 'a b/ü' | urlencode }}", "a%20b/%C3%BC");
        case("{{ people | first | json_encode }}", r#"{"at":1,"n":"a"}"#);
    }
}
