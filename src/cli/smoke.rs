//! How the smoke test of a publish asks: at the address that readers use, where there is one.

use crate::cli::ui::Ui;
use crate::config::{Environment, SmokeOver, SmokePath, TargetKind};
use crate::publish::Answer;
use crate::release::File;

/// What asks at the environment's address. It has one address, and behind that stands its first
/// target; the files of the others are read back.
pub struct Asker<'a> {
    ui: &'a Ui,
    #[cfg(feature = "external")]
    readers: crate::publish::Readers,
}

impl<'a> Asker<'a> {
    /// What asks for the routes after a switch of `target`, if they are asked for over the web.
    ///
    /// Behind a branch and a registry stands somebody who takes minutes to bring readers what is new,
    /// so that what they see right after a switch says nothing about it.
    pub fn of(
        ui: &'a Ui,
        environment: &Environment,
        target: &str,
        kind: &TargetKind,
    ) -> anyhow::Result<Option<Self>> {
        let is_late = matches!(kind, TargetKind::Git { .. } | TargetKind::Oci { .. });
        let is_first = environment
            .targets
            .first()
            .is_some_and(|first| first == target);
        let over_web = is_first && !is_late && environment.smoke_over == SmokeOver::Web;
        let Some(url) = environment.url.as_deref().filter(|_| over_web) else {
            return Ok(None);
        };
        Self::at(ui, url).map(Some)
    }

    #[cfg(feature = "external")]
    fn at(ui: &'a Ui, url: &str) -> anyhow::Result<Self> {
        use anyhow::Context as _;
        let readers = crate::publish::Readers::at(url)
            .with_context(|| format!("`{url}` is no address of the web to test at"))?;
        Ok(Self { ui, readers })
    }

    /// This program cannot ask.
    #[cfg(not(feature = "external"))]
    fn at(_: &'a Ui, url: &str) -> anyhow::Result<Self> {
        anyhow::bail!(
            "this tympan was built without `external` and cannot test `{url}`; set `over = \"target\"` in `[smoke]`"
        )
    }

    /// Asks for a route.
    pub fn ask(&self, route: &SmokePath, file: Option<&File>) -> Answer {
        #[cfg(feature = "external")]
        return self.readers.ask(route, file, &|text| self.ui.note(text));
        #[cfg(not(feature = "external"))]
        {
            let _ = (self.ui, route, file);
            Answer::Unreached("this tympan was built without `external`".to_owned())
        }
    }
}
