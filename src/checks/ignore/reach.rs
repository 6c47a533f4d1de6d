//! Which bytes of a file a remark reaches.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use crate::checks::ignore::directive::{Directive, Fault, Verb};
use crate::markdown::{Remark, events, plain, remarks};

/// How many remarks of a file count.
pub(super) const MOST: usize = 2000;

/// A remark that silences something.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Silence {
    pub directive: Directive,
    /// The bytes of the comment.
    pub span: Range<usize>,
    /// The bytes that it is about; none stands for the whole file, and what is found about no place.
    pub reach: Option<Range<usize>>,
}

/// What the remarks of a file come to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reading {
    pub silences: Vec<Silence>,
    /// Those that cannot be read.
    pub faults: Vec<(Range<usize>, Fault)>,
}

/// Reads the remarks of a file whose body begins at `body`.
pub(super) fn read(text: &str, body: usize) -> Reading {
    let mut reading = Reading::default();
    let found = remarks(text, body);
    if found.is_empty() {
        return reading;
    }
    let blocks = Blocks::of(text, body, &found);
    if let Some(first) = found.get(MOST) {
        let message =
            format!("more than {MOST} remarks stand in this file; the rest does not count");
        let help = "use `off` and `on`, or `ignore-file`".to_owned();
        reading.faults.push((first.span.clone(), (message, help)));
    }
    let mut open: Vec<Silence> = Vec::new();
    for remark in found.into_iter().take(MOST) {
        let directive = match Directive::read(&text[remark.words.clone()]) {
            Ok(directive) => directive,
            Err(fault) => {
                reading.faults.push((remark.span, fault));
                continue;
            }
        };
        let reach = match directive.verb {
            Verb::Ignore => Some(blocks.about(text, &remark)),
            Verb::IgnoreLine => Some(line_of(text, &remark)),
            Verb::IgnoreFile => None,
            Verb::Off => {
                open.push(Silence {
                    reach: Some(remark.span.end..text.len()),
                    span: remark.span,
                    directive,
                });
                continue;
            }
            Verb::On => {
                let before = open.len();
                let (ended, others) = open
                    .into_iter()
                    .partition(|silence| ends(&directive, silence));
                open = others;
                if open.len() == before {
                    let message = "nothing is off here that this could switch on".to_owned();
                    let help = "take it out, or name the rules that `off` names".to_owned();
                    reading.faults.push((remark.span.clone(), (message, help)));
                }
                let ended: Vec<Silence> = ended;
                reading
                    .silences
                    .extend(ended.into_iter().map(|silence| Silence {
                        reach: Some(silence.span.end..remark.span.start),
                        ..silence
                    }));
                continue;
            }
        };
        reading.silences.push(Silence {
            directive,
            span: remark.span,
            reach,
        });
    }
    reading.silences.extend(open);
    reading.silences.sort_by_key(|silence| silence.span.start);
    reading
}

/// Whether an `on` ends what an `off` began: it names all of its rules, or none at all.
fn ends(on: &Directive, off: &Silence) -> bool {
    on.rules.is_empty()
        || off
            .directive
            .rules
            .iter()
            .all(|rule| on.rules.contains(rule))
}

/// The line of a remark, or the next one where nothing else stands in it.
fn line_of(text: &str, remark: &Remark) -> Range<usize> {
    let end_of = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    let end = end_of(remark.span.end);
    if remark.is_alone {
        return end..end_of(end);
    }
    let start = text[..remark.span.start].rfind('\n').map_or(0, |at| at + 1);
    start..end
}

/// The blocks of a text, sorted by where they begin, the outer one first.
struct Blocks {
    all: Vec<Range<usize>>,
    /// Those that hold text of their own.
    texts: Vec<Range<usize>>,
    end: usize,
}

impl Blocks {
    fn of(text: &str, body: usize, remarks: &[Remark]) -> Self {
        // Blocks are those of the text as it is read, which has no remarks.
        let (mut kept, mut runs, mut from) = (String::new(), Vec::new(), body);
        for cut in remarks.iter().map(|remark| &remark.cut) {
            kept.push_str(&text[from..cut.start]);
            runs.push((kept.len(), cut.end - body - kept.len()));
            from = cut.end;
        }
        kept.push_str(&text[from..]);
        let written = |at: usize| {
            let after = runs.partition_point(|(start, _)| *start <= at);
            at + body + after.checked_sub(1).map_or(0, |run| runs[run].1)
        };
        let (mut all, mut texts) = (Vec::new(), Vec::new());
        for (event, span) in plain(events(&kept, 0)) {
            let span = written(span.start)..written(span.end);
            match event {
                Event::Start(
                    Tag::Paragraph
                    | Tag::Heading { .. }
                    | Tag::Item
                    | Tag::TableHead
                    | Tag::TableRow
                    | Tag::DefinitionListTitle
                    | Tag::DefinitionListDefinition
                    | Tag::FootnoteDefinition(_)
                    | Tag::HtmlBlock,
                ) => {
                    texts.push(span.clone());
                    all.push(span);
                }
                Event::Start(
                    Tag::BlockQuote(_)
                    | Tag::CodeBlock(_)
                    | Tag::List(_)
                    | Tag::Table(_)
                    | Tag::DefinitionList,
                )
                | Event::Rule => all.push(span),
                _ => {}
            }
        }
        all.sort_by_key(|block| (block.start, std::cmp::Reverse(block.end)));
        texts.sort_by_key(|block| (block.start, std::cmp::Reverse(block.end)));
        Self {
            all,
            texts,
            end: text.len(),
        }
    }

    /// The block that a remark stands in, or the next one where it stands alone. What is no block, such
    /// as the definition of a link, is its line.
    fn about(&self, text: &str, remark: &Remark) -> Range<usize> {
        if !remark.is_alone {
            let before = self
                .texts
                .partition_point(|block| block.start <= remark.cut.end);
            let within = |block: &&Range<usize>| remark.cut.start <= block.end;
            // Blocks nest, so that of those that hold it the last to begin is the innermost.
            if let Some(block) = self.texts[..before]
                .iter()
                .rev()
                .take(MOST_NESTED)
                .find(within)
            {
                return block.start.min(remark.span.start)..block.end.max(remark.span.end);
            }
            return line_of(text, remark);
        }
        let next = self
            .all
            .partition_point(|block| block.start < remark.span.end);
        let next = self.all.get(next);
        next.cloned().unwrap_or(self.end..self.end)
    }
}

/// How many blocks are looked at for the one around a remark.
const MOST_NESTED: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    /// What each remark reaches, as text.
    #[track_caller]
    fn case(text: &str, expected: &[&str]) {
        let reading = read(text, 0);
        let reached = reading.silences.iter().map(|silence| match &silence.reach {
            Some(reach) => text[reach.clone()].trim_end(),
            None => "*",
        });
        assert_eq!(reached.collect::<Vec<_>>(), expected);
        assert_eq!(reading.faults, []);
    }

    #[test]
    fn alone_in_its_line_it_is_about_the_next_block() {
        case("a\n\n<!-- tympan: ignore x -->\nb\nc\n\nd\n", &["b\nc"]);
        case("<!-- tympan: ignore x -->\n\n## b\n\nc\n", &["## b"]);
        case("<!-- tympan: ignore x -->\n- a\n- b\n\nc\n", &["- a\n- b"]);
        case("- a\n<!-- tympan: ignore x -->\n- b\n- c\n", &["- b"]);
        case("> <!-- tympan: ignore x -->\n> b\n>\n> c\n", &["b"]);
        case("> [a]: # (tympan: ignore x)\n> b\n>\n> c\n", &["b"]);
        case(
            "<!-- tympan: ignore x -->\n\n|a|\n|-|\n|b|\n",
            &["|a|\n|-|\n|b|"],
        );
        case("a\n\n<!-- tympan: ignore x -->\n", &[""]);
    }

    #[test]
    fn beside_text_it_is_about_the_block_around() {
        case(
            "a\nb <!-- tympan: ignore x -->\nc\n\nd\n",
            &["a\nb <!-- tympan: ignore x -->\nc"],
        );
        case(
            "<!-- tympan: ignore x --> a\n\nb\n",
            &["<!-- tympan: ignore x --> a"],
        );
        case(
            "## a <!-- tympan: ignore x -->\n\nb\n",
            &["## a <!-- tympan: ignore x -->"],
        );
        case(
            "- a\n- b <!-- tympan: ignore x -->\n",
            &["- b <!-- tympan: ignore x -->"],
        );
        case(
            "|a|\n|-|\n|b <!-- tympan: ignore x -->|\n|c|\n",
            &["|b <!-- tympan: ignore x -->|"],
        );
    }

    #[test]
    fn beside_what_is_no_block_it_is_about_its_line() {
        case(
            "[a]: b <!-- tympan: ignore x -->\n\nc\n",
            &["[a]: b <!-- tympan: ignore x -->"],
        );
        case(
            "a\n\n[a]: b <!-- tympan: ignore x -->\n[c]: d\n",
            &["[a]: b <!-- tympan: ignore x -->"],
        );
    }

    #[test]
    fn lines_files_and_stretches() {
        case(
            "a\nb <!-- tympan: ignore-line x -->\nc\n",
            &["b <!-- tympan: ignore-line x -->"],
        );
        case("a\n<!-- tympan: ignore-line x -->\nb\nc\n", &["b"]);
        case("a\n\n<!-- tympan: ignore-file x -->\n", &["*"]);
        case(
            "a\n\n<!-- tympan: off x -->\n\nb\n\n<!-- tympan: on x -->\n\nc\n",
            &["\n\nb"],
        );
        case("a\n\n<!-- tympan: off x -->\n\nb\n", &["\n\nb"]);
        case(
            "<!-- tympan: off x --><!-- tympan: off y -->a<!-- tympan: on -->b",
            &["<!-- tympan: off y -->a", "a"],
        );
    }

    #[test]
    fn an_end_without_a_beginning_is_a_fault() {
        assert_eq!(read("<!-- tympan: on x -->", 0).faults.len(), 1);
    }
}
