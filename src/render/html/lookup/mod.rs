//! What templates of a theme may ask: other pages, sections and terms, addresses, words, data, and
//! text in other forms. Where a link leads is decided where links of pages are, and what is asked of
//! a page costs the same however many pages ask.

mod data;
mod dates;
mod filters;
mod functions;
mod images;
mod scope;
#[cfg(test)]
mod tests;
mod values;

pub(super) use scope::{SCOPE, Scope};
pub(super) use values::Memory;

use crate::template::Dialect;

/// The dialect of themes, whose templates lie in a folder and in layers with these prefixes.
pub(super) const fn dialect(folder: &'static str, prefixes: &'static [&'static str]) -> Dialect {
    Dialect {
        folder,
        prefixes,
        filters: filters::NAMES,
        functions: functions::NAMES,
        register: |tera| {
            functions::register(tera);
            images::register(tera);
            filters::register(tera);
        },
    }
}
