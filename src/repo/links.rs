//! Symbolic links, resolved by hand and by name alone.
//!
//! A link may lead only to a file that the snapshot lists itself. The disk is never asked: so a
//! worktree and a revision resolve alike, and nothing outside the project, in `.git` or ignored
//! can come in by way of a link.

use crate::repo::listing::{Entry, Node};
use crate::site_path::SitePath;

/// How many links may follow one another, as in the Linux kernel.
const MOST_LINKS: usize = 40;
/// The longest text of a link, as in the Linux kernel.
const LONGEST_TARGET: usize = 4096;

/// Why a link is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkFault {
    /// It leaves the project, if only for a step.
    Outside,
    /// It leads to nothing that is listed.
    Broken,
    /// It leads to a folder.
    Folder,
    /// It never ends.
    Loop,
}

/// The file that the link at `link` leads to, with its size and its Git object. `entries` are
/// sorted by path.
pub(crate) fn resolve<'a>(
    entries: &'a [Entry],
    link: &SitePath,
) -> Result<(&'a SitePath, u64, Option<&'a str>), LinkFault> {
    let mut here = String::new();
    // The parts still to walk, the next one last.
    let mut ahead: Vec<&str> = link.as_str().rsplit('/').collect();
    let mut links = 0;
    let mut file = None;
    while let Some(part) = ahead.pop() {
        match part {
            "" | "." => continue,
            ".." if here.is_empty() => return Err(LinkFault::Outside),
            ".." => {
                here.truncate(here.rfind('/').unwrap_or(0));
                file = None;
                continue;
            }
            part => {
                if !here.is_empty() {
                    here.push('/');
                }
                here.push_str(part);
            }
        }
        let at = entries.partition_point(|entry| entry.path.as_str() < here.as_str());
        match entries.get(at).filter(|entry| entry.path.as_str() == here) {
            Some(Entry { path, node }) => match node {
                Node::File { size, object } if ahead.is_empty() => {
                    file = Some((path, *size, object.as_deref()));
                }
                Node::File { .. } => return Err(LinkFault::Broken),
                Node::Link { target } => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(LinkFault::Loop);
                    }
                    if target.is_empty() || target.len() > LONGEST_TARGET {
                        return Err(LinkFault::Broken);
                    }
                    if is_absolute(target) {
                        return Err(LinkFault::Outside);
                    }
                    here.truncate(here.rfind('/').unwrap_or(0));
                    ahead.extend(target.rsplit('/'));
                }
            },
            None if is_folder(entries, &here) => {}
            None => return Err(LinkFault::Broken),
        }
    }
    file.ok_or(LinkFault::Folder)
}

/// A link with an absolute target would lead elsewhere on the next machine, even where it points
/// into the project on this one.
fn is_absolute(target: &str) -> bool {
    let drive =
        target.as_bytes().get(1) == Some(&b':') && target.as_bytes()[0].is_ascii_alphabetic();
    target.starts_with(['/', '\\']) || drive
}

fn is_folder(entries: &[Entry], path: &str) -> bool {
    let below = format!("{path}/");
    let at = entries.partition_point(|entry| entry.path.as_str() < below.as_str());
    entries
        .get(at)
        .is_some_and(|entry| entry.path.as_str().starts_with(&below))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(listed: &[(&str, Option<&str>)]) -> Vec<Entry> {
        let mut entries: Vec<Entry> = listed
            .iter()
            .map(|(path, target)| Entry {
                path: SitePath::parse(path).unwrap(),
                node: match target {
                    None => Node::File {
                        size: 1,
                        object: None,
                    },
                    Some(target) => Node::Link {
                        target: (*target).to_owned(),
                    },
                },
            })
            .collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries
    }

    #[track_caller]
    fn case(target: &str, expected: Result<&str, LinkFault>) {
        let entries = entries(&[
            ("a/link", Some(target)),
            ("a/page.md", None),
            ("b/c/deep.md", None),
            ("to-folder", Some("b/c")),
            ("to-page", Some("a/page.md")),
            ("round", Some("about")),
            ("about", Some("round")),
            ("out", Some("../../elsewhere")),
        ]);
        let found = resolve(&entries, &SitePath::parse("a/link").unwrap());
        assert_eq!(found.map(|(path, _, _)| path.as_str()), expected);
    }

    #[test]
    fn a_link_inside_reads_as_its_file() {
        case("page.md", Ok("a/page.md"));
        case("./../a//page.md", Ok("a/page.md"));
        case("../b/c/deep.md", Ok("b/c/deep.md"));
        case("../to-page", Ok("a/page.md"));
        case("../to-folder/deep.md", Ok("b/c/deep.md"));
        case("../to-folder/../c/deep.md", Ok("b/c/deep.md"));
    }

    #[test]
    fn a_link_out_of_the_project_is_refused() {
        case("/etc/passwd", Err(LinkFault::Outside));
        case("../../secret", Err(LinkFault::Outside));
        case("../../project/a/page.md", Err(LinkFault::Outside));
        case("../out", Err(LinkFault::Outside));
        case("C:\\secret", Err(LinkFault::Outside));
        case("\\\\server\\share", Err(LinkFault::Outside));
    }

    #[test]
    fn a_link_to_nothing_is_broken() {
        case("gone.md", Err(LinkFault::Broken));
        case("", Err(LinkFault::Broken));
        case("page.md/more", Err(LinkFault::Broken));
        case("page.md/../page.md", Err(LinkFault::Broken));
        case("../.git/config", Err(LinkFault::Broken));
        case(&"x".repeat(5000), Err(LinkFault::Broken));
    }

    #[test]
    fn a_link_to_a_folder_is_not_followed() {
        case("../b/c", Err(LinkFault::Folder));
        case("..", Err(LinkFault::Folder));
        case(".", Err(LinkFault::Folder));
        case("../to-folder", Err(LinkFault::Folder));
    }

    #[test]
    fn a_loop_ends() {
        case("link", Err(LinkFault::Loop));
        case("../round", Err(LinkFault::Loop));
        case("link/link/link", Err(LinkFault::Loop));
    }
}
