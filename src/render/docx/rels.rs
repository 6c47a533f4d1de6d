//! Relationships: what a part of the package points to, inside it and outside.

use std::collections::BTreeMap;

use crate::render::docx::xml::{DECLARATION, escape};

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

/// The relationships of one part.
#[derive(Default)]
pub(super) struct Rels {
    written: Vec<String>,
    known: BTreeMap<String, String>,
}

impl Rels {
    /// The id of another part, by its kind, such as `image`, and its path from this part.
    pub(super) fn part(&mut self, kind: &str, target: &str) -> String {
        self.add(kind, target, "")
    }

    /// The id of an address outside.
    pub(super) fn address(&mut self, url: &str) -> String {
        self.add("hyperlink", url, " TargetMode=\"External\"")
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// The part that holds them.
    pub(super) fn xml(&self) -> String {
        format!(
            "{DECLARATION}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{}</Relationships>",
            self.written.concat()
        )
    }

    fn add(&mut self, kind: &str, target: &str, mode: &str) -> String {
        if let Some(id) = self.known.get(target) {
            return id.clone();
        }
        let id = format!("rId{}", self.written.len() + 1);
        // The properties of a package stand in another namespace than those of an office document.
        let kind = match kind.contains("://") {
            true => kind.to_owned(),
            false => format!("{OFFICE}{kind}"),
        };
        self.written.push(format!(
            "<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{}\"{mode}/>",
            escape(target)
        ));
        self.known.insert(target.to_owned(), id.clone());
        id
    }
}

/// An address as a package may name it; none where Word would call the file broken.
pub(super) fn address(url: &str) -> Option<String> {
    /// What Word takes at most.
    const LONGEST: usize = 2079;
    let parsed = url::Url::parse(url).ok()?;
    let written = parsed.to_string();
    (written.len() <= LONGEST).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_word_can_read() {
        let case = |url: &str, expected: Option<&str>| {
            assert_eq!(address(url).as_deref(), expected, "{url}");
        };
        case("https://a.example/b c", Some("https://a.example/b%20c"));
        case("mailto:a@b.example", Some("mailto:a@b.example"));
        case("https://[bad", None);
        case(&format!("https://a.example/{}", "x".repeat(3000)), None);
    }

    #[test]
    fn one_target_is_one_relationship() {
        let mut rels = Rels::default();
        assert_eq!(rels.part("image", "media/a.png"), "rId1");
        assert_eq!(rels.address("https://a.example/?a&b"), "rId2");
        assert_eq!(rels.part("image", "media/a.png"), "rId1");
        assert!(
            rels.xml()
                .contains("Target=\"https://a.example/?a&amp;b\" TargetMode=\"External\"")
        );
    }
}
