//! What a broken link may have meant: the files of a site and the ids of a page by what they are
//! called, so that one link costs about the same however many there are.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::diagnostic::{Guesses, NearNames};
use crate::markdown::Edition;
use crate::site::{Page, Site};
use crate::site_path::SitePath;

/// Every file of a site by its folder and by its name.
pub(super) struct Files<'a> {
    in_folder: BTreeMap<SitePath, Folder<'a>>,
    named: BTreeMap<&'a str, Vec<&'a SitePath>>,
}

/// The files of a folder by their names, with and without extensions.
struct Folder<'a> {
    files: BTreeMap<&'a str, &'a SitePath>,
    stems: BTreeMap<&'a str, &'a SitePath>,
    /// The names and the stems, made when one is looked for.
    near: OnceLock<[NearNames<'a>; 2]>,
}

impl<'a> Files<'a> {
    /// Reads the files of a site.
    pub(super) fn of(site: &'a Site) -> Self {
        let (mut in_folder, mut named) = (BTreeMap::new(), BTreeMap::<_, Vec<_>>::new());
        let pages = site.pages.iter().map(|page| &page.path);
        for path in pages.chain(&site.files) {
            let folder = in_folder.entry(path.parent()).or_insert_with(|| Folder {
                files: BTreeMap::new(),
                stems: BTreeMap::new(),
                near: OnceLock::new(),
            });
            folder.files.entry(path.file_name()).or_insert(path);
            folder.stems.entry(path.stem()).or_insert(path);
            named.entry(path.file_name()).or_default().push(path);
        }
        Self { in_folder, named }
    }

    /// The file that a broken link meant: one of the same name elsewhere, the nearest of several,
    /// else one with a similar name in the folder.
    pub(super) fn nearest(
        &self,
        wanted: &SitePath,
        from: &SitePath,
        guesses: &Guesses,
    ) -> Option<&'a SitePath> {
        let name = wanted.file_name();
        let page = format!("{name}.md");
        let moved = [name, &page]
            .into_iter()
            .find_map(|name| self.named.get(name));
        if let Some(paths) = moved {
            let steps = |path: &SitePath| path.url_from(from).matches('/').count();
            return match guesses.afford(paths.len()) {
                true => (paths.iter().copied()).min_by_key(|path| (steps(path), *path)),
                false => None,
            };
        }
        let beside = self.in_folder.get(&wanted.parent())?;
        let [names, stems] = beside.near.get_or_init(|| {
            [&beside.files, &beside.stems].map(|names| NearNames::new(names.keys().copied()))
        });
        match wanted.extension() {
            "" => beside.stems.get(stems.nearest(name, guesses)?),
            _ => beside.files.get(names.nearest(name, guesses)?),
        }
        .copied()
    }
}

/// The places of a page that links can lead to.
pub(super) struct Ids<'a> {
    all: BTreeSet<&'a str>,
    /// Those of headings that the site leaves out.
    left_out: BTreeSet<&'a str>,
    /// Made when one is not there.
    close: OnceLock<Close<'a>>,
}

/// What an id that is not there may have meant.
struct Close<'a> {
    lower: BTreeMap<String, &'a str>,
    notes: BTreeSet<&'a str>,
    names: NearNames<'a>,
}

impl<'a> Ids<'a> {
    /// Reads the ids of a page.
    pub(super) fn of(page: &'a Page) -> Self {
        let headings = page.outline.headings.iter();
        let left_out = match page.headings_for(Edition::Html) {
            Cow::Borrowed(_) => BTreeSet::new(),
            Cow::Owned(shown) => {
                let shown: BTreeSet<&str> = shown.iter().map(|one| one.id.as_str()).collect();
                let ids = headings.clone().map(|heading| heading.id.as_str());
                ids.filter(|id| !shown.contains(id)).collect()
            }
        };
        let headings = headings.map(|heading| heading.id.as_str());
        let html = page.outline.html_ids.iter().map(|(id, _)| id.as_str());
        Self {
            all: headings.chain(html).collect(),
            left_out,
            close: OnceLock::new(),
        }
    }

    /// Whether the page has the id.
    pub(super) fn contains(&self, id: &str) -> bool {
        self.all.contains(id)
    }

    /// Whether the id is of a heading that the site leaves out.
    pub(super) fn leaves_out(&self, id: &str) -> bool {
        self.left_out.contains(id)
    }

    /// The id of the page that another meant.
    pub(super) fn nearest(&self, page: &'a Page, id: &str, guesses: &Guesses) -> Option<String> {
        let close = self.close.get_or_init(|| self.close(page));
        // Other programs write the anchors of footnotes with a colon.
        let note = id.strip_prefix("fn:").map(|label| ("fn", label));
        let note = note.or_else(|| Some(("fnref", id.strip_prefix("fnref:")?)));
        if let Some((kind, label)) = note
            && close.notes.contains(label)
        {
            return Some(format!("{kind}-{label}"));
        }
        let folded = close.lower.get(&id.to_lowercase()).copied();
        let near = folded.or_else(|| close.names.nearest(id, guesses));
        near.map(str::to_owned)
    }

    fn close(&self, page: &'a Page) -> Close<'a> {
        let mut lower = BTreeMap::new();
        for id in &self.all {
            lower.entry(id.to_lowercase()).or_insert(*id);
        }
        let notes = page.outline.footnotes.definitions.iter();
        Close {
            lower,
            notes: notes.map(|(label, _)| label.as_str()).collect(),
            names: NearNames::new(self.all.iter().copied()),
        }
    }
}
