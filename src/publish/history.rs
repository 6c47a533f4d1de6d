//! What happened at a target, read back along the chain of records and checked link by link.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::publish::lease;
use crate::publish::moment::Moment;
use crate::publish::record::{Deployment, FORMAT};
use crate::publish::records::Records;
use crate::publish::request::read_pointer;
use crate::publish::state::Pointer;
use crate::targets::{Target, View};

/// How many epochs without a record are passed over in search of the next one.
const WIDEST_GAP: u64 = 1000;
/// How many epochs behind the newest are looked at for records that nobody wrote.
const AHEAD: u64 = 4;
/// How often the log is read anew because somebody published meanwhile.
const TRIES: usize = 4;

/// The records of a target, the newest first, and what is wrong with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct History {
    /// The records.
    pub records: Vec<Deployment>,
    /// What is wrong or worth knowing, the newest first.
    pub findings: Vec<Finding>,
    /// The newest change, where it has no record yet.
    #[serde(skip)]
    pub(super) pending: Option<Deployment>,
    /// Who signed which record, where signatures were verified.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub signed_by: BTreeMap<u64, String>,
}

/// Something about one epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// The epoch.
    pub epoch: u64,
    /// What it is.
    pub trouble: Trouble,
}

/// What may be found in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// A publish broke off before it changed anything; the epoch has no record. This is no fault.
    Skipped,
    /// The newest change has no record yet; the next publish writes it.
    Unrecorded,
    /// A record that another one names is gone.
    Missing,
    /// A record cannot be read, or tells another epoch than its name.
    Unreadable,
    /// A record is not the one that the next record names: one of the two was changed.
    Broken,
    /// The newest record is not the one that was written.
    Changed,
    /// A record is newer than the newest change that the target knows of.
    Ahead,
    /// What the pointer says is live is not what the newest change left there.
    Astray,
    /// There are files, and no log of how they came there.
    NoLog,
    /// A record tells of another environment.
    Elsewhere,
    /// A record that must be signed is not, or a change that has no record yet.
    Unsigned,
    /// A record is signed by somebody who is not trusted.
    Stranger,
    /// The signature under a record does not belong to it.
    Forged,
    /// The release that a signed record names must be signed and is not.
    ReleaseUnsigned,
    /// The release that a record names was changed at the target.
    ReleaseChanged,
    /// The signature under the release that a record names does not count.
    ReleaseForged,
}

impl Finding {
    /// What it means, for people.
    pub fn words(&self) -> String {
        match (self.epoch, self.trouble.words()) {
            (0, words) => words.to_owned(),
            (epoch, words) => format!("epoch {epoch}: {words}"),
        }
    }
}

impl Trouble {
    /// What it means, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Skipped => "a publish broke off before it changed anything",
            Self::Unrecorded => "the newest change has no record yet; the next publish writes it",
            Self::Missing => "the record is gone",
            Self::Unreadable => "the record cannot be read",
            Self::Broken => "the record was changed after the next one was written",
            Self::Changed => "the record is not the one that was written",
            Self::Ahead => {
                "the target knows of no such change: the record is forged, or `.tympan/current` was put back"
            }
            Self::Astray => {
                "`.tympan/current` says that this is live, and the newest change left another release there"
            }
            Self::NoLog => "there is no log: nothing was published there, or it was taken away",
            Self::Elsewhere => {
                "the record is another environment's: the log was brought here from its target"
            }
            Self::Unsigned => "nobody signed it",
            Self::Stranger => "the record is signed by somebody whom `[signing]` does not name",
            Self::Forged => "the signature under the record is not valid",
            Self::ReleaseUnsigned => "nobody signed the release",
            Self::ReleaseChanged => "the list of its files was changed",
            Self::ReleaseForged => "the signature under the release is not valid",
        }
    }
}

impl History {
    /// Whether every record is the one that was written.
    pub fn is_intact(&self) -> bool {
        self.findings
            .iter()
            .all(|found| matches!(found.trouble, Trouble::Skipped | Trouble::Unrecorded))
    }
}

/// Reads and verifies the log of a target.
pub fn history(target: &dyn Target, name: &str) -> Result<History, PublishError> {
    let pointer = || read_pointer(target, name).map(|read| read.map(|(pointer, _)| pointer));
    let mut known = pointer()?;
    for _ in 0..TRIES {
        let history = chain(target, known.as_ref())?;
        let now = if history.is_intact() {
            known.clone()
        } else {
            pointer()?
        };
        // Somebody who published meanwhile wrote records that the older pointer does not know.
        if now == known {
            return Ok(history);
        }
        known = now;
    }
    chain(target, known.as_ref())
}

fn chain(target: &dyn Target, pointer: Option<&Pointer>) -> Result<History, PublishError> {
    let mut history = History::default();
    let records = Records::of(target);
    let last = pointer.and_then(Pointer::last);
    let newest = last.map_or(0, |last| last.epoch);
    let fence = pointer.map_or(0, |pointer| pointer.fence).max(newest);
    let end = fence
        .saturating_add(AHEAD)
        .min(newest.saturating_add(WIDEST_GAP));
    for epoch in (newest.saturating_add(1)..=end).rev() {
        if records.read(epoch)?.is_some() {
            history.find(epoch, Trouble::Ahead);
        }
    }
    let Some(last) = last else {
        if pointer.is_none() && is_filled(target)? {
            history.find(0, Trouble::NoLog);
        }
        return Ok(history);
    };
    let mut expected = pointer.and_then(Pointer::record_of_last);
    let mut next = Some(last.epoch);
    // Of what is read once: a record that is written meanwhile is not missing.
    if expected.is_none() && records.read(last.epoch)?.is_none() {
        history.pending = Some(last.clone());
        history.find(last.epoch, Trouble::Unrecorded);
        expected = last.prev;
        next = last.prev.map(|link| link.epoch);
    }
    while let Some(epoch) = next {
        let found = records.read(epoch)?;
        let record = found.as_ref().and_then(|found| parse(found, epoch));
        if let (Some(found), Some(link)) = (&found, expected)
            && link.epoch == epoch
            && link.sha256 != Digest::of(found)
        {
            let trouble = if epoch == last.epoch {
                Trouble::Changed
            } else {
                Trouble::Broken
            };
            history.find(epoch, trouble);
        }
        let Some(record) = record else {
            let gone = found.is_none();
            let trouble = if gone {
                Trouble::Missing
            } else {
                Trouble::Unreadable
            };
            history.find(epoch, trouble);
            // The pointer tells as well which one comes before the newest.
            expected = last.prev.filter(|_| epoch == last.epoch);
            next = match expected {
                Some(link) if link.epoch < epoch => Some(link.epoch),
                _ => nearest_below(&records, epoch)?,
            };
            continue;
        };
        if epoch == last.epoch && !record.is_of(last) {
            history.find(epoch, Trouble::Changed);
        }
        expected = record.prev.filter(|link| link.epoch < epoch);
        next = match expected {
            Some(link) => Some(link.epoch),
            None => nearest_below(&records, epoch)?,
        };
        // Only the first record of a target has none before it.
        if expected.is_none() && (next.is_some() || record.prev.is_some()) {
            history.find(epoch, Trouble::Broken);
        }
        let begin = next.unwrap_or(0).max(epoch.saturating_sub(WIDEST_GAP));
        for skipped in (begin + 1..epoch).rev() {
            history.find(skipped, Trouble::Skipped);
        }
        history.records.push(record);
    }
    if let Some(live) = pointer.and_then(Pointer::back_again)
        && !history.records.iter().any(|record| record.is_of(live))
    {
        history.find(live.epoch, Trouble::Changed);
    }
    // One that was changed says nothing.
    let is_doubtful = history
        .findings
        .iter()
        .any(|found| found.epoch == last.epoch);
    let newest = history
        .records
        .iter()
        .find(|record| record.epoch == last.epoch);
    let newest = newest.filter(|_| !is_doubtful);
    if let Some(pointer) = pointer.filter(|pointer| !pointer.is_of_one_mind(newest)) {
        let live = pointer.live.as_ref().map_or(0, |live| live.epoch);
        history.find(live, Trouble::Astray);
    }
    Ok(history)
}

/// Whether anything is live.
fn is_filled(target: &dyn Target) -> Result<bool, PublishError> {
    let observed = target.observe(View::Live)?;
    Ok(observed.tree.is_some() || !observed.files.is_empty())
}

impl History {
    /// As [`Self::is_intact`]; but a record that is still to come is one only while somebody holds the
    /// lease of the target.
    pub fn is_settled(
        &self,
        target: &dyn Target,
        name: &str,
        now: Moment,
    ) -> Result<bool, PublishError> {
        let awaited = |found: &Finding| found.trouble == Trouble::Unrecorded;
        if !self.is_intact() || !self.findings.iter().any(awaited) {
            return Ok(self.is_intact());
        }
        let lease = lease::read(target, name)?;
        Ok(lease.is_some_and(|(lease, _)| lease.bars("", now)))
    }

    fn find(&mut self, epoch: u64, trouble: Trouble) {
        let finding = Finding { epoch, trouble };
        if self.findings.last() != Some(&finding) {
            self.findings.push(finding);
        }
    }
}

fn parse(bytes: &[u8], epoch: u64) -> Option<Deployment> {
    serde_json::from_slice::<Deployment>(bytes)
        .ok()
        .filter(|record| record.epoch == epoch && record.format == FORMAT)
}

fn nearest_below(records: &Records<'_>, epoch: u64) -> Result<Option<u64>, PublishError> {
    for below in (epoch.saturating_sub(WIDEST_GAP)..epoch).rev() {
        if records.read(below)?.is_some() {
            return Ok(Some(below));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::publish::testing::{place, unrecord};

    /// Publishes four releases, lets `change` at the log, and tells what is found.
    #[track_caller]
    fn case(change: impl FnOnce(&Path), records: usize, expected: &[(u64, Trouble)]) {
        let place = place();
        for (at, text) in (0..).zip(["a", "b", "c", "d"]) {
            let release = place.release(&[("index.html", text)]);
            place.publish(&release, at).unwrap();
        }
        change(&place.web().join(".tympan/log"));
        let history = history(place.target(), "web").unwrap();
        let found: Vec<_> = history
            .findings
            .iter()
            .map(|one| (one.epoch, one.trouble))
            .collect();
        assert_eq!(
            (history.records.len(), found.as_slice()),
            (records, expected)
        );
        let harmless = [Trouble::Skipped, Trouble::Unrecorded];
        assert_eq!(
            history.is_intact(),
            found.iter().all(|(_, one)| harmless.contains(one))
        );
    }

    fn replace(path: &Path, from: &str, to: &str) {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    #[test]
    fn an_untouched_log_is_whole() {
        case(|_| {}, 4, &[]);
    }

    #[test]
    fn a_record_that_was_changed_breaks_the_chain() {
        case(
            |log| replace(&log.join("2.json"), "Ada", "Eve"),
            4,
            &[(2, Trouble::Broken)],
        );
    }

    #[test]
    fn a_record_that_is_gone_is_missed_and_the_others_are_still_read() {
        case(
            |log| fs::remove_file(log.join("2.json")).unwrap(),
            3,
            &[(2, Trouble::Missing)],
        );
    }

    #[test]
    fn the_newest_record_may_still_be_to_come() {
        case(|log| unrecord(log, 4), 3, &[(4, Trouble::Unrecorded)]);
        let place = place();
        place
            .publish(&place.release(&[("index.html", "a")]), 0)
            .unwrap();
        let log = place.web().join(".tympan/log");
        unrecord(&log, 1);
        let found = history(place.target(), "web").unwrap();
        let settled = |now| found.is_settled(place.target(), "web", Moment::new(now));
        assert!(!settled(0).unwrap(), "the lease was given back");
        let lease = fs::read_to_string(log.join("../lease")).unwrap();
        let held = lease.replace("1970-01-01T00:00:00Z", "1970-01-01T00:01:00Z");
        fs::write(log.join("../lease"), held).unwrap();
        assert!(settled(0).unwrap() && !settled(60).unwrap());
    }

    #[test]
    fn what_becomes_of_the_newest_record_is_noticed() {
        let result = |log: &Path| replace(&log.join("4.json"), "healthy", "failed");
        case(result, 4, &[(4, Trouble::Changed)]);
        let gone = |log: &Path| fs::remove_file(log.join("4.json")).unwrap();
        case(gone, 3, &[(4, Trouble::Missing)]);
        let forged = |log: &Path| {
            fs::copy(log.join("4.json"), log.join("5.json")).unwrap();
        };
        case(forged, 4, &[(5, Trouble::Ahead)]);
        let current = |log: &Path| fs::remove_file(log.join("../current")).unwrap();
        let ahead = [4, 3, 2, 1].map(|epoch| (epoch, Trouble::Ahead));
        case(current, 0, &[&ahead[..], &[(0, Trouble::NoLog)]].concat());
    }

    #[test]
    fn the_next_publish_hides_nothing() {
        let place = place();
        let [a, b] = ["a", "b"].map(|text| place.release(&[("index.html", text)]));
        place.publish(&a, 0).unwrap();
        let record = place.web().join(".tympan/log/1.json");
        replace(&record, "healthy", "failed");
        place.publish(&b, 1).unwrap();
        let found = |epoch, trouble| {
            let history = history(place.target(), "web").unwrap();
            assert_eq!(history.findings, [Finding { epoch, trouble }]);
        };
        found(1, Trouble::Broken);
        fs::remove_file(&record).unwrap();
        place.publish(&a, 2).unwrap();
        found(1, Trouble::Missing);
    }

    #[test]
    fn a_record_that_makes_no_sense_is_told() {
        let broken = [(3, Trouble::Broken), (3, Trouble::Unreadable)];
        case(
            |log| fs::write(log.join("3.json"), "{").unwrap(),
            3,
            &broken,
        );
        case(
            |log| replace(&log.join("3.json"), "\"epoch\":3", "\"epoch\":9"),
            3,
            &broken,
        );
        // A record that names itself as the one before it is passed over.
        let newest = |log: &Path| replace(&log.join("4.json"), "\"epoch\":3", "\"epoch\":4");
        case(newest, 4, &[(4, Trouble::Changed), (4, Trouble::Broken)]);
    }

    #[test]
    fn the_newest_record_is_held_against_the_pointer() {
        let newest = |log: &Path| replace(&log.join("4.json"), "Ada", "Eve");
        case(newest, 4, &[(4, Trouble::Changed)]);
    }

    #[test]
    fn a_chain_that_begins_anew_is_broken() {
        let cut = |log: &Path| {
            let text = fs::read_to_string(log.join("2.json")).unwrap();
            let (before, rest) = text.split_once("\"prev\":{").unwrap();
            let after = rest.split_once('}').unwrap().1;
            fs::write(log.join("2.json"), format!("{before}\"prev\":null{after}")).unwrap();
        };
        case(cut, 4, &[(2, Trouble::Broken)]);
    }
}
