//! A layer read from a folder of the project: its theme, or its own changes to one.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::render::html::theme::layer::{Held, Layer, Level, Source, Strings};
use crate::repo::Snapshot;
use crate::site_path::SitePath;

/// How long a template, style, script or list of words may be.
const MAX_TEXT: u64 = 1 << 20;

/// Reads a folder. A faulty file is reported and left out.
pub(super) fn read(
    snapshot: &Snapshot,
    folder: &SitePath,
    level: Level,
) -> (Layer, Vec<Diagnostic>) {
    read_all(snapshot, folder, level, false)
}

/// Reads a folder of a theme that is not of the project.
pub(super) fn read_held(
    snapshot: &Snapshot,
    folder: &SitePath,
    level: Level,
) -> (Layer, Vec<Diagnostic>) {
    read_all(snapshot, folder, level, true)
}

fn read_all(
    snapshot: &Snapshot,
    folder: &SitePath,
    level: Level,
    held: bool,
) -> (Layer, Vec<Diagnostic>) {
    let mut reader = Reader {
        snapshot,
        held,
        layer: Layer::empty(level),
        diagnostics: Vec::new(),
    };
    for file in snapshot.files() {
        if let Some(below) = file.path.below(folder) {
            reader.file(&file.path, &below, file.size);
        }
    }
    (reader.layer, reader.diagnostics)
}

struct Reader<'a> {
    snapshot: &'a Snapshot,
    /// Whether the snapshot goes away when the theme is read.
    held: bool,
    layer: Layer,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn file(&mut self, path: &SitePath, below: &SitePath, size: u64) {
        let extension = path.extension().to_ascii_lowercase();
        let Some((sort, name)) = below.as_str().split_once('/') else {
            if below.as_str() == "theme.toml"
                && let Some(text) = self.text(path, size)
            {
                self.words(path, &text, "");
            }
            return;
        };
        match (sort, extension.as_str()) {
            ("static", _) => {
                let route = SitePath::parse(name).expect("a part of a path is a path");
                let held = match self.held {
                    false => Held::Project(path.clone()),
                    true => match self.snapshot.read(path) {
                        Ok(bytes) => Held::Theme(bytes.into()),
                        Err(_) => return,
                    },
                };
                self.layer.files.push((route, held));
            }
            // What only others use is compiled where they use it.
            ("css", "scss" | "sass") if path.file_name().starts_with('_') => {}
            ("css", "scss" | "sass") => self.sheet(path, name),
            ("templates", _) | ("css", "css") | ("js", "js") => {
                let Some(text) = self.text(path, size) else {
                    return;
                };
                let source = Source {
                    name: name.to_owned(),
                    text: text.into(),
                    place: Some(path.clone()),
                };
                match sort {
                    "templates" => self.layer.templates.push(source),
                    "css" => self.layer.styles.push(source),
                    _ => self.layer.scripts.push(source),
                }
            }
            ("strings", "toml") => {
                if let Some(text) = self.text(path, size) {
                    self.words(path, &text, path.stem());
                }
            }
            ("css" | "js" | "strings", _) => {
                let message = format!("a theme has no use for this file in `{sort}/`");
                let found = Diagnostic::new("theme-file", Severity::Warning, path, message);
                self.diagnostics
                    .push(found.help("put files that are published as they are into `static/`"));
            }
            _ => {}
        }
    }

    /// A style in another language stands where the CSS of its name would.
    fn sheet(&mut self, path: &SitePath, name: &str) {
        let stem = &name[..name.len() - path.extension().len()];
        let name = format!("{stem}css");
        let mut known = self.layer.styles.iter().chain(&self.layer.sheets);
        if let Some(other) = known.find(|known| known.name == name) {
            let other = other.place.as_ref().map_or("", |place| place.file_name());
            let message = format!("`{other}` becomes the same style as this file");
            let found = Diagnostic::new("theme-file", Severity::Error, path, message);
            self.diagnostics.push(found.help("rename one of the two"));
            return;
        }
        self.layer.sheets.push(Source {
            name,
            text: "".into(),
            place: Some(path.clone()),
        });
    }

    fn text(&mut self, path: &SitePath, size: u64) -> Option<String> {
        let fault = |message: String, help: &str| {
            Diagnostic::new("theme-file", Severity::Error, path, message).help(help)
        };
        if size > MAX_TEXT {
            let message = format!(
                "the file is {} kB, more than a theme's file may be",
                size >> 10
            );
            let help = format!("split it; the limit is {} kB", MAX_TEXT >> 10);
            self.diagnostics.push(fault(message, &help));
            return None;
        }
        let bytes = match self.snapshot.read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let found = fault(error.to_string(), "see that it may be read");
                self.diagnostics.push(found);
                return None;
            }
        };
        let text = String::from_utf8(bytes)
            .map_err(|_| {
                let message = "the file is not UTF-8 text".to_owned();
                self.diagnostics.push(fault(message, "save it as UTF-8"));
            })
            .ok()?;
        Some(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        })
    }

    /// Words: of `strings/<language>.toml` as they stand, of `theme.toml` in its `[strings]`.
    fn words(&mut self, path: &SitePath, text: &str, language: &str) {
        let table: toml::Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let message = error.message().trim().replace('\n', ", ");
                let source = SourceText::new(path, text);
                let found = source.diagnostic("theme-file", Severity::Error, span, message);
                self.diagnostics
                    .push(found.help("correct the line that is shown"));
                return;
            }
        };
        let inner = match (language.is_empty(), table.get("strings")) {
            (true, Some(toml::Value::Table(words))) => words.clone(),
            (true, _) => return,
            (false, _) => table,
        };
        let word = |(key, value): (String, toml::Value)| match value {
            toml::Value::String(word) => Ok((key, word)),
            _ => Err(key),
        };
        let (words, faulty): (Vec<_>, Vec<_>) =
            inner.into_iter().map(word).partition(Result::is_ok);
        for key in faulty.into_iter().filter_map(Result::err) {
            let message = format!("`{key}` is not a text");
            let found = Diagnostic::new("theme-file", Severity::Error, path, message);
            self.diagnostics.push(found.help("write it in quotes"));
        }
        let words: Strings = words.into_iter().filter_map(Result::ok).collect();
        let known: &mut BTreeMap<String, Strings> = &mut self.layer.strings;
        known.entry(language.to_owned()).or_default().extend(words);
    }
}
