//! Mermaid, drawn by `mermaid-rs-renderer`.

use mermaid_rs_renderer::{LayoutConfig, Theme, compute_layout, parse_mermaid_strict, render_svg};

use crate::render::diagram::engine::{Raw, in_one_line};
use crate::render::diagram::palette::{
    EDGE, GROUP, GROUP_EDGE, INK, LINE, NODE, NOTE, NOTE_EDGE, PAPER,
};

/// How many lines between things are laid out: the time grows with their square.
const MOST_EDGES: usize = 120;
/// How many messages a sequence may have: those only stand below each other.
const MOST_MESSAGES: usize = 400;
const MOST_NODES: usize = 300;

/// A font that no system has: widths then come from the table of the engine, and one source has
/// one drawing on every machine.
const NO_FONT: &str = "tympan-no-font";

/// The kinds that are drawn in our palette alone.
const PLAIN_KINDS: &[&str] = &[
    "flowchart",
    "graph",
    "sequenceDiagram",
    "classDiagram",
    "stateDiagram",
    "stateDiagram-v2",
    "erDiagram",
];

pub(super) fn mermaid(source: &str) -> Result<Raw, String> {
    // Its columns are a table that is made as wide as it says.
    let wide = |line: &str| {
        let columns = line.trim().strip_prefix("columns").map(str::trim);
        columns.is_some_and(|columns| columns.len() > 2 && columns != "auto")
    };
    if source.lines().any(wide) {
        return Err("it has more than 99 columns".to_owned());
    }
    let parsed = parse_mermaid_strict(source).map_err(|error| in_one_line(&error.to_string()))?;
    let kind = kind(source);
    let most = match kind {
        "sequenceDiagram" => MOST_MESSAGES,
        _ => MOST_EDGES,
    };
    if parsed.graph.edges.len() > most {
        return Err(format!("it has more than {most} lines between things"));
    }
    if parsed.graph.nodes.len() > MOST_NODES {
        return Err(format!("it has more than {MOST_NODES} things"));
    }
    let (theme, layout) = (theme(), layout());
    let placed = compute_layout(&parsed.graph, &theme, &layout);
    let colored = ["classDef", "style ", "linkStyle", "rgb", "fill:"];
    Ok(Raw {
        svg: render_svg(&placed, &theme, &layout),
        colors: &[],
        font_size: 14,
        own_colors: !PLAIN_KINDS.contains(&kind)
            || colored.iter().any(|word| source.contains(word)),
    })
}

/// The word that a diagram begins with, after comments and settings.
fn kind(source: &str) -> &str {
    let mut lines = source.lines().map(str::trim).peekable();
    if lines.peek() == Some(&"---") {
        lines.next();
        let _ = lines.by_ref().find(|line| *line == "---");
    }
    let line = lines.find(|line| !line.is_empty() && !line.starts_with("%%"));
    let word = line.and_then(|line| line.split([' ', ';', ':']).next());
    word.unwrap_or("")
}

fn layout() -> LayoutConfig {
    let mut layout = LayoutConfig {
        fast_text_metrics: true,
        ..LayoutConfig::default()
    };
    let c4 = &mut layout.c4;
    for font in [
        &mut c4.person_font_family,
        &mut c4.external_person_font_family,
        &mut c4.system_font_family,
        &mut c4.external_system_font_family,
        &mut c4.system_db_font_family,
        &mut c4.external_system_db_font_family,
        &mut c4.system_queue_font_family,
        &mut c4.external_system_queue_font_family,
        &mut c4.boundary_font_family,
        &mut c4.message_font_family,
        &mut c4.container_font_family,
        &mut c4.external_container_font_family,
        &mut c4.container_db_font_family,
        &mut c4.external_container_db_font_family,
        &mut c4.container_queue_font_family,
        &mut c4.external_container_queue_font_family,
        &mut c4.component_font_family,
        &mut c4.external_component_font_family,
        &mut c4.component_db_font_family,
        &mut c4.external_component_db_font_family,
        &mut c4.component_queue_font_family,
        &mut c4.external_component_queue_font_family,
    ] {
        NO_FONT.clone_into(font);
    }
    layout
}

fn theme() -> Theme {
    let color = |color: &str| color.to_owned();
    Theme {
        font_family: NO_FONT.to_owned(),
        primary_color: color(NODE),
        primary_text_color: color(INK),
        primary_border_color: color(EDGE),
        line_color: color(LINE),
        secondary_color: color(GROUP),
        tertiary_color: color(PAPER),
        edge_label_background: color(PAPER),
        cluster_background: color(GROUP),
        cluster_border: color(GROUP_EDGE),
        background: color("none"),
        sequence_actor_fill: color(NODE),
        sequence_actor_border: color(EDGE),
        sequence_actor_line: color(LINE),
        sequence_note_fill: color(NOTE),
        sequence_note_border: color(NOTE_EDGE),
        sequence_activation_fill: color(GROUP),
        sequence_activation_border: color(EDGE),
        text_color: color(INK),
        pie_title_text_color: color(INK),
        pie_section_text_color: color(INK),
        pie_legend_text_color: color(INK),
        ..Theme::modern()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_stands_after_comments_and_settings() {
        assert_eq!(
            kind("---\ntitle: a\n---\n%% b\n\n graph TD; a-->b"),
            "graph"
        );
        assert_eq!(kind(""), "");
    }

    #[test]
    fn colors_of_the_author_are_seen() {
        let own = |source: &str| mermaid(source).unwrap().own_colors;
        assert!(!own("graph TD\n a --> b"));
        assert!(own("graph TD\n a --> b\n style a fill:#f00"));
        assert!(own("pie\n \"a\": 1"));
    }
}
