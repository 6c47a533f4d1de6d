//! TeX to MathML. What TeX does not know, or would take too long to know, stays TeX.

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};

use crate::render::dom::escape;

/// The longest formula that is set, in bytes; the parser recurses over what it reads.
const LONGEST: usize = 4096;

/// A formula as HTML: MathML with the TeX as its alternative text, or the TeX as code.
pub(super) fn math(tex: &str, display: bool) -> String {
    let source = escape(tex.trim()).replace('"', "&quot;");
    match mathml(tex, display) {
        Some(markup) => markup.replacen("<math", &format!("<math alttext=\"{source}\""), 1),
        None => format!("<code class=\"math\">{source}</code>"),
    }
}

fn mathml(tex: &str, display: bool) -> Option<String> {
    // Macros may expand for ever.
    let defines = [
        "\\def",
        "\\edef",
        "\\gdef",
        "\\xdef",
        "\\let",
        "\\futurelet",
        "newcommand",
    ];
    if tex.len() > LONGEST || defines.iter().any(|name| tex.contains(name)) {
        return None;
    }
    let storage = Storage::new();
    let events: Result<Vec<_>, _> = Parser::new(tex, &storage).collect();
    let events = events.ok()?;
    let config = RenderConfig {
        display_mode: match display {
            true => DisplayMode::Block,
            false => DisplayMode::Inline,
        },
        ..RenderConfig::default()
    };
    let mut markup = String::new();
    let events = events.into_iter().map(Ok::<_, std::fmt::Error>);
    push_mathml(&mut markup, events, config).ok()?;
    Some(markup)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_mathml() {
        insta::assert_snapshot!(math("x^2 < \\frac{1}{2}", false), @r#"<math alttext="x^2 &lt; \frac{1}{2}" display="inline"><msup><mi>x</mi><mn>2</mn></msup><mo><</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac></math>"#);
        insta::assert_snapshot!(math("T", true), @r#"<math alttext="T" display="block"><mi>T</mi></math>"#);
    }

    #[test]
    fn what_is_no_tex_stays_as_it_is() {
        for tex in ["\\frac{1}", "}", "\\nosuch", "\\def\\a{\\a\\a}\\a", "{"] {
            assert!(math(tex, false).starts_with("<code"), "{tex}");
        }
        assert!(math(&"{".repeat(100_000), false).starts_with("<code"));
    }

    #[test]
    fn hostile_formulas_neither_hang_nor_overflow() {
        let deep = |open: &str, close: &str| {
            let count = LONGEST / (open.len() + close.len() + 1);
            math(
                &format!("{}x{}", open.repeat(count), close.repeat(count)),
                false,
            );
        };
        deep("{", "}");
        deep("\\sqrt{", "}");
        deep("\\frac{", "}{y}");
        deep("x^{", "}");
        deep("\\left(", "\\right)");
        deep("\\begin{matrix}", "\\end{matrix}");
        deep("{}", "");
        deep("\\color{red}", "");
    }
}
