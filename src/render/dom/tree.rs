//! The tree itself: nodes in one list, linked by number, so that nothing recurses and a tree of
//! any depth is dropped like a list.

/// A node of a [`Fragment`], by its place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(usize);

/// The vocabulary that an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// HTML.
    Html,
    /// SVG.
    Svg,
    /// MathML.
    MathMl,
}

/// One attribute; a namespaced one is named with its usual prefix, such as `xlink:href`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The value, without escapes.
    pub value: String,
}

/// An element without its children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The vocabulary.
    pub space: Space,
    /// The name: in lower case for HTML.
    pub name: String,
    /// The attributes in the order of the source.
    pub attributes: Vec<Attribute>,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The root, which is nothing itself.
    Root,
    /// An element.
    Element(Element),
    /// Text, without escapes.
    Text(String),
    /// A comment.
    Comment(String),
}

/// A piece of a document.
#[derive(Debug, Clone)]
pub struct Fragment {
    nodes: Vec<Node>,
    root: NodeId,
}

#[derive(Debug, Clone)]
struct Node {
    content: Content,
    parent: Option<NodeId>,
    previous: Option<NodeId>,
    next: Option<NodeId>,
    first: Option<NodeId>,
    last: Option<NodeId>,
}

impl Element {
    /// An HTML element.
    pub fn html(name: &str) -> Self {
        Self {
            space: Space::Html,
            name: name.to_owned(),
            attributes: Vec::new(),
        }
    }

    /// The same element with an attribute more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Whether it is the HTML element of this name.
    pub fn is(&self, name: &str) -> bool {
        self.space == Space::Html && self.name == name
    }

    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|known| known.name == name);
        found.map(|known| known.value.as_str())
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        match self.attributes.iter_mut().find(|known| known.name == name) {
            Some(known) => known.value = value,
            None => self.attributes.push(Attribute {
                name: name.to_owned(),
                value,
            }),
        }
    }

    /// Takes an attribute away.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        let at = self
            .attributes
            .iter()
            .position(|known| known.name == name)?;
        Some(self.attributes.remove(at).value)
    }
}

impl Default for Fragment {
    fn default() -> Self {
        Self::new()
    }
}

impl Fragment {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            nodes: vec![Node::of(Content::Root)],
            root: NodeId(0),
        }
    }

    /// The root.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// Makes a node of the tree the root; what lies beside it is forgotten.
    pub(super) fn set_root(&mut self, id: NodeId) {
        self.detach(id);
        self.nodes[id.at()].content = Content::Root;
        self.root = id;
    }

    /// What a node is.
    pub fn content(&self, id: NodeId) -> &Content {
        &self.nodes[id.at()].content
    }

    /// What a node is, to change it.
    pub fn content_mut(&mut self, id: NodeId) -> &mut Content {
        &mut self.nodes[id.at()].content
    }

    /// The element that a node is.
    pub fn element(&self, id: NodeId) -> Option<&Element> {
        match self.content(id) {
            Content::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The element that a node is, to change it.
    pub fn element_mut(&mut self, id: NodeId) -> Option<&mut Element> {
        match self.content_mut(id) {
            Content::Element(element) => Some(element),
            _ => None,
        }
    }

    /// Whether a node is the HTML element of this name.
    pub fn is(&self, id: NodeId, name: &str) -> bool {
        self.element(id).is_some_and(|element| element.is(name))
    }

    /// The node above.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.nodes[id.at()].parent
    }

    /// The node after it among its siblings.
    pub fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.nodes[id.at()].next
    }

    /// The node before it among its siblings.
    pub fn previous_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.nodes[id.at()].previous
    }

    /// The first node below.
    pub fn first_child(&self, id: NodeId) -> Option<NodeId> {
        self.nodes[id.at()].first
    }

    /// The last node below.
    pub fn last_child(&self, id: NodeId) -> Option<NodeId> {
        self.nodes[id.at()].last
    }

    /// The nodes directly below.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.first_child(id), |id| self.next_sibling(*id))
    }

    /// The nodes above, the nearest first.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// Everything below the root in the order of the document.
    pub fn walk(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.walk_below(self.root)
    }

    /// Everything below a node in the order of the document.
    pub fn walk_below(&self, top: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.first_child(top), move |id| self.after(*id, top, true))
    }

    /// The elements below the root in the order of the document, as they are now; a list of its
    /// own, so that the tree may be changed on the way.
    pub fn elements(&self) -> Vec<NodeId> {
        let is_element = |id: &NodeId| self.element(*id).is_some();
        self.walk().filter(is_element).collect()
    }

    /// The next node in the order of the document that lies below `top`.
    pub(super) fn after(&self, id: NodeId, top: NodeId, into: bool) -> Option<NodeId> {
        if let (true, Some(child)) = (into, self.first_child(id)) {
            return Some(child);
        }
        let mut here = id;
        while here != top {
            if let Some(next) = self.next_sibling(here) {
                return Some(next);
            }
            here = self.parent(here)?;
        }
        None
    }

    /// The text of a node and of everything below it.
    pub fn text(&self, id: NodeId) -> String {
        let own = std::iter::once(id);
        own.chain(self.walk_below(id))
            .filter_map(|id| match self.content(id) {
                Content::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Makes a node that stands nowhere yet.
    pub fn create(&mut self, content: Content) -> NodeId {
        self.nodes.push(Node::of(content));
        NodeId(self.nodes.len() - 1)
    }

    /// Takes a node out of the tree, with everything below it.
    pub fn detach(&mut self, id: NodeId) {
        let (parent, previous, next) = {
            let node = &mut self.nodes[id.at()];
            (node.parent.take(), node.previous.take(), node.next.take())
        };
        match (previous, parent) {
            (Some(previous), _) => self.nodes[previous.at()].next = next,
            (None, Some(parent)) => self.nodes[parent.at()].first = next,
            (None, None) => {}
        }
        match (next, parent) {
            (Some(next), _) => self.nodes[next.at()].previous = previous,
            (None, Some(parent)) => self.nodes[parent.at()].last = previous,
            (None, None) => {}
        }
    }

    /// Puts a node, wherever it stands, at the end of another.
    pub fn append(&mut self, parent: NodeId, id: NodeId) {
        self.detach(id);
        let last = self.nodes[parent.at()].last.replace(id);
        let node = &mut self.nodes[id.at()];
        (node.parent, node.previous) = (Some(parent), last);
        match last {
            Some(last) => self.nodes[last.at()].next = Some(id),
            None => self.nodes[parent.at()].first = Some(id),
        }
    }

    /// Puts a node, wherever it stands, before another; one that stands nowhere takes no company.
    pub fn insert_before(&mut self, sibling: NodeId, id: NodeId) {
        let Some(parent) = self.parent(sibling).filter(|_| sibling != id) else {
            return;
        };
        self.detach(id);
        let previous = self.nodes[sibling.at()].previous.replace(id);
        let node = &mut self.nodes[id.at()];
        (node.parent, node.previous, node.next) = (Some(parent), previous, Some(sibling));
        match previous {
            Some(previous) => self.nodes[previous.at()].next = Some(id),
            None => self.nodes[parent.at()].first = Some(id),
        }
    }
}

impl NodeId {
    fn at(self) -> usize {
        self.0
    }
}

impl Node {
    fn of(content: Content) -> Self {
        Self {
            content,
            parent: None,
            previous: None,
            next: None,
            first: None,
            last: None,
        }
    }
}
