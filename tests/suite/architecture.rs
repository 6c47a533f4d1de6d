//! The floors of the house. A floor imports floors below it, never beside or above; only the roof
//! touches the clock, the environment and the terminal; no room is longer than 500 lines.
//!
//! The table is the one in `site/content/architecture.md`; they change in the same commit.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may import. The first floor is open to all but itself.
const TABLE: &[(&str, &[&str])] = &[
    ("digest", &[]),
    ("site_path", &[]),
    ("progress", &["site_path"]),
    ("apart", &[]),
    ("web", &[]),
    ("diagnostic", &["site_path"]),
    ("markdown", &[FLOOR_1]),
    ("config", &[FLOOR_1]),
    ("repo", &[FLOOR_1]),
    ("template", &[FLOOR_1]),
    ("sass", &[FLOOR_1]),
    ("store", &[FLOOR_1]),
    ("release", &[FLOOR_1]),
    ("signing", &[FLOOR_1]),
    ("site", &["markdown", "config", "repo", "template", FLOOR_1]),
    ("targets", &["repo", "release", "store", "config", FLOOR_1]),
    (
        "checks",
        &["site", "markdown", "config", "store", "repo", FLOOR_1],
    ),
    (
        "assets",
        &[
            "site", "markdown", "repo", "config", "store", "release", FLOOR_1,
        ],
    ),
    (
        "publish",
        &[
            "targets", "release", "signing", "store", "config", "repo", FLOOR_1,
        ],
    ),
    (
        "render",
        &[
            "assets", "site", "markdown", "template", "sass", "repo", "config", "store", "release",
            FLOOR_1,
        ],
    ),
    (
        "build",
        &[
            "render", "checks", "assets", "site", "markdown", "config", "repo", "store", "release",
            FLOOR_1,
        ],
    ),
    (
        "preview",
        &[
            "build", "render", "checks", "assets", "site", "repo", "store", "release", "config",
            FLOOR_1,
        ],
    ),
    (
        "lsp",
        &[
            "build", "render", "checks", "site", "repo", "store", "config", FLOOR_1,
        ],
    ),
    ("cli", &[EVERYTHING]),
    ("main", &["cli"]),
    ("lib", &[EVERYTHING]),
];
const FLOOR_1: &str = "floor 1";
const ROOMS_OF_FLOOR_1: &[&str] = &[
    "digest",
    "site_path",
    "progress",
    "diagnostic",
    "apart",
    "web",
];
const EVERYTHING: &str = "everything";

/// What only the roof may do, and where an exception stands.
const ROOF_ONLY: &[(&str, &[&str])] = &[
    ("SystemTime::now", &[]),
    ("Instant::now", &[]),
    ("UtcDateTime::now", &[]),
    ("OffsetDateTime::now", &[]),
    ("env::var", &[]),
    ("env::args", &[]),
    ("env::current_dir", &[]),
    ("println!", &[]),
    ("eprintln!", &[]),
    ("print!", &[]),
    ("stdout()", &[]),
    ("stderr()", &[]),
    ("is_terminal", &[]),
    ("process::exit", &[]),
    ("par_bridge", &[]),
];

/// What may stand in few rooms only, mostly in one.
const ONE_ROOM_ONLY: &[(&str, &[&str])] = &[
    // Git; this program itself, for work that may not come to an end; ssh, which has the user's keys;
    // and ssh-keygen, which signs with them.
    (
        "Command::new",
        &[
            "src/repo/",
            "src/apart.rs",
            "src/targets/sftp/",
            "src/signing/",
        ],
    ),
    ("opendal::", &["src/targets/bucket/"]),
    ("oci_client::", &["src/targets/registry/"]),
    ("russh_sftp::", &["src/targets/sftp/"]),
    ("minisign::", &["src/signing/"]),
    ("re_rav1d::", &["src/assets/avif/"]),
    ("grass_compiler::", &["src/sass/"]),
    ("unsafe {", &["src/assets/encoders/"]),
    ("libwebp_sys", &["src/assets/encoders/"]),
    ("mozjpeg::", &["src/assets/encoders/"]),
    ("oxipng::", &["src/assets/encoders/"]),
    ("libaom_sys", &["src/assets/encoders/avif/"]),
    ("ravif::", &["src/assets/encoders/avif/"]),
    ("printpdf::", &["src/render/pdf/"]),
    ("epub_builder::", &["src/render/epub/"]),
    ("skera::", &["src/render/epub/"]),
    ("write_fonts::", &["src/render/epub/"]),
    ("resvg::", &["src/render/brand/"]),
    ("harper_core::", &["src/checks/"]),
    ("fancy_regex::", &["src/checks/style/"]),
    ("arborium::", &["src/render/highlight/"]),
    ("mermaid_rs_renderer::", &["src/render/diagram/"]),
    ("layout::backends", &["src/render/diagram/"]),
    ("pikchr::{", &["src/render/diagram/"]),
    ("notify::", &["src/preview/"]),
    ("ureq::", &["src/web/", "src/checks/external/"]),
    ("hyper::", &["src/preview/"]),
    ("hyper_util::", &["src/preview/"]),
    ("axum::", &["src/preview/"]),
    ("lsp_server::", &["src/lsp/"]),
    ("lsp_types::", &["src/lsp/"]),
    // Pages are given values for their templates, and so are shortcodes, which are text before they
    // are pages.
    (
        "tera::",
        &[
            "src/template/",
            "src/render/",
            "src/site/expand/shortcodes.rs",
        ],
    ),
];

const LONGEST: usize = 500;

struct Room {
    file: PathBuf,
    name: String,
    text: String,
}

fn rooms() -> Vec<Room> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(root.join("src"))
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let file = path.strip_prefix(root).unwrap().to_path_buf();
            let first = file.iter().nth(1).unwrap().to_str().unwrap();
            let name = first.trim_end_matches(".rs").to_owned();
            Room {
                file,
                name,
                text: fs::read_to_string(&path).unwrap(),
            }
        })
        .collect()
}

/// The part of a file that ships: everything before its tests, comments left out.
fn shipped(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| *line != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
}

/// The rooms named after `crate::` anywhere in a line, also in a list in braces.
fn imports(line: &str) -> Vec<&str> {
    let word = |text: &str| {
        text.find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len())
    };
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => found.extend(list.split(", ").map(|part| &part[..word(part)])),
            None => found.push(&rest[..word(rest)]),
        }
    }
    found
}

#[test]
fn a_floor_imports_only_floors_below_it() {
    let mut faults = Vec::new();
    let names: BTreeSet<&str> = TABLE.iter().map(|(name, _)| *name).collect();
    for room in rooms() {
        let Some((_, allowed)) = TABLE.iter().find(|(name, _)| *name == room.name) else {
            faults.push(format!(
                "{}: the room is not in the table",
                room.file.display()
            ));
            continue;
        };
        for (line, text) in shipped(&room.text) {
            for import in imports(text)
                .into_iter()
                .filter(|import| names.contains(import))
            {
                let below = allowed.contains(&import)
                    || allowed.contains(&EVERYTHING)
                    || (allowed.contains(&FLOOR_1) && ROOMS_OF_FLOOR_1.contains(&import));
                if import != room.name && !below {
                    faults.push(format!("{}:{line} imports {import}", room.file.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_child_never_imports_its_own_door() {
    let mut faults = Vec::new();
    for room in rooms() {
        let door = format!("use crate::{}::{{", room.name);
        let inside = room.file.iter().count() == 3 && room.file.file_name().unwrap() != "mod.rs";
        for (line, text) in shipped(&room.text) {
            if inside && (text.starts_with(&door) || text.contains("use super::*")) {
                faults.push(format!("{}:{line} {text}", room.file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn only_the_roof_touches_clock_environment_and_terminal() {
    let mut faults = Vec::new();
    for room in rooms()
        .iter()
        .filter(|room| room.name != "cli" && room.name != "main")
    {
        for (line, text) in shipped(&room.text) {
            for (word, except) in ROOF_ONLY {
                let file = room.file.to_str().unwrap();
                if text.contains(word) && !except.contains(&file) {
                    faults.push(format!("{file}:{line} uses {word}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn some_things_stand_in_one_room_only() {
    let mut faults = Vec::new();
    for room in rooms() {
        let file = room.file.to_str().unwrap().replace('\\', "/");
        for (line, text) in shipped(&room.text) {
            for (word, places) in ONE_ROOM_ONLY {
                let is_home = places.iter().any(|place| file.starts_with(place));
                if text.contains(word) && !is_home {
                    faults.push(format!(
                        "{file}:{line} uses {word}, which belongs in {}",
                        places.join(" or ")
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_room_is_longer_than_it_may_be() {
    let long: Vec<String> = rooms()
        .iter()
        .map(|room| (room.file.display(), room.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| format!("{file}: {lines} lines, find the second subject"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<String> = rooms()
        .iter()
        .filter(|room| !room.text.starts_with("//! "))
        .map(|room| room.file.display().to_string())
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
