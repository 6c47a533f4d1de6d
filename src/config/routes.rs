//! Where pages stand: the `[routes]`, `[pages]` and `[redirects]` tables, as written and as meant.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::config::read::{Reader, base_url};
use crate::diagnostic::nearest;
use crate::site_path::SitePath;

pub(super) type RoutesFile = BTreeMap<Spanned<String>, Spanned<String>>;
pub(super) type RedirectsFile = BTreeMap<Spanned<String>, Spanned<String>>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PagesFile {
    dates_in_names: Option<bool>,
}

/// The places that a route template may name.
const ROUTE_TOKENS: [&str; 13] = [
    "year",
    "month",
    "monthname",
    "day",
    "yearday",
    "slug",
    "section",
    "sections",
    "title",
    "filename",
    "contentbasename",
    "slugorfilename",
    "slugorcontentbasename",
];

/// How pages are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// Whether a file name such as `2024-05-01-name.md` gives a date.
    pub dates_in_names: bool,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            dates_in_names: true,
        }
    }
}

/// The route of the pages of one section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTemplate {
    /// The section, relative to the content folder; the root stands for all pages.
    pub section: SitePath,
    /// The template, such as `/:year/:slug/`.
    pub template: String,
}

/// An old route and where it leads, as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenRedirect {
    /// The old route, perhaps with a fragment.
    pub from: String,
    /// The new one, perhaps with a fragment, or an absolute address.
    pub to: String,
    /// The bytes of `tympan.toml` that name it.
    pub span: Range<usize>,
}

impl Reader<'_> {
    pub(super) fn pages(written: &PagesFile) -> Pages {
        Pages {
            dates_in_names: written.dates_in_names.unwrap_or(true),
        }
    }

    pub(super) fn routes(&mut self, written: RoutesFile) -> Vec<RouteTemplate> {
        let mut routes: Vec<RouteTemplate> = Vec::new();
        for (section, template) in written {
            let name = section.get_ref().trim_matches('/').to_owned();
            let Some(section) = self.path_at(&name, section.span()) else {
                continue;
            };
            if let Some(template) = self.template(&template) {
                routes.push(RouteTemplate { section, template });
            }
        }
        // The nearest section decides, so the deepest stands first.
        routes.sort_by_key(|route| std::cmp::Reverse(route.section.parts().count()));
        routes
    }

    fn template(&mut self, written: &Spanned<String>) -> Option<String> {
        let template = written.get_ref();
        let mut names = false;
        for token in tokens(template) {
            if !ROUTE_TOKENS.contains(&token) {
                let help = match nearest(token, ROUTE_TOKENS) {
                    Some(near) => format!("did you mean `:{near}`?"),
                    None => format!("known: :{}", ROUTE_TOKENS.join(", :")),
                };
                let message = format!("unknown part `:{token}` of a route");
                self.fault(written.span(), message, help);
                return None;
            }
            names |= ![
                "year",
                "month",
                "monthname",
                "day",
                "yearday",
                "section",
                "sections",
            ]
            .contains(&token);
        }
        if !names {
            let message = format!("`{template}` gives many pages one route");
            let help = "add a part that names the page, such as `:slug`";
            self.fault(written.span(), message, help);
            return None;
        }
        Some(template.clone())
    }

    pub(super) fn redirects(&mut self, written: RedirectsFile) -> Vec<WrittenRedirect> {
        let mut redirects = Vec::new();
        for (from, to) in written {
            let path = from.get_ref().split('#').next().unwrap_or("");
            let good = path.starts_with('/') && SitePath::parse(path.trim_matches('/')).is_ok();
            if !good {
                let message = format!("`{}` is not a route of this site", from.get_ref());
                let help = "write it from the root of the site, such as `/old/name/`";
                self.fault(from.span(), message, help);
                continue;
            }
            let target = to.get_ref();
            let path = target.split(['#', '?']).next().unwrap_or("");
            let inside = path.starts_with('/') && SitePath::parse(path.trim_matches('/')).is_ok();
            // The fragment of an outer address is no part of what is checked.
            let outside = base_url(target.split('#').next().unwrap_or("")).is_some();
            let plain = !target.contains(|c: char| c.is_control() || " \"'<>\\".contains(c));
            if !plain || !(inside || outside) {
                let message = format!("`{target}` is not a place to send a reader");
                let help = "write a route such as `/new/`, or an address with its scheme";
                self.fault(to.span(), message, help);
                continue;
            }
            redirects.push(WrittenRedirect {
                span: from.span(),
                from: from.into_inner(),
                to: to.into_inner(),
            });
        }
        redirects
    }
}

/// The parts of a template that are filled in, without their colon.
fn tokens(template: &str) -> impl Iterator<Item = &str> {
    template.split(':').skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase());
        &rest[..end.unwrap_or(rest.len())]
    })
}
