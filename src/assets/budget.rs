//! Memory for decoded images: reserved before it is taken, so that many large images at once wait
//! for each other instead of exhausting the machine.

use std::sync::{Condvar, LazyLock, Mutex, PoisonError};

use crate::assets::header::Header;

/// Memory that images in flight take, bounded over all threads: a quarter of the machine's, and at
/// most 1 GiB.
pub(super) static BUDGET: LazyLock<Budget> = LazyLock::new(|| {
    let quarter = machine_memory().map_or(MOST, |memory| memory / 4);
    Budget::new(quarter.clamp(LEAST, MOST))
});
const MOST: u64 = 1 << 30;
const LEAST: u64 = 128 << 20;

/// The bytes that encoders take for each pixel of the largest picture they are given, as measured
/// with those of WebP, JPEG and PNG.
pub(super) const PIXEL: u64 = 24;
/// The same where AVIF is among them.
pub(super) const AVIF_PIXEL: u64 = 48;
/// What is held of a picture while it is narrowed, whatever its size.
const BAND: u64 = 8 << 20;

/// The memory of the machine, or of the container it is: what Linux says of it.
fn machine_memory() -> Option<u64> {
    let total = std::fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix("MemTotal:"))?;
            let number: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
            number.checked_mul(1024)
        });
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let group = group.and_then(|text| text.trim().parse().ok());
    match (total, group) {
        (Some(total), Some(group)) => Some(total.min(group)),
        (total, group) => total.or(group),
    }
}

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

/// The bytes that it takes to decode an image, to make it as large as `largest`, and to encode it
/// with `pixel` bytes for each pixel of that.
fn needed(header: &Header, largest: (u32, u32), pixel: u64) -> u64 {
    let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
    let width = largest.0.min(header.width);
    let height = largest.1.min(header.height);
    // Light has twice the bytes of samples. A picture that is narrowed keeps its height until then;
    // one that is turned has its width in place of that.
    let narrowed = area(width, header.height).max(area(header.width, height));
    let whole = (width, height) == (header.width, header.height);
    let light = match whole {
        true => header.decoded,
        false => (narrowed + area(width, height)) * 8 + BAND,
    };
    let decoding = header.decoded.saturating_add(header.working);
    let encoding = area(width, height) * (8 + pixel);
    decoding.saturating_add(light).max(encoding)
}

impl Budget {
    pub(super) const fn new(total: u64) -> Self {
        Self {
            total,
            used: Mutex::new(0),
            freed: Condvar::new(),
        }
    }

    /// Waits until there is memory to decode an image, to make it no larger than `largest`, and to
    /// encode it with `pixel` bytes for each pixel of that.
    pub(super) fn reserve(&self, header: &Header, largest: (u32, u32), pixel: u64) -> Reserved<'_> {
        let bytes = needed(header, largest, pixel).min(self.total);
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
                    let whole = (header.width, header.height);
                    let reserved = budget.reserve(header, whole, PIXEL);
                    let sum = now.fetch_add(reserved.bytes, Ordering::SeqCst) + reserved.bytes;
                    most.fetch_max(sum, Ordering::SeqCst);
                    now.fetch_sub(reserved.bytes, Ordering::SeqCst);
                });
            }
        });
        assert!(most.into_inner() <= 100_000);
        assert_eq!(*budget.used.lock().unwrap(), 0);
    }

    #[test]
    fn what_is_needed_follows_the_picture_and_what_is_made_of_it() {
        let header = Header {
            decoded: 36_000_000,
            ..read_header(&declares(4_000, 3_000)).unwrap()
        };
        let megabytes = |largest, pixel| needed(&header, largest, pixel) >> 20;
        assert_eq!(megabytes((1_920, 1_440), PIXEL), 107);
        assert_eq!(megabytes((1_920, 1_440), 200), 548);
        assert_eq!(megabytes((4_000, 3_000), 0), 91);
        assert!((LEAST..=MOST).contains(&BUDGET.total));
    }
}
