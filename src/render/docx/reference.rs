//! A Word file of the user's whose looks are taken over: its styles, its theme, the size of its pages,
//! its headers and footers. Its text is not read, and nothing of it that could act comes along.

use std::collections::BTreeMap;
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
/// How many headers, footers and pictures are taken over.
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
    /// Whether its headings are numbered.
    pub(super) counts: bool,
}

/// The pages of a reference document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// Its width and height in twips.
    pub(super) size: (usize, usize),
    /// Top, right, bottom, left, header, footer, gutter.
    pub(super) margins: [usize; 7],
    pub(super) is_first_apart: bool,
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
            found.section(&mut archive, &text)?;
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
                self.styles.ids.insert(name.to_lowercase(), id.to_owned());
                let counted = node.descendants().find(|inside| is(inside, "numId"));
                let counted = counted
                    .and_then(|counted| value(&counted, "val"))
                    .is_some_and(|list| list != "0");
                self.counts |=
                    counted && (1..=9).any(|level| name.eq_ignore_ascii_case(heading_style(level)));
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

    fn section(&mut self, archive: &mut Archive<'_>, text: &str) -> Result<(), String> {
        let document = parse(text)?;
        let Some(section) = document
            .descendants()
            .filter(|node| is(node, "sectPr"))
            .last()
        else {
            return Ok(());
        };
        let child = |name: &str| section.children().find(|child| is(child, name));
        let number = |node: &Node<'_, '_>, name: &str| {
            value(node, name).and_then(|text| text.parse::<usize>().ok())
        };
        if let (Some(size), Some(margin)) = (child("pgSz"), child("pgMar")) {
            let margins = [
                "top", "right", "bottom", "left", "header", "footer", "gutter",
            ]
            .map(|name| number(&margin, name).unwrap_or(0).min(8000));
            let size = (
                number(&size, "w").unwrap_or(0),
                number(&size, "h").unwrap_or(0),
            );
            let sides = margins[1] + margins[3] + margins[6];
            let ends = margins[0] + margins[2];
            let good =
                |side: usize, taken: usize| (2000..=31_680).contains(&side) && side >= taken + 1440;
            if good(size.0, sides) && good(size.1, ends) {
                self.page = Some(Page {
                    size,
                    margins,
                    is_first_apart: child("titlePg").is_some_and(|node| {
                        !matches!(value(&node, "val"), Some("0" | "false" | "off"))
                    }),
                });
            }
        }
        let targets = relations(archive, "word/_rels/document.xml.rels")?;
        for node in section.children().take(MOST) {
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
            let target = relation(&node, "id").and_then(|id| targets.get(id));
            if let Some(target) = target.cloned() {
                self.head(archive, kind, place, &target)?;
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
            let file = target.trim_start_matches("/word/").to_owned();
            if self.media.len() >= MOST || !file.starts_with("media/") || file.contains("..") {
                continue;
            }
            let Some(bytes) = raw(archive, &format!("word/{file}"), LARGEST_PICTURE)? else {
                continue;
            };
            if let Some(extension) = picture(&bytes) {
                let name = format!("reference{}.{extension}", self.media.len() + 1);
                cleaner
                    .pictures
                    .insert(id, rels.part("image", &format!("media/{name}")));
                self.media.push(Media { name, bytes });
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
