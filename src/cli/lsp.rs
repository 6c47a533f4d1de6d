//! `tympan lsp`: the checks in an editor.

use std::io::{BufReader, stdin, stdout};
use std::path::Path;

use crate::cli::Outcome;
use crate::cli::args::PagesArgs;
use crate::cli::dictionaries;
use crate::cli::project::{STORE, load_options};
use crate::cli::ui::Ui;
use crate::lsp::{Opened, serve};
use crate::repo::{History, Snapshot};
use crate::site::LoadOptions;
use crate::store::Store;

pub fn run(ui: &Ui) -> anyhow::Result<Outcome> {
    let open = |root: &Path| open(ui, root).map_err(|error| format!("{error:#}"));
    serve(BufReader::new(stdin()), stdout(), &open)?;
    Ok(Outcome::Clean)
}

/// Opens the project in a folder. Whoever edits a draft wants to know of it.
fn open(ui: &Ui, root: &Path) -> anyhow::Result<Opened> {
    let commit = Snapshot::worktree(root)?.source().commit.clone();
    let pages = PagesArgs {
        drafts: true,
        future: true,
        expired: true,
    };
    Ok(Opened {
        root: root.to_path_buf(),
        history: History::read(root, commit.as_deref())?,
        store: Store::open(&root.join(STORE)),
        load: LoadOptions {
            dictionaries: dictionaries::folders(),
            ..load_options(root, ui, &pages, &root.join("dist"))
        },
    })
}
