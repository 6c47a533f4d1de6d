//! Texts that nobody writes, for every grammar: the parsers are C, and what they do with a hostile
//! text is known by trying only. The suite tries two short ones for each. More are tried by hand:
//! `TYMPAN_ENDURANCE`, read when the tests are compiled, is the number of texts for each grammar, and
//! `CFLAGS=-fsanitize=address` shows what reads outside of its memory.

use crate::render::highlight::engine::tokens;
use crate::render::highlight::languages::own_names;

/// What grammars begin and end things with.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "<<",
    "<<<",
    "<<EOF\n",
    "<<-EOF\n",
    "<<~EOF\n",
    "EOF\n",
    "\n",
    "\n\n",
    "\n  ",
    "\n    ",
    "\n\t",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\"",
    "'",
    "`",
    "\"\"\"",
    "'''",
    "```",
    "$",
    "${",
    "#{",
    "#",
    "#|",
    "|#",
    "//",
    "/*",
    "*/",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?php",
    "?>",
    "<%",
    "%>",
    "{{",
    "}}",
    "{%",
    "%}",
    "--",
    "--[[",
    "]]",
    "[==[",
    "]==]",
    "R\"a(",
    ")a\"",
    "r#\"",
    "\"#",
    "@\"",
    "$\"\"\"",
    "%q(",
    "q{",
    "qq{",
    "\\",
    "\\\n",
    ":",
    "::",
    ";",
    ",",
    ".",
    "=",
    "=>",
    "->",
    "|",
    "||",
    "|>",
    "&",
    "!",
    "?",
    "~",
    "^",
    "@",
    "*",
    "+",
    "-",
    "0",
    "0x",
    "1e",
    "a",
    "if ",
    "else ",
    "end ",
    "do ",
    "case ",
    "of ",
    "let ",
    "in ",
    "where ",
    "def ",
    "class ",
    "module ",
    "match ",
    "with ",
    "<a>",
    "</a>",
    "<script>",
    "</script>",
    "<style>",
    "\0",
    "\u{c}",
    "\u{feff}",
    "é",
    "日",
    "\u{2028}",
    "---\n",
    "%%",
    "$$",
    "=begin\n",
    "=end\n",
    "#if ",
    "#endif\n",
    "\\(",
    "- ",
    "1. ",
    "> ",
    "| a |",
    "~~~",
    "[|",
    "|]",
    "(*",
    "*)",
    "{-",
    "-}",
    "@media",
    "@end",
    "$tag$",
    "E'",
    "&#x",
    "!!a ",
    "%YAML",
];

/// Numbers without rhyme that are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn piece(&mut self) -> &'static str {
        PIECES[self.below(PIECES.len())]
    }
}

/// A text: a salad of pieces, a few of them over and over, names without end, or steps inward.
fn text(numbers: &mut Numbers, longest: usize) -> String {
    let length = 1 + numbers.below(longest);
    match numbers.below(5) {
        0 => (0..length).map(|_| numbers.piece()).collect(),
        1 => [numbers.piece(), numbers.piece()].concat().repeat(length),
        2 => numbers.piece().repeat(length),
        3 => {
            let name = "a".repeat(length);
            let (open, close) = (numbers.piece(), numbers.piece());
            format!("{open}{name}{close}\n{name}\n{close}{name}{open}\n")
        }
        _ => {
            let step = numbers.piece();
            let lines = (0..length.min(300)).map(|depth| format!("{}{step}a\n", " ".repeat(depth)));
            lines.collect()
        }
    }
}

#[test]
fn every_grammar_lives_through_what_nobody_writes() {
    let asked = option_env!("TYMPAN_ENDURANCE");
    let asked = asked.and_then(|count| count.parse().ok());
    let (count, longest) = asked.map_or((2, 60), |count: usize| (count, 3_000));
    for language in own_names() {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        for _ in 0..count {
            let text = text(&mut numbers, longest);
            let mut done = 0;
            for token in tokens(language, &text).unwrap_or_default() {
                assert!(
                    done <= token.start && token.start < token.end,
                    "{language}: {text}"
                );
                done = token.end;
            }
            assert!(done as usize <= text.len(), "{language}: {text}");
        }
    }
}
