//! The names of bookmarks: those of labels, short and of letters that Word takes.

use std::collections::BTreeSet;

use crate::digest::Digest;

/// The bookmarks that are set.
#[derive(Default)]
pub(super) struct Bookmarks {
    set: BTreeSet<String>,
    count: usize,
}

impl Bookmarks {
    /// The elements around what bears a label; nothing if another place bears it already.
    pub(super) fn around(&mut self, name: &str) -> (String, String) {
        if !self.set.insert(name.to_owned()) {
            return (String::new(), String::new());
        }
        self.count += 1;
        let id = self.count;
        (
            format!("<w:bookmarkStart w:id=\"{id}\" w:name=\"{name}\"/>"),
            format!("<w:bookmarkEnd w:id=\"{id}\"/>"),
        )
    }

    /// A place without extent.
    pub(super) fn at(&mut self, name: &str) -> String {
        let (start, end) = self.around(name);
        start + &end
    }
}

/// The name of a label's bookmark. Word takes forty characters, letters, digits and underscores, and
/// hides names that begin with an underscore from its lists.
pub(super) fn bookmark(label: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if label.len() <= 24 && label.chars().all(plain) {
        return format!("_{label}");
    }
    let words: String = label
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .take(24)
        .collect();
    let digest = Digest::of(label.as_bytes()).hex();
    let digest: String = digest.chars().take(8).collect();
    format!("_{words}_{digest}")
}

/// The name of the bookmark around the number of what bears a label.
pub(super) fn number_of(label: &str) -> String {
    bookmark(label) + "_n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_differ() {
        assert_eq!(bookmark("p3"), "_p3");
        let long = format!("p1--{}", "a-long-heading-".repeat(9));
        assert!(number_of(&long).len() <= 40, "{}", number_of(&long));
        assert_ne!(bookmark("p1--a-b"), bookmark("p1--a_b"));
        let bad = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        assert!(!bookmark("p1--größe \"<&").contains(bad));
    }

    #[test]
    fn a_place_is_marked_once() {
        let mut bookmarks = Bookmarks::default();
        assert!(bookmarks.at("_a").contains("w:id=\"1\""));
        assert_eq!(bookmarks.at("_a"), "");
        assert!(bookmarks.at("_b").contains("w:id=\"2\""));
    }
}
