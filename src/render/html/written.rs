//! What is written of a text: its plain elements in the form that pulldown-cmark's own writer gives
//! them. That one takes a whole stream of steps, which would have to be gathered first.

use pulldown_cmark::{Alignment, Event, Tag, TagEnd};

use crate::render::html::events::escape_text;

/// The HTML of a text while it is written.
pub(super) struct Written {
    html: String,
    /// Whether what comes next begins a line.
    begins_line: bool,
    table: Table,
}

/// The table that is being written.
#[derive(Default)]
struct Table {
    sides: Vec<Alignment>,
    in_head: bool,
    column: usize,
    /// Where the cell begins, and where its content.
    cell: (usize, usize),
}

impl Written {
    /// Nothing so far, with room for about as many bytes.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self {
            html: String::with_capacity(bytes),
            begins_line: true,
            table: Table::default(),
        }
    }

    /// The HTML.
    pub(super) fn into_html(self) -> String {
        self.html
    }

    /// How much is written.
    pub(super) fn len(&self) -> usize {
        self.html.len()
    }

    /// Writes markup.
    pub(super) fn raw(&mut self, html: &str) {
        self.html.push_str(html);
        if !html.is_empty() {
            self.begins_line = html.ends_with('\n');
        }
    }

    /// Writes markup that comes in parts.
    pub(super) fn parts(&mut self, parts: &[&str]) {
        for part in parts {
            self.raw(part);
        }
    }

    /// Writes markup in the place of some that stands at `at`.
    pub(super) fn replace(&mut self, at: usize, before: &str, after: &str) {
        if self.html[at..].starts_with(before) {
            self.html.replace_range(at..at + before.len(), after);
        }
    }

    /// What was written from `at` on.
    pub(super) fn from(&self, at: usize) -> &str {
        &self.html[at..]
    }

    /// Writes markup into what is written already.
    pub(super) fn insert(&mut self, at: usize, html: &str) {
        self.html.insert_str(at, html);
    }

    /// Takes back what was written from `at` on.
    pub(super) fn take_from(&mut self, at: usize) -> String {
        let taken = self.html.split_off(at);
        self.begins_line = self.html.is_empty() || self.html.ends_with('\n');
        taken
    }

    /// Writes a step that nothing more is to be said of.
    pub(super) fn step(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) => {
                escape_text(text, &mut self.html);
                self.begins_line = text.ends_with('\n');
            }
            Event::Code(text) => {
                self.raw("<code>");
                escape_text(text, &mut self.html);
                self.raw("</code>");
            }
            Event::SoftBreak => self.raw("\n"),
            Event::HardBreak => self.raw("<br />\n"),
            Event::Rule => self.block("<hr />\n"),
            // All others are more than plain.
            _ => {}
        }
    }

    /// Writes the start of an element.
    pub(super) fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph => self.block("<p>"),
            Tag::BlockQuote(_) => self.block("<blockquote>\n"),
            Tag::List(None) => self.block("<ul>\n"),
            Tag::List(Some(1)) => self.block("<ol>\n"),
            Tag::List(Some(start)) => self.block(&format!("<ol start=\"{start}\">\n")),
            Tag::Item => self.block("<li>"),
            Tag::DefinitionList => self.block("<dl>\n"),
            Tag::DefinitionListTitle => self.block("<dt>"),
            Tag::DefinitionListDefinition => self.block("<dd>"),
            Tag::Table(sides) => {
                self.table.sides.clone_from(sides);
                self.raw("<table>");
            }
            Tag::TableHead => {
                (self.table.in_head, self.table.column) = (true, 0);
                self.raw("<thead><tr>");
            }
            Tag::TableRow => {
                self.table.column = 0;
                self.raw("<tr>");
            }
            Tag::TableCell => self.cell(),
            Tag::Subscript => self.raw("<sub>"),
            Tag::Superscript => self.raw("<sup>"),
            Tag::Emphasis => self.raw("<em>"),
            Tag::Strong => self.raw("<strong>"),
            Tag::Strikethrough => self.raw("<del>"),
            _ => {}
        }
    }

    /// Writes the end of an element.
    pub(super) fn end(&mut self, tag: TagEnd) {
        let end = match tag {
            TagEnd::Paragraph => "</p>\n",
            TagEnd::BlockQuote(_) => "</blockquote>\n",
            TagEnd::List(true) => "</ol>\n",
            TagEnd::List(false) => "</ul>\n",
            TagEnd::Item => "</li>\n",
            TagEnd::DefinitionList => "</dl>\n",
            TagEnd::DefinitionListTitle => "</dt>\n",
            TagEnd::DefinitionListDefinition => "</dd>\n",
            TagEnd::Table => "</tbody></table>\n",
            TagEnd::TableHead => {
                self.table.in_head = false;
                "</tr></thead><tbody>\n"
            }
            TagEnd::TableRow => "</tr>\n",
            TagEnd::TableCell => return self.end_cell(),
            TagEnd::Subscript => "</sub>",
            TagEnd::Superscript => "</sup>",
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</del>",
            _ => return,
        };
        self.raw(end);
    }

    /// Begins an element that stands in a line of its own.
    fn block(&mut self, tag: &str) {
        if !self.begins_line {
            self.html.push('\n');
        }
        self.raw(tag);
    }

    /// A column's side is a class, since a page's policy may refuse styles in the markup.
    fn cell(&mut self) {
        let start = self.len();
        self.raw(if self.table.in_head { "<th" } else { "<td" });
        self.raw(match self.table.sides.get(self.table.column) {
            Some(Alignment::Left) => " class=\"left\">",
            Some(Alignment::Center) => " class=\"center\">",
            Some(Alignment::Right) => " class=\"right\">",
            _ => ">",
        });
        self.table.cell = (start, self.len());
    }

    /// A column without a name has no heading over it.
    fn end_cell(&mut self) {
        let (start, content) = self.table.cell;
        let is_empty = self.len() == content;
        if self.table.in_head && is_empty {
            self.replace(start, "<th", "<td");
        }
        self.raw(match self.table.in_head && !is_empty {
            true => "</th>",
            false => "</td>",
        });
        self.table.column += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Options, Parser};

    use super::*;
    use crate::render::html::tables::settle_tables;

    /// Whether there is nothing to say of a step but its plain form.
    fn is_plain(event: &Event<'_>) -> bool {
        match event {
            Event::Start(tag) => !matches!(
                tag,
                Tag::Link { .. }
                    | Tag::Image { .. }
                    | Tag::Heading { .. }
                    | Tag::CodeBlock(_)
                    | Tag::HtmlBlock
            ),
            Event::End(tag) => !matches!(
                tag,
                TagEnd::Link
                    | TagEnd::Image
                    | TagEnd::Heading(_)
                    | TagEnd::CodeBlock
                    | TagEnd::HtmlBlock
            ),
            Event::Html(_) | Event::InlineHtml(_) => false,
            _ => true,
        }
    }

    proptest! {
        #[test]
        fn plain_elements_are_as_pulldown_cmark_writes_them(
            lines in proptest::collection::vec(
                "(\\* |1\\. |3\\. |> |  |    )?(a<&>\"b|\\*e\\* \\*\\*s\\*\\* `c&` ~~d~~|\\|a\\|b\\||\\|:-\\|-:\\||a \\\\|---|: x|)",
                1..9,
            )
        ) {
            let text = lines.join("\n");
            let options = Options::ENABLE_TABLES
                | Options::ENABLE_STRIKETHROUGH
                | Options::ENABLE_DEFINITION_LIST;
            let events: Vec<Event<'_>> = Parser::new_ext(&text, options)
                .filter(is_plain)
                .collect();
            let mut written = Written::with_room(0);
            for event in &events {
                written.step(event);
            }
            let mut expected = String::new();
            pulldown_cmark::html::push_html(&mut expected, events.into_iter());
            prop_assert_eq!(written.into_html(), settle_tables(expected));
        }
    }
}
