//! `tympan new`: a complete starter project in a fresh Git repository.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::cli::Outcome;
use crate::cli::args::{Global, NewArgs, NewKind};
use crate::cli::ui::Ui;
use crate::repo;

macro_rules! starter {
    ($kind:literal: $($file:literal),+ $(,)?) => {
        &[$(($file, include_str!(concat!("../../templates/", $kind, "/", $file)))),+]
    };
}

type Files = &'static [(&'static str, &'static str)];

const SITE: Files = starter!("site": "tympan.toml", "content/index.md", "content/about.md", "content/posts/index.md", "content/posts/first-light.md");
const DOCS: Files = starter!("docs": "tympan.toml", "content/index.md", "content/getting-started/index.md", "content/getting-started/install.md", "content/reference/index.md");
const BOOK: Files = starter!("book": "tympan.toml", "src/SUMMARY.md", "src/preface.md", "src/beginning.md", "src/middle.md", "src/end.md");
const CONTRACT: Files = starter!("contract": "tympan.toml", "content/agreement.md");
/// Build results and the cache stay out of the repository.
const IGNORE: &str = "/dist/\n/public/\n/.tympan/\n";
const ENVIRONMENT: &str = include_str!("../../templates/environments/dev.toml");

pub fn run(ui: &Ui, global: &Global, args: &NewArgs) -> anyhow::Result<Outcome> {
    let path = args.path.as_deref().context("a folder is required")?;
    let root = &global.directory.iter().collect::<PathBuf>().join(path);
    if root.is_dir() && fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!(
            "the folder `{}` is not empty; choose a new one",
            root.display()
        );
    }
    let name = root.file_name().map_or_else(
        || "My project".to_owned(),
        |name| title(&name.to_string_lossy()),
    );
    let files = match args.kind {
        NewKind::Site => SITE,
        NewKind::Docs => DOCS,
        NewKind::Book => BOOK,
        NewKind::Contract => CONTRACT,
    };
    for (path, text) in files {
        // The title goes into a TOML text, where a quote or backslash would end it.
        let text = match *path {
            "tympan.toml" => text.replace("My project", &name.replace(['"', '\\'], "'")),
            _ => (*text).to_owned(),
        };
        write(&root.join(path), &text)?;
    }
    write(&root.join(".gitignore"), IGNORE)?;
    write(&root.join("environments/dev.toml"), ENVIRONMENT)?;
    repo::init(root, "Start the project")?;
    let shown = root.display();
    ui.note(&format!(
        "made `{shown}`; next:\n  tympan -C {shown} serve\n  tympan -C {shown} build"
    ));
    Ok(Outcome::Clean)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().context("a starter file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

/// A folder's name as a title: `field-guide` is `Field guide`.
fn title(name: &str) -> String {
    let words: String = name
        .chars()
        .map(|c| if "-_".contains(c) { ' ' } else { c })
        .collect();
    let mut letters = words.trim().chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    first + letters.as_str()
}
