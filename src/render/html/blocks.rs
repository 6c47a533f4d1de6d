//! Notes, tabs and containers as HTML that reads well without a script, a style or a screen.

use crate::markdown::{Attributes, Element, ElementEnd, Fold, Note};
use crate::render::html::attributes::pairs_text;
use crate::render::html::body::Writer;
use crate::render::html::events::escape;

/// A construct that is open.
pub(super) enum Block {
    /// A note: the word it has if the author gives it none, and the tag of its title.
    Note {
        word: String,
        tag: &'static str,
    },
    /// A group of tabs: its name, and where in the output the one begins that shows.
    Tabs {
        name: String,
        shown: Option<usize>,
    },
    Tab,
    Division,
    /// Something with a label: what stands before its caption.
    Numbered(String),
    /// A reference: the link that it is, if it means anything.
    Reference(Option<String>),
}

impl Writer<'_> {
    pub(super) fn open(&mut self, element: &Element) {
        match element {
            Element::Note(note) => self.open_note(note),
            Element::Tabs(attributes) => {
                self.groups += 1;
                let name = format!("tabs-{}", self.groups);
                self.open_tag("div", &["tabs"], attributes);
                self.open.push(Block::Tabs { name, shown: None });
            }
            Element::Tab(tab) => self.open_tab(tab.selected),
            Element::Title => self.title_start = self.out.len(),
            Element::Division(attributes) => {
                self.open_tag("div", &[], attributes);
                self.open.push(Block::Division);
            }
            Element::Mark => self.raw("<mark>"),
            Element::Insert => self.raw("<ins>"),
            Element::Key => self.raw("<kbd>"),
            Element::Abbreviation(long) => {
                self.out.parts(&["<abbr title=\"", &escape(long), "\">"]);
            }
            Element::Numbered(numbered) => self.open_numbered(numbered),
            Element::Caption(_) => self.open_caption(),
            Element::Reference(reference) => self.open_reference(reference),
            Element::ListOf(kind) => self.list_of(*kind),
        }
    }

    pub(super) fn close(&mut self, end: ElementEnd) {
        let tag = match end {
            ElementEnd::Title => return self.close_title(),
            ElementEnd::Numbered(kind) => return self.close_numbered(kind),
            ElementEnd::Reference => return self.close_reference(),
            ElementEnd::ListOf => return,
            ElementEnd::Caption(_) => "</figcaption>",
            ElementEnd::Note(Fold::Fixed) => "</aside>\n",
            ElementEnd::Note(_) | ElementEnd::Tab => "</details>\n",
            ElementEnd::Tabs | ElementEnd::Division => "</div>\n",
            ElementEnd::Mark => "</mark>",
            ElementEnd::Insert => "</ins>",
            ElementEnd::Key => "</kbd>",
            ElementEnd::Abbreviation => "</abbr>",
        };
        if tag.ends_with('\n') {
            self.open.pop();
        }
        self.raw(tag);
    }

    fn open_note(&mut self, note: &Note) {
        let kind = note.known_kind();
        let class = format!("alert-{}", kind.unwrap_or(&note.kind));
        let word = match kind {
            Some(kind) => self.theme.string(kind),
            None => self.theme.string(&note.kind),
        };
        let word = match word {
            "" => capitalized(&note.kind),
            word => word.to_owned(),
        };
        let (tag, rest, title) = match note.fold {
            Fold::Fixed => ("aside", " role=\"note\"", "p"),
            Fold::Open => ("details", " open", "summary"),
            Fold::Closed => ("details", "", "summary"),
        };
        let classes = ["alert", class.as_str()];
        self.open_tag_more(tag, &classes, &note.attributes, rest);
        self.open.push(Block::Note { word, tag: title });
    }

    /// Tabs are disclosures of one name: a browser shows one of them at a time, a printer all.
    fn open_tab(&mut self, selected: bool) {
        let (mut name, mut shows) = (String::new(), true);
        if let Some(Block::Tabs { name: group, shown }) = self.open.last_mut() {
            name = format!(" name=\"{group}\"");
            shows = selected || shown.is_none();
            if let Some(before) = shown.filter(|_| selected) {
                let open = format!("<details{name} open>");
                self.out.replace(before, &open, &format!("<details{name}>"));
            }
            *shown = if shows { Some(self.out.len()) } else { *shown };
        }
        let open = if shows { " open" } else { "" };
        self.out.parts(&["<details", &name, open, ">"]);
        self.open.push(Block::Tab);
    }

    fn close_title(&mut self) {
        let title = self.out.take_from(self.title_start);
        let (tag, class) = match self.open.last() {
            Some(Block::Note { tag, .. }) => (*tag, " class=\"alert-title\""),
            _ => ("summary", ""),
        };
        self.out.parts(&["<", tag, class, ">"]);
        match (title.is_empty(), self.open.last()) {
            (true, Some(Block::Note { word, .. })) => {
                let word = escape(word);
                self.raw(&word);
            }
            _ => self.raw(&title),
        }
        self.out.parts(&["</", tag, ">\n"]);
    }

    /// Writes a tag of ours with the author's attributes on it.
    pub(super) fn open_tag(&mut self, tag: &str, classes: &[&str], attributes: &Attributes) {
        self.open_tag_more(tag, classes, attributes, "");
    }

    /// Writes a tag of ours with the author's attributes on it; `rest` are further ones of ours.
    pub(super) fn open_tag_more(
        &mut self,
        tag: &str,
        classes: &[&str],
        attributes: &Attributes,
        rest: &str,
    ) {
        let id = attributes.id.as_ref();
        let id = id.map(|id| format!(" id=\"{}\"", escape(id)));
        let own = attributes.classes.iter().map(String::as_str);
        let own = own.filter(|class| !class.is_empty());
        let classes: Vec<&str> = classes.iter().copied().chain(own).collect();
        let class = match classes.is_empty() {
            true => String::new(),
            false => format!(" class=\"{}\"", escape(&classes.join(" "))),
        };
        let pairs = pairs_text(attributes, self.raw_html_allowed());
        let id = id.unwrap_or_default();
        self.out.parts(&["<", tag, &id, &class, rest, &pairs, ">"]);
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first
        .chain(letters.map(|letter| {
            if letter == '-' || letter == '_' {
                ' '
            } else {
                letter
            }
        }))
        .collect()
}
