//! The files that are made of a finished PDF and stand beside it, kept as long as it stays the same.

use crate::config::direction;
use crate::digest::Digest;
use crate::render::context::{RenderContext, RenderError};
use crate::render::pdf::booklet::booklet;
use crate::render::pdf::contact::contact_sheet;
use crate::site::{Beside, Document};
use crate::site_path::SitePath;
use crate::store::Key;

/// The files that a document asks for beside its PDF.
pub(super) fn beside(
    context: &RenderContext<'_>,
    document: &Document,
    bytes: &[u8],
) -> Result<Vec<(SitePath, Vec<u8>)>, RenderError> {
    let own = document.about.language.as_deref();
    let language = own.unwrap_or(&context.site.config.project.language);
    let from_right = direction(language) == "rtl";
    let finishing = &document.pdf.finishing;
    let mut files = Vec::new();
    for (beside, path) in document.beside() {
        let (step, asked) = match beside {
            Beside::Booklet => ("booklet", format!("{:?}", finishing.booklet)),
            Beside::ContactSheet => ("contact sheet", format!("{:?}", finishing.contact_sheet)),
        };
        let key = Key::new(step, 2)
            .input("asked", format!("{asked} {from_right}").as_bytes())
            .digest("pdf", Digest::of(bytes));
        if let Some(found) = context.store.cached(&key) {
            files.push((path, found));
            continue;
        }
        let signature = finishing.booklet.and_then(|asked| asked.signature);
        let columns = finishing.contact_sheet.unwrap_or(1);
        let made = match beside {
            Beside::Booklet => booklet(bytes, signature, from_right),
            Beside::ContactSheet => contact_sheet(bytes, columns, from_right),
        };
        let made = made.map_err(|message| RenderError::Document {
            path: path.clone(),
            message,
        })?;
        context.store.cache(&key, &made);
        files.push((path, made));
    }
    Ok(files)
}
