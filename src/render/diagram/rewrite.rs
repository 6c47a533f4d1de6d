//! Goes over the attributes of a drawing: what would reach into the page around it is taken away
//! or renamed.

/// What becomes of an attribute: other attributes, written one after another.
type Change<'a> = dyn Fn(&str, &str, &str, &mut String) + 'a;

/// The drawing of an engine in the form that all have: no classes, styles as attributes, the size
/// and the font on the first element.
pub(super) fn normal(svg: &str, colors: &[(&str, &str)], font_size: u32) -> Option<String> {
    let head = svg.split_once('>')?.0;
    let view = value(head, "viewBox")?;
    let mut sides = view
        .split([' ', ','])
        .filter(|side| !side.is_empty())
        .skip(2)
        .map(|side| side.parse::<f64>().ok().filter(|side| side.is_finite()));
    let (width, height) = (sides.next()??, sides.next()??);
    if !(1.0..=20_000.0).contains(&width) || !(1.0..=20_000.0).contains(&height) {
        return None;
    }
    let view = view.to_owned();
    let change = |element: &str, name: &str, value: &str, out: &mut String| {
        if element == "svg" {
            return;
        }
        match name {
            "style" => {
                for rule in value.split(';') {
                    if let Some((name, value)) = rule.split_once(':') {
                        write(name.trim(), color(value.trim(), colors), out);
                    }
                }
            }
            "font-family" => {}
            // The writer of DOT names a class after the size of its text.
            "class" => {
                if let Some(Ok(size)) = value.strip_prefix('a').map(str::parse::<u32>) {
                    write("font-size", &size.to_string(), out);
                }
            }
            name if name.starts_with("data-") => {}
            name => write(name, color(value, colors), out),
        }
    };
    let body = without_styles(&each_attribute(svg, &change));
    let body = body.split_once('>')?.1;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{view}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" font-family=\"sans-serif\" font-size=\"{font_size}\">{}",
        body.trim_end()
    ))
}

/// A drawing whose ids, and what refers to them, begin with a prefix.
pub(super) fn with_prefix(svg: &str, prefix: &str) -> String {
    each_attribute(svg, &|_, name, value, out| {
        let value = match name {
            "id" => format!("{prefix}{value}"),
            "href" | "xlink:href" if value.starts_with('#') => format!("#{prefix}{}", &value[1..]),
            _ => value.replace("url(#", &format!("url(#{prefix}")),
        };
        write(name, &value, out);
    })
}

fn color<'a>(value: &'a str, colors: &[(&'a str, &'a str)]) -> &'a str {
    let known = colors.iter().find(|(from, _)| *from == value);
    known.map_or(value, |(_, to)| to)
}

fn write(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    out.push_str(value);
    out.push('"');
}

/// The value of an attribute in a tag.
fn value<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next()
}

/// Writes a sanitized drawing again. There, `<` and `>` are brackets of tags and nothing else, and
/// every value stands in double quotes.
fn each_attribute(svg: &str, change: &Change<'_>) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>') else {
            break;
        };
        out.push_str(&rest[..start]);
        let tag = &rest[start..start + end];
        rest = &rest[start + end..];
        let name_end = tag.find(' ').unwrap_or(tag.len());
        out.push_str(&tag[..name_end]);
        let mut attributes = &tag[name_end..];
        while let Some((name, after)) = attributes.split_once("=\"") {
            let Some((value, after)) = after.split_once('"') else {
                break;
            };
            change(&tag[1..name_end], name.trim(), value, &mut out);
            attributes = after;
        }
        if attributes.trim_end().ends_with('/') {
            out.push('/');
        }
    }
    out.push_str(rest);
    out
}

/// Rules of a drawing would be rules of the page.
fn without_styles(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some((before, after)) = rest.split_once("<style") {
        out.push_str(before);
        rest = after.split_once("</style>").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_keeps_to_itself() {
        let svg = "<svg width=\"9\" viewBox=\"0 0 40.4 30\" style=\"x:y\"><style>.a14 { b }</style>\
                   <g class=\"node\" data-x=\"1\" style=\"fill:none; stroke:rgb(0,0,0);\"/>\
                   <text class=\"a14\" font-family=\"Times\">a &lt; b</text></svg>\n";
        assert_eq!(
            normal(svg, &[("rgb(0,0,0)", "#123456")], 14).unwrap(),
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40.4 30\" width=\"40\" \
             height=\"30\" font-family=\"sans-serif\" font-size=\"14\">\
             <g fill=\"none\" stroke=\"#123456\"/>\
             <text font-size=\"14\">a &lt; b</text></svg>"
        );
    }

    #[test]
    fn a_drawing_without_a_size_is_none() {
        for head in [
            "",
            " viewBox=\"0 0 x 1\"",
            " viewBox=\"0 0 0 1\"",
            " viewBox=\"0 0 1e9 1\"",
        ] {
            assert_eq!(
                normal(&format!("<svg{head}></svg>"), &[], 14),
                None,
                "{head}"
            );
        }
    }

    #[test]
    fn ids_and_references_are_renamed_together() {
        let svg = "<svg><marker id=\"m\"/><path fill=\"url(#m)\"/><use href=\"#m\"/><a href=\"x\"/></svg>";
        assert_eq!(
            with_prefix(svg, "p-"),
            "<svg><marker id=\"p-m\"/><path fill=\"url(#p-m)\"/><use href=\"#p-m\"/><a href=\"x\"/></svg>"
        );
    }
}
