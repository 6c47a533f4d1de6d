//! Places to publish to, from text to meaning.

use crate::config::file::TargetFile;
use crate::config::meant::{Target, TargetKind};
use crate::config::read::Reader;

/// How many files a publish may remove when the target does not say.
const MAX_REMOVALS: usize = 256;

impl Reader<'_> {
    pub(super) fn target(&mut self, written: TargetFile) -> Option<Target> {
        let kind = match written.r#type.get_ref().as_str() {
            "directory" => match written.path {
                Some(path) => TargetKind::Directory {
                    path: path.into_inner(),
                },
                None => {
                    self.fault(
                        written.r#type.span(),
                        "a directory target needs a `path`",
                        "add `path = \"…\"`",
                    );
                    return None;
                }
            },
            other => {
                let message = format!("unknown target type `{other}`");
                self.fault(written.r#type.span(), message, "known: directory");
                return None;
            }
        };
        Some(Target {
            kind,
            max_removals: written.max_removals.unwrap_or(MAX_REMOVALS),
            drift: written.drift.unwrap_or_default(),
        })
    }
}
