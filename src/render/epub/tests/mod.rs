//! Whole books from small projects, read back from their bytes.

mod chapters;
mod packages;
mod wishes;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _};
use std::path::Path;

use zip::ZipArchive;

use super::*;
use crate::assets::{AssetMap, ImageAsset, ImageKind};
use crate::digest::Digest;
use crate::render::highlight::Highlights;
use crate::repo::{History, Snapshot};
use crate::site::{LoadOptions, Site};
use crate::store::Store;

/// One pixel, 1 × 1.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

struct Made {
    bytes: Vec<u8>,
    files: BTreeMap<String, String>,
    diagnostics: Vec<Diagnostic>,
    counts: (usize, usize),
}

impl Made {
    #[track_caller]
    fn file(&self, name: &str) -> &str {
        let found = self.files.get(&format!("OEBPS/{name}"));
        found.unwrap_or_else(|| panic!("{name} is not in {:?}", self.files.keys()))
    }

    /// A file as it is.
    #[track_caller]
    fn bytes_of(&self, name: &str) -> Vec<u8> {
        let mut archive = ZipArchive::new(Cursor::new(&self.bytes)).unwrap();
        let mut file = archive.by_name(&format!("OEBPS/{name}")).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// What stands between the tags of the chapter's section.
    #[track_caller]
    fn content(&self, name: &str) -> &str {
        let file = self.file(name);
        let start = file.find("<section").unwrap();
        let start = start + file[start..].find(">\n").unwrap() + 2;
        &file[start..file.find("\n</section>\n</body>").unwrap()]
    }
}

/// Makes the book of a project of these files and one image, `src/dot.gif`.
fn make(files: &[(&str, &str)]) -> Made {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join("project").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::write(folder.path().join("project/src/dot.gif"), GIF).unwrap();
    make_in(folder.path())
}

fn make_in(folder: &Path) -> Made {
    let snapshot = Snapshot::worktree(&folder.join("project")).unwrap();
    let history = History::read(&folder.join("project"), None).unwrap();
    let site = Site::load(&snapshot, &history, &LoadOptions::default(), &[]);
    let mut assets = AssetMap::default();
    for source in site.files.iter().filter(|file| file.extension() == "gif") {
        let digest = Digest::of(GIF);
        let image = ImageAsset::as_it_is(source, digest, ImageKind::Gif, (1, 1));
        assets.images.insert(source.clone(), image);
    }
    let store = Store::open(&folder.join("store"));
    let context = RenderContext {
        site: &site,
        assets: &assets,
        snapshot: &snapshot,
        store: &store,
        highlights: &Highlights::default(),
    };
    let made = render_epub(&context, &site.documents[0]).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(&made.bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(
            file.name().to_owned(),
            String::from_utf8_lossy(&bytes).into_owned(),
        );
    }
    Made {
        bytes: made.bytes,
        files,
        diagnostics: made.diagnostics,
        counts: store.counts(),
    }
}

fn one(markdown: &str) -> Made {
    make(&[
        ("tympan.toml", CONFIG),
        ("src/SUMMARY.md", "- [One](one.md)\n- [Two](two.md)\n"),
        ("src/one.md", markdown),
        ("src/two.md", "# Two\n\n## There {#a:b}\n"),
    ])
}

/// A book with a cover of its own, for one that is drawn takes its time.
const CONFIG: &str = "[project]\nkind = \"book\"\ntitle = \"Tides & <Moons>\"\nauthors = [\"Ada Example\"]\n\
                      language = \"en-GB\"\nbase_url = \"https://tides.example/\"\ncontent = \"src\"\n[epub]\ncover = \"src/dot.gif\"\n";
