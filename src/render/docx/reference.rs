//! A Word file of the user's whose looks are taken over: its styles, its theme, the size of its pages,
//! its headers and footers. Its text is not read, and nothing of it that could act comes along.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use roxmltree::Node;
use zip::ZipArchive;

use crate::render::docx::clean::{Cleaner, is, parse, relation, value};
use crate::render::docx::furniture::Head;
use crate::render::docx::looks::heading_style;
use crate::render::docx::media::Media;
use crate::render::docx::rels::Rels;
use crate::render::docx::styles::{Languages, Taken};
use crate::render::docx::xml::{DECLARATION, NAMESPACES};

/// The largest file that is read.
const LARGEST: usize = 30 << 20;
/// The largest part of it, unpacked.
const LARGEST_PART: u64 = 12 << 20;
/// The largest picture of a header.
const LARGEST_PICTURE: u64 = 8 << 20;
/// How many pictures are unpacked.
const MOST: usize = 24;

/// What is taken over.
#[derive(Default)]
pub(super) struct Reference {
    pub(super) styles: Taken,
    pub(super) theme: Option<String>,
    /// Its schemes of numbers, its lists, and the first numbers that are free of each.
    pub(super) numbering: (String, String, (usize, usize)),
    pub(super) page: Option<Page>,
    pub(super) heads: Vec<Head>,
    pub(super) media: Vec<Media>,
    /// The levels of headings that its styles number.
    pub(super) counts: BTreeSet<usize>,
    /// Whether its first page has headers of its own.
    pub(super) is_first_apart: bool,
    /// The files that were taken for pictures, and the names of those that are.
    unpacked: BTreeMap<String, Option<String>>,
}

/// The pages of a reference document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// Its width and height in twips.
    pub(super) size: (usize, usize),
    /// Top, right, bottom, left, header, footer, gutter.
    pub(super) margins: [usize; 7],
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

impl Reference {
    /// Reads a file.
    pub(super) fn read(bytes: &[u8], languages: &Languages) -> Result<Self, String> {
        if bytes.len() > LARGEST {
            return Err("it is larger than 30 MB".to_owned());
        }
        let mut archive =
            ZipArchive::new(Cursor::new(bytes)).map_err(|_| "it is no Word file".to_owned())?;
        let mut found = Self::default();
        let styles = part(&mut archive, "word/styles.xml")?.ok_or("it has no styles")?;
        found.styles(&styles, languages)?;
        if let Some(theme) = part(&mut archive, "word/theme/theme1.xml")? {
            found.theme(&theme);
        }
        if let Some(numbering) = part(&mut archive, "word/numbering.xml")? {
            found.numbers(&numbering)?;
        }
        if let Some(text) = part(&mut archive, "word/document.xml")? {
            let settings = part(&mut archive, "word/settings.xml")?.unwrap_or_default();
            found.sections(&mut archive, &text, has_even(&settings))?;
        }
        Ok(found)
    }

    fn styles(&mut self, text: &str, languages: &Languages) -> Result<(), String> {
        let document = parse(text)?;
        let root = document.root_element();
        if !is(&root, "styles") {
            return Err("its styles are in a form that is not read: save it as a Word document, not as a strict one".to_owned());
        }
        let mut cleaner = Cleaner::speaking(languages.element());
        for node in root.children().filter(Node::is_element) {
            if is(&node, "style") {
                let name = node.children().find(|child| is(child, "name"));
                let (Some(id), Some(name)) = (
                    value(&node, "styleId"),
                    name.and_then(|name| value(&name, "val")),
                ) else {
                    continue;
                };
                let kind = value(&node, "type").unwrap_or("paragraph").to_owned();
                let key = (kind, name.to_lowercase());
                self.styles.ids.insert(key, id.to_owned());
                let counted = node.descendants().find(|inside| is(inside, "numId"));
                let counted = counted
                    .and_then(|counted| value(&counted, "val"))
                    .is_some_and(|list| list != "0");
                let mut levels = 1..=9;
                let level = levels.find(|level| name.eq_ignore_ascii_case(heading_style(*level)));
                self.counts.extend(level.filter(|_| counted));
            }
            self.styles.xml.push_str(&cleaner.element(node));
        }
        // The text has to say its language, whatever the styles of the reference said of theirs.
        let defaults = "</w:rPr></w:rPrDefault>";
        let own = self.styles.xml.split(defaults).next().unwrap_or_default();
        if !own.contains("<w:lang ") && self.styles.xml.contains(defaults) {
            let with = format!("{}{defaults}", languages.element());
            self.styles.xml = self.styles.xml.replacen(defaults, &with, 1);
        }
        Ok(())
    }

    fn theme(&mut self, text: &str) {
        let Ok(document) = parse(text) else {
            return;
        };
        let outside = document
            .descendants()
            .any(|node| relation(&node, "embed").is_some() || relation(&node, "link").is_some());
        let theme = Cleaner::default().element(document.root_element());
        if !outside && theme.starts_with("<a:theme") {
            let space = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"";
            self.theme = Some(format!(
                "{DECLARATION}{}",
                theme.replacen("<a:theme", &format!("<a:theme {space}"), 1)
            ));
        }
    }

    fn numbers(&mut self, text: &str) -> Result<(), String> {
        let document = parse(text)?;
        let mut cleaner = Cleaner::default();
        let (schemes, lists, free) = &mut self.numbering;
        let id = |node: &Node<'_, '_>, name: &str| {
            value(node, name)
                .and_then(|id| id.parse::<usize>().ok())
                .filter(|id| *id < 1 << 24)
        };
        for node in document.root_element().children() {
            if is(&node, "abstractNum")
                && let Some(id) = id(&node, "abstractNumId")
            {
                schemes.push_str(&cleaner.element(node));
                free.0 = free.0.max(id + 1);
            } else if is(&node, "num")
                && let Some(id) = id(&node, "numId")
            {
                lists.push_str(&cleaner.element(node));
                free.1 = free.1.max(id + 1);
            }
        }
        Ok(())
    }

    /// Reads the sections in order. Each has the headers of the one before where it names no other.
    fn sections(
        &mut self,
        archive: &mut Archive<'_>,
        text: &str,
        has_even: bool,
    ) -> Result<(), String> {
        let document = parse(text)?;
        let mut named: BTreeMap<(&'static str, &'static str), &str> = BTreeMap::new();
        let mut shown = BTreeMap::new();
        let sections = document.descendants().filter(|node| is(node, "sectPr"));
        // What a section was before someone changed it stands beside it.
        let was = |node: &Node<'_, '_>| node.parent().is_some_and(|up| is(&up, "sectPrChange"));
        for section in sections.filter(|node| !was(node)) {
            self.page = page(&section).or(self.page.take());
            for node in section.children() {
                let kind = match node.tag_name().name() {
                    "headerReference" => "header",
                    "footerReference" => "footer",
                    _ => continue,
                };
                let place = match value(&node, "type") {
                    Some("first") => "first",
                    Some("even") => "even",
                    _ => "default",
                };
                if let Some(id) = relation(&node, "id") {
                    named.insert((kind, place), id);
                }
            }
            let is_first_apart = section.children().any(|node| is_on(&node, "titlePg"));
            self.is_first_apart |= is_first_apart;
            for (key, id) in &named {
                let is_shown = match key.1 {
                    "first" => is_first_apart,
                    "even" => has_even,
                    _ => true,
                };
                if is_shown {
                    shown.insert(*key, *id);
                }
            }
        }
        let targets = relations(archive, "word/_rels/document.xml.rels")?;
        for ((kind, place), id) in shown {
            if let Some(target) = targets.get(id) {
                self.head(archive, kind, place, target)?;
            }
        }
        Ok(())
    }

    fn head(
        &mut self,
        archive: &mut Archive<'_>,
        kind: &'static str,
        place: &'static str,
        target: &str,
    ) -> Result<(), String> {
        let name = target.trim_start_matches("/word/");
        if name.contains(['/', '\\']) {
            return Ok(());
        }
        let Some(text) = part(archive, &format!("word/{name}"))? else {
            return Ok(());
        };
        let mut rels = Rels::default();
        let mut cleaner = Cleaner::default();
        for (id, target) in relations(archive, &format!("word/_rels/{name}.rels"))? {
            let file = target.trim_start_matches("/word/");
            if file.starts_with("media/")
                && !file.contains("..")
                && let Some(name) = self.picture(archive, file)?
            {
                cleaner
                    .pictures
                    .insert(id, rels.part("image", &format!("media/{name}")));
            }
        }
        let document = parse(&text)?;
        let inside: String = document
            .root_element()
            .children()
            .map(|node| cleaner.element(node))
            .collect();
        if inside.contains("<w:p>") || inside.contains("<w:p ") || inside.contains("<w:p/>") {
            let root = if kind == "header" { "hdr" } else { "ftr" };
            let xml = format!("{DECLARATION}<w:{root} {NAMESPACES}>{inside}</w:{root}>");
            self.heads.push(Head {
                kind,
                place,
                xml,
                rels,
            });
        }
        Ok(())
    }

    /// The name that a picture of the file gets; none if it is no picture, or one too many.
    fn picture(&mut self, archive: &mut Archive<'_>, file: &str) -> Result<Option<String>, String> {
        if let Some(known) = self.unpacked.get(file) {
            return Ok(known.clone());
        }
        if self.unpacked.len() >= MOST {
            return Ok(None);
        }
        let bytes = raw(archive, &format!("word/{file}"), LARGEST_PICTURE)?.unwrap_or_default();
        let name = picture(&bytes)
            .map(|extension| format!("reference{}.{extension}", self.media.len() + 1));
        if let Some(name) = name.clone() {
            self.media.push(Media { name, bytes });
        }
        self.unpacked.insert(file.to_owned(), name.clone());
        Ok(name)
    }
}

/// Whether an element is a property of this name that is on.
fn is_on(node: &Node<'_, '_>, name: &str) -> bool {
    is(node, name) && !matches!(value(node, "val"), Some("0" | "false" | "off"))
}

/// Whether the settings give even pages headers of their own.
fn has_even(settings: &str) -> bool {
    parse(settings).is_ok_and(|document| {
        let mut all = document.root_element().children();
        all.any(|node| is_on(&node, "evenAndOddHeaders"))
    })
}

/// The pages of a section, if they have room for text.
fn page(section: &Node<'_, '_>) -> Option<Page> {
    let child = |name: &str| section.children().find(|child| is(child, name));
    let number = |node: &Node<'_, '_>, name: &str| {
        value(node, name)
            .and_then(|text| text.parse::<usize>().ok())
            .unwrap_or(0)
    };
    let (size, margin) = (child("pgSz")?, child("pgMar")?);
    let margins = [
        "top", "right", "bottom", "left", "header", "footer", "gutter",
    ]
    .map(|name| number(&margin, name).min(8000));
    let size = (number(&size, "w"), number(&size, "h"));
    let sides = margins[1] + margins[3] + margins[6];
    let ends = margins[0] + margins[2];
    let good = |side: usize, taken: usize| (2000..=31_680).contains(&side) && side >= taken + 1440;
    (good(size.0, sides) && good(size.1, ends)).then_some(Page { size, margins })
}

/// The format of a picture that Word shows everywhere, by its first bytes.
fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [b'G', b'I', b'F', b'8', ..] => Some("gif"),
        _ => None,
    }
}

/// The targets inside the file of a part's relationships, by id.
fn relations(archive: &mut Archive<'_>, name: &str) -> Result<BTreeMap<String, String>, String> {
    let Some(text) = part(archive, name)? else {
        return Ok(BTreeMap::new());
    };
    let document = parse(&text)?;
    let found = document
        .root_element()
        .children()
        .filter(|node| node.attribute("TargetMode") != Some("External"));
    Ok(found
        .filter_map(|node| {
            Some((
                node.attribute("Id")?.to_owned(),
                node.attribute("Target")?.to_owned(),
            ))
        })
        .collect())
}

fn part(archive: &mut Archive<'_>, name: &str) -> Result<Option<String>, String> {
    let Some(bytes) = raw(archive, name, LARGEST_PART)? else {
        return Ok(None);
    };
    let text = String::from_utf8(bytes).map_err(|_| format!("`{name}` in it is not UTF-8"))?;
    Ok(Some(text.trim_start_matches('\u{feff}').to_owned()))
}

fn raw(archive: &mut Archive<'_>, name: &str, most: u64) -> Result<Option<Vec<u8>>, String> {
    let Ok(file) = archive.by_name(name) else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|_| format!("`{name}` in it cannot be unpacked"))?;
    match bytes.len() as u64 > most {
        true => Err(format!("`{name}` in it is too large")),
        false => Ok(Some(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::archive::write_archive;

    /// A header may name a large file again and again, and files that are no pictures.
    #[test]
    fn few_pictures_are_unpacked_and_each_once() {
        let space = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
        let rels = |all: &str| {
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
            )
        };
        let targets = (0..200).map(|at| {
            format!(
                "<Relationship Id=\"a{at}\" Target=\"media/a.png\"/><Relationship Id=\"b{at}\" Target=\"media/{at}.bin\"/>"
            )
        });
        let parts = [
            ("word/styles.xml", format!("<w:styles {space}/>")),
            (
                "word/document.xml",
                format!(
                    "<w:document {space}><w:sectPr><w:headerReference r:id=\"h\"/></w:sectPr></w:document>"
                ),
            ),
            (
                "word/_rels/document.xml.rels",
                rels("<Relationship Id=\"h\" Target=\"header1.xml\"/>"),
            ),
            ("word/header1.xml", format!("<w:hdr {space}><w:p/></w:hdr>")),
            (
                "word/_rels/header1.xml.rels",
                rels(&targets.collect::<String>()),
            ),
        ];
        let parts = parts.map(|(name, text)| (name.to_owned(), text.into_bytes()));
        let picture = ("word/media/a.png".to_owned(), b"\x89PNG".to_vec());
        let bytes = write_archive(parts.into_iter().chain([picture])).unwrap();
        let found = Reference::read(&bytes, &Languages::of("en")).unwrap();
        assert_eq!((found.unpacked.len(), found.media.len()), (MOST, 1));
        assert_eq!(
            found.heads[0].rels.xml().matches("<Relationship ").count(),
            1
        );
    }
}
