//! What a job says of itself on the page of its run, where the platform has a place for it: GitHub's
//! and Forgejo's job summaries, Markdown in the file that `GITHUB_STEP_SUMMARY` names.
//! Rules: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::cli::build::size;
use crate::cli::report;
use crate::cli::summary::Summary;
use crate::cli::ui::Ui;
use crate::config::Environment;
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;

/// The most that a step may say, in bytes: the platform takes 1 MiB and drops more.
const MOST: usize = 900_000;

/// How many findings are listed.
const LISTED: usize = 20;

/// Adds to the summary of the job, if there is one. A summary that cannot be written stops no work.
pub fn tell(ui: &Ui, markdown: &str) {
    let Some(path) = ui.job_summary() else {
        return;
    };
    let mut text = markdown.to_owned();
    if text.len() > MOST {
        text.truncate(text.floor_char_boundary(MOST));
        text.push_str("\n\n(cut)\n");
    }
    let mut options = std::fs::File::options();
    let file = options.append(true).create(true).open(&path);
    let written = file.and_then(|mut file| writeln!(file, "{text}"));
    if let Err(error) = written {
        ui.note(&format!(
            "note: cannot add to the summary of the job, `{}`: {error}",
            path.display()
        ));
    }
}

/// What a check says.
pub fn of_check(found: &[Diagnostic], pages: usize) -> String {
    let mut text = format!("### Check\n\n{pages} pages, {}.\n", report::summary(found));
    let mut worst: Vec<&Diagnostic> = found.iter().collect();
    worst.sort_by_key(|found| match found.severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Suggestion => 2,
    });
    if !worst.is_empty() {
        text.push_str("\n| | Rule | Where | What |\n| :--- | :--- | :--- | :--- |\n");
    }
    for found in worst.iter().take(LISTED) {
        let level = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Suggestion => "suggestion",
        };
        let place = match &found.place {
            Some(place) => format!("{}:{}", found.path, place.line),
            None => found.path.to_string(),
        };
        let _ = writeln!(
            text,
            "| {level} | {} | {} | {} |",
            plain(&found.code),
            plain(&place),
            plain(&found.message)
        );
    }
    if let Some(more) = worst.len().checked_sub(LISTED).filter(|more| *more > 0) {
        let _ = writeln!(text, "\nand {more} more, which the log lists.");
    }
    text
}

/// What a build says.
pub fn of_build(summary: &Summary) -> String {
    let commit = summary.source.commit.as_deref().unwrap_or("no commit");
    let mut text = format!(
        "### Build\n\nRelease `{}` of `{}`: {} pages, {}.\n\n| Output | Size | |\n| :--- | ---: | :--- |\n",
        summary.digest,
        plain(commit),
        summary.pages,
        summary.findings
    );
    for output in &summary.outputs {
        let path = match output.path.is_root() {
            true => "the site".to_owned(),
            false => plain(output.path.as_str()),
        };
        let amount = match (output.files, output.pages) {
            (Some(files), _) => format!("{files} files"),
            (_, Some(pages)) => format!("{pages} pages"),
            _ => String::new(),
        };
        let _ = writeln!(text, "| {path} | {} | {amount} |", size(output.bytes));
    }
    lost(&mut text, &summary.lost);
    text
}

/// What a publish says: what became of each target that was brought to the release.
pub fn of_publish(
    environment: &Environment,
    release: &Digest,
    targets: &[(&str, String)],
) -> String {
    let mut text = format!(
        "### Publish\n\nTo {}: release `{release}`",
        plain(&environment.name)
    );
    if let Some(url) = &environment.url {
        let _ = write!(text, " at {}", plain(url));
    }
    text.push_str("\n\n");
    for (target, words) in targets {
        let _ = writeln!(text, "- {}: {}", plain(target), plain(words));
    }
    if targets.is_empty() {
        text.push_str("No target was brought to it.\n");
    }
    text
}

/// What readers will miss.
fn lost(text: &mut String, lost: &[Diagnostic]) {
    if lost.is_empty() {
        return;
    }
    text.push_str("\nReaders will notice:\n\n");
    for found in lost.iter().take(LISTED) {
        let _ = writeln!(text, "- {}", plain(&found.message));
    }
    if let Some(more) = lost.len().checked_sub(LISTED).filter(|more| *more > 0) {
        let _ = writeln!(text, "- and {more} more");
    }
}

/// A text that is one line and no markup: it may be of somebody who is not trusted.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            letter if letter.is_control() => plain.push(' '),
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            // A name with an at would call a person.
            '@' => plain.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | ':' => {
                plain.push('\\');
                plain.push(letter);
            }
            letter => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourceText;
    use crate::site_path::SitePath;

    #[test]
    fn the_worst_stand_first_and_nothing_is_markup() {
        let path = SitePath::parse("a.md").unwrap();
        let source = SourceText::new(&path, "one\ntwo\n");
        let error = source.diagnostic("link-missing", Severity::Error, 4..7, "<b>|`x`\n@ada");
        let mut found = vec![Diagnostic::new("style", Severity::Suggestion, &path, "s"); 30];
        found.push(error);
        let text = of_check(&found, 3);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[6],
            "| error | link-missing | a.md\\:2 | &lt;b&gt;\\|\\`x\\` &#64;ada |"
        );
        assert!(text.ends_with("\nand 11 more, which the log lists.\n"));
    }
}
