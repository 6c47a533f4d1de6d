//! What the preview answers to a request: one of the planned files, or why there is none.

use std::sync::Arc;
use std::time::Duration;

use crate::config::CONFIG_FILE;
use crate::diagnostic::Diagnostic;
use crate::preview::decorate::{Place, decorate};
use crate::preview::generation::{Generation, Shown};
use crate::preview::overlay::error_page;
use crate::preview::project::{Good, Preview, State};
use crate::preview::route::{Route, find};
use crate::release::media_type;
use crate::site::{SUMMARY_FILE, is_page};
use crate::site_path::SitePath;

/// What is answered.
pub(super) struct Answer {
    /// The status.
    pub(super) status: Status,
    /// What the bytes are.
    pub(super) media_type: &'static str,
    /// The bytes.
    pub(super) body: Arc<[u8]>,
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Status {
    /// Here it is.
    Found,
    /// It stands there.
    Moved(String),
    /// There is no such thing.
    Missing,
    /// It could not be made.
    Failed,
}

const HTML: &str = "text/html; charset=utf-8";

impl Preview {
    /// Answers a request for a path before the project is loaded, with the page alone, if it can.
    pub(super) fn answer_early(&self, request: &str) -> Option<Answer> {
        let page = self.glimpse(request)?;
        Some(self.alone(request, &page))
    }

    /// Answers a request for a path, as it came.
    pub(super) fn answer(&self, request: &str) -> Answer {
        let state = self.state();
        let generation = &state.generation;
        let is_known = |path: &SitePath| generation.is_planned(path) || self.good(path).is_some();
        match find(request, is_known) {
            Route::File(path) => self.file(&state, request, &path),
            Route::Moved(to) => Answer {
                status: Status::Moved(to),
                media_type: HTML,
                body: Arc::default(),
            },
            Route::Missing => self.missing(&state, request),
        }
    }

    /// What is shown in the place of a picture while it is made: the one that it is made of.
    pub(super) fn quick(&self, request: &str) -> Option<Answer> {
        let state = self.state_within(Duration::ZERO)?;
        let generation = &state.generation;
        let Route::File(path) = find(request, |path| generation.is_planned(path)) else {
            return None;
        };
        let picture = generation.picture(&path)?;
        Some(Answer {
            status: Status::Found,
            media_type: media_type(&picture.path),
            body: picture.bytes,
        })
    }

    fn alone(&self, request: &str, page: &[u8]) -> Answer {
        Answer {
            status: Status::Found,
            media_type: HTML,
            body: decorate(page, &self.news(0).stamp, &[], Place::Own(request)).into(),
        }
    }

    fn file(&self, state: &State, request: &str, path: &SitePath) -> Answer {
        let generation = &state.generation;
        let Some(shown) = generation.show(path, self.store()) else {
            return self.vanished(state, request, path);
        };
        let kind = media_type(path);
        let is_html = kind.starts_with("text/html");
        match &shown.artifact {
            Some(_) if generation.prepared.is_empty() => self.missing(state, request),
            Some(artifact) if !is_html => Answer {
                status: Status::Found,
                media_type: kind,
                body: Arc::clone(&artifact.bytes),
            },
            _ => self.page(state, request, path, shown),
        }
    }

    /// A page, under an overlay if it has errors. Where the source cannot be read for what it is,
    /// the page that was last good lies under it.
    fn page(&self, state: &State, request: &str, path: &SitePath, shown: Shown) -> Answer {
        let mut errors = state.faults.clone();
        errors.extend(errors_for(&state.generation, path, shown.source.as_ref()));
        errors.extend(shown.errors);
        errors.dedup();
        let is_readable = !errors
            .iter()
            .any(|found| found.code.starts_with("front-matter"));
        let artifact = match (shown.artifact, shown.source) {
            (Some(artifact), Some(source)) if is_readable => {
                self.keep(Good {
                    artifact: artifact.clone(),
                    source,
                });
                Some(artifact)
            }
            (Some(artifact), None) => {
                self.forget(path);
                Some(artifact)
            }
            (artifact, _) => self.good(path).map(|good| good.artifact).or(artifact),
        };
        match artifact {
            Some(artifact) => html(state, request, Status::Found, &artifact.bytes, &errors),
            None => html(
                state,
                request,
                Status::Failed,
                error_page().as_bytes(),
                &errors,
            ),
        }
    }

    /// A page that was good and is not planned any more: because of an error, or because it is gone.
    fn vanished(&self, state: &State, request: &str, path: &SitePath) -> Answer {
        let Some(good) = self.good(path) else {
            return self.missing(state, request);
        };
        let mut errors = state.faults.clone();
        errors.extend(errors_for(&state.generation, path, Some(&good.source)));
        let is_gone = !errors.iter().any(|found| found.path == good.source);
        match is_gone {
            true => self.missing(state, request),
            false => html(state, request, Status::Found, &good.artifact.bytes, &errors),
        }
    }

    /// The site's page for what is missing, under an overlay if an error may be the reason.
    fn missing(&self, state: &State, request: &str) -> Answer {
        let generation = &state.generation;
        let mut errors = state.faults.clone();
        let site = &generation.prepared.site;
        let hidden = generation.errors.iter().filter(|found| {
            is_site_wide(found) || (is_page(&found.path) && site.page_at(&found.path).is_none())
        });
        errors.extend(hidden.cloned());
        errors.dedup();
        let page = generation.not_found();
        let shown = page.and_then(|path| generation.show(path, self.store()));
        match shown.and_then(|shown| shown.artifact) {
            Some(artifact) if !generation.prepared.is_empty() => {
                html(state, request, Status::Missing, &artifact.bytes, &errors)
            }
            _ => html(
                state,
                request,
                Status::Failed,
                error_page().as_bytes(),
                &errors,
            ),
        }
    }
}

fn html(
    state: &State,
    request: &str,
    status: Status,
    page: &[u8],
    errors: &[Diagnostic],
) -> Answer {
    let place = match status {
        Status::Missing => Place::Elsewhere(request),
        _ => Place::Own(request),
    };
    Answer {
        status,
        media_type: HTML,
        body: decorate(page, &state.news.stamp, errors, place).into(),
    }
}

/// The errors that concern one page: of its source and what that includes, of its place, and of
/// the site as a whole.
fn errors_for(
    generation: &Generation,
    route: &SitePath,
    source: Option<&SitePath>,
) -> Vec<Diagnostic> {
    let site = &generation.prepared.site;
    let included = source
        .and_then(|source| site.page_at(source))
        .map_or(&[][..], |id| &site.page(id).included);
    let concerns = |found: &&Diagnostic| {
        let path = &found.path;
        source == Some(path) || path == route || included.contains(path) || is_site_wide(found)
    };
    generation.errors.iter().filter(concerns).cloned().collect()
}

fn is_site_wide(found: &Diagnostic) -> bool {
    let path = &found.path;
    found.code.starts_with("theme-")
        || found.code.starts_with("template-")
        || path.is_root()
        || path.as_str() == CONFIG_FILE
        || path.file_name() == SUMMARY_FILE
}
