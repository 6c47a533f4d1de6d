//! Which files of the project change, in bursts. It tells where to look; whether anything really
//! differs is decided by who looks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::preview::loading::HEAD_LOG;
use crate::site_path::SitePath;

/// How long a file that is being written is waited for, after each part of it.
const QUIET: Duration = Duration::from_millis(40);
/// How long it must be quiet after several files changed, and how often that is looked at before
/// the burst is acted on although it goes on.
const LOOK: Duration = Duration::from_millis(10);
const LOOKS: usize = 50;
/// After how many looks a file is shown although it is still being written.
const OPEN_LOOKS: usize = 4;

/// A file that changed.
#[derive(Debug, PartialEq, Eq)]
struct Touched {
    path: SitePath,
    /// Whether somebody may still be writing it.
    is_open: bool,
    /// Whether it was not there before. Editors write a new file and put it in the place of the old.
    is_new: bool,
}

/// What changed shortly after one another.
#[derive(Default)]
struct Burst {
    paths: BTreeSet<SitePath>,
    open: BTreeSet<SitePath>,
    has_new: bool,
}

impl Burst {
    fn add(&mut self, touched: Touched) {
        match touched.is_open {
            true => self.open.insert(touched.path.clone()),
            false => self.open.remove(&touched.path),
        };
        self.has_new |= touched.is_new;
        self.paths.insert(touched.path);
    }
}

/// Ends the watch when dropped.
pub(super) struct Watch(#[expect(dead_code, reason = "kept for its drop")] RecommendedWatcher);

/// The files that change, one by one. The root itself stands for any of them.
pub(super) struct Changed(Receiver<Touched>);

/// Watches a project, without what is not its content.
///
/// # Errors
/// Fails where the system refuses, such as when it watches too many folders already.
pub(super) fn watch(
    root: &Path,
    exclude: Option<SitePath>,
    head_log: Option<PathBuf>,
) -> notify::Result<(Watch, Changed)> {
    let (sender, receiver) = channel();
    let base = root.to_path_buf();
    // A repository may begin above the project, or lie elsewhere.
    let head_log = head_log.filter(|log| !log.starts_with(root));
    let beside = head_log.as_deref().and_then(Path::parent);
    let beside = beside.map(Path::to_path_buf);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if let (Ok(event), Some(log)) = (&event, &head_log)
            && event.paths.contains(log)
        {
            let _ = sender.send(Touched {
                path: SitePath::parse(HEAD_LOG).expect("a plain name is a path"),
                is_open: false,
                is_new: false,
            });
        }
        for path in concerned(event, &base, exclude.as_ref()) {
            // Nobody listens any more: the preview ends.
            let _ = sender.send(path);
        }
    })?;
    watcher.watch(root, RecursiveMode::Recursive)?;
    if let Some(folder) = beside {
        // Without it only commits are missed.
        let _ = watcher.watch(&folder, RecursiveMode::NonRecursive);
    }
    Ok((Watch(watcher), Changed(receiver)))
}

impl Changed {
    /// Calls `act` with every burst of changes until the watch ends: with one file as soon as it is
    /// written, so that a save is seen at once, and with several, or a new one, when no more follow.
    pub(super) fn each(self, mut act: impl FnMut(BTreeSet<SitePath>)) {
        while let Ok(first) = self.0.recv() {
            let mut burst = Burst::default();
            burst.add(first);
            self.drain(&mut burst);
            for look in 0..LOOKS {
                let is_several = burst.paths.len() > 1 || burst.has_new;
                let patience = match (burst.open.is_empty(), is_several) {
                    // A file that was cut off to be written anew is not what anybody means to see.
                    (false, _) if look < OPEN_LOOKS => QUIET,
                    (_, true) => LOOK,
                    (_, false) => break,
                };
                match self.0.recv_timeout(patience) {
                    Ok(touched) => burst.add(touched),
                    Err(_) => break,
                }
                if is_several {
                    std::thread::sleep(LOOK);
                }
                self.drain(&mut burst);
            }
            act(burst.paths);
        }
    }

    /// Adds what has changed by now.
    fn drain(&self, burst: &mut Burst) {
        self.0.try_iter().for_each(|touched| burst.add(touched));
    }
}

fn concerned(
    event: notify::Result<Event>,
    root: &Path,
    exclude: Option<&SitePath>,
) -> Vec<Touched> {
    let everything = || {
        vec![Touched {
            path: SitePath::root(),
            is_open: false,
            is_new: false,
        }]
    };
    let is_new = matches!(
        event,
        Ok(Event {
            kind: EventKind::Create(_),
            ..
        })
    );
    let Ok(event) = event else {
        return everything();
    };
    if event.need_rescan() {
        return everything();
    }
    let is_open = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => return Vec::new(),
        // Only Linux tells when a file is closed.
        EventKind::Create(CreateKind::File) | EventKind::Modify(ModifyKind::Data(_)) => {
            cfg!(target_os = "linux")
        }
        _ => false,
    };
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
    let paths = event.paths.iter().filter_map(below);
    let touched = |path| Touched {
        path,
        is_open,
        is_new,
    };
    paths.map(touched).collect()
}

/// Whether a file is no content whatever it holds: Git's own, tympan's own, an editor's.
fn is_foreign(path: &SitePath) -> bool {
    if path.as_str() == HEAD_LOG {
        return false;
    }
    let own = path.parts().any(|part| part == ".git") || path.parts().next() == Some(".tympan");
    let making = path.parts().next().is_some_and(|part| {
        part.starts_with('.') && (part.contains(".tympan-new-") || part.ends_with(".tympan-old"))
    });
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
    own || making || swap || temporary
}

#[cfg(test)]
mod tests {
    use notify::event::Flag;

    use super::*;

    fn names(event: notify::Result<Event>) -> Vec<String> {
        let output = SitePath::parse("dist").unwrap();
        let found = concerned(event, Path::new("/project"), Some(&output));
        found.iter().map(|found| found.path.to_string()).collect()
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

    fn touched(name: &str, is_open: bool) -> Touched {
        Touched {
            path: SitePath::parse(name).unwrap(),
            is_open,
            is_new: false,
        }
    }

    #[test]
    fn bursts_are_batched() {
        let (sender, receiver) = channel();
        for name in ["a", "b", "a"] {
            sender.send(touched(name, false)).unwrap();
        }
        let mut later = Some(sender);
        let mut bursts = Vec::new();
        Changed(receiver).each(|burst| {
            if let Some(sender) = later.take() {
                sender.send(touched("c", false)).unwrap();
            }
            bursts.push(burst.len());
        });
        assert_eq!(bursts, [2, 1]);
    }

    #[test]
    fn a_file_is_shown_when_it_is_written() {
        let (sender, receiver) = channel();
        sender.send(touched("a", true)).unwrap();
        let writer = std::thread::spawn(move || {
            std::thread::sleep(LOOK / 2);
            sender.send(touched("a", true)).unwrap();
            sender.send(touched("a", false)).unwrap();
        });
        let mut bursts = Vec::new();
        Changed(receiver).each(|burst| bursts.push(burst.len()));
        writer.join().unwrap();
        assert_eq!(bursts, [1]);
    }

    #[test]
    fn a_new_file_that_takes_the_place_of_another_is_one_change() {
        let (sender, receiver) = channel();
        let new = Touched {
            is_new: true,
            ..touched("temporary", false)
        };
        sender.send(new).unwrap();
        let writer = std::thread::spawn(move || {
            std::thread::sleep(LOOK / 4);
            sender.send(touched("temporary", false)).unwrap();
            sender.send(touched("a", false)).unwrap();
        });
        let mut bursts = Vec::new();
        Changed(receiver).each(|burst| bursts.push(burst.len()));
        writer.join().unwrap();
        assert_eq!(bursts, [2]);
    }

    #[test]
    fn a_file_that_nobody_closes_is_shown_too() {
        let (sender, receiver) = channel();
        sender.send(touched("a", true)).unwrap();
        let mut sender = Some(sender);
        let mut bursts = Vec::new();
        Changed(receiver).each(|burst| {
            sender = None;
            bursts.push(burst.len());
        });
        assert_eq!(bursts, [1]);
    }
}
