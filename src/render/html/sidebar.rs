//! The navigation beside the text, written for each page: the whole tree where it is short, and
//! where it is long only the branches on the way to the page. What is left out stands on the page
//! of contents, so no page carries the weight of all the others.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::render::html::events::escape;
use crate::render::html::shared::nav_url;
use crate::site::{NavItem, Site};

/// The page that lists everything.
pub(super) const CONTENTS: &str = "contents/index.html";

/// Up to so many entries stand beside every page as a whole tree.
const WHOLE: usize = 120;

/// How many neighbours of the current entry a long list shows before and after it: at the top of
/// the tree, and below.
const AROUND: [usize; 2] = [50, 20];

/// How many entries the page of contents holds before it leaves out its deepest levels.
const LISTED: usize = 5_000;

/// The navigation, ready to be written.
pub(super) struct Sidebar {
    entries: Vec<Entry>,
    roots: Vec<usize>,
    by_url: BTreeMap<String, usize>,
    words: Words,
    is_pruned: bool,
    parts_stay_open: bool,
}

/// The words a template would look up.
pub(super) struct Words {
    /// `Pages in {title}`.
    pub(super) pages_in: String,
    /// `{n} more`.
    pub(super) more: String,
}

struct Entry {
    /// Escaped, with its number.
    label: String,
    /// Escaped, for an attribute.
    title: String,
    url: Option<String>,
    part: bool,
    parent: Option<usize>,
    depth: usize,
    children: Vec<usize>,
}

/// What one page is written with.
struct Place<'a> {
    root: &'a str,
    current: Option<usize>,
    trail: Vec<usize>,
}

impl Sidebar {
    /// Prepares the navigation of a site. Without a page of contents nothing is left out.
    pub(super) fn new(site: &Site, words: Words, has_contents: bool) -> Self {
        let mut sidebar = Self {
            entries: Vec::new(),
            roots: Vec::new(),
            by_url: BTreeMap::new(),
            words,
            is_pruned: false,
            parts_stay_open: true,
        };
        sidebar.roots = sidebar.add(site, &site.nav, None, 0);
        let entries = &sidebar.entries;
        let in_parts = |at: &usize| match entries[*at].part {
            true => entries[*at].children.len() + 1,
            false => 1,
        };
        sidebar.is_pruned = has_contents && entries.len() > WHOLE;
        sidebar.parts_stay_open = sidebar.roots.iter().map(in_parts).sum::<usize>() <= WHOLE;
        sidebar
    }

    fn add(
        &mut self,
        site: &Site,
        items: &[NavItem],
        parent: Option<usize>,
        depth: usize,
    ) -> Vec<usize> {
        let mut added: Vec<usize> = Vec::with_capacity(items.len());
        // The title of a part stands before its chapters; here it holds them.
        let mut part = None;
        for item in items {
            let heads = item.part && item.children.is_empty();
            let above = if item.part { None } else { part };
            let at = self.entries.len();
            self.push(site, item, above.or(parent), depth);
            self.entries[at].children = self.add(site, &item.children, Some(at), depth + 1);
            match above {
                Some(part) => self.entries[part].children.push(at),
                None => added.push(at),
            }
            part = if heads { Some(at) } else { above };
        }
        added
    }

    fn push(&mut self, site: &Site, item: &NavItem, parent: Option<usize>, depth: usize) {
        let title = escape(&item.title);
        let label = match &item.number {
            Some(number) => format!("<span class=\"number\">{}</span> {title}", escape(number)),
            None => title.clone(),
        };
        let url = nav_url(site, item);
        if let Some(url) = &url {
            let at = self.entries.len();
            self.by_url.entry(url.clone()).or_insert(at);
        }
        self.entries.push(Entry {
            label,
            title,
            url: url.map(|url| escape(&url)),
            part: item.part,
            parent,
            depth,
            children: Vec::new(),
        });
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The list beside the page at `url`; `root` leads from there to the root of the site.
    pub(super) fn beside(&self, url: &str, root: &str) -> String {
        let current = self.by_url.get(url).copied();
        let above = |at: &usize| self.entries[*at].parent;
        let place = Place {
            root,
            current,
            trail: std::iter::successors(current, above).collect(),
        };
        let mut out = String::with_capacity(8 * 1024);
        self.list(&mut out, &place, &self.roots, None);
        out
    }

    fn list(&self, out: &mut String, place: &Place<'_>, items: &[usize], parent: Option<usize>) {
        let (mut from, mut to) = (0, items.len());
        let around = if parent.is_none() {
            AROUND[0]
        } else {
            AROUND[1]
        };
        if self.is_pruned && items.len() > 2 * around {
            let here = items.iter().position(|at| place.trail.contains(at));
            from = here
                .unwrap_or(0)
                .saturating_sub(around)
                .min(items.len() - 2 * around);
            to = from + 2 * around;
        }
        out.push_str("<ul>\n");
        self.more(out, place, parent, from);
        for at in &items[from..to] {
            self.entry(out, place, *at);
        }
        self.more(out, place, parent, items.len() - to);
        out.push_str("</ul>\n");
    }

    /// Says how many entries are left out, and leads to where they stand.
    fn more(&self, out: &mut String, place: &Place<'_>, parent: Option<usize>, count: usize) {
        if count == 0 {
            return;
        }
        let target = match parent {
            Some(at) => self.entries[at].url.clone().unwrap_or_else(|| anchor(at)),
            None => CONTENTS.to_owned(),
        };
        let words = escape(&self.words.more.replace("{n}", &count.to_string()));
        let _ = writeln!(
            out,
            "<li class=\"more\"><a href=\"{}{target}\">{words}</a></li>",
            place.root
        );
    }

    fn entry(&self, out: &mut String, place: &Place<'_>, at: usize) {
        let entry = &self.entries[at];
        let open = place.trail.contains(&at);
        let many = !entry.children.is_empty();
        let below = |out: &mut String| self.list(out, place, &entry.children, Some(at));
        if entry.part {
            let _ = write!(
                out,
                "<li class=\"part\"><p class=\"label\">{}</p>",
                entry.label
            );
            if many && (open || self.parts_stay_open || !self.is_pruned) {
                out.push('\n');
                below(out);
            } else if many {
                out.push_str("\n<ul>\n");
                self.more(out, place, Some(at), entry.children.len());
                out.push_str("</ul>\n");
            }
            out.push_str("</li>\n");
            return;
        }
        let shown = many && (open || !self.is_pruned);
        match &entry.url {
            Some(url) => {
                let state = match (place.current == Some(at), open) {
                    (true, _) => " aria-current=\"page\"",
                    (false, true) => " class=\"open\"",
                    (false, false) => "",
                };
                let class = if many { " class=\"branch\"" } else { "" };
                let (root, label) = (place.root, &entry.label);
                let _ = write!(out, "<li{class}><a href=\"{root}{url}\"{state}>{label}</a>");
                if shown {
                    let words = self.words.pages_in.replace("{title}", &entry.title);
                    let _ = writeln!(
                        out,
                        "<details{}><summary><span class=\"unseen\">{words}</span></summary>",
                        if open { " open" } else { "" }
                    );
                    below(out);
                    out.push_str("</details>");
                }
            }
            None if shown => {
                let _ = writeln!(
                    out,
                    "<li class=\"branch\"><details{}><summary>{}</summary>",
                    if open { " open" } else { "" },
                    entry.label
                );
                below(out);
                out.push_str("</details>");
            }
            None if many => {
                let (root, target, label) = (place.root, anchor(at), &entry.label);
                let _ = write!(
                    out,
                    "<li class=\"branch\"><a href=\"{root}{target}\">{label}</a>"
                );
            }
            None => {
                let _ = write!(
                    out,
                    "<li><span class=\"draft-chapter\">{}</span>",
                    entry.label
                );
            }
        }
        out.push_str("</li>\n");
    }

    /// The whole tree, for the page of contents.
    pub(super) fn contents(&self, root: &str) -> String {
        let depths = self.entries.iter().map(|entry| entry.depth);
        let deepest = depths.max().unwrap_or(0);
        let within = |depth: &usize| {
            let shown = self.entries.iter().filter(|entry| entry.depth <= *depth);
            shown.count() <= LISTED
        };
        let depth = (0..=deepest).rev().find(within).unwrap_or(0);
        let mut out = String::with_capacity(64 * self.entries.len());
        self.branch(&mut out, root, &self.roots, depth);
        out
    }

    fn branch(&self, out: &mut String, root: &str, items: &[usize], depth: usize) {
        out.push_str("<ul>\n");
        for at in items {
            let entry = &self.entries[*at];
            let (label, below) = (&entry.label, !entry.children.is_empty());
            let id = match &entry.url {
                None if below => format!(" id=\"{}\"", identifier(*at)),
                _ => String::new(),
            };
            let class = if entry.part { " class=\"part\"" } else { "" };
            let _ = match &entry.url {
                Some(url) => write!(out, "<li{class}{id}><a href=\"{root}{url}\">{label}</a>"),
                None => write!(out, "<li{class}{id}><span class=\"label\">{label}</span>"),
            };
            if below && (entry.part || entry.depth < depth) {
                out.push('\n');
                self.branch(out, root, &entry.children, depth);
            }
            out.push_str("</li>\n");
        }
        out.push_str("</ul>\n");
    }
}

/// Where an entry without a page of its own stands on the page of contents.
fn anchor(at: usize) -> String {
    format!("{CONTENTS}#{}", identifier(at))
}

fn identifier(at: usize) -> String {
    format!("_part-{at}")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::repo::{History, Snapshot};
    use crate::site::LoadOptions;

    fn sidebar(files: &[(String, String)]) -> Sidebar {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let snapshot = Snapshot::worktree(folder.path()).unwrap();
        let history = History::read(folder.path(), None).unwrap();
        let site = Site::load(&snapshot, &history, &LoadOptions::default(), &[]);
        let words = Words {
            pages_in: "Pages in {title}".to_owned(),
            more: "{n} more".to_owned(),
        };
        Sidebar::new(&site, words, true)
    }

    fn book(parts: usize, chapters: usize) -> Vec<(String, String)> {
        let mut summary = String::from("# Summary\n");
        let mut files = Vec::new();
        for part in 0..parts {
            let _ = writeln!(summary, "\n# Part {part}\n");
            for chapter in 0..chapters {
                let _ = writeln!(
                    summary,
                    "- [Chapter {part}-{chapter}](c{part}-{chapter}.md)"
                );
                files.push((format!("src/c{part}-{chapter}.md"), "# C\n".to_owned()));
            }
        }
        files.push(("src/SUMMARY.md".to_owned(), summary));
        files
    }

    fn docs(sections: usize, pages: usize) -> Vec<(String, String)> {
        let config = "[project]\nkind = \"docs\"\ncontent = \"content\"\n".to_owned();
        let mut files = vec![("tympan.toml".to_owned(), config)];
        for section in 0..sections {
            files.push((
                format!("content/s{section}/index.md"),
                format!("# Section {section}\n"),
            ));
            for page in 0..pages {
                let name = format!("content/s{section}/p{page:03}.md");
                files.push((name, format!("# A page of some length {page:03}\n")));
            }
        }
        files
    }

    #[test]
    fn a_short_tree_is_whole_and_opens_at_the_page() {
        let html = sidebar(&docs(2, 3)).beside("s1/p001/index.html", "../../");
        assert_eq!(html.matches("<li").count(), 8, "{html}");
        assert_eq!(html.matches("aria-current=\"page\"").count(), 1);
        assert_eq!(html.matches("<details open>").count(), 1);
        assert!(
            html.contains(
                "<a href=\"../../s1/index.html\" class=\"open\">Section 1</a>\
                 <details open><summary><span class=\"unseen\">Pages in Section 1</span>"
            ),
            "{html}"
        );
    }

    #[test]
    fn five_thousand_pages_stay_light() {
        let sidebar = sidebar(&docs(70, 70));
        let html = sidebar.beside("s35/p035/index.html", "../../");
        assert!(html.len() < 20_000, "{} bytes", html.len());
        assert!(html.contains("aria-current=\"page\""), "{html}");
        assert!(html.contains(">15 more</a>"), "{html}");
        assert!(!html.contains("s34/p035"), "{html}");
        let contents = sidebar.contents("../");
        assert_eq!(contents.matches("<li").count(), 70 * 71);
    }

    #[test]
    fn a_long_book_keeps_the_part_that_is_read() {
        let sidebar = sidebar(&book(10, 20));
        let html = sidebar.beside("c3-7/index.html", "../");
        assert!(html.contains("aria-current=\"page\"") && html.contains("/c3-19/"));
        assert!(!html.contains("c4-1/"), "{html}");
        let target = html.split("href=\"../contents/index.html#").nth(1).unwrap();
        let id = target.split('"').next().unwrap();
        assert!(sidebar.contents("../").contains(&format!("id=\"{id}\"")));
    }

    #[test]
    fn a_title_cannot_break_out() {
        let files = [("a.md", "# 1 < 2 & \"q\"\n"), ("index.md", "# Home\n")];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let html = sidebar(&files).beside("index.html", "");
        assert!(html.contains(">1 &lt; 2 &amp; &quot;q&quot;<"), "{html}");
    }
}
