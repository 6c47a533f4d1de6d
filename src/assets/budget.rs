//! Memory for decoded images: reserved before it is taken, so that many large images at once wait
//! for each other instead of exhausting the machine.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::assets::header::Header;

/// Memory that decoding takes, bounded over all threads.
pub(super) static BUDGET: Budget = Budget::new(512 << 20);

/// A number of bytes that work may reserve; a reservation larger than all of it runs alone.
///
/// It is the one global of the room: memory belongs to the process and not to one build. No
/// result depends on it. Whoever holds a reservation must not wait for other work of the pool.
pub(super) struct Budget {
    total: u64,
    used: Mutex<u64>,
    freed: Condvar,
}

/// Reserved memory, given back when dropped.
pub(super) struct Reserved<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    pub(super) const fn new(total: u64) -> Self {
        Self {
            total,
            used: Mutex::new(0),
            freed: Condvar::new(),
        }
    }

    /// Waits until what decoding an image takes is free: its pixels, and as much again for what
    /// is made of them.
    pub(super) fn reserve(&self, header: &Header) -> Reserved<'_> {
        let pixels = u64::from(header.width) * u64::from(header.height);
        let bytes = (pixels * 4).max(header.decoded) * 2;
        let bytes = bytes.min(self.total);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while *used + bytes > self.total {
            used = self
                .freed
                .wait(used)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *used += bytes;
        Reserved {
            budget: self,
            bytes,
        }
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        let mut used = self
            .budget
            .used
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *used -= self.bytes;
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::declares;

    #[test]
    fn no_more_is_in_flight_than_allowed() {
        let budget = Budget::new(100_000);
        let (now, most) = (AtomicU64::new(0), AtomicU64::new(0));
        // The largest is over the whole budget and must run all the same.
        let headers = [50, 80, 400, 20, 60].map(|side| read_header(&declares(side, side)).unwrap());
        std::thread::scope(|scope| {
            for header in headers.iter().cycle().take(40) {
                let (budget, now, most) = (&budget, &now, &most);
                scope.spawn(move || {
                    let reserved = budget.reserve(header);
                    let sum = now.fetch_add(reserved.bytes, Ordering::SeqCst) + reserved.bytes;
                    most.fetch_max(sum, Ordering::SeqCst);
                    now.fetch_sub(reserved.bytes, Ordering::SeqCst);
                });
            }
        });
        assert!(most.into_inner() <= 100_000);
        assert_eq!(*budget.used.lock().unwrap(), 0);
    }
}
