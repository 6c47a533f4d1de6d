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
