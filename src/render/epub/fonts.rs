//! The fonts that a book brings: those that its project names, cut down to the letters that the book
//! has, with their licences beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, Severity};
use crate::render::epub::book::Book;
use crate::render::epub::names::ascii_name;
use crate::site_path::SitePath;

/// Files of these names beside a font say under which licence it is.
const LICENCES: [&str; 4] = ["ofl", "license", "licence", "copying"];
/// What a style may print that no chapter has: marks of lists, hyphens, quotes.
const ALWAYS: &str = "•◦▪–—‐\u{ad}…‘’“”«»↩☐☑";

/// A file that lies in the book as it is.
pub(super) struct Resource {
    pub file: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// The fonts of a book.
#[derive(Default)]
pub(super) struct Fonts {
    files: Vec<Resource>,
    /// The rules that make use of them.
    pub style: String,
    /// The families.
    pub names: Vec<String>,
}

/// A font that is cut down.
struct Cut {
    bytes: Vec<u8>,
    media_type: &'static str,
    family: String,
    /// One weight, or the least and the greatest.
    weight: String,
    is_italic: bool,
    is_for_code: bool,
}

impl Fonts {
    /// Cuts the fonts down to the letters of the pages.
    pub(super) fn of(book: &Book<'_>, texts: &[&str], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut fonts = Self::default();
        let files = &book.document.epub.fonts;
        if files.is_empty() {
            return fonts;
        }
        let letters = letters(texts);
        let mut names = BTreeSet::new();
        let mut families: Vec<(String, bool)> = Vec::new();
        for path in files {
            let cut = match read(book, path, &letters) {
                Ok(cut) => cut,
                Err(reason) => {
                    let message = format!("the e-book does not bring the font `{path}`: {reason}");
                    let found = Diagnostic::new("epub-font", Severity::Warning, path, message);
                    diagnostics.push(found.help("name a TTF or OTF file that may be embedded"));
                    continue;
                }
            };
            let mut name = ascii_name(path.stem());
            while !names.insert(name.clone()) {
                name.push('2');
            }
            let extension = match cut.media_type {
                "font/otf" => "otf",
                _ => "ttf",
            };
            let file = format!("fonts/{name}.{extension}");
            let family = quoted(&cut.family);
            let slant = if cut.is_italic { "italic" } else { "normal" };
            let _ = writeln!(
                fonts.style,
                "@font-face {{ font-family: {family}; font-weight: {}; font-style: {slant}; src: url({file}); }}",
                cut.weight,
            );
            let known = (cut.family, cut.is_for_code);
            if !families.contains(&known) {
                families.push(known);
            }
            fonts.files.push(Resource {
                file,
                media_type: cut.media_type,
                bytes: cut.bytes,
            });
        }
        fonts.use_families(&families);
        fonts.files.extend(licence_files(licences(book)));
        fonts.names = families.into_iter().map(|(family, _)| family).collect();
        fonts
    }

    /// Everything that lies in the book.
    pub(super) fn resources(&self) -> &[Resource] {
        &self.files
    }

    /// The first family is that of the text, a second one of the headings; one whose letters are all
    /// as wide is that of code.
    fn use_families(&mut self, families: &[(String, bool)]) {
        let mut texts = families.iter().filter(|(_, code)| !code);
        let places = [
            ("body", texts.next(), "serif"),
            ("h1, h2, h3, h4, h5, h6", texts.next(), "serif"),
            (
                "code, kbd, samp, pre",
                families.iter().find(|(_, code)| *code),
                "monospace",
            ),
        ];
        for (place, family, usual) in places {
            if let Some((family, _)) = family {
                let family = quoted(family);
                let _ = writeln!(self.style, "{place} {{ font-family: {family}, {usual}; }}");
            }
        }
    }
}

/// A name as CSS writes a string.
fn quoted(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !c.is_control() && !"\"\\<>".contains(*c))
        .collect();
    format!("\"{name}\"")
}

/// Every letter of the book; the tags between them have none that text does not.
fn letters(texts: &[&str]) -> BTreeSet<char> {
    let mut letters: BTreeSet<char> = (' '..='~').chain(ALWAYS.chars()).collect();
    for text in texts {
        letters.extend(text.chars());
    }
    letters
}

fn read(book: &Book<'_>, path: &SitePath, letters: &BTreeSet<char>) -> Result<Cut, String> {
    let bytes = book.context.snapshot.read(path);
    let bytes = bytes.map_err(|_| "there is no such file".to_owned())?;
    // The engine trusts the tables of a font, which nobody has checked.
    let cut = || std::panic::catch_unwind(|| cut(&bytes, letters));
    cut().unwrap_or_else(|_| Err("it cannot be read".to_owned()))
}

#[cfg(not(feature = "epub-fonts"))]
fn cut(_: &[u8], _: &BTreeSet<char>) -> Result<Cut, String> {
    Err("this program is built without the feature `epub-fonts`".to_owned())
}

#[cfg(feature = "epub-fonts")]
fn cut(bytes: &[u8], letters: &BTreeSet<char>) -> Result<Cut, String> {
    use skera::{Plan, SubsetFlags, subset_font};
    use write_fonts::read::collections::IntSet;
    use write_fonts::read::tables::os2::SelectionFlags;
    use write_fonts::read::types::{NameId, Tag};
    use write_fonts::read::{FontRef, TableProvider as _};

    let fault = |_| "it is no TTF or OTF font".to_owned();
    let font = FontRef::new(bytes).map_err(fault)?;
    let os2 = font.os2().map_err(fault)?;
    // OpenType, OS/2: bit 1 alone forbids embedding, bit 8 cutting it down.
    if os2.fs_type() & 0x000f == 0x0002 {
        return Err("its licence does not let it be embedded".to_owned());
    }
    let name = font.name().map_err(fault)?;
    let family = |id: NameId| {
        let mut records = name.name_record().iter();
        let record = records.find(|record| record.name_id() == id && record.is_unicode())?;
        let text = record.string(name.string_data()).ok()?.to_string();
        Some(text).filter(|text| !text.trim().is_empty())
    };
    let family = family(NameId::TYPOGRAPHIC_FAMILY_NAME)
        .or_else(|| family(NameId::FAMILY_NAME))
        .ok_or_else(|| "it has no name".to_owned())?;
    let weight = Tag::new(b"wght");
    let axes = font.fvar().ok().and_then(|table| table.axes().ok());
    let axis = axes.and_then(|axes| axes.iter().find(|axis| axis.axis_tag() == weight));
    let weight = match axis {
        Some(axis) => format!(
            "{} {}",
            axis.min_value().to_i32(),
            axis.max_value().to_i32()
        ),
        None => os2.us_weight_class().to_string(),
    };
    let is_italic = os2.fs_selection().contains(SelectionFlags::ITALIC);
    let post = font.post().map_err(fault)?;
    let is_for_code = post.is_fixed_pitch() != 0;
    let whole = os2.fs_type() & 0x0100 != 0;
    let is_otf = bytes.starts_with(b"OTTO");
    let bytes = match whole {
        true => bytes.to_vec(),
        false => {
            let letters: IntSet<u32> = letters.iter().map(|letter| u32::from(*letter)).collect();
            let mut all = IntSet::<Tag>::empty();
            all.invert();
            let mut names = IntSet::<NameId>::empty();
            names.insert_range(NameId::from(0)..=NameId::from(17));
            let languages: IntSet<u16> = std::iter::once(0x0409).collect();
            let dropped = skera::parse_tag_list("DSIG,JSTF,LTSH,PCLT,EBDT,EBLC,EBSC,SVG ");
            let dropped = dropped.unwrap_or_default();
            let plan = Plan::new(
                &IntSet::empty(),
                &letters,
                &font,
                SubsetFlags::default(),
                &dropped,
                &all,
                &all,
                &names,
                &languages,
            );
            subset_font(&font, &plan).map_err(|error| error.to_string())?
        }
    };
    Ok(Cut {
        bytes,
        media_type: if is_otf { "font/otf" } else { "font/ttf" },
        family,
        weight,
        is_italic,
        is_for_code,
    })
}

/// A licence that lies beside fonts.
pub(super) struct Licence {
    pub path: SitePath,
    pub bytes: Vec<u8>,
}

/// The licences that lie beside the fonts of a book, in the order of their paths.
pub(super) fn licences(book: &Book<'_>) -> Vec<Licence> {
    let fonts = &book.document.epub.fonts;
    if fonts.is_empty() {
        return Vec::new();
    }
    let folders: BTreeSet<SitePath> = fonts.iter().map(SitePath::parent).collect();
    let mut found = BTreeMap::new();
    for file in book.context.snapshot.files() {
        let path = &file.path;
        let stem = path.stem().to_ascii_lowercase();
        let is_text = ["", "txt", "md"].contains(&path.extension());
        let is_one = LICENCES.iter().any(|name| stem.starts_with(name));
        let beside = folders.contains(&path.parent());
        if !is_text || !is_one || !beside {
            continue;
        }
        if let Ok(bytes) = book.context.snapshot.read(path) {
            found.insert(path.clone(), bytes);
        }
    }
    let licence = |(path, bytes)| Licence { path, bytes };
    found.into_iter().map(licence).collect()
}

/// Licences as files of the book; what several fonts have in common is there once.
fn licence_files(licences: Vec<Licence>) -> Vec<Resource> {
    let mut files: Vec<Resource> = Vec::new();
    let mut names = BTreeSet::new();
    for Licence { path, bytes } in licences {
        if files.iter().any(|file| file.bytes == bytes) {
            continue;
        }
        let stem = ascii_name(path.stem());
        let mut name = stem.clone();
        let mut count = 2;
        while !names.insert(name.clone()) {
            name = format!("{stem}-{count}");
            count += 1;
        }
        files.push(Resource {
            file: format!("fonts/{name}.txt"),
            media_type: "text/plain",
            bytes,
        });
    }
    files
}
