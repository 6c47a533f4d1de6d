//! The people behind the text, as templates see them.

use serde::Serialize;

use crate::render::context::RenderContext;
use crate::render::html::figures::file_url;
use crate::site::{Author, PageId, TermId};
use crate::site_path::SitePath;

/// A person.
#[derive(Serialize)]
pub(super) struct ProfileValue {
    name: String,
    description: Option<String>,
    /// The person's own page, elsewhere.
    url: Option<String>,
    /// The list of what the person wrote.
    list: Option<String>,
    avatar: Option<String>,
}

/// The authors of a page that more than a name is known of, or that have a list.
pub(super) fn profiles(context: &RenderContext<'_>, id: PageId) -> Vec<ProfileValue> {
    let site = context.site;
    let page = site.page(id);
    let authors = site.authors_of(page).iter();
    authors
        .map(|written| {
            let known = site.author(written);
            let name = known.map_or(written.as_str(), |author| &author.name);
            let mut terms = site.terms_of(id).iter();
            let list = terms.find_map(|known| {
                let term = site.term(known.term);
                let own = site.taxonomies[known.term.taxonomy].name == "authors";
                (own && term.name == name).then_some(term)
            });
            profile(
                context,
                name,
                known,
                list.map(|term| &term.route),
                &page.route,
            )
        })
        .collect()
}

/// The person whose list a term is.
pub(super) fn profile_of_term(
    context: &RenderContext<'_>,
    id: TermId,
    from: &SitePath,
) -> Option<ProfileValue> {
    let site = context.site;
    if site.taxonomies[id.taxonomy].name != "authors" {
        return None;
    }
    let term = site.term(id);
    let author = site.author(&term.name)?;
    Some(profile(
        context,
        &author.name,
        Some(author),
        Some(&term.route),
        from,
    ))
}

fn profile(
    context: &RenderContext<'_>,
    name: &str,
    author: Option<&Author>,
    list: Option<&SitePath>,
    from: &SitePath,
) -> ProfileValue {
    let avatar = author.and_then(|author| {
        let path = SitePath::parse(author.avatar.as_deref()?.trim_start_matches('/')).ok()?;
        let file = context.site.content.join(&path);
        let known = context.site.files.contains(&file);
        // A picture on somebody else's server would tell it who reads the page.
        known.then(|| file_url(context, &file, from))?
    });
    ProfileValue {
        name: name.to_owned(),
        description: author.and_then(|author| author.description.clone()),
        url: author.and_then(|author| author.url.clone()),
        list: list.map(SitePath::to_url),
        avatar,
    }
}
