//! Tables as pages want them: a column's side as a class, since a page's policy may refuse styles
//! in the markup, and no heading over a column that has none.

/// The sides of a column as pulldown-cmark writes them, and as a class.
const SIDES: [(&str, &str); 3] = [
    (" style=\"text-align: left\">", " class=\"left\">"),
    (" style=\"text-align: center\">", " class=\"center\">"),
    (" style=\"text-align: right\">", " class=\"right\">"),
];

/// Settles the tables of a page's text, in one pass over its tags.
pub(super) fn settle_tables(html: String) -> String {
    let Some(first) = html.find("<table") else {
        return html;
    };
    let mut settled = String::with_capacity(html.len());
    let mut done = 0;
    for at in memchr::memchr_iter(b'<', &html.as_bytes()[first..]) {
        let at = first + at;
        let cell = &html[at..];
        let is_heading = cell.starts_with("<th");
        if at < done || !(is_heading || cell.starts_with("<td")) {
            continue;
        }
        let rest = &cell["<th".len()..];
        let side = SIDES.iter().find(|(style, _)| rest.starts_with(style));
        let (style, class) = side.copied().unwrap_or((">", ">"));
        let Some(content) = rest.strip_prefix(style) else {
            continue;
        };
        let is_empty = is_heading && content.starts_with("</th>");
        settled.push_str(&html[done..at]);
        settled.push_str(if is_heading && !is_empty {
            "<th"
        } else {
            "<td"
        });
        settled.push_str(class);
        done = html.len() - content.len();
        if is_empty {
            settled.push_str("</td>");
            done += "</th>".len();
        }
    }
    settled.push_str(&html[done..]);
    settled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(html: &str, expected: &str) {
        assert_eq!(
            settle_tables(format!("<table>{html}")),
            format!("<table>{expected}")
        );
    }

    #[test]
    fn a_side_is_a_class() {
        case(
            "<th style=\"text-align: left\">a</th><td style=\"text-align: right\">b</td>",
            "<th class=\"left\">a</th><td class=\"right\">b</td>",
        );
    }

    #[test]
    fn an_empty_heading_is_a_cell() {
        case("<th></th><th>a</th>", "<td></td><th>a</th>");
        case(
            "<th style=\"text-align: center\"></th>",
            "<td class=\"center\"></td>",
        );
    }

    #[test]
    fn other_text_stays() {
        assert_eq!(settle_tables("<th></th>".to_owned()), "<th></th>");
        case(
            "<p style=\"text-align: left\">a</p>",
            "<p style=\"text-align: left\">a</p>",
        );
    }
}
