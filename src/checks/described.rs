//! What the grammar engine says of its own rules.

/// What the engine that has a rule says of it; none if it is one of ours.
#[cfg(feature = "prose")]
pub fn rule_of_engine(code: &str) -> Option<String> {
    code.starts_with("prose-")
        .then(|| crate::checks::prose::describe(code))?
}

/// There is no engine.
#[cfg(not(feature = "prose"))]
pub fn rule_of_engine(_: &str) -> Option<String> {
    None
}

/// The codes of all rules of grammar, ours and the engine's that are on; held by a test of the
/// engine, which takes most of a second to start.
pub(super) const CODES: &str = include_str!("prose_codes.txt");

/// Whether a rule of grammar has a code that satisfies `is`.
pub(super) fn engine_has(is: impl Fn(&str) -> bool) -> bool {
    CODES.lines().any(is)
}
