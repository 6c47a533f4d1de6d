//! `tympan images --fix`: pictures of the project become smaller in the project itself.
//!
//! It is done on request alone, for files that are named, and for no file that Git could not bring
//! back unless that is asked for too.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::bail;
use rayon::prelude::*;
use serde::Serialize;

use crate::assets::slim;
use crate::build::survey::{Survey, SurveyedPicture};
use crate::cli::Outcome;
use crate::cli::args::ImagesArgs;
use crate::cli::build::size;
use crate::cli::check::write::replace;
use crate::cli::json;
use crate::cli::project::Project;
use crate::cli::ui::Ui;
use crate::progress::{Event, Made, Stage};
use crate::site_path::SitePath;

/// What `images --fix` prints.
#[derive(Serialize)]
struct FixReport<'a> {
    format: u32,
    dry_run: bool,
    fixed: Vec<Fixed<'a>>,
    left: Vec<Left<'a>>,
}

/// A picture that is smaller now.
#[derive(Serialize)]
struct Fixed<'a> {
    path: &'a SitePath,
    before: Shape,
    after: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Shape {
    bytes: u64,
    width: u32,
    height: u32,
}

/// A picture that was not touched.
#[derive(Serialize)]
struct Left<'a> {
    path: &'a SitePath,
    reason: String,
}

pub fn run(
    ui: &Ui,
    project: &Project,
    survey: &Survey,
    args: &ImagesArgs,
) -> anyhow::Result<Outcome> {
    let changed = match project.snapshot.changed_now()? {
        Some(changed) => changed,
        None if args.force => BTreeSet::new(),
        None => bail!(
            "there is no commit here that could bring a file back; `--force` changes files all the same"
        ),
    };
    if !args.dry_run {
        sweep(project, survey);
    }
    let stage = Stage::Assets;
    let of = survey.pictures.iter().map(pixels).sum();
    ui.event(Event::Started {
        stage,
        total: survey.pictures.len(),
    });
    let one = |picture: &'_ SurveyedPicture| {
        let path = &picture.source.path;
        let is_kept = changed.contains(path) && !args.force;
        let done = shrink(project, picture, is_kept, args);
        let before = picture.source.bytes;
        let after = done.as_ref().ok().copied().flatten();
        ui.event(Event::Made(Made {
            share: pixels(picture),
            of,
            before,
            after: after.map_or(before, |shape| shape.bytes),
        }));
        ui.event(Event::Stepped {
            stage,
            path: path.clone(),
        });
        done
    };
    let done: Vec<Result<Option<Shape>, String>> = survey
        .pictures
        .par_iter()
        .with_max_len(1)
        .map(one)
        .collect();
    ui.event(Event::Finished { stage });
    let mut report = FixReport {
        format: 1,
        dry_run: args.dry_run,
        fixed: Vec::new(),
        left: Vec::new(),
    };
    for (picture, done) in survey.pictures.iter().zip(done) {
        let path = &picture.source.path;
        match done {
            Ok(Some(after)) => report.fixed.push(Fixed {
                path,
                before: shape(picture),
                after,
            }),
            Ok(None) => {}
            Err(reason) => report.left.push(Left { path, reason }),
        }
    }
    match ui.is_json() {
        true => ui.result(&json::to_text(&report)?),
        false => tell(ui, &report),
    }
    Ok(match report.left.is_empty() {
        true => Outcome::Clean,
        false => Outcome::Findings,
    })
}

fn pixels(picture: &SurveyedPicture) -> u64 {
    u64::from(picture.source.width) * u64::from(picture.source.height)
}

fn shape(picture: &SurveyedPicture) -> Shape {
    Shape {
        bytes: picture.source.bytes,
        width: picture.source.width,
        height: picture.source.height,
    }
}

/// Makes one picture smaller; none if it is well as it is. Only where there is something to gain, it is
/// said why a file stays as it is: one that must be `kept` is, and a link is not followed.
fn shrink(
    project: &Project,
    picture: &SurveyedPicture,
    kept: bool,
    args: &ImagesArgs,
) -> Result<Option<Shape>, String> {
    let path = &picture.source.path;
    let place = path.on_disk(&project.root);
    let read = project.snapshot.read(path);
    let bytes = read.map_err(|error| error.to_string())?;
    let longest = args.longest.unwrap_or(picture.longest);
    let Some(slim) = slim(&bytes, longest)? else {
        return Ok(None);
    };
    if kept {
        return Err("it has changes that are not committed (`--force` changes it)".to_owned());
    }
    let found = fs::symlink_metadata(&place).map_err(|error| error.to_string())?;
    if !found.is_file() {
        return Err("it is no regular file".to_owned());
    }
    if found.permissions().readonly() {
        return Err("it may only be read".to_owned());
    }
    if !args.dry_run {
        if fs::read(&place).ok().as_deref() != Some(&bytes) {
            return Err("it has changed meanwhile".to_owned());
        }
        replace(&place, &slim.bytes).map_err(|error| error.to_string())?;
    }
    Ok(Some(Shape {
        bytes: slim.bytes.len() as u64,
        width: slim.width,
        height: slim.height,
    }))
}

/// Removes what an earlier run left beside the files when it was killed: copies that were not whole
/// yet. Their names are those that [`replace`] gives.
fn sweep(project: &Project, survey: &Survey) {
    let places = survey.pictures.iter().map(|picture| &picture.source.path);
    let names: BTreeSet<String> = places
        .clone()
        .map(|path| format!(".{}.", path.file_name()))
        .collect();
    let folders: BTreeSet<SitePath> = places.map(SitePath::parent).collect();
    for folder in folders {
        let Ok(files) = fs::read_dir(folder.on_disk(&project.root)) else {
            continue;
        };
        for file in files.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if is_left_over(&name, &names) {
                remove(&file.path());
            }
        }
    }
}

fn is_left_over(name: &str, names: &BTreeSet<String>) -> bool {
    let Some(rest) = name.strip_suffix(".tympan") else {
        return false;
    };
    let Some((start, number)) = rest.rsplit_once('.') else {
        return false;
    };
    number.bytes().all(|byte| byte.is_ascii_digit()) && names.contains(&format!("{start}."))
}

fn remove(file: &Path) {
    // It stays where it is if it cannot be removed, and harms nobody there.
    let _ = fs::remove_file(file);
}

fn tell(ui: &Ui, report: &FixReport<'_>) {
    for fixed in &report.fixed {
        let (before, after) = (fixed.before, fixed.after);
        let pixels = match (before.width, before.height) == (after.width, after.height) {
            true => String::new(),
            false => format!(
                "  {} x {} -> {} x {}",
                before.width, before.height, after.width, after.height
            ),
        };
        let (from, to) = (size(before.bytes), size(after.bytes));
        ui.result(&format!("{from:>7} -> {to:>7}  {}{pixels}", fixed.path));
    }
    for left in &report.left {
        ui.warn(&format!(
            "`{}` is left as it is: {}",
            left.path, left.reason
        ));
    }
    let sum = |of: fn(&Fixed<'_>) -> u64| report.fixed.iter().map(of).sum::<u64>();
    let (before, after) = (sum(|one| one.before.bytes), sum(|one| one.after.bytes));
    let count = match report.fixed.len() {
        0 => "nothing to make smaller".to_owned(),
        1 => "1 picture".to_owned(),
        many => format!("{many} pictures"),
    };
    if report.fixed.is_empty() {
        ui.note(&count);
        return;
    }
    let would = if report.dry_run { " would be" } else { "" };
    ui.note(&format!(
        "{count}{would} smaller: {} -> {}",
        size(before),
        size(after)
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_left_over_is_swept() {
        let names = BTreeSet::from([".a.jpg.".to_owned()]);
        let case = |name: &str| is_left_over(name, &names);
        assert!(case(".a.jpg.123.tympan"));
        for other in [
            ".b.jpg.123.tympan",
            ".a.jpg.tympan",
            ".a.jpg.x.tympan",
            "a.jpg",
            ".tympan",
        ] {
            assert!(!case(other), "{other}");
        }
    }
}
