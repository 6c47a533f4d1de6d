//! The conversation with an editor: one thread hears, another answers.
//!
//! What an editor says while a text is checked is heard first and answered together, so that fast
//! typing is checked once.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument, Exit,
    LogMessage, Notification as _, PublishDiagnostics, ShowMessage,
};
use lsp_types::request::{
    CodeActionRequest, Initialize, RegisterCapability, Request as _, Shutdown,
};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability,
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, InitializeParams, InitializeResult, MessageType,
    PublishDiagnosticsParams, ServerCapabilities, ServerInfo, ShowMessageParams,
    TextDocumentSyncCapability, TextDocumentSyncKind, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::diagnostic::Diagnostic;
use crate::lsp::actions::actions;
use crate::lsp::convert::{Lines, Units, diagnostic};
use crate::lsp::session::{Held, Opened};
use crate::lsp::workspace::{Open, Place, Workspace, file_of};
use crate::site_path::SitePath;

/// How long an editor is silent before its other open files are checked too.
const PAUSE: Duration = Duration::from_millis(400);

/// The conversation could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Nobody listens any more.
    #[error("cannot answer the editor")]
    Write(#[source] io::Error),
    /// What was heard is not the protocol.
    #[error("cannot read what the editor says")]
    Read(#[source] io::Error),
    /// The editor went without saying so.
    #[error("the editor ended without a `shutdown`")]
    Ended,
}

/// Answers an editor until it says that it ends.
///
/// `open` opens the project in a folder. Where an editor names no folder, a file belongs to the
/// innermost folder above it that holds a `tympan.toml`.
///
/// # Errors
/// Fails where the conversation breaks off.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: impl Write,
    open: &dyn Fn(&Path) -> Result<Opened, String>,
) -> Result<(), ServerError> {
    let (sender, heard) = channel();
    std::thread::spawn(move || {
        let mut input = input;
        loop {
            let message = Message::read(&mut input);
            let is_last = !matches!(message, Ok(Some(_)));
            if sender.send(message).is_err() || is_last {
                return;
            }
        }
    });
    let mut server = Server {
        output,
        workspace: Workspace::new(Vec::new(), open),
        open,
        units: Units::Utf16,
        may_watch: false,
        documents: BTreeMap::new(),
        is_ending: false,
    };
    server.answer(&heard)
}

type Heard = io::Result<Option<Message>>;

struct Server<'a, W: Write> {
    output: W,
    workspace: Workspace<'a>,
    open: Open<'a>,
    units: Units,
    /// Whether the editor can be asked to tell of changes on the disk.
    may_watch: bool,
    /// The documents that are open, by their addresses.
    documents: BTreeMap<String, Document>,
    is_ending: bool,
}

/// A document that is open in the editor.
struct Document {
    place: Place,
    version: i32,
    text: String,
    findings: Vec<Diagnostic>,
    state: State,
}

/// Whether what is known of a document holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Checked,
    /// Something else changed.
    Doubtful,
    Edited,
}

impl<W: Write> Server<'_, W> {
    fn answer(&mut self, heard: &Receiver<Heard>) -> Result<(), ServerError> {
        loop {
            let message = match self
                .documents
                .values()
                .any(|document| document.state != State::Checked)
            {
                false => heard.recv().map_err(|_| ServerError::Ended)?,
                true => match heard.recv_timeout(PAUSE) {
                    Ok(message) => message,
                    Err(RecvTimeoutError::Timeout) => {
                        self.check(State::Doubtful)?;
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return Err(ServerError::Ended),
                },
            };
            let mut next = Some(message);
            while let Some(message) = next.take() {
                match message.map_err(ServerError::Read)? {
                    None => return Err(ServerError::Ended),
                    Some(Message::Notification(notification))
                        if notification.method == Exit::METHOD =>
                    {
                        return match self.is_ending {
                            true => Ok(()),
                            false => Err(ServerError::Ended),
                        };
                    }
                    Some(Message::Notification(notification)) => self.hear(notification)?,
                    Some(Message::Request(request)) => self.reply(request)?,
                    Some(Message::Response(_)) => {}
                }
                next = heard.try_recv().ok();
            }
            self.check(State::Edited)?;
        }
    }

    fn reply(&mut self, request: Request) -> Result<(), ServerError> {
        let id = request.id.clone();
        let response = match request.method.as_str() {
            Initialize::METHOD => match parameters::<InitializeParams>(request.params) {
                Ok(parameters) => Response::new_ok(id, self.initialize(parameters)),
                Err(message) => refusal(id, message),
            },
            Shutdown::METHOD => {
                self.is_ending = true;
                Response::new_ok(id, ())
            }
            CodeActionRequest::METHOD => match parameters::<CodeActionParams>(request.params) {
                Ok(parameters) => {
                    // What is offered must fit the text as it is now.
                    self.check(State::Edited)?;
                    Response::new_ok(id, self.actions(&parameters))
                }
                Err(message) => refusal(id, message),
            },
            method => {
                let message = format!("`{method}` is not known here");
                Response::new_err(id, ErrorCode::MethodNotFound as i32, message)
            }
        };
        self.send(Message::Response(response))
    }

    fn initialize(&mut self, parameters: InitializeParams) -> InitializeResult {
        let folders = parameters.workspace_folders.unwrap_or_default();
        let mut folders: Vec<PathBuf> = folders
            .iter()
            .filter_map(|folder| file_of(&folder.uri))
            .collect();
        #[expect(deprecated, reason = "editors that know no folders name a root")]
        if let Some(root) = parameters.root_uri.as_ref().filter(|_| folders.is_empty()) {
            folders.extend(file_of(root));
        }
        self.workspace = Workspace::new(folders, self.open);
        let workspace = parameters.capabilities.workspace.unwrap_or_default();
        let watched = workspace.did_change_watched_files.unwrap_or_default();
        self.may_watch = watched.dynamic_registration == Some(true);
        let general = parameters.capabilities.general.unwrap_or_default();
        self.units = Units::agreed(&general.position_encodings.unwrap_or_default());
        InitializeResult {
            capabilities: ServerCapabilities {
                position_encoding: Some(self.units.kind()),
                text_document_sync: Some(TextDocumentSyncCapability::Kind(
                    TextDocumentSyncKind::FULL,
                )),
                code_action_provider: Some(CodeActionProviderCapability::Options(
                    CodeActionOptions {
                        code_action_kinds: Some(vec![
                            CodeActionKind::QUICKFIX,
                            CodeActionKind::SOURCE_FIX_ALL,
                        ]),
                        ..CodeActionOptions::default()
                    },
                )),
                ..ServerCapabilities::default()
            },
            server_info: Some(ServerInfo {
                name: "tympan".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        }
    }

    fn hear(&mut self, notification: Notification) -> Result<(), ServerError> {
        let Notification { method, params } = notification;
        match method.as_str() {
            "initialized" if self.may_watch => self.watch(),
            DidOpenTextDocument::METHOD => match parameters::<DidOpenTextDocumentParams>(params) {
                Ok(opened) => {
                    let document = opened.text_document;
                    self.take(&document.uri, document.version, document.text)
                }
                Err(message) => self.log(message),
            },
            DidChangeTextDocument::METHOD => {
                match parameters::<DidChangeTextDocumentParams>(params) {
                    Ok(changed) => {
                        let document = changed.text_document;
                        match changed.content_changes.into_iter().last() {
                            Some(whole) if whole.range.is_none() => {
                                self.take(&document.uri, document.version, whole.text)
                            }
                            _ => Ok(()),
                        }
                    }
                    Err(message) => self.log(message),
                }
            }
            DidCloseTextDocument::METHOD => {
                match parameters::<DidCloseTextDocumentParams>(params) {
                    Ok(closed) => self.close(&closed.text_document.uri),
                    Err(message) => self.log(message),
                }
            }
            DidChangeWatchedFiles::METHOD => {
                let changed = parameters::<DidChangeWatchedFilesParams>(params);
                let is_foreign =
                    |uri: &Uri| !self.documents.contains_key(uri.as_str()) && !is_private(uri);
                if changed.is_ok_and(|changed| {
                    changed.changes.iter().any(|change| is_foreign(&change.uri))
                }) {
                    self.look_again();
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Asks to be told of changes on the disk.
    fn watch(&mut self) -> Result<(), ServerError> {
        let registration = json!({ "registrations": [{
            "id": "files",
            "method": DidChangeWatchedFiles::METHOD,
            "registerOptions": { "watchers": [{ "globPattern": "**/*" }] },
        }] });
        let request = Request::new(
            1.into(),
            RegisterCapability::METHOD.to_owned(),
            registration,
        );
        self.send(Message::Request(request))
    }

    /// Takes the text of a document.
    fn take(&mut self, uri: &Uri, version: i32, text: String) -> Result<(), ServerError> {
        let place = match self.workspace.place(uri) {
            Ok(Some(place)) => place,
            Ok(None) => return Ok(()),
            Err(message) => return self.show(message),
        };
        let session = self.workspace.session(place.session);
        if session.hold(place.path.clone(), &text) == Held::No {
            return Ok(());
        }
        for document in self.documents.values_mut() {
            if document.place.session == place.session && document.state == State::Checked {
                document.state = State::Doubtful;
            }
        }
        let document = Document {
            place,
            version,
            text,
            findings: Vec::new(),
            state: State::Edited,
        };
        self.documents.insert(uri.as_str().to_owned(), document);
        Ok(())
    }

    fn close(&mut self, uri: &Uri) -> Result<(), ServerError> {
        let Some(document) = self.documents.remove(uri.as_str()) else {
            return Ok(());
        };
        self.workspace
            .session(document.place.session)
            .release(&document.place.path);
        self.publish(uri.clone(), None, Vec::new())
    }

    /// Looks at everything anew, since something changed on the disk.
    fn look_again(&mut self) {
        for session in self.workspace.sessions() {
            session.forget_disk();
        }
        for document in self.documents.values_mut() {
            document.state = document.state.max(State::Doubtful);
        }
    }

    /// Checks the documents whose state is at least as bad as this.
    fn check(&mut self, least: State) -> Result<(), ServerError> {
        let bad = self
            .documents
            .iter()
            .filter(|(_, document)| document.state >= least);
        let bad: Vec<String> = bad.map(|(uri, _)| uri.clone()).collect();
        for uri in bad {
            let Some(document) = self.documents.get_mut(&uri) else {
                continue;
            };
            document.state = State::Checked;
            let session = self.workspace.session(document.place.session);
            let findings = match session.findings(&document.place.path) {
                Ok(findings) => findings,
                Err(error) => {
                    self.log(error.to_string())?;
                    continue;
                }
            };
            let lines = Lines::new(&document.text, self.units);
            let told = findings
                .iter()
                .map(|found| diagnostic(found, &lines))
                .collect();
            document.findings = findings;
            let version = Some(document.version);
            if let Ok(uri) = Uri::from_str(&uri) {
                self.publish(uri, version, told)?;
            }
        }
        Ok(())
    }

    fn actions(&mut self, wanted: &CodeActionParams) -> Vec<lsp_types::CodeActionOrCommand> {
        let Some(document) = self.documents.get(wanted.text_document.uri.as_str()) else {
            return Vec::new();
        };
        let lines = Lines::new(&document.text, self.units);
        let session = document.place.session;
        let config = SitePath::parse("tympan.toml").ok();
        let config = config.and_then(|path| {
            let text = self.workspace.session(session).text(&path)?;
            Some((self.workspace.uri(session, &path)?, text))
        });
        actions(
            wanted,
            &document.findings,
            &lines,
            self.units,
            config.as_ref(),
        )
    }

    fn publish(
        &mut self,
        uri: Uri,
        version: Option<i32>,
        diagnostics: Vec<lsp_types::Diagnostic>,
    ) -> Result<(), ServerError> {
        self.say::<PublishDiagnostics>(PublishDiagnosticsParams {
            uri,
            diagnostics,
            version,
        })
    }

    fn show(&mut self, message: String) -> Result<(), ServerError> {
        self.say::<ShowMessage>(ShowMessageParams {
            typ: MessageType::ERROR,
            message,
        })
    }

    fn log(&mut self, message: String) -> Result<(), ServerError> {
        self.say::<LogMessage>(lsp_types::LogMessageParams {
            typ: MessageType::WARNING,
            message,
        })
    }

    fn say<N: lsp_types::notification::Notification>(
        &mut self,
        parameters: N::Params,
    ) -> Result<(), ServerError> {
        let notification = Notification::new(N::METHOD.to_owned(), parameters);
        self.send(Message::Notification(notification))
    }

    fn send(&mut self, message: Message) -> Result<(), ServerError> {
        message.write(&mut self.output).map_err(ServerError::Write)
    }
}

/// Whether a file is Git's or the store's, which change all the time.
fn is_private(uri: &Uri) -> bool {
    let file = file_of(uri).unwrap_or_default();
    let mut parts = file.iter();
    parts.any(|part| part == ".git" || part == ".tympan")
}

fn parameters<P: DeserializeOwned>(value: serde_json::Value) -> Result<P, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn refusal(id: lsp_server::RequestId, message: String) -> Response {
    Response::new_err(id, ErrorCode::InvalidParams as i32, message)
}
