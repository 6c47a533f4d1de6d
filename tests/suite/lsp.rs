//! `tympan lsp`, spoken to as an editor does.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::Project;

/// An editor that talks to the program.
struct Editor {
    child: Child,
    input: ChildStdin,
    heard: Receiver<Value>,
    requests: i64,
}

impl Editor {
    fn open(project: &Project) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tympan"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, heard) = channel();
        std::thread::spawn(move || {
            loop {
                let mut length = 0;
                let mut line = String::new();
                while output.read_line(&mut line).is_ok_and(|read| read > 2) {
                    if let Some(number) = line.trim().strip_prefix("Content-Length: ") {
                        length = number.parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                if length == 0 || output.read_exact(&mut body).is_err() {
                    return;
                }
                if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                    return;
                }
            }
        });
        let mut editor = Self {
            child,
            input,
            heard,
            requests: 0,
        };
        let root = uri(project, "");
        let capabilities = json!({
            "general": { "positionEncodings": ["utf-16"] },
            "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } },
        });
        let folders = json!([{ "uri": root, "name": "project" }]);
        let answer = editor.ask(
            "initialize",
            &json!({ "capabilities": capabilities, "workspaceFolders": folders }),
        );
        assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
        editor.tell("initialized", &json!({}));
        editor
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.input.flush().unwrap();
    }

    fn tell(&mut self, method: &str, parameters: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": parameters }));
    }

    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }));
        let answer = self.wait_for(|message| message["id"] == id && message["method"].is_null());
        assert!(answer["error"].is_null(), "{answer}");
        answer["result"].clone()
    }

    fn wait_for(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.heard.recv_timeout(Duration::from_mins(2)).unwrap();
            if wanted(&message) {
                return message;
            }
        }
    }

    fn type_text(&mut self, uri: &str, version: i32, text: &str) {
        match version {
            1 => self.tell(
                "textDocument/didOpen",
                &json!({ "textDocument": { "uri": uri, "languageId": "markdown", "version": 1, "text": text } }),
            ),
            _ => self.tell(
                "textDocument/didChange",
                &json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "text": text }] }),
            ),
        }
    }

    /// What is told of a document at a version: code, line, first and last column.
    fn findings(&self, uri: &str, version: i32) -> Vec<String> {
        let told = self.wait_for(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        });
        let found = told["params"]["diagnostics"].as_array().unwrap().clone();
        let shown = found.iter().map(|found| {
            let (start, end) = (&found["range"]["start"], &found["range"]["end"]);
            let code = found["code"].as_str().unwrap();
            let places = [&start["line"], &start["character"], &end["character"]];
            let [line, from, to] = places.map(|place| place.as_u64().unwrap());
            format!("{code} {line}:{from}-{to}")
        });
        shown.collect()
    }

    fn close(mut self) {
        assert!(self.ask("shutdown", &Value::Null).is_null());
        self.tell("exit", &Value::Null);
        assert!(self.child.wait().unwrap().success());
    }
}

fn uri(project: &Project, file: &str) -> String {
    let path = project.path().canonicalize().unwrap().join(file);
    url::Url::from_file_path(path).unwrap().to_string()
}

#[test]
fn an_editor_is_told_of_what_it_has_not_saved() {
    let project = Project::new(&[("a.md", "# A\n\nAll is well.\n"), ("b.md", "# B\n")]);
    let mut editor = Editor::open(&project);
    let page = uri(&project, "a.md");
    editor.type_text(&page, 1, "# A\n\nAll is well.\n");
    assert_eq!(editor.findings(&page, 1), [""; 0]);
    editor.type_text(&page, 2, "# A\r\n\r\n🦀 See [b](c.md) there.\r\n");
    assert_eq!(editor.findings(&page, 2), ["link-missing 2:7-16"]);
    editor.type_text(&page, 3, "# A\n\nSee [b](b.md#b) there.\n");
    assert_eq!(editor.findings(&page, 3), [""; 0]);
    // A file that is not saved yet is a page, and others may link to it.
    let new = uri(&project, "c.md");
    editor.type_text(&new, 1, "# C\n\n[a](a.md#x)\n");
    assert_eq!(editor.findings(&new, 1), ["link-fragment 2:0-11"]);
    editor.type_text(&page, 4, "# X\n\nSee [c](c.md).\n");
    assert_eq!(editor.findings(&page, 4), [""; 0]);
    assert_eq!(editor.findings(&new, 1), [""; 0]);
    editor.close();
}

#[cfg(feature = "prose")]
#[test]
fn an_editor_is_offered_what_to_write() {
    let files = [
        ("tympan.toml", "[check]\nwords = [\"tide\"]\n"),
        ("a.md", "# A\n"),
    ];
    let project = Project::new(&files);
    let mut editor = Editor::open(&project);
    let page = uri(&project, "a.md");
    editor.type_text(&page, 1, "# A\n\nWe recieve it.\n");
    assert_eq!(editor.findings(&page, 1).len(), 1);
    let cursor = json!({ "line": 2, "character": 5 });
    let actions = editor.ask(
        "textDocument/codeAction",
        &json!({
            "textDocument": { "uri": page },
            "range": { "start": cursor, "end": cursor },
            "context": { "diagnostics": [] },
        }),
    );
    let actions = actions.as_array().unwrap();
    assert_eq!(actions[0]["title"], "Write “receive”");
    assert_eq!(
        actions[0]["edit"]["changes"][&page],
        json!([{
            "range": { "start": { "line": 2, "character": 3 }, "end": { "line": 2, "character": 10 } },
            "newText": "receive",
        }])
    );
    let config = uri(&project, "tympan.toml");
    let titled = |title: &str| actions.iter().find(|action| action["title"] == title);
    let teach = titled("Add “recieve” to the words of the project").unwrap();
    assert!(titled("Ignore `spelling-typo` here").is_some());
    assert_eq!(
        teach["edit"]["changes"][&config][0]["newText"],
        "\"recieve\", "
    );
    editor.close();
}

#[test]
fn what_is_no_project_and_no_protocol_harms_nothing() {
    let project = Project::new(&[("a.md", "# A\n")]);
    let mut editor = Editor::open(&project);
    editor.type_text("untitled:one", 1, "[b](c.md)\n");
    editor.type_text("file:///nosuch/place/a.md", 1, "[b](c.md)\n");
    editor.tell("textDocument/didOpen", &json!({ "nothing": 1 }));
    editor.tell("nothing/known", &json!(7));
    let page = uri(&project, "a.md");
    editor.type_text(&page, 1, "# A\n\n[b](c.md)\n");
    assert_eq!(editor.findings(&page, 1), ["link-missing 2:0-9"]);
    editor.tell(
        "textDocument/didClose",
        &json!({ "textDocument": { "uri": page } }),
    );
    let told = editor.wait_for(|message| message["params"]["uri"] == page.as_str());
    assert_eq!(told["params"]["diagnostics"], json!([]));
    editor.close();
}

#[cfg(feature = "prose")]
#[test]
fn an_editor_mends_what_has_one_right_way() {
    let project = Project::new(&[("a.md", "# A\n")]);
    let mut editor = Editor::open(&project);
    let page = uri(&project, "a.md");
    editor.type_text(
        &page,
        1,
        "# A\n\nIt is a apple and the the egg.\n\nWe zzrecieve it.\n",
    );
    editor.findings(&page, 1);
    let start = json!({ "line": 0, "character": 0 });
    let actions = editor.ask(
        "textDocument/codeAction",
        &json!({
            "textDocument": { "uri": page },
            "range": { "start": start, "end": start },
            "context": { "diagnostics": [], "only": ["source.fixAll"] },
        }),
    );
    assert_eq!(actions.as_array().unwrap().len(), 1, "{actions}");
    let edits = actions[0]["edit"]["changes"][&page].as_array().unwrap();
    let texts: Vec<&str> = edits
        .iter()
        .map(|edit| edit["newText"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["an", "the"]);
    editor.close();
}
