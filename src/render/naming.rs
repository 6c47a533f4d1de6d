//! What a link is called that has no words of its own, such as a picture without a text: those who
//! hear a page are told where it leads. It never says more than the site or the address does.

use crate::site::{LinkTarget, Page, Site};

/// The name of a link by its target: the title of a page, the name of a file, or an address.
pub(in crate::render) fn link_name(site: &Site, page: &Page, target: &str) -> String {
    match site.resolve(page, target) {
        LinkTarget::Fragment(fragment) => {
            let mut headings = page.outline.headings.iter();
            let heading = headings.find(|heading| heading.id == fragment);
            heading.map_or_else(|| page.title.clone(), |heading| heading.text.clone())
        }
        LinkTarget::Page(id, _) => site.page(id).title.clone(),
        LinkTarget::File(file) | LinkTarget::Elsewhere(file, _) => file.file_name().to_owned(),
        _ => bare(target).to_owned(),
    }
}

/// An address without what it begins and ends with, which is the same for most.
pub(in crate::render) fn bare(address: &str) -> &str {
    let end = address.find(['?', '#']).filter(|end| *end > 0);
    let address = address
        .get(..end.unwrap_or(address.len()))
        .unwrap_or(address);
    let rest = ["https://", "http://", "mailto:", "//"]
        .iter()
        .find_map(|start| address.strip_prefix(start));
    let rest = rest.unwrap_or(address).trim_end_matches('/');
    if rest.is_empty() { address } else { rest }
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn an_address_is_told_without_its_scheme() {
        let case = |address: &str, expected: &str| assert_eq!(bare(address), expected);
        case("https://a.example/b/", "a.example/b");
        case("http://a.example/?x=1#y", "a.example");
        case("mailto:ada@a.example", "ada@a.example");
        case("/", "/");
        case("#top", "#top");
        case("", "");
    }
}
