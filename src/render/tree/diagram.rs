//! Diagrams on paper, and the code that a block is if it is no diagram.

use serde_json::{Value, json};

use crate::markdown::{CodeBlock, CodeLine, LineMark};
use crate::render::diagram::{Drawing, Notation};
use crate::render::tree::breaks::{Measure, ZERO_WIDTH_SPACE};
use crate::render::tree::page::{Medium, PageInput};

/// How many places to break the engine takes in one line of code; it refuses a document with more
/// than 512.
const MOST_PLACES: usize = 256;

/// A block of code, or the diagram that it is the source of.
pub(super) fn code(input: &PageInput<'_>, info: &str, children: &[Value]) -> Value {
    let text: String = children.iter().filter_map(Value::as_str).collect();
    let block = CodeBlock::read(info, &text);
    let drawing = Notation::of(&block.language)
        .and_then(|notation| notation.draw(input.context.store, &block.text()).ok());
    if let Some(drawing) = drawing
        && let Some(node) = picture(input.medium, &drawing, block.title.as_deref())
    {
        return node;
    }
    let language = block.language.to_ascii_lowercase();
    let shown = block.shown();
    let shown: Vec<Vec<String>> = shown
        .trim_end_matches('\n')
        .split('\n')
        .map(|line| cut(input.medium, line))
        .collect();
    let mut node = json!({"t": "code", "lang": language, "v": shown.concat().join("\n")});
    if !block.is_plain() {
        let lines = lines(&block).into_iter().zip(&shown);
        let whole = lines.flat_map(|(line, parts)| {
            let rest = json!({"n": null, "mark": line["mark"]});
            let rest = std::iter::repeat_n(rest, parts.len() - 1);
            std::iter::once(line).chain(rest)
        });
        node["lines"] = json!(whole.collect::<Vec<Value>>());
        // A patch has its signs in its text.
        node["signed"] = json!(["diff", "patch"].contains(&block.language.as_str()));
    }
    // Lines that are hidden on a page are not printed.
    if let Some(title) = block.title {
        node["title"] = json!(title);
    }
    node
}

/// A line of code with places to break, cut where there are too many.
fn cut(medium: Medium, line: &str) -> Vec<String> {
    let line = medium.soften(line, Measure::Block);
    let pieces: Vec<&str> = line.split(ZERO_WIDTH_SPACE).collect();
    let join = |pieces: &[&str]| pieces.join(ZERO_WIDTH_SPACE.encode_utf8(&mut [0; 4]));
    pieces.chunks(MOST_PLACES).map(join).collect()
}

/// The number of each line that is printed, and what is said of it.
fn lines(block: &CodeBlock) -> Vec<Value> {
    let first = block.numbers.unwrap_or(1);
    let numbered = block.lines.iter().zip(first..);
    let shown = numbered.filter(|(line, _)| !line.hidden);
    let line = |(line, number): (&CodeLine, u32)| {
        let mark = match line.mark {
            LineMark::None => "",
            LineMark::Marked => "marked",
            LineMark::Added => "added",
            LineMark::Removed => "removed",
        };
        json!({"n": block.numbers.map(|_| number), "mark": mark})
    };
    shown.map(line).collect()
}

/// The node of a drawing, if it can be shown.
fn picture(medium: Medium, drawing: &Drawing, title: Option<&str>) -> Option<Value> {
    let svg = drawing.paper();
    let (width, height) = (medium.drawing_size)(svg)?;
    let alt = title.map_or_else(|| drawing.words(), str::to_owned);
    Some(json!({
        "t": "diagram", "svg": svg, "alt": alt, "caption": title.unwrap_or(""),
        "width": width, "height": height,
    }))
}
