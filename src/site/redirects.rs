//! Old routes and where they lead: the aliases of pages, pages that only send their reader on, and
//! the redirects of the configuration. A reader is led to the end of a chain at once.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Severity, SourceText, nearest};
use crate::site::addresses::url_of;
use crate::site::links::LinkTarget;
use crate::site::model::{PageId, Redirect, Site};
use crate::site::nav::TextFile;
use crate::site::routes::redirect_file;
use crate::site_path::SitePath;

/// How many steps of a chain are followed.
const LONGEST: usize = 32;

/// An old route as somebody wrote it.
struct Written {
    /// The route, as an address.
    from: String,
    /// The fragment, if only that has moved.
    fragment: Option<String>,
    to: String,
    origin: Origin,
}

/// Who wrote it.
#[derive(Clone)]
enum Origin {
    Page(PageId),
    Config(Range<usize>),
}

/// Reports about a redirect at the place where it is written.
struct Reporter<'a> {
    site: &'a Site,
    config: Option<&'a TextFile>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// Gathers the redirects of a site, sorted by the old route.
pub(super) fn read_redirects(
    site: &Site,
    config: Option<&TextFile>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Redirect> {
    let mut reporter = Reporter {
        site,
        config,
        diagnostics,
    };
    let mut known: BTreeMap<(String, Option<String>), Written> = BTreeMap::new();
    for written in aliases(site, &mut reporter)
        .into_iter()
        .chain(configured(site))
    {
        reporter.add(&mut known, written);
    }
    let mut redirects = Vec::new();
    for written in known.values() {
        if written.fragment.is_some() && reporter.served(&written.from).is_none() {
            let from = &written.from;
            let message = format!("nothing is served at `{from}`, so no part of it can be moved");
            let help = format!("add a redirect for `{from}` itself");
            reporter.report(&written.origin, "redirect-missing", message, help);
            continue;
        }
        if let Some(to) = reporter.end(&known, written) {
            let fragment = written.fragment.as_ref();
            let fragment = fragment.map_or(String::new(), |fragment| format!("#{fragment}"));
            redirects.push(Redirect {
                from: format!("{}{fragment}", written.from),
                to,
            });
        }
    }
    redirects.sort();
    redirects
}

/// What the pages say.
fn aliases(site: &Site, reporter: &mut Reporter<'_>) -> Vec<Written> {
    let mut all = Vec::new();
    for (id, page) in site.pages_with_ids() {
        for alias in &page.front.aliases {
            let (path, fragment) = split(alias);
            let from = match path.strip_prefix('/') {
                Some(rest) => SitePath::parse(rest),
                None => page.route.parent().parent().resolve(path),
            };
            let Ok(from) = from else {
                let message = format!("the alias `{alias}` leads out of the site");
                let help = "write it from the root of the site, such as `/old/name/`";
                reporter.report(&Origin::Page(id), "alias-outside", message, help);
                continue;
            };
            let file = redirect_file(&from);
            if file == page.route {
                continue;
            }
            all.push(Written {
                from: url_of(&file),
                fragment,
                to: page.url(),
                origin: Origin::Page(id),
            });
        }
        if let Some(to) = &page.front.redirect_to {
            all.push(Written {
                from: page.url(),
                fragment: None,
                to: to.clone(),
                origin: Origin::Page(id),
            });
        }
    }
    all
}

/// What the configuration says.
fn configured(site: &Site) -> impl Iterator<Item = Written> {
    // The routes of the configuration are those of the release; translations stand below it.
    let own = site.config.redirects.iter();
    let own = own.filter(|_| site.language.is_none());
    own.filter_map(|written| {
        let (path, fragment) = split(&written.from);
        let from = SitePath::parse(path.trim_matches('/')).ok()?;
        Some(Written {
            from: url_of(&redirect_file(&from)),
            fragment,
            to: written.to.clone(),
            origin: Origin::Config(written.span.clone()),
        })
    })
}

/// An address and its fragment.
fn split(address: &str) -> (&str, Option<String>) {
    match address.split_once('#') {
        Some((path, fragment)) if !fragment.is_empty() => (path, Some(fragment.to_owned())),
        Some((path, _)) => (path, None),
        None => (address, None),
    }
}

impl Reporter<'_> {
    /// Keeps a redirect, unless its place is taken.
    fn add(&mut self, known: &mut BTreeMap<(String, Option<String>), Written>, written: Written) {
        let file = SitePath::parse(written.from.trim_matches('/')).map(|path| redirect_file(&path));
        let page = file.ok().and_then(|file| self.site.page_routed(&file));
        let own = match written.origin {
            Origin::Page(id) => page == Some(id),
            Origin::Config(_) => false,
        };
        // A fragment may have moved away from a page that is still there.
        let page = page.filter(|_| !own && written.fragment.is_none());
        let taken = page.map(|id| self.site.page(id).path.to_string());
        let key = (written.from.clone(), written.fragment.clone());
        let twice = known.get(&key).filter(|other| other.to != written.to);
        if let Some(other) = taken.or_else(|| twice.map(|other| other.to.clone())) {
            let message = format!("the alias `{}` is already taken by `{other}`", written.from);
            self.report(
                &written.origin,
                "alias-duplicate",
                message,
                "remove the alias",
            );
            return;
        }
        known.insert(key, written);
    }

    /// Where a reader ends up who follows a redirect and those it leads to.
    fn end(
        &mut self,
        known: &BTreeMap<(String, Option<String>), Written>,
        written: &Written,
    ) -> Option<String> {
        let mut to = written.to.clone();
        let mut by = written;
        let mut steps = Vec::new();
        loop {
            to = self.target(by, &to)?;
            let (path, fragment) = split(&to);
            let next = known
                .get(&(path.to_owned(), fragment.clone()))
                .or_else(|| known.get(&(path.to_owned(), None)));
            let Some(next) = next else { break };
            if steps.contains(&path.to_owned()) || steps.len() > LONGEST {
                let message = format!("the redirect of `{}` leads in a circle", written.from);
                let help = "lead one of them to a page";
                self.report(&written.origin, "redirect-loop", message, help);
                return None;
            }
            steps.push(path.to_owned());
            by = next;
            to = match (&next.fragment, fragment) {
                (None, Some(fragment)) if !next.to.contains('#') => {
                    format!("{}#{fragment}", next.to)
                }
                _ => next.to.clone(),
            };
        }
        if !steps.is_empty() {
            let message = format!(
                "the redirect of `{}` leads to `{}`, which leads on",
                written.from, steps[0]
            );
            let help = format!("lead it to `{to}`; readers are sent there at once");
            self.warn(&written.origin, "redirect-chain", message, help);
        }
        Some(to)
    }

    /// The address of what a redirect names: an absolute one as it is, a page or file by its route.
    fn target(&mut self, written: &Written, to: &str) -> Option<String> {
        if to.contains("://") {
            return Some(to.to_owned());
        }
        let (path, fragment) = split(to);
        let fragment = fragment.map_or(String::new(), |fragment| format!("#{fragment}"));
        let found = match (&written.origin, path.starts_with('/')) {
            // A page names its target as it would in a link.
            (Origin::Page(id), false) => self.resolved(*id, path),
            _ => self.served(path),
        };
        if found.is_none() {
            let message = format!("`{path}`, where `{}` leads, does not exist", written.from);
            let urls: Vec<String> = self.site.pages.iter().map(|page| page.url()).collect();
            let help = match nearest(path, urls.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name a route of this site, or an address with its scheme".to_owned(),
            };
            self.report(&written.origin, "redirect-missing", message, help);
        }
        Some(format!("{}{fragment}", found?))
    }

    fn resolved(&self, id: PageId, path: &str) -> Option<String> {
        match self.site.resolve(self.site.page(id), path) {
            LinkTarget::Page(id, _) => Some(self.site.page(id).url()),
            LinkTarget::Route(route) => Some(url_of(&route)),
            LinkTarget::File(file) => Some(format!("/{}", self.site.file_route(&file))),
            LinkTarget::External(url) => Some(url),
            _ => None,
        }
    }

    /// The address of what is served at a path: an output, a file, or another redirect.
    fn served(&self, path: &str) -> Option<String> {
        let below = SitePath::parse(path.trim_matches('/')).ok()?;
        let file = redirect_file(&below);
        let url = url_of(&file);
        let site = self.site;
        let is_page = site.page_routed(&file).is_some() || site.is_output(&file);
        let is_old = || {
            let configured =
                configured(site).any(|other| other.from == url && other.fragment.is_none());
            let alias = || {
                let mut pages = site.pages.iter();
                pages.any(|page| page.front.aliases.iter().any(|alias| same(alias, &url)))
            };
            configured || alias()
        };
        if is_page || is_old() {
            return Some(url);
        }
        let published = || {
            let mut files = site.published_files.iter();
            files.any(|known| site.file_route(known) == below)
        };
        (site.is_output(&below) || published()).then(|| format!("/{below}"))
    }

    fn report(
        &mut self,
        origin: &Origin,
        code: &'static str,
        message: String,
        help: impl Into<String>,
    ) {
        self.add_found(origin, code, Severity::Error, message, help.into());
    }

    fn warn(&mut self, origin: &Origin, code: &'static str, message: String, help: String) {
        self.add_found(origin, code, Severity::Warning, message, help);
    }

    fn add_found(
        &mut self,
        origin: &Origin,
        code: &'static str,
        severity: Severity,
        message: String,
        help: String,
    ) {
        let found = match (origin, self.config) {
            (Origin::Config(span), Some((path, text))) => {
                SourceText::new(path, text).diagnostic(code, severity, span.clone(), message)
            }
            (Origin::Page(id), _) => {
                Diagnostic::new(code, severity, &self.site.page(*id).path, message)
            }
            (Origin::Config(_), None) => {
                Diagnostic::new(code, severity, &SitePath::root(), message)
            }
        };
        self.diagnostics.push(found.help(help));
    }
}

/// Whether an alias names an address.
fn same(alias: &str, url: &str) -> bool {
    let (path, fragment) = split(alias);
    let file = SitePath::parse(path.trim_matches('/')).map(|path| redirect_file(&path));
    fragment.is_none() && file.is_ok_and(|file| url_of(&file) == *url)
}

#[cfg(test)]
mod tests {
    use crate::site::test_site::{found, site};

    #[track_caller]
    fn case(redirects: &str, expected: &[&str], faults: &[&str]) {
        let config = format!("[redirects]\n{redirects}\n");
        let site = site(&[
            ("tympan.toml", &config),
            ("content/a.md", "---\naliases: [/old-a/]\n---\n# A\n"),
            ("content/b.md", "# B\n"),
            ("content/gone.md", "---\nredirect_to: b.md\n---\n# Gone\n"),
            ("content/x.txt", "x"),
        ]);
        let shown: Vec<String> = site
            .redirects
            .iter()
            .filter(|redirect| !["/old-a/", "/gone/"].contains(&redirect.from.as_str()))
            .map(|redirect| format!("{} {}", redirect.from, redirect.to))
            .collect();
        assert_eq!(
            (shown, found(&site)),
            (
                expected.iter().map(|text| (*text).to_owned()).collect(),
                faults.iter().map(|text| (*text).to_owned()).collect(),
            )
        );
    }

    #[test]
    fn redirects_lead_to_pages_files_and_other_sites() {
        case("\"/o/\" = \"/a/\"", &["/o/ /a/"], &[]);
        case("\"/o.html\" = \"/a\"", &["/o.html /a/"], &[]);
        case("\"/o\" = \"/x.txt\"", &["/o/ /x.txt"], &[]);
        case(
            "\"/o/\" = \"https://other.example/#x\"",
            &["/o/ https://other.example/#x"],
            &[],
        );
        case("\"/a/#x\" = \"/b/#y\"", &["/a/#x /b/#y"], &[]);
    }

    #[test]
    fn a_chain_is_cut_short() {
        case(
            "\"/o/\" = \"/old-a/#x\"",
            &["/o/ /a/#x"],
            &["tympan.toml:2 redirect-chain"],
        );
        case(
            "\"/o/\" = \"/gone/\"",
            &["/o/ /b/"],
            &["tympan.toml:2 redirect-chain"],
        );
    }

    #[test]
    fn what_leads_nowhere_is_reported() {
        case(
            "\"/o/\" = \"/p/\"\n\"/p/\" = \"/o/\"",
            &[],
            &["tympan.toml:2 redirect-loop", "tympan.toml:3 redirect-loop"],
        );
        case(
            "\"/o/#a\" = \"/b/\"",
            &[],
            &["tympan.toml:2 redirect-missing"],
        );
        case(
            "\"/o/\" = \"/nowhere/\"",
            &[],
            &["tympan.toml:2 redirect-missing"],
        );
        case("\"/a/\" = \"/b/\"", &[], &["tympan.toml:2 alias-duplicate"]);
        case("\"o\" = \"/b/\"", &[], &["tympan.toml:2 config-value"]);
        case(
            "\"/o/\" = \"javascript:alert(1)\"",
            &[],
            &["tympan.toml:2 config-value"],
        );
    }

    #[test]
    fn a_page_may_send_its_reader_on() {
        let site = site(&[
            ("content/a.md", "---\nredirect_to: b.md#x\n---\n"),
            ("content/b.md", "# B\n"),
        ]);
        assert_eq!(
            (&*site.redirects[0].from, &*site.redirects[0].to),
            ("/a/", "/b/#x")
        );
    }
}
