//! What an open page is told when something changed.

use std::collections::BTreeMap;

use serde::Serialize;

/// How many files are remembered that changed under their own names.
const REMEMBERED: usize = 64;

/// What changed last, and under which name it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct News {
    /// The name of the state.
    pub(super) stamp: String,
    /// The page that was edited, relative to the site, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) page: Option<String>,
    /// Files that are no pages and changed lately, each with the number of the state that has it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) files: BTreeMap<String, u64>,
    /// Whether the browser goes where the change is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) follow: bool,
}

impl News {
    /// Adds a file of the state with this number.
    pub(super) fn add_file(&mut self, file: String, number: u64) {
        self.files.insert(file, number);
        while self.files.len() > REMEMBERED {
            let oldest = self.files.iter().min_by_key(|(_, number)| **number);
            let Some(oldest) = oldest.map(|(file, _)| file.clone()) else {
                return;
            };
            self.files.remove(&oldest);
        }
    }

    /// Whether it is of the state before the project is loaded.
    pub(super) fn is_first(&self) -> bool {
        self.stamp.ends_with("-0")
    }

    /// As a browser reads it.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_files_are_forgotten() {
        let mut news = News::default();
        for number in 0..REMEMBERED as u64 + 3 {
            news.add_file(format!("{number}.css"), number);
        }
        assert_eq!(news.files.len(), REMEMBERED);
        assert_eq!(news.files.values().min(), Some(&3));
    }

    #[test]
    fn what_there_is_not_is_not_said() {
        let news = News {
            stamp: "s-1".to_owned(),
            ..News::default()
        };
        assert_eq!(news.json(), "{\"stamp\":\"s-1\"}");
    }
}
