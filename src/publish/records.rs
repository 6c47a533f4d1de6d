//! The records of a target, read backwards.
//!
//! A server answers many requests in the time of one, and a log is nearly always read one epoch after
//! another, so some are fetched together.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::publish::error::PublishError;
use crate::publish::flight::{fly, tried};
use crate::publish::state::record_path;
use crate::targets::{Object, Target};

/// How many are fetched together.
const TOGETHER: u64 = 32;
/// What a record takes at most, more or less, in bytes.
const SIZE: u64 = 4 << 10;

/// The records of a target, as they are while it is read.
pub(super) struct Records<'a> {
    target: &'a dyn Target,
    known: RefCell<BTreeMap<u64, Option<Vec<u8>>>>,
}

impl<'a> Records<'a> {
    pub(super) fn of(target: &'a dyn Target) -> Self {
        let known = RefCell::default();
        Self { target, known }
    }

    /// The bytes of a record; nothing if there is none.
    pub(super) fn read(&self, epoch: u64) -> Result<Option<Vec<u8>>, PublishError> {
        if let Some(known) = self.known.borrow().get(&epoch) {
            return Ok(known.clone());
        }
        let first = epoch.saturating_sub(TOGETHER - 1).max(1);
        let epochs: Vec<u64> = (first..=epoch)
            .rev()
            .filter(|epoch| !self.known.borrow().contains_key(epoch))
            .collect();
        let fetch = |epoch: &u64| {
            let found = self.target.read(&Object::State(record_path(*epoch)));
            tried(found.map_err(PublishError::from))
        };
        let found = fly(&epochs, |_| SIZE, fetch)?;
        let mut known = self.known.borrow_mut();
        for (epoch, found) in epochs.into_iter().zip(found) {
            known.insert(epoch, found.map(|found| found.bytes));
        }
        Ok(known.get(&epoch).cloned().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::testing::place;

    #[test]
    fn what_was_there_when_it_was_first_asked_for_is_what_is_told() {
        let place = place();
        for text in ["a", "b"] {
            let release = place.release(&[("index.html", text)]);
            place.publish(&release, 0).unwrap();
        }
        let records = Records::of(place.target());
        assert_eq!(records.read(3).unwrap(), None);
        std::fs::remove_dir_all(place.web().join(".tympan/log")).unwrap();
        let epoch = |epoch: u64| {
            let found = records.read(epoch).unwrap().unwrap();
            let record: serde_json::Value = serde_json::from_slice(&found).unwrap();
            record["epoch"].as_u64()
        };
        assert_eq!((epoch(1), epoch(2)), (Some(1), Some(2)));
        assert_eq!(records.read(0).unwrap(), None);
        assert_eq!(records.read(u64::MAX).unwrap(), None);
    }
}
