//! `tympan ci`: the files with which a platform checks, publishes and promotes a project, for a person
//! to review and commit. What stands there already and differs is never overwritten unasked.

mod files;
mod fill;
mod secrets;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::{CiArgs, CiPlatform, Global};
use crate::cli::ci::fill::Setting;
use crate::cli::ci::secrets::Secret;
use crate::cli::environment::Shipping;
use crate::cli::json;
use crate::cli::project::root;
use crate::cli::ui::Ui;
use crate::repo::{Snapshot, is_bare};

#[derive(Serialize)]
struct CiReport<'a> {
    format: u32,
    platform: &'a str,
    environment: &'a str,
    branch: &'a str,
    files: Vec<FileReport>,
    secrets: &'a [Secret],
    notes: &'a [String],
}

#[derive(Serialize)]
struct FileReport {
    path: String,
    state: State,
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It is written, and was not there or may be replaced.
    Written,
    /// It is there with these bytes.
    Unchanged,
    /// It is there with others.
    Differs,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::Differs => "differs",
        }
    }
}

pub fn run(ui: &Ui, global: &Global, args: &CiArgs) -> anyhow::Result<Outcome> {
    let root = root(global)?;
    let is_bare = is_bare(&root)?;
    let shipping = match is_bare {
        true => Shipping::at(ui, &root, "HEAD")?,
        false => Shipping::open(ui, root.clone())?,
    };
    let prefix = match is_bare {
        true => String::new(),
        false => Snapshot::worktree(&root)?.prefix()?,
    };
    let setting = Setting::of(ui, &shipping, args, &prefix)?;
    // Platforms look for their files at the top of a repository.
    let top = prefix.split('/').filter(|part| !part.is_empty());
    let top = top.fold(root.clone(), |folder, _| {
        folder.parent().map_or(folder.clone(), Path::to_path_buf)
    });
    let mut files = Vec::new();
    for (path, template) in files::of(args.platform, &setting, is_bare) {
        let text = setting.fill(&template);
        let place = top.join(&path);
        let state = match fs::read(&place) {
            Ok(known) if known == text.as_bytes() => State::Unchanged,
            Ok(_) if !args.force => State::Differs,
            _ => State::Written,
        };
        files.push((path, place, text, state));
    }
    let refused = files.iter().any(|(.., state)| *state == State::Differs);
    if !refused && !args.dry_run {
        for (path, place, text, state) in &files {
            if *state == State::Written {
                write(path, place, text)?;
            }
        }
    }
    let notes = files::notes(args.platform, &setting);
    if ui.is_json() {
        let files = files.iter().map(|(path, _, _, state)| FileReport {
            path: path.clone(),
            state: *state,
        });
        let report = CiReport {
            format: 1,
            platform: args.platform.name(),
            environment: &setting.environment,
            branch: &setting.branch,
            files: files.collect(),
            secrets: &setting.secrets,
            notes: &notes,
        };
        ui.result(&json::to_text(&report)?);
    } else {
        for (path, _, text, state) in &files {
            if args.dry_run && *state == State::Written {
                ui.result(&format!("--- {path}\n{}", text.trim_end()));
            } else {
                ui.result(&format!("{:<9} {path}", state.word()));
            }
        }
        tell(ui, args.platform, &setting, &notes);
    }
    if refused {
        ui.warn("nothing is written: what differs may have been edited; compare it with `--dry-run --force`, and replace it with `--force`");
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Clean)
}

/// What a person has to do besides.
fn tell(ui: &Ui, platform: CiPlatform, setting: &Setting, notes: &[String]) {
    if !setting.secrets.is_empty() {
        ui.note(&format!("\nsecrets, {}:", files::place(platform)));
        let widest = setting.secrets.iter().map(|secret| secret.name.len()).max();
        for secret in &setting.secrets {
            let name = format!("{:<width$}", secret.name, width = widest.unwrap_or(0));
            ui.note(&format!("  {name}  {}", secret.about));
        }
    }
    if !notes.is_empty() {
        ui.note("\nbefore it runs:");
        for note in notes {
            ui.note(&format!("  - {note}"));
        }
    }
}

fn write(path: &str, place: &PathBuf, text: &str) -> anyhow::Result<()> {
    let folder = place.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    fs::write(place, text).with_context(|| format!("cannot write `{}`", place.display()))?;
    #[cfg(unix)]
    if text.starts_with("#!") {
        use std::os::unix::fs::PermissionsExt as _;
        let runnable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(place, runnable)
            .with_context(|| format!("cannot make `{path}` a program"))?;
    }
    Ok(())
}
