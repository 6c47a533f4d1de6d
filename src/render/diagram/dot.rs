//! The DOT language of Graphviz, drawn by `layout-rs`.

use layout::backends::svg::SVGWriter;
use layout::gv::{DotParser, GraphBuilder};

use crate::render::diagram::engine::{Raw, in_one_line};
use crate::render::diagram::palette::{EDGE, INK, LINE, NODE};

/// How many lines between things are laid out.
const MOST_EDGES: usize = 120;

/// What the writer uses where the author says nothing.
const COLORS: &[(&str, &str)] = &[
    ("#ffffffff", NODE),
    ("#000000ff", EDGE),
    ("context-stroke", LINE),
    ("black", INK),
];

pub(super) fn dot(source: &str) -> Result<Raw, String> {
    let edges = source.matches("->").count() + source.matches("--").count();
    if edges > MOST_EDGES {
        return Err(format!(
            "it has more than {MOST_EDGES} lines between things"
        ));
    }
    let mut parser = DotParser::new(source);
    let graph = parser.process().map_err(|error| in_one_line(&error))?;
    let mut builder = GraphBuilder::new();
    builder.visit_graph(&graph);
    let mut writer = SVGWriter::new();
    builder.get().do_it(false, false, false, &mut writer);
    // Texts have no color of their own, and would be black on any ground.
    let svg = writer
        .finalize()
        .replace("<text ", &format!("<text fill=\"{INK}\" "));
    Ok(Raw {
        svg,
        colors: COLORS,
        font_size: 14,
        own_colors: source.contains("color"),
    })
}
