//! Diagrams on paper, and the code that a block is if it is no diagram.

use serde_json::{Value, json};

use crate::markdown::CodeBlock;
use crate::render::diagram::{Drawing, Notation};
use crate::render::tree::code::code_node;
use crate::render::tree::medium::Medium;
use crate::render::tree::page::PageInput;

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
    code_node(input.context, &block)
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
