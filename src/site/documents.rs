//! The bound outputs: those that `tympan.toml` names, or the one that a book or contract implies.

use std::sync::Arc;

use crate::config::{self, Format, Kind};
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::markdown::slug;
use crate::site::model::{Document, NavItem, Site};
use crate::site::nav::{SUMMARY_FILE, TextFile, from_summary};
use crate::site_path::SitePath;

/// Reads the documents of a site whose navigation is known.
pub(super) fn read_documents(
    site: &Site,
    config: Option<&TextFile>,
    read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Document> {
    if site.config.documents.is_empty() {
        let bound = matches!(site.kind, Kind::Book | Kind::Contract) && !site.pages.is_empty();
        let name = slug(&site.title).chars().take(80).collect();
        let formats = match site.kind {
            Kind::Contract => vec![Format::Pdf],
            _ => Format::USUAL.to_vec(),
        };
        let document = || Document {
            name,
            title: site.title.clone(),
            about: about(site, config::About::default(), &site.config.epub),
            chapters: whole(site),
            formats,
            pdf: site.config.pdf.clone(),
            epub: site.config.epub.clone(),
            docx: site.config.docx.clone(),
        };
        return bound.then(document).into_iter().collect();
    }
    let mut documents: Vec<Document> = Vec::new();
    for written in &site.config.documents {
        let mut fault = |message: String, help: &str| {
            if let Some((path, text)) = config {
                let source = SourceText::new(path, text);
                let found = source.diagnostic(
                    "document-source",
                    Severity::Error,
                    written.span.clone(),
                    message,
                );
                diagnostics.push(found.help(help));
            }
        };
        if documents.iter().any(|known| known.name == written.name) {
            fault(
                format!("there are two documents named `{}`", written.name),
                "rename one",
            );
            continue;
        }
        let mut summaries = Vec::new();
        let chapters = chapters(site, written, read, &mut summaries);
        if chapters.iter().flat_map(NavItem::pages).next().is_none() {
            let message = format!("the document `{}` has no pages", written.name);
            fault(message, "its `source` is relative to the content folder");
            continue;
        }
        diagnostics.extend(summaries);
        documents.push(Document {
            name: written.name.clone(),
            title: written.title.clone().unwrap_or_else(|| site.title.clone()),
            about: about(site, written.about.clone(), &written.epub),
            chapters,
            formats: written.formats.clone(),
            pdf: written.pdf.clone(),
            epub: written.epub.clone(),
            docx: written.docx.clone(),
        });
    }
    documents
}

/// What a document says of itself, filled with what the project says.
fn about(site: &Site, written: config::About, epub: &config::Epub) -> config::About {
    let project = &site.config.project;
    let authors = match written.authors.is_empty() {
        true => (project.authors.iter())
            .map(|name| config::Contributor::author(name))
            .collect(),
        false => written.authors,
    };
    config::About {
        authors,
        description: written.description.or_else(|| project.description.clone()),
        language: written.language.or_else(|| Some(project.language.clone())),
        copyright: written.copyright.or_else(|| project.copyright.clone()),
        cover: written.cover.or_else(|| epub.cover.clone()),
        ..written
    }
}

/// The front page, if the navigation leaves it out and it has text, then the navigation.
fn whole(site: &Site) -> Vec<NavItem> {
    let listed = |id| {
        site.nav
            .iter()
            .flat_map(NavItem::pages)
            .any(|page| page == id)
    };
    let home = SitePath::parse("index.html")
        .ok()
        .and_then(|route| site.page_routed(&route));
    let home = home.filter(|id| !listed(*id) && site.page(*id).outline.words > 0);
    let first = home.map(|id| NavItem::of_page(&site.page(id).title, id));
    first.into_iter().chain(site.nav.iter().cloned()).collect()
}

fn chapters(
    site: &Site,
    written: &config::Document,
    read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<NavItem> {
    if written.source.is_empty() {
        return whole(site);
    }
    let mut chapters = Vec::new();
    for source in &written.source {
        let path = site.content.join(source);
        if let Some(page) = site.page_at(&path) {
            chapters.push(NavItem::of_page(&site.page(page).title, page));
        } else if source.file_name() == SUMMARY_FILE {
            let own = site
                .content
                .resolve(SUMMARY_FILE)
                .is_ok_and(|own| own == path);
            match read(&path) {
                // The navigation was read from the same file and its faults are reported.
                Some(_) if own && site.config.nav.is_empty() => {
                    chapters.extend(site.nav.iter().cloned());
                }
                Some(text) => chapters.extend(from_summary(site, &(path, text), diagnostics)),
                None => {}
            }
        } else {
            chapters.extend(section(site, source));
        }
    }
    chapters
}

/// The entries of the navigation that lie in a folder; where it has none, the folder's pages.
fn section(site: &Site, folder: &SitePath) -> Vec<NavItem> {
    fn inside(site: &Site, items: &[NavItem], folder: &SitePath, found: &mut Vec<NavItem>) {
        for item in items {
            let pages = item.pages();
            let within = |id: &crate::site::model::PageId| site.page(*id).place.is_within(folder);
            if !pages.is_empty() && pages.iter().all(within) {
                found.push(item.clone());
            } else {
                inside(site, &item.children, folder, found);
            }
        }
    }
    let mut found = Vec::new();
    inside(site, &site.nav, folder, &mut found);
    if found.is_empty()
        && let Some(section) = site.sections.get(folder)
    {
        let pages = section.page.iter().chain(&section.pages);
        found = pages
            .map(|id| NavItem::of_page(&site.page(*id).title, *id))
            .collect();
    }
    found
}
