//! Who publishes to a target now. A lease is short and renewed while the work goes on; it keeps
//! polite publishers apart. What keeps a late one from doing harm is the fence in the pointer, which
//! no clock has a part in.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::publish::error::PublishError;
use crate::publish::moment::Moment;
use crate::publish::record::FORMAT;
use crate::publish::refusal::Refusal;
use crate::publish::request::Request;
use crate::publish::state::{self, state_path};
use crate::release::to_canonical_json;
use crate::site_path::SitePath;
use crate::targets::{Swap, Target, TargetError, Version};

/// The longest life a lease can have, in seconds. One that says more was written by a clock that was
/// wrong, and nobody waits for it.
const LONGEST: i64 = 15 * 60;

/// Who publishes to a target: `.tympan/lease`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease {
    /// The version of this format, 1.
    pub format: u32,
    /// The holder.
    pub holder: String,
    /// The epoch it was granted.
    pub epoch: u64,
    /// When it ends by itself. One that was given back ended when it was.
    pub until: Moment,
}

impl Lease {
    /// Whether it keeps `holder` out at `now`.
    pub fn bars(&self, holder: &str, now: Moment) -> bool {
        self.holder != holder && now < self.until && self.until <= now.after(LONGEST)
    }
}

/// The lease of a target, if there ever was one.
pub(super) fn read(
    target: &dyn Target,
    name: &str,
) -> Result<Option<(Lease, Version)>, PublishError> {
    state::read(target, name, &path())
}

/// Takes the lease in the place of the one that was read.
pub(super) fn take<'a>(
    request: &'a Request<'a>,
    epoch: u64,
    expected: Option<&Version>,
) -> Result<Held<'a>, PublishError> {
    let (target, name) = (request.target, request.name);
    let until = request.now().after(request.lease_seconds);
    let lease = lease(request.holder, epoch, until);
    match target.swap(&path(), expected, &to_canonical_json(&lease))? {
        Swap::Done(version) => {
            // Other bytes than those that stand there, so that an answer that was lost is not
            // mistaken for success.
            let other = Lease {
                until: until.after(1),
                ..lease.clone()
            };
            target.prove(&path(), expected, &to_canonical_json(&other))?;
            Ok(Held {
                request,
                holding: Mutex::new(Holding {
                    lease,
                    version,
                    lost: false,
                    over: false,
                }),
                begun: AtomicU64::new(0),
                renewing: Mutex::default(),
                ended: Condvar::new(),
            })
        }
        Swap::Lost => Err(match read(target, name)? {
            Some((other, _)) => PublishError::refused(
                name,
                Refusal::Leased {
                    holder: other.holder,
                    until: other.until,
                },
            ),
            None => request.overtaken(epoch),
        }),
    }
}

/// A lease that was taken.
pub(super) struct Held<'a> {
    request: &'a Request<'a>,
    holding: Mutex<Holding>,
    /// How many renewals have begun.
    begun: AtomicU64,
    renewing: Mutex<Renewal>,
    ended: Condvar,
}

/// How the newest renewal ended.
#[derive(Default)]
struct Renewal {
    number: u64,
    /// Why there was no answer.
    fault: Option<String>,
}

struct Holding {
    lease: Lease,
    version: Version,
    lost: bool,
    over: bool,
}

impl Held<'_> {
    /// Works while the lease is renewed at every third of its life, and gives it back.
    pub(super) fn during<T>(self, work: impl FnOnce(&Self) -> T) -> T {
        let done = std::thread::scope(|scope| {
            scope.spawn(|| self.beat());
            // Also where the work panics the other thread must come to its end.
            let _ending = Ending(&self);
            work(&self)
        });
        self.give_back();
        done
    }

    /// Whether the lease is still ours. One that ended, because this process stood still or the
    /// clock was set, is ours as long as nobody took it.
    pub(super) fn check(&self) -> Result<(), PublishError> {
        if self.has_ended() {
            self.renew(&mut lock(&self.renewing));
        }
        self.is_ours()
    }

    fn is_ours(&self) -> Result<(), PublishError> {
        let holding = lock(&self.holding);
        match holding.lost {
            true => Err(self.request.overtaken(holding.lease.epoch)),
            false => Ok(()),
        }
    }

    /// The same, asked at the target: whatever was seen there before, no later publish had written. One
    /// who gets no answer knows nothing and may ask again.
    pub(super) fn confirm(&self) -> Result<(), PublishError> {
        let begun = self.begun.load(Ordering::SeqCst);
        let mut last = lock(&self.renewing);
        // What began after we looked tells as much as one of our own.
        if last.number <= begun {
            self.renew(&mut last);
        }
        if let Some(fault) = &last.fault {
            let busy = TargetError::Busy {
                target: self.request.name.to_owned(),
                path: path().to_string(),
                source: fault.clone().into(),
            };
            return Err(busy.into());
        }
        drop(last);
        self.is_ours()
    }

    fn has_ended(&self) -> bool {
        let holding = lock(&self.holding);
        !holding.lost && holding.lease.until <= self.request.now()
    }

    fn beat(&self) {
        let life = u64::try_from(self.request.lease_seconds).unwrap_or(0);
        let pause = Duration::from_millis(life.saturating_mul(1000) / 3);
        loop {
            let waited = self
                .ended
                .wait_timeout_while(lock(&self.holding), pause, |holding| !holding.over);
            let (holding, _) = waited.unwrap_or_else(PoisonError::into_inner);
            // A lease without a life is not kept alive.
            if holding.over || holding.lost || pause.is_zero() {
                return;
            }
            drop(holding);
            self.renew(&mut lock(&self.renewing));
        }
    }

    /// Renews the lease, or learns that it is lost; one at a time. One that cannot be reached now is
    /// tried again.
    fn renew(&self, last: &mut Renewal) {
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let fault = self.ask().err().map(|error| error.to_string());
        *last = Renewal { number, fault };
    }

    fn ask(&self) -> Result<(), PublishError> {
        let (target, name) = (self.request.target, self.request.name);
        let (known, version) = {
            let holding = lock(&self.holding);
            (holding.lease.clone(), holding.version.clone())
        };
        let until = self.request.now().after(self.request.lease_seconds);
        let next = Lease { until, ..known };
        match target.swap(&path(), Some(&version), &to_canonical_json(&next))? {
            Swap::Done(version) => self.keep(next, version),
            Swap::Lost => match read(target, name)? {
                // A renewal took effect, and we never heard of it.
                Some((found, version))
                    if (&found.holder, found.epoch) == (&next.holder, next.epoch) =>
                {
                    self.keep(found, version);
                }
                _ => lock(&self.holding).lost = true,
            },
        }
        Ok(())
    }

    fn keep(&self, lease: Lease, version: Version) {
        let mut holding = lock(&self.holding);
        (holding.lease, holding.version) = (lease, version);
    }

    /// Gives it back. Somebody who took it over meanwhile keeps it, and one that cannot be given
    /// back ends by itself, so there is nothing to report.
    fn give_back(self) {
        let until = self.request.now();
        let holding = self
            .holding
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let lease = Lease {
            until,
            ..holding.lease
        };
        let bytes = to_canonical_json(&lease);
        if !holding.lost {
            let _ = self
                .request
                .target
                .swap(&path(), Some(&holding.version), &bytes);
        }
    }
}

/// Tells the thread that renews that there is nothing to renew any more.
struct Ending<'a>(&'a Held<'a>);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        lock(&self.0.holding).over = true;
        self.0.ended.notify_all();
    }
}

/// What is behind a lock is whole at every moment, also where a thread broke off.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A lease of this format.
pub(super) fn lease(holder: &str, epoch: u64, until: Moment) -> Lease {
    Lease {
        format: FORMAT,
        holder: holder.to_owned(),
        epoch,
        until,
    }
}

fn path() -> SitePath {
    state_path("lease")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::publish::stepping::{Step, Stepping, cut};
    use crate::publish::testing::place;

    #[test]
    fn who_gets_no_answer_does_not_know_that_the_lease_is_his() {
        let place = place();
        let release = place.release(&[]);
        let is_cut = AtomicBool::new(false);
        let hook = |step: Step<'_>| match is_cut.load(Ordering::SeqCst) {
            true => Err(cut(step.at)),
            false => Ok(()),
        };
        let target = Stepping::new(place.target(), &hook);
        let request = Request {
            target: &target,
            ..place.request(&release, 0)
        };
        let held = take(&request, 1, None).unwrap();
        held.confirm().unwrap();
        is_cut.store(true, Ordering::SeqCst);
        let unknown = held.confirm();
        let is_busy = matches!(unknown, Err(PublishError::Target(TargetError::Busy { .. })));
        assert!(is_busy, "{unknown:?}");
        // What does not depend on it goes on until the lease is known to be lost.
        held.check().unwrap();
        is_cut.store(false, Ordering::SeqCst);
        held.confirm().unwrap();
    }

    #[test]
    fn a_lease_bars_others_until_it_ends() {
        let lease = lease("ada", 1, Moment::new(100));
        assert!(lease.bars("bob", Moment::new(99)));
        assert!(!lease.bars("bob", Moment::new(100)));
        assert!(!lease.bars("ada", Moment::new(0)));
    }

    #[test]
    fn a_lease_of_a_clock_that_is_far_ahead_bars_nobody() {
        let lease = lease("ada", 1, Moment::new(10_000_000));
        assert!(!lease.bars("bob", Moment::new(100)));
        assert!(lease.bars("bob", Moment::new(10_000_000 - LONGEST)));
    }
}
