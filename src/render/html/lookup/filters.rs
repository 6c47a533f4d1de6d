//! The filters that templates of a theme have beside those of all templates.

use tera::{Error, Kwargs, State, StringInput, Tera, TeraResult, Value};

use crate::render::html::body::render_body;
use crate::render::html::lookup::dates::date;
use crate::render::html::lookup::scope::ask;
use crate::render::html::pages::WORDS_PER_MINUTE;
use crate::site::Page;
use crate::template::{spend, without_tags};

/// Their names.
pub(super) const NAMES: &[&str] = &[
    "absolute",
    "date",
    "markdown",
    "permalink",
    "reading_time",
    "slugify",
];

/// What reading Markdown costs: it may draw a diagram.
const MARKDOWN: u64 = 100_000;
/// What a byte of it costs.
const BYTE: u64 = 20;
/// How fast a reader may be.
const FASTEST: usize = 100_000;

/// Makes them known.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("date", date);
    tera.register_filter("markdown", markdown);
    tera.register_filter("absolute", absolute);
    tera.register_filter("permalink", absolute);
    tera.register_filter("reading_time", reading_time);
    tera.register_filter("slugify", |text: &str, _: Kwargs, _: &State| {
        crate::markdown::slug(text)
    });
}

/// Reads a text as the text of the page that is made.
fn markdown(text: StringInput<'_>, kwargs: Kwargs, _: &State) -> TeraResult<Value> {
    let text = text.as_str();
    spend(MARKDOWN + text.len() as u64 * BYTE)?;
    let inline = kwargs.get("inline")?.unwrap_or(false);
    ask(|scope| {
        let site = scope.site();
        let page = site.page_routed(scope.route).map(|id| site.page(id));
        let page = Page::of_text(page.map(|page| &**page), &site.content, scope.route, text);
        let body = render_body(scope.context, scope.theme, &page);
        if let Some(found) = body.diagnostics.first() {
            let message = format!("The Markdown cannot be read: {}", found.message);
            return Err(Error::message(message));
        }
        let heading = body.heading.map(|heading| format!("<h1>{heading}</h1>\n"));
        let html = heading.unwrap_or_default() + &body.content;
        let html = html.trim();
        let only = html
            .strip_prefix("<p>")
            .and_then(|html| html.strip_suffix("</p>"));
        let only = only.filter(|html| inline && !html.contains("<p>"));
        Ok(Value::safe_string(only.unwrap_or(html)))
    })
}

fn absolute(url: &str, _: Kwargs, _: &State) -> TeraResult<String> {
    ask(|scope| scope.absolute(url))
}

/// The minutes that a text takes to read.
fn reading_time(text: &str, kwargs: Kwargs, _: &State) -> TeraResult<usize> {
    spend(text.len() as u64)?;
    let speed = kwargs.get("words_per_minute")?.unwrap_or(WORDS_PER_MINUTE);
    let words = without_tags(text).split_whitespace().count();
    Ok(words.div_ceil(speed.clamp(1, FASTEST)).max(1))
}
