//! TeX math becomes MathML Core at build time, so that no page needs a script for it.

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};

/// The longest formula that is read, in bytes; the parser recurses over what it reads.
const LONGEST: usize = 4096;
/// Commands that define others: what they define may expand without end.
const DEFINITIONS: &[&str] = &[
    "\\def",
    "\\edef",
    "\\gdef",
    "\\xdef",
    "\\let",
    "\\futurelet",
    "newcommand",
];

/// Whether a formula stands on its own or in a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MathMode {
    /// In a line of text.
    Inline,
    /// On its own.
    Display,
}

/// Renders `tex`, with the source as its alternative text.
///
/// # Errors
/// Says in one line what is wrong with the formula.
pub fn to_mathml(tex: &str, mode: MathMode) -> Result<String, String> {
    let tex = tex.trim();
    check_formula(tex)?;
    let storage = Storage::new();
    let events: Result<Vec<_>, _> = Parser::new(tex, &storage).collect();
    let events = events.map_err(|error| first_line(&error.to_string()))?;
    let config = RenderConfig {
        display_mode: match mode {
            MathMode::Inline => DisplayMode::Inline,
            MathMode::Display => DisplayMode::Block,
        },
        ..RenderConfig::default()
    };
    let mut mathml = String::new();
    let events = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut mathml, events, config).map_err(|error| first_line(&error.to_string()))?;
    let source = tex
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let source = source.replace('"', "&quot;");
    let mathml = style_with_mstyle(&escape_signs(&mathml));
    Ok(mathml.replacen("<math", &format!("<math alttext=\"{source}\""), 1))
}

/// Refuses what could keep a parser of TeX busy for ever. Whoever parses a formula asks here first.
///
/// # Errors
/// Says in one line why it is refused.
pub fn check_formula(tex: &str) -> Result<(), String> {
    if tex.len() > LONGEST {
        return Err(format!("it is longer than {} kB", LONGEST >> 10));
    }
    match DEFINITIONS.iter().find(|name| tex.contains(**name)) {
        Some(name) => Err(format!("it defines a command with `{name}`")),
        None => Ok(()),
    }
}

/// Escapes the signs that the writer leaves bare: a `<` that begins no tag.
fn escape_signs(mathml: &str) -> String {
    let mut out = String::with_capacity(mathml.len());
    let mut done = 0;
    for at in memchr::memchr_iter(b'<', mathml.as_bytes()) {
        let next = mathml.as_bytes().get(at + 1);
        if !next.is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/') {
            out.push_str(&mathml[done..at]);
            out.push_str("&lt;");
            done = at + 1;
        }
    }
    out.push_str(&mathml[done..]);
    out
}

/// Puts styles on `mstyle`, where every version of MathML knows them; the writer puts them on `mrow`.
fn style_with_mstyle(mathml: &str) -> String {
    let mut out = String::with_capacity(mathml.len());
    let mut open = Vec::new();
    let mut rest = mathml;
    while let Some(at) = rest.find("mrow") {
        let (before, after) = (&rest[..at], &rest[at + "mrow".len()..]);
        out.push_str(before);
        rest = after;
        let styled = if before.ends_with("</") {
            open.pop().unwrap_or(false)
        } else if before.ends_with('<') {
            let tag = after.split('>').next().unwrap_or("");
            open.push(tag.contains("displaystyle") || tag.contains("scriptlevel"));
            open.last().copied().unwrap_or(false)
        } else {
            false
        };
        out.push_str(if styled { "mstyle" } else { "mrow" });
    }
    out.push_str(rest);
    out
}

fn first_line(message: &str) -> String {
    let line = message.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or("it cannot be read");
    line.trim().trim_end_matches(['.', ':']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_less_is_no_tag() {
        let found = to_mathml("a < b \\text{c<d}", MathMode::Inline).unwrap();
        assert!(found.contains("<mo>&lt;</mo>"), "{found}");
        assert_eq!(found.matches("&lt;").count(), 4, "{found}");
    }

    #[test]
    fn formulas_become_mathml() {
        let mathml = to_mathml(r"x^2 < \frac{1}{2}", MathMode::Inline).unwrap();
        insta::assert_snapshot!(mathml, @r#"<math alttext="x^2 &lt; \frac{1}{2}" display="inline"><msup><mi>x</mi><mn>2</mn></msup><mo>&lt;</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac></math>"#);
        let mathml = to_mathml(r"\dfrac{1}{2}", MathMode::Display).unwrap();
        assert!(
            mathml.starts_with("<math alttext=\"\\dfrac{1}{2}\" display=\"block\">"),
            "{mathml}"
        );
        assert!(!mathml.contains("<mrow displaystyle"), "{mathml}");
    }

    #[test]
    fn faults_and_bombs_are_named() {
        for tex in [
            r"\frac{1}",
            "}",
            r"\nosuch",
            r"\def\a{\a\a}\a",
            "{",
            &"x".repeat(LONGEST + 1),
        ] {
            assert!(to_mathml(tex, MathMode::Inline).is_err(), "{tex}");
        }
    }

    #[test]
    fn hostile_formulas_neither_hang_nor_overflow() {
        for (open, close) in [
            ("{", "}"),
            ("\\sqrt{", "}"),
            ("\\frac{", "}{y}"),
            ("x^{", "}"),
            ("\\left(", "\\right)"),
            ("\\begin{matrix}", "\\end{matrix}"),
            ("{}", ""),
            ("\\color{red}", ""),
        ] {
            let count = LONGEST / (open.len() + close.len() + 1);
            let _ = to_mathml(
                &format!("{}x{}", open.repeat(count), close.repeat(count)),
                MathMode::Inline,
            );
        }
    }

    #[test]
    fn markup_in_a_formula_stays_text() {
        let mathml = to_mathml(r#"\text{<script>"alert(1)</script>}"#, MathMode::Inline).unwrap();
        assert!(!mathml.contains("<script>"), "{mathml}");
        assert!(mathml.contains("&gt;&quot;alert"), "{mathml}");
    }
}
