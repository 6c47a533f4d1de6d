//! How the web is asked: the `[check.external]` table, as written and as meant.

use std::collections::BTreeSet;
use std::time::Duration;

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ExternalFile {
    accept: Vec<Spanned<AcceptFile>>,
    ignore: Vec<Spanned<String>>,
    timeout: Option<Spanned<u64>>,
    retries: Option<Spanned<u32>>,
    per_server: Option<Spanned<usize>>,
    user_agent: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a status such as 403, or a table with `at` and `status`"
)]
enum AcceptFile {
    Status(u16),
    // serde cannot keep a span inside an untagged value; that of the whole is shown.
    At(AcceptAtFile),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptAtFile {
    at: String,
    status: Vec<u16>,
}

/// How the web is asked.
#[derive(Debug, Clone)]
pub struct External {
    /// How long one answer may take.
    pub timeout: Duration,
    /// How often a server without time is asked again.
    pub retries: u32,
    /// How many requests one server has to answer at a time, at least 1.
    pub per_server: usize,
    /// What it calls itself.
    pub user_agent: String,
    ignore: GlobSet,
    accept: BTreeSet<u16>,
    accept_at: Vec<(GlobSet, Vec<u16>)>,
}

impl Default for External {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(20),
            retries: 2,
            per_server: 2,
            user_agent: concat!("tympan/", env!("CARGO_PKG_VERSION"), " (link check)").to_owned(),
            ignore: GlobSet::empty(),
            accept: BTreeSet::new(),
            accept_at: Vec::new(),
        }
    }
}

impl External {
    /// Whether an address is not to be asked for.
    pub fn ignores(&self, address: &str) -> bool {
        self.ignore.is_match(address)
    }

    /// Whether a status is good for an address.
    pub fn accepts(&self, address: &str, status: u16) -> bool {
        let at = |(at, statuses): &(GlobSet, Vec<u16>)| {
            statuses.contains(&status) && at.is_match(address)
        };
        self.accept.contains(&status) || self.accept_at.iter().any(at)
    }
}

impl Reader<'_> {
    pub(super) fn external(&mut self, file: ExternalFile) -> External {
        let mut external = External::default();
        if let Some(timeout) = file.timeout {
            let seconds = self.within(&timeout, 1, 300, "seconds");
            external.timeout = seconds.map_or(external.timeout, Duration::from_secs);
        }
        if let Some(retries) = file.retries {
            external.retries = self
                .within(&retries, 0, 5, "times")
                .unwrap_or(external.retries);
        }
        if let Some(at_once) = file.per_server {
            external.per_server = self
                .within(&at_once, 1, 16, "requests")
                .unwrap_or(external.per_server);
        }
        if let Some(name) = file.user_agent {
            let plain = |c: char| c.is_ascii_graphic() || c == ' ';
            match name.get_ref().trim().is_empty() || !name.get_ref().chars().all(plain) {
                true => self.fault(
                    name.span(),
                    "a name for servers has only plain letters",
                    "write one such as `guide-check (ada@guide.example)`",
                ),
                false => name.get_ref().trim().clone_into(&mut external.user_agent),
            }
        }
        let mut ignore = GlobSetBuilder::new();
        for pattern in &file.ignore {
            if let Some(glob) = self.address_glob(pattern.get_ref(), pattern.span()) {
                ignore.add(glob);
            }
        }
        external.ignore = ignore.build().unwrap_or_default();
        for accept in file.accept {
            let span = accept.span();
            match accept.into_inner() {
                AcceptFile::Status(status) => {
                    external.accept.insert(status);
                }
                AcceptFile::At(AcceptAtFile { at, status }) => {
                    let glob = self.address_glob(&at, span);
                    let set = glob.and_then(|glob| GlobSetBuilder::new().add(glob).build().ok());
                    external.accept_at.extend(set.map(|set| (set, status)));
                }
            }
        }
        external
    }

    fn address_glob(&mut self, written: &str, span: std::ops::Range<usize>) -> Option<Glob> {
        let made = Glob::new(written);
        if let Err(error) = &made {
            let message = format!("`{written}` is not a pattern: {}", error.kind());
            self.fault(span, message, "write one such as `https://x.example/*`");
        }
        made.ok()
    }

    fn within<T: Copy + PartialOrd + std::fmt::Display>(
        &mut self,
        written: &Spanned<T>,
        least: T,
        most: T,
        unit: &str,
    ) -> Option<T> {
        let value = *written.get_ref();
        if (least..=most).contains(&value) {
            return Some(value);
        }
        self.fault(
            written.span(),
            format!("{value} is out of range"),
            format!("write {least} to {most} {unit}"),
        );
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read::read_config;
    use crate::site_path::SitePath;

    #[track_caller]
    fn read(text: &str, faults: &[&str]) -> External {
        let path = SitePath::parse("tympan.toml").unwrap();
        let (config, found) = read_config(&path, text);
        let shown: Vec<&str> = found.iter().map(|found| found.message.as_str()).collect();
        assert_eq!(shown, faults);
        config.check.external
    }

    #[test]
    fn statuses_are_good_everywhere_or_at_some_addresses() {
        let external = read(
            "[check.external]\naccept = [403, { at = \"https://x.example/*\", status = [999] }]\n\
             ignore = [\"https://*.intra.example/**\"]\n",
            &[],
        );
        assert!(external.accepts("https://y.example/", 403));
        assert!(external.accepts("https://x.example/a/b?c", 999));
        assert!(!external.accepts("https://y.example/", 999));
        assert!(external.ignores("https://a.intra.example/b/c"));
        assert!(!external.ignores("https://intra.example/"));
    }

    #[test]
    fn values_have_ranges() {
        read(
            "[check.external]\ntimeout = 0\nretries = 9\nper_server = 0\nuser_agent = \"\\u0001\"\nignore = [\"[\"]\n",
            &[
                "0 is out of range",
                "9 is out of range",
                "0 is out of range",
                "a name for servers has only plain letters",
                "`[` is not a pattern: unclosed character class; missing ']'",
            ],
        );
    }
}
