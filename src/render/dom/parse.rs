//! From HTML to the tree, by the rules of the HTML standard (html5ever), into our own list.
//!
//! The standard bounds neither depth nor size: a hundred thousand open elements make parsing
//! quadratic, and unclosed formatting elements are copied into every paragraph. A guard between
//! tokenizer and tree builder bounds both and keeps all text.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{
    Attribute as Written, ExpandedName, LocalName, QualName, TokenizerResult, local_name, ns,
};

use crate::markdown::is_void;
use crate::render::dom::tree::{Attribute, Content, Element, Fragment, NodeId, Space};

/// How deep elements nest; tags beyond are dropped. Common XML parsers stop at 256.
const MAX_DEPTH: usize = 200;

/// Parses HTML as if it stood in `body`.
pub fn parse_fragment(html: &str) -> Fragment {
    let sink = Sink {
        limit: 10_000 + html.len(),
        ..Sink::default()
    };
    let body = QualName::new(None, ns!(html), local_name!("body"));
    let context = sink.create_element(body, Vec::new(), ElementFlags::default());
    let options = TreeBuilderOpts {
        scripting_enabled: false,
        ..TreeBuilderOpts::default()
    };
    let builder = TreeBuilder::new_for_fragment(sink, context, None, options);
    let guard = Guard {
        builder,
        dropped: RefCell::default(),
    };
    let tokenizer = Tokenizer::new(guard, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.builder.sink.finish()
}

/// Drops tags that would nest too deep, and the end tags that belong to them.
struct Guard {
    builder: TreeBuilder<Handle, Sink>,
    dropped: RefCell<Vec<LocalName>>,
}

impl Guard {
    fn passes(&self, tag: &Tag) -> bool {
        let mut dropped = self.dropped.borrow_mut();
        if tag.kind == TagKind::EndTag {
            let ours = dropped.last() == Some(&tag.name);
            if ours {
                dropped.pop();
            }
            return !ours;
        }
        let sink = &self.builder.sink;
        let full = sink.made.get() > sink.limit;
        if full || (sink.depth.get() >= MAX_DEPTH && !is_void(&tag.name)) {
            // More than a few thousand end tags to wait for is an attack, not a page.
            if dropped.len() < 4096 {
                dropped.push(tag.name.clone());
            }
            return false;
        }
        true
    }
}

impl TokenSink for Guard {
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Handle> {
        match token {
            Token::TagToken(ref tag) if !self.passes(tag) => TokenSinkResult::Continue,
            token => self.builder.process_token(token, line),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// A node while the tree grows, with the name that the tree builder asks for.
#[derive(Clone)]
struct Handle {
    id: NodeId,
    depth: Rc<Cell<usize>>,
    name: Rc<QualName>,
    integration_point: bool,
}

struct Sink {
    tree: RefCell<Fragment>,
    document: Handle,
    /// How deep the node lies that was last added or closed.
    depth: Cell<usize>,
    made: Cell<usize>,
    limit: usize,
}

impl Default for Sink {
    fn default() -> Self {
        let tree = Fragment::new();
        let document = Handle {
            id: tree.root(),
            depth: Rc::default(),
            name: Rc::new(QualName::new(None, ns!(), local_name!(""))),
            integration_point: false,
        };
        Self {
            tree: RefCell::new(tree),
            document,
            depth: Cell::new(0),
            made: Cell::new(0),
            limit: 0,
        }
    }
}

impl Sink {
    fn make(&self, content: Content, name: QualName, integration_point: bool) -> Handle {
        self.made.set(self.made.get() + 1);
        Handle {
            id: self.tree.borrow_mut().create(content),
            depth: Rc::default(),
            name: Rc::new(name),
            integration_point,
        }
    }

    fn went_below(&self, depth: usize, child: &Handle) {
        child.depth.set(depth + 1);
        self.depth.set(depth + 1);
    }
}

/// Adds to the text before, if there is one.
fn add_text(tree: &mut Fragment, before: Option<NodeId>, text: &str) -> Option<NodeId> {
    if let Some(before) = before
        && let Content::Text(known) = tree.content_mut(before)
    {
        known.push_str(text);
        return None;
    }
    Some(tree.create(Content::Text(text.to_owned())))
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Fragment;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Fragment {
        let mut tree = self.tree.into_inner();
        // The tree builder puts everything into an `html` element of its own.
        let top = tree.first_child(tree.root());
        if let Some(html) = top {
            tree.set_root(html);
        }
        tree
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        self.document.clone()
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Written>,
        flags: ElementFlags,
    ) -> Handle {
        let element = Element {
            space: match name.ns {
                ns!(svg) => Space::Svg,
                ns!(mathml) => Space::MathMl,
                _ => Space::Html,
            },
            name: name.local.to_string(),
            attributes: attributes.iter().map(attribute).collect(),
        };
        let point = flags.mathml_annotation_xml_integration_point;
        self.make(Content::Element(element), name, point)
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        let name = QualName::new(None, ns!(), local_name!(""));
        self.make(Content::Comment(text.to_string()), name, false)
    }

    fn create_pi(&self, _: StrTendril, data: StrTendril) -> Handle {
        self.create_comment(data)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let mut tree = self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(child) => {
                self.went_below(parent.depth.get(), &child);
                tree.append(parent.id, child.id);
            }
            NodeOrText::AppendText(text) => {
                let last = tree.last_child(parent.id);
                if let Some(id) = add_text(&mut tree, last, &text) {
                    tree.append(parent.id, id);
                }
            }
        }
    }

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let mut tree = self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(child) => {
                self.went_below(sibling.depth.get().saturating_sub(1), &child);
                tree.insert_before(sibling.id, child.id);
            }
            NodeOrText::AppendText(text) => {
                let before = tree.previous_sibling(sibling.id);
                if let Some(id) = add_text(&mut tree, before, &text) {
                    tree.insert_before(sibling.id, id);
                }
            }
        }
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        previous: &Handle,
        child: NodeOrText<Handle>,
    ) {
        let placed = self.tree.borrow().parent(element.id).is_some();
        match placed {
            true => self.append_before_sibling(element, child),
            false => self.append(previous, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn pop(&self, node: &Handle) {
        self.depth.set(node.depth.get().saturating_sub(1));
    }

    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, a: &Handle, b: &Handle) -> bool {
        a.id == b.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Written>) {
        let mut tree = self.tree.borrow_mut();
        if let Some(element) = tree.element_mut(target.id) {
            for new in attributes.iter().map(attribute) {
                if element.get(&new.name).is_none() {
                    element.attributes.push(new);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.tree.borrow_mut().detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, parent: &Handle) {
        self.tree.borrow_mut().move_children(node.id, parent.id);
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &Handle) -> bool {
        handle.integration_point
    }

    fn allow_declarative_shadow_roots(&self, _: &Handle) -> bool {
        false
    }
}

fn attribute(written: &Written) -> Attribute {
    let name = match &written.name.prefix {
        Some(prefix) if !prefix.is_empty() => format!("{prefix}:{}", written.name.local),
        _ => written.name.local.to_string(),
    };
    Attribute {
        name,
        value: written.value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(html: &str, expected: &str) {
        assert_eq!(parse_fragment(html).to_html(), expected);
    }

    #[test]
    fn html_is_read_as_browsers_read_it() {
        case("<p>a<p>b", "<p>a</p><p>b</p>");
        case("<b><p>x</b>y", "<b></b><p><b>x</b>y</p>");
        case(
            "<table>a<tr><td>b",
            "a<table><tbody><tr><td>b</td></tr></tbody></table>",
        );
        case(
            "<svg viewbox='0 0 1 1'><use xlink:href='#a'/></svg>",
            "<svg viewBox=\"0 0 1 1\"><use xlink:href=\"#a\"></use></svg>",
        );
        case(
            "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>",
        );
        case(
            "<template><p>x</p></template>",
            "<template><p>x</p></template>",
        );
        case("<html lang=x><body class=y>z", "z");
    }

    #[test]
    fn depth_is_bounded_and_text_is_kept() {
        let open = "<div>".repeat(100_000);
        let close = "</div>".repeat(100_000);
        let tree = parse_fragment(&format!("{open}x{close}<p>after</p>"));
        let depth = tree.walk().map(|id| tree.ancestors(id).count()).max();
        assert_eq!(depth, Some(MAX_DEPTH));
        assert_eq!(tree.text(tree.root()), "xafter");
        let same = parse_fragment(&"<div>".repeat(100_000));
        assert_eq!(same.clone().elements().len(), MAX_DEPTH - 1);
    }

    #[test]
    fn copied_formatting_is_bounded() {
        let open: Vec<String> = (0..150).map(|at| format!("<b id={at}>")).collect();
        let tree = parse_fragment(&format!("{}{}", open.concat(), "<p>x".repeat(20_000)));
        assert!(tree.elements().len() < 200_000);
    }

    proptest! {
        #[test]
        fn no_html_panics(parts in prop::collection::vec(prop::sample::select(vec![
            "<p>", "</p>", "<b>", "</b>", "<table>", "</table>", "<tr>", "<td>", "<svg>", "</svg>",
            "<math>", "<mi>", "<annotation-xml encoding=text/html>", "<template>", "</template>",
            "<select>", "<option selected>", "<selectedcontent>", "</select>", "<form>", "<a>", "x",
            "<!--", "-->", "<li>", "<ul>", "</ul>", "<br>", "<html a>", "<body b>", "<frameset>", "\0",
        ]), 0..40)) {
            let tree = parse_fragment(&parts.concat());
            let _ = tree.to_html();
            let _ = tree.to_xhtml();
        }
    }
}
