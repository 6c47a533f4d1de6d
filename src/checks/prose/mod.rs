//! Grammar and spelling of English text, and spelling of text in languages with a dictionary.
//!
//! What is known of a block of text ([`crate::checks::text`]) is looked up by its content
//! ([`known`]); harper and rules of our own ([`grammar`]) read the others on a few threads ([`read`],
//! [`engine`]); their findings are sifted ([`rules`]), words are spelled ([`spelling`]), and all is
//! reported at its place in the file ([`check`]).

mod check;
mod engine;
mod grammar;
mod known;
mod products;
mod read;
#[cfg(test)]
mod recall;
mod rules;
mod spelling;

use std::collections::BTreeSet;
use std::sync::LazyLock;

pub use check::ProseCheck;
pub(super) use read::reads;
pub use spelling::{UnknownWord, unknown_words};
pub(super) const STEPS: [&str; 2] = [known::STEP, spelling::STEP];

/// Whether text in a language is read.
pub(super) fn is_read(site: &crate::site::Site, language: &str) -> bool {
    spelling::Tongue::of(language, &site.lexicons).is_some()
}

/// What the engine says of the rule that has a code.
pub(super) fn describe(code: &str) -> Option<String> {
    let engine = engine::Engine::new(engine::Dialect::American);
    let mut all = engine.descriptions();
    let (_, text) = all.find(|(rule, _)| rules::code(rule) == code)?;
    Some(text.to_owned())
}

/// The codes of all rules of grammar that can find something.
pub(super) fn codes() -> &'static BTreeSet<String> {
    static CODES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let engine = engine::Engine::new(engine::Dialect::American);
        let mut codes: BTreeSet<String> = grammar::codes().map(rules::code).collect();
        for (rule, _) in engine.descriptions() {
            if !rules::is_off(rule) {
                codes.insert(rules::code(rule));
            }
        }
        codes
    });
    &CODES
}
