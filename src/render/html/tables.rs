//! Tables as pages want them: a column's side as a class, since a page's policy may refuse styles
//! in the markup, and no heading over a column that has none.

/// The sides of a column as pulldown-cmark writes them, and as a class.
const SIDES: [(&str, &str); 3] = [
    (" style=\"text-align: left\">", " class=\"left\">"),
    (" style=\"text-align: center\">", " class=\"center\">"),
    (" style=\"text-align: right\">", " class=\"right\">"),
];

/// Settles the tables of a page's text.
pub(super) fn settle_tables(mut html: String) -> String {
    if !html.contains("<table") {
        return html;
    }
    for (style, class) in SIDES {
        for cell in ["<td", "<th"] {
            html = html.replace(&format!("{cell}{style}"), &format!("{cell}{class}"));
        }
        html = html.replace(&format!("<th{class}</th>"), &format!("<td{class}</td>"));
    }
    html.replace("<th></th>", "<td></td>")
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
