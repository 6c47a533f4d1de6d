//! Errors as a person sees them in the browser: over the page they are about, and gone when mended.

use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, Place};

/// How many errors are shown at once.
const SHOWN: usize = 20;

/// The element that lies over a page. It stands in a shadow tree, where the theme's style does not
/// reach it and its own does not reach the theme.
pub(super) fn overlay(errors: &[Diagnostic], root: &str) -> String {
    let mut html = format!(
        "<tympan-overlay role=\"alert\"><template shadowrootmode=\"open\">\
         <link rel=\"stylesheet\" href=\"{root}__tympan/overlay.css\"><section>",
    );
    let title = match errors.len() {
        1 => "1 error".to_owned(),
        many => format!("{many} errors"),
    };
    let _ = write!(
        html,
        "<header><h2>{title}</h2><button type=\"button\" aria-label=\"Hide\">×</button></header><ol>"
    );
    for error in errors.iter().take(SHOWN) {
        one(&mut html, error);
    }
    html.push_str("</ol>");
    if errors.len() > SHOWN {
        let _ = write!(html, "<p>and {} more</p>", errors.len() - SHOWN);
    }
    html.push_str("</section></template></tympan-overlay>");
    html
}

/// A page for errors that leave nothing else to show.
pub(super) fn error_page() -> &'static str {
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
     <meta name=\"viewport\" content=\"width=device-width\">\n<title>Cannot show this page</title>\n\
     </head>\n<body>\n</body>\n</html>\n"
}

fn one(html: &mut String, error: &Diagnostic) {
    let _ = write!(
        html,
        "<li><p><code class=\"name\">{}</code> {}</p>",
        escape(&error.code),
        escape(&error.message)
    );
    let path = escape(error.path.as_str());
    match &error.place {
        Some(place) => {
            let _ = write!(
                html,
                "<p class=\"place\">{path}:{}:{}</p><pre>{}</pre>",
                place.line,
                place.column,
                excerpt(place)
            );
        }
        None if error.path.is_root() => {}
        None => {
            let _ = write!(html, "<p class=\"place\">{path}</p>");
        }
    }
    if let Some(help) = &error.help {
        let _ = write!(html, "<p class=\"help\">{}</p>", escape(help));
    }
    html.push_str("</li>");
}

/// The line with the part that is meant marked.
fn excerpt(place: &Place) -> String {
    let line: Vec<char> = place.excerpt.chars().collect();
    let start = place.column.saturating_sub(1).min(line.len());
    let end = match place.end_line == place.line {
        true => place.end_column.saturating_sub(1).clamp(start, line.len()),
        false => line.len(),
    };
    let text = |part: &[char]| escape(&part.iter().collect::<String>());
    format!(
        "<span>{}</span> {}<mark>{}</mark>{}",
        place.line,
        text(&line[..start]),
        text(&line[start..end]),
        text(&line[end..])
    )
}

/// Text for HTML, inside elements and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() && c != '\t' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Severity, SourceText};
    use crate::site_path::SitePath;

    fn found(text: &str, span: std::ops::Range<usize>) -> Diagnostic {
        let path = SitePath::parse("guide/a&b.md").unwrap();
        SourceText::new(&path, text)
            .diagnostic("rule", Severity::Error, span, "found `<b>`")
            .help("write \"b\"")
    }

    #[test]
    fn an_error_shows_its_place_and_the_way_out() {
        let html = overlay(&[found("x\nsee <b> ä", 6..9)], "./");
        assert!(html.contains("<h2>1 error</h2>"));
        assert!(html.contains("<code class=\"name\">rule</code> found `&lt;b&gt;`"));
        assert!(html.contains("<p class=\"place\">guide/a&amp;b.md:2:5</p>"));
        assert!(html.contains("<pre><span>2</span> see <mark>&lt;b&gt;</mark> ä</pre>"));
        assert!(html.contains("<p class=\"help\">write &quot;b&quot;</p>"));
    }

    #[test]
    fn any_text_stays_text() {
        let html = overlay(
            &[found("</template><script>alert(1)</script>", 0..99)],
            "./",
        );
        assert!(!html.contains("<script"));
        assert_eq!(html.matches("</template>").count(), 1);
        assert_eq!(escape("a\u{1b}[0m\t'"), "a\u{fffd}[0m\t&#39;");
    }

    #[test]
    fn a_span_over_lines_or_of_nothing_is_marked() {
        assert!(overlay(&[found("one\ntwo", 1..6)], "./").contains("o<mark>ne</mark>"));
        assert!(overlay(&[found("", 0..0)], "./").contains("<span>1</span> <mark></mark>"));
    }

    #[test]
    fn many_errors_are_counted() {
        let many = vec![found("abc", 0..1); SHOWN + 3];
        let html = overlay(&many, "./");
        assert!(html.contains("<h2>23 errors</h2>") && html.contains("and 3 more"));
        assert_eq!(html.matches("<li>").count(), SHOWN);
    }
}
