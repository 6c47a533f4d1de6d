//! Findings as text: the excerpt, the place, the way out.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::cli::ui::Ui;
use crate::diagnostic::{Diagnostic, LONGEST_EXCERPT, Severity, count};

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
        // It lies beyond what the excerpt shows of its line.
        Some(place) if place.column > LONGEST_EXCERPT => {
            let origin = Origin::path(found.path.as_str()).line(place.line);
            Group::with_title(title).element(origin.char_column(place.column))
        }
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
        None => Group::with_title(title).element(Origin::path(found.path.as_str())),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourceText;
    use crate::site_path::SitePath;

    #[test]
    fn the_place_is_right_in_a_long_line_too() {
        let (path, text) = (SitePath::root(), "word ".repeat(200));
        let column = |start: usize| {
            let source = SourceText::new(&path, &text);
            let mut found = source.diagnostic("x", Severity::Error, start..start + 4, "m");
            found.path = SitePath::parse("a.md").unwrap();
            let shown = Renderer::plain().render(&[group(&found)]);
            shown.contains(&format!("a.md:1:{}", start + 1))
        };
        assert!(column(0) && column(395) && column(400) && column(900));
    }
}
