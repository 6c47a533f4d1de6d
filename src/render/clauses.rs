//! The numbers of clauses: a heading brings its own, and the lists below it count on from there.

use crate::render::dom::{Fragment, NodeId, parse_fragment};

/// The number that a clause heading begins with: `4` of `4. Fees and payment`.
pub(super) fn number_of(heading: &str) -> Option<String> {
    let number = heading.split_whitespace().next()?;
    let number = number.strip_suffix('.').unwrap_or(number);
    let good = !number.is_empty()
        && number.len() <= 12
        && number
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()));
    good.then(|| number.to_owned())
}

/// Gives the items of the lists below numbered headings their full numbers, for the style to show:
/// the third item below `4. Fees and payment` is 4.3, on the screen as in the PDF.
pub(super) fn count(html: &str) -> String {
    let mut tree = parse_fragment(html);
    let mut clause = None;
    let top: Vec<NodeId> = tree.children(tree.root()).collect();
    for id in top {
        let name = tree.element(id).map(|element| element.name.clone());
        match name.as_deref() {
            Some("h2" | "h3" | "h4" | "h5" | "h6") => clause = number_of(&tree.text(id)),
            Some("ol") => {
                if let Some(clause) = &clause {
                    count_items(&mut tree, id, clause);
                }
            }
            _ => {}
        }
    }
    tree.to_html()
}

fn count_items(tree: &mut Fragment, list: NodeId, clause: &str) {
    let start = tree.element(list).and_then(|list| list.get("start"));
    let mut number: u64 = start.and_then(|start| start.parse().ok()).unwrap_or(1);
    if let Some(list) = tree.element_mut(list) {
        let class = list.get("class").map(|class| format!("{class} "));
        list.set("class", format!("{}clauses", class.unwrap_or_default()));
    }
    let items: Vec<NodeId> = tree.children(list).collect();
    for item in items {
        let Some(item) = tree.element_mut(item).filter(|item| item.is("li")) else {
            continue;
        };
        item.set("data-number", format!("{clause}.{number}"));
        number = number.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_known_by_their_number() {
        let case = |text: &str, number: Option<&str>| {
            assert_eq!(number_of(text).as_deref(), number);
        };
        case("4. Fees and payment", Some("4"));
        case("4.2 Late payment", Some("4.2"));
        case("Signatures", None);
        case("1st things", None);
    }

    #[track_caller]
    fn shown(html: &str, expected: &str) {
        assert_eq!(count(html), expected);
    }

    #[test]
    fn items_count_on_from_their_heading() {
        shown(
            "<h2>4. Fees</h2><ol><li>a<ol><li>b</li></ol></li><li>c</li></ol>",
            "<h2>4. Fees</h2><ol class=\"clauses\"><li data-number=\"4.1\">a<ol><li>b</li></ol></li>\
             <li data-number=\"4.2\">c</li></ol>",
        );
        shown(
            "<h2>4. Fees</h2><ol start=\"3\"><li>a</li></ol>",
            "<h2>4. Fees</h2><ol start=\"3\" class=\"clauses\"><li data-number=\"4.3\">a</li></ol>",
        );
    }

    #[test]
    fn lists_below_no_number_are_left_alone() {
        let plain =
            "<ol><li>a</li></ol><h2>1. A</h2><p>b</p><h2>Signatures</h2><ol><li>c</li></ol>";
        shown(plain, plain);
    }
}
