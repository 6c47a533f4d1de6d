//! What stands before the text of a line: indentation, quote marks, list markers.

use std::ops::Range;

/// A line taken apart. Columns are counted from the quote mark before them.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The indentation after no, one, two … quote marks: bytes and width in columns.
    pub(super) levels: Vec<(Range<usize>, usize)>,
    /// Where the text begins, after list markers.
    pub(super) content: usize,
    /// The width of indentation and list markers before the text.
    pub(super) column: usize,
    /// Where the line ends, without its line break.
    pub(super) end: usize,
}

impl Line {
    /// Reads a line; at most `quotes` quote marks are taken for such.
    pub(super) fn read(&mut self, text: &str, range: &Range<usize>, quotes: usize) {
        let bytes = text.as_bytes();
        let line = text[range.clone()].trim_end_matches(['\n', '\r']);
        self.end = range.start + line.len();
        self.levels.clear();
        let mut at = range.start;
        loop {
            let (end, width) = indentation(bytes, at, self.end, 0);
            self.levels.push((at..end, width));
            at = end;
            if at >= self.end || bytes[at] != b'>' || self.levels.len() > quotes {
                break;
            }
            at += 1;
        }
        self.content = at;
        self.column = self.levels.last().map_or(0, |level| level.1);
    }

    /// Steps over list markers.
    pub(super) fn skip_list_markers(&mut self, text: &str) {
        let bytes = text.as_bytes();
        while let Some(width) = list_marker(&bytes[self.content..self.end]) {
            let after = self.content + width;
            let (end, columns) = indentation(bytes, after, self.end, self.column + width);
            if end == after || end == self.end {
                return;
            }
            self.content = end;
            self.column += width + columns;
        }
    }

    /// How many quote marks stand before it.
    pub(super) fn quotes(&self) -> usize {
        self.levels.len() - 1
    }

    /// Whether nothing stands after the quote marks.
    pub(super) fn is_blank(&self) -> bool {
        self.content == self.end
    }
}

/// The end and the width of the white space at `at`, which stands in the given column.
fn indentation(bytes: &[u8], at: usize, end: usize, column: usize) -> (usize, usize) {
    let mut width = 0;
    for (index, byte) in bytes[at..end].iter().enumerate() {
        match byte {
            b' ' => width += 1,
            b'\t' => width += 4 - (column + width) % 4,
            _ => return (at + index, width),
        }
    }
    (end, width)
}

fn list_marker(text: &[u8]) -> Option<usize> {
    match text.first()? {
        // A colon begins what a term of a definition list means.
        b'-' | b'+' | b'*' | b':' => Some(1),
        b'0'..=b'9' => {
            let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let closed = matches!(text.get(digits), Some(b'.' | b')'));
            (digits <= 9 && closed).then_some(digits + 1)
        }
        _ => None,
    }
}

/// The mark and length of a code fence that a line opens.
pub(super) fn fence(content: &str) -> Option<(u8, usize)> {
    let mark = content
        .bytes()
        .next()
        .filter(|byte| [b'`', b'~'].contains(byte))?;
    let length = content.bytes().take_while(|byte| *byte == mark).count();
    let opens = length >= 3 && (mark == b'~' || !content[length..].contains('`'));
    opens.then_some((mark, length))
}

/// The end of a raw HTML block that begins a line (CommonMark §4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HtmlEnd {
    /// A blank line.
    Blank,
    /// A line with this text.
    Text(&'static str),
}

/// The raw HTML block that a line begins, if it does.
pub(super) fn html_block(line: &str) -> Option<HtmlEnd> {
    let rest = line.strip_prefix('<')?;
    let end = match rest.as_bytes() {
        [b'!', b'-', b'-', ..] => Some("-->"),
        [b'?', ..] => Some("?>"),
        [b'!', b'[', ..] if rest.starts_with("![CDATA[") => Some("]]>"),
        [b'!', letter, ..] if letter.is_ascii_alphabetic() => Some(">"),
        _ => None,
    };
    if let Some(end) = end {
        return Some(HtmlEnd::Text(end));
    }
    let name = rest.trim_start_matches('/');
    let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let name = name[..length.unwrap_or(name.len())].to_ascii_lowercase();
    match name.as_str() {
        "" => None,
        "script" => Some(HtmlEnd::Text("</script>")),
        "pre" => Some(HtmlEnd::Text("</pre>")),
        "style" => Some(HtmlEnd::Text("</style>")),
        "textarea" => Some(HtmlEnd::Text("</textarea>")),
        name if BLOCK_TAGS.binary_search(&name).is_ok() => Some(HtmlEnd::Blank),
        _ => {
            let alone = line.trim_end().ends_with('>') && line.matches('<').count() == 1;
            alone.then_some(HtmlEnd::Blank)
        }
    }
}

/// Tags that begin a raw HTML block wherever they stand.
const BLOCK_TAGS: &[&str] = &[
    "address",
    "article",
    "aside",
    "base",
    "basefont",
    "blockquote",
    "body",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "link",
    "main",
    "menu",
    "menuitem",
    "nav",
    "noframes",
    "ol",
    "optgroup",
    "option",
    "p",
    "param",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "track",
    "ul",
];
