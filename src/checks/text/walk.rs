//! Takes a page apart into blocks of plain text, in the one reading of Markdown that renderers
//! have too.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use crate::checks::text::block::{Block, Kind, Mark, PLACEHOLDER};
use crate::checks::text::front::push_value;
use crate::checks::text::html::HtmlState;
use crate::checks::text::languages::Languages;
use crate::checks::text::mask::{merge, technical};
use crate::markdown::{HtmlTag, html_tags, plain};
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
    let events = page.events();
    let tags = match page.outline.has_html {
        true => html_tags(&events),
        false => Vec::new(),
    };
    let mut walker = Walker {
        text: &page.text,
        tags: &tags,
        languages: Languages::read(&page.text, &events, &tags),
        prose: Prose::default(),
        open: None,
        inner: None,
        base: None,
        html: HtmlState::default(),
        image: None,
        kind: Kind::default(),
        lists: 0,
        in_item: false,
        quotes: 0,
        in_head: false,
        marks: Vec::new(),
        in_code: false,
        in_address: false,
        code_tags: 0,
    };
    let front = &page.text[..page.body];
    let said = [
        ("title", &page.front.title, Kind::Title),
        ("description", &page.front.description, Kind::Description),
    ];
    for (key, value, kind) in said {
        let mut block = Block::new(kind);
        push_value(&mut block, front, key, value.as_deref().unwrap_or_default());
        walker.keep(block);
    }
    for (event, span) in plain(events) {
        walker.read(&event, span);
    }
    walker.close();
    walker.prose
}

pub(super) struct Walker<'a> {
    pub(super) text: &'a str,
    /// The tags in the page's HTML.
    pub(super) tags: &'a [HtmlTag],
    pub(super) languages: Languages,
    pub(super) prose: Prose,
    open: Option<Block>,
    /// Words in the open block that are in a language of their own, and the part of the page that
    /// says so.
    inner: Option<(Option<usize>, Block)>,
    /// The part of the page with a language of its own that the open block is in.
    base: Option<usize>,
    pub(super) html: HtmlState,
    /// The alternative text, bytes and title of an image that is being read.
    image: Option<(Block, Range<usize>, String)>,
    /// What the open block is.
    pub(super) kind: Kind,
    /// How many lists are open.
    lists: usize,
    /// Whether the open block is an item in HTML.
    pub(super) in_item: bool,
    /// How many quotations are open.
    quotes: usize,
    /// Whether the cells are those of a table's head.
    in_head: bool,
    /// Marks that are open, and where they begin in the text of their block, and whether that is the
    /// inner one.
    marks: Vec<(Mark, usize, bool)>,
    in_code: bool,
    in_address: bool,
    /// How many tags such as `<kbd>` are open.
    pub(super) code_tags: usize,
}

impl Walker<'_> {
    fn read(&mut self, event: &Event<'_>, span: Range<usize>) {
        match event {
            Event::Text(_)
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::InlineHtml(_)
                if !self.in_code =>
            {
                self.turn(span.start);
            }
            _ => {}
        }
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(*tag, span),
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
            Event::Html(_) => self.html(span),
            Event::FootnoteReference(_) | Event::Rule | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, span: Range<usize>) {
        match tag {
            // Inside a sentence.
            Tag::Strikethrough | Tag::Superscript | Tag::Subscript => {}
            Tag::Emphasis => self.mark(Mark::Emphasis, span.start),
            Tag::Strong => self.mark(Mark::Strong, span.start),
            Tag::Link {
                link_type, title, ..
            } => {
                self.title(title, &span);
                self.mark(Mark::Link, span.start);
                self.in_address = matches!(link_type, LinkType::Autolink | LinkType::Email);
            }
            Tag::Image { title, .. } => {
                self.turn(span.start);
                let mut alternative = Block::new(Kind::Alternative);
                let part = self.languages.at(span.start + 1);
                alternative.language = self.languages.name(part);
                self.image = Some((alternative, span, title.to_string()));
            }
            Tag::CodeBlock(_) => {
                self.close();
                self.in_code = true;
                self.prose.code.push(span);
            }
            _ => {
                self.close();
                self.begin(span.start);
                self.enter(tag);
            }
        }
    }

    /// A block begins at a place.
    pub(super) fn begin(&mut self, place: usize) {
        self.base = self.languages.at(place);
    }

    fn enter(&mut self, tag: &Tag<'_>) {
        if !matches!(tag, Tag::HtmlBlock) {
            self.leave_html();
        }
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

    fn end(&mut self, tag: TagEnd, span: Range<usize>) {
        match tag {
            TagEnd::Strikethrough | TagEnd::Superscript | TagEnd::Subscript => {}
            TagEnd::Emphasis | TagEnd::Strong => self.end_mark(&span),
            TagEnd::Link => {
                self.end_mark(&span);
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

    fn mark(&mut self, mark: Mark, place: usize) {
        self.turn(place);
        let start = self.block().text.len();
        self.marks.push((mark, start, self.inner.is_some()));
    }

    fn end_mark(&mut self, span: &Range<usize>) {
        self.turn(span.end.saturating_sub(1));
        let is_inner = self.inner.is_some();
        if let Some((mark, start, was_inner)) = self.marks.pop() {
            let block = self.block();
            let end = block.text.len();
            // A mark may reach over two languages.
            if is_inner == was_inner && start <= end {
                block.marks.push((mark, start..end));
            }
        }
    }

    /// The alternative text and the caption are read apart; the sentence around has a mask.
    fn end_image(&mut self) {
        let Some((alternative, span, title)) = self.image.take() else {
            return;
        };
        self.keep(alternative);
        self.title(&title, &span);
        self.mask(span);
    }

    /// The title of a link or an image, which is read apart.
    fn title(&mut self, title: &str, span: &Range<usize>) {
        let source = self.text.get(span.clone()).unwrap_or("");
        if let Some(at) = source.rfind(title).filter(|_| !title.is_empty()) {
            let mut caption = Block::new(Kind::Caption);
            let place = span.start + at..span.start + at + title.len();
            caption.push(title, title, place);
            caption.language = self.languages.name(self.languages.at(span.start + 1));
            self.keep(caption);
        }
    }

    /// Begins a block of its own where words are in another language than the block around.
    pub(super) fn turn(&mut self, place: usize) {
        if self.image.is_some() {
            return;
        }
        let part = self.languages.at(place);
        let open = self.inner.as_ref().map_or(self.base, |(part, _)| *part);
        if part == open {
            return;
        }
        if let Some((_, block)) = self.inner.take() {
            self.keep(block);
        }
        if part != self.base {
            let range = self.languages.range(part).unwrap_or(place..place);
            let around = self.block();
            if !around.text.ends_with(PLACEHOLDER) {
                around.push_masked(range);
            }
            let mut block = Block::new(self.kind);
            block.language = self.languages.name(part);
            self.inner = Some((part, block));
        }
    }

    /// Whether the block has no text yet.
    pub(super) fn is_empty(&self) -> bool {
        let block = self.inner.as_ref().map(|(_, block)| block);
        block
            .or(self.open.as_ref())
            .is_none_or(|block| block.text.is_empty())
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

    pub(super) fn block(&mut self) -> &mut Block {
        match (&mut self.image, &mut self.inner) {
            (Some((block, ..)), _) | (None, Some((_, block))) => block,
            (None, None) => self.open.get_or_insert_default(),
        }
    }

    pub(super) fn mask(&mut self, span: Range<usize>) {
        self.block().push_masked(span);
    }

    pub(super) fn close(&mut self) {
        self.code_tags = 0;
        self.marks.clear();
        self.end_html_block();
        if let Some((_, block)) = self.inner.take() {
            self.keep(block);
        }
        let kind = std::mem::take(&mut self.kind);
        if let Some(mut block) = self.open.take() {
            block.kind = kind;
            block.language = self.languages.name(self.base);
            self.keep(block);
        }
        self.in_item = false;
    }

    pub(super) fn keep(&mut self, mut block: Block) {
        block.in_list = self.lists > 0 || self.in_item;
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
