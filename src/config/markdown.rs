//! `[markdown]`: how the text of pages is read and set.

use serde::Deserialize;

/// `[markdown]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MarkdownFile {
    smart_punctuation: Option<bool>,
    number_sections: bool,
}

/// How the text of pages is read and set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Markdown {
    /// Whether quotes, dashes and dots are set as the language has them; the kind of the project
    /// decides if absent.
    pub smart_punctuation: Option<bool>,
    /// Whether the headings in a page have numbers.
    pub number_sections: bool,
}

impl From<MarkdownFile> for Markdown {
    fn from(written: MarkdownFile) -> Self {
        Self {
            smart_punctuation: written.smart_punctuation,
            number_sections: written.number_sections,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{CONFIG_FILE, read_config};
    use crate::site_path::SitePath;

    #[test]
    fn punctuation_is_left_to_the_kind_if_absent() {
        let path = SitePath::parse(CONFIG_FILE).unwrap();
        let read = |text: &str| read_config(&path, text).0.markdown.smart_punctuation;
        assert_eq!(read(""), None);
        assert_eq!(read("[markdown]\nsmart_punctuation = false\n"), Some(false));
    }
}
