//! What the making of pages costs, by template. The clock comes from the roof.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::site_path::SitePath;

/// Collects what templates cost.
pub struct Profile {
    clock: fn() -> u64,
    costs: Mutex<BTreeMap<String, Cost>>,
}

/// What the use of one template cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cost {
    /// How often it was used.
    pub count: u64,
    /// The time of all uses, in nanoseconds.
    pub total: u64,
    /// The pages that took longest, the slowest first, each with its time.
    pub slowest: Vec<(u64, SitePath)>,
}

/// How many pages are named.
const SLOWEST: usize = 5;

impl Profile {
    /// Begins to collect, with a clock that counts nanoseconds.
    pub fn new(clock: fn() -> u64) -> Self {
        Self {
            clock,
            costs: Mutex::default(),
        }
    }

    /// The moment.
    pub(super) fn now(&self) -> u64 {
        (self.clock)()
    }

    /// Notes the use of a template that began at a moment and ends now.
    pub(super) fn note(&self, template: &str, path: &SitePath, began: u64) {
        let took = self.now().saturating_sub(began);
        let mut costs = self.costs.lock().unwrap_or_else(PoisonError::into_inner);
        let cost = costs.entry(template.to_owned()).or_default();
        cost.count += 1;
        cost.total += took;
        cost.slowest.push((took, path.clone()));
        if cost.slowest.len() > SLOWEST * 8 {
            cost.sort();
        }
    }

    /// What was collected, the dearest first.
    pub fn costs(&self) -> Vec<(String, Cost)> {
        let costs = self.costs.lock().unwrap_or_else(PoisonError::into_inner);
        let mut costs: Vec<(String, Cost)> = costs.clone().into_iter().collect();
        for (_, cost) in &mut costs {
            cost.sort();
        }
        costs.sort_by(|(a, one), (b, other)| (other.total, a).cmp(&(one.total, b)));
        costs
    }
}

impl Cost {
    fn sort(&mut self) {
        self.slowest
            .sort_by(|(one, a), (other, b)| (other, a).cmp(&(one, b)));
        self.slowest.truncate(SLOWEST);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// A clock that goes on by one with every look.
    fn clock() -> u64 {
        static NOW: AtomicU64 = AtomicU64::new(0);
        NOW.fetch_add(1, Ordering::Relaxed)
    }

    #[test]
    fn the_dearest_template_and_page_come_first() {
        let profile = Profile::new(clock);
        let path = |at: u64| SitePath::parse(&format!("{at}.html")).unwrap();
        let first = profile.now();
        for at in 0..50 {
            profile.note("page.html", &path(at), profile.now());
        }
        profile.note("home.html", &path(99), first);
        let costs = profile.costs();
        assert_eq!(costs[0].0, "home.html");
        assert_eq!((costs[1].1.count, costs[1].1.slowest.len()), (50, 5));
        assert!(costs[0].1.total > 50);
    }
}
