//! Heading ids: the words of the heading, as readers of other tools know them.

use std::collections::BTreeMap;

/// Makes an id of a heading's text: lower case, spaces to hyphens, everything but letters,
/// digits, `-` and `_` dropped. Empty text gives `section`.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        match c {
            c if c.is_alphanumeric() || c == '-' || c == '_' => slug.push(c),
            c if c.is_whitespace() => slug.push('-'),
            _ => {}
        }
    }
    if slug.is_empty() {
        "section".to_owned()
    } else {
        slug
    }
}

/// Hands out ids so that no two in a page are the same.
#[derive(Debug, Default)]
pub struct Slugs {
    taken: BTreeMap<String, usize>,
}

impl Slugs {
    /// Takes `wanted`, or `wanted-1`, `wanted-2` … if it is taken.
    pub fn take(&mut self, wanted: &str) -> String {
        let mut id = wanted.to_owned();
        while let Some(count) = self.taken.get_mut(&id) {
            *count += 1;
            id = format!("{id}-{count}");
        }
        self.taken.insert(id.clone(), 0);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_words() {
        let case = |text: &str, expected: &str| assert_eq!(slug(text), expected);
        case("Neap tides & moon", "neap-tides--moon");
        case("`tympan build`", "tympan-build");
        case("Über Äpfel", "über-äpfel");
        case("潮の満ち引き", "潮の満ち引き");
        case("!?", "section");
    }

    #[test]
    fn no_id_is_given_twice() {
        let mut slugs = Slugs::default();
        let ids: Vec<String> = ["a", "a", "a-1", "a"]
            .iter()
            .map(|text| slugs.take(text))
            .collect();
        assert_eq!(ids, ["a", "a-1", "a-1-1", "a-2"]);
    }
}
