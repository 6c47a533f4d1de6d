//! The places in a page of another server that a link can lead to.

use std::collections::HashSet;

use crate::site_path::decode;

/// The ids and names in a page.
pub(super) struct Parts<'p>(HashSet<&'p str>);

/// Reads every `id` and `name` of a page. It looks for the attributes alone, in any element: what
/// stands in a script or a comment is read too, as a place too many raises no false alarm.
pub(super) fn parts_of(page: &str) -> Parts<'_> {
    let mut found = HashSet::new();
    let bytes = page.as_bytes();
    for at in memchr::memchr_iter(b'=', bytes) {
        let name = page[..at].trim_ascii_end();
        let is_place = ["id", "name"].iter().any(|wanted| {
            let start = name.len().checked_sub(wanted.len() + 1);
            start.is_some_and(|start| {
                let before = name.as_bytes()[start];
                let own = before.is_ascii_whitespace() || matches!(before, b'"' | b'\'' | b'/');
                own && name.as_bytes()[start + 1..].eq_ignore_ascii_case(wanted.as_bytes())
            })
        });
        if !is_place {
            continue;
        }
        let value = page[at + 1..].trim_ascii_start();
        let end = match value.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => {
                memchr::memchr(*quote, &value.as_bytes()[1..]).map(|end| (1, end + 1))
            }
            Some(_) => value
                .find(|c: char| c.is_ascii_whitespace() || c == '>')
                .map(|end| (0, end)),
            None => None,
        };
        if let Some((start, end)) = end.filter(|(start, end)| end - start <= 1000) {
            found.insert(&value[start..end]);
        }
    }
    Parts(found)
}

impl Parts<'_> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a fragment leads somewhere, as it is or decoded; some forges put a word before the
    /// ids that authors give.
    pub(super) fn has(&self, fragment: &str) -> bool {
        let plain = decode(fragment);
        [fragment, plain.as_str()].into_iter().any(|fragment| {
            let escaped = fragment.replace('&', "&amp;");
            self.0.contains(fragment)
                || self.0.contains(escaped.as_str())
                || self.0.contains(format!("user-content-{fragment}").as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_and_names_are_places() {
        let page = "<h1 id=\"a\">A</h1><a NAME='b'></a><p class=x id=c><i data-id=\"d\" \
                    id = \"\u{e4}&amp;\"><h2 id=\"user-content-e\">";
        let parts = parts_of(page);
        for (fragment, expected) in [
            ("a", true),
            ("b", true),
            ("c", true),
            ("d", false),
            ("%C3%A4&", true),
            ("e", true),
            ("A", false),
        ] {
            assert_eq!(parts.has(fragment), expected, "{fragment}");
        }
    }

    proptest! {
        #[test]
        fn no_page_panics(page in "[<>a='\" id=nameä/-]{0,60}") {
            parts_of(&page);
        }
    }
}
