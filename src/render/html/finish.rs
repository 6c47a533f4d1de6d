//! The last pass over styles and scripts: what only their authors need is taken out. Pages get
//! none: the templates write hardly a space too much, so it would cost more than it saves.
//!
//! Each pass is careful rather than thorough: it never changes what a browser shows or does, and a
//! server that compresses makes up for the rest.

/// Takes comments and white space out of a style.
pub(super) fn css(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let tight = |byte: u8| matches!(byte, b'{' | b'}' | b';' | b',' | b'>');
    let (mut at, mut space) = (0, false);
    while at < bytes.len() {
        let byte = bytes[at];
        if text[at..].starts_with("/*") {
            at = text[at + 2..]
                .find("*/")
                .map_or(bytes.len(), |end| at + end + 4);
            space = true;
            continue;
        }
        if byte.is_ascii_whitespace() {
            at += 1;
            space = true;
            continue;
        }
        // Before a colon a space may tell a descendant; after one it tells nothing.
        let ends = |last: u8| tight(last) || last == b':';
        if space && !tight(byte) && out.bytes().last().is_some_and(|last| !ends(last)) {
            out.push(' ');
        }
        space = false;
        if byte == b'}' && out.ends_with(';') {
            out.pop();
        }
        let length = match byte {
            b'"' | b'\'' => string(&text[at..]),
            b'\\' => 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            // An address without quotes may hold what looks like a comment.
            b'u' if text[at..].starts_with("url(") => {
                let end = text[at..].find(')').map_or(text.len() - at, |end| end + 1);
                if text[at + 4..].trim_start().starts_with(['"', '\'']) {
                    4
                } else {
                    end
                }
            }
            _ => text[at..].chars().next().map_or(1, char::len_utf8),
        };
        out.push_str(&text[at..at + length]);
        at += length;
    }
    out
}

/// The length of a string at the beginning of a text.
fn string(text: &str) -> usize {
    let quote = text.as_bytes()[0];
    let mut at = 1;
    let bytes = text.as_bytes();
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    let mut end = (at + 1).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    end
}

/// Takes lines that are comments, and the space before lines, out of a script. Where a text runs
/// over several lines it stays as it is.
pub(super) fn js(text: &str) -> String {
    let runs_on = |line: &str| line.ends_with('\\');
    if text.contains('`') || text.contains("/*") || text.lines().any(runs_on) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        if !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn in_css(text: &str, expected: &str) {
        assert_eq!(css(text), expected);
    }

    #[test]
    fn css_keeps_what_it_says() {
        in_css("/* x */\na , b {\n  color: red;\n}\n", "a,b{color:red}");
        in_css(
            "a :hover { margin: calc(1px + 2px) }",
            "a :hover{margin:calc(1px + 2px)}",
        );
        in_css(
            "a::after { content: \"/* ; } \" }",
            "a::after{content:\"/* ; } \"}",
        );
        in_css(
            "a { b: url(//x/*y) ; c: 'é\\'  ' }",
            "a{b:url(//x/*y);c:'é\\'  '}",
        );
        in_css(
            "@media (a) and (b) { c { d: e } }",
            "@media (a) and (b){c{d:e}}",
        );
        in_css("a/**/b{}", "a b{}");
        in_css("a { b: \"", "a{b:\"");
        in_css("a > b:not(.c) d { e: f }", "a>b:not(.c) d{e:f}");
        in_css("/* open", "");
    }

    #[test]
    fn js_loses_only_whole_lines() {
        assert_eq!(js("// x\n  a();\n\n  b(); // y\n"), "a();\nb(); // y\n");
        assert_eq!(js("a = `\n  b`"), "a = `\n  b`");
    }
}
