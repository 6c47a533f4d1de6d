//! The whole world of the layout engine: files in memory and the fonts that it was given. There is no
//! disk, no network, no package and no clock in it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::render::pdf::fonts::Fonts;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// Files in memory, one of which is the beginning, and fonts.
pub(super) struct PdfWorld<'a> {
    main: FileId,
    fonts: &'a Fonts,
    sources: BTreeMap<u16, Source>,
    files: BTreeMap<u16, Bytes>,
}

impl<'a> PdfWorld<'a> {
    /// A world of some sources, which are programs, and some files, which are data. Names that are
    /// no paths are left out.
    pub(super) fn new(
        main: &str,
        sources: Vec<(String, String)>,
        files: Vec<(String, Bytes)>,
        fonts: &'a Fonts,
    ) -> Option<Self> {
        let source = |(name, text): (String, String)| {
            let id = id(&name)?;
            Some((id.into_raw().get(), Source::new(id, text)))
        };
        let file = |(name, bytes): (String, Bytes)| Some((id(&name)?.into_raw().get(), bytes));
        Some(Self {
            main: id(main)?,
            fonts,
            sources: sources.into_iter().filter_map(source).collect(),
            files: files.into_iter().filter_map(file).collect(),
        })
    }
}

fn id(name: &str) -> Option<FileId> {
    let path = VirtualPath::new(name).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}

impl World for PdfWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let source = self.sources.get(&id.into_raw().get());
        source.cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let raw = id.into_raw().get();
        let source = || {
            self.sources
                .get(&raw)
                .map(|source| Bytes::from_string(source.clone()))
        };
        let file = self.files.get(&raw).cloned().or_else(source);
        file.ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
