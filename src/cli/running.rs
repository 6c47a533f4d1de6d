//! The stage that is running, in words: how far it is, what it saves, and how long it takes yet.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::cli::build::size;
use crate::progress::{Made, Stage};
use crate::site_path::SitePath;

/// How long a line stands where lines cannot be written over.
const PAUSE: Duration = Duration::from_secs(5);
/// Before that much of the work is done, nobody can say how long the rest takes.
const SURE: f64 = 0.02;

/// A stage that is running.
pub struct Running {
    /// Which.
    pub stage: Stage,
    /// When it began.
    pub started: Instant,
    /// The bar on a terminal.
    pub bar: Option<ProgressBar>,
    total: usize,
    steps: usize,
    images: Option<Sum>,
    pages: usize,
    sent: u64,
    said: Instant,
}

/// What became of the images so far.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    done: u64,
    of: u64,
    before: u64,
    after: u64,
}

impl Running {
    /// A stage that begins now.
    pub fn new(stage: Stage, total: usize, bar: Option<ProgressBar>) -> Self {
        Self {
            stage,
            started: Instant::now(),
            bar,
            total,
            steps: 0,
            images: None,
            pages: 0,
            sent: 0,
            said: Instant::now(),
        }
    }

    /// Adds an image.
    pub fn add(&mut self, made: Made) {
        let sum = self.images.get_or_insert_default();
        sum.done = sum.done.saturating_add(made.share);
        sum.of = made.of;
        sum.before = sum.before.saturating_add(made.before);
        sum.after = sum.after.saturating_add(made.after.min(made.before));
    }

    /// Adds the pages of a document.
    pub fn lay_out(&mut self, pages: usize) {
        self.pages += pages;
    }

    /// Adds the bytes of a file that was sent.
    pub fn send(&mut self, bytes: u64) {
        self.sent = self.sent.saturating_add(bytes);
    }

    /// Goes on by a step; a line that is due where there is no bar.
    pub fn step(&mut self, path: &SitePath) -> Option<String> {
        self.steps += 1;
        let images = self.images.map(|sum| sum.words(self.started.elapsed()));
        let paper = (self.pages > 0).then(|| format!("{} pages of paper", self.pages));
        let sent = (self.sent > 0).then(|| format!("{} sent", size(self.sent)));
        let message = images.or(paper).or(sent);
        if let Some(bar) = &self.bar {
            bar.set_message(match message {
                Some(message) if self.pages > 0 => format!("{message}, {path}"),
                Some(message) => message,
                None => path.to_string(),
            });
            bar.inc(1);
            return None;
        }
        if self.said.elapsed() < PAUSE || self.steps >= self.total {
            return None;
        }
        self.said = Instant::now();
        let mut line = format!("{:<7} {}/{}", label(self.stage), self.steps, self.total);
        if let Some(message) = message {
            let _ = write!(line, ", {message}");
        }
        Some(line)
    }

    /// The last line, where there is no bar.
    pub fn ending(&self, took: Duration) -> String {
        let took = took.as_secs_f64();
        match self.images {
            Some(sum) => format!(
                "{:<7} {}, {}, {took:.1} s",
                label(self.stage),
                self.steps,
                sum.saved()
            ),
            None if self.sent > 0 => {
                let (label, sent) = (label(self.stage), size(self.sent));
                format!("{label:<7} {}, {sent} sent, {took:.1} s", self.steps)
            }
            None => format!("{:<7} {took:.1} s", label(self.stage)),
        }
    }
}

impl Sum {
    fn saved(&self) -> String {
        format!("{} saved", size(self.before.saturating_sub(self.after)))
    }

    /// What was saved, and how long the rest takes if it goes on as it did.
    #[expect(clippy::cast_precision_loss, reason = "a guess for people")]
    fn words(&self, elapsed: Duration) -> String {
        let saved = self.saved();
        let share = self.done as f64 / self.of.max(1) as f64;
        if !(SURE..1.0).contains(&share) {
            return saved;
        }
        let left = elapsed.as_secs_f64() * (1.0 - share) / share;
        match left {
            left if left < 1.0 => saved,
            left if left < 90.0 => format!("{saved}, about {left:.0} s left"),
            left => format!("{saved}, about {:.0} min left", left / 60.0),
        }
    }
}

/// What people call a stage.
pub fn label(stage: Stage) -> &'static str {
    match stage {
        Stage::Assets => "images",
        stage => stage.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_as_long_as_what_was_done() {
        let case = |done: u64, seconds: u64, expected: &str| {
            let sum = Sum {
                done,
                of: 1000,
                before: 40_000_000,
                after: 6_000_000,
            };
            assert_eq!(sum.words(Duration::from_secs(seconds)), expected);
        };
        case(1, 9, "34.0 MB saved");
        case(500, 20, "34.0 MB saved, about 20 s left");
        case(100, 60, "34.0 MB saved, about 9 min left");
        case(1000, 60, "34.0 MB saved");
        case(999, 2, "34.0 MB saved");
    }

    #[test]
    fn what_was_sent_is_told_in_bytes() {
        let mut running = Running::new(Stage::Write, 3, None);
        for bytes in [1_500_000, 0, 500_000] {
            running.send(bytes);
            assert_eq!(running.step(&SitePath::root()), None);
        }
        let last = running.ending(Duration::from_secs(2));
        assert_eq!(last, "write   3, 2.0 MB sent, 2.0 s");
    }

    #[test]
    fn nothing_is_lost_where_a_file_grows() {
        let mut running = Running::new(Stage::Assets, 3, None);
        for (before, after) in [(1000, 400), (100, 900)] {
            running.add(Made {
                share: 1,
                of: 3,
                before,
                after,
            });
            assert_eq!(running.step(&SitePath::root()), None);
        }
        let last = running.ending(Duration::from_secs(2));
        assert_eq!(last, "images  2, 600 B saved, 2.0 s");
    }
}
