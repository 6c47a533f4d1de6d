//! The shortcodes of a project: templates in `shortcodes/`, one file a shortcode.
//!
//! A template sees the arguments of its call, a few facts about page and project and the data files,
//! and nothing else. What it writes is content: it is read as Markdown with HTML in it, and cleaned as such.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::json;
use tera::{Context, Value};

use crate::diagnostic::{Diagnostic, Severity};
use crate::site::expand::arguments::Arguments;
use crate::site::expand::variables::Variables;
use crate::site_path::SitePath;
use crate::template::{Cost, Dialect, Failure, Profile, Source, TemplateKind, Templates};

/// The folder of a project's own shortcodes.
pub(in crate::site) const FOLDER: &str = "shortcodes";
/// How long a template may be, in bytes.
const MAX_TEXT: usize = 1 << 20;
/// What one call may cost: about a byte of text each.
const MAX_COST: u64 = 4 << 20;
/// How long the arguments of one call may be, in bytes.
pub(super) const MAX_ARGUMENTS: usize = 64 << 10;

/// Stands for the text inside while a template runs. Where an author types these control
/// characters into a call, the text inside is only put there once more.
const INNER: &str = "\u{1}inner\u{1}";

const DIALECT: Dialect = Dialect {
    folder: FOLDER,
    prefixes: &[],
    filters: &[],
    functions: &[],
    register: |_| {},
};

/// The shortcodes of a project, ready to be called.
#[derive(Clone, Default)]
pub struct Shortcodes {
    /// None if there are none.
    templates: Option<Arc<Templates>>,
    files: BTreeMap<String, SitePath>,
    /// Those whose template shows the text inside without asking whether there is any.
    paired: BTreeSet<String>,
    /// What the data files say; a call gets a handle.
    data: Option<Value>,
    profile: Option<Arc<Profile>>,
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
    /// Reads the templates. A broken one is reported and left out. What they cost goes to the
    /// profile.
    pub(in crate::site) fn read<'f>(
        files: impl Iterator<Item = &'f SitePath>,
        read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
        data: &serde_json::Value,
        profile: Option<&Arc<Profile>>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let own = |path: &&SitePath| {
            path.parent().as_str() == FOLDER && matches!(path.extension(), "html" | "md")
        };
        let mut texts: Vec<(&SitePath, Arc<str>)> = Vec::new();
        for path in files.filter(own) {
            match read(path) {
                Some(text) if text.len() > MAX_TEXT => {
                    let message = "the template is longer than one may be";
                    let found = Diagnostic::new("template-limit", Severity::Error, path, message);
                    let limit = MAX_TEXT >> 10;
                    diagnostics.push(found.help(format!("split it; the limit is {limit} kB")));
                }
                text => texts.extend(text.map(|text| (path, text))),
            }
        }
        if texts.is_empty() {
            return Self::default();
        }
        let (templates, found) = Templates::parse(DIALECT, profile, |left_out| {
            let kept = texts.iter().filter(|(path, _)| !left_out.contains(path));
            kept.map(|(path, text)| {
                let place = Some(*path);
                (path.to_string(), Source { text, place })
            })
            .collect()
        });
        diagnostics.extend(found);
        let (mut known, mut paired) = (BTreeMap::new(), BTreeSet::new());
        for (path, text) in &texts {
            if templates.contains(path.as_str()) {
                let name = path.stem().to_owned();
                if text.contains("inner") && !text.contains("if inner") {
                    paired.insert(name.clone());
                }
                known.insert(name, (*path).clone());
            }
        }
        Self {
            templates: Some(Arc::new(templates)),
            files: known,
            paired,
            data: Some(Value::from_serializable(data)),
            profile: profile.cloned(),
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
        let (Some(file), Some(templates)) = (self.files.get(name), &self.templates) else {
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
        if let Some(data) = &self.data {
            context.insert_value("data", data.clone());
        }
        context.insert("args", &arguments.positional);
        for (name, value) in &arguments.named {
            context.insert(name.clone(), value);
        }
        let inner = if paired { INNER } else { "" };
        context.insert_value("inner", Value::safe_string(inner));
        let name = file.as_str();
        let render = || templates.render(name, &context, Cost::Share(MAX_COST));
        let written = match &self.profile {
            Some(profile) => profile.measure((TemplateKind::Shortcode, name), page, render),
            None => render(),
        };
        let written = written.map_err(|failure| match failure {
            Failure::Fault(found) => {
                let place = found.place.as_ref();
                let line = place.map_or_else(String::new, |place| format!(":{}", place.line));
                format!("fails at {}{line}: {}", found.path, found.message)
            }
            Failure::Own(message) => message,
        })?;
        let pieces = written.split(INNER).map(without_blank_lines);
        Ok(Output {
            pieces: pieces.collect(),
        })
    }
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
