//! Reads files of rules: our own in TOML, Vale's in YAML, and its lists of rejected words. A broken
//! rule is a finding in its file, and the others run.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value};

use crate::checks::style::draft::{Draft, DraftFault, Words, draft};
use crate::checks::style::fields::Fields;
use crate::checks::style::rule::{Rule, kebab};
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::site::{StyleFile, parse_data};
use crate::site_path::SitePath;

/// How many rules are read.
const MAX_RULES: usize = 5000;

/// What the files of rules say.
#[derive(Default)]
pub(super) struct Read {
    /// The rules, in the order of their files.
    pub rules: Vec<Rule>,
    /// What is wrong with the files.
    pub faults: Vec<Diagnostic>,
    /// What the rules of each style ask for that cannot be done, with the first file that does.
    unsupported: BTreeMap<String, (SitePath, Vec<String>)>,
}

/// Reads all files.
pub(super) fn read_files(files: &[StyleFile]) -> Read {
    let mut read = Read::default();
    for (at, file) in files.iter().enumerate() {
        if read.rules.len() >= MAX_RULES {
            let message = format!("more than {MAX_RULES} rules of style; this file is not read");
            read.faults.push(Diagnostic::new(
                "style-rule",
                Severity::Warning,
                &file.path,
                message,
            ));
            break;
        }
        match file.path.extension() {
            "toml" => read.own(at, file),
            "yml" | "yaml" => read.vale(at, file),
            "txt" => read.rejected(at, file),
            _ => {
                let message = "a file of rules ends in `.toml`, `.yml` or `.txt`";
                read.faults.push(Diagnostic::new(
                    "style-rule",
                    Severity::Error,
                    &file.path,
                    message,
                ));
            }
        }
    }
    read.tell_unsupported();
    read
}

/// The rule of Vale in a file, as it names it: `Google.We`.
pub(super) fn vale_name(path: &SitePath) -> (String, String) {
    let folder = path.parent();
    (folder.file_name().to_owned(), path.stem().to_owned())
}

impl Read {
    fn own(&mut self, at: usize, file: &StyleFile) {
        let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
        let shift = file.text.len() - text.len();
        let table = match toml::from_str::<Map<String, Value>>(text) {
            Ok(table) => table,
            Err(fault) => {
                let span = fault.span().unwrap_or(0..0);
                let span = span.start + shift..span.end + shift;
                let message = fault.message().trim().replace('\n', ", ");
                return self.syntax(file, span, message, None);
            }
        };
        let mut style = kebab(file.path.stem());
        let mut rules = Map::new();
        for (key, value) in table {
            match (key.as_str(), value) {
                ("name", Value::String(name)) => style = kebab(&name),
                ("rules", Value::Object(inner)) => rules = inner,
                _ => {
                    let help = "a file of rules has a `name` and tables such as `[rules.short]`"
                        .to_owned();
                    let message = format!("unknown key `{key}`");
                    self.syntax(file, place(&file.text, &key), message, Some(help));
                }
            }
        }
        for (name, value) in rules {
            let start = header(&file.text, &name);
            let Value::Object(fields) = value else {
                let message = format!("the rule `{name}` must be a table");
                self.syntax(file, start, message, None);
                continue;
            };
            let code = format!("style-{style}-{}", kebab(&name));
            let drafted = draft(code, Fields::new(fields), Words::Own);
            self.add(at, file, &start, drafted);
        }
    }

    fn vale(&mut self, at: usize, file: &StyleFile) {
        let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
        let fields = match from_yaml(text) {
            Ok(fields) => fields,
            Err((message, line)) => {
                let span = SourceText::new(&file.path, &file.text).line_span(line);
                return self.syntax(file, span, message, None);
            }
        };
        let (style, name) = vale_name(&file.path);
        let code = format!("style-{}-{}", kebab(&style), kebab(&name));
        let first = file.text.lines().next().map_or(0, str::len);
        let drafted = draft(code, Fields::yaml(fields), Words::Vale);
        self.add(at, file, &(0..first), drafted);
    }

    /// A list of patterns that are not wanted, one a line.
    fn rejected(&mut self, at: usize, file: &StyleFile) {
        let lines = file.text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut fields = Map::new();
        let tokens = lines
            .map(|line| Value::String(line.to_owned()))
            .collect::<Vec<_>>();
        if tokens.is_empty() {
            return;
        }
        for (key, value) in [("kind", "existence"), ("message", "avoid `%s`")] {
            fields.insert(key.to_owned(), Value::String(value.to_owned()));
        }
        fields.insert("tokens".to_owned(), Value::Array(tokens));
        let drafted = draft("style-avoid".to_owned(), Fields::new(fields), Words::Own);
        self.add(at, file, &(0..0), drafted);
    }

    fn add(
        &mut self,
        at: usize,
        file: &StyleFile,
        start: &Range<usize>,
        drafted: Result<Draft, DraftFault>,
    ) {
        let style = vale_name(&file.path).0;
        let mut lacks = |what: String| {
            let entry = self.unsupported.entry(style.clone());
            let (_, list) = entry.or_insert_with(|| (file.path.clone(), Vec::new()));
            list.push(format!("{what} (`{}`)", file.path.stem()));
        };
        match drafted {
            Ok(Draft::Rule(mut rule, unknown)) => {
                rule.origin = Some((at, start.clone()));
                for key in unknown {
                    lacks(format!("the key `{key}`"));
                }
                self.rules.push(*rule);
            }
            Ok(Draft::Unsupported(what)) => lacks(what),
            Ok(Draft::Elsewhere) => {}
            Err(fault) => {
                let near = fault.near.as_deref();
                let found = near.and_then(|near| file.text[start.start..].find(near));
                let at = found.map_or(start.clone(), |at| {
                    let from = start.start + at;
                    from..from + near.map_or(0, str::len)
                });
                let code = if fault.is_pattern {
                    "style-pattern"
                } else {
                    "style-rule"
                };
                let text = SourceText::new(&file.path, &file.text);
                let mut told = text.diagnostic(code, Severity::Error, at, fault.message);
                told.help = fault.help;
                self.faults.push(told);
            }
        }
    }

    fn syntax(
        &mut self,
        file: &StyleFile,
        span: Range<usize>,
        message: String,
        help: Option<String>,
    ) {
        let text = SourceText::new(&file.path, &file.text);
        let mut found = text.diagnostic("style-rule", Severity::Error, span, message);
        found.help = help;
        self.faults.push(found);
    }

    /// One finding for each style.
    fn tell_unsupported(&mut self) {
        for (style, (path, list)) in std::mem::take(&mut self.unsupported) {
            let message = format!(
                "the style `{style}` asks for what tympan does not do: {}",
                list.join(", ")
            );
            let found = Diagnostic::new("style-unsupported", Severity::Suggestion, &path, message);
            self.faults
                .push(found.help("the other rules of the style run"));
        }
    }
}

/// Reads a file of YAML: its keys, or what is wrong and in which line.
fn from_yaml(text: &str) -> Result<Map<String, Value>, (String, usize)> {
    let text = match text.trim().is_empty() {
        true => "{}",
        false => text,
    };
    match parse_data("yaml", text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(("a rule is a table of keys".to_owned(), 1)),
        Err(crate::site::DataFault::Syntax { line, message }) => Err((message, line)),
        Err(crate::site::DataFault::Form) => Err(("the file is no YAML".to_owned(), 1)),
    }
}

/// Where a text stands first.
fn place(text: &str, wanted: &str) -> Range<usize> {
    text.find(wanted).map_or(0..0, |at| at..at + wanted.len())
}

/// The line that begins a rule of our own.
fn header(text: &str, name: &str) -> Range<usize> {
    for form in [format!("[rules.{name}]"), format!("[rules.\"{name}\"]")] {
        if text.contains(&form) {
            return place(text, &form);
        }
    }
    place(text, name)
}
