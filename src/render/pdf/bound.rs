//! The exhibits that a document asks for, as the project has them. What is not there, or cannot be
//! bound, is told where it is named and left out.

use crate::config::{CONFIG_FILE, Exhibit as Asked};
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::render::context::RenderContext;
use crate::render::pdf::exhibits::{Exhibit, open};
use crate::render::pdf::front::language_in;
use crate::render::words::Words;
use crate::site::Document;
use crate::site_path::SitePath;

/// The most bytes of a file, and of all of them.
const MOST_BYTES: u64 = 64 << 20;
const MOST_OF_ALL: u64 = 256 << 20;

/// What is to be bound behind a document.
pub(super) struct Bound {
    /// What is asked for, with the label and the bytes of the file.
    files: Vec<(Asked, String, Vec<u8>)>,
    page_of: String,
    faults: Vec<Diagnostic>,
}

impl Bound {
    /// Reads the files that a document asks for.
    pub(super) fn of(context: &RenderContext<'_>, document: &Document) -> Self {
        let words = Words::of(context.site, language_in(context.site, document));
        let mut bound = Self {
            files: Vec::new(),
            page_of: words.get("page_of").to_owned(),
            faults: Vec::new(),
        };
        let mut room = MOST_OF_ALL;
        for (at, asked) in document.pdf.finishing.exhibits.iter().enumerate() {
            let Some(file) = context.snapshot.get(&asked.file) else {
                let message = format!("there is no file `{}` to bind", asked.file);
                let help = "write its path from the folder of the project on, and commit it";
                bound.faults.push(fault(asked, message, help));
                continue;
            };
            if file.size > MOST_BYTES.min(room) {
                let message = format!("`{}` is too large to bind", asked.file);
                let help = format!(
                    "an exhibit has at most {} MiB, and all of them {}",
                    MOST_BYTES >> 20,
                    MOST_OF_ALL >> 20
                );
                bound.faults.push(fault(asked, message, &help));
                continue;
            }
            room -= file.size;
            let bytes = context.snapshot.read(&asked.file).unwrap_or_default();
            let letter = u8::try_from(at).ok().filter(|at| *at < 26);
            let letter = letter.map_or_else(
                || (at + 1).to_string(),
                |at| char::from(b'A' + at).to_string(),
            );
            let label = format!("{} {letter}", words.get("exhibit"));
            bound.files.push((asked.clone(), label, bytes));
        }
        bound
    }

    /// Whether nothing is bound.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What decides the pages, by name.
    pub(super) fn inputs(&self) -> impl Iterator<Item = (String, Digest)> {
        let files = self.files.iter();
        files.map(|(asked, label, bytes)| {
            let name = format!("exhibit {label} {} {}", asked.title, self.page_of);
            (name, Digest::of(bytes))
        })
    }

    /// The exhibits, and those that cannot be opened by their number, and why.
    pub(super) fn open(&self) -> (Vec<Exhibit>, Vec<(usize, String)>) {
        let (mut exhibits, mut faulty) = (Vec::new(), Vec::new());
        for (at, (asked, label, bytes)) in self.files.iter().enumerate() {
            match open(bytes) {
                Ok(file) => exhibits.push(Exhibit {
                    label: label.clone(),
                    title: asked.title.clone(),
                    file,
                    page_of: self.page_of.clone(),
                }),
                Err(reason) => faulty.push((at, reason)),
            }
        }
        (exhibits, faulty)
    }

    /// What is told, with those that could not be opened.
    pub(super) fn faults(self, faulty: &[(usize, String)]) -> Vec<Diagnostic> {
        let mut faults = self.faults;
        for (at, reason) in faulty {
            if let Some((asked, ..)) = self.files.get(*at) {
                let message = format!("`{}` cannot be bound: {reason}", asked.file);
                let help = "print it into a new PDF without a password, and bind that";
                faults.push(fault(asked, message, help));
            }
        }
        faults
    }
}

fn fault(asked: &Asked, message: String, help: &str) -> Diagnostic {
    let config = SitePath::parse(CONFIG_FILE).unwrap_or_else(|_| SitePath::root());
    let found = Diagnostic::new("pdf-exhibit", Severity::Error, &config, message);
    found.at(asked.place.clone()).help(help)
}
