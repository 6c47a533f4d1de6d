//! Draws a diagram in a notation: engines run apart, on a stack of their own, and what they make is
//! sanitized.

use crate::assets::sanitize_svg;
use crate::render::diagram::dot::dot;
use crate::render::diagram::drawing::Drawing;
use crate::render::diagram::mermaid::mermaid;
use crate::render::diagram::notation::Notation;
use crate::render::diagram::pikchr::pikchr;
use crate::render::diagram::rewrite::normal;
use crate::store::{Key, Store};

/// Raised whenever the same diagram would be drawn in another way.
const VERSION: u32 = 1;
/// The longest source that is read, in bytes.
const LONGEST: usize = 20 << 10;
/// How deep brackets may nest.
const DEEPEST: usize = 60;
/// The stack of an engine: their parsers recurse.
const STACK: usize = 32 << 20;

/// What an engine makes of a source.
pub(super) struct Raw {
    pub(super) svg: String,
    /// Which of its colors become which of ours.
    pub(super) colors: &'static [(&'static str, &'static str)],
    pub(super) font_size: u32,
    pub(super) own_colors: bool,
}

/// Draws a diagram, or takes the drawing from the store.
pub(super) fn draw(notation: Notation, store: &Store, source: &str) -> Result<Drawing, String> {
    let name = format!("{notation:?}");
    let key = Key::new("diagram", VERSION)
        .input("notation", name.as_bytes())
        .input("source", source.as_bytes());
    if let Some(known) = store.cached(&key).and_then(read) {
        return Ok(known);
    }
    let drawing = drawn(notation, source)?;
    let first = if drawing.own_colors { "1" } else { "0" };
    store.cache(&key, format!("{first}{}", drawing.svg).as_bytes());
    Ok(drawing)
}

fn read(bytes: Vec<u8>) -> Option<Drawing> {
    let mut svg = String::from_utf8(bytes).ok()?;
    let own_colors = match svg.is_empty() {
        true => return None,
        false => svg.remove(0) == '1',
    };
    Some(Drawing { svg, own_colors })
}

fn drawn(notation: Notation, source: &str) -> Result<Drawing, String> {
    if source.len() > LONGEST {
        return Err(format!("it is longer than {} kB", LONGEST >> 10));
    }
    if depth(source) > DEEPEST {
        return Err(format!("its brackets nest deeper than {DEEPEST}"));
    }
    let engine = match notation {
        Notation::Mermaid => mermaid,
        Notation::Dot => dot,
        Notation::Pikchr => pikchr,
    };
    let raw = apart(|| engine(source))?;
    let clean = sanitize_svg(raw.svg.as_bytes())?;
    let svg = normal(&clean, raw.colors, raw.font_size);
    Ok(Drawing {
        svg: svg.ok_or("there is nothing to draw")?,
        own_colors: raw.own_colors,
    })
}

/// Runs an engine where neither its stack nor a fault of its own can stop the build.
fn apart(engine: impl FnOnce() -> Result<Raw, String> + Send) -> Result<Raw, String> {
    let lost = || "the engine that draws it failed".to_owned();
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK);
        let running = builder.spawn_scoped(scope, engine).map_err(|_| lost())?;
        running.join().unwrap_or_else(|_| Err(lost()))
    })
}

fn depth(source: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for c in source.chars() {
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The first line of what an engine says that tells something.
pub(super) fn in_one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim);
    let line = lines
        .into_iter()
        .rfind(|line| line.chars().any(char::is_alphanumeric));
    let line = line.unwrap_or("it cannot be read");
    line.trim_start_matches("ERROR: ")
        .chars()
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MERMAID: &str = "flowchart TD\n  a[Ä < \"b\"] -->|yes| b{c}\n  b --> a\n";
    const DOT: &str = "digraph { a [label=\"Start\"]; a -> b [label=\"yes\"]; }";
    const PIKCHR: &str = "box \"One\" fit; arrow; circle \"Two\" fit";

    #[test]
    fn every_notation_is_drawn_with_its_texts() {
        for (notation, source, words) in [
            (Notation::Mermaid, MERMAID, "c"),
            (Notation::Dot, DOT, "Start"),
            (Notation::Pikchr, PIKCHR, "One"),
        ] {
            let drawing = drawn(notation, source).unwrap();
            assert!(drawing.words().contains(words), "{}", drawing.words());
            assert!(!drawing.own_colors);
            let page = drawing.page("p-");
            assert!(page.starts_with("<svg xmlns="), "{page}");
            assert!(page.contains("var(--"), "{page}");
            for stray in ["style", "class=", "data-", "tympan-", " id=\"a", "rgb("] {
                assert!(!page.contains(stray), "{stray}: {page}");
            }
        }
    }

    #[test]
    fn one_source_has_one_drawing() {
        let source =
            "flowchart LR\n subgraph s\n a --> b & c\n end\n c --> d\n d --> a\n b --> d\n";
        let first = drawn(Notation::Mermaid, source).unwrap();
        for _ in 0..8 {
            assert_eq!(drawn(Notation::Mermaid, source).unwrap(), first);
        }
    }

    #[test]
    fn drawings_come_back_from_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let first = draw(Notation::Pikchr, &store, PIKCHR).unwrap();
        assert_eq!(draw(Notation::Pikchr, &store, PIKCHR).unwrap(), first);
        assert_eq!(store.counts(), (1, 1));
    }

    #[test]
    fn what_cannot_be_read_or_asks_for_too_much_is_said() {
        let edges: Vec<String> = (0..400).map(|at| format!("a{at} --> b\n")).collect();
        let dense = edges.concat();
        for (notation, source) in [
            (Notation::Mermaid, String::new()),
            (Notation::Mermaid, "no diagram".to_owned()),
            (Notation::Mermaid, format!("flowchart TD\n{dense}")),
            (
                Notation::Mermaid,
                "block-beta\n columns 999999999\n a b".to_owned(),
            ),
            (
                Notation::Mermaid,
                "gantt\n dateFormat YYYY-MM-DD\n section a\n t :a1, 2014-01-01, 99999999999d"
                    .to_owned(),
            ),
            (Notation::Dot, "digraph {".to_owned()),
            (
                Notation::Dot,
                format!("digraph {{ {} }}", "a -> b;".repeat(400)),
            ),
            (Notation::Dot, format!("digraph {}", "{".repeat(400))),
            (Notation::Pikchr, "foo bar".to_owned()),
            (Notation::Pikchr, "x".repeat(LONGEST + 1)),
        ] {
            let said = drawn(notation, &source).unwrap_err();
            assert!(!said.is_empty() && said.lines().count() == 1, "{said}");
        }
    }

    #[test]
    fn markup_in_a_diagram_stays_text() {
        for (notation, source) in [
            (
                Notation::Mermaid,
                "flowchart TD\n a[\"<script>alert(1)</script>\"]\n click a \"javascript:x\"",
            ),
            (
                Notation::Dot,
                "digraph { a [label=\"<script>alert(1)</script>\"] }",
            ),
            (Notation::Pikchr, "box \"<script>alert(1)</script>\""),
        ] {
            if let Ok(drawing) = drawn(notation, source) {
                assert!(!drawing.svg.contains("<script"), "{}", drawing.svg);
                assert!(!drawing.svg.contains("javascript:"), "{}", drawing.svg);
            }
        }
    }
}
