//! From a snapshot to the model. A page that did not change since the previous site is not read
//! again; whatever is wrong is reported and the rest is built.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::{BASELINE_FILE, CONFIG_FILE, Config, Kind};
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::repo::{History, Snapshot, SnapshotFile};
use crate::site::addresses::is_page;
use crate::site::cascade::is_meta;
use crate::site::citations::{Bibliography, read_bibliography};
use crate::site::documents::read_documents;
use crate::site::expand::Shortcodes;
use crate::site::index_terms::{TermIndex, read_terms};
use crate::site::labels::{read_labels, read_list_pages};
use crate::site::languages::{by_language, introduce, place_of, translate};
use crate::site::lexicons::load_lexicons;
use crate::site::model::{Hidden, PageId, Site, Structure};
use crate::site::names::check_names;
use crate::site::nav::{SUMMARY_FILE, read_nav, retitled};
use crate::site::page::{Around, MAX_PAGE, Page, PageSource};
use crate::site::project::{
    Placed, content_folder, load_config, nothing_found, read_text, snapshot_text,
};
use crate::site::redirects::read_redirects;
use crate::site::routes::settle_routes;
use crate::site::section_numbers::number_sections;
use crate::site::sections::read_sections;
use crate::site::settle::settle_pages;
use crate::site::sources::{files_of, is_summary, people_and_data, text_files};
use crate::site::style_files::read_style_files;
use crate::site::taxonomies::{newest_first, read_taxonomies};
use crate::site::titles::set_titles;
use crate::site_path::SitePath;
use crate::template::Profile;

/// A site that was loaded before. What did not change since is taken from it.
#[derive(Clone, Copy)]
pub struct Previous<'a> {
    /// The site.
    pub site: &'a Site,
    /// The files that may have changed since, if that is known; every file is read if not.
    pub changed: Option<&'a BTreeSet<SitePath>>,
}

/// What a site is loaded with.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// Whether drafts count as pages.
    pub drafts: bool,
    /// Whether pages dated in the future count.
    pub future: bool,
    /// Whether expired pages count.
    pub expired: bool,
    /// The moment that decides what is in the future and what has expired, for a snapshot that is
    /// no clean commit; a commit brings its own, so that its release does not change with the clock.
    pub now: i64,
    /// The output folder, if it lies in the project.
    pub exclude: Option<SitePath>,
    /// Where it stands in the release, if it is one of several versions.
    pub placed: Option<Placed>,
    /// Folders with dictionaries of hunspell outside of the project.
    pub dictionaries: Vec<PathBuf>,
    /// Collects what shortcodes cost.
    pub profile: Option<Arc<Profile>>,
}

impl Site {
    /// Reads a snapshot. What was read the same way for one of the sites before is shared with it.
    pub fn load(
        snapshot: &Snapshot,
        history: &History,
        options: &LoadOptions,
        previous: &[Previous<'_>],
    ) -> Self {
        let mut diagnostics = snapshot.diagnostics().to_vec();
        let config = load_config(snapshot, options, &mut diagnostics);
        let mount = mount(options);
        let files = files_of(snapshot, &config, options);
        let content = content_folder(&config, &files, &mut diagnostics);
        let is_text = |path: &SitePath| {
            is_page(path) && path.is_within(&content) && !is_summary(&config, path)
        };
        let (pages, files): (Vec<&SnapshotFile>, Vec<&SnapshotFile>) =
            files.into_iter().partition(|file| is_text(&file.path));
        if pages.is_empty() {
            diagnostics.push(nothing_found(&content));
        }
        let read = |path: &SitePath| snapshot.get(path).and_then(|_| read_text(snapshot, path));
        let files_of_all = snapshot.files().iter().map(|file| &file.path);
        let (data, authors) = people_and_data(snapshot, &content, &mut diagnostics);
        let profile = options.profile.as_ref();
        let shortcodes = Shortcodes::read(files_of_all, &read, &data, profile, &mut diagnostics);
        let around = Around {
            content: &content,
            config: &config,
            shortcodes: &shortcodes,
            read: &read,
        };
        let loaded = load_pages(snapshot, around, &pages, previous);
        let mut all = readable(loaded, &mut diagnostics);
        settle_pages(
            around,
            &text_files(snapshot, &content, is_meta),
            &mut all,
            &mut diagnostics,
        );
        diagnostics.extend(all.iter().flat_map(|page| page.diagnostics.clone()));
        report_unknown(&all, &mut diagnostics);
        let now = moment(snapshot, options);
        let is_timeless = is_timeless(&all, snapshot.source().time, options.now);
        let (pages, hidden) = visible(all, &waiting(&config, options), now);
        let (pages, translated) = by_language(pages);
        let files: BTreeSet<SitePath> = files.into_iter().map(|file| file.path.clone()).collect();
        let guessed = || guess_kind(&pages, &content, snapshot);
        let kind = config.project.kind.unwrap_or_else(guessed);
        let config = Arc::new(config);
        let structure = Structure {
            data: Arc::new(data),
            authors,
            styles: Arc::new(read_style_files(snapshot, &config, &mut diagnostics)),
            kind,
            title: String::new(),
            history: Vec::new(),
            sections: BTreeMap::new(),
            nav: Vec::new(),
            dated: Vec::new(),
            taxonomies: Vec::new(),
            terms: Vec::new(),
            documents: Vec::new(),
            labels: BTreeMap::new(),
            bibliography: Bibliography::default(),
            index: TermIndex::default(),
            list_pages: BTreeMap::new(),
            redirects: Vec::new(),
            outer_redirects: Vec::new(),
            published_files: published(&files, &content),
            files,
            hidden,
            mount: mount.clone(),
            base: mount,
            versions: Arc::default(),
            language: None,
            languages: Arc::default(),
            by_place: HashMap::new(),
            own_language: config.project.language.clone(),
            by_path: HashMap::new(),
            by_name: HashMap::new(),
            by_route: HashMap::new(),
            written: Arc::clone(&config),
            shortcodes,
            is_timeless,
            baseline: baseline(snapshot, &config),
            lexicons: load_lexicons(snapshot, &config, &pages, options, &mut diagnostics),
            moment: now,
            config,
            content,
        };
        let mut base = Site {
            pages: Vec::new(),
            source: snapshot.source().clone(),
            diagnostics: Vec::new(),
            translations: Vec::new(),
            edition: 0,
            structure: Arc::new(structure),
        };
        let fill = |site: Self, pages| site.filled(pages, history, snapshot);
        let translations = translate(&base, &pages, &translated, &fill);
        base.diagnostics = diagnostics;
        base.mount = base.mount.join(&base.config.own_folder());
        base.config = Arc::new(base.config.in_own_language());
        let mut site = fill(base, pages);
        site.translations = translations;
        introduce(&mut site);
        site
    }

    /// The same site with its pages, and with everything that follows from them.
    fn filled(mut self, pages: Vec<Arc<Page>>, history: &History, snapshot: &Snapshot) -> Self {
        let pages = settle_routes(pages, &mut self.diagnostics);
        let by = |path: fn(&Page) -> &SitePath| {
            let places = pages.iter().enumerate();
            places
                .map(|(at, page)| (path(page).clone(), PageId(at)))
                .collect()
        };
        self.by_path = by(|page| &page.path);
        self.by_route = by(|page| &page.route);
        self.by_name = crate::site::links::by_name(&pages);
        if !self.config.languages.is_empty() {
            self.by_place = by(|page| &page.place);
        }
        self.history = pages
            .iter()
            .map(|page| history.get(&page.path).cloned())
            .collect();
        self.pages = pages;
        self.finish(snapshot);
        self
    }

    /// The parts that need every page: each builds on the ones before.
    fn finish(&mut self, snapshot: &Snapshot) {
        self.sections = read_sections(self);
        (self.taxonomies, self.terms) = read_taxonomies(self);
        let ids = self.pages_with_ids().map(|(id, _)| id);
        self.dated = ids
            .filter(|id| self.page(*id).front.date.is_some())
            .collect();
        let mut dated = std::mem::take(&mut self.dated);
        dated.sort_by_cached_key(|id| newest_first(self, *id));
        self.dated = dated;
        let mut diagnostics = Vec::new();
        let (summary, is_shared) = self.summary(snapshot);
        let config = snapshot_text(snapshot, &SitePath::root(), CONFIG_FILE);
        self.nav = read_nav(self, summary.as_ref(), config.as_ref(), &mut diagnostics);
        if is_shared {
            // What the work's own navigation lacks is reported where it is written for.
            diagnostics.clear();
            let nav = std::mem::take(&mut self.nav);
            self.nav = retitled(self, nav);
        }
        self.title = self
            .config
            .project
            .title
            .clone()
            .unwrap_or_else(|| self.guess_title());
        let read = |path: &SitePath| read_text(snapshot, path);
        self.documents = match self.language {
            None => read_documents(self, config.as_ref(), &read, &mut diagnostics),
            Some(_) => read_documents(self, config.as_ref(), &read, &mut Vec::new()),
        };
        self.redirects = read_redirects(self, config.as_ref(), &mut diagnostics);
        check_names(self, &mut diagnostics);
        set_titles(self);
        number_sections(self);
        self.labels = read_labels(self);
        self.index = read_terms(self);
        self.bibliography = read_bibliography(self, snapshot, &mut diagnostics);
        self.list_pages = read_list_pages(self);
        self.diagnostics.extend(diagnostics);
        sort(&mut self.diagnostics);
    }

    /// The page that was read from a file, in whatever language.
    fn loaded(&self, path: &SitePath) -> Option<&Arc<Page>> {
        let sites = || std::iter::once(self).chain(&self.translations);
        sites().find_map(|site| Some(site.page(*site.by_path.get(path)?)))
    }

    /// The title of the front page, else of the first page. Never the folder's name: a release
    /// must not depend on where it was built.
    fn guess_title(&self) -> String {
        let home =
            self.page_routed(&SitePath::parse("index.html").expect("a plain name is a path"));
        let first = || self.nav.iter().flat_map(|item| item.pages()).next();
        let title = home.or_else(first).map(|id| self.page(id).title.clone());
        title.unwrap_or_else(|| "Untitled".to_owned())
    }
}

/// The files of the content that are published as they are.
fn published(files: &BTreeSet<SitePath>, content: &SitePath) -> BTreeSet<SitePath> {
    let is = |file: &&SitePath| {
        !content.is_root() && file.is_within(content) && !is_page(file) && !is_meta(file)
    };
    files.iter().filter(is).cloned().collect()
}

/// The folder of the release that the site stands in.
fn mount(options: &LoadOptions) -> SitePath {
    let placed = options.placed.as_ref();
    placed.map_or_else(SitePath::root, |placed| placed.mount.clone())
}

/// The baseline of the checks.
fn baseline(snapshot: &Snapshot, config: &Config) -> Option<(SitePath, Arc<str>)> {
    let usual = || SitePath::parse(BASELINE_FILE).ok();
    let path = config.check.baseline.clone().or_else(usual)?;
    snapshot.get(&path)?;
    let text = read_text(snapshot, &path)?;
    Some((path, text))
}

/// The moment that decides what is shown: that of the commit, else the one that is given.
fn moment(snapshot: &Snapshot, options: &LoadOptions) -> i64 {
    match (snapshot.source().dirty, snapshot.source().time) {
        (false, Some(time)) => time,
        _ => options.now,
    }
}

/// Whether no page comes or goes between the commit and now, so that it does not matter which of the
/// two decides.
fn is_timeless(pages: &[Arc<Page>], commit: Option<i64>, now: i64) -> bool {
    let Some(commit) = commit else { return true };
    let between = commit.min(now)..=commit.max(now);
    let mut dates = pages
        .iter()
        .flat_map(|page| [page.front.shown_from(), page.front.expires]);
    !dates.any(|date| date.is_some_and(|date| between.contains(&date.seconds())))
}

/// Whether pages of another site were read with the same around them.
fn is_around(around: Around<'_>, previous: &Site) -> bool {
    previous.config.variables == around.config.variables
        && previous.config.project == around.config.in_own_language().project
}

fn load_pages(
    snapshot: &Snapshot,
    around: Around<'_>,
    files: &[&SnapshotFile],
    previous: &[Previous<'_>],
) -> Vec<Result<Arc<Page>, Box<Diagnostic>>> {
    let previous: Vec<(&Previous<'_>, bool)> = previous
        .iter()
        .map(|previous| (previous, is_around(around, previous.site)))
        .collect();
    let load = |file: &&SnapshotFile| {
        let path = &file.path;
        if file.size > MAX_PAGE as u64 {
            let message = format!(
                "the page is {} MB, more than a page may be",
                file.size >> 20
            );
            let found = Diagnostic::new("page-too-large", Severity::Error, path, message);
            return Err(Box::new(
                found.help(format!("split it; the limit is {} MB", MAX_PAGE >> 20)),
            ));
        }
        let below = path.below(around.content);
        let place = place_of(around.config, &below.unwrap_or_else(|| path.clone()));
        let same = |page: &Arc<Page>, is_around: bool| {
            let stays = page.place == place.path && page.language == place.language;
            let whole = page.included.is_empty() && page.unknown.is_empty();
            // A text without calls has nothing in it that anything around decides.
            let own = is_around || !page.calls;
            // Titles are set by what is said elsewhere, and cannot be set again.
            stays && !page.is_titled && whole && own
        };
        let known = || {
            previous.iter().filter_map(|(previous, is_around)| {
                let page = previous.site.loaded(path)?;
                same(page, *is_around).then_some((previous, page))
            })
        };
        let is_untouched = |(previous, page): &(&&Previous<'_>, &Arc<Page>)| {
            let stays = |changed: &BTreeSet<SitePath>| !is_touched(changed, path);
            file.link.is_none()
                && page.file.len() as u64 == file.size
                && previous.changed.is_some_and(stays)
        };
        if let Some((_, known)) = known().find(is_untouched) {
            return Ok(Arc::clone(known));
        }
        let bytes = snapshot.read(path).map_err(|error| {
            let cause = std::error::Error::source(&error)
                .map_or(String::new(), |cause| format!(": {cause}"));
            let message = format!("{error}{cause}");
            Box::new(Diagnostic::new(
                "page-unreadable",
                Severity::Error,
                path,
                message,
            ))
        })?;
        let mut known = known().map(|(_, page)| page);
        let known = known.find(|page| page.file.as_bytes() == bytes);
        let source = PageSource {
            path,
            place: &place,
            bytes: &bytes,
        };
        Ok(known
            .cloned()
            .unwrap_or_else(|| Arc::new(Page::read(&source, around))))
    };
    files.par_iter().map(load).collect()
}

/// Whether a file changed, or a folder that it lies in.
fn is_touched(changed: &BTreeSet<SitePath>, path: &SitePath) -> bool {
    let above = |path: &SitePath| Some(path.parent()).filter(|folder| !folder.is_root());
    std::iter::successors(Some(path.clone()), above).any(|path| changed.contains(&path))
}

/// The pages that could be read; why the others could not is reported.
fn readable(
    loaded: Vec<Result<Arc<Page>, Box<Diagnostic>>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Arc<Page>> {
    let keep = |result: Result<Arc<Page>, Box<Diagnostic>>| {
        result.map_err(|found| diagnostics.push(*found)).ok()
    };
    loaded.into_iter().filter_map(keep).collect()
}

/// Names each unknown construct once, at its first place, with the number of its uses.
fn report_unknown(pages: &[Arc<Page>], diagnostics: &mut Vec<Diagnostic>) {
    let mut uses: BTreeMap<&str, (usize, &Page, std::ops::Range<usize>)> = BTreeMap::new();
    for page in pages {
        for fault in &page.unknown {
            let first = || (0, &**page, fault.span.clone());
            uses.entry(&fault.name).or_insert_with(first).0 += 1;
        }
    }
    for (name, (count, page, span)) in uses {
        let times = if count == 1 {
            "once".to_owned()
        } else {
            format!("{count} times")
        };
        let message = format!("`{name}` is not known to tympan (used {times})");
        let source = crate::diagnostic::SourceText::new(&page.path, &page.file);
        let found = source.diagnostic("unknown-construct", Severity::Warning, span, message);
        diagnostics
            .push(found.help("a macro in double braces is left out; other text is kept as it is"));
    }
}

/// A contract may be dated ahead and a book announced; only posts wait for their day.
fn waiting(config: &Config, options: &LoadOptions) -> LoadOptions {
    let bound = matches!(config.project.kind, Some(Kind::Book | Kind::Contract));
    LoadOptions {
        future: options.future || bound,
        ..options.clone()
    }
}

fn visible(pages: Vec<Arc<Page>>, options: &LoadOptions, now: i64) -> (Vec<Arc<Page>>, Hidden) {
    let mut hidden = Hidden::default();
    let kept = pages
        .into_iter()
        .filter(|page| {
            let front = &page.front;
            let counter = if front.draft && !options.drafts {
                &mut hidden.drafts
            } else if front.shown_from().is_some_and(|date| date.seconds() > now) && !options.future
            {
                &mut hidden.future
            } else if front.expires.is_some_and(|date| date.seconds() <= now) && !options.expired {
                &mut hidden.expired
            } else {
                return true;
            };
            *counter += 1;
            false
        })
        .collect();
    (kept, hidden)
}

fn guess_kind(pages: &[Arc<Page>], content: &SitePath, snapshot: &Snapshot) -> Kind {
    let summary = content
        .resolve(SUMMARY_FILE)
        .is_ok_and(|path| snapshot.get(&path).is_some());
    let dated = pages
        .iter()
        .filter(|page| page.front.date.is_some())
        .count();
    let binding = |page: &Arc<Page>| {
        let name = format!("{} {}", page.path.stem(), page.title).to_lowercase();
        ["agreement", "contract", "nda", "terms"]
            .iter()
            .any(|word| name.contains(word))
    };
    if summary {
        Kind::Book
    } else if dated * 3 > pages.len() {
        Kind::Site
    } else if pages.len() <= 4 && pages.iter().any(binding) {
        Kind::Contract
    } else {
        Kind::Docs
    }
}
