//! The tags and text of raw HTML, as far as paper knows them. Nothing of it is passed through.

/// A piece of raw HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// An opening tag: its name in lower case and its attributes.
    Open(String, Vec<(String, String)>),
    /// A closing tag.
    Close(String),
    /// Text with its entities resolved.
    Text(String),
}

/// Splits HTML into tags and text; comments, scripts and styles are dropped.
pub(super) fn pieces(html: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let Some(at) = rest.find('<') else {
            push_text(&mut found, rest);
            break;
        };
        push_text(&mut found, &rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        if !is_tag {
            push_text(&mut found, "<");
            rest = &rest[1..];
            continue;
        }
        let end = tag_end(rest);
        let tag = read_tag(rest[1..end].trim_end_matches('>'));
        rest = &rest[end..];
        if let Some(Piece::Open(name, _)) = &tag
            && ["script", "style", "template"].contains(&name.as_str())
        {
            match after_close(rest, name) {
                Some(after) => {
                    rest = after;
                    continue;
                }
                // The end is in another fragment; until then all is dropped.
                None => rest = "",
            }
        }
        found.extend(tag);
    }
    found
}

fn push_text(found: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        found.push(Piece::Text(decode_entities(text)));
    }
}

/// What follows the closing tag of an element whose content is not text, if it is there.
fn after_close<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    let is_close = |at: &usize| {
        let tag = rest.as_bytes()[*at..].strip_prefix(b"</");
        let tag = tag.and_then(|tag| tag.get(..name.len()));
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
    };
    let at = memchr::memchr_iter(b'<', rest.as_bytes()).find(is_close)?;
    let rest = &rest[at..];
    Some(rest.find('>').map_or("", |end| &rest[end + 1..]))
}

/// The end of the tag that `html` begins with, behind its `>`; a `>` in quotes does not count.
fn tag_end(html: &str) -> usize {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    html.len()
}

fn read_tag(tag: &str) -> Option<Piece> {
    let (is_close, tag) = match tag.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (false, tag),
    };
    let end = tag
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .unwrap_or(tag.len());
    let name = tag[..end].to_ascii_lowercase();
    match (name.is_empty(), is_close) {
        (true, _) => None,
        (false, true) => Some(Piece::Close(name)),
        (false, false) => Some(Piece::Open(name, attributes(&tag[end..]))),
    }
}

fn attributes(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(equals) = rest.find('=') {
        let name = rest[..equals].split_ascii_whitespace().next_back();
        let name = name.unwrap_or("").to_ascii_lowercase();
        let value = rest[equals + 1..].trim_start();
        let (value, after) = if let Some(quote @ ('"' | '\'')) = value.chars().next() {
            let end = value[1..].find(quote).map_or(value.len(), |end| end + 1);
            (&value[1..end], value.get(end + 1..).unwrap_or(""))
        } else {
            let end = value.find(|c: char| c.is_ascii_whitespace());
            value.split_at(end.unwrap_or(value.len()))
        };
        found.push((name, decode_entities(value)));
        rest = after;
    }
    found
}

/// Resolves the entities that occur in hand-written HTML; others stay as they are written.
fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(11).position(|byte| byte == b';');
        let entity = end.map(|end| &rest[1..end]);
        if let Some((name, letter)) = entity.and_then(|name| Some((name, entity_char(name)?))) {
            decoded.push(letter);
            rest = &rest[name.len() + 2..];
        } else {
            decoded.push('&');
            rest = &rest[1..];
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity_char(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control());
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "hellip" => '…',
        "mdash" => '—',
        "ndash" => '–',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "times" => '×',
        "middot" => '·',
        "bull" => '•',
        "rarr" => '→',
        "larr" => '←',
        "deg" => '°',
        "check" => '✓',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(html: &str, expected: &str) {
        let found: Vec<String> = pieces(html)
            .into_iter()
            .map(|piece| match piece {
                Piece::Open(name, attributes) => attributes
                    .iter()
                    .fold(format!("+{name}"), |text, (name, value)| {
                        text + &format!(" {name}={value}")
                    }),
                Piece::Close(name) => format!("-{name}"),
                Piece::Text(text) => text,
            })
            .collect();
        assert_eq!(found.join("|"), expected);
    }

    #[test]
    fn tags_and_text_are_told_apart() {
        case("<B>a</B> &amp; b", "+b|a|-b| & b");
        case(
            "<img src='x y.png' alt=\"a>b\"/>",
            "+img src=x y.png alt=a>b",
        );
        case("a < b", "a |<| b");
    }

    #[test]
    fn scripts_and_comments_are_dropped() {
        case("<script>alert('<b>')</SCRIPT>x<!-- y -->z", "x|z");
        case("<style>a{}", "+style");
    }

    proptest! {
        #[test]
        fn no_html_panics(html in "[<>/a='\"&;#x1 \\-!ä]{0,40}") {
            pieces(&html);
        }
    }
}
