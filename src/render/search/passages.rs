//! What of a page is searched: its text by heading. Code counts where it is short enough to be a
//! command that somebody looks for.

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::{Edition, Heading, Spanned, plain};
use crate::site::{Page, Site};

/// The longest block of code that is searched, and the most text of one page, in bytes.
const LONGEST_CODE: usize = 240;
const LONGEST_PAGE: usize = 512 << 10;

/// The text under one heading.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Passage {
    /// The id of the heading; empty for what stands before the first.
    pub(super) id: String,
    /// The heading; empty for what stands before the first.
    pub(super) heading: String,
    /// The text, with one space wherever there was any.
    pub(super) text: String,
}

/// Reads a page by its headings. The first heading of the first level is the page's title and
/// begins no passage.
pub(super) fn passages(site: &Site, page: &Page) -> Vec<Passage> {
    let events = match site.is_rewritten(page) {
        true => site.reading(page, Edition::Html),
        false => page.events_for(Edition::Html, None),
    };
    read(events, &page.headings_for(Edition::Html))
}

fn read(events: Vec<Spanned<'_>>, headings: &[Heading]) -> Vec<Passage> {
    let mut reader = Reader {
        headings,
        passages: vec![Passage::default()],
        begun: 0,
        in_heading: false,
        code: None,
        left: LONGEST_PAGE,
    };
    for (event, _) in plain(events) {
        reader.read(&event);
    }
    let mut passages = reader.passages;
    for passage in &mut passages {
        passage.text.truncate(passage.text.trim_end().len());
    }
    passages.retain(|passage| !passage.id.is_empty() || !passage.text.is_empty());
    passages
}

struct Reader<'a> {
    headings: &'a [Heading],
    passages: Vec<Passage>,
    begun: usize,
    in_heading: bool,
    code: Option<String>,
    left: usize,
}

impl Reader<'_> {
    fn read(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::Heading { .. }) => self.heading(),
            Event::End(TagEnd::Heading(_)) => self.in_heading = false,
            Event::Start(Tag::CodeBlock(_)) => self.code = Some(String::new()),
            Event::End(TagEnd::CodeBlock) => {
                let code = self.code.take().filter(|code| code.len() <= LONGEST_CODE);
                self.text(&code.unwrap_or_default());
                self.text(" ");
            }
            Event::Text(text) | Event::Code(text) => match &mut self.code {
                Some(code) if code.len() > LONGEST_CODE => {}
                Some(code) => code.push_str(text),
                None => self.text(text),
            },
            Event::End(
                TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Link
                | TagEnd::Superscript
                | TagEnd::Subscript,
            ) => {}
            Event::SoftBreak | Event::HardBreak | Event::Rule | Event::End(_) => self.text(" "),
            _ => {}
        }
    }

    fn heading(&mut self) {
        let heading = self.headings.get(self.begun);
        self.begun += 1;
        let Some(heading) = heading else {
            return;
        };
        self.in_heading = true;
        if self.begun == 1 && heading.level == 1 {
            return;
        }
        self.passages.push(Passage {
            id: heading.id.clone(),
            heading: heading.text.clone(),
            text: String::new(),
        });
    }

    fn text(&mut self, text: &str) {
        if self.in_heading || self.left < text.len() {
            return;
        }
        self.left -= text.len();
        let passage = self.passages.last_mut().expect("there is always one");
        let out = &mut passage.text;
        let space = |out: &mut String| {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        };
        if text.starts_with(char::is_whitespace) {
            space(out);
        }
        for (at, word) in text.split_whitespace().enumerate() {
            if at > 0 {
                space(out);
            }
            out.push_str(word);
        }
        if text.ends_with(char::is_whitespace) {
            space(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::{Outline, events};

    #[track_caller]
    fn case(text: &str, expected: &[(&str, &str, &str)]) {
        let events = events(text, 0);
        let outline = Outline::of(&events);
        let found = read(events, &outline.headings);
        let found: Vec<(&str, &str, &str)> = found
            .iter()
            .map(|found| (&*found.id, &*found.heading, &*found.text))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn text_stands_under_its_heading() {
        case(
            "# Title\n\nA *b*,\n[c](d).\n\n## One `x`\n\n- e\n- f\n\n| g | h |\n|---|---|\n| i | j |\n",
            &[("", "", "A b, c."), ("one-x", "One x", "e f g h i j")],
        );
        case("## A\n\n# B\n\nc\n", &[("a", "A", ""), ("b", "B", "c")]);
        case(
            "![alt text](a.png)\n\n<b>x</b>\n",
            &[("", "", "alt text x")],
        );
    }

    #[test]
    fn long_code_is_left_out() {
        case("a\n\n```sh\nrun it\n```\n", &[("", "", "a run it")]);
        let code = "x ".repeat(200);
        case(&format!("a\n\n```\n{code}\n```\n\nb\n"), &[("", "", "a b")]);
    }
}
