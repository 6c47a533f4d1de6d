//! `tympan theme`: a theme from another repository, fetched once and kept by its digest. It is the
//! only command that fetches one; a build only reads what is kept.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::{Global, ThemeArgs};
use crate::cli::json;
use crate::cli::project::Listed;
use crate::cli::ui::Ui;
use crate::digest::Digest;
use crate::repo::{Reach, bundle, fetch};
use crate::site::{Site, is_part_of_theme};
use crate::store::Store;

/// What `theme` prints.
#[derive(Serialize)]
struct ThemeReport {
    format: u32,
    git: String,
    rev: String,
    digest: String,
    files: usize,
}

pub fn run(ui: &Ui, global: &Global, args: &ThemeArgs) -> anyhow::Result<Outcome> {
    let listed = Listed::open(global, None)?;
    let Some(url) = &args.url else {
        return fetch_pinned(ui, &listed);
    };
    let report = fetch_into(&listed.store, url, args.rev.as_deref(), Reach::Https)?;
    if ui.is_json() {
        ui.result(&json::to_text(&report)?);
        return Ok(Outcome::Clean);
    }
    ui.note("the theme is fetched and kept; write this into `tympan.toml`");
    let mut text = "[theme]\n".to_owned();
    for (key, value) in [
        ("git", &report.git),
        ("rev", &report.rev),
        ("digest", &report.digest),
    ] {
        let value = toml::Value::String(value.clone());
        let _ = writeln!(text, "{key} = {value}");
    }
    ui.result(text.trim_end());
    Ok(Outcome::Clean)
}

/// Fetches the theme that the project pins, unless it is there.
fn fetch_pinned(ui: &Ui, listed: &Listed) -> anyhow::Result<Outcome> {
    let config = Site::config_of(&listed.snapshot);
    let Some(theme) = config.and_then(|(config, _)| config.look.pinned.clone()) else {
        bail!("the project pins no theme: `tympan theme https://…` fetches one and prints its pin");
    };
    if listed.store.blob(&theme.digest).is_ok() {
        ui.note("the theme is there already");
        return Ok(Outcome::Clean);
    }
    let report = fetch_into(&listed.store, &theme.url, Some(&theme.rev), Reach::Https)?;
    let pinned = format!("sha256:{}", theme.digest.hex());
    if report.digest != pinned {
        bail!(
            "the theme at `{}` is not what `tympan.toml` pins: its digest is `{}`, not `{pinned}`",
            theme.url,
            report.digest
        );
    }
    ui.note(&format!("the theme is fetched: {} files", report.files));
    Ok(Outcome::Clean)
}

fn fetch_into(
    store: &Store,
    url: &str,
    rev: Option<&str>,
    reach: Reach,
) -> anyhow::Result<ThemeReport> {
    let fetched = fetch(url, rev, reach, is_part_of_theme)?;
    if fetched.files.is_empty() {
        bail!(
            "`{url}` holds no theme: there is no `templates/`, `css/`, `js/`, `strings/` or `static/`"
        );
    }
    let bytes = bundle(&fetched.files);
    let digest = Digest::of(&bytes);
    store
        .put_named(&digest, &bytes)
        .context("cannot keep the theme")?;
    Ok(ThemeReport {
        format: 1,
        git: url.to_owned(),
        rev: fetched.commit,
        digest: format!("sha256:{}", digest.hex()),
        files: fetched.files.len(),
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_theme_is_kept_by_the_digest_of_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("theme");
        std::fs::create_dir_all(root.join("css")).unwrap();
        std::fs::write(root.join("css/a.css"), "a { b: c }").unwrap();
        std::fs::write(root.join("README.md"), "x").unwrap();
        for args in [
            &["init", "--quiet"][..],
            &["add", "."],
            &[
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@b",
                "commit",
                "-qm",
                "x",
            ],
        ] {
            let done = Command::new("git").arg("-C").arg(&root).args(args).status();
            assert!(done.unwrap().success());
        }
        let store = Store::open(&folder.path().join("store"));
        let url = format!("file://{}", root.display());
        let report = fetch_into(&store, &url, None, Reach::Local).unwrap();
        let again = fetch_into(&store, &url, Some(&report.rev), Reach::Local).unwrap();
        assert_eq!((&report.digest, report.files), (&again.digest, 1));
        let digest = Digest::from_hex(&report.digest["sha256:".len()..]).unwrap();
        let kept = crate::repo::unbundle(&store.blob(&digest).unwrap()).unwrap();
        assert_eq!(kept.keys().next().unwrap().as_str(), "css/a.css");
        assert!(fetch_into(&store, &url, None, Reach::Https).is_err());
    }
}
