//! Which files of the project change, in bursts. It tells where to look; whether anything really
//! differs is decided by who looks.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::preview::loading::HEAD_LOG;
use crate::site_path::SitePath;

/// How long it must be quiet before a burst is over. An editor saves in several steps.
const QUIET: Duration = Duration::from_millis(40);

/// Ends the watch when dropped.
pub(super) struct Watch(#[expect(dead_code, reason = "kept for its drop")] RecommendedWatcher);

/// The files that change, one by one. The root itself stands for any of them.
pub(super) struct Changed(Receiver<SitePath>);

/// Watches a project, without what is not its content.
///
/// # Errors
/// Fails where the system refuses, such as when it watches too many folders already.
pub(super) fn watch(root: &Path, exclude: Option<SitePath>) -> notify::Result<(Watch, Changed)> {
    let (sender, receiver) = channel();
    let base = root.to_path_buf();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        for path in concerned(event, &base, exclude.as_ref()) {
            // Nobody listens any more: the preview ends.
            let _ = sender.send(path);
        }
    })?;
    watcher.watch(root, RecursiveMode::Recursive)?;
    Ok((Watch(watcher), Changed(receiver)))
}

impl Changed {
    /// Calls `act` with every burst of changes until the watch ends. The first change is acted on
    /// at once, so that a save is seen at once; what follows shortly after it is one more burst.
    pub(super) fn each(self, mut act: impl FnMut(BTreeSet<SitePath>)) {
        while let Ok(first) = self.0.recv() {
            act(std::iter::once(first).chain(self.0.try_iter()).collect());
            let mut rest = BTreeSet::new();
            while let Ok(path) = self.0.recv_timeout(QUIET) {
                rest.insert(path);
            }
            if !rest.is_empty() {
                act(rest);
            }
        }
    }
}

fn concerned(
    event: notify::Result<Event>,
    root: &Path,
    exclude: Option<&SitePath>,
) -> Vec<SitePath> {
    let Ok(event) = event else {
        return vec![SitePath::root()];
    };
    if event.need_rescan() {
        return vec![SitePath::root()];
    }
    if matches!(event.kind, EventKind::Access(_)) {
        return Vec::new();
    }
    let below = |path: &std::path::PathBuf| {
        let parts: Option<Vec<&str>> = path
            .strip_prefix(root)
            .ok()?
            .iter()
            .map(|part| part.to_str())
            .collect();
        let path = SitePath::parse(&parts?.join("/")).ok()?;
        let output = exclude.is_some_and(|output| path.is_within(output));
        (!path.is_root() && !output && !is_foreign(&path)).then_some(path)
    };
    event.paths.iter().filter_map(below).collect()
}

/// Whether a file is no content whatever it holds: Git's own, tympan's own, an editor's.
fn is_foreign(path: &SitePath) -> bool {
    if path.as_str() == HEAD_LOG {
        return false;
    }
    let own = path.parts().any(|part| part == ".git") || path.parts().next() == Some(".tympan");
    let name = path.file_name();
    let swap = name.starts_with('.')
        && [".swp", ".swo", ".swx", ".swpx"]
            .iter()
            .any(|end| name.ends_with(end));
    let temporary = name.ends_with('~')
        || name.starts_with(".#")
        || (name.starts_with('#') && name.ends_with('#'))
        || name.starts_with(".goutputstream-")
        || name.ends_with("___jb_tmp___")
        || name.ends_with("___jb_old___")
        || matches!(name, "4913" | ".DS_Store");
    own || swap || temporary
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, Flag};

    use super::*;

    fn names(event: notify::Result<Event>) -> Vec<String> {
        let output = SitePath::parse("dist").unwrap();
        let found = concerned(event, Path::new("/project"), Some(&output));
        found.iter().map(ToString::to_string).collect()
    }

    #[track_caller]
    fn case(path: &str, expected: &[&str]) {
        let event = Event::new(EventKind::Create(CreateKind::Any)).add_path(path.into());
        assert_eq!(names(Ok(event)), expected, "{path}");
    }

    #[test]
    fn content_is_named_below_the_root() {
        case("/project/guide/setup.md", &["guide/setup.md"]);
        case("/project/.well-known/x", &[".well-known/x"]);
        case("/project/.git/logs/HEAD", &[".git/logs/HEAD"]);
        case("/project/distant.md", &["distant.md"]);
        case("/elsewhere/a.md", &[]);
        case("/project", &[]);
    }

    #[test]
    fn what_is_no_content_is_left_out() {
        for path in [
            ".git/index.lock",
            "module/.git/HEAD",
            ".tympan/cache/x",
            "dist/index.html",
            ".setup.md.swp",
            "setup.md~",
            ".#setup.md",
            "#setup.md#",
            "4913",
        ] {
            case(&format!("/project/{path}"), &[]);
        }
    }

    #[test]
    fn reading_a_file_changes_nothing() {
        let event = Event::new(EventKind::Access(AccessKind::Any)).add_path("/project/a".into());
        assert!(names(Ok(event)).is_empty());
    }

    #[test]
    fn lost_events_stand_for_everything() {
        let event = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(names(Ok(event)), [""]);
        assert_eq!(names(Err(notify::Error::generic("lost"))), [""]);
    }

    #[test]
    fn a_burst_is_acted_on_at_once_and_once_more() {
        let (sender, receiver) = channel();
        for name in ["a", "b", "a"] {
            sender.send(SitePath::parse(name).unwrap()).unwrap();
        }
        let mut later = Some(sender);
        let mut bursts = Vec::new();
        Changed(receiver).each(|burst| {
            if let Some(sender) = later.take() {
                sender.send(SitePath::parse("c").unwrap()).unwrap();
            }
            bursts.push(burst.len());
        });
        assert_eq!(bursts, [2, 1]);
    }
}
