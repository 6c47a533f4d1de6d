//! A site ready to be rendered: loaded and planned.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::assets::AssetMap;
use crate::build::options::{BuildOptions, Images, Versions};
use crate::build::survey::unused;
use crate::build::versions::{Lineup, Loaded};
use crate::diagnostic::Diagnostic;
use crate::progress::{Event, Progress, Stage as Step};
use crate::render::highlight::Highlights;
use crate::render::{RenderContext, Stage, Version};
use crate::repo::{History, Snapshot};
use crate::site::{Previous, Site};
use crate::site_path::SitePath;
use crate::store::Store;

/// What a site is made from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// Its files.
    pub snapshot: &'a Snapshot,
    /// Who changed them and when.
    pub history: &'a History,
    /// Where dear results are kept.
    pub store: &'a Store,
}

/// A site of which every output is planned and none is rendered. [`build`] renders them all, the
/// preview those that a browser asks for; there is no second road.
///
/// [`build`]: crate::build::build()
pub struct Prepared {
    /// The other versions of the work.
    pub versions: Vec<Arc<Version>>,
    /// The commit that each of them is built from, by its name.
    pub commits: BTreeMap<String, String>,
    /// The model.
    pub site: Site,
    /// Its images and files.
    pub assets: Arc<AssetMap>,
    /// The renderers and their plan.
    pub stage: Arc<Stage>,
    /// The colors of code, worked out when a page asks for them.
    pub highlights: Arc<Highlights>,
    /// What was found so far.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads a site and plans its outputs. Pages that did not change since `previous` are not read
/// again.
pub fn prepare(
    sources: &Sources<'_>,
    options: &BuildOptions,
    previous: Option<Previous<'_>>,
    progress: Progress<'_>,
) -> Prepared {
    progress(Event::Started {
        stage: Step::Load,
        total: 0,
    });
    let lineup = match options.versions {
        Versions::All => Lineup::read(sources.snapshot),
        Versions::Current => None,
    };
    let load = lineup.as_ref().map(|lineup| lineup.place(&options.load));
    let load = load.as_ref().unwrap_or(&options.load);
    let mut site = Site::load(sources.snapshot, sources.history, load, previous.as_slice());
    let loaded = lineup.map(|lineup| lineup.load(sources.snapshot, &options.load, &mut site));
    let Loaded {
        mut others,
        commits,
        diagnostics: found_versions,
    } = loaded.unwrap_or_default();
    progress(Event::Finished { stage: Step::Load });
    progress(Event::Started {
        stage: Step::Assets,
        total: 0,
    });
    let (mut assets, mut found) = AssetMap::read(&site, sources.snapshot);
    progress(Event::Finished {
        stage: Step::Assets,
    });
    found.extend(unused(&site, &assets, sources.snapshot));
    if options.images == Images::First && options.wanted.html {
        let (snapshot, store) = (sources.snapshot, sources.store);
        found.extend(assets.settle(&site, snapshot, store, progress));
        for version in others.iter_mut().filter_map(Arc::get_mut) {
            version.settle(store);
        }
    }
    let highlights = Highlights::default();
    let context = RenderContext {
        site: &site,
        assets: &assets,
        snapshot: sources.snapshot,
        store: sources.store,
        highlights: &highlights,
    };
    let stage = Stage::new(&context, &others, &options.wanted);
    let mut diagnostics = site.diagnostics.clone();
    diagnostics.extend(found);
    diagnostics.extend(found_versions);
    diagnostics.extend(stage.diagnostics().iter().cloned());
    Prepared {
        versions: others,
        commits,
        site,
        assets: Arc::new(assets),
        stage: Arc::new(stage),
        highlights: Arc::new(highlights),
        diagnostics,
    }
}

impl Prepared {
    /// Whether there is nothing to build.
    pub fn is_empty(&self) -> bool {
        let mut found = self.site.diagnostics.iter();
        self.site.pages.is_empty() && found.any(|found| found.code == "project-empty")
    }

    /// The same after the texts of some pages were edited; none where it must be prepared anew.
    pub fn edited(
        &self,
        snapshot: &Snapshot,
        store: &Store,
        paths: &BTreeSet<SitePath>,
    ) -> Option<Self> {
        let mut found = self.diagnostics.iter();
        if found.any(|found| paths.contains(&found.path)) {
            return None;
        }
        let edited = Self {
            versions: self.versions.clone(),
            commits: self.commits.clone(),
            site: self.site.edited(snapshot, paths)?,
            assets: Arc::clone(&self.assets),
            stage: Arc::clone(&self.stage),
            highlights: Arc::clone(&self.highlights),
            diagnostics: self.diagnostics.clone(),
        };
        let plans = edited.stage.still_plans(&edited.context(snapshot, store));
        plans.then_some(edited)
    }

    /// What its renderers are given; the snapshot and the store are those it was prepared from.
    pub fn context<'a>(&'a self, snapshot: &'a Snapshot, store: &'a Store) -> RenderContext<'a> {
        RenderContext {
            site: &self.site,
            assets: &self.assets,
            snapshot,
            store,
            highlights: &self.highlights,
        }
    }
}
