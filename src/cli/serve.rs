//! `tympan serve`: the preview in a browser while a person writes.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::cli::Outcome;
use crate::cli::args::{Global, ServeArgs};
use crate::cli::project::Listed;
use crate::cli::ui::Ui;
use crate::preview::{Preview, PreviewEvent, serve};
use crate::site_path::SitePath;

/// How many changed files a line names.
const NAMED: usize = 3;

pub fn run(ui: &Ui, global: &Global, args: &ServeArgs) -> anyhow::Result<Outcome> {
    let project = Listed::open(global, None)?;
    let load = project.load_options(ui, &args.pages, &project.root.join("dist"));
    let exclude = load.exclude.clone();
    let preview = Preview::new(project.snapshot, project.store, load);
    let began = Mutex::new(None);
    let listener = |event| match event {
        PreviewEvent::Listening(address) => {
            let port = address.port();
            if args.port != 0 && port != args.port {
                ui.warn(&format!("port {} is taken", args.port));
            }
            ui.result(&format!("http://127.0.0.1:{port}/"));
            ui.note("the preview follows your edits; Ctrl-C ends it");
        }
        PreviewEvent::Loaded => {}
        PreviewEvent::Changed => set(&began, Some(Instant::now())),
        PreviewEvent::Unchanged => set(&began, None),
        PreviewEvent::Reloaded { paths, errors } => {
            let took = take(&began).map_or(0, |began| began.elapsed().as_millis());
            let errors = match errors {
                0 => String::new(),
                1 => "  1 error".to_owned(),
                many => format!("  {many} errors"),
            };
            ui.note(&format!("{}  {took} ms{errors}", names(&paths)));
        }
    };
    serve(&Arc::new(preview), args.port, exclude, &listener)?;
    Ok(Outcome::Clean)
}

fn set(began: &Mutex<Option<Instant>>, moment: Option<Instant>) {
    if let Ok(mut began) = began.lock() {
        *began = moment;
    }
}

fn take(began: &Mutex<Option<Instant>>) -> Option<Instant> {
    began.lock().ok()?.take()
}

/// The changed files in a few words.
fn names(paths: &[SitePath]) -> String {
    let named: Vec<&str> = paths
        .iter()
        .filter(|path| !path.is_root())
        .take(NAMED)
        .map(SitePath::as_str)
        .collect();
    match (named.len(), paths.len() - named.len()) {
        (0, _) => "the project".to_owned(),
        (_, 0) => named.join(", "),
        (_, more) => format!("{} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_files_are_counted() {
        let paths: Vec<SitePath> = ["a", "b", "c", "d", "e"]
            .iter()
            .map(|path| SitePath::parse(path).unwrap())
            .collect();
        assert_eq!(names(&paths), "a, b, c and 2 more");
        assert_eq!(names(&paths[..1]), "a");
        assert_eq!(names(&[]), "the project");
        assert_eq!(names(&[SitePath::root()]), "the project");
    }
}
