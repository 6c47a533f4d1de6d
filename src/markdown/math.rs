//! TeX math becomes MathML Core at build time, so that no page needs a script for it.

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};

/// The longest formula that is read, in bytes.
const MAX_FORMULA: usize = 16 << 10;
/// How many events a formula may expand to; a macro can multiply itself.
const MAX_EVENTS: usize = 20_000;

/// Whether a formula stands on its own or in a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MathMode {
    /// In a line of text.
    Inline,
    /// On its own.
    Display,
}

/// Renders `tex`, with the source as its annotation.
///
/// # Errors
/// Says in one line what is wrong with the formula.
pub fn to_mathml(tex: &str, mode: MathMode) -> Result<String, String> {
    if tex.len() > MAX_FORMULA {
        return Err(format!(
            "the formula is longer than {} kB",
            MAX_FORMULA >> 10
        ));
    }
    let storage = Storage::new();
    let mut events = Vec::new();
    for event in Parser::new(tex, &storage) {
        match event {
            Ok(event) => events.push(event),
            Err(error) => return Err(first_line(&error.to_string())),
        }
        if events.len() > MAX_EVENTS {
            return Err("the formula expands without end".to_owned());
        }
    }
    // The writer puts the annotation into the markup as it is.
    let annotation = tex
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let config = RenderConfig {
        display_mode: match mode {
            MathMode::Inline => DisplayMode::Inline,
            MathMode::Display => DisplayMode::Block,
        },
        annotation: Some(&annotation),
        ..RenderConfig::default()
    };
    let mut mathml = String::new();
    let events = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut mathml, events, config).map_err(|error| first_line(&error.to_string()))?;
    Ok(mathml)
}

fn first_line(message: &str) -> String {
    let line = message
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("it cannot be read");
    line.trim().trim_end_matches(['.', ':']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_mathml() {
        let mathml = to_mathml(r"\frac{1}{2} \cos \alpha", MathMode::Display).unwrap();
        assert!(mathml.starts_with("<math display=\"block\""), "{mathml}");
        assert!(mathml.contains("<mfrac>"), "{mathml}");
    }

    #[test]
    fn faults_and_bombs_are_named() {
        assert!(to_mathml(r"\frac{1", MathMode::Inline).is_err());
        assert!(to_mathml(&"x".repeat(MAX_FORMULA + 1), MathMode::Inline).is_err());
        assert!(to_mathml(r"\def\a{\a\a}\a", MathMode::Inline).is_err());
    }

    #[test]
    fn markup_in_a_formula_stays_text() {
        let mathml = to_mathml(r"\text{<script>alert(1)</script>}", MathMode::Inline).unwrap();
        assert!(!mathml.contains("<script>"), "{mathml}");
    }
}
