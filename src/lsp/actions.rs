//! What an editor can do about findings: put another text in the place, teach the project a word, or
//! say that it is meant.

use std::collections::HashMap;
use std::ops::Range;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, TextEdit, Uri, WorkspaceEdit,
};

use crate::checks::safe_edits;
use crate::diagnostic::Diagnostic;
use crate::lsp::convert::{Lines, Units, diagnostic};
use crate::site::body_of;

/// How many texts are offered for one place.
const OFFERED: usize = 5;

/// The actions for the findings that touch the place where the cursor is. `config` is the address
/// and the text of the project's configuration.
pub(super) fn actions(
    wanted: &CodeActionParams,
    findings: &[Diagnostic],
    lines: &Lines<'_>,
    units: Units,
    config: Option<&(Uri, String)>,
) -> Vec<CodeActionOrCommand> {
    let (from, to) = (lines.byte(wanted.range.start), lines.byte(wanted.range.end));
    let kinds = wanted.context.only.as_deref();
    let is_wanted = |kind: &CodeActionKind| {
        kinds.is_none_or(|kinds| {
            let within = |wanted: &CodeActionKind| {
                let rest = kind.as_str().strip_prefix(wanted.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            kinds.iter().any(within)
        })
    };
    let uri = &wanted.text_document.uri;
    let mut actions = Vec::new();
    if is_wanted(&CodeActionKind::QUICKFIX) {
        for found in findings {
            let Some(place) = &found.place else { continue };
            if place.span.start <= to && from <= place.span.end {
                actions.extend(quick_fixes(uri, found, &place.span, lines));
                let words = config.filter(|_| found.code.starts_with("spelling-"));
                actions.extend(words.and_then(|config| {
                    let word = lines.text().get(place.span.clone())?;
                    add_word(word, found, lines, units, config)
                }));
                actions.extend(ignore(uri, found, &place.span, lines));
            }
        }
    }
    if is_wanted(&CodeActionKind::SOURCE_FIX_ALL) {
        let safe = safe_edits(lines.text(), findings);
        let safe = safe.iter().map(|(span, text)| edit(lines, span, text));
        let safe: Vec<TextEdit> = safe.collect();
        if !safe.is_empty() {
            actions.push(CodeAction {
                title: "Fix all that has one right way".to_owned(),
                kind: Some(CodeActionKind::SOURCE_FIX_ALL),
                edit: Some(edits(uri, safe)),
                ..CodeAction::default()
            });
        }
    }
    actions
        .into_iter()
        .map(CodeActionOrCommand::CodeAction)
        .collect()
}

fn quick_fixes(
    uri: &Uri,
    found: &Diagnostic,
    span: &Range<usize>,
    lines: &Lines<'_>,
) -> Vec<CodeAction> {
    let fix = |text: &String| CodeAction {
        title: match text.is_empty() {
            true => "Take it out".to_owned(),
            false => format!("Write “{text}”"),
        },
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic(found, lines)]),
        edit: Some(edits(uri, vec![edit(lines, span, text)])),
        is_preferred: Some(found.replacements.len() == 1),
        ..CodeAction::default()
    };
    found.replacements.iter().take(OFFERED).map(fix).collect()
}

/// Says in the text that a finding is meant.
fn ignore(
    uri: &Uri,
    found: &Diagnostic,
    span: &Range<usize>,
    lines: &Lines<'_>,
) -> Option<CodeAction> {
    let at = place_of_remark(lines.text(), span)?;
    let remark = format!(" <!-- tympan: ignore {} -->", found.code);
    Some(CodeAction {
        title: format!("Ignore `{}` here", found.code),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic(found, lines)]),
        edit: Some(edits(uri, vec![edit(lines, &(at..at), &remark)])),
        ..CodeAction::default()
    })
}

/// Where a remark about a place belongs: at the end of its line, in a table inside the last cell;
/// nowhere in front matter, which has no remarks.
fn place_of_remark(text: &str, span: &Range<usize>) -> Option<usize> {
    let is_body = span.start >= body_of(text);
    let from = text.get(..span.start).filter(|_| is_body)?;
    let start = from.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(span.end..)?;
    let end = span.end + rest.find('\n').unwrap_or(rest.len());
    let line = text[start..end].trim_end();
    let cells = line
        .trim_start()
        .strip_prefix('|')
        .and(line.strip_suffix('|'));
    Some(start + cells.unwrap_or(line).trim_end().len())
}

/// Adds a word to those of the project.
fn add_word(
    word: &str,
    found: &Diagnostic,
    lines: &Lines<'_>,
    units: Units,
    (uri, config): &(Uri, String),
) -> Option<CodeAction> {
    let (at, text) = with_word(config, word)?;
    Some(CodeAction {
        title: format!("Add “{word}” to the words of the project"),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic(found, lines)]),
        edit: Some(edits(
            uri,
            vec![edit(&Lines::new(config, units), &(at..at), &text)],
        )),
        ..CodeAction::default()
    })
}

/// Where a configuration gets which text, so that `words` in `[check]` has a word more; none if it
/// cannot be read, or has the word.
fn with_word(config: &str, word: &str) -> Option<(usize, String)> {
    let (at, text) = place_for_word(config, word)?;
    let (before, after) = config.split_at_checked(at)?;
    let whole = [before, &text, after].concat();
    toml::de::DeTable::parse(&whole)
        .is_ok()
        .then_some((at, text))
}

fn place_for_word(config: &str, word: &str) -> Option<(usize, String)> {
    let table = toml::de::DeTable::parse(config).ok()?;
    let quoted = toml::Value::String(word.to_owned()).to_string();
    let check = table.get_ref().get("check");
    if let Some(words) = check.and_then(|check| check.get_ref().as_table()?.get("words")) {
        let known = words.get_ref().as_array()?;
        let is_known =
            |value: &toml::Spanned<toml::de::DeValue<'_>>| value.get_ref().as_str() == Some(word);
        let begin = words.span().start + 1;
        let rest = if known.is_empty() { "" } else { ", " };
        return (!known.iter().any(is_known)).then(|| (begin, format!("{quoted}{rest}")));
    }
    let mut at = 0;
    for line in config.split_inclusive('\n') {
        at += line.len();
        let header = line.split('#').next().unwrap_or_default().trim();
        if header == "[check]" {
            let end = if line.ends_with('\n') { "" } else { "\n" };
            return Some((at, format!("{end}words = [{quoted}]\n")));
        }
    }
    let end = if config.is_empty() || config.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    Some((
        config.len(),
        format!("{end}\n[check]\nwords = [{quoted}]\n"),
    ))
}

fn edit(lines: &Lines<'_>, span: &Range<usize>, text: &str) -> TextEdit {
    TextEdit {
        range: lines.range(span),
        new_text: text.to_owned(),
    }
}

fn edits(uri: &Uri, edits: Vec<TextEdit>) -> WorkspaceEdit {
    #[expect(
        clippy::mutable_key_type,
        reason = "the protocol's type; a `Uri` never changes"
    )]
    let changes = HashMap::from([(uri.clone(), edits)]);
    WorkspaceEdit::new(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(config: &str, expected: Option<&str>) {
        let added = with_word(config, "zonation").map(|(at, text)| {
            let mut config = config.to_owned();
            config.insert_str(at, &text);
            let table: toml::Table = config.parse().unwrap();
            let words = table["check"]["words"].as_array().unwrap();
            assert!(words.iter().any(|word| word.as_str() == Some("zonation")));
            config
        });
        assert_eq!(added.as_deref(), expected);
    }

    #[test]
    fn a_remark_stands_behind_what_it_is_about() {
        let case = |text: &str, expected: Option<&str>| {
            let at = text.find("wrod").unwrap();
            let found = place_of_remark(text, &(at..at + 4));
            let text = found.map(|at| format!("{}<>{}", &text[..at], &text[at..]));
            assert_eq!(text.as_deref(), expected);
        };
        case("a wrod here \r\nb\n", Some("a wrod here<> \r\nb\n"));
        case("# wrod", Some("# wrod<>"));
        case("| a | wrod |\n", Some("| a | wrod<> |\n"));
        case("---\ntitle: wrod\n---\n", None);
        case(
            "---\ntitle: a\n---\nwrod\n",
            Some("---\ntitle: a\n---\nwrod<>\n"),
        );
    }

    #[test]
    fn a_word_joins_those_of_the_project() {
        case("", Some("\n[check]\nwords = [\"zonation\"]\n"));
        case(
            "[check]\nwords = []\n",
            Some("[check]\nwords = [\"zonation\"]\n"),
        );
        case(
            "[check]\nwords = [\n  \"tide\",\n]\n",
            Some("[check]\nwords = [\"zonation\", \n  \"tide\",\n]\n"),
        );
        case(
            "[check]\nprose = true",
            Some("[check]\nwords = [\"zonation\"]\nprose = true"),
        );
        case(
            "[check] # ours\n[[check.rules]]\nrule = \"a\"\nlevel = \"off\"\n",
            Some(
                "[check] # ours\nwords = [\"zonation\"]\n[[check.rules]]\nrule = \"a\"\nlevel = \"off\"\n",
            ),
        );
        case("[ check ]\nprose = true\n", None);
        case("[check]", Some("[check]\nwords = [\"zonation\"]\n"));
        case(
            "[[check.rules]]\nrule = \"a\"\nlevel = \"off\"",
            Some(
                "[[check.rules]]\nrule = \"a\"\nlevel = \"off\"\n\n[check]\nwords = [\"zonation\"]\n",
            ),
        );
        case("[check]\nwords = [\"zonation\"]\n", None);
        case("check = { prose = true }\n", None);
        case("[check\n", None);
    }
}
