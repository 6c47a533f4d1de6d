//! What the template engine complains about, as findings with a place in the author's file and a
//! way out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use tera::ErrorKind;

use crate::diagnostic::{Diagnostic, Severity, SourceText, nearest};
use crate::site_path::SitePath;
use crate::template::budget::LIMIT;
use crate::template::dialect::Dialect;
use crate::template::filters::NAMES as OWN;
use crate::template::weave::Guarded;

/// What the engine knows by itself, for suggestions.
const FILTERS: &[&str] = &[
    "abs",
    "capitalize",
    "default",
    "escape",
    "escape_html",
    "escape_xml",
    "first",
    "float",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "keys",
    "last",
    "length",
    "lower",
    "newlines_to_br",
    "nth",
    "pairs",
    "pluralize",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "str",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unique",
    "upper",
    "values",
    "wordcount",
];
const TESTS: &[&str] = &[
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "none",
    "number",
    "odd",
    "starting_with",
    "string",
    "undefined",
];
const FUNCTIONS: &[&str] = &["range", "super", "throw"];

/// A template that came with the project.
pub(super) struct Origin {
    /// Where it lies.
    pub(super) place: SitePath,
    /// As it was written.
    pub(super) text: String,
    /// As the engine has it.
    pub(super) guarded: Guarded,
}

/// The templates that came with the project, by the names the engine knows them by.
pub(super) type Origins = BTreeMap<String, Origin>;

/// One complaint, taken apart.
struct Complaint {
    message: String,
    template: String,
    /// In the text as the engine has it.
    span: Option<Range<usize>>,
}

/// Turns an error of the engine into findings. One about a template of the program's own is laid at
/// the project's folder, for it was something there that broke it.
pub(super) fn diagnose<'a>(
    code: &'static str,
    error: &tera::Error,
    origins: &Origins,
    names: impl Iterator<Item = &'a str>,
    dialect: &Dialect,
) -> Vec<Diagnostic> {
    let below = |name: &'a str| {
        let mut prefixes = dialect.prefixes.iter();
        let short = prefixes.find_map(|prefix| name.strip_prefix(prefix));
        short.unwrap_or(name)
    };
    let names: BTreeSet<&str> = names.map(below).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let found = |complaint: Complaint| {
        let limit = complaint.message.contains(LIMIT);
        let code = if limit { "template-limit" } else { code };
        let (message, help) = match limit {
            true => (
                LIMIT.to_owned(),
                "loop over less, or keep less in one value".to_owned(),
            ),
            false => words(&complaint.message, &names, dialect),
        };
        let found = match origins.get(&complaint.template) {
            Some(origin) => {
                let original = |span: Range<usize>| {
                    origin.guarded.original(span.start)..origin.guarded.original(span.end)
                };
                let source = SourceText::new(&origin.place, &origin.text);
                match complaint.span.map(original) {
                    Some(span) => source.diagnostic(code, Severity::Error, span, message),
                    None => Diagnostic::new(code, Severity::Error, &origin.place, message),
                }
            }
            None => {
                let own = &complaint.template;
                let message = format!("{message}, in `{own}` of the program's own");
                Diagnostic::new(code, Severity::Error, &dialect.folder(), message)
            }
        };
        found.help(help)
    };
    complaints(error, origins).into_iter().map(found).collect()
}

fn complaints(error: &tera::Error, origins: &Origins) -> Vec<Complaint> {
    let whole = |template: &str, message: String, near: Option<&str>| {
        let quoted = |origin: &Origin| {
            let text = &origin.guarded.text;
            near.and_then(|near| Some((text.find(near)?, near.len())))
        };
        let span = origins.get(template).and_then(quoted);
        vec![Complaint {
            message,
            template: template.to_owned(),
            span: span.map(|(at, length)| at..at + length),
        }]
    };
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => vec![Complaint {
            message: report.message().to_owned(),
            template: report.filename().to_owned(),
            span: Some(report.span().range.clone()),
        }],
        ErrorKind::CircularExtend { tpl, .. } => whole(
            tpl,
            "the template extends itself in a circle".to_owned(),
            Some("extends"),
        ),
        ErrorKind::CircularInclude { tpl, include_chain } => whole(
            tpl,
            format!(
                "templates include each other in a circle: {}",
                include_chain.join(", ")
            ),
            Some("include"),
        ),
        ErrorKind::MissingParent { current, parent } => whole(
            current,
            format!("Unknown template `{parent}`"),
            Some(parent),
        ),
        ErrorKind::Io(_) => whole("", LIMIT.to_owned(), None),
        ErrorKind::Msg(text) => {
            let listed = listed(text, origins);
            if !listed.is_empty() {
                return listed;
            }
            // Such as a component that two templates define: the message quotes their names.
            let named = text.split('`').find(|part| origins.contains_key(*part));
            whole(named.unwrap_or_default(), text.clone(), None)
        }
        other => whole("", other.to_string(), None),
    }
}

/// Several complaints that the engine has put into one text, each as
/// `error: message`, then `--> template:line:column`.
fn listed(text: &str, origins: &Origins) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut message = None;
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("error: ") {
            message = Some(said);
        } else if let Some(place) = line.trim_start().strip_prefix("--> ")
            && let Some(said) = message.take()
        {
            let mut parts = place.rsplitn(3, ':');
            let column = parts.next().and_then(|part| part.parse::<usize>().ok());
            let row = parts.next().and_then(|part| part.parse::<usize>().ok());
            let template = parts.next().unwrap_or_default().to_owned();
            let span = origins
                .get(&template)
                .and_then(|origin| span_at(&origin.guarded.text, row?, column?));
            complaints.push(Complaint {
                message: said.to_owned(),
                template,
                span,
            });
        }
    }
    complaints
}

/// The word at a line and column, both from 1.
fn span_at(text: &str, row: usize, column: usize) -> Option<Range<usize>> {
    let line = text.split_inclusive('\n').nth(row - 1)?;
    let start = line.as_ptr().addr() - text.as_ptr().addr();
    let start = start
        + line
            .chars()
            .take(column - 1)
            .map(char::len_utf8)
            .sum::<usize>();
    let rest = &text[start..];
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '"' || c == '/' || c == '.';
    let length = rest.find(|c| !plain(c)).unwrap_or(rest.len());
    Some(start..start + length.max(1).min(rest.len()))
}

/// The message in our words, and the way out.
fn words(said: &str, templates: &[&str], dialect: &Dialect) -> (String, String) {
    let (said, known) = match said.split_once(" Available ") {
        Some((said, known)) => (said, known.split_once(": ").map_or("", |(_, known)| known)),
        None => (said, ""),
    };
    let said = said.trim().trim_end_matches('.').replace('\n', ", ");
    let name = said.split('`').nth(1).unwrap_or_default().to_owned();
    let own = |name: &&str| !name.starts_with("__");
    let known: Vec<&str> = known
        .split(", ")
        .filter(|name| !name.is_empty())
        .filter(own)
        .collect();
    let candidates: Vec<&str> = match () {
        () if said.starts_with("Unknown filter") => [FILTERS, OWN, dialect.filters].concat(),
        () if said.starts_with("Unknown test") => TESTS.to_vec(),
        () if said.starts_with("Unknown function") => [FUNCTIONS, dialect.functions].concat(),
        () if said.starts_with("Unknown template") => templates.to_vec(),
        () => known.clone(),
    };
    let help = match nearest(&name, candidates.iter().copied()) {
        Some(near) if near != name => format!("did you mean `{near}`?"),
        _ if !known.is_empty() => format!("there is {}", known.join(", ")),
        _ if said.contains("undefined") || said.contains("not defined") => {
            "ask with `{% if … %}` whether it is there, or give `| default(value=\"\")`".to_owned()
        }
        _ if said.starts_with("There is no page") || said.starts_with("There is no section") => {
            "write its path from the content folder, such as `blog/first.md`".to_owned()
        }
        _ if said.starts_with("Unknown") => {
            "the reference of templates lists what there is".to_owned()
        }
        _ => "correct the template; until then it is left out".to_owned(),
    };
    let mut letters = said.chars();
    let message = letters.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(letters).collect()
    });
    (message, help)
}
