//! How many files are on their way at once.
//!
//! A link and a server bear an unknown number of files; this finds it as TCP does (RFC 5681), by
//! counting alone: more with every one that arrives, half as many when the target cannot keep up.
//! The bytes on their way are bounded too, since each file is in memory meanwhile.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::targets::TargetError;

/// With how many a target is tried first, and how many are too many for any.
const FIRST: usize = 4;
const MOST: usize = 32;
/// How many bytes may be on their way, unless a single file is larger.
const BYTES: u64 = 64 << 20;
/// How often a file is sent before its fault is told.
const TRIES: u32 = 7;
/// The pause after the first try; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(100);

/// How one try ended.
pub(super) enum Try<T, E> {
    /// Done.
    Done(T),
    /// The target could not keep up.
    Busy(E),
    /// No further try can help.
    Failed(E),
}

/// Does `work` for every item, several at once, and gives the results in the order of the items. If
/// some fail, the fault of the first of them in that order is told, and what has not begun is left.
pub(super) fn fly<I: Sync, T: Send, E: Send>(
    items: &[I],
    size: impl Fn(&I) -> u64 + Sync,
    work: impl Fn(&I) -> Try<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let flight = Flight::default();
    let threads = items.len().min(MOST);
    let mut landed: Vec<(usize, Result<T, E>)> = std::thread::scope(|scope| {
        let run = || {
            let mut landed = Vec::new();
            while let Some((at, item)) = flight.start(items, &size) {
                let end = persist(&flight, at, || work(item));
                flight.land(size(item), end.is_err());
                landed.push((at, end));
            }
            landed
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let ends = threads.into_iter().map(|thread| thread.join());
        ends.flat_map(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    landed.sort_by_key(|(at, _)| *at);
    landed.into_iter().map(|(_, end)| end).collect()
}

/// How a try ended: a target that cannot keep up is asked again.
pub(super) fn tried<T>(result: Result<T, PublishError>) -> Try<T, PublishError> {
    match result {
        Ok(done) => Try::Done(done),
        Err(error @ PublishError::Target(TargetError::Busy { .. })) => Try::Busy(error),
        Err(error) => Try::Failed(error),
    }
}

/// Tries again while the target cannot keep up.
fn persist<T, E>(flight: &Flight, at: usize, work: impl Fn() -> Try<T, E>) -> Result<T, E> {
    let mut tried = 0;
    loop {
        tried += 1;
        match work() {
            Try::Done(done) => {
                flight.grow();
                return Ok(done);
            }
            Try::Busy(_) if tried < TRIES && !flight.has_failed() => {
                flight.shrink();
                std::thread::sleep(pause(at, tried));
            }
            Try::Busy(error) | Try::Failed(error) => return Err(error),
        }
    }
}

/// Twice as long as the pause before, and up to half as long again: those who failed together do
/// not come back together.
fn pause(at: usize, tried: u32) -> Duration {
    let grown = PAUSE * 2_u32.pow(tried.saturating_sub(1).min(8));
    let seed = [&at.to_le_bytes()[..], &tried.to_le_bytes()];
    let share = u32::from(Digest::of_parts(seed).bytes()[0]);
    grown + grown * share / 512
}

/// What is on its way.
#[derive(Default)]
struct Flight {
    state: Mutex<State>,
    landed: Condvar,
}

struct State {
    next: usize,
    flying: usize,
    bytes: u64,
    failed: bool,
    limit: usize,
    /// Whether the limit was never found: it doubles then with every round.
    is_steep: bool,
    /// How many arrived since the limit last changed.
    arrived: usize,
}

impl Default for State {
    fn default() -> Self {
        Self {
            next: 0,
            flying: 0,
            bytes: 0,
            failed: false,
            limit: FIRST,
            is_steep: true,
            arrived: 0,
        }
    }
}

impl Flight {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next item, once it may begin.
    fn start<'a, I>(&self, items: &'a [I], size: impl Fn(&I) -> u64) -> Option<(usize, &'a I)> {
        let mut state = self.lock();
        loop {
            if state.failed {
                return None;
            }
            let item = items.get(state.next)?;
            let size = size(item);
            let fits = state.flying < state.limit && state.bytes.saturating_add(size) <= BYTES;
            if fits || state.flying == 0 {
                let at = state.next;
                state.next += 1;
                state.flying += 1;
                state.bytes = state.bytes.saturating_add(size);
                return Some((at, item));
            }
            state = (self.landed.wait(state)).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn land(&self, size: u64, failed: bool) {
        let mut state = self.lock();
        state.flying -= 1;
        state.bytes = state.bytes.saturating_sub(size);
        state.failed |= failed;
        drop(state);
        self.landed.notify_all();
    }

    fn grow(&self) {
        let mut state = self.lock();
        state.arrived += 1;
        if state.is_steep || state.arrived >= state.limit {
            state.limit = (state.limit + 1).min(MOST);
            state.arrived = 0;
        }
    }

    /// Halves the limit, once for all that were on their way together.
    fn shrink(&self) {
        let mut state = self.lock();
        if state.is_steep || state.arrived > 0 {
            state.limit = (state.limit / 2).max(1);
            state.is_steep = false;
            state.arrived = 0;
        }
    }

    fn has_failed(&self) -> bool {
        self.lock().failed
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..500).collect();
        let done = fly(&items, |_| 1, |item| Try::<u64, ()>::Done(item * 2));
        assert_eq!(
            done.unwrap(),
            items.iter().map(|item| item * 2).collect::<Vec<_>>()
        );
        let none = fly(&[] as &[u64], |_| 1, |item| Try::<u64, ()>::Done(*item));
        assert!(none.unwrap().is_empty());
    }

    #[test]
    fn the_first_fault_in_order_is_told_and_the_rest_is_left() {
        let items: Vec<usize> = (0..1000).collect();
        let begun = AtomicUsize::new(0);
        let failed = fly(
            &items,
            |_| 1,
            |item| {
                begun.fetch_add(1, Ordering::Relaxed);
                if *item >= 3 {
                    Try::<(), usize>::Failed(*item)
                } else {
                    Try::Done(())
                }
            },
        );
        assert_eq!(failed.unwrap_err(), 3);
        assert!(begun.into_inner() < 100);
    }

    #[test]
    fn a_busy_target_is_asked_again_and_by_fewer() {
        let items: Vec<usize> = (0..64).collect();
        let (together, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let done = fly(
            &items,
            |_| 1,
            |_| {
                let flying = together.fetch_add(1, Ordering::SeqCst) + 1;
                std::thread::sleep(Duration::from_millis(1));
                together.fetch_sub(1, Ordering::SeqCst);
                if flying > 6 {
                    return Try::Busy("too many");
                }
                most.fetch_max(flying, Ordering::SeqCst);
                Try::Done(())
            },
        );
        assert_eq!(done.map(|done| done.len()), Ok(64));
        assert!(most.into_inner() > 1);
    }

    #[test]
    fn bytes_on_their_way_are_bounded_and_a_large_file_still_goes() {
        let sizes = [BYTES / 2, BYTES / 2, BYTES * 3, 1, BYTES];
        let flying = Mutex::new(0);
        let done = fly(
            &sizes,
            |size| *size,
            |size| {
                let mut now = flying.lock().unwrap();
                *now += size;
                let now_flying = *now;
                drop(now);
                std::thread::sleep(Duration::from_millis(2));
                *flying.lock().unwrap() -= size;
                Try::<u64, ()>::Done(now_flying)
            },
        );
        let done = done.unwrap();
        let alone = done.iter().filter(|flying| **flying > BYTES);
        assert_eq!(alone.collect::<Vec<_>>(), [&(BYTES * 3)]);
    }

    #[test]
    fn the_limit_doubles_until_it_is_found_and_then_creeps() {
        let flight = Flight::default();
        let limit = || flight.lock().limit;
        for _ in 0..FIRST {
            flight.grow();
        }
        assert_eq!(limit(), FIRST * 2);
        flight.shrink();
        flight.shrink();
        assert_eq!(limit(), FIRST);
        flight.grow();
        assert_eq!(limit(), FIRST);
        for _ in 0..3 {
            flight.grow();
        }
        assert_eq!(limit(), FIRST + 1);
    }
}
