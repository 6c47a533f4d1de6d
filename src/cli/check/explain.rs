//! `tympan check --explain`: what a rule finds, why, and how to live with it.

use std::fmt::Write as _;

use serde::Serialize;

use crate::checks::{
    Entry, Example, Level, Sense, entries, entry, example, nearest_code, rule_of_engine,
};
use crate::cli::Outcome;
use crate::cli::json;
use crate::cli::ui::Ui;
use crate::diagnostic::Severity;

#[derive(Serialize)]
struct Explained {
    format: u32,
    code: String,
    topic: &'static str,
    senses: Vec<SenseReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'static Example>,
}

#[derive(Serialize)]
struct SenseReport {
    level: &'static str,
    means: String,
    advice: String,
}

#[derive(Serialize)]
struct Listed {
    format: u32,
    rules: Vec<Explained>,
}

/// Explains one rule, or lists all of them.
pub fn run(ui: &Ui, rule: &str) -> anyhow::Result<Outcome> {
    if rule == "all" {
        return list(ui);
    }
    let code = rule.to_lowercase().replace('.', "-");
    let Some(entry) = entry(&code) else {
        match nearest_code(&code) {
            Some(near) => anyhow::bail!("there is no rule `{rule}`; did you mean `{near}`?"),
            None => anyhow::bail!("there is no rule `{rule}`; `tympan check --explain` lists them"),
        }
    };
    let explained = explained(entry, &code, rule_of_engine(&code));
    if ui.is_json() {
        ui.result(&json::to_text(&explained)?);
    } else {
        ui.result(text(&explained).trim_end());
    }
    Ok(Outcome::Clean)
}

fn list(ui: &Ui) -> anyhow::Result<Outcome> {
    let rules = entries()
        .iter()
        .map(|entry| explained(entry, &entry.code, None));
    let rules: Vec<Explained> = rules.collect();
    if ui.is_json() {
        ui.result(&json::to_text(&Listed { format: 1, rules })?);
        return Ok(Outcome::Clean);
    }
    let width = rules.iter().map(|rule| rule.code.len()).max().unwrap_or(0);
    let (mut out, mut topic) = (String::new(), "");
    for rule in &rules {
        if rule.topic != topic {
            topic = rule.topic;
            let _ = writeln!(out, "{}{topic}", if out.is_empty() { "" } else { "\n" });
        }
        for sense in &rule.senses {
            let _ = writeln!(
                out,
                "  {:<width$}  {:<10}  {}",
                rule.code, sense.level, sense.means
            );
        }
    }
    ui.result(out.trim_end());
    Ok(Outcome::Clean)
}

fn explained(entry: &'static Entry, code: &str, detail: Option<String>) -> Explained {
    let sense = |sense: &Sense| SenseReport {
        level: level(sense.level),
        means: sense.means.clone(),
        advice: sense.advice.clone(),
    };
    Explained {
        format: 1,
        code: code.to_owned(),
        topic: entry.topic,
        senses: entry.senses.iter().map(sense).collect(),
        detail,
        example: example(code),
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Of(Severity::Error) => "error",
        Level::Of(Severity::Warning) => "warning",
        Level::Of(Severity::Suggestion) => "suggestion",
        Level::Off => "off",
        Level::Various => "various",
    }
}

fn text(rule: &Explained) -> String {
    let mut out = String::new();
    let code = &rule.code;
    for sense in &rule.senses {
        let _ = writeln!(out, "{code} ({}): {}", sense.level, sense.means);
        let _ = writeln!(out, "  = help: {}", sense.advice);
    }
    if let Some(detail) = &rule.detail {
        let _ = writeln!(out, "\n{detail}");
    }
    if let Some(example) = rule.example {
        let _ = writeln!(out, "\nWhy: {}", example.why);
        for (title, text) in [("Found", &example.wrong), ("Not found", &example.right)] {
            let _ = writeln!(out, "\n{title}:\n");
            for line in text.trim_end().lines() {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
    let _ = write!(
        out,
        "\nTo change its level, write in tympan.toml:\n\n    [[check.rules]]\n    rule = \"{code}\"\n    \
         level = \"off\"\n\nTo take one finding away, write before its block:\n\n    \
         <!-- tympan: ignore {code} -- the reason -->\n"
    );
    out
}
