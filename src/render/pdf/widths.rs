//! The widths that a PDF says its glyphs have are those of the fonts within it (ISO 19005-2
//! §6.2.11.5). The fonts are read here from their bytes, not by what wrote them.

use std::collections::BTreeMap;
use std::fs;

use lopdf::{Dictionary, Document, Object};

use crate::render::pdf::PdfOutput;
use crate::render::pdf::tests::Project;

/// A number of a font, and the bytes behind it; nothing where an operator stands.
fn number(bytes: &[u8], fixed: bool) -> Option<(f64, &[u8])> {
    let wide = |at: usize| {
        Some(i32::from(i16::from_be_bytes([
            *bytes.get(at)?,
            *bytes.get(at + 1)?,
        ])))
    };
    let long = || Some(i32::from_be_bytes(bytes.get(1..5)?.try_into().ok()?));
    let first = i32::from(*bytes.first()?);
    let second = || Some(i32::from(*bytes.get(1)?));
    let (value, length) = match first {
        28 => (wide(1)?, 3),
        29 if !fixed => (long()?, 5),
        255 if fixed => return Some((f64::from(long()?) / 65_536.0, bytes.get(5..)?)),
        32..=246 => (first - 139, 1),
        247..=250 => ((first - 247) * 256 + second()? + 108, 2),
        251..=254 => ((251 - first) * 256 - second()? - 108, 2),
        _ => return None,
    };
    Some((f64::from(value), bytes.get(length..)?))
}

/// The entries of an index, and where it ends.
fn index(font: &[u8], at: usize) -> (Vec<&[u8]>, usize) {
    let count = usize::from(u16::from_be_bytes([font[at], font[at + 1]]));
    if count == 0 {
        return (Vec::new(), at + 2);
    }
    let size = usize::from(font[at + 2]);
    let data = at + 2 + (count + 1) * size;
    let offset = |entry: usize| {
        let start = at + 3 + entry * size;
        let bytes = font[start..start + size].iter();
        data + bytes.fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let entries = (0..count).map(|entry| &font[offset(entry)..offset(entry + 1)]);
    (entries.collect(), offset(count))
}

/// The operators of a dictionary with their operands; those of two bytes count from 1200 on.
fn dictionary(mut bytes: &[u8]) -> BTreeMap<usize, Vec<f64>> {
    let (mut found, mut operands) = (BTreeMap::new(), Vec::new());
    while let Some(first) = bytes.first() {
        if let Some((value, rest)) = number(bytes, false) {
            operands.push(value);
            bytes = rest;
        } else if *first == 30 {
            // Nothing that is asked for here is a real number; each ends in a nibble of ones.
            let end = bytes
                .iter()
                .skip(1)
                .position(|byte| byte & 0x0f == 0x0f || byte >> 4 == 0x0f);
            operands.push(f64::NAN);
            bytes = &bytes[end.unwrap() + 2..];
        } else {
            let (operator, length) = match first {
                12 => (1200 + usize::from(bytes[1]), 2),
                first => (usize::from(*first), 1),
            };
            found.insert(operator, std::mem::take(&mut operands));
            bytes = &bytes[length..];
        }
    }
    found
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an offset"
)]
fn offset(operands: &[f64], at: usize) -> usize {
    operands[at] as usize
}

/// The width that a glyph's program begins with, if it does: the operand that its first operator
/// has no use for.
fn own_width(mut program: &[u8]) -> Option<f64> {
    let mut operands = Vec::new();
    while let Some((value, rest)) = number(program, true) {
        operands.push(value);
        program = rest;
    }
    let count = operands.len();
    let has_width = match program.first()? {
        1 | 3 | 18 | 19 | 20 | 23 => count % 2 == 1,
        4 | 22 => count > 1,
        21 => count > 2,
        14 => count == 1 || count == 5,
        operator => panic!("a program begins with the operator {operator}"),
    };
    has_width.then(|| operands[0])
}

/// The part of a font that a glyph belongs to: a byte for each glyph says it, or ranges do.
fn part_of(font: &[u8], at: usize, glyph: usize) -> usize {
    if font[at] == 0 {
        return usize::from(font[at + 1 + glyph]);
    }
    let short = |at: usize| usize::from(u16::from_be_bytes([font[at], font[at + 1]]));
    let mut ranges = (0..short(at + 1)).map(|range| at + 3 + 3 * range).rev();
    let range = ranges.find(|range| short(*range) <= glyph).unwrap();
    usize::from(font[range + 2])
}

/// The widths of the glyphs of a CID-keyed font in the Compact Font Format.
fn widths_of_cff(font: &[u8]) -> Vec<f64> {
    let (_, at) = index(font, usize::from(font[2]));
    let (tops, _) = index(font, at);
    let top = dictionary(tops[0]);
    let (glyphs, _) = index(font, offset(&top[&17], 0));
    let (parts, _) = index(font, offset(&top[&1236], 0));
    let select = offset(&top[&1237], 0);
    let parts: Vec<(f64, f64)> = parts
        .into_iter()
        .map(|part| {
            let private = &dictionary(part)[&18];
            let (length, at) = (offset(private, 0), offset(private, 1));
            let private = dictionary(&font[at..at + length]);
            let first = |operator| private.get(&operator).map_or(0.0, |operands| operands[0]);
            (first(20), first(21))
        })
        .collect();
    let glyphs = glyphs.into_iter().enumerate();
    glyphs
        .map(|(glyph, program)| {
            let (default, nominal) = parts[part_of(font, select, glyph)];
            own_width(program).map_or(default, |own| nominal + own)
        })
        .collect()
}

fn widths_of_truetype(font: &[u8]) -> Vec<f64> {
    let face = ttf_parser::Face::parse(font, 0).unwrap();
    let scale = 1000.0 / f64::from(face.units_per_em());
    let width = |glyph| face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap();
    let glyphs = 0..face.number_of_glyphs();
    glyphs
        .map(|glyph| f64::from(width(glyph)) * scale)
        .collect()
}

/// The widths that a PDF says of the glyphs of a font, in ranges of one width.
fn said(font: &Dictionary) -> BTreeMap<usize, f64> {
    let numbers = font.get(b"W").and_then(Object::as_array).unwrap().iter();
    let numbers: Vec<f64> = numbers
        .map(|it| f64::from(it.as_float().unwrap()))
        .collect();
    let mut said = BTreeMap::new();
    for range in numbers.chunks_exact(3) {
        said.extend((offset(range, 0)..=offset(range, 1)).map(|glyph| (glyph, range[2])));
    }
    said
}

/// The glyphs that a font is used for, by the text that each stands for. A font may hold others, of
/// which these are composed.
fn used(document: &Document, font: &Dictionary) -> Vec<usize> {
    let text = font
        .get(b"ToUnicode")
        .and_then(Object::as_reference)
        .unwrap();
    let text = document
        .get_object(text)
        .and_then(Object::as_stream)
        .unwrap();
    let text = text.get_plain_content().unwrap();
    let text = String::from_utf8_lossy(&text).into_owned();
    // A line is of one glyph and its text, or of the first and the last of several, and a text.
    let codes = |line: &str| -> Vec<usize> {
        let codes = line.split(['<', '>']).skip(1).step_by(2);
        codes
            .filter_map(|code| usize::from_str_radix(code, 16).ok())
            .collect()
    };
    let lines = text
        .lines()
        .filter(|line| line.starts_with('<') && !line.contains("<ffff>"));
    let glyphs = lines.flat_map(|line| {
        let codes = codes(line);
        codes[0]..=codes[codes.len() - 2]
    });
    glyphs.collect()
}

/// Compares all widths, and says which fonts there are and how many glyphs.
#[track_caller]
fn compare(pdf: &PdfOutput) -> (Vec<String>, usize) {
    let document = Document::load_mem(&pdf.bytes).unwrap();
    let (mut fonts, mut glyphs) = (Vec::new(), 0);
    for object in document.objects.values() {
        let Ok(font) = object.as_dict() else { continue };
        let kind = font.get(b"Subtype").and_then(Object::as_name);
        if !matches!(kind, Ok(b"Type0")) {
            continue;
        }
        let used = used(&document, font);
        let below = font.get(b"DescendantFonts").and_then(Object::as_array);
        let font = below.unwrap()[0].as_reference().unwrap();
        let font = document.get_dictionary(font).unwrap();
        let kind = font.get(b"Subtype").and_then(Object::as_name).unwrap();
        let is_cff = kind == b"CIDFontType0";
        let file = if is_cff { "FontFile3" } else { "FontFile2" };
        let descriptor = font.get(b"FontDescriptor").and_then(Object::as_reference);
        let descriptor = document.get_dictionary(descriptor.unwrap()).unwrap();
        let program = descriptor
            .get(file.as_bytes())
            .and_then(Object::as_reference)
            .unwrap();
        let program = document.get_object(program).and_then(Object::as_stream);
        let program = program.unwrap().get_plain_content().unwrap();
        let widths = match is_cff {
            true => widths_of_cff(&program),
            false => widths_of_truetype(&program),
        };
        let said = said(font);
        let name = font.get(b"BaseFont").and_then(Object::as_name).unwrap();
        let name = String::from_utf8_lossy(name).into_owned();
        assert!(!used.is_empty(), "{name} is used for nothing");
        for glyph in &used {
            let (said, width) = (said.get(glyph).copied().unwrap_or(0.0), widths[*glyph]);
            assert!(
                (said - width).abs() < 0.6,
                "glyph {glyph} of {name}: {said} in the PDF, {width} in the font"
            );
        }
        fonts.push(name);
        glyphs += used.len();
    }
    (fonts, glyphs)
}

const LATIN: &str = "# T\n\n*a* **b** `c` ﬁ ẞ ½ Привет Ελλάδα שלום $a^2$\n\n$$\\sum \\frac{a}{b} \\mathbb{R}$$\n\n```rust\nfn main() {}\n```\n";

#[test]
fn widths_are_those_of_the_fonts() {
    let (fonts, glyphs) = compare(&Project::of(LATIN).pdf());
    assert!(fonts.len() > 5 && glyphs > 60, "{fonts:?}, {glyphs} glyphs");
}

const SQUARES: (&str, &str) = ("squares.otf", "NotoSerifCJK");
const JOINED: (&str, &str) = ("arabic.ttf", "NotoNaskhArabic");

/// A font of a script, and a text in it.
#[track_caller]
fn case(language: &str, (font, name): (&str, &str), text: &str) {
    let config = format!(
        "[project]\nkind = \"book\"\ntitle = \"AB\"\ncontent = \"src\"\nlanguage = \"{language}\"\n[pdf]\nfonts = [\"fonts\"]\n"
    );
    let project = Project::new(&config, &[("src/a.md", text)]);
    fs::create_dir_all(project.root().join("fonts")).unwrap();
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fonts");
    fs::copy(from.join(font), project.root().join("fonts").join(font)).unwrap();
    let (fonts, _) = compare(&project.pdf());
    assert!(fonts.iter().any(|font| font.contains(name)), "{fonts:?}");
}

#[test]
fn widths_are_those_of_fonts_of_squares_and_joined_letters() {
    case("ja", SQUARES, "# 港の灯\n\n灯は高台に建つ。AB 12 ☆\n");
    case("ko", SQUARES, "# 항구\n\n항구 AB 12\n");
    case("zh", SQUARES, "# 港\n\n高台。\n");
    case("ar", JOINED, "# مرحبًا\n\nبالعالم لا\n");
}
