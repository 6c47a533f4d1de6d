//! The pages on which the places of a document begin, for other editions to name.

use std::collections::BTreeMap;

use typst::introspection::Introspector as _;
use typst::model::Numbering;
use typst_layout::PagedDocument;

/// The number that is printed on the page on which each part, chapter and heading begins, by its
/// name: `p2` is the third entry of the binding, `p2--tides` a heading in it.
pub(super) fn places(document: &PagedDocument) -> BTreeMap<String, String> {
    let introspector = document.introspector();
    let mut places = BTreeMap::new();
    for content in introspector.query_labelled() {
        let (Some(label), Some(location)) = (content.label(), content.location()) else {
            continue;
        };
        let name = label.resolve().to_string();
        let rest = name.strip_prefix('p').unwrap_or_default();
        if !rest.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let page = introspector.page(location);
        let page = page.and_then(|page| document.pages().get(page.get() - 1));
        let number = page.and_then(|page| match &page.numbering {
            Some(Numbering::Pattern(pattern)) => {
                let number = pattern.apply(None, &[page.number]);
                number.ok().map(|number| number.to_string())
            }
            Some(Numbering::Func(_)) => Some(page.number.to_string()),
            None => None,
        });
        if let Some(number) = number {
            places.entry(name).or_insert(number);
        }
    }
    places
}
