//! The room of an image: a width for every width of the window, and what is told of it.

/// The pixels of a `rem` of the built-in style sheets.
pub(super) const REM: f64 = 17.0;
/// Between these widths of the window the margins grow with it.
const MARGINS: (f64, f64) = (478.0, 1062.5);
/// The narrowest window that is thought of, and the widest.
const WINDOWS: (f64, f64) = (320.0, 2560.0);

/// The room that an image has: its width in CSS pixels at every width of the window.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// From narrow windows to wide ones; the first begins at nothing.
    steps: Vec<Step>,
}

/// The room from a width of the window on: a share of it without some pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    from: f64,
    share: f64,
    less: f64,
}

/// A width as an author gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Length {
    /// CSS pixels.
    Pixels(u32),
    /// A share of the room, at most all of it.
    Share(f64),
}

impl Length {
    /// Reads `300`, `300px`, `50%` and the lengths of print; none if it is no length.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(share) = text.strip_suffix('%') {
            let share: f64 = share.trim().parse().ok()?;
            return (share > 0.0 && share <= 100.0).then_some(Self::Share(share / 100.0));
        }
        // Pandoc and Quarto have the lengths of print, of which an inch is 96 pixels.
        let units = [
            ("px", 1.0),
            ("in", 96.0),
            ("cm", 37.8),
            ("mm", 3.78),
            ("pt", 4.0 / 3.0),
        ];
        let unit = units
            .iter()
            .find_map(|(unit, size)| Some((text.strip_suffix(unit)?, size)));
        let (number, size) = unit.unwrap_or((text, &1.0));
        let pixels = number.trim().parse::<f64>().ok()? * size;
        (1.0..=10_000.0)
            .contains(&pixels)
            .then(|| Self::Pixels(rounded(pixels)))
    }
}

impl Slot {
    /// A share of the window without some pixels.
    pub(super) fn of_window(share: f64, less: f64) -> Self {
        let step = Step {
            from: 0.0,
            share,
            less,
        };
        Self { steps: vec![step] }
    }

    /// The same at every width of the window.
    pub fn fixed(width: u32) -> Self {
        let less = -f64::from(width);
        let step = Step {
            from: 0.0,
            share: 0.0,
            less,
        };
        Self { steps: vec![step] }
    }

    /// All of the window.
    pub fn of_the_window() -> Self {
        Self::of_window(1.0, 0.0)
    }

    /// All of the window, but for its margins.
    pub(super) fn window() -> Self {
        let step = |from, share, less| Step { from, share, less };
        let steps = vec![
            step(0.0, 1.0, 2.0 * 1.125 * REM),
            step(MARGINS.0, 0.92, 0.0),
            step(MARGINS.1, 1.0, 2.0 * 2.5 * REM),
        ];
        Self { steps }
    }

    /// No wider than some pixels.
    #[must_use]
    pub fn at_most(mut self, width: f64) -> Self {
        let mut steps = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            let end = self
                .steps
                .get(at + 1)
                .map_or(f64::INFINITY, |next| next.from);
            let capped = Step {
                from: step.from,
                share: 0.0,
                less: -width,
            };
            // Where it grows past the most.
            let meets = (width + step.less) / step.share;
            if step.at(step.from) >= width {
                steps.push(capped);
            } else if step.share > 0.0 && meets < end {
                steps.push(*step);
                steps.push(Step {
                    from: meets,
                    ..capped
                });
            } else {
                steps.push(*step);
            }
        }
        self.steps = steps;
        self
    }

    /// Narrower by some pixels.
    #[must_use]
    pub(super) fn inset(self, by: f64) -> Self {
        self.map(|step| Step {
            less: step.less + by,
            ..step
        })
    }

    /// A share of it.
    #[must_use]
    pub(super) fn share(self, of: f64) -> Self {
        self.map(|step| Step {
            share: step.share * of,
            less: step.less * of,
            ..step
        })
    }

    /// One of several columns with gaps between them.
    pub(super) fn columns(self, count: f64, gap: f64) -> Self {
        self.inset((count - 1.0) * gap).share(1.0 / count)
    }

    /// One of as many columns as there is room for, each no narrower than `least`.
    pub(super) fn grid(self, least: f64, gap: f64, most: u32) -> Self {
        let mut slot = Self { steps: Vec::new() };
        for (at, step) in self.steps.iter().enumerate() {
            let end = self
                .steps
                .get(at + 1)
                .map_or(f64::INFINITY, |next| next.from);
            let mut from = step.from;
            for count in 1..=most {
                let count = f64::from(count);
                // Where there is room for one more.
                let next = (count + 1.0) * least + count * gap;
                let until = match (count < f64::from(most), step.share > 0.0) {
                    (false, _) => f64::INFINITY,
                    (true, true) => (next + step.less) / step.share,
                    (true, false) if step.at(from) < next => f64::INFINITY,
                    (true, false) => from,
                };
                if until > from {
                    let one = Self {
                        steps: vec![Step { from, ..*step }],
                    };
                    slot.steps.extend(one.columns(count, gap).steps);
                    from = until;
                }
                if from >= end {
                    break;
                }
            }
        }
        slot
    }

    /// Another from a width of the window on.
    #[must_use]
    pub(super) fn beyond(self, window: f64, other: &Self) -> Self {
        let mut steps: Vec<Step> = self.steps;
        steps.retain(|step| step.from < window);
        let mut begun = other.steps.iter().rev();
        let first = begun.find(|step| step.from <= window).copied();
        steps.extend(first.map(|step| Step {
            from: window,
            ..step
        }));
        steps.extend(other.steps.iter().filter(|step| step.from > window));
        Self { steps }
    }

    fn map(mut self, change: impl Fn(Step) -> Step) -> Self {
        for step in &mut self.steps {
            *step = change(*step);
        }
        self
    }

    /// The most CSS pixels that it ever has.
    pub fn widest(&self) -> u32 {
        let widths = self
            .reaches()
            .map(|(step, end)| step.at(step.from).max(step.at(end)));
        rounded(widths.fold(1.0, f64::max))
    }

    /// The value of a `sizes` attribute.
    pub fn sizes(&self) -> String {
        let simplified = self.simplified();
        let one = |step: &Step| match step.from > WINDOWS.0 {
            true => format!("(min-width: {}px) {}", rounded(step.from), step.text()),
            false => step.text(),
        };
        simplified
            .iter()
            .rev()
            .map(one)
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The steps within the windows that are thought of, each with its end.
    fn reaches(&self) -> impl Iterator<Item = (Step, f64)> {
        let ends = self
            .steps
            .iter()
            .skip(1)
            .map(|step| step.from.min(WINDOWS.1));
        let reaches = self.steps.iter().zip(ends.chain([WINDOWS.1]));
        let within = reaches.filter(|(step, end)| *end > WINDOWS.0 && step.from < *end);
        within.map(|(step, end)| {
            (
                Step {
                    from: step.from.max(WINDOWS.0),
                    ..*step
                },
                end,
            )
        })
    }

    /// Without steps that hardly make a difference to which file is loaded: a little too much is
    /// what files of few widths are anyway.
    fn simplified(&self) -> Vec<Step> {
        let mut kept: Vec<(Step, f64)> = Vec::new();
        for (next, end) in self.reaches() {
            let Some((last, _)) = kept.last().copied() else {
                kept.push((next, end));
                continue;
            };
            let fits = |step: Step| {
                let step = Step {
                    from: last.from,
                    ..step
                };
                Some((self.excess(step, end)?, step))
            };
            let better = [fits(last), fits(next)].into_iter().flatten();
            match better.min_by(|one, other| one.0.total_cmp(&other.0)) {
                Some((_, step)) => {
                    kept.pop();
                    kept.push((step, end));
                }
                None => kept.push((next, end)),
            }
        }
        kept.into_iter().map(|(step, _)| step).collect()
    }

    /// How much too wide one step is up to `end` in place of what there is; none if it is too narrow
    /// or much too wide.
    fn excess(&self, step: Step, end: f64) -> Option<f64> {
        let within = self
            .reaches()
            .filter(|(own, until)| own.from < end && *until > step.from);
        let mut most: f64 = 1.0;
        for (own, until) in within {
            for window in [own.from.max(step.from), until.min(end)] {
                let ratio = step.at(window) / own.at(window).max(1.0);
                if !(0.99..=1.15).contains(&ratio) {
                    return None;
                }
                most = most.max(ratio);
            }
        }
        Some(most)
    }
}

impl Step {
    /// The width at a width of the window.
    fn at(self, window: f64) -> f64 {
        self.share * window - self.less
    }

    /// As a length of CSS.
    fn text(self) -> String {
        let less = self.less.round();
        // Tenths are enough for a share of any screen.
        let share = (self.share * 1000.0).round() / 10.0;
        match () {
            () if self.share == 0.0 => format!("{}px", rounded(-self.less)),
            () if less == 0.0 => format!("{share}vw"),
            () if less < 0.0 => format!("calc({share}vw + {}px)", -less),
            () => format!("calc({share}vw - {less}px)"),
        }
    }
}

fn rounded(width: f64) -> u32 {
    let width = width.round().clamp(1.0, 1e6);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is clamped to what fits"
    )]
    let whole = width as u32;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simplified_steps_are_never_too_narrow() {
        let text = || Slot::window().beyond(1024.0, &Slot::window().inset(298.0));
        let grid = text().at_most(748.0).grid(153.0, 10.2, 3);
        for slot in [text(), text().at_most(748.0), grid] {
            let simple = Slot {
                steps: slot.simplified(),
            };
            for window in (320..2560).map(f64::from) {
                let at = |slot: &Slot| {
                    let mut begun = slot.steps.iter().rev().filter(|step| step.from <= window);
                    begun.next().map_or(0.0, |step| step.at(window))
                };
                let ratio = at(&simple) / at(&slot);
                assert!((0.98..1.16).contains(&ratio), "{window}: {ratio}");
            }
        }
    }
}
