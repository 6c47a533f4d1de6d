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

/// Whether the engine has a rule whose code satisfies `is`.
#[cfg(feature = "prose")]
pub(super) fn engine_has(is: impl Fn(&str) -> bool) -> bool {
    crate::checks::prose::codes().iter().any(|code| is(code))
}

/// There is no engine, and what it could have is not known.
#[cfg(not(feature = "prose"))]
pub(super) fn engine_has(_: impl Fn(&str) -> bool) -> bool {
    true
}
