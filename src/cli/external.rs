//! `tympan check --external`: the web is asked.

use crate::cli::args::CheckArgs;
use crate::cli::ui::Ui;
use crate::diagnostic::Diagnostic;
use crate::site::Site;
use crate::site_path::SitePath;
use crate::store::Store;

/// What the web says of the addresses in the files of `only`, or in all of them.
#[cfg(feature = "external")]
pub fn found(
    ui: &Ui,
    args: &CheckArgs,
    site: &Site,
    store: &Store,
    only: &[SitePath],
) -> anyhow::Result<Vec<Diagnostic>> {
    use crate::checks::{Asking, CheckContext, Proxies, ask_web};
    let progress = |event| ui.event(event);
    let context = CheckContext {
        site,
        store,
        progress: &progress,
        about: None,
    };
    let asking = Asking {
        now: ui.now(),
        refresh: args.refresh,
        allow_private: args.allow_private,
        proxies: Proxies::OfSystem,
    };
    let about =
        |path: &SitePath| only.is_empty() || only.iter().any(|folder| path.is_within(folder));
    Ok(ask_web(&context, asking, &about))
}

/// This program cannot ask.
#[cfg(not(feature = "external"))]
pub fn found(
    _: &Ui,
    _: &CheckArgs,
    _: &Site,
    _: &Store,
    _: &[SitePath],
) -> anyhow::Result<Vec<Diagnostic>> {
    anyhow::bail!("this tympan was built without `external`; install it with its default features")
}
