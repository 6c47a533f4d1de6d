//! The shortcodes of a project: templates in `shortcodes/`, one file a shortcode.
//!
//! A template sees the arguments of its call and a few facts about page and project, and nothing
//! else. What it writes is content: it is read as Markdown with HTML in it, and cleaned as such.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write;
use std::sync::Arc;

use serde_json::json;
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use crate::diagnostic::{Diagnostic, Severity};
use crate::site::expand::arguments::Arguments;
use crate::site::expand::variables::Variables;
use crate::site_path::SitePath;

/// The folder of a project's own shortcodes.
pub(in crate::site) const FOLDER: &str = "shortcodes";
/// How much one call may write, in bytes.
const MAX_OUTPUT: usize = 1 << 20;
/// How often one template may join texts: each could double what it holds.
const MAX_JOINS: usize = 8;
/// How long the arguments of one call may be, in bytes.
pub(super) const MAX_ARGUMENTS: usize = 64 << 10;

/// Stands for the text inside while a template runs. Where an author types these control
/// characters into a call, the text inside is only put there once more.
const INNER: &str = "\u{1}inner\u{1}";

/// The shortcodes of a project, ready to be called.
#[derive(Clone, Default)]
pub struct Shortcodes {
    templates: Arc<Tera>,
    files: BTreeMap<String, SitePath>,
    /// Those whose template shows the text inside without asking whether there is any.
    paired: BTreeSet<String>,
}

impl fmt::Debug for Shortcodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.files.keys()).finish()
    }
}

/// What a call wrote, around the text inside it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Output {
    /// What stands before each place for the text inside, and at last what stands after it.
    pub(super) pieces: Vec<String>,
}

impl Shortcodes {
    /// Reads the templates. A broken one is reported and left out.
    pub(in crate::site) fn read<'f>(
        files: impl Iterator<Item = &'f SitePath>,
        read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut templates = Tera::default();
        for name in ["replace", "indent", "format"] {
            templates.register_filter(name, refused);
        }
        let (mut known, mut paired) = (BTreeMap::new(), BTreeSet::new());
        for path in files {
            let folder = path.parent();
            if folder.as_str() != FOLDER || !matches!(path.extension(), "html" | "md") {
                continue;
            }
            let Some(text) = read(path) else { continue };
            let name = path.stem().to_owned();
            let added = bounded(&text).and_then(|()| {
                let added = templates.add_raw_template(path.as_str(), &text);
                added.map_err(|error| error.to_string())
            });
            match added {
                Ok(()) => {
                    if text.contains("inner") && !text.contains("if inner") {
                        paired.insert(name.clone());
                    }
                    known.insert(name, path.clone());
                }
                Err(message) => {
                    let message = format!("the shortcode cannot be read: {}", one_line(&message));
                    let found =
                        Diagnostic::new("shortcode-template", Severity::Error, path, message);
                    diagnostics.push(found.help("its calls are left out until it is corrected"));
                }
            }
        }
        Self {
            templates: Arc::new(templates),
            files: known,
            paired,
        }
    }

    /// The file of a shortcode.
    pub(super) fn file(&self, name: &str) -> Option<&SitePath> {
        self.files.get(name)
    }

    /// Whether a shortcode makes no sense without text inside.
    pub(super) fn needs_inner(&self, name: &str) -> bool {
        self.paired.contains(name)
    }

    /// Calls a shortcode. `paired` says whether there is text inside.
    pub(super) fn call(
        &self,
        name: &str,
        arguments: &Arguments,
        variables: &Variables<'_>,
        page: &SitePath,
        paired: bool,
    ) -> Result<Output, String> {
        let Some(file) = self.files.get(name) else {
            return Err(format!("there is no shortcode `{name}`"));
        };
        let mut context = Context::new();
        let project = &variables.config().project;
        let front = variables.front();
        context.insert(
            "page",
            &json!({
                "title": front.title,
                "description": front.description,
                "path": page.as_str(),
                "extra": front.extra,
            }),
        );
        context.insert(
            "project",
            &json!({
                "title": project.title,
                "description": project.description,
                "language": project.language,
                "base_url": project.base_url,
            }),
        );
        context.insert("variables", variables.of_project());
        context.insert("args", &arguments.positional);
        for (name, value) in &arguments.named {
            context.insert(name.clone(), value);
        }
        let inner = if paired { INNER } else { "" };
        context.insert_value("inner", Value::safe_string(inner));
        let mut written = Bounded(Vec::new());
        self.templates
            .render_to(file.as_str(), &context, &mut written)
            .map_err(|error| one_line(&with_causes(&error)))?;
        let written = String::from_utf8_lossy(&written.0).into_owned();
        let pieces = written.split(INNER).map(without_blank_lines);
        Ok(Output {
            pieces: pieces.collect(),
        })
    }
}

/// Refuses templates whose work has no bound: the engine bounds one loop, not loops in loops, and
/// nothing bounds a text that is joined to itself again and again.
fn bounded(text: &str) -> Result<(), String> {
    let mut in_loop = false;
    for (at, _) in text.match_indices("{%") {
        let inner = text[at + 2..].trim_start_matches('-').trim_start();
        let begins = |word: &str| inner.starts_with(word);
        if begins("for ") && std::mem::replace(&mut in_loop, true) {
            return Err("a loop stands inside a loop".to_owned());
        }
        in_loop &= !begins("endfor");
        for word in [
            "include",
            "extends",
            "component",
            "set_global",
            "endset",
            "import",
        ] {
            if begins(word) {
                return Err(format!("`{word}` is not for shortcodes"));
            }
        }
    }
    if text.matches('~').count() > MAX_JOINS {
        return Err(format!("it joins texts more than {MAX_JOINS} times"));
    }
    Ok(())
}

/// Stands in for filters whose results can be larger than any bound.
fn refused(_: &str, _: Kwargs, _: &State) -> TeraResult<String> {
    Err(tera::Error::message("this filter is not for shortcodes"))
}

/// The engine's message with its causes, the most telling last.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message = format!("{message}: {error}");
        cause = error.source();
    }
    message
}

fn one_line(message: &str) -> String {
    let lines = message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

/// A blank line would end a block of HTML, and what follows would be read as Markdown.
fn without_blank_lines(text: &str) -> String {
    let stays = text.contains("<pre") || text.contains("<textarea");
    let mut out = String::with_capacity(text.len());
    for line in text.trim().lines() {
        let line = line.trim_end();
        if line.is_empty() && !stays {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(if line.is_empty() { "&#10;" } else { line });
    }
    out
}

/// Stops a template that writes without end.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT {
            return Err(std::io::Error::other(format!(
                "the shortcode writes more than {} kB",
                MAX_OUTPUT >> 10
            )));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
