//! The colors of diagrams: on paper one palette, on a page the variables of the style.

/// Text, and what is drawn in its color.
pub(super) const INK: &str = "#1f1e1c";
/// Lines between things.
pub(super) const LINE: &str = "#5c5b58";
/// What a thing is filled with.
pub(super) const NODE: &str = "#f6f5f1";
/// What is around a thing.
pub(super) const EDGE: &str = "#8b8983";
/// What a group of things is filled with.
pub(super) const GROUP: &str = "#eeece6";
/// What is around a group.
pub(super) const GROUP_EDGE: &str = "#cbc8bf";
/// What a note is filled with.
pub(super) const NOTE: &str = "#fdf3d4";
/// What is around a note.
pub(super) const NOTE_EDGE: &str = "#cfa64a";
/// The ground.
pub(super) const PAPER: &str = "#ffffff";

const VARIABLES: &[(&str, &str)] = &[
    (INK, "var(--ink)"),
    (LINE, "var(--soft)"),
    (NODE, "var(--diagram-node)"),
    (EDGE, "var(--diagram-edge)"),
    (GROUP, "var(--diagram-group)"),
    (GROUP_EDGE, "var(--line)"),
    (NOTE, "var(--diagram-note)"),
    (NOTE_EDGE, "var(--diagram-note-edge)"),
    (PAPER, "var(--paper)"),
];

/// A drawing with variables where it has colors of the palette.
pub(super) fn as_variables(svg: &str) -> String {
    let mut svg = svg.to_owned();
    for (color, variable) in VARIABLES {
        svg = svg.replace(&format!("=\"{color}\""), &format!("=\"{variable}\""));
    }
    svg
}
