//! Data files: tables and lists beside the text, for templates. They are read once and shared.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::site::notation::{Notation, parse_csv};
use crate::site_path::SitePath;

/// The folders of a project that hold data files.
const FOLDERS: [&str; 2] = ["data", "_data"];
/// The largest data file that is read, in bytes.
const MAX_FILE: u64 = 8 << 20;
/// The largest sum of all data files, in bytes.
const MAX_ALL: u64 = 64 << 20;

/// Whether a file lies where data files are looked for, and is one.
pub(super) fn is_data(path: &SitePath) -> bool {
    let folder = path.parts().next().unwrap_or("");
    let known =
        path.extension().eq_ignore_ascii_case("csv") || Notation::of(path.extension()).is_some();
    FOLDERS.contains(&folder) && path.parts().count() > 1 && known
}

/// Data could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataFault {
    /// Nobody knows this form of data.
    Form,
    /// It is not written as its form wants it.
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

/// Reads a text of one form, named as the ends of file names are: `toml`, `yaml`, `json`, `csv`, or
/// `plain` for the text itself.
///
/// # Errors
/// Fails where the form is not known, and where the text is not of that form.
pub fn parse_data(form: &str, text: &str) -> Result<Value, DataFault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parsed = match (form, Notation::of(form)) {
        (_, Some(notation)) => notation.parse_value(text),
        ("csv", None) => parse_csv(text),
        ("plain" | "txt", None) => Ok(Value::String(text.to_owned())),
        _ => return Err(DataFault::Form),
    };
    parsed.map_err(|(message, span)| {
        let before = text.get(..span.start).unwrap_or(text);
        DataFault::Syntax {
            line: before.matches('\n').count() + 1,
            message,
        }
    })
}

/// Reads data files, each under the names of its folders and its own: `data/people/crew.toml` is
/// `people.crew`.
pub(super) fn read_data<'a>(
    files: impl Iterator<Item = (&'a SitePath, u64)>,
    read: &dyn Fn(&SitePath) -> Option<Vec<u8>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Value {
    let mut root = Map::new();
    let mut sum = 0;
    let mut names: BTreeMap<SitePath, &SitePath> = BTreeMap::new();
    for (path, size) in files {
        let mut fault = |code: &'static str, message: String, help: &str| {
            diagnostics.push(Diagnostic::new(code, Severity::Error, path, message).help(help));
        };
        sum += size;
        if size > MAX_FILE || sum > MAX_ALL {
            let (file, all) = (MAX_FILE >> 20, MAX_ALL >> 20);
            let message = format!(
                "the data file is one too many or too large at {} MB",
                size >> 20
            );
            let help = format!("a data file may have {file} MB, all together {all} MB");
            fault("data-too-large", message, &help);
            continue;
        }
        let stem = SitePath::parse(path.stem()).unwrap_or_else(|_| SitePath::root());
        let name = path.parent().join(&stem);
        if let Some(other) = names.get(&name) {
            let message = format!("the name of this data file is taken by `{other}`");
            fault("data-duplicate", message, "rename one of the two");
            continue;
        }
        let Some(bytes) = read(path) else {
            fault(
                "data-syntax",
                "the data file cannot be read".to_owned(),
                "see that it may be read",
            );
            continue;
        };
        if let Some(value) = parse(path, &bytes, diagnostics)
            && !insert(&mut root, &name, value)
        {
            let message = "a data file and a folder of data files have one name";
            let found = Diagnostic::new("data-duplicate", Severity::Error, path, message);
            diagnostics.push(found.help("rename one of the two"));
        }
        names.insert(name, path);
    }
    Value::Object(root)
}

fn parse(path: &SitePath, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Option<Value> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let parsed = match Notation::of(path.extension()) {
        Some(notation) => notation.parse_value(text),
        None => parse_csv(text),
    };
    parsed
        .map_err(|(message, span)| {
            let source = SourceText::new(path, text);
            let found = source.diagnostic("data-syntax", Severity::Error, span, message);
            diagnostics.push(found.help("templates do not see this file until it is corrected"));
        })
        .ok()
}

/// Puts a value below the names of its folders; whether there was room for it.
fn insert(root: &mut Map<String, Value>, name: &SitePath, value: Value) -> bool {
    let parts: Vec<&str> = name.parts().skip(1).collect();
    let Some((last, folders)) = parts.split_last() else {
        return false;
    };
    let mut at = root;
    for folder in folders {
        let below = at
            .entry((*folder).to_owned())
            .or_insert_with(|| Value::Object(Map::new()));
        match below {
            Value::Object(below) => at = below,
            _ => return false,
        }
    }
    match at.get_mut(*last) {
        // A folder of the same name was there before; its files are not lost.
        Some(Value::Object(_)) => false,
        _ => at.insert((*last).to_owned(), value).is_none(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::site::test_site::{found, site};

    #[track_caller]
    fn case(files: &[(&str, &str)], expected: serde_json::Value, faults: &[&str]) {
        let mut all = vec![("content/index.md", "# A\n")];
        all.extend(files);
        let site = site(&all);
        assert_eq!(*site.data, expected);
        assert_eq!(found(&site), faults);
    }

    #[test]
    fn four_notations_are_read() {
        case(&[("data/a.toml", "x = 1\n")], json!({"a": {"x": 1}}), &[]);
        case(&[("data/a.yml", "- 1\n- 2\n")], json!({"a": [1, 2]}), &[]);
        case(
            &[("_data/b/c.json", "[{\"x\": null}]")],
            json!({"b": {"c": [{"x": null}]}}),
            &[],
        );
        case(
            &[("data/a.csv", "name,age\n\"Ada, B\",36\nTom,\n")],
            json!({"a": [{"name": "Ada, B", "age": "36"}, {"name": "Tom", "age": ""}]}),
            &[],
        );
    }

    #[test]
    fn faults_have_places_and_the_rest_is_read() {
        case(
            &[
                ("data/a.toml", "x = \n"),
                ("data/b.json", "{\n\"x\": }"),
                ("data/c.csv", "a,b\n1,2,3\n"),
                ("data/d.yml", "1\n"),
            ],
            json!({"d": 1}),
            &[
                "data/a.toml:1 data-syntax",
                "data/b.json:2 data-syntax",
                "data/c.csv:2 data-syntax",
            ],
        );
        case(
            &[("data/a.toml", "x = 1\n"), ("data/a.yml", "x: 2\n")],
            json!({"a": {"x": 1}}),
            &["data/a.yml data-duplicate"],
        );
        case(
            &[("data/a.toml", "x = 1\n"), ("data/a/b.yml", "y: 2\n")],
            json!({"a": {"x": 1, "b": {"y": 2}}}),
            &[],
        );
        case(&[("data/a.txt", "x"), ("data/README", "x")], json!({}), &[]);
    }
}
