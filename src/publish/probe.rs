//! Tries a target out: whether it can be read and written, and whether it keeps the promise on which
//! publishers at once depend. Only `.tympan/probe/` is written to, one small object.

use rayon::prelude::*;

use crate::publish::error::PublishError;
use crate::publish::state::state_path;
use crate::site_path::SitePath;
use crate::targets::{Capability, Object, Swap, Target, Version};

/// How many write at once.
const RACERS: usize = 8;
/// What stands in the object.
const TEXT: &str = "tympan doctor tries out here what this place can promise";

/// What a target can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probe {
    /// What it does not promise.
    pub missing: Vec<Capability>,
    /// What it promises and does not keep, with what was seen.
    pub broken: Vec<(Capability, String)>,
    /// What else is wrong, in words.
    pub faults: Vec<String>,
}

/// Tries a target out. `mark` is another text each time, so that what was written can be told from
/// what stood there.
pub fn probe(target: &dyn Target, mark: &str) -> Result<Probe, PublishError> {
    let mut probe = Probe {
        missing: target.capabilities().missing().collect(),
        ..Probe::default()
    };
    let path = state_path("probe/conditional");
    let before = version(target, &path)?;
    let text = |what: &str| format!("{TEXT} ({mark}, {what})\n").into_bytes();
    let Swap::Done(first) = target.swap(&path, before.as_ref(), &text("first"))? else {
        probe.fault("what was read a moment ago could not be replaced; is somebody else probing?");
        return Ok(probe);
    };
    let found = target.read(&Object::State(path.clone()))?;
    if found.is_none_or(|found| found.bytes != text("first")) {
        probe.fault("what was written is not what is read back");
        return Ok(probe);
    }
    let Swap::Done(second) = target.swap(&path, Some(&first), &text("second"))? else {
        probe.fault("the version that writing tells is not the one that stands there");
        return Ok(probe);
    };
    let stale = target.swap(&path, Some(&first), &text("stale"))?;
    let anew = target.swap(&path, None, &text("anew"))?;
    let taken = |swap: &Swap| matches!(swap, Swap::Done(_));
    if taken(&stale) {
        probe.breaks("a write on the condition of an older version was carried out");
    } else if taken(&anew) {
        probe.breaks("a write on the condition that nothing is there was carried out");
    } else if target.capabilities().has(Capability::ConditionalPut) {
        let winners = race(target, &path, &second, &text)?;
        if winners != 1 {
            probe.breaks(&format!(
                "of {RACERS} who wrote at once on one condition, {winners} were told that they did"
            ));
        }
    }
    Ok(probe)
}

fn race(
    target: &dyn Target,
    path: &SitePath,
    expected: &Version,
    text: &(dyn Fn(&str) -> Vec<u8> + Sync),
) -> Result<usize, PublishError> {
    let swaps: Vec<Swap> = (0..RACERS)
        .into_par_iter()
        .map(|racer| target.swap(path, Some(expected), &text(&racer.to_string())))
        .collect::<Result<_, _>>()?;
    let won = swaps.iter().filter(|swap| matches!(swap, Swap::Done(_)));
    Ok(won.count())
}

fn version(target: &dyn Target, path: &SitePath) -> Result<Option<Version>, PublishError> {
    let found = target.read(&Object::State(path.clone()))?;
    Ok(found.map(|found| found.version))
}

impl Probe {
    fn fault(&mut self, what: &str) {
        self.faults.push(what.to_owned());
    }

    fn breaks(&mut self, how: &str) {
        self.broken
            .push((Capability::ConditionalPut, how.to_owned()));
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::publish::flat::Flat;
    use crate::publish::testing::place;
    use crate::release::File;
    use crate::targets::{Capabilities, Observed, Put, TargetError, Tree, Versioned, View};

    /// A server that takes every write, whatever its condition.
    struct Careless(Flat);

    impl Target for Careless {
        fn capabilities(&self) -> Capabilities {
            self.0.capabilities()
        }
        fn read(&self, object: &Object) -> Result<Option<Versioned>, TargetError> {
            self.0.read(object)
        }
        fn swap(
            &self,
            state: &SitePath,
            _: Option<&Version>,
            bytes: &[u8],
        ) -> Result<Swap, TargetError> {
            loop {
                let found = self.0.read(&Object::State(state.clone()))?;
                let version = found.map(|found| found.version);
                let swap = self.0.swap(state, version.as_ref(), bytes)?;
                if matches!(swap, Swap::Done(_)) {
                    return Ok(swap);
                }
            }
        }
        fn observe(&self, view: View) -> Result<Observed, TargetError> {
            self.0.observe(view)
        }
        fn keep(&self, tree: Tree, file: &File) -> Result<bool, TargetError> {
            self.0.keep(tree, file)
        }
        fn put(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
            self.0.put(tree, file, bytes)
        }
        fn switch(&self, tree: Tree, _: &Version, pointer: &[u8]) -> Result<Swap, TargetError> {
            let _ = tree;
            self.swap(&state_path(crate::targets::POINTER), None, pointer)
        }
        fn collect(&self, keep: &[Tree], stale: &[SitePath]) -> Result<(), TargetError> {
            self.0.collect(keep, stale)
        }
    }

    #[test]
    fn a_target_that_keeps_its_promises_has_no_faults() {
        let place = place();
        for target in [place.target(), &Flat::default()] {
            for mark in ["1", "2"] {
                let found = probe(target, mark).unwrap();
                assert!(
                    found.broken.is_empty() && found.faults.is_empty(),
                    "{found:?}"
                );
            }
        }
    }

    #[test]
    fn a_server_that_ignores_conditions_is_caught() {
        let found = probe(&Careless(Flat::default()), "1").unwrap();
        let (capability, how) = &found.broken[0];
        assert_eq!(*capability, Capability::ConditionalPut);
        assert!(how.contains("older version"), "{how}");
    }
}
