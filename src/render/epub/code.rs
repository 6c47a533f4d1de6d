//! Blocks of code in a book: the same tokens as on a page, in colors that any ground can carry.

use crate::markdown::CodeBlock;
use crate::render::code::{Shown, code_markup};
use crate::render::context::RenderContext;
use crate::render::dom::escape;

/// A block of code: colored, hidden lines left out, in a figure if it has a title.
pub(super) fn code_block(context: &RenderContext<'_>, info: &str, text: &str) -> String {
    let block = CodeBlock::read(info, text);
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
