//! Findings as text: the excerpt, the place, the way out.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::cli::ui::Ui;
use crate::diagnostic::{Diagnostic, Severity, count};

/// Prints findings to stdout.
pub fn print(ui: &Ui, diagnostics: &[Diagnostic]) {
    let renderer = match ui.is_styled() {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let renderer = renderer
        .decor_style(DecorStyle::Ascii)
        .term_width(ui.width());
    for found in diagnostics {
        ui.result(&format!("{}\n", renderer.render(&[group(found)])));
    }
}

/// One line that sums findings up.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let (errors, warnings) = count(diagnostics);
    let suggestions = diagnostics.len() - errors - warnings;
    let part = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        number => format!("{number} {word}s"),
    };
    let parts = [
        (errors, "error"),
        (warnings, "warning"),
        (suggestions, "suggestion"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| part(*number, word))
        .collect();
    if parts.is_empty() {
        "no findings".to_owned()
    } else {
        parts.join(", ")
    }
}

fn group(found: &Diagnostic) -> Group<'_> {
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Suggestion => Level::NOTE.with_name("suggestion"),
    };
    let title = level
        .primary_title(clean(&found.message))
        .id(found.code.to_string());
    let mut group = match &found.place {
        Some(place) => {
            let start = place
                .excerpt
                .char_indices()
                .nth(place.column - 1)
                .map_or(place.excerpt.len(), |(at, _)| at);
            let length = if place.end_line == place.line {
                let width = place.end_column.saturating_sub(place.column);
                place.excerpt[start..]
                    .char_indices()
                    .nth(width)
                    .map_or(place.excerpt.len() - start, |(at, _)| at)
            } else {
                place.excerpt.len() - start
            };
            let excerpt = place.excerpt.trim_end_matches(['\r', '\n']);
            let end = (start + length).min(excerpt.len());
            let snippet = Snippet::source(excerpt)
                .line_start(place.line)
                .path(found.path.as_str())
                .annotation(AnnotationKind::Primary.span(start.min(end)..end));
            Group::with_title(title).element(snippet)
        }
        None if found.path.is_root() => Group::with_title(title),
        None => {
            Group::with_title(title).element(annotate_snippets::Origin::path(found.path.as_str()))
        }
    };
    if let Some(help) = &found.help {
        group = group.element(Level::HELP.message(clean(help)));
    }
    if !found.replacements.is_empty() {
        let list: Vec<String> = found
            .replacements
            .iter()
            .map(|text| format!("`{text}`"))
            .collect();
        group = group.element(Level::HELP.message(clean(&format!("write {}", list.join(" or ")))));
    }
    group
}

/// Text of the content may hold control characters that would steer the terminal.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
