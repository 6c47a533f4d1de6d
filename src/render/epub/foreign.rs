//! What SVG and MathML may stand in a book: pictures and formulas that refer to nothing but
//! themselves.

use crate::render::dom::{Element, Verdict};

const SVG: &[&str] = &[
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "textPath",
    "marker",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "pattern",
    "filter",
    "style",
    "switch",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
];

/// Decides about an SVG element.
pub(super) fn svg(element: &mut Element) -> Verdict {
    if element.name == "a" {
        return Verdict::Unwrap;
    }
    if !SVG.contains(&element.name.as_str()) {
        return Verdict::Remove;
    }
    element.attributes.retain(|attribute| {
        let name = attribute.name.as_str();
        let data = name.starts_with("data-") || name.starts_with("aria-") || name.contains(':');
        match name {
            // Only what lies in the same picture may be referred to.
            "href" | "xlink:href" => attribute.value.trim().starts_with('#'),
            "xml:space" | "xmlns" | "xmlns:xlink" | "tabindex" | "role" => false,
            _ if name.starts_with("on") || data => false,
            _ => stays_inside(&attribute.value),
        }
    });
    Verdict::Keep
}

/// Whether a style or paint names nothing outside the document.
fn stays_inside(style: &str) -> bool {
    let plain: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.to_ascii_lowercase().replace(['"', '\''], "");
    let outside = plain
        .match_indices("url(")
        .any(|(at, _)| !plain[at + 4..].starts_with('#'));
    !outside
        && !plain.contains("@import")
        && !plain.contains('\\')
        && !plain.contains("javascript:")
}

const MATHML: &[&str] = &[
    "math",
    "semantics",
    "annotation",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "mspace",
    "mrow",
    "mfrac",
    "msqrt",
    "mroot",
    "mstyle",
    "merror",
    "mpadded",
    "mphantom",
    "mfenced",
    "menclose",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mmultiscripts",
    "mprescripts",
    "none",
    "mtable",
    "mtr",
    "mtd",
    "mlabeledtr",
];

/// Decides about a MathML element.
pub(super) fn mathml(element: &mut Element) -> Verdict {
    if [
        "annotation-xml",
        "maction",
        "mglyph",
        "malignmark",
        "maligngroup",
    ]
    .contains(&element.name.as_str())
    {
        return Verdict::Remove;
    }
    if !MATHML.contains(&element.name.as_str()) {
        return Verdict::Unwrap;
    }
    element.attributes.retain(|attribute| {
        let name = attribute.name.as_str();
        let foreign = name.starts_with("on") || name.contains(':') || name.starts_with("data-");
        !foreign
            && !["href", "xref", "src", "altimg", "xmlns"].contains(&name)
            // Words of TeX have backslashes, and nothing reads them as addresses.
            && (name == "alttext" || stays_inside(&attribute.value))
    });
    Verdict::Keep
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::dom::parse_fragment;
    use crate::render::epub::rules::rule;

    #[track_caller]
    fn case(html: &str, expected: &str) {
        let mut tree = parse_fragment(html);
        tree.edit(rule);
        assert_eq!(tree.to_xhtml(), expected);
    }

    #[test]
    fn pictures_stay_by_themselves() {
        let space =
            "xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"";
        case(
            "<svg onload=x><script>y</script><a href=z><path d=M0 fill=\"url(http://x)\"/></a></svg>",
            &format!("<svg {space}><path d=\"M0\"/></svg>"),
        );
        assert!(stays_inside("fill: url( '#a' )"));
        assert!(!stays_inside("fill: url( 'a.svg#a' )"));
        assert!(!stays_inside("u\\72l(x)"));
    }

    #[test]
    fn formulas_hold_nothing_but_mathml() {
        let space = "xmlns=\"http://www.w3.org/1998/Math/MathML\"";
        case(
            "<math alttext='\\frac'><mi onclick=x href=y>a</mi><mtext><b>c</b><script>d</script></mtext></math>",
            &format!(
                "<math {space} alttext=\"\\frac\"><mi>a</mi><mtext><b xmlns=\"http://www.w3.org/1999/xhtml\">c</b></mtext></math>"
            ),
        );
    }
}
