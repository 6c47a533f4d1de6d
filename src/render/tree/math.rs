//! LaTeX math as nodes of the data tree. Nothing of it is evaluated; the template builds each
//! node from its own functions.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pulldown_latex::event::{
    ArrayColumn, ColumnAlignment, Content, DelimiterType, Dimension, EnvironmentFlow, Event,
    Grouping, ScriptPosition, ScriptType, StateChange, Visual,
};
use pulldown_latex::{Parser, Storage};
use serde_json::{Value, json};

use crate::markdown::check_formula;
use crate::render::tree::math_names::{
    accent_above, accent_below, align_name, delimiter_ems, ems, font_name, negated, style_name,
};

/// An expression of more events is shown as its source.
const MAX_EVENTS: usize = 5000;
/// Deeper nesting would meet the limits of the layout engine.
const MAX_DEPTH: usize = 14;

/// Reads an expression, or says why it cannot be read.
pub(super) fn math(tex: &str) -> Result<Value, String> {
    check_formula(tex)?;
    let storage = Storage::new();
    let read = || -> Result<Value, String> {
        let mut events = Vec::new();
        for event in Parser::new(tex, &storage).take(MAX_EVENTS + 1) {
            events.push(event.map_err(|error| reason(&error.to_string()))?);
        }
        if events.len() > MAX_EVENTS {
            return Err("it is too long".to_owned());
        }
        let mut reader = Reader {
            events: &events,
            at: 0,
            font: None,
            depth: 0,
        };
        Ok(row(reader.sequence()?))
    };
    // The parser is another's; what it does with hostile input must not stop the build.
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("it cannot be read".to_owned()))
}

/// The first line of the parser's message, without its drawing of the context.
fn reason(message: &str) -> String {
    let line = message.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or("it cannot be read").trim();
    line.trim_start_matches("parsing error: ")
        .trim_end_matches(['.', ':'])
        .to_owned()
}

struct Reader<'a> {
    events: &'a [Event<'a>],
    at: usize,
    font: Option<&'static str>,
    depth: usize,
}

impl Reader<'_> {
    /// The elements up to the end of the group, or up to the next cell or row.
    fn sequence(&mut self) -> Result<Vec<Value>, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        let font = self.font;
        let mut found: Vec<Value> = Vec::new();
        while let Some(event) = self.events.get(self.at) {
            match event {
                Event::End | Event::EnvironmentFlow(_) => break,
                Event::StateChange(change) => {
                    self.at += 1;
                    match change {
                        StateChange::Font(font) => self.font = font.map(font_name),
                        StateChange::Style(style) => {
                            let rest = row(self.sequence()?);
                            found.push(json!({"m": "style", "v": style_name(*style), "c": rest}));
                        }
                        StateChange::Color(change) => {
                            let (red, green, blue) = change.color;
                            let rest = row(self.sequence()?);
                            let color = format!("#{red:02x}{green:02x}{blue:02x}");
                            found.push(json!({"m": "color", "v": color, "c": rest}));
                        }
                    }
                }
                _ => self.joined(&mut found)?,
            }
        }
        self.font = font;
        self.depth -= 1;
        Ok(found)
    }

    /// Reads an element; primes are set above the element before them.
    fn joined(&mut self, found: &mut Vec<Value>) -> Result<(), String> {
        let element = self.element()?;
        if let (Some(prime), Some(base)) = (primes(&element), found.last_mut()) {
            *base = json!({"m": "attach", "c": base.take(), "tr": prime});
        } else if let (Some(prime), Some(base)) = (primes(&element["c"]), found.last_mut())
            && element["m"] == "attach"
        {
            let above = row([prime]
                .into_iter()
                .chain(non_null(&element["tr"]))
                .collect());
            *base = json!({"m": "attach", "c": base.take(), "tr": above, "br": element["br"]});
        } else {
            found.push(element);
        }
        Ok(())
    }

    fn element(&mut self) -> Result<Value, String> {
        let Some(event) = self.events.get(self.at) else {
            return Ok(row(Vec::new()));
        };
        self.at += 1;
        match event {
            Event::Content(content) => Ok(self.leaf(*content)),
            Event::Begin(grouping) => self.group(grouping),
            Event::Visual(visual) => self.visual(*visual),
            Event::Script { ty, position } => self.script(*ty, *position),
            Event::Space { width, .. } => Ok(json!({"m": "space", "v": width.map_or(0.0, ems)})),
            // A change alone where an element is due has nothing to change.
            Event::StateChange(_) | Event::End | Event::EnvironmentFlow(_) => Ok(row(Vec::new())),
        }
    }

    /// An element that is an argument: one level down, with the font of its surroundings.
    fn argument(&mut self) -> Result<Value, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        let element = self.element();
        self.depth -= 1;
        element
    }

    fn leaf(&self, content: Content<'_>) -> Value {
        let mut node = match content {
            Content::Text(text) => return json!({"m": "text", "v": text}),
            Content::Number(number) => json!({"m": "number", "v": number}),
            Content::Function(name) => return json!({"m": "op", "v": name}),
            Content::Ordinary { content, .. } | Content::LargeOp { content, .. } => {
                symbol(content, None)
            }
            // These are binary or not by what stands before them, which the engine knows.
            Content::BinaryOp { content, .. } if "+−±∓".contains(content) => {
                symbol(content, None)
            }
            Content::BinaryOp { content, .. } => symbol(content, Some("binary")),
            Content::Relation { content, .. } => {
                let mut buffer = [0; 8];
                let text = content.encode_utf8_to_buf(&mut buffer);
                let text = std::str::from_utf8(text).unwrap_or("=");
                json!({"m": "symbol", "v": text, "class": "relation"})
            }
            Content::Delimiter { content, size, ty } => {
                let class = match ty {
                    DelimiterType::Open => "opening",
                    DelimiterType::Fence => "fence",
                    DelimiterType::Close => "closing",
                };
                let mut node = symbol(content, Some(class));
                if let (Some(size), false) = (size, ty == DelimiterType::Fence) {
                    node["size"] = json!(delimiter_ems(size));
                }
                node
            }
            Content::Punctuation(content) => symbol(content, Some("punctuation")),
        };
        if let Some(font) = self.font {
            node["font"] = json!(font);
        }
        node
    }

    fn visual(&mut self, visual: Visual) -> Result<Value, String> {
        Ok(match visual {
            Visual::SquareRoot => json!({"m": "root", "c": self.argument()?}),
            Visual::Root => {
                let radicand = self.argument()?;
                json!({"m": "root", "c": radicand, "index": self.argument()?})
            }
            Visual::Fraction(line) => {
                let above = self.argument()?;
                let below = self.argument()?;
                match line {
                    Some(Dimension { value: 0.0, .. }) => {
                        json!({"m": "stack", "a": above, "b": below})
                    }
                    _ => json!({"m": "frac", "a": above, "b": below}),
                }
            }
            Visual::Negation => negated(&self.argument()?),
        })
    }

    fn script(&mut self, kind: ScriptType, position: ScriptPosition) -> Result<Value, String> {
        let base = self.argument()?;
        let below = match kind {
            ScriptType::Superscript => Value::Null,
            ScriptType::Subscript | ScriptType::SubSuperscript => self.argument()?,
        };
        let above = match kind {
            ScriptType::Subscript => Value::Null,
            ScriptType::Superscript | ScriptType::SubSuperscript => self.argument()?,
        };
        if position == ScriptPosition::AboveBelow {
            let mark = |node: &Value| node["v"].as_str().and_then(|v| v.chars().next());
            if let (Some(accent), true) = (mark(&above).and_then(accent_above), below.is_null()) {
                return Ok(json!({"m": "accent", "v": accent, "c": base}));
            }
            if let (Some(accent), true) = (mark(&below).and_then(accent_below), above.is_null()) {
                return Ok(json!({"m": "accent", "v": accent, "c": base}));
            }
        }
        Ok(match position {
            ScriptPosition::Right => json!({"m": "attach", "c": base, "tr": above, "br": below}),
            ScriptPosition::AboveBelow => {
                json!({"m": "attach", "c": base, "t": above, "b": below, "limits": true})
            }
            ScriptPosition::Movable => {
                json!({"m": "attach", "c": base, "t": above, "b": below, "limits": false})
            }
        })
    }

    fn group(&mut self, grouping: &Grouping) -> Result<Value, String> {
        let node = match grouping {
            Grouping::Normal => row(self.sequence()?),
            Grouping::LeftRight(open, close) => {
                let body = row(self.sequence()?);
                let side = |side: &Option<char>| side.map(String::from);
                match (open, close, body["m"] == "stack") {
                    (Some('('), Some(')'), true) => {
                        json!({"m": "binom", "a": body["a"], "b": body["b"]})
                    }
                    _ => json!({"m": "lr", "open": side(open), "close": side(close), "c": body}),
                }
            }
            Grouping::Matrix { alignment } | Grouping::SubArray { alignment } => {
                json!({"m": "mat", "rows": self.rows()?, "align": align_name(*alignment)})
            }
            Grouping::Array(columns) => {
                let first = columns.iter().find_map(|column| match column {
                    ArrayColumn::Column(alignment) => Some(*alignment),
                    ArrayColumn::Separator(_) => None,
                });
                let alignment = first.unwrap_or(ColumnAlignment::Center);
                json!({"m": "mat", "rows": self.rows()?, "align": align_name(alignment)})
            }
            Grouping::Cases { left } => {
                json!({"m": "cases", "rows": self.rows()?, "reverse": !left})
            }
            Grouping::Equation { .. }
            | Grouping::Align { .. }
            | Grouping::Aligned
            | Grouping::Alignat { .. }
            | Grouping::Alignedat { .. }
            | Grouping::Gather { .. }
            | Grouping::Gathered
            | Grouping::Multline
            | Grouping::Split => {
                json!({"m": "lines", "rows": self.rows()?, "outer": self.depth <= 1})
            }
        };
        if matches!(self.events.get(self.at), Some(Event::End)) {
            self.at += 1;
        }
        Ok(node)
    }

    /// The cells of an environment, row by row.
    fn rows(&mut self) -> Result<Vec<Vec<Value>>, String> {
        let mut rows = vec![Vec::new()];
        loop {
            let cell = row(self.sequence()?);
            let last = rows.last_mut().expect("there is always a row");
            last.push(cell);
            match self.events.get(self.at) {
                Some(Event::EnvironmentFlow(EnvironmentFlow::Alignment)) => {}
                Some(Event::EnvironmentFlow(EnvironmentFlow::NewLine { .. })) => {
                    rows.push(Vec::new());
                }
                Some(Event::EnvironmentFlow(EnvironmentFlow::StartLines { .. })) => {
                    last.pop();
                }
                _ => break,
            }
            self.at += 1;
        }
        // A line break at the end begins no row.
        let blank = |row: &Vec<Value>| row.len() == 1 && row[0]["c"] == json!([]);
        if rows.len() > 1 && rows.last().is_some_and(blank) {
            rows.pop();
        }
        Ok(rows)
    }
}

fn symbol(letter: char, class: Option<&str>) -> Value {
    let mut node = json!({"m": "symbol", "v": letter.to_string()});
    if let Some(class) = class {
        node["class"] = json!(class);
    }
    node
}

/// A sequence as one node.
fn row(mut nodes: Vec<Value>) -> Value {
    match nodes.len() {
        1 => nodes.remove(0),
        _ => json!({"m": "row", "c": nodes}),
    }
}

fn non_null(node: &Value) -> Option<Value> {
    (!node.is_null()).then(|| node.clone())
}

/// The node itself if it is a prime.
fn primes(node: &Value) -> Option<Value> {
    let prime = ["′", "″", "‴", "⁗"].contains(&node["v"].as_str()?);
    (prime && node["m"] == "symbol").then(|| node.clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(tex: &str, expected: Value) {
        assert_eq!(math(tex), Ok(expected));
    }

    #[test]
    fn fractions_roots_and_scripts_are_nodes() {
        let letter = |v: &str| json!({"m": "symbol", "v": v});
        let number = |v: &str| json!({"m": "number", "v": v});
        case(
            r"\frac a2",
            json!({"m": "frac", "a": letter("a"), "b": number("2")}),
        );
        case(
            r"\sqrt[3]{x}",
            json!({"m": "root", "c": letter("x"), "index": number("3")}),
        );
        case(
            r"\sum_{i}^n",
            json!({"m": "attach", "c": letter("∑"), "t": letter("n"), "b": letter("i"), "limits": false}),
        );
        case(
            r"\hat x",
            json!({"m": "accent", "v": "hat", "c": letter("x")}),
        );
        case(
            "x'",
            json!({"m": "attach", "c": letter("x"), "tr": letter("′")}),
        );
        case(
            r"\binom n2",
            json!({"m": "binom", "a": letter("n"), "b": number("2")}),
        );
        case(
            r"\not=",
            json!({"m": "symbol", "v": "≠", "class": "relation"}),
        );
    }

    #[test]
    fn environments_are_rows_of_cells() {
        let number = |v: &str| json!({"m": "number", "v": v});
        let rows = json!([[number("1"), number("2")], [number("3"), number("4")]]);
        case(
            r"\begin{matrix}1&2\\3&4\\ \end{matrix}",
            json!({"m": "mat", "rows": rows, "align": "center"}),
        );
        case(
            r"\begin{cases}1&2\\3&4\end{cases}",
            json!({"m": "cases", "rows": rows, "reverse": false}),
        );
        case(
            r"\begin{align}1&2\\3&4\end{align}",
            json!({"m": "lines", "rows": rows, "outer": true}),
        );
    }

    #[test]
    fn a_font_lasts_to_the_end_of_its_group() {
        let found = math(r"\mathbb{R} x").unwrap();
        assert_eq!(found["c"][0]["font"], "bb");
        assert_eq!(found["c"][1]["font"], Value::Null);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for tex in [r"\unknown{x}", r"\frac{", r"\begin{align}", r"\left("] {
            assert!(math(tex).is_err(), "{tex}");
        }
        assert!(math(&r"\sqrt{".repeat(40)).is_err());
        assert!(math(&format!("{}x{}", r"\sqrt{".repeat(40), "}".repeat(40))).is_err());
    }

    proptest! {
        #[test]
        fn no_math_panics(tex in r"[a-c0-1\\{}^_& ']{0,30}") {
            let _ = math(&tex);
        }
    }
}
