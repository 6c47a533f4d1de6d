//! Changes to the tree: one visitor over all elements, and moves of single nodes.

use crate::render::dom::tree::{Content, Element, Fragment, NodeId};

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It stays.
    Keep,
    /// Its children take its place.
    Unwrap,
    /// It goes, with everything in it.
    Remove,
}

impl Fragment {
    /// Asks about every element in the order of the document, and does as told. What is below a
    /// removed element is not asked about.
    pub fn edit(&mut self, mut decide: impl FnMut(&mut Element) -> Verdict) {
        let mut here = self.first_child(self.root());
        while let Some(id) = here {
            let verdict = match self.element_mut(id) {
                Some(element) => decide(element),
                None => Verdict::Keep,
            };
            here = self.after(id, self.root(), verdict != Verdict::Remove);
            match verdict {
                Verdict::Keep => {}
                Verdict::Unwrap => self.unwrap(id),
                Verdict::Remove => self.detach(id),
            }
        }
    }

    /// Puts a node at the beginning of another.
    pub fn prepend(&mut self, parent: NodeId, id: NodeId) {
        match self.first_child(parent) {
            Some(first) => self.insert_before(first, id),
            None => self.append(parent, id),
        }
    }

    /// Moves all children of a node to the end of another.
    pub fn move_children(&mut self, from: NodeId, to: NodeId) {
        while let Some(child) = self.first_child(from) {
            self.append(to, child);
        }
    }

    /// Puts the children of a node in its place.
    pub fn unwrap(&mut self, id: NodeId) {
        while let Some(child) = self.first_child(id) {
            self.insert_before(id, child);
        }
        self.detach(id);
    }

    /// Puts an element around a node.
    pub fn wrap(&mut self, id: NodeId, element: Element) -> NodeId {
        let around = self.create(Content::Element(element));
        self.insert_before(id, around);
        self.append(around, id);
        around
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::dom::parse_fragment;

    #[test]
    fn elements_are_kept_unwrapped_or_removed() {
        let mut tree = parse_fragment("<p>a<font>b<b>c</b></font><i>d<b>e</b></i></p>");
        let mut asked = Vec::new();
        tree.edit(|element| {
            asked.push(element.name.clone());
            match element.name.as_str() {
                "font" => Verdict::Unwrap,
                "i" => Verdict::Remove,
                _ => Verdict::Keep,
            }
        });
        assert_eq!(tree.to_html(), "<p>ab<b>c</b></p>");
        assert_eq!(asked, ["p", "font", "b", "i"]);
    }

    #[test]
    fn nodes_are_moved() {
        let mut tree = parse_fragment("<p>a</p><p>b</p>");
        let all = tree.elements();
        tree.insert_before(all[0], all[1]);
        tree.insert_before(all[0], all[0]);
        let section = tree.wrap(all[0], Element::html("section").with("id", "x"));
        let first = tree.create(Content::Text("first".to_owned()));
        tree.prepend(section, first);
        assert_eq!(
            tree.to_html(),
            "<p>b</p><section id=\"x\">first<p>a</p></section>"
        );
        assert_eq!(tree.text(tree.root()), "bfirsta");
    }
}
