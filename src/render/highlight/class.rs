//! The classes of tokens, and which class a grammar's name for a thing falls in.

/// What a piece of code is, as far as colors tell it apart. Variables, operators and punctuation
/// look like the rest of the text: a page of code is calmer and a third smaller so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A word of the language.
    Keyword,
    /// A string, a character, a regular expression.
    String,
    /// A comment.
    Comment,
    /// A number, a truth value, another constant.
    Constant,
    /// What is called: a function, a method, a macro.
    Function,
    /// A type, a module, a constructor.
    Type,
    /// An attribute, a property, a key, a label.
    Attribute,
    /// The name of an element.
    Tag,
    /// A heading in markup.
    Heading,
    /// Strong text in markup.
    Strong,
    /// Emphasized text in markup.
    Emphasis,
    /// A line that is new in a patch.
    Added,
    /// A line that is gone in a patch.
    Removed,
}

impl Class {
    /// All of them; a class is stored as its place here.
    pub(super) const ALL: [Self; 13] = [
        Self::Keyword,
        Self::String,
        Self::Comment,
        Self::Constant,
        Self::Function,
        Self::Type,
        Self::Attribute,
        Self::Tag,
        Self::Heading,
        Self::Strong,
        Self::Emphasis,
        Self::Added,
        Self::Removed,
    ];

    /// Its name in HTML, short since it is written so often.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keyword => "k",
            Self::String => "s",
            Self::Comment => "c",
            Self::Constant => "n",
            Self::Function => "f",
            Self::Type => "t",
            Self::Attribute => "a",
            Self::Tag => "g",
            Self::Heading => "h",
            Self::Strong => "b",
            Self::Emphasis => "i",
            Self::Added => "p",
            Self::Removed => "m",
        }
    }
}

/// What a grammar's name for a thing asks for.
#[cfg(feature = "highlight")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Capture {
    /// A color.
    Class(Class),
    /// No color, though something around it may have one.
    Plain,
    /// Nothing: it is there for other tools.
    Ignored,
}

#[cfg(feature = "highlight")]
impl Capture {
    /// Reads the name that a query gives a thing: Neovim's, Helix' or tree-sitter's own.
    pub(super) fn named(name: &str) -> Self {
        let mut parts = name.split('.');
        let (first, second) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        Self::Class(match (first, second) {
            ("string" | "character" | "escape", _)
            | ("text", "literal" | "uri")
            | ("markup", "raw" | "link") => Class::String,
            ("comment", _) => Class::Comment,
            ("keyword", "operator") if name == "keyword.operator.symbol" => return Self::Plain,
            (
                "keyword" | "include" | "conditional" | "repeat" | "exception" | "storageclass"
                | "preproc" | "define" | "structure" | "modifier",
                _,
            )
            | ("variable", "builtin") => Class::Keyword,
            ("number" | "float" | "boolean" | "constant", _) => Class::Constant,
            ("function" | "method" | "macro", _) => Class::Function,
            ("type" | "namespace" | "module" | "constructor", _) => Class::Type,
            ("attribute" | "property" | "label" | "field", _) | ("text", "reference") => {
                Class::Attribute
            }
            ("tag", "attribute") => Class::Attribute,
            ("tag", "delimiter") => return Self::Plain,
            ("tag", _) => Class::Tag,
            ("markup", "heading") | ("text", "title") => Class::Heading,
            ("markup", "bold" | "strong") | ("text", "strong") => Class::Strong,
            ("markup", "italic" | "emphasis") | ("text", "emphasis") => Class::Emphasis,
            ("diff", "addition" | "plus" | "delta") => Class::Added,
            ("diff", "deletion" | "minus") => Class::Removed,
            ("operator" | "punctuation" | "variable" | "parameter" | "embedded" | "none", _) => {
                return Self::Plain;
            }
            _ => return Self::Ignored,
        })
    }
}

#[cfg(all(test, feature = "highlight"))]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_their_beginning() {
        let case = |name, class| assert_eq!(Capture::named(name), Capture::Class(class), "{name}");
        case("keyword.control.import", Class::Keyword);
        case("constant.builtin.boolean", Class::Constant);
        case("function.macro", Class::Function);
        case("variable.builtin", Class::Keyword);
        case("markup.heading.2", Class::Heading);
        assert_eq!(Capture::named("variable.parameter"), Capture::Plain);
        for name in ["spell", "nospell", "conceal", "_name", "injection.content"] {
            assert_eq!(Capture::named(name), Capture::Ignored, "{name}");
        }
    }

    #[test]
    fn every_class_has_a_name_of_its_own() {
        let mut names: Vec<&str> = Class::ALL.iter().map(|class| class.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Class::ALL.len());
        for (at, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, at);
        }
    }
}
