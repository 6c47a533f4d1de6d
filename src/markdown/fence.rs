//! What the words after a fence say of its code, in the dialects that writers bring along: those
//! of Hugo, Zola, mdBook, Docusaurus, `VitePress`, Material and Pandoc. Unknown words say nothing.

use crate::markdown::line_set::LineSet;

/// What is said of a block of code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fence {
    /// The language, as written.
    pub language: String,
    /// Its id.
    pub id: Option<String>,
    /// What stands above the code.
    pub title: Option<String>,
    /// What is said of it as a numbered listing or figure.
    pub caption: Option<String>,
    /// The number of the first line, if lines are numbered.
    pub numbers: Option<u32>,
    /// The lines to look at; the first is 1, whatever its number.
    pub marked: LineSet,
    /// The lines that are new.
    pub added: LineSet,
    /// The lines that are gone.
    pub removed: LineSet,
    /// The lines that are only shown on request.
    pub hidden: LineSet,
    /// What a line that is only shown on request begins with.
    pub hide_prefix: Option<String>,
    /// Whether lines say with `+` and `-` that they are new or gone.
    pub diff: bool,
}

/// One piece of an info string.
enum Piece<'a> {
    Word(&'a str),
    Pair(&'a str, &'a str),
    Braces(&'a str),
    Brackets(&'a str),
    /// A text to look at in the code; nothing of ours.
    Quoted,
}

/// Reads an info string piece by piece.
#[derive(Default)]
struct Reader {
    fence: Fence,
    numbered: bool,
    start: Option<u32>,
}

impl Fence {
    /// Reads an info string.
    pub fn parse(info: &str) -> Self {
        let mut reader = Reader::default();
        reader.pieces(info, false);
        let start = reader.start.unwrap_or(1);
        Self {
            numbers: reader.numbered.then_some(start),
            ..reader.fence
        }
    }

    /// Whether the language has one of these names.
    pub fn is_any(&self, names: &[&str]) -> bool {
        names
            .iter()
            .any(|name| self.language.eq_ignore_ascii_case(name))
    }
}

impl Reader {
    fn pieces(&mut self, text: &str, braced: bool) {
        let mut rest = text;
        let mut first = true;
        while let Some(piece) = next_piece(&mut rest) {
            match piece {
                Piece::Word(word) => self.word(word, first, braced),
                Piece::Pair(key, value) => self.pair(key, value),
                Piece::Braces(inside) => self.braces(inside),
                // VitePress names the tabs of a group so.
                Piece::Brackets(inside) if !braced => self.name(inside),
                Piece::Brackets(_) | Piece::Quoted => {}
            }
            first = false;
        }
    }

    fn word(&mut self, word: &str, first: bool, braced: bool) {
        let class = word.strip_prefix('.').filter(|class| !class.is_empty());
        let (word, setting) = match class {
            Some(class) => (class, ""),
            None if word.starts_with('#') => (word, ""),
            None => word.split_once(':').unwrap_or((word, "")),
        };
        match setting.split_once('=').unwrap_or((setting, "")) {
            ("line-numbers", start) => self.number(start),
            ("no-line-numbers", _) => self.numbered = false,
            _ => {}
        }
        let fence = &mut self.fence;
        match word {
            "linenos" | "linenums" | "showLineNumbers" | "numberLines" | "number-lines"
            | "line-numbers" | "lineNumbers" => self.number(""),
            "diff" if !fence.language.is_empty() => fence.diff = true,
            _ if word.starts_with('#') && braced => {
                fence.id = word.get(1..).filter(|id| !id.is_empty()).map(str::to_owned);
            }
            _ if fence.language.is_empty() && (first || class.is_some()) => {
                let word = word.strip_prefix("language-").unwrap_or(word);
                word.clone_into(&mut fence.language);
            }
            _ => {}
        }
    }

    fn pair(&mut self, key: &str, value: &str) {
        let plain = value.trim_matches(['"', '\'', '{', '}', ' ']);
        let fence = &mut self.fence;
        match key {
            "title" | "name" | "filename" | "file" => {
                self.name(value.trim_matches(['"', '\'']));
            }
            "lst-cap" | "fig-cap" | "caption" => {
                fence.caption = Some(value.trim_matches(['"', '\'']).to_owned());
            }
            "hl_lines" | "mark" | "highlight" => fence.marked.read(value),
            "ins" | "add" => fence.added.read(value),
            "del" | "rem" => fence.removed.read(value),
            "hide_lines" => fence.hidden.read(value),
            "hidelines" if !plain.is_empty() => fence.hide_prefix = Some(plain.to_owned()),
            "linenos" | "linenums" | "lineNos" | "showLineNumbers" | "lineNumbers"
            | "numberLines" => match plain {
                "false" | "none" => self.numbered = false,
                start => self.number(start),
            },
            "linenostart" | "lineNoStart" | "startFrom" | "startLineNumber" => {
                self.start = plain.parse().ok().or(self.start);
            }
            // A patch that says what it is a patch of.
            "lang" if fence.is_any(&["diff"]) => {
                plain.clone_into(&mut fence.language);
                fence.diff = true;
            }
            "lang" | "language" if fence.language.is_empty() => {
                plain.clone_into(&mut fence.language);
            }
            _ => {}
        }
    }

    fn braces(&mut self, inside: &str) {
        let inside = inside.trim();
        let lines = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_digit())
                && text
                    .chars()
                    .all(|c| c.is_ascii_digit() || "-, \t".contains(c))
        };
        match inside.split_at_checked(1) {
            Some(("+", rest)) if lines(rest) => self.fence.added.read(rest),
            Some(("-", rest)) if lines(rest) => self.fence.removed.read(rest),
            _ if lines(inside) => self.fence.marked.read(inside),
            _ => self.pieces(inside.strip_prefix(':').unwrap_or(inside), true),
        }
    }

    fn name(&mut self, title: &str) {
        let title = title.trim();
        if !title.is_empty() {
            self.fence.title = Some(title.to_owned());
        }
    }

    fn number(&mut self, start: &str) {
        self.numbered = true;
        self.start = start.parse().ok().or(self.start);
    }
}

/// Takes the next piece off the front of an info string.
fn next_piece<'a>(rest: &mut &'a str) -> Option<Piece<'a>> {
    let text = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    let first = text.chars().next()?;
    match first {
        '{' => {
            let (inside, after) = enclosed(text, '}');
            *rest = after;
            Some(Piece::Braces(inside))
        }
        '[' => {
            let (inside, after) = enclosed(text, ']');
            *rest = after;
            Some(Piece::Brackets(inside))
        }
        '"' | '\'' => {
            let end = text[1..].find(first).map_or(text.len(), |at| at + 2);
            *rest = &text[end..];
            Some(Piece::Quoted)
        }
        _ => {
            let end = text
                .find(|c: char| c.is_whitespace() || ",{[=".contains(c))
                .unwrap_or(text.len());
            let (word, after) = text.split_at(end);
            // VitePress writes `js:line-numbers=2`.
            match after.strip_prefix('=') {
                Some(value) if !word.is_empty() && !word.contains(':') => {
                    let (value, after) = take_value(word, value);
                    *rest = after;
                    Some(Piece::Pair(word, value))
                }
                Some(value) => {
                    let length = value
                        .find(|c: char| c.is_whitespace() || c == ',')
                        .unwrap_or(value.len());
                    *rest = &value[length..];
                    Some(Piece::Word(&text[..end + 1 + length]))
                }
                None => {
                    *rest = after;
                    Some(Piece::Word(word))
                }
            }
        }
    }
}

/// What stands between the bracket that `text` begins with and its end, and what follows. Quotes
/// hide brackets; what is never closed runs to the end.
fn enclosed(text: &str, close: char) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in text.char_indices().skip(1) {
        match quote {
            Some(open) if open == c => quote = None,
            None if c == close => return (&text[1..at], &text[at + c.len_utf8()..]),
            None if c == '"' || c == '\'' => quote = Some(c),
            _ => {}
        }
    }
    (&text[1..], "")
}

/// A value and what follows it. Numbers of lines may follow each other with spaces, as in Zola.
fn take_value<'a>(key: &str, text: &'a str) -> (&'a str, &'a str) {
    let lines = matches!(key, "hl_lines" | "hide_lines");
    let end = match text.chars().next() {
        Some(open @ ('"' | '\'')) => text[1..].find(open).map(|at| at + 2),
        Some('[') => text.find(']').map(|at| at + 1),
        Some('{') => text.find('}').map(|at| at + 1),
        _ if lines => text.find(|c: char| !c.is_ascii_digit() && c != '-' && c != ' '),
        _ => text.find(|c: char| c.is_whitespace() || c == ',' || c == '}'),
    };
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a fence says, in short.
    fn short(info: &str) -> String {
        let fence = Fence::parse(info);
        let lines = |lines: &LineSet| -> String {
            let named = (1..=30).filter(|line| lines.contains(*line));
            let named: Vec<String> = named.map(|line| line.to_string()).collect();
            named.join(" ")
        };
        let mut said = vec![fence.language.clone()];
        let mut say = |name: &str, value: String| {
            if !value.is_empty() {
                said.push(format!("{name}={value}"));
            }
        };
        say("title", fence.title.clone().unwrap_or_default());
        say(
            "from",
            fence
                .numbers
                .map_or(String::new(), |first| first.to_string()),
        );
        say("mark", lines(&fence.marked));
        say("add", lines(&fence.added));
        say("remove", lines(&fence.removed));
        say("hide", lines(&fence.hidden));
        say("prefix", fence.hide_prefix.clone().unwrap_or_default());
        say("diff", String::from(if fence.diff { "yes" } else { "" }));
        said.join(" ")
    }

    #[track_caller]
    fn case(info: &str, expected: &str) {
        assert_eq!(short(info), expected, "{info}");
    }

    #[test]
    fn words_are_the_language_and_what_is_known() {
        case("", "");
        case("rust", "rust");
        case("  C++ ", "C++");
        case("rust,ignore,editable", "rust");
        case("rust ignore", "rust");
        case("python,hidelines=~", "python prefix=~");
        case("title=\"x\"", " title=x");
        case("ignored words everywhere = {}", "ignored");
    }

    #[test]
    fn lines_stand_in_braces() {
        case("rust {1,3-5}", "rust mark=1 3 4 5");
        case("js{4}", "js mark=4");
        case("{2}", " mark=2");
        case("js {1} {+3} {-4-5}", "js mark=1 add=3 remove=4 5");
        case(
            "js ins={3} del={4,5} mark={1}",
            "js mark=1 add=3 remove=4 5",
        );
        case("js {\"word\"} /regex/ \"text\"", "js");
    }

    #[test]
    fn hugo_and_zola_name_them() {
        case(
            "go {hl_lines=[2,\"4-6\"] linenos=table linenostart=3}",
            "go from=3 mark=2 4 5 6",
        );
        case(
            "go {linenos=inline,hl_lines=[8,\"15-17\"]}",
            "go from=1 mark=8 15 16 17",
        );
        case("go {linenos=false,linenostart=9}", "go");
        case("go {linenostart=9}", "go");
        case(
            "rust,linenos,linenostart=20,hl_lines=1 3-5,hide_lines=2,name=x.rs",
            "rust title=x.rs from=20 mark=1 3 4 5 hide=2",
        );
    }

    #[test]
    fn material_and_docusaurus_name_them_too() {
        case(
            "py title=\"my file.py\" linenums=\"4\" hl_lines=\"2 3\"",
            "py title=my file.py from=4 mark=2 3",
        );
        case(
            "jsx title='a {1}.jsx' showLineNumbers {1}",
            "jsx title=a {1}.jsx from=1 mark=1",
        );
        case("jsx showLineNumbers=5", "jsx from=5");
        case("jsx showLineNumbers={false}", "jsx");
        case("js diff", "js diff=yes");
        case("diff lang=\"js\"", "js diff=yes");
        case("diff", "diff");
    }

    #[test]
    fn vitepress_writes_them_on_the_language() {
        case(
            "js{4}:line-numbers [config.js]",
            "js title=config.js from=1 mark=4",
        );
        case("ts:line-numbers=2 {1}", "ts from=2 mark=1");
        case("ts:no-line-numbers", "ts");
    }

    #[test]
    fn classes_name_the_language() {
        case("{.rust .ignore}", "rust");
        case(
            "{ .py .numberLines startFrom=\"10\" #id title=\"a b\" }",
            "py title=a b from=10",
        );
        case("{.language-rust}", "rust");
        case("{python}", "python");
        case("{.}", ".");
    }

    #[test]
    fn what_is_never_closed_ends_with_the_line() {
        case("js {1,2", "js mark=1 2");
        case("js title=\"a", "js title=a");
        case("js [a", "js title=a");
        case("js {title=\"}", "js title=}");
        case("js =", "js");
    }

    proptest! {
        #[test]
        fn no_info_string_panics(info in "[a-z.#:={}\\[\\]\"', 0-9+\u{e9}-]{0,40}") {
            Fence::parse(&info);
        }
    }
}
