//! Takes a page apart into blocks of plain text, in the one reading of Markdown that renderers
//! have too.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use crate::checks::text::block::{Block, Kind, Mark};
use crate::checks::text::mask::{merge, technical};
use crate::markdown::plain;
use crate::site::Page;

/// The text of a page that is read by people, and the bytes that are not.
#[derive(Debug, Default)]
pub(in crate::checks) struct Prose {
    /// The blocks, in the order in which they end.
    pub blocks: Vec<Block>,
    /// Code and math.
    pub code: Vec<Range<usize>>,
    /// Paragraphs that are too long to be read, by their first bytes.
    pub too_long: Vec<usize>,
}

/// The longest paragraph that is read, in bytes: five pages of a book without a break. Rules take a
/// time that grows with the square of it.
pub(in crate::checks) const LONGEST: usize = 16 << 10;

/// The largest page that is read, in bytes; it takes about a minute.
pub(in crate::checks) const MAX_PROSE: usize = 4 << 20;

/// Reads a page.
pub(in crate::checks) fn read_prose(page: &Page) -> Prose {
    let mut walker = Walker {
        text: &page.text,
        prose: Prose::default(),
        open: None,
        image: None,
        kind: Kind::default(),
        lists: 0,
        quotes: 0,
        in_head: false,
        marks: Vec::new(),
        in_code: false,
        in_address: false,
        code_tags: 0,
    };
    let front = &page.text[..page.body];
    let said = [
        (&page.front.title, Kind::Title),
        (&page.front.description, Kind::Description),
    ];
    for (value, kind) in said {
        let Some(value) = value else { continue };
        if let Some(at) = front_value(front, value) {
            walker.kind = kind;
            walker.read(&Event::Text(value.as_str().into()), at..at + value.len());
            walker.close();
        }
    }
    for (event, span) in plain(page.events()) {
        walker.read(&event, span);
    }
    walker.close();
    walker.prose
}

/// Where the front matter gives `value` as it is, without escapes, after a `:` or `=`.
fn front_value(front: &str, value: &str) -> Option<usize> {
    let given = |(at, _): &(usize, &str)| {
        front[..*at]
            .trim_end_matches(['"', '\'', ' '])
            .ends_with([':', '='])
    };
    let value = value.trim();
    front
        .match_indices(value)
        .find(given)
        .map(|(at, _)| at)
        .filter(|_| !value.is_empty())
}

struct Walker<'a> {
    text: &'a str,
    prose: Prose,
    open: Option<Block>,
    /// The alternative text, bytes and title of an image that is being read.
    image: Option<(Block, Range<usize>, String)>,
    /// What the open block is.
    kind: Kind,
    /// How many lists are open.
    lists: usize,
    /// How many quotations are open.
    quotes: usize,
    /// Whether the cells are those of a table's head.
    in_head: bool,
    /// Marks that are open, and where they begin in the text of their block.
    marks: Vec<(Mark, usize)>,
    in_code: bool,
    in_address: bool,
    /// How many tags such as `<kbd>` are open.
    code_tags: usize,
}

impl Walker<'_> {
    fn read(&mut self, event: &Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(*tag),
            Event::Text(_) if self.in_code => {}
            Event::Text(_) if self.in_address || self.code_tags > 0 => self.mask(span),
            Event::Text(text) => {
                let source = self.text.get(span.clone()).unwrap_or("");
                self.block().push(text, source, span);
            }
            Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {
                self.prose.code.push(span.clone());
                self.mask(span);
            }
            Event::SoftBreak => self.block().push_break(" ", span),
            Event::HardBreak => self.block().push_break("\n", span),
            Event::InlineHtml(html) => self.tag(html, span),
            Event::Html(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, span: Range<usize>) {
        match tag {
            // Inside a sentence.
            Tag::Strikethrough | Tag::Superscript | Tag::Subscript => {}
            Tag::Emphasis => self.mark(Mark::Emphasis),
            Tag::Strong => self.mark(Mark::Strong),
            Tag::Link { link_type, .. } => {
                self.mark(Mark::Link);
                self.in_address = matches!(link_type, LinkType::Autolink | LinkType::Email);
            }
            Tag::Image { title, .. } => {
                let alternative = Block::new(Kind::Alternative);
                self.image = Some((alternative, span, title.to_string()));
            }
            Tag::CodeBlock(_) => {
                self.close();
                self.in_code = true;
                self.prose.code.push(span);
            }
            _ => {
                self.close();
                self.enter(tag);
            }
        }
    }

    fn enter(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.kind = Kind::Heading(*level as u8),
            Tag::List(_) => self.lists += 1,
            Tag::BlockQuote(_) => self.quotes += 1,
            Tag::TableHead => self.in_head = true,
            Tag::TableCell if self.in_head => self.kind = Kind::HeaderCell,
            Tag::TableCell => self.kind = Kind::Cell,
            Tag::DefinitionListTitle => self.kind = Kind::Term,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strikethrough | TagEnd::Superscript | TagEnd::Subscript => {}
            TagEnd::Emphasis | TagEnd::Strong => self.end_mark(),
            TagEnd::Link => {
                self.end_mark();
                self.in_address = false;
            }
            TagEnd::Image => self.end_image(),
            _ => {
                self.in_code = false;
                self.close();
                self.leave(tag);
            }
        }
    }

    fn leave(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => self.lists = self.lists.saturating_sub(1),
            TagEnd::BlockQuote(_) => self.quotes = self.quotes.saturating_sub(1),
            TagEnd::TableHead => self.in_head = false,
            _ => {}
        }
    }

    fn mark(&mut self, mark: Mark) {
        let start = self.block().text.len();
        self.marks.push((mark, start));
    }

    fn end_mark(&mut self) {
        if let Some((mark, start)) = self.marks.pop() {
            let block = self.block();
            let end = block.text.len();
            block.marks.push((mark, start..end));
        }
    }

    /// The alternative text and the caption are read apart; the sentence around has a mask.
    fn end_image(&mut self) {
        let Some((alternative, span, title)) = self.image.take() else {
            return;
        };
        self.keep(alternative);
        let source = &self.text[span.clone()];
        if let Some(at) = source.rfind(&title).filter(|_| !title.is_empty()) {
            let mut caption = Block::new(Kind::Caption);
            let place = span.start + at..span.start + at + title.len();
            caption.push(&title, &title, place);
            self.keep(caption);
        }
        self.mask(span);
    }

    fn tag(&mut self, html: &str, span: Range<usize>) {
        let inner = html.trim_start_matches('<');
        let name = inner.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric());
        match name[..end.unwrap_or(name.len())]
            .to_ascii_lowercase()
            .as_str()
        {
            "br" => self.block().push_break("\n", span),
            "code" | "kbd" | "samp" | "var" | "script" | "style" => match inner.starts_with('/') {
                true => self.code_tags = self.code_tags.saturating_sub(1),
                false => self.code_tags += 1,
            },
            _ => {}
        }
    }

    fn block(&mut self) -> &mut Block {
        match &mut self.image {
            Some((block, ..)) => block,
            None => self.open.get_or_insert_default(),
        }
    }

    fn mask(&mut self, span: Range<usize>) {
        self.block().push_masked(span);
    }

    fn close(&mut self) {
        self.code_tags = 0;
        self.marks.clear();
        let kind = std::mem::take(&mut self.kind);
        if let Some(mut block) = self.open.take() {
            block.kind = kind;
            self.keep(block);
        }
    }

    fn keep(&mut self, mut block: Block) {
        block.in_list = self.lists > 0;
        block.in_quote = self.quotes > 0;
        if block.text.len() > LONGEST {
            let first = block.source(&(0..1));
            self.prose.too_long.push(first.start);
        } else if block.text.contains(char::is_alphabetic) {
            let mut masked = std::mem::take(&mut block.masked);
            masked.extend(technical(&block.text));
            block.masked = merge(masked);
            self.prose.blocks.push(block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::site;

    #[track_caller]
    fn case(source: &str, expected: &[&str]) {
        let site = site(&[("a.md", source)]);
        let page = &site.pages[0];
        let blocks = read_prose(page).blocks;
        let texts: Vec<String> = blocks
            .iter()
            .map(|block| {
                let mut text = block.text.clone();
                for mask in block.masked.iter().rev() {
                    text.replace_range(mask.clone(), "~");
                }
                text
            })
            .collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn each_block_is_read_apart() {
        case(
            "# One *two*\n\nthree\nfour\n\n- five\n  - six\n\n> seven\n> eight\n",
            &["One two", "three four", "five", "six", "seven eight"],
        );
        case("| a | b |\n|---|---|\n| c | d |\n", &["a", "b", "c", "d"]);
        case("term\n: meaning\n", &["term", "meaning"]);
        case("a[^1]\n\n[^1]: note\n", &["a", "note"]);
    }

    #[test]
    fn blocks_tell_what_they_are() {
        let text = "---\ntitle: T\n---\n# A\n\n> - b\n\n| c |\n|---|\n| d |\n\n![e](e.png \"f\")\n\ng\n: h\n";
        let site = site(&[("a.md", text)]);
        let blocks = read_prose(&site.pages[0]).blocks;
        let told = |block: &Block| {
            let within = [(block.in_quote, ">"), (block.in_list, "-")];
            let within: String = within
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, sign)| *sign)
                .collect();
            format!("{} {:?} {within}", block.text, block.kind)
        };
        let told: Vec<String> = blocks.iter().map(told).collect();
        assert_eq!(
            told,
            [
                "T Title ",
                "A Heading(1) ",
                "b Paragraph >-",
                "c HeaderCell ",
                "d Cell ",
                "e Alternative ",
                "f Caption ",
                "g Term ",
                "h Paragraph ",
            ]
        );
    }

    #[test]
    fn marks_lead_to_their_words() {
        let site = site(&[("a.md", "a **b *c*** [d](a.md) ![e *f*](f.png)\n")]);
        let prose = read_prose(&site.pages[0]);
        let marked = |block: &Block| {
            let one = |(mark, range): &(Mark, Range<usize>)| {
                format!("{mark:?} {}", &block.text[range.clone()])
            };
            block.marks.iter().map(one).collect::<Vec<_>>()
        };
        let marked: Vec<Vec<String>> = prose.blocks.iter().map(marked).collect();
        let expected = [
            vec!["Emphasis f"],
            vec!["Emphasis c", "Strong b c", "Link d"],
        ];
        assert_eq!(marked, expected);
    }

    #[test]
    fn what_is_no_prose_is_masked() {
        case("a `b` $c$ <https://d.example> e", &["a ~ ~ ~ e"]);
        case("press <kbd>Ctrl</kbd> or<br>not", &["press ~ or\nnot"]);
        case("[text](teh.md) https://teh.example", &["text ~"]);
        case("```\ncode\n```\n\n    code\n\n<div>html</div>\n", &[]);
        case("a {{ b }} c", &["a ~ c"]);
    }

    #[test]
    fn markup_inside_a_word_does_not_split_it() {
        case("un*believ*able Q&amp;A \\*x", &["unbelievable Q&A *x"]);
    }

    #[test]
    fn images_give_their_text_and_caption() {
        case(
            "![a *boat*](b.png \"At sea\") x",
            &["a boat", "At sea", "~ x"],
        );
    }

    #[test]
    fn front_matter_has_two_texts() {
        case(
            "---\ntitle: \"Hi ho\"\ndescription: Hi ho, all\n---\n\nx y\n",
            &["Hi ho", "Hi ho, all", "x y"],
        );
        case("+++\ntitle = 'One'\n+++\n", &["One"]);
    }
}
