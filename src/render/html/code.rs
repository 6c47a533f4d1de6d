//! Blocks of code on a page.

use crate::markdown::CodeBlock;
use crate::render::code::{Shown, code_markup};
use crate::render::context::RenderContext;
use crate::render::html::events::escape;

/// A block of code: colored, and in a figure if it has a title.
pub(super) fn code_block(context: &RenderContext<'_>, block: &CodeBlock) -> String {
    let tokens = context
        .highlights
        .tokens(context.store, &block.language, &block.text());
    let language = match block.language.as_str() {
        "" => String::new(),
        language => format!(" class=\"language-{}\"", escape(language)),
    };
    let lines = match block {
        block if block.is_plain() => "",
        block if block.numbers.is_some() => " class=\"lines numbered\"",
        _ => " class=\"lines\"",
    };
    let code = code_markup(block, &tokens, Shown::All);
    let pre = format!("<pre tabindex=\"0\"{lines}><code{language}>{code}</code></pre>");
    match &block.title {
        None => pre + "\n",
        Some(title) => format!(
            "<figure class=\"code\"><figcaption>{}</figcaption>{pre}</figure>\n",
            escape(title)
        ),
    }
}
