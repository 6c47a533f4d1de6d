//! Formulas in Office Math, from the same nodes that paper is set from.

use std::fmt::Write as _;

use serde_json::Value;

use crate::render::docx::xml::escape;

/// Signs that are set large and take what follows them as their body.
const LARGE: &str = "∑∏∐∫∬∭∮∯∰⋀⋁⋂⋃⨀⨁⨂⨄⨆";

/// The content of an `m:oMath` element.
pub(super) fn formula(node: &Value) -> String {
    element(node, None)
}

fn list(node: &Value) -> &[Value] {
    node.as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(node: &'a Value, name: &str) -> &'a str {
    node[name].as_str().unwrap_or_default()
}

fn element(node: &Value, color: Option<&str>) -> String {
    let inside = |name: &str| element(&node[name], color);
    match text(node, "m") {
        "row" => row(list(&node["c"]), color),
        "symbol" => run(text(node, "v"), letters(text(node, "font")), color),
        "number" => match text(node, "font") {
            "" => run(text(node, "v"), "<m:sty m:val=\"p\"/>", color),
            font => run(text(node, "v"), letters(font), color),
        },
        "text" => run(text(node, "v"), "<m:nor/>", color),
        "op" => run(text(node, "v"), "<m:sty m:val=\"p\"/>", color),
        "frac" => fraction("", &inside("a"), &inside("b")),
        "stack" => fraction(NO_BAR, &inside("a"), &inside("b")),
        "binom" => delimited("(", ")", &fraction(NO_BAR, &inside("a"), &inside("b"))),
        "root" if node["index"].is_null() => format!(
            "<m:rad><m:radPr><m:degHide m:val=\"1\"/></m:radPr><m:deg/><m:e>{}</m:e></m:rad>",
            inside("c")
        ),
        "root" => format!(
            "<m:rad><m:deg>{}</m:deg><m:e>{}</m:e></m:rad>",
            inside("index"),
            inside("c")
        ),
        "attach" => attached(node, color),
        "accent" => accent(text(node, "v"), &inside("c")),
        "cancel" => format!(
            "<m:borderBox><m:borderBoxPr><m:hideTop m:val=\"1\"/><m:hideBot m:val=\"1\"/><m:hideLeft m:val=\"1\"/><m:hideRight m:val=\"1\"/><m:strikeBLTR m:val=\"1\"/></m:borderBoxPr><m:e>{}</m:e></m:borderBox>",
            inside("c")
        ),
        "space" => space(node["v"].as_f64().unwrap_or(0.0)),
        "style" => inside("c"),
        "color" => element(&node["c"], Some(text(node, "v").trim_start_matches('#'))),
        "lr" => delimited(text(node, "open"), text(node, "close"), &inside("c")),
        "mat" => matrix(&node["rows"], &[text(node, "align")], color),
        "cases" => match node["reverse"] == true {
            true => delimited("", "}", &matrix(&node["rows"], &["left"], color)),
            false => delimited("{", "", &matrix(&node["rows"], &["left"], color)),
        },
        // Columns are set against each other as TeX does it: to the right, then to the left.
        "lines" => match list(&node["rows"]).iter().all(|row| list(row).len() <= 1) {
            true => matrix(&node["rows"], &["center"], color),
            false => matrix(&node["rows"], &["right", "left"], color),
        },
        _ => String::new(),
    }
}

/// A sequence; a function and a large sign take what follows as theirs.
fn row(nodes: &[Value], color: Option<&str>) -> String {
    let mut written = String::new();
    let mut rest = nodes;
    while let Some((node, after)) = rest.split_first() {
        let base = base(node);
        let is_large = text(base, "m") == "symbol"
            && LARGE.contains(text(base, "v"))
            && !text(base, "v").is_empty();
        if is_large {
            let end = after.iter().position(ends_body).unwrap_or(after.len());
            let (body, after) = after.split_at(end);
            if body.is_empty() {
                written.push_str(&element(node, color));
            } else {
                written.push_str(&large(node, text(base, "v"), &row(body, color), color));
            }
            rest = after;
        } else if text(base, "m") == "op"
            && let Some((argument, after)) = after.split_first()
            && is_argument(argument)
        {
            let _ = write!(
                written,
                "<m:func><m:fName>{}</m:fName><m:e>{}</m:e></m:func>",
                element(node, color),
                element(argument, color)
            );
            rest = after;
        } else {
            written.push_str(&element(node, color));
            rest = after;
        }
    }
    written
}

fn base(node: &Value) -> &Value {
    match text(node, "m") {
        "attach" => &node["c"],
        _ => node,
    }
}

/// Whether the body of a large sign ends before a node.
fn ends_body(node: &Value) -> bool {
    let class = text(node, "class");
    class == "relation" || class == "punctuation" || class == "closing"
}

fn is_argument(node: &Value) -> bool {
    let class = text(node, "class");
    let base = base(node);
    !matches!(
        class,
        "relation" | "punctuation" | "closing" | "binary" | "opening"
    ) && !matches!(text(base, "m"), "op" | "space")
        && !"+−±∓=".contains(text(node, "v").chars().next().unwrap_or(' '))
}

/// A cell. A sign between two sides that begins one has its left side in the cell before; some
/// programs ask for one here.
fn cell_of(node: &Value, color: Option<&str>) -> String {
    let first = match text(node, "m") {
        "row" => list(&node["c"]).first().unwrap_or(node),
        _ => node,
    };
    let between = matches!(text(first, "class"), "relation" | "binary");
    let side = match between {
        true => run("\u{200b}", "<m:nor/>", color),
        false => String::new(),
    };
    side + &element(node, color)
}

fn run(letters: &str, properties: &str, color: Option<&str>) -> String {
    let properties = match properties {
        "" => String::new(),
        properties => format!("<m:rPr>{properties}</m:rPr>"),
    };
    let ink = match color {
        Some(color) if color.len() == 6 => format!("<w:color w:val=\"{}\"/>", escape(color)),
        _ => String::new(),
    };
    format!(
        "<m:r>{properties}<w:rPr><w:rFonts w:ascii=\"Cambria Math\" w:hAnsi=\"Cambria Math\"/>{ink}</w:rPr><m:t xml:space=\"preserve\">{}</m:t></m:r>",
        escape(letters)
    )
}

/// The properties of letters in a font.
fn letters(font: &str) -> &'static str {
    match font {
        "bold-upright" => "<m:sty m:val=\"b\"/>",
        "bold" => "<m:sty m:val=\"bi\"/>",
        "cal" => "<m:scr m:val=\"script\"/><m:sty m:val=\"p\"/>",
        "frak" => "<m:scr m:val=\"fraktur\"/><m:sty m:val=\"p\"/>",
        "mono" => "<m:scr m:val=\"monospace\"/><m:sty m:val=\"p\"/>",
        "sans" => "<m:scr m:val=\"sans-serif\"/><m:sty m:val=\"p\"/>",
        "bb" => "<m:scr m:val=\"double-struck\"/><m:sty m:val=\"p\"/>",
        "upright" => "<m:sty m:val=\"p\"/>",
        _ => "",
    }
}

const NO_BAR: &str = "<m:fPr><m:type m:val=\"noBar\"/></m:fPr>";

fn fraction(properties: &str, above: &str, below: &str) -> String {
    format!("<m:f>{properties}<m:num>{above}</m:num><m:den>{below}</m:den></m:f>")
}

fn delimited(open: &str, close: &str, inside: &str) -> String {
    format!(
        "<m:d><m:dPr><m:begChr m:val=\"{}\"/><m:endChr m:val=\"{}\"/></m:dPr><m:e>{inside}</m:e></m:d>",
        escape(open),
        escape(close)
    )
}

/// What stands at the corners and above and below of something.
fn attached(node: &Value, color: Option<&str>) -> String {
    let part = |name: &str| match node[name].is_null() {
        true => None,
        false => Some(element(&node[name], color)),
    };
    let mut inner = element(&node["c"], color);
    match (part("br"), part("tr")) {
        (Some(below), Some(above)) => {
            inner = format!(
                "<m:sSubSup><m:e>{inner}</m:e><m:sub>{below}</m:sub><m:sup>{above}</m:sup></m:sSubSup>"
            );
        }
        (Some(below), None) => {
            inner = format!("<m:sSub><m:e>{inner}</m:e><m:sub>{below}</m:sub></m:sSub>");
        }
        (None, Some(above)) => {
            inner = format!("<m:sSup><m:e>{inner}</m:e><m:sup>{above}</m:sup></m:sSup>");
        }
        (None, None) => {}
    }
    if let Some(below) = part("b") {
        inner = format!("<m:limLow><m:e>{inner}</m:e><m:lim>{below}</m:lim></m:limLow>");
    }
    if let Some(above) = part("t") {
        inner = format!("<m:limUpp><m:e>{inner}</m:e><m:lim>{above}</m:lim></m:limUpp>");
    }
    inner
}

/// A large sign with its limits and its body.
fn large(node: &Value, sign: &str, body: &str, color: Option<&str>) -> String {
    let part = |names: [&str; 2]| {
        let found = names
            .iter()
            .map(|name| &node[*name])
            .find(|part| !part.is_null());
        found.map(|part| element(part, color))
    };
    let (below, above) = match text(node, "m") {
        "attach" => (part(["b", "br"]), part(["t", "tr"])),
        _ => (None, None),
    };
    let place = match node["b"].is_null() && node["t"].is_null() {
        true => "subSup",
        false => "undOvr",
    };
    let hide = |name: &str, part: &Option<String>| match part {
        Some(_) => String::new(),
        None => format!("<m:{name} m:val=\"1\"/>"),
    };
    format!(
        "<m:nary><m:naryPr><m:chr m:val=\"{}\"/><m:limLoc m:val=\"{place}\"/>{}{}</m:naryPr><m:sub>{}</m:sub><m:sup>{}</m:sup><m:e>{body}</m:e></m:nary>",
        escape(sign),
        hide("subHide", &below),
        hide("supHide", &above),
        below.as_deref().unwrap_or_default(),
        above.as_deref().unwrap_or_default(),
    )
}

fn accent(name: &str, inside: &str) -> String {
    let above = |sign: &str| {
        format!("<m:acc><m:accPr><m:chr m:val=\"{sign}\"/></m:accPr><m:e>{inside}</m:e></m:acc>")
    };
    let bar = |place: &str| {
        format!("<m:bar><m:barPr><m:pos m:val=\"{place}\"/></m:barPr><m:e>{inside}</m:e></m:bar>")
    };
    let group = |sign: &str, place: &str, side: &str| {
        format!(
            "<m:groupChr><m:groupChrPr><m:chr m:val=\"{sign}\"/><m:pos m:val=\"{place}\"/><m:vertJc m:val=\"{side}\"/></m:groupChrPr><m:e>{inside}</m:e></m:groupChr>"
        )
    };
    match name {
        "hat" => above("\u{302}"),
        "tilde" => above("\u{303}"),
        "arrow" => above("\u{20d7}"),
        "arrow-left" => above("\u{20d6}"),
        "arrow-both" => above("\u{20e1}"),
        "dot" => above("\u{307}"),
        "dot-double" => above("\u{308}"),
        "dot-triple" => above("\u{20db}"),
        "breve" => above("\u{306}"),
        "caron" => above("\u{30c}"),
        "acute" => above("\u{301}"),
        "grave" => above("\u{300}"),
        "circle" => above("\u{30a}"),
        "overline" => bar("top"),
        "underline" => bar("bot"),
        "overbrace" => group("⏞", "top", "bot"),
        "overparen" => group("⏜", "top", "bot"),
        "overbracket" => group("⎴", "top", "bot"),
        "underbrace" => group("⏟", "bot", "top"),
        "underparen" => group("⏝", "bot", "top"),
        "underbracket" => group("⎵", "bot", "top"),
        _ => inside.to_owned(),
    }
}

/// Spaces that come near a width in ems; what draws together is left out.
fn space(ems: f64) -> String {
    let sign = match ems {
        _ if ems >= 1.5 => "\u{2003}\u{2003}",
        _ if ems >= 0.75 => "\u{2003}",
        _ if ems >= 0.4 => "\u{2002}",
        _ if ems >= 0.25 => "\u{2004}",
        _ if ems >= 0.2 => "\u{205f}",
        _ if ems > 0.05 => "\u{2009}",
        _ => return String::new(),
    };
    run(sign, "<m:nor/>", None)
}

/// Rows of cells; the alignments are those of the columns, from the first again when they end.
fn matrix(rows: &Value, align: &[&str], color: Option<&str>) -> String {
    let rows = list(rows);
    let columns = rows
        .iter()
        .map(|row| list(row).len())
        .max()
        .unwrap_or(0)
        .max(1);
    let mut sides = String::new();
    for side in align.iter().cycle().take(columns) {
        let side = if side.is_empty() { "center" } else { side };
        let _ = write!(
            sides,
            "<m:mc><m:mcPr><m:count m:val=\"1\"/><m:mcJc m:val=\"{side}\"/></m:mcPr></m:mc>"
        );
    }
    // Cells of equations join without a gap.
    let gap = if align.len() > 1 {
        "<m:cGpRule m:val=\"3\"/><m:cGp m:val=\"0\"/>"
    } else {
        ""
    };
    let mut written =
        format!("<m:m><m:mPr><m:plcHide m:val=\"1\"/>{gap}<m:mcs>{sides}</m:mcs></m:mPr>");
    for row in rows {
        written.push_str("<m:mr>");
        for column in 0..columns {
            let cell = list(row).get(column).map(|cell| cell_of(cell, color));
            let _ = write!(written, "<m:e>{}</m:e>", cell.unwrap_or_default());
        }
        written.push_str("</m:mr>");
    }
    written + "</m:m>"
}
