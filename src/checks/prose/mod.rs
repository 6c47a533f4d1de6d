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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::checks::described::CODES;

    #[test]
    fn the_list_of_codes_is_that_of_all_rules_that_can_find_something() {
        let engine = engine::Engine::new(engine::Dialect::American);
        let active = engine.descriptions().map(|(rule, _)| rule);
        let active = active.filter(|rule| !rules::is_off(rule)).map(rules::code);
        let codes: BTreeSet<String> = grammar::codes().map(rules::code).chain(active).collect();
        let codes: Vec<String> = codes.into_iter().collect();
        let text = codes.join("\n") + "\n";
        assert!(
            text == CODES,
            "{} must hold\n{text}",
            "src/checks/prose_codes.txt"
        );
    }
}
