//! Formulas of an e-book. What cannot be read as TeX stays TeX.

use crate::markdown::{MathMode, to_mathml};
use crate::render::dom::escape;

/// A formula as MathML with the TeX as its alternative text, or the TeX as code.
pub(super) fn math(tex: &str, mode: MathMode) -> String {
    to_mathml(tex, mode).unwrap_or_else(|_| {
        let source = escape(tex.trim()).replace('"', "&quot;");
        format!("<code class=\"math\">{source}</code>")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_tex_stays_as_it_is() {
        assert!(math("T", MathMode::Display).starts_with("<math "));
        for tex in ["\\frac{1}", "\\nosuch", "\\def\\a{\\a\\a}\\a"] {
            assert!(math(tex, MathMode::Inline).starts_with("<code"), "{tex}");
        }
    }
}
