//! The projects of an editor's folders, each opened when one of its files is.

use std::path::{Path, PathBuf};

use lsp_types::Uri;

use crate::lsp::session::{Opened, Session};
use crate::site_path::SitePath;

/// The file that makes a folder a project of its own.
const PROJECT_FILE: &str = "tympan.toml";

/// Opens the project in a folder.
pub(super) type Open<'a> = &'a dyn Fn(&Path) -> Result<Opened, String>;

/// The folders that an editor works in.
pub(super) struct Workspace<'a> {
    folders: Vec<PathBuf>,
    sessions: Vec<Session>,
    /// Folders that could not be opened, which is said once.
    refused: Vec<PathBuf>,
    open: Open<'a>,
}

/// A file of a project.
pub(super) struct Place {
    /// The number of its session.
    pub session: usize,
    /// The file.
    pub path: SitePath,
}

impl<'a> Workspace<'a> {
    /// Takes the folders of an editor; without any, that of each file is a project.
    pub(super) fn new(folders: Vec<PathBuf>, open: Open<'a>) -> Self {
        let canonical = |folder: PathBuf| folder.canonicalize().unwrap_or(folder);
        Self {
            folders: folders.into_iter().map(canonical).collect(),
            sessions: Vec::new(),
            refused: Vec::new(),
            open,
        }
    }

    /// The place of a document, whose project is opened if it was not; none if it is no file, or
    /// lies in no project.
    ///
    /// # Errors
    /// Says once why a project cannot be opened.
    pub(super) fn place(&mut self, uri: &Uri) -> Result<Option<Place>, String> {
        let Some(file) = file_of(uri) else {
            return Ok(None);
        };
        // The folder may be reached by a link; a new file is not there yet.
        let folder = file.parent().map(|folder| folder.canonicalize());
        let file = match (folder, file.file_name()) {
            (Some(Ok(folder)), Some(name)) => folder.join(name),
            _ => file,
        };
        let Some(root) = self.project_of(&file) else {
            return Ok(None);
        };
        if self.refused.contains(&root) {
            return Ok(None);
        }
        let below = file.strip_prefix(&root).ok();
        let path = below.and_then(|below| SitePath::parse(below.to_str()?).ok());
        let Some(path) = path else {
            return Ok(None);
        };
        let known = self
            .sessions
            .iter()
            .position(|session| session.root() == root);
        let session = match known {
            Some(known) => known,
            None => {
                let opened = (self.open)(&root);
                let opened = opened.inspect_err(|_| self.refused.push(root.clone()))?;
                self.sessions.push(Session::new(opened));
                self.sessions.len() - 1
            }
        };
        Ok(Some(Place { session, path }))
    }

    pub(super) fn session(&mut self, number: usize) -> &mut Session {
        &mut self.sessions[number]
    }

    pub(super) fn sessions(&mut self) -> impl Iterator<Item = &mut Session> {
        self.sessions.iter_mut()
    }

    /// The address of a file of a project.
    pub(super) fn uri(&self, session: usize, path: &SitePath) -> Option<Uri> {
        uri_of(&self.sessions[session].root().join(path.as_str()))
    }

    /// The innermost folder above a file that is a project, else the editor's folder.
    fn project_of(&self, file: &Path) -> Option<PathBuf> {
        let inside = |folder: &&PathBuf| file.starts_with(folder);
        let around = self.folders.iter().filter(inside);
        let around = around.max_by_key(|folder| folder.as_os_str().len());
        let above = file.ancestors().skip(1);
        let mut above = above.take_while(|folder| around.is_none_or(|top| folder.starts_with(top)));
        let project = above.find(|folder| folder.join(PROJECT_FILE).is_file());
        let project = project.map(Path::to_path_buf).or(around.cloned());
        match self.folders.is_empty() {
            true => project.or_else(|| file.parent().map(Path::to_path_buf)),
            false => project.filter(|_| around.is_some()),
        }
    }
}

/// The file that an address names, if it is one of this machine.
pub(super) fn file_of(uri: &Uri) -> Option<PathBuf> {
    let url = url::Url::parse(uri.as_str()).ok()?;
    url.to_file_path().ok().filter(|_| url.scheme() == "file")
}

fn uri_of(file: &Path) -> Option<Uri> {
    url::Url::from_file_path(file).ok()?.as_str().parse().ok()
}
