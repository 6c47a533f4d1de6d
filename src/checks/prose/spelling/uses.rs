//! How a project uses words: in its sentences, as names, in its code and paths.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::checks::prose::spelling::tokens::{Case, tokens, words};
use crate::checks::text::walk::Prose;
use crate::site::{Page, Site};

/// How often a word is used.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Uses {
    /// In sentences, names among them.
    pub prose: usize,
    /// With a capital inside a sentence.
    pub names: usize,
    /// In code, addresses and the paths of files.
    pub code: usize,
}

/// The uses of these words, in lower case, over a project.
pub(super) fn uses(
    sought: &BTreeSet<String>,
    site: &Site,
    pages: &[(&Page, &Prose)],
) -> BTreeMap<String, Uses> {
    let mut total: BTreeMap<String, Uses> = BTreeMap::new();
    if sought.is_empty() {
        return total;
    }
    let counts: Vec<BTreeMap<String, Uses>> = pages
        .par_iter()
        .map(|(page, prose)| on_page(sought, page, prose))
        .collect();
    for (word, more) in counts.into_iter().flatten() {
        let uses = total.entry(word).or_default();
        uses.prose += more.prose;
        uses.names += more.names;
        uses.code += more.code;
    }
    let paths = site
        .files
        .iter()
        .chain(site.pages.iter().map(|page| &page.path));
    for word in paths.flat_map(|path| words(path.as_str())) {
        let word = word.to_lowercase();
        if sought.contains(&word) {
            total.entry(word).or_default().code += 1;
        }
    }
    total
}

fn on_page(sought: &BTreeSet<String>, page: &Page, prose: &Prose) -> BTreeMap<String, Uses> {
    let mut uses: BTreeMap<String, Uses> = BTreeMap::new();
    let code = |text: &str, uses: &mut BTreeMap<String, Uses>| {
        for word in words(text) {
            let word = word.to_lowercase();
            if sought.contains(&word) {
                uses.entry(word).or_default().code += 1;
            }
        }
    };
    for block in &prose.blocks {
        for token in tokens(block) {
            let word = normal(token.text).to_lowercase();
            if sought.contains(&word) {
                let uses = uses.entry(word).or_default();
                uses.prose += 1;
                uses.names += usize::from(token.case == Case::Name);
            }
        }
        for mask in &block.masked {
            code(&block.text[mask.clone()], &mut uses);
        }
    }
    let spans = prose.code.iter();
    spans
        .filter_map(|span| page.text.get(span.clone()))
        .for_each(|text| code(text, &mut uses));
    let links = page.outline.links.iter().map(|link| link.target.as_str());
    let images = page.outline.images.iter();
    links
        .chain(images.map(|image| image.target.as_str()))
        .for_each(|text| code(text, &mut uses));
    uses
}

/// A word as dictionaries write it.
pub(super) fn normal(word: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    if word.is_ascii() {
        return word.to_owned();
    }
    let shown = word.nfc().filter(|c| *c != '\u{ad}');
    shown.map(|c| if c == '’' { '\'' } else { c }).collect()
}
