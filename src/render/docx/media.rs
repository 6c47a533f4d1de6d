//! The pictures of a document: their files, and the drawings that show them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::assets::{DocumentNeeds, document_image};
use crate::config::Ink;
use crate::diagnostic::Diagnostic;
use crate::render::context::RenderContext;
use crate::render::docx::spans::Run;
use crate::render::docx::writer::{Para, Writer};
use crate::render::docx::xml::escape;
use crate::render::tree::Images;

/// The longest side of a picture in pixels: 300 to the inch of an upright page's text.
const LONGEST: u32 = 2000;
/// How many pixels a drawing gets for each point it is wide.
const SHARPNESS: f64 = 3.0;
/// The highest side of a drawing in pixels.
const MOST: f64 = 3000.0;
/// A point in the measure of drawings, of which 914,400 are an inch.
const POINT: f64 = 12_700.0;

/// A picture as it lies in the package.
pub(super) struct Media {
    /// Its name in the folder `media`.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Reads the pictures, by their names in the tree; those that cannot be shown are left out. What may
/// be fine the next time is told.
pub(super) fn load(
    images: &Images,
    context: &RenderContext<'_>,
    told: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Media> {
    let needs = DocumentNeeds {
        longest: LONGEST,
        ink: Ink::Color,
    };
    let mut loaded = BTreeMap::new();
    for (number, (name, asset)) in images.assets().enumerate() {
        let image = match document_image(asset, needs, context.snapshot, context.store) {
            Ok(image) => image,
            Err(fault) => {
                told.extend(fault.passing(context.site));
                continue;
            }
        };
        let found = match image.extension {
            "svg" => {
                let svg = String::from_utf8_lossy(&image.bytes);
                let size = (
                    f64::from(image.width) * 0.75,
                    f64::from(image.height) * 0.75,
                );
                drawing(&svg, size).map(|bytes| (bytes, "png"))
            }
            extension => Some((image.bytes, extension)),
        };
        if let Some((bytes, extension)) = found {
            let file = format!("image{}.{extension}", number + 1);
            loaded.insert(name, Media { name: file, bytes });
        }
    }
    loaded
}

/// The diagrams of a tree, each by the name that its node is given.
pub(super) fn diagrams(nodes: &mut [Value], loaded: &mut BTreeMap<String, Media>) {
    for node in nodes {
        if node["t"] == "diagram" {
            let size = (
                node["width"].as_f64().unwrap_or(1.0),
                node["height"].as_f64().unwrap_or(1.0),
            );
            let name = format!("/diagram-{}", loaded.len() + 1);
            if let Some(bytes) = node["svg"].as_str().and_then(|svg| drawing(svg, size)) {
                let file = format!("diagram{}.png", loaded.len() + 1);
                loaded.insert(name.clone(), Media { name: file, bytes });
            }
            node["file"] = Value::String(name);
        }
        match node {
            Value::Array(inside) => diagrams(inside, loaded),
            Value::Object(fields) => {
                for (_, field) in fields.iter_mut() {
                    if let Value::Array(inside) = field {
                        diagrams(inside, loaded);
                    }
                }
            }
            _ => {}
        }
    }
}

/// A drawing of a size in points as pixels: not every version of Word shows SVG, and none all of it.
fn drawing(svg: &str, size: (f64, f64)) -> Option<Vec<u8>> {
    let longest = size.0.max(size.1).max(1.0);
    let scale = SHARPNESS.min(MOST / longest);
    #[expect(
        clippy::cast_sign_loss,
        reason = "sizes are positive, and within bounds by now"
    )]
    let pixels = |side: f64| (side * scale).round().clamp(1.0, MOST) as u32;
    crate::render::brand::drawn(svg, pixels(size.0), pixels(size.1))
}

impl Writer<'_> {
    /// A picture that stands alone, with its caption.
    pub(super) fn figure(&mut self, node: &Value) {
        let caption = node["caption"].as_str().unwrap_or_default();
        let shown = node["bare"] != true && !caption.is_empty();
        let indent = (self.place.indent > 0).then_some((self.place.indent, 0));
        let para = Para {
            indent,
            ..Para::new("Figure")
        };
        self.paragraph(&para, |writer| writer.picture(node, Run::default()));
        if shown {
            let para = Para {
                indent,
                align: Some("center"),
                ..Para::new("caption")
            };
            self.paragraph(&para, |writer| writer.text(caption, Run::default()));
        }
    }

    /// A picture in its line: at its own size, or as large as its place allows.
    pub(super) fn picture(&mut self, node: &Value, run: Run) {
        let alt = node["alt"].as_str().unwrap_or_default();
        let file = node["file"].as_str().unwrap_or_default();
        let Some(media) = self.media.get(file) else {
            let words = if alt.is_empty() {
                node["caption"].as_str().unwrap_or_default()
            } else {
                alt
            };
            return self.text(
                words,
                Run {
                    emphasis: true,
                    ..run
                },
            );
        };
        let id = self.rels.part("image", &format!("media/{}", media.name));
        let (width, height) = self.size(node);
        #[expect(clippy::cast_sign_loss, reason = "sizes are positive")]
        let (x, y) = (
            (width * POINT).round() as u64,
            (height * POINT).round() as u64,
        );
        self.drawings += 1;
        let number = self.drawings;
        let name = escape(&media.name);
        // What says nothing is called a decoration, so that no reader asks for its words.
        let decoration = match alt.is_empty() {
            true => {
                "<a:extLst><a:ext uri=\"{C183D7F6-B498-43B3-948B-1728B52AA6E4}\"><adec:decorative xmlns:adec=\"http://schemas.microsoft.com/office/drawing/2017/decorative\" val=\"1\"/></a:ext></a:extLst>"
            }
            false => "",
        };
        let _ = write!(
            self.out,
            "<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{x}\" cy=\"{y}\"/>\
             <wp:effectExtent l=\"0\" t=\"0\" r=\"0\" b=\"0\"/><wp:docPr id=\"{number}\" name=\"Picture {number}\" descr=\"{alt}\">{decoration}</wp:docPr>\
             <wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect=\"1\"/></wp:cNvGraphicFramePr>\
             <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic>\
             <pic:nvPicPr><pic:cNvPr id=\"{number}\" name=\"{name}\" descr=\"{alt}\"/><pic:cNvPicPr/></pic:nvPicPr>\
             <pic:blipFill><a:blip r:embed=\"{id}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
             <pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{x}\" cy=\"{y}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr>\
             </pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>",
            alt = escape(alt),
        );
    }

    /// The size of a picture in points.
    fn size(&self, node: &Value) -> (f64, f64) {
        let number = |name: &str| node[name].as_f64().filter(|size| *size > 0.0);
        let points = |twips: usize| f64::from(u32::try_from(twips).unwrap_or(u32::MAX)) / 20.0;
        let indent = self.place.indent.min(self.place.width / 2);
        let room = points(self.place.width - indent).max(20.0);
        let (width, height) = (
            number("width").unwrap_or(room),
            number("height").unwrap_or(room / 2.0),
        );
        let (room, high) = match node["t"].is_null() {
            // In a line of words a picture is a sign, not a plate.
            true => (room.min(170.0), 115.0),
            false => (room, points(self.section.height) * 0.72),
        };
        let wanted = match number("share") {
            Some(share) => room * share / width,
            None => 1.0,
        };
        let scale = wanted.min(room / width).min(high / height);
        ((width * scale).max(1.0), (height * scale).max(1.0))
    }
}
