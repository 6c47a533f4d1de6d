//! The versions of a work: which tags and branches they are, where each stands in the release, and
//! their sites, read straight from Git's objects.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::assets::AssetMap;
use crate::config::{self, CONFIG_FILE, Config, Root};
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::render::Version;
use crate::repo::{History, Ref, Snapshot, refs};
use crate::site::{Age, LoadOptions, Placed, Previous, Site, VersionEntry, Versions};
use crate::site_path::SitePath;

/// The versions of a work, in the order in which a reader chooses among them, with their places.
pub(super) struct Lineup {
    config: Arc<Config>,
    versions: Vec<Planned>,
    latest: usize,
    diagnostics: Vec<Diagnostic>,
}

/// One version that will be built.
#[derive(Debug, PartialEq, Eq)]
struct Planned {
    name: String,
    mount: SitePath,
    /// None for the one that is being built.
    commit: Option<String>,
}

/// What became of a lineup.
#[derive(Default)]
pub(super) struct Loaded {
    /// The versions besides the one that is being built.
    pub(super) others: Vec<Arc<Version>>,
    /// The name and commit of each.
    pub(super) commits: BTreeMap<String, String>,
    /// What is wrong with the table of versions.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Lineup {
    /// Decides which versions there are; none if the project has but one.
    pub(super) fn read(snapshot: &Snapshot) -> Option<Self> {
        let (config, text) = Site::config_of(snapshot)?;
        let written = config.versions.clone()?;
        let path = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
        let source = SourceText::new(&path, &text);
        let mut diagnostics = Vec::new();
        let known = refs(snapshot.root()).unwrap_or_else(|error| {
            let found = Diagnostic::new(
                "version-missing",
                Severity::Error,
                &path,
                format!("the versions cannot be read: {error}"),
            );
            diagnostics.push(found.help("`[versions]` needs a Git repository"));
            Vec::new()
        });
        let mut report = |span, message: String| {
            let found = source.diagnostic("version-missing", Severity::Error, span, message);
            let help = match snapshot.source().shallow {
                true => {
                    "this is a shallow clone; fetch tags and branches with `git fetch --unshallow --tags`"
                }
                false => "`git tag` and `git branch` list what there is",
            };
            diagnostics.push(found.help(help));
        };
        for pattern in &written.refs {
            if !known.iter().any(|found| pattern.names(&found.name)) {
                report(
                    pattern.span.clone(),
                    format!("no tag or branch is named `{}`", pattern.text),
                );
            }
        }
        let built = snapshot.source().commit.as_deref();
        let (versions, latest) = line_up(&written, &known, built);
        for name in written.aliases.values().chain(&written.latest) {
            if !versions.iter().any(|version| version.name == *name) {
                report(0..0, format!("there is no version `{name}`"));
            }
        }
        Some(Self {
            config: Arc::new(config),
            versions,
            latest,
            diagnostics,
        })
    }

    /// How the version that is being built is loaded.
    pub(super) fn place(&self, options: &LoadOptions) -> LoadOptions {
        let mut versions = self.versions.iter();
        let current = versions.find(|version| version.commit.is_none());
        LoadOptions {
            placed: current.map(|current| self.placed(current)),
            ..options.clone()
        }
    }

    fn placed(&self, version: &Planned) -> Placed {
        Placed {
            mount: version.mount.clone(),
            work: Arc::clone(&self.config),
        }
    }

    /// Loads the other versions and tells all about each other. A page that is the same in two of
    /// them is read once.
    pub(super) fn load(
        self,
        built: &Snapshot,
        options: &LoadOptions,
        current: &mut Site,
    ) -> Loaded {
        let mut diagnostics = self.diagnostics.clone();
        let mut commits = BTreeMap::new();
        let mut others: Vec<(usize, Snapshot, Site)> = Vec::new();
        for (at, version) in self.versions.iter().enumerate() {
            let Some(commit) = &version.commit else {
                continue;
            };
            commits.insert(version.name.clone(), commit.clone());
            let read = || {
                let root = built.root();
                let snapshot = Snapshot::revision(root, commit)?;
                Ok((snapshot, History::read(root, Some(commit))?))
            };
            let read: Result<_, crate::repo::RepoError> = read();
            match read {
                Ok((snapshot, history)) => {
                    let load = LoadOptions {
                        placed: Some(self.placed(version)),
                        ..options.clone()
                    };
                    // The versions next to each other have most in common, so the last comes first.
                    let nearest = others.iter().rev().map(|(.., site)| site);
                    let known = nearest.chain([&*current]).map(|site| Previous {
                        site,
                        changed: None,
                    });
                    let known: Vec<Previous<'_>> = known.collect();
                    let site = Site::load(&snapshot, &history, &load, &known);
                    others.push((at, snapshot, site));
                }
                Err(error) => {
                    let path = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
                    let message = format!("the version `{}` cannot be read: {error}", version.name);
                    let found = Diagnostic::new("version-missing", Severity::Error, &path, message);
                    diagnostics.push(found.help("take it out of `[versions]`"));
                }
            }
        }
        let site = |at: usize, current: &Site| {
            let mut found = others.iter().filter(|(other, ..)| *other == at);
            let version = &self.versions[at];
            let age = match at.cmp(&self.latest) {
                std::cmp::Ordering::Less => Age::Ahead,
                std::cmp::Ordering::Equal => Age::Latest,
                std::cmp::Ordering::Greater => Age::Old,
            };
            let entry = |site: &Site| VersionEntry::of(site, &version.name, age);
            match (&version.commit, found.next()) {
                (None, _) => Some(entry(current)),
                (Some(_), Some((.., site))) => Some(entry(site)),
                (Some(_), None) => None,
            }
        };
        let all = (0..self.versions.len()).filter_map(|at| site(at, current));
        let versions = Arc::new(Versions { all: all.collect() });
        let mut sites: Vec<&mut Site> = others.iter_mut().map(|(.., site)| site).collect();
        sites.push(current);
        for site in sites {
            site.meet(&versions);
            if site.base.is_root() {
                self.add_aliases(site, &versions);
            }
        }
        let others = others.into_iter().map(|(_, snapshot, site)| {
            // What is wrong in a tag cannot be mended; it was reported when it was written.
            let (assets, _) = AssetMap::read(&site, &snapshot);
            Arc::new(Version {
                site,
                assets,
                snapshot,
            })
        });
        Loaded {
            others: others.collect(),
            commits,
            diagnostics,
        }
    }

    fn add_aliases(&self, site: &mut Site, versions: &Versions) {
        let latest = versions.latest().map(|latest| latest.name.clone());
        let implied = latest.map(|latest| ("latest".to_owned(), latest));
        let mut aliases: BTreeMap<String, String> = implied.into_iter().collect();
        let written = self.config.versions.as_ref();
        aliases.extend(
            written
                .map(|written| written.aliases.clone())
                .unwrap_or_default(),
        );
        for (alias, name) in &aliases {
            let target = versions.all.iter().find(|version| version.name == *name);
            if let (Ok(alias), Some(target)) = (SitePath::parse(alias), target) {
                site.add_alias(&alias, versions, target);
            }
        }
    }
}

/// The versions in order: those without a number, then the numbered from the highest, each with
/// its place; and which of them is the newest release.
fn line_up(
    written: &config::Versions,
    known: &[Ref],
    built: Option<&str>,
) -> (Vec<Planned>, usize) {
    let wanted = |found: &&Ref| {
        written
            .refs
            .iter()
            .any(|pattern| pattern.names(&found.name))
    };
    let mut found: Vec<&Ref> = known.iter().filter(wanted).collect();
    let pattern = |found: &Ref| {
        written
            .refs
            .iter()
            .position(|pattern| pattern.names(&found.name))
    };
    found.sort_by_key(|found| match Number::of(&found.name) {
        None => (0, pattern(found), None),
        Some(number) => (1, None, Some(Reverse(number))),
    });
    let mut numbered = 0;
    found.retain(|found| {
        numbered += usize::from(Number::of(&found.name).is_some());
        numbered <= written.limit.unwrap_or(usize::MAX) || Number::of(&found.name).is_none()
    });
    // A number says more than the branch that it was made on.
    let is_built = |found: &&&Ref| Some(found.commit.as_str()) == built;
    let mut same = found.iter().filter(is_built);
    let own = same.clone().find(|found| Number::of(&found.name).is_some());
    let own = own.or_else(|| same.next()).map(|found| found.name.clone());
    let mut versions: Vec<Planned> = Vec::new();
    if own.is_none() {
        versions.push(Planned {
            name: written.current.clone(),
            mount: SitePath::root(),
            commit: None,
        });
    }
    for found in found {
        let is_own = own.as_deref() == Some(found.name.as_str());
        if versions.iter().any(|version| version.name == found.name) {
            continue;
        }
        versions.push(Planned {
            name: found.name.clone(),
            mount: SitePath::root(),
            commit: (!is_own).then(|| found.commit.clone()),
        });
    }
    let position = |test: &dyn Fn(&Planned) -> bool| versions.iter().position(test);
    let latest = position(&|version| Some(&version.name) == written.latest.as_ref())
        .or_else(|| {
            position(&|version| Number::of(&version.name).is_some_and(|number| number.is_final))
        })
        .or_else(|| position(&|version| Number::of(&version.name).is_some()))
        .or_else(|| position(&|version| version.commit.is_none()))
        .unwrap_or(0);
    let root = match written.root {
        Root::Latest => latest,
        Root::Current => position(&|version| version.commit.is_none()).unwrap_or(0),
    };
    for (at, version) in versions.iter_mut().enumerate() {
        if at != root {
            version.mount = SitePath::parse(&version.name).unwrap_or_else(|_| SitePath::root());
        }
    }
    (versions, latest)
}

/// The number in the name of a version, such as `v1.2.3-rc.1`; a final one is above its candidates.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Number {
    parts: [u64; 4],
    is_final: bool,
    candidate: Vec<(u64, String)>,
}

impl Number {
    fn of(name: &str) -> Option<Self> {
        let name = name.rsplit('/').next().unwrap_or(name);
        let start = name.find(|c: char| c.is_ascii_digit())?;
        let is_prefix =
            |prefix: &str| ["", "v", "V", "release-", "version-", "r"].contains(&prefix);
        if !is_prefix(&name[..start]) {
            return None;
        }
        let text = name[start..].split('+').next().unwrap_or("");
        let (numbers, candidate) = match text.split_once('-') {
            Some((numbers, candidate)) => (numbers, candidate),
            None => (text, ""),
        };
        let mut parts = [0; 4];
        for (at, part) in numbers.split('.').enumerate() {
            *parts.get_mut(at)? = match part {
                "x" => u64::MAX, // A branch such as `v1.x` is ahead of what was released from it.
                part => part.parse().ok()?,
            };
        }
        let candidate: Vec<(u64, String)> = candidate
            .split(['.', '-'])
            .filter(|part| !part.is_empty())
            .map(|part| match part.parse() {
                Ok(number) => (number, String::new()),
                Err(_) => (u64::MAX, part.to_owned()),
            })
            .collect();
        Some(Self {
            parts,
            is_final: candidate.is_empty(),
            candidate,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::read_config;
    use crate::repo::fixture::Fixture;
    use crate::site::Page;

    /// The versions of a table, where each ref stands for a commit of its own name.
    #[track_caller]
    fn case(table: &str, known: &[&str], built: &str, expected: &str) {
        let path = SitePath::parse(CONFIG_FILE).unwrap();
        let (config, faults) = read_config(&path, &format!("[versions]\n{table}\n"));
        assert_eq!(faults, []);
        let refs: Vec<Ref> = (known.iter())
            .map(|name| Ref {
                name: (*name).to_owned(),
                commit: format!("commit of {name}"),
            })
            .collect();
        let built = format!("commit of {built}");
        let (versions, latest) = line_up(&config.versions.unwrap(), &refs, Some(&built));
        let shown: Vec<String> = (versions.iter().enumerate())
            .map(|(at, version)| {
                let own = if version.commit.is_none() { "*" } else { "" };
                let newest = if at == latest { "!" } else { "" };
                format!("{own}{}{newest} /{}", version.name, version.mount)
            })
            .collect();
        assert_eq!(shown.join(", "), expected);
    }

    const KNOWN: &[&str] = &[
        "main",
        "old",
        "v1.10",
        "v1.2",
        "v1.9.1",
        "v2.0-rc.1",
        "v2.0-rc.2",
    ];

    #[test]
    fn numbers_are_numbers_and_the_newest_stands_at_the_root() {
        case(
            "refs = [\"v*\"]",
            KNOWN,
            "elsewhere",
            "*next /next, v2.0-rc.2 /v2.0-rc.2, v2.0-rc.1 /v2.0-rc.1, v1.10! /, v1.9.1 /v1.9.1, v1.2 /v1.2",
        );
        case(
            "refs = [\"v1.*\"]\nlimit = 2",
            KNOWN,
            "elsewhere",
            "*next /next, v1.10! /, v1.9.1 /v1.9.1",
        );
    }

    #[test]
    fn what_is_built_takes_the_name_of_its_tag_or_branch() {
        case(
            "refs = [\"v1.*\", \"main\"]",
            KNOWN,
            "main",
            "*main /main, v1.10! /, v1.9.1 /v1.9.1, v1.2 /v1.2",
        );
        case("refs = [\"v1.1*\"]", KNOWN, "v1.10", "*v1.10! /");
    }

    #[test]
    fn the_project_may_choose() {
        case(
            "refs = [\"v1.*\"]\nlatest = \"v1.2\"\nroot = \"current\"\ncurrent = \"dev\"",
            KNOWN,
            "elsewhere",
            "*dev /, v1.10 /v1.10, v1.9.1 /v1.9.1, v1.2! /v1.2",
        );
        case("refs = [\"old\"]", KNOWN, "elsewhere", "*next! /, old /old");
    }

    #[test]
    fn a_page_that_is_the_same_in_two_versions_is_read_once() {
        let pages: Vec<String> = (0..100).map(|at| format!("content/p{at}.md")).collect();
        let mut fixture = Fixture::empty();
        for page in &pages {
            fixture.write(page, "# Page\n\nText.\n");
        }
        fixture.write(CONFIG_FILE, "[versions]\nrefs = [\"v*\"]\n");
        fixture.commit("Begin");
        fixture.git(&["tag", "v1.0"]);
        fixture.write(&pages[7], "# Page\n\nNewer.\n");
        fixture.commit("Go on");
        fixture.git(&["tag", "v1.1"]);
        // Gone from what is built, and still shared by the two before.
        std::fs::remove_file(fixture.at(&pages[8])).unwrap();
        fixture.write(&pages[7], "# Page\n\nNewest.\n");
        let last = fixture.commit("Go further");
        let snapshot = Snapshot::revision(fixture.root(), &last).unwrap();
        let history = History::read(fixture.root(), Some(&last)).unwrap();
        let options = LoadOptions::default();
        let lineup = Lineup::read(&snapshot).unwrap();
        let mut current = Site::load(&snapshot, &history, &lineup.place(&options), &[]);
        let loaded = lineup.load(&snapshot, &options, &mut current);
        let others = loaded.others.iter().map(|version| &version.site);
        let sites: Vec<&Site> = others.chain([&current]).collect();
        let all = sites.iter().flat_map(|site| &site.pages);
        assert_eq!(all.clone().count(), 100 + 100 + 99);
        let read: BTreeSet<*const Page> = all.map(Arc::as_ptr).collect();
        assert_eq!(read.len(), 100 + 2);
    }

    #[test]
    fn a_name_may_hold_a_number() {
        let order = [
            "1.0-alpha",
            "1.0-rc.2",
            "1.0-rc.10",
            "v1.0",
            "release/1.0.1",
            "1.x",
            "2",
        ];
        let numbers: Vec<Number> = order.iter().map(|name| Number::of(name).unwrap()).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
        for name in ["main", "feature-12", "v1.two", "1.2.3.4.5", ""] {
            assert_eq!(Number::of(name), None, "{name}");
        }
    }
}
