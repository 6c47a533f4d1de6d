//! A block of code line by line: what is marked, new, gone or hidden, said by the fence or by the
//! code itself. What is left is the code as a reader copies it.

use crate::markdown::fence::Fence;

/// A block of code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeBlock {
    /// The language, as written; empty if none is.
    pub language: String,
    /// What stands above it.
    pub title: Option<String>,
    /// The number of the first line, if lines are numbered.
    pub numbers: Option<u32>,
    /// Its lines.
    pub lines: Vec<CodeLine>,
}

/// One line of code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeLine {
    /// The text without its end.
    pub text: String,
    /// What is said of it.
    pub mark: LineMark,
    /// Whether it is only shown on request.
    pub hidden: bool,
}

/// What is said of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LineMark {
    /// Nothing.
    #[default]
    None,
    /// To be looked at.
    Marked,
    /// New.
    Added,
    /// Gone.
    Removed,
}

impl CodeBlock {
    /// Reads a block from its info string, if it has one, and its text.
    pub fn read(info: &str, text: &str) -> Self {
        let fence = Fence::parse(info);
        let mut lines = Vec::new();
        let mut notes = Notes::default();
        // Markdown shows how notes are written, and so keeps them.
        let is_markdown = fence.is_any(&["markdown", "md"]);
        for (number, source) in (1u32..).zip(text.lines()) {
            let noted = match is_markdown {
                true => Some((source.to_owned(), None)),
                false => notes.mark(source),
            };
            let Some((text, noted)) = noted else {
                continue;
            };
            let mut line = CodeLine {
                text,
                mark: noted.unwrap_or(fence_mark(&fence, number)),
                hidden: fence.hidden.contains(number),
            };
            line.hide(&fence);
            line.sign(&fence);
            lines.push(line);
        }
        Self {
            language: fence.language,
            title: fence.title,
            numbers: fence.numbers,
            lines,
        }
    }

    /// The whole text, hidden lines included.
    pub fn text(&self) -> String {
        self.joined(|_| true)
    }

    /// The text that is shown at once, as on paper.
    pub fn shown(&self) -> String {
        self.joined(|line| !line.hidden)
    }

    /// Whether anything is said of single lines.
    pub fn is_plain(&self) -> bool {
        let plain = |line: &CodeLine| line.mark == LineMark::None && !line.hidden;
        self.numbers.is_none() && self.lines.iter().all(plain)
    }

    fn joined(&self, keep: impl Fn(&CodeLine) -> bool) -> String {
        let mut text = String::new();
        for line in self.lines.iter().filter(|line| keep(line)) {
            text.push_str(&line.text);
            text.push('\n');
        }
        text
    }
}

impl CodeLine {
    /// Takes off what says that the line is hidden. In Rust that is what rustdoc hides.
    fn hide(&mut self, fence: &Fence) {
        let text = self.text.trim_start();
        let indent = self.text.len() - text.len();
        let rest = match &fence.hide_prefix {
            Some(prefix) => text.strip_prefix(prefix.as_str()),
            None if !fence.is_any(&["rust", "rs"]) => None,
            None if text == "#" => Some(""),
            None if text.starts_with("##") => {
                self.text.remove(indent);
                return;
            }
            None => text.strip_prefix("# "),
        };
        if let Some(rest) = rest {
            self.text = format!("{}{rest}", &self.text[..indent]);
            self.hidden = true;
        }
    }

    /// Reads the sign that a line of a patch begins with. A patch of another language loses it.
    fn sign(&mut self, fence: &Fence) {
        let is_patch = fence.is_any(&["diff", "patch"]);
        let heading = self.text.starts_with("+++") || self.text.starts_with("---");
        if !fence.diff && (!is_patch || heading) || self.mark != LineMark::None {
            return;
        }
        self.mark = match self.text.chars().next() {
            Some('+') => LineMark::Added,
            Some('-') => LineMark::Removed,
            _ => LineMark::None,
        };
        let signed = self.mark != LineMark::None || self.text.starts_with(' ');
        if fence.diff && signed {
            self.text.remove(0);
        }
    }
}

fn fence_mark(fence: &Fence, number: u32) -> LineMark {
    match () {
        () if fence.added.contains(number) => LineMark::Added,
        () if fence.removed.contains(number) => LineMark::Removed,
        () if fence.marked.contains(number) => LineMark::Marked,
        () => LineMark::None,
    }
}

/// The notes that a text makes about its own lines: `// [!code ++]`, `// highlight-next-line`.
#[derive(Default)]
struct Notes {
    mark: LineMark,
    /// For how many lines it holds.
    left: u32,
    /// Whether it holds until it is ended.
    open: bool,
}

impl Notes {
    /// The line without its note and what the notes say of it; nothing if it was a note only.
    fn mark(&mut self, line: &str) -> Option<(String, Option<LineMark>)> {
        if let Some(found) = Note::find(line) {
            (self.mark, self.left) = (found.mark, found.lines);
            if found.rest.trim().is_empty() {
                return None;
            }
            self.left -= 1;
            return Some((found.rest, Some(found.mark)));
        }
        match magic_comment(line) {
            Some("highlight-next-line") => {
                (self.mark, self.left) = (LineMark::Marked, 1);
                return None;
            }
            Some("highlight-start") => {
                self.open = true;
                return None;
            }
            Some("highlight-end") if self.open => {
                self.open = false;
                return None;
            }
            _ => {}
        }
        let noted = match (self.left, self.open) {
            (0, false) => None,
            (0, true) => Some(LineMark::Marked),
            _ => {
                self.left -= 1;
                Some(self.mark)
            }
        };
        Some((line.to_owned(), noted))
    }
}

/// What opens a comment in the languages that a note may stand in, and what closes it.
const COMMENTS: &[(&str, &str)] = &[
    ("<!--", "-->"),
    ("/*", "*/"),
    ("{/*", "*/}"),
    ("//", ""),
    ("--", ""),
    ("#", ""),
    (";", ""),
    ("%", ""),
];

/// A note at the end of a line.
struct Note {
    /// The line without it.
    rest: String,
    mark: LineMark,
    lines: u32,
}

impl Note {
    fn find(line: &str) -> Option<Self> {
        let (before, after) = line.split_once("[!code ")?;
        let (inside, after) = after.split_once(']')?;
        let (name, count) = inside
            .trim()
            .split_once(':')
            .unwrap_or((inside.trim(), "1"));
        let mark = match name {
            "++" => LineMark::Added,
            "--" => LineMark::Removed,
            "highlight" | "hl" | "focus" | "error" | "warning" | "word" => LineMark::Marked,
            _ => return None,
        };
        let before = before.trim_end();
        let (open, close) = COMMENTS.iter().find(|(open, _)| before.ends_with(open))?;
        let before = before[..before.len() - open.len()].trim_end();
        let after = after.trim().strip_prefix(close)?;
        Some(Self {
            rest: format!("{before}{after}"),
            mark,
            lines: count.parse().unwrap_or(1).clamp(1, 10_000),
        })
    }
}

/// What a line says if it is nothing but a comment.
fn magic_comment(line: &str) -> Option<&str> {
    let line = line.trim();
    let inside = |(open, close): &(&str, &str)| line.strip_prefix(open)?.strip_suffix(close);
    COMMENTS.iter().find_map(inside).map(str::trim)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The lines of a block, each with a sign for what is said of it.
    #[track_caller]
    fn case(info: &str, text: &str, expected: &[&str]) {
        let block = CodeBlock::read(info, text);
        let lines: Vec<String> = block
            .lines
            .iter()
            .map(|line| {
                let mark = match (line.mark, line.hidden) {
                    (LineMark::None, false) => ' ',
                    (LineMark::None, true) => '~',
                    (LineMark::Marked, _) => '*',
                    (LineMark::Added, _) => '+',
                    (LineMark::Removed, _) => '-',
                };
                format!("{mark}{}", line.text)
            })
            .collect();
        assert_eq!(lines, expected, "{info}");
    }

    #[test]
    fn the_fence_marks_lines() {
        case("js {2} {+3}", "a\nb\nc\n", &[" a", "*b", "+c"]);
        case("js,hide_lines=1", "a\nb\n", &["~a", " b"]);
        case("", "a\n\nb", &[" a", " ", " b"]);
    }

    #[test]
    fn rust_hides_what_rustdoc_hides() {
        case(
            "rust",
            "# use a;\n#\n#[test]\n#![x]\n## b\n  # c\nd",
            &["~use a;", "~", " #[test]", " #![x]", " # b", "~  c", " d"],
        );
        case("python", "# comment\n", &[" # comment"]);
        case("python,hidelines=~", "~a\nb\n", &["~a", " b"]);
    }

    #[test]
    fn notes_in_the_code_mark_lines_and_leave() {
        case(
            "js",
            "a // [!code ++]\nb // [!code --]\nc",
            &["+a", "-b", " c"],
        );
        case("js", "a // [!code highlight:2]\nb\nc", &["*a", "*b", " c"]);
        case("js", "// [!code hl]\nb\nc", &["*b", " c"]);
        case("html", "<a> <!-- [!code focus] -->\nb", &["*<a>", " b"]);
        case("css", "a /* [!code ++] */ b", &["+a b"]);
        case(
            "js",
            "a [!code ++]\nb // [!code no]",
            &[" a [!code ++]", " b // [!code no]"],
        );
        case("md", "a // [!code ++]", &[" a // [!code ++]"]);
        case(
            "js",
            "// highlight-next-line\na\n/* highlight-start */\nb\nc\n/* highlight-end */\nd",
            &["*a", "*b", "*c", " d"],
        );
    }

    #[test]
    fn patches_are_marked_by_their_signs() {
        case(
            "diff",
            "--- a\n+++ b\n-c\n+d\n e\n",
            &[" --- a", " +++ b", "--c", "++d", "  e"],
        );
        case("js diff", "-c\n+d\n e\nf", &["-c", "+d", " e", " f"]);
    }

    #[test]
    fn only_what_is_shown_is_printed() {
        let block = CodeBlock::read("rust", "# a\nb\n");
        assert_eq!(
            (block.text().as_str(), block.shown().as_str()),
            ("a\nb\n", "b\n")
        );
        assert!(!block.is_plain());
        assert!(CodeBlock::read("js", "a\n").is_plain());
    }

    proptest! {
        #[test]
        fn no_code_panics(
            info in "(rust|js|diff|js diff|py,hidelines=ä) (\\{1\\})?",
            text in "[a-z#+\\- \n\u{e9}/]{0,20}(// \\[!code (\\+\\+|hl:[0-9]{1,12})\\])?\n[ #]{0,3}",
        ) {
            let block = CodeBlock::read(&info, &text);
            prop_assert!(block.lines.len() <= text.lines().count());
        }
    }
}
