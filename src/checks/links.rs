//! Where links and images lead, asked of the same code that builds the pages.

use std::sync::OnceLock;

use pulldown_cmark::{Event, Tag};
use rayon::prelude::*;

use crate::checks::check::{Check, CheckContext};
use crate::checks::near::{Files, Ids};
use crate::checks::texts;
use crate::checks::written::Written;
use crate::diagnostic::{Diagnostic, Guesses, Severity};
use crate::markdown::{Edition, Image, Link, Markup};
use crate::site::{LinkTarget, Page, PageId, Site};
use crate::site_path::SitePath;

/// Links and images that lead nowhere, out of the project, or to a place that is not there.
#[derive(Debug, Clone, Copy)]
pub struct LinkCheck;

impl Check for LinkCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["link-", "image-"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let site = context.site;
        let check = Checker {
            site,
            files: OnceLock::new(),
            ids: site.pages.iter().map(|_| OnceLock::new()).collect(),
        };
        let pages = context.pages().into_par_iter();
        pages
            .flat_map_iter(|(id, page)| check.page(id, page, &context.guesses()))
            .collect()
    }
}

struct Checker<'a> {
    site: &'a Site,
    /// Made when a link is broken.
    files: OnceLock<Files<'a>>,
    /// The ids of each page, made when a link leads to one.
    ids: Vec<OnceLock<Ids<'a>>>,
}

impl Checker<'_> {
    fn page(&self, id: PageId, page: &Page, guesses: &Guesses) -> Vec<Diagnostic> {
        let outline = &page.outline;
        let mut found = Vec::new();
        for link in &outline.links {
            found.extend(self.link(id, page, link, guesses));
            found.extend(texts::link(self.site, page, link));
        }
        for image in &outline.images {
            found.extend(self.image(page, image, guesses));
            found.extend(texts::image(page, image));
        }
        found
    }

    fn link(&self, own: PageId, page: &Page, link: &Link, guesses: &Guesses) -> Option<Diagnostic> {
        let written = Written::of(page, &link.target, &link.span);
        match self.site.resolve(page, &link.target) {
            LinkTarget::Fragment(id) => self.fragment(&written, own, &id, guesses),
            LinkTarget::Page(target, Some(id)) => self.fragment(&written, target, &id, guesses),
            LinkTarget::Missing(path) => {
                Some(self.missing(&written, &path, "link-missing", guesses))
            }
            LinkTarget::Empty => {
                let found = written.report("link-empty", Severity::Warning, "a link leads nowhere");
                Some(found.help("write the page or address between the round brackets"))
            }
            other => refused(&written, &other),
        }
    }

    fn image(&self, page: &Page, image: &Image, guesses: &Guesses) -> Option<Diagnostic> {
        let written = Written::of(page, &image.target, &image.span);
        match self.site.resolve(page, &image.target) {
            LinkTarget::Missing(path) => {
                Some(self.missing(&written, &path, "image-missing", guesses))
            }
            LinkTarget::Empty => {
                Some(written.report("image-missing", Severity::Error, "an image names no file"))
            }
            LinkTarget::Page(..)
            | LinkTarget::Elsewhere(..)
            | LinkTarget::Route(_)
            | LinkTarget::Fragment(_) => {
                let message = format!("`{}` is a page, not an image", image.target);
                Some(written.report("image-missing", Severity::Error, message))
            }
            other => refused(&written, &other),
        }
    }

    fn fragment(
        &self,
        written: &Written<'_>,
        target: PageId,
        id: &str,
        guesses: &Guesses,
    ) -> Option<Diagnostic> {
        // Browsers look for a text that is named there themselves.
        let id = id.split(":~:").next().unwrap_or("");
        // Every page has a top, and renderers give footnotes their own anchors.
        if id.is_empty() || id == "top" || id.starts_with("fn-") || id.starts_with("fnref-") {
            return None;
        }
        let page = self.site.page(target);
        let ids = self.ids[target.0].get_or_init(|| Ids::of(page));
        if ids.contains(id) {
            let is_dead = ids.leaves_out(id) && is_in_site(written);
            return is_dead.then(|| {
                let message = format!("the site leaves out the heading `{id}`");
                let found = written.report("link-fragment", Severity::Error, message);
                found.help("give the link the class that the heading has, or lead it elsewhere")
            });
        }
        let message = match page.path == written.page.path {
            true => format!("this page has no heading or id `{id}`"),
            false => format!("`{}` has no heading or id `{id}`", page.path),
        };
        let found = written.report("link-fragment", Severity::Error, message);
        let near = ids.nearest(page, id, guesses);
        Some(match near {
            Some(near) => {
                let address = format!("{}#{near}", written.target.split('#').next().unwrap_or(""));
                let found = found.help(format!("did you mean `#{near}`?"));
                found.replacements(written.with(&address))
            }
            None => {
                found.help("the id of a heading is its words in lower case with hyphens between")
            }
        })
    }

    fn missing(
        &self,
        written: &Written<'_>,
        path: &SitePath,
        code: &'static str,
        guesses: &Guesses,
    ) -> Diagnostic {
        let page = written.page;
        let message = match code {
            "image-missing" => format!("`{}` shows an image that does not exist", page.path),
            _ => format!("`{}` links to a page that does not exist", page.path),
        };
        let found = written.report(code, Severity::Error, message);
        let hidden = &self.site.hidden;
        let hidden = hidden.drafts + hidden.future + hidden.expired;
        let files = self.files.get_or_init(|| Files::of(self.site));
        if let Some(near) = files.nearest(path, &page.path, guesses) {
            let rest = written
                .target
                .find(['#', '?'])
                .map_or("", |at| &written.target[at..]);
            let address = near.url_from(&page.path) + rest;
            let help = format!("did you mean `{address}`?");
            let found = found.help(help);
            return found.replacements(written.with(&address));
        }
        match hidden {
            0 => found.help(format!("there is no `{path}` in the project")),
            _ => found.help(format!(
                "there is no `{path}` among what is published; drafts and pages that are not due are left out ({hidden} now)"
            )),
        }
    }
}

/// Whether the site has a link, which another edition may have alone.
fn is_in_site(written: &Written<'_>) -> bool {
    let mut events = written.page.events_for(Edition::Html, None).into_iter();
    events.any(|(markup, span)| {
        matches!(markup, Markup::Plain(Event::Start(Tag::Link { .. }))) && span == written.span
    })
}

fn refused(written: &Written<'_>, target: &LinkTarget) -> Option<Diagnostic> {
    match target {
        LinkTarget::Outside => {
            let message = format!("`{}` leads out of the project", written.target);
            let found = written.report("link-outside", Severity::Error, message);
            Some(found.help("paths are relative to this file and stay inside the project"))
        }
        LinkTarget::Unsafe => {
            let message = format!(
                "`{}` is not an address that may stand in a page",
                written.target
            );
            let found = written.report("link-unsafe", Severity::Error, message);
            Some(found.help("use `https:`, `mailto:` or a path"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::{found, shown};

    const OTHERS: &[(&str, &str)] = &[
        (
            "guide/install.md",
            "# Install\n\n## First *steps*\n\n<a id=\"old\"></a>\n\nx[^n]\n\n[^n]: y\n",
        ),
        ("guide/tune.md", "# Tune\n"),
        ("far/away/moved.md", "# Moved\n"),
        ("images/boat.png", "x"),
        ("images/a b.png", "x"),
    ];

    fn files(source: &str) -> Vec<(&str, &str)> {
        let page = ("guide/setup.md", source);
        OTHERS.iter().copied().chain([page]).collect()
    }

    #[track_caller]
    fn case(source: &str, expected: &[&str]) {
        let files = files(source);
        let shown = shown(&files, &found(&LinkCheck, &files));
        let shown: Vec<&str> = shown
            .iter()
            .map(|line| line.trim_start_matches("guide/setup.md:"))
            .collect();
        assert_eq!(shown, expected);
    }

    /// The help and the first replacement of the only finding.
    #[track_caller]
    fn help(source: &str, expected: &str, replacement: Option<&str>) {
        let found = found(&LinkCheck, &files(source));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].help.as_deref(), Some(expected));
        assert_eq!(
            found[0].replacements.first().map(String::as_str),
            replacement
        );
    }

    #[test]
    fn media_in_html_lead_to_files() {
        let html = |rest: &str| format!("<video src=\"../images/boat.png\" {rest}></video>\n");
        case(&html("poster=\"../images/boat.png\""), &[]);
        case(
            &html("poster=\"../images/sea.png\""),
            &["1:41 link-missing \"../images/sea.png\""],
        );
        case(
            "<picture><source srcset=\"../images/boat.png 1x, sea.png 2x\"></picture>\n",
            &["1:49 link-missing \"sea.png\""],
        );
    }

    #[test]
    fn good_links_are_silent() {
        case(
            "[a](install.md) [b](../guide/tune.md) [c](#setup) [d](https://x.example) [e](#top) [f](#)\n\n# Setup\n",
            &[],
        );
        case(
            "[a](install.md#first-steps) [b](install.md#old) [c](install.md#fn-n) <ada@x.example>\n",
            &[],
        );
        case(
            "![a](../images/boat.png) ![b](<../images/a b.png>) ![c](../images/a%20b.png)\n",
            &[],
        );
        case("`[a](none.md)`\n", &[]);
        case(
            "[a](install#first-steps) [b](tune/) [c](install.md?x=1#first-steps) [d](#:~:text=x) [e](/guide/tune/) [f](install.html)\n",
            &[],
        );
    }

    #[test]
    fn broken_links_are_found_where_they_stand() {
        case("ä [x](none.md) y\n", &["1:3 link-missing \"[x](none.md)\""]);
        case(
            "[none.md](none.md \"none.md\")\n",
            &["1:1 link-missing \"[none.md](none.md \\\"none.md\\\")\""],
        );
        case(
            "[x][ref]\n\n[ref]: none.md\n",
            &["1:1 link-missing \"[x][ref]\""],
        );
        case(
            "<a href=\"none.md\">x</a>\n",
            &["1:10 link-missing \"none.md\""],
        );
        case(
            "- a\r\n- > [x](none.md)\r\n",
            &["2:5 link-missing \"[x](none.md)\""],
        );
        case(
            "[x](../../../etc/passwd)\n",
            &["1:1 link-outside \"[x](../../../etc/passwd)\""],
        );
        case(
            "[x](javascript:alert(1))\n",
            &["1:1 link-unsafe \"[x](javascript:alert(1))\""],
        );
        case("[x]()\n", &["1:1 link-empty \"[x]()\""]);
        case("[](tune.md)\n", &["1:1 link-empty \"[](tune.md)\""]);
        case(
            "<p><a href=\"tune.md\"><img src=\"../images/boat.png\" alt=\"\"></a></p>\n",
            &["1:13 link-empty \"tune.md\""],
        );
    }

    #[test]
    fn fragments_are_held_against_headings_and_ids() {
        case(
            "[x](install.md#first-step)\n",
            &["1:1 link-fragment \"[x](install.md#first-step)\""],
        );
        case("[x](#nowhere)\n", &["1:1 link-fragment \"[x](#nowhere)\""]);
    }

    #[test]
    fn headings_of_other_editions_are_out_of_reach() {
        let paper = "\n\n## Paper {.only-pdf}\n\nText.\n";
        case(
            &format!("[x](#paper){paper}"),
            &["1:1 link-fragment \"[x](#paper)\""],
        );
        case(&format!("[x](#paper){{.only-pdf}}{paper}"), &[]);
    }

    #[test]
    fn images_need_a_file_and_a_text() {
        case(
            "![a](../images/none.png)\n",
            &["1:1 image-missing \"![a](../images/none.png)\""],
        );
        case("![a](tune.md)\n", &["1:1 image-missing \"![a](tune.md)\""]);
        case(
            "![](../images/boat.png)\n",
            &["1:1 image-alt \"![](../images/boat.png)\""],
        );
        case(
            "<img src=\"../images/boat.png\">\n",
            &["1:11 image-alt \"../images/boat.png\""],
        );
        case("<img alt=\"\" src=\"https://x.example/boat.png\">\n", &[]);
        case(
            "<img src=\"../images/boat.png\"><img alt=\"x\" src=\"../images/boat.png\">\n",
            &["1:11 image-alt \"../images/boat.png\""],
        );
        case("<img src=\"../images/boat.png\" alt=\"\">\n", &[]);
    }

    #[test]
    fn the_nearest_file_is_named() {
        help(
            "[x](instal.md#old)\n",
            "did you mean `install.md#old`?",
            Some("[x](install.md#old)"),
        );
        help(
            "[x](there/moved.md#moved)\n",
            "did you mean `../far/away/moved.md#moved`?",
            Some("[x](../far/away/moved.md#moved)"),
        );
        help(
            "![x](../images/boot.png)\n",
            "did you mean `../images/boat.png`?",
            Some("![x](../images/boat.png)"),
        );
        help(
            "[x](instal)\n",
            "did you mean `install.md`?",
            Some("[x](install.md)"),
        );
        help(
            "[x][y]\n\n[y]: instal.md\n",
            "did you mean `install.md`?",
            None,
        );
        help(
            "[x](elsewhere/entirely.md)\n",
            "there is no `guide/elsewhere/entirely.md` in the project",
            None,
        );
        help(
            "[x](install.md#First-Steps)\n",
            "did you mean `#first-steps`?",
            Some("[x](install.md#first-steps)"),
        );
        help(
            "[x](#fn:1)[^1]\n\n[^1]: y\n",
            "did you mean `#fn-1`?",
            Some("[x](#fn-1)"),
        );
        help(
            "[x](#stup)\n\n# Setup\n",
            "did you mean `#setup`?",
            Some("[x](#setup)"),
        );
    }

    #[test]
    fn drafts_are_spoken_of() {
        let mut files = files("[x](draft.md)\n");
        files.push(("guide/draft.md", "---\ndraft: true\n---\n"));
        let found = found(&LinkCheck, &files);
        assert!(
            found[0].help.as_ref().unwrap().contains("drafts"),
            "{found:?}"
        );
    }
}
