//! The code of a block as markup, for pages and for books: tokens in colors, and lines as elements
//! where something is said of them.

use std::fmt::Write as _;

use crate::markdown::{CodeBlock, CodeLine, LineMark};
use crate::render::highlight::Token;

/// Which lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// All, hidden ones out of sight.
    All,
    /// Those that are not hidden: nobody can ask a book for more.
    Visible,
}

/// The content of a `code` element.
pub(super) fn code_markup(block: &CodeBlock, tokens: &[Token], shown: Shown) -> String {
    let text = block.text();
    let mut writer = Writer {
        text: &text,
        tokens,
        next: 0,
        html: String::with_capacity(text.len() * 2),
    };
    if block.is_plain() {
        writer.write(0, text.len());
        return writer.html;
    }
    let mut at = 0;
    for (number, line) in (block.numbers.unwrap_or(1)..).zip(&block.lines) {
        let end = at + line.text.len() + 1;
        if !line.hidden || shown == Shown::All {
            let element = element(line.mark);
            let number = block.numbers.is_some().then_some(number);
            writer.open(element, line, number);
            writer.write(at, end);
            writer.html.push_str("</");
            writer.html.push_str(element);
            writer.html.push('>');
        }
        at = end;
    }
    writer.html
}

/// The element says what the color says, to those who do not see it.
fn element(mark: LineMark) -> &'static str {
    match mark {
        LineMark::None => "span",
        LineMark::Marked => "mark",
        LineMark::Added => "ins",
        LineMark::Removed => "del",
    }
}

struct Writer<'a> {
    text: &'a str,
    tokens: &'a [Token],
    /// The first token that does not end before what is to be written.
    next: usize,
    html: String,
}

impl Writer<'_> {
    fn open(&mut self, element: &str, line: &CodeLine, number: Option<u32>) {
        self.html.push('<');
        self.html.push_str(element);
        self.html.push_str(" class=\"line\"");
        if let Some(number) = number {
            let _ = write!(self.html, " data-n=\"{number}\"");
        }
        if line.hidden {
            self.html.push_str(" hidden=\"hidden\"");
        }
        self.html.push('>');
    }

    /// Writes a part of the text. A token that goes on in the next line is opened there again.
    fn write(&mut self, start: usize, end: usize) {
        let tokens = self.tokens;
        let mut at = start;
        while let Some(token) = tokens.get(self.next) {
            let (from, to) = (token.start as usize, token.end as usize);
            if to <= start {
                self.next += 1;
                continue;
            }
            if from >= end {
                break;
            }
            let (from, stop) = (from.max(start), to.min(end));
            self.escaped(at, from);
            self.html.push_str("<span class=\"");
            self.html.push_str(token.class.name());
            self.html.push_str("\">");
            // The end of a line stands outside, where no color and no underline can show.
            let inside = self.text[from..stop].trim_end_matches('\n').len();
            self.escaped(from, from + inside);
            self.html.push_str("</span>");
            at = from + inside;
            if to > end {
                break;
            }
            self.next += 1;
        }
        self.escaped(at, end);
    }

    fn escaped(&mut self, start: usize, end: usize) {
        for c in self.text[start..end].chars() {
            match c {
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '&' => self.html.push_str("&amp;"),
                c => self.html.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::highlight::Class;

    /// Every `"…"` of the text is a string.
    fn markup(info: &str, text: &str, shown: Shown) -> String {
        let block = CodeBlock::read(info, text);
        let text = block.text();
        let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
        let token = |pair: &[usize]| Token {
            start: pair[0] as u32,
            end: pair[1] as u32 + 1,
            class: Class::String,
        };
        let tokens: Vec<Token> = quotes.chunks_exact(2).map(token).collect();
        code_markup(&block, &tokens, shown)
    }

    #[track_caller]
    fn case(info: &str, text: &str, expected: &str) {
        assert_eq!(markup(info, text, Shown::All), expected, "{info}");
    }

    #[test]
    fn plain_code_has_tokens_only() {
        case(
            "js",
            "a <\"b\"> & c\n",
            "a &lt;<span class=\"s\">\"b\"</span>&gt; &amp; c\n",
        );
        case(
            "js",
            "\"a\n\nb\"\n",
            "<span class=\"s\">\"a\n\nb\"</span>\n",
        );
    }

    #[test]
    fn lines_are_elements_where_something_is_said_of_them() {
        case(
            "js {1} {+2} {-3}",
            "a\nb\nc\nd\n",
            "<mark class=\"line\">a\n</mark><ins class=\"line\">b\n</ins>\
             <del class=\"line\">c\n</del><span class=\"line\">d\n</span>",
        );
        case(
            "js linenos linenostart=9",
            "a\n\n",
            "<span class=\"line\" data-n=\"9\">a\n</span><span class=\"line\" data-n=\"10\">\n</span>",
        );
    }

    #[test]
    fn a_token_over_several_lines_is_opened_in_each() {
        case(
            "js {2}",
            "\"a\n\nb\" c\n",
            "<span class=\"line\"><span class=\"s\">\"a</span>\n</span>\
             <mark class=\"line\"><span class=\"s\"></span>\n</mark>\
             <span class=\"line\"><span class=\"s\">b\"</span> c\n</span>",
        );
    }

    #[test]
    fn hidden_lines_are_out_of_sight_or_left_out() {
        case(
            "rust",
            "# a\nb\n",
            "<span class=\"line\" hidden=\"hidden\">a\n</span><span class=\"line\">b\n</span>",
        );
        let book = markup("rust", "# \"a\nb\" c\n", Shown::Visible);
        assert_eq!(
            book,
            "<span class=\"line\"><span class=\"s\">b\"</span> c\n</span>"
        );
    }
}
