//! The jobs of search: the script, the terms of each language in one, the texts file by file.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::digest::Digest;
use crate::release::{Artifact, Role};
use crate::render::context::{RenderContext, RenderError};
use crate::render::plan::{Job, JobKind, Rendered, Renderer};
use crate::render::search::build::{term_files, text_file};
use crate::render::search::index::{Index, indexes, languages, primary};
use crate::site::Site;
use crate::site_path::SitePath;

/// The reader's half, loaded when search is opened: how terms are made, how pages are ranked, what
/// is seen of it.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("../../../themes/base/js/search-terms.js"),
    include_str!("../../../themes/base/js/search-index.js"),
    include_str!("../../../themes/base/js/search.js"),
    "})();\n",
);

/// Makes the search of a site.
pub(in crate::render) struct Search {
    indexes: Vec<Index>,
}

/// Where the search of a site stands.
pub(in crate::render) struct SearchPlaces {
    languages: BTreeSet<String>,
    script: String,
}

/// What a page must know to open the search: the script and the folder of its language's index,
/// relative to the site.
#[derive(Serialize)]
pub(in crate::render) struct SearchLinks {
    script: String,
    folder: String,
}

impl Search {
    pub(in crate::render) fn new(site: &Site) -> Self {
        Self {
            indexes: indexes(site),
        }
    }
}

impl SearchPlaces {
    pub(in crate::render) fn new(site: &Site) -> Self {
        Self {
            languages: languages(site),
            script: site.url_in_release(&script_file()),
        }
    }

    /// What a page in a language must know; none if nothing is searched in it.
    pub(in crate::render) fn links(&self, language: &str) -> Option<SearchLinks> {
        let language = self.languages.get(&primary(language))?;
        Some(SearchLinks {
            script: self.script.clone(),
            folder: Index::folder(language),
        })
    }
}

fn script_file() -> SitePath {
    let digest = Digest::of(SCRIPT.as_bytes());
    let path = format!("_tympan/search-{}.js", digest.short());
    SitePath::parse(&path).expect("a plain name is a path")
}

impl Renderer for Search {
    fn plan(&self, _: &RenderContext<'_>) -> Vec<Job> {
        let mut jobs = Vec::new();
        for (at, index) in self.indexes.iter().enumerate() {
            jobs.push(Job {
                kind: JobKind::SearchTerms(at),
                outputs: index.term_files(),
            });
            let texts = index.text_files();
            jobs.extend(
                texts.map(|(text, file)| Job::single(JobKind::SearchTexts(at, text), file)),
            );
        }
        if !jobs.is_empty() {
            jobs.push(Job::single(JobKind::SearchScript, script_file()));
        }
        jobs
    }

    fn still_plans(&self, context: &RenderContext<'_>) -> bool {
        let mut indexes = self.indexes.iter();
        indexes.all(|index| index.still_fits(context.site))
    }

    fn render(&self, context: &RenderContext<'_>, job: &Job) -> Result<Rendered, RenderError> {
        let files = match &job.kind {
            JobKind::SearchTerms(at) => term_files(context.site, &self.indexes[*at]),
            JobKind::SearchTexts(at, text) => {
                let pages = self.indexes[*at].pages_of_text(*text);
                vec![text_file(context.site, *text, pages)]
            }
            JobKind::SearchScript => vec![SCRIPT.to_owned()],
            _ => Vec::new(),
        };
        let artifacts = job.outputs.iter().zip(files);
        let artifact = |(path, text): (&SitePath, String)| {
            Artifact::new(path.clone(), Role::Theme, text.into_bytes())
        };
        Ok(Rendered {
            artifacts: artifacts.map(artifact).collect(),
            ..Rendered::default()
        })
    }
}
