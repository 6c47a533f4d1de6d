//! Blocks of code in a book: the same tokens as on a page, in colors that any ground can carry.

use crate::digest::Digest;
use crate::markdown::CodeBlock;
use crate::render::code::{Shown, code_markup};
use crate::render::context::RenderContext;
use crate::render::diagram::{Drawing, Notation};
use crate::render::dom::escape;

/// A block of code: colored, hidden lines left out, in a figure if it has a title.
pub(super) fn code_block(context: &RenderContext<'_>, info: &str, text: &str) -> String {
    let block = CodeBlock::read(info, text);
    let drawing = Notation::of(&block.language)
        .and_then(|notation| notation.draw(context.store, &block.text()).ok());
    if let Some(drawing) = drawing {
        return diagram(&drawing, block.title.as_deref(), text);
    }
    let tokens = context
        .highlights
        .tokens(context.store, &block.language, &block.text());
    let quoted = |text: &str| escape(text).replace('"', "&quot;");
    let language = match block.language.as_str() {
        "" => String::new(),
        language => format!(" class=\"language-{}\"", quoted(language)),
    };
    let code = code_markup(&block, &tokens, Shown::Visible);
    let pre = format!("<pre><code{language}>{code}</code></pre>");
    match &block.title {
        None => pre + "\n",
        Some(title) => format!(
            "<figure class=\"code\"><figcaption>{}</figcaption>{pre}</figure>\n",
            escape(title)
        ),
    }
}

/// A diagram in the colors of paper, which its own ground carries in a dark book too.
fn diagram(drawing: &Drawing, title: Option<&str>, source: &str) -> String {
    let prefix = format!("d{}-", Digest::of(source.as_bytes()).short());
    let label = match title {
        Some(title) => escape(title).replace('"', "&quot;"),
        None => drawing.words(),
    };
    let caption = title.map(|title| format!("<figcaption>{}</figcaption>", escape(title)));
    format!(
        "<figure class=\"diagram\"><div role=\"img\" aria-label=\"{label}\">{}</div>{}</figure>\n",
        drawing.apart(&prefix),
        caption.unwrap_or_default()
    )
}
