//! What is known of a block from earlier runs: the unit that is read and cached.

use crate::checks::prose::engine::{Dialect, Finding, version};
use crate::checks::prose::rules::OFF;
use crate::checks::text::block::Block;
use crate::digest::Digest;
use crate::store::{Key, Pack, Store};

/// The version of the step: masks, rules, form of findings.
const VERSION: u32 = 16;

/// The step that results are kept under.
pub(in crate::checks) const STEP: &str = "prose";

/// What was found in the blocks of one dialect.
pub(super) struct Known<'a> {
    store: &'a Store,
    pack: std::sync::Arc<Pack>,
    inputs: Digest,
}

impl<'a> Known<'a> {
    /// Opens what is known of texts in a dialect.
    pub(super) fn open(store: &'a Store, dialect: Dialect) -> Self {
        let key = Key::new(STEP, VERSION)
            .input("dialect", dialect.name().as_bytes())
            .input("rules off", OFF.join(" ").as_bytes())
            .input("harper", version().as_bytes());
        Self {
            store,
            pack: store.pack(STEP),
            inputs: key.name(),
        }
    }

    /// The name of what is found in a block: every input of its reading.
    pub(super) fn name(&self, block: &Block) -> Digest {
        let ends = block.masked.iter().flat_map(|mask| [mask.start, mask.end]);
        let masks: Vec<u8> = ends.flat_map(|end| (end as u64).to_le_bytes()).collect();
        Digest::of_parts([self.inputs.bytes(), block.text.as_bytes(), &masks])
    }

    /// What was found in a block before.
    pub(super) fn get(&self, name: &Digest, block: &Block) -> Option<Vec<Finding>> {
        let found = self
            .pack
            .get(name)
            .and_then(|bytes| match bytes.is_empty() {
                true => Some(Vec::new()),
                false => serde_json::from_slice(&bytes).ok(),
            });
        let inside = |found: &Finding| block.text.get(found.start..found.end).is_some();
        let found = found.filter(|found| found.iter().all(inside));
        self.store.count(found.is_some());
        found
    }

    /// Remembers what was found in a block; most often that is nothing.
    pub(super) fn put(&self, name: Digest, found: &[Finding]) {
        match found.is_empty() {
            true => self.pack.put(name, &[]),
            false => {
                if let Ok(bytes) = serde_json::to_vec(found) {
                    self.pack.put(name, &bytes);
                }
            }
        }
    }

    /// Keeps what was found for the next run.
    pub(super) fn keep(&self) {
        self.pack.keep();
    }
}
