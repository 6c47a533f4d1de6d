//! What templates that came with the project may cost. The engine itself bounds nesting, recursion
//! and `range`, but neither the work of loops within loops nor the length of a value that doubles.
//!
//! So there is a budget for each page, and calls that spend it are woven into such templates. The
//! program's own are trusted and stay as they are.

use std::cell::Cell;
use std::io::Write;

use tera::{Kwargs, State, StringInput, Tera, TeraResult, Value};

/// How the engine's message tells that a bound was reached.
pub(super) const LIMIT: &str = "the template does more work than it may cost";

/// What the making of one page may cost: about a byte of text each.
const BUDGET: u64 = 200 << 20;
/// What one turn of a loop costs, whatever it does.
const TURN: u64 = 100;
/// What the use of a template or component costs, which may write much by itself.
const CALL: u64 = 10_000;
/// How long a value may be that a template keeps, in bytes and entries.
pub(super) const MAX_VALUE: u64 = 4 << 20;
/// How deep such a value may be.
pub(super) const MAX_DEPTH: usize = 32;
/// How many numbers `range` gives.
const MAX_RANGE: i128 = 10_000;

thread_local! {
    // A page is made on one thread from beginning to end, and what the engine calls has no other
    // way to know which page it is called for.
    static LEFT: Cell<u64> = const { Cell::new(BUDGET) };
}

/// Begins a page: whatever is rendered until the next one shares its budget.
pub fn begin_page() {
    LEFT.set(BUDGET);
}

/// Does something that may spend `most` of the page's budget and no more.
pub(super) fn within<T>(most: u64, work: impl FnOnce() -> T) -> T {
    let before = LEFT.get();
    let share = before.min(most);
    LEFT.set(share);
    let done = work();
    LEFT.set(before - (share - LEFT.get().min(share)));
    done
}

/// Spends of the page's budget: about a unit for each byte of text.
///
/// # Errors
/// Fails where the budget does not suffice.
pub fn spend(cost: u64) -> TeraResult<()> {
    let left = LEFT.get();
    LEFT.set(left.saturating_sub(cost));
    match left >= cost {
        true => Ok(()),
        false => Err(tera::Error::message(LIMIT)),
    }
}

/// What a page is written to.
#[derive(Default)]
pub(super) struct Output(pub(super) Vec<u8>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        spend(bytes.len() as u64).map_err(|_| std::io::Error::other(LIMIT))?;
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Makes the calls that count known, and puts bounded filters in the place of unbounded ones.
pub(super) fn register(tera: &mut Tera) {
    tera.register_function(
        "__turn",
        |_: Kwargs, _: &State| -> TeraResult<&'static str> {
            spend(TURN)?;
            Ok("")
        },
    );
    tera.register_function(
        "__call",
        |_: Kwargs, _: &State| -> TeraResult<&'static str> {
            spend(CALL)?;
            Ok("")
        },
    );
    tera.register_function(
        "__hold",
        |kwargs: Kwargs, _: &State| -> TeraResult<&'static str> {
            if let Some(value) = kwargs.get::<Value>("value")? {
                spend(measure(&value, MAX_VALUE, MAX_DEPTH)?)?;
            }
            Ok("")
        },
    );
    tera.register_function(
        "__spent",
        |kwargs: Kwargs, _: &State| -> TeraResult<&'static str> {
            if let Some(value) = kwargs.get::<Value>("value")? {
                spend(measure(&value, MAX_VALUE * 8, MAX_DEPTH)?)?;
            }
            Ok("")
        },
    );
    tera.register_filter(
        "__toll",
        |value: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
            let entries = value.as_array().map_or(0, <[Value]>::len);
            let length = value.as_str().map_or(entries, str::len);
            spend(length as u64 + 1)?;
            Ok(value)
        },
    );
    tera.register_filter(
        "__spend",
        |value: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
            spend(measure(&value, MAX_VALUE * 8, MAX_DEPTH)?)?;
            Ok(value)
        },
    );
    tera.register_filter("replace", replace);
    tera.register_filter("join", join);
    tera.register_filter("indent", indent);
    tera.register_function("range", range);
}

/// The length of a value in bytes and entries.
pub(super) fn measure(value: &Value, most: u64, depth: usize) -> TeraResult<u64> {
    let mut length = value.as_str().map_or(1, |text| text.len() as u64);
    let below = value.as_array().into_iter().flatten();
    for inner in below.chain(value.as_map().into_iter().flat_map(|map| map.values())) {
        if length > most || depth == 0 {
            break;
        }
        length += measure(inner, most - length, depth - 1)?;
    }
    match length > most || depth == 0 {
        true => Err(tera::Error::message(LIMIT)),
        false => Ok(length),
    }
}

fn replace(value: StringInput<'_>, kwargs: Kwargs, state: &State) -> TeraResult<Value> {
    let from = kwargs.must_get::<&str>("from")?;
    let to = kwargs.must_get::<StringInput<'_>>("to")?;
    let most = |text: &str| text.matches(from).count() * to.as_str().len() * 6 + text.len();
    spend(most(value.as_str()) as u64)?;
    if state.autoescaping_enabled() && (value.is_safe() || to.is_safe()) {
        let text = value.rendered(state)?.replace(from, &to.rendered(state)?);
        return Ok(Value::safe_string(&text));
    }
    Ok(Value::from(value.as_str().replace(from, to.as_str())))
}

fn join(values: &[Value], kwargs: Kwargs, state: &State) -> TeraResult<Value> {
    let separator = kwargs.get::<StringInput<'_>>("sep")?;
    let between = separator.as_ref().map_or("", |text| text.as_str());
    for value in values {
        spend(measure(value, MAX_VALUE, MAX_DEPTH)? + between.len() as u64 * 6)?;
    }
    let safe = |value: &Value| value.is_string() && value.is_safe();
    let escapes = state.autoescaping_enabled()
        && (values.iter().any(safe) || separator.as_ref().is_some_and(StringInput::is_safe));
    let text = |value: &Value| match escapes {
        _ if value.is_undefined() => Ok(String::new()),
        true => state.escape_if_needed(value),
        false => Ok(value.to_string()),
    };
    let parts: Vec<String> = values.iter().map(text).collect::<TeraResult<_>>()?;
    Ok(match &separator {
        Some(separator) if escapes => Value::safe_string(&parts.join(&separator.rendered(state)?)),
        _ if escapes => Value::safe_string(&parts.concat()),
        _ => Value::from(parts.join(between)),
    })
}

fn indent(value: StringInput<'_>, kwargs: Kwargs, _: &State) -> TeraResult<Value> {
    let width = kwargs.get::<usize>("width")?.unwrap_or(4).min(1000);
    let first = kwargs.get::<bool>("first")?.unwrap_or(false);
    let blank = kwargs.get::<bool>("blank")?.unwrap_or(false);
    let space = " ".repeat(width);
    let mut text = String::new();
    for (at, line) in value.as_str().split_inclusive('\n').enumerate() {
        spend((width + line.len()) as u64)?;
        if (at > 0 || first) && (blank || !line.trim().is_empty()) {
            text.push_str(&space);
        }
        text.push_str(line);
    }
    Ok(value.inherit_safety(text))
}

fn range(kwargs: Kwargs, _: &State) -> TeraResult<Vec<i128>> {
    let start = kwargs.get::<i128>("start")?.unwrap_or_default();
    let end = kwargs.must_get::<i128>("end")?;
    let step = kwargs.get::<i128>("step_by")?.unwrap_or(1);
    if step == 0 {
        return Err(tera::Error::message("`step_by` of `range` is 0"));
    }
    let mut numbers = Vec::new();
    let mut at = start;
    while (step > 0 && at < end) || (step < 0 && at > end) {
        if numbers.len() as i128 == MAX_RANGE {
            let message = format!("`range` gives at most {MAX_RANGE} numbers");
            return Err(tera::Error::message(message));
        }
        numbers.push(at);
        at = at.saturating_add(step);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::weave::{Woven, weave};

    fn render(source: &str) -> Result<String, String> {
        let mut tera = Tera::default();
        register(&mut tera);
        let guarded = weave(source, Woven::Costs);
        tera.add_raw_template("page.html", &guarded.text)
            .map_err(|error| error.to_string())?;
        begin_page();
        let mut context = tera::Context::new();
        context.insert_value("content", Value::safe_string("<p>text</p>"));
        context.insert("items", &["a", "b"]);
        let mut output = Output::default();
        let rendered = tera.render_to("page.html", &context, &mut output);
        rendered.map_err(|error| error.to_string())?;
        Ok(String::from_utf8(output.0).unwrap())
    }

    #[track_caller]
    fn case(source: &str, expected: &str) {
        assert_eq!(render(source).as_deref(), Ok(expected), "{source}");
    }

    #[test]
    fn what_a_template_writes_stays_as_it_is() {
        case(
            "{{ content }} {{- items[0] ~ '>' -}} .",
            "<p>text</p>a&gt;.",
        );
        case("{% for i in items %} {{ i }}{% endfor %}", " a b");
        case("{% for i in items -%} {{ i }}{% endfor %}", "ab");
        case("{%- set x = items -%} {{ x | join(sep='<') }}", "a&lt;b");
        case(
            "{% set x %}<b>{{ items[0] }}</b>{% endset %}{{ x }}",
            "<b>a</b>",
        );
        case(
            "{# {% for #}{% raw %}{{ a }}{% for %}{% endraw %}",
            "{{ a }}{% for %}",
        );
        case(
            "{% component c(x) %}<{{ x }}>{% endcomponent c %}{{ <c x={items[1]} /> }}",
            "<b>",
        );
        case("{{ {'a': '}}'}['a'] }}", "}}");
        case("{{ 'a b' | replace(from=' ', to='&') }}", "a&amp;b");
        case("{{ range(start=3, end=0, step_by=-1) | join }}", "321");
        case("{{ 'a\nb' | indent(width=2) }}", "a\n  b");
        case("{{ 1 if items else 2 }}", "1");
    }

    #[track_caller]
    fn bound(source: &str) {
        let error = render(source).unwrap_err();
        assert!(
            error.contains(LIMIT) || error.contains("Io error"),
            "{source}: {error}"
        );
    }

    #[test]
    fn work_is_bounded() {
        let numbers = "range(end=9999)";
        let loops = |inside: &str| {
            format!(
                "{{% for i in {numbers} %}}{{% for j in {numbers} %}}{inside}{{% endfor %}}{{% endfor %}}"
            )
        };
        bound(&loops(""));
        bound(&loops("some text"));
        bound(&format!(
            "{{% set x %}}{}{{% endset %}}",
            loops("{{ content }}")
        ));
        bound("{% component c(n) %}{{ <c n={n} /> }}{{ <c n={n} /> }}{{ <c n={n} /> }}{% endcomponent c %}{{ <c n={1} /> }}"
            .replace("{{ <c n={1} /> }}", &loops("{{ <d n={1} /> }}"))
            .replace("{{ <c n={n} /> }}{{ <c n={n} /> }}{{ <c n={n} /> }}", "")
            .replace("component c", "component d")
            .replace("endcomponent c", "endcomponent d")
            .as_str());
    }

    #[test]
    fn values_are_bounded() {
        let double = |start: &str, step: &str| {
            format!(
                "{{% set a = {start} %}}{}{{{{ a }}}}",
                format!("{{% set a = {step} %}}").repeat(40)
            )
        };
        bound(&double("'text'", "a ~ a"));
        bound(&double("[1]", "[...a, ...a]"));
        bound(&double("[1]", "[a, a]"));
        bound(&double("'text'", "a | replace(from='', to=a)"));
    }

    #[test]
    fn shares_are_of_one_budget() {
        begin_page();
        let share = BUDGET / 4;
        assert!(within(share, || spend(share + 1)).is_err());
        for _ in 0..3 {
            assert!(within(share, || spend(share)).is_ok());
        }
        assert!(within(share, || spend(1)).is_err());
    }

    #[test]
    fn a_range_beyond_reason_is_refused() {
        let error = render("{% for i in range(end=1000000000) %}{% endfor %}").unwrap_err();
        assert!(error.contains("at most 10000"), "{error}");
    }

    #[test]
    fn what_is_not_closed_is_left_to_the_engine() {
        for source in [
            "{{ a",
            "{% for i in x",
            "{# x",
            "{% raw %} {{",
            "{{ 'a }}",
            "{{-}}",
            "{{}}",
            "{%%}",
        ] {
            assert!(
                render(source).is_err() || source.starts_with("{#"),
                "{source}"
            );
        }
    }
}
