//! The fonts of a document: those of the project, then those in the program, then those of the machine
//! where a project asks for them. Without being asked, nothing outside the commit decides a page.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, OnceLock};

use serde_json::{Value, json};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontFlags, FontInfo, FontVariant};
use typst::utils::LazyHash;

use crate::config::{self, Family};
use crate::diagnostic::{Diagnostic, Place, Severity, nearest};
use crate::digest::Digest;
use crate::render::pdf::scripts::{SCRIPTS, SIGNS, cjk_fonts, script_of};
use crate::repo::Snapshot;
use crate::site_path::SitePath;

/// How many files of fonts a project may name, how many fonts one may hold, and how many bytes.
const MOST_FILES: usize = 400;
const MOST_FACES: u32 = 64;
const MOST_BYTES: u64 = 64 << 20;
/// How many bytes all of them may have.
const MOST_OF_ALL: u64 = 512 << 20;

/// A character that every font of Chinese, Japanese or Korean has.
const HAN: u32 = 0x4e00;

static EMBEDDED: LazyLock<Vec<Font>> = LazyLock::new(|| {
    typst_assets::fonts()
        .flat_map(|data| faces(Bytes::new(data)))
        .collect()
});

static SYSTEM: LazyLock<System> = LazyLock::new(System::read);

/// The fonts that a document may be set in.
pub(super) struct Fonts {
    book: LazyHash<FontBook>,
    slots: Vec<Slot>,
    inputs: Vec<(String, Digest)>,
    system: bool,
    /// The families that the project names for its text, in small letters.
    named: Vec<String>,
    /// How many bytes more may be read.
    room: u64,
    settings: Value,
    diagnostics: Vec<Diagnostic>,
}

/// Where a font of the book is.
enum Slot {
    Loaded(Font),
    System(usize),
}

impl Fonts {
    /// The fonts that a project asks for, for a document in a language.
    pub(super) fn of(asked: &config::Fonts, language: &str, snapshot: &Snapshot) -> Self {
        let mut fonts = Self {
            book: LazyHash::new(FontBook::new()),
            slots: Vec::new(),
            inputs: Vec::new(),
            system: asked.system,
            named: asked.body.iter().map(|it| it.name.to_lowercase()).collect(),
            room: MOST_OF_ALL,
            settings: Value::Null,
            diagnostics: Vec::new(),
        };
        let mut infos = Vec::new();
        for (folder, place) in &asked.folders {
            let found = fonts.read(folder, place, snapshot);
            infos.extend(found.iter().map(|font| font.info().clone()));
            fonts.slots.extend(found.into_iter().map(Slot::Loaded));
        }
        infos.extend(EMBEDDED.iter().map(|font| font.info().clone()));
        fonts
            .slots
            .extend(EMBEDDED.iter().cloned().map(Slot::Loaded));
        if asked.system {
            infos.extend(SYSTEM.fonts.iter().map(|font| font.info.clone()));
            fonts
                .slots
                .extend((0..SYSTEM.fonts.len()).map(Slot::System));
            fonts
                .inputs
                .push(("fonts of the machine".to_owned(), SYSTEM.digest));
        }
        fonts.book = LazyHash::new(FontBook::from_infos(infos));
        let cjk = cjk_fonts(language);
        fonts.settings = json!({
            "body": fonts.families(&asked.body, cjk.is_some()),
            "heading": fonts.families(&asked.heading, cjk.is_some()),
            "mono": fonts.families(&asked.mono, cjk.is_some()),
            "fallback": fonts.fallback(cjk.unwrap_or_default()),
            "cjk": cjk.is_some(),
        });
        fonts
    }

    /// Whether some font can print a character. A font for code is none for the words of a script.
    pub(super) fn print(&self, letter: char) -> bool {
        let is_word = letter.is_alphabetic() && script_of(letter).name != SIGNS.name;
        let infos = (0..self.slots.len()).filter_map(|index| self.book.info(index));
        let mut infos = infos.filter(|info| !info.is_last_resort());
        infos.any(|info| {
            info.coverage.contains(u32::from(letter)) && !(is_word && self.is_for_code(info))
        })
    }

    /// Whether a font is for code alone. In Chinese, Japanese and Korean all signs are of one width.
    fn is_for_code(&self, info: &FontInfo) -> bool {
        info.flags.contains(FontFlags::MONOSPACE)
            && !info.coverage.contains(HAN)
            && !self.named.contains(&info.family.to_lowercase())
    }

    /// Whether the fonts of the machine are among them.
    pub(super) fn has_system(&self) -> bool {
        self.system
    }

    /// What the template is told of them.
    pub(super) fn settings(&self) -> &Value {
        &self.settings
    }

    /// What decides them beside the program itself.
    pub(super) fn inputs(&self) -> &[(String, Digest)] {
        &self.inputs
    }

    /// What was found while they were read.
    pub(super) fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }

    /// The book, as the engine knows them.
    pub(super) fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    /// A font of the book.
    pub(super) fn font(&self, index: usize) -> Option<Font> {
        match self.slots.get(index)? {
            Slot::Loaded(font) => Some(font.clone()),
            Slot::System(at) => SYSTEM.fonts.get(*at)?.load(),
        }
    }

    /// The fonts of a folder, or of a file, of the project.
    fn read(&mut self, folder: &SitePath, place: &Place, snapshot: &Snapshot) -> Vec<Font> {
        let is_font = |path: &SitePath| {
            let extension = path.extension().to_ascii_lowercase();
            matches!(extension.as_str(), "ttf" | "otf" | "ttc" | "otc")
        };
        let files = snapshot.files().iter();
        let files: Vec<_> = files
            .filter(|file| file.path.is_within(folder) && is_font(&file.path))
            .take(MOST_FILES)
            .collect();
        if files.is_empty() {
            let message = format!("there is no font in `{folder}`");
            let help = "fonts are files that end in `.ttf`, `.otf`, `.ttc` or `.otc`";
            self.tell(place, message, help.to_owned());
        }
        let mut found = Vec::new();
        for file in files {
            let path = &file.path;
            if file.size > MOST_BYTES || file.size > self.room {
                let message = format!("the font `{path}` is too large");
                let help = format!(
                    "a font has at most {} MiB here, and all of them {}",
                    MOST_BYTES >> 20,
                    MOST_OF_ALL >> 20
                );
                self.tell(place, message, help);
                continue;
            }
            self.room -= file.size;
            let bytes = snapshot.read(path).unwrap_or_default();
            let digest = Digest::of(&bytes);
            let fonts: Vec<Font> = faces(Bytes::new(bytes)).collect();
            if fonts.is_empty() {
                let message = format!("`{path}` is no font that can be read");
                self.tell(place, message, "save it as TrueType or OpenType".to_owned());
            }
            self.inputs.push((path.to_string(), digest));
            found.extend(fonts);
        }
        found
    }

    /// Families as the engine takes them. One that is not there is told and left out. In Chinese,
    /// Japanese and Korean text, a font without such characters leaves punctuation to those that have.
    fn families(&mut self, asked: &[Family], cjk: bool) -> Value {
        let mut known = Vec::new();
        for family in asked {
            let name = family.name.to_lowercase();
            let Some(index) = self.book.select(&name, FontVariant::default()) else {
                let families: Vec<String> = self
                    .book
                    .families()
                    .map(|(name, _)| name.to_owned())
                    .collect();
                let near = nearest(&family.name, families.iter().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if self.system => {
                        "install it, or name a folder that holds it in `fonts`".to_owned()
                    }
                    None => "name a folder that holds it in `fonts`, or set `system_fonts = true`"
                        .to_owned(),
                };
                self.tell(
                    &family.place,
                    format!("there is no font `{}`", family.name),
                    help,
                );
                continue;
            };
            let has_han = self
                .book
                .info(index)
                .is_some_and(|info| info.coverage.contains(HAN));
            known.push(match cjk && !has_han {
                true => json!({"name": family.name, "covers": "latin-in-cjk"}),
                false => json!(family.name),
            });
        }
        json!(known)
    }

    /// Families that stand in for characters that those of the text do not have.
    fn fallback(&self, first: &'static [&'static str]) -> Vec<&'static str> {
        let of_scripts = SCRIPTS.iter().chain([&SIGNS]).map(|script| script.fonts);
        let mut chain = Vec::new();
        for names in [first].into_iter().chain(of_scripts) {
            // Of the fonts of a script one is enough.
            let there = |name: &&&str| self.book.contains_family(&name.to_lowercase());
            if let Some(name) = names.iter().find(there)
                && !chain.contains(name)
            {
                chain.push(*name);
            }
        }
        chain
    }

    fn tell(&mut self, place: &Place, message: String, help: String) {
        let file = SitePath::parse(config::CONFIG_FILE).unwrap_or_else(|_| SitePath::root());
        let found = Diagnostic::new("pdf-font", Severity::Warning, &file, message);
        self.diagnostics.push(found.at(place.clone()).help(help));
    }
}

/// The fonts in a file. A collection says itself how many it has, and may lie.
fn faces(bytes: Bytes) -> impl Iterator<Item = Font> {
    (0..MOST_FACES).map_while(move |index| Font::new(bytes.clone(), index))
}

/// The fonts of the machine.
struct System {
    fonts: Vec<SystemFont>,
    digest: Digest,
}

/// A font of the machine. It is read again when a document is set in it.
struct SystemFont {
    info: FontInfo,
    path: Arc<PathBuf>,
    index: u32,
    font: OnceLock<Option<Font>>,
}

impl System {
    fn read() -> Self {
        let mut database = fontdb::Database::new();
        database.load_system_fonts();
        let mut paths: Vec<PathBuf> = database
            .faces()
            .filter_map(|face| match &face.source {
                fontdb::Source::File(path) => Some(path.clone()),
                _ => None,
            })
            .collect();
        paths.sort();
        paths.dedup();
        let mut fonts = Vec::new();
        let mut parts = Vec::new();
        for path in paths {
            let Ok(bytes) = std::fs::read(&path) else {
                continue;
            };
            parts.push(path.to_string_lossy().into_owned().into_bytes());
            parts.push(Digest::of(&bytes).bytes().to_vec());
            let path = Arc::new(path);
            let infos =
                (0..MOST_FACES).map_while(|index| Some((index, FontInfo::new(&bytes, index)?)));
            fonts.extend(infos.map(|(index, info)| SystemFont {
                info,
                path: Arc::clone(&path),
                index,
                font: OnceLock::new(),
            }));
        }
        Self {
            fonts,
            digest: Digest::of_parts(parts.iter().map(Vec::as_slice)),
        }
    }
}

impl SystemFont {
    fn load(&self) -> Option<Font> {
        let read = || Font::new(Bytes::new(std::fs::read(&*self.path).ok()?), self.index);
        self.font.get_or_init(read).clone()
    }
}

/// What decides the fonts of the machine, for who must know whether anything changed.
pub(in crate::render) fn fonts_of_the_machine() -> Digest {
    SYSTEM.digest
}
