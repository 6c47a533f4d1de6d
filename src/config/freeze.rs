//! Lengths of time, and the times in which nothing new may go live, as a person writes them.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

/// The units of a length of time, in seconds.
const UNITS: [(&str, i64); 5] = [
    ("w", 7 * 24 * 60 * 60),
    ("d", 24 * 60 * 60),
    ("h", 60 * 60),
    ("m", 60),
    ("s", 1),
];

/// A time in which nothing new goes live, in Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// When it begins.
    pub begin: i64,
    /// The first second after it.
    pub end: i64,
    /// As it was written.
    pub written: String,
}

impl Freeze {
    /// Whether it holds at `now`.
    pub fn holds(&self, now: i64) -> bool {
        (self.begin..self.end).contains(&now)
    }

    /// Reads `2026-12-20/2027-01-03` or a pair of moments such as `2026-12-24T12:00:00Z`. A day is
    /// one of UTC, and the last one belongs to the freeze.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (from, to) = text.split_once('/').ok_or("it is no pair of days")?;
        let (begin, _) = moment(from).ok_or("its beginning is no day")?;
        let (_, end) = moment(to).ok_or("its end is no day")?;
        if end <= begin {
            return Err("its end lies before its beginning");
        }
        Ok(Self {
            begin,
            end,
            written: text.to_owned(),
        })
    }
}

/// The first second of what is written, and the first one after it.
fn moment(text: &str) -> Option<(i64, i64)> {
    let text = text.trim();
    if let Ok(date) = Date::parse(text, format_description!("[year]-[month]-[day]")) {
        let begin = date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp();
        return Some((begin, begin.saturating_add(24 * 60 * 60)));
    }
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp();
    Some((at, at))
}

/// Reads a length of time such as `30m`, `2h` or `1d12h`, in seconds.
pub fn seconds_of(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let mut sum = 0_i64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = rest.split_at(digits);
        let (name, seconds) = UNITS.iter().find(|(name, _)| unit.starts_with(name))?;
        let part = number.parse::<i64>().ok()?.checked_mul(*seconds)?;
        sum = sum.checked_add(part)?;
        rest = &unit[name.len()..];
    }
    Some(sum)
}

/// Writes a length of time as [`seconds_of`] reads it, in its two largest units.
pub fn span_of(seconds: i64) -> String {
    let mut rest = seconds.max(0);
    let mut parts = Vec::new();
    for (name, unit) in UNITS {
        let count = rest / unit;
        rest %= unit;
        if count > 0 {
            parts.push(format!("{count}{name}"));
        }
    }
    parts.truncate(2);
    match parts.is_empty() {
        true => "0s".to_owned(),
        false => parts.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_read_and_written() {
        for (text, seconds, again) in [
            ("2h", 7200, "2h"),
            ("90m", 5400, "1h30m"),
            ("1d12h", 129_600, "1d12h"),
            ("1w1d1h", 694_800, "1w1d"),
            ("0s", 0, "0s"),
        ] {
            assert_eq!(seconds_of(text), Some(seconds), "{text}");
            assert_eq!(span_of(seconds), again);
        }
        for text in [
            "",
            "2",
            "h",
            "2 h",
            "-2h",
            "2h30",
            "99999999999999999999h",
            "9223372036854775807w",
            "ä",
        ] {
            assert_eq!(seconds_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_freeze_has_its_last_day_and_not_its_last_moment() {
        let days = Freeze::parse("2026-12-20/2027-01-03").unwrap();
        let at = |text: &str| {
            OffsetDateTime::parse(text, &Rfc3339)
                .unwrap()
                .unix_timestamp()
        };
        for (now, expected) in [
            ("2026-12-19T23:59:59Z", false),
            ("2026-12-20T00:00:00Z", true),
            ("2027-01-03T23:59:59Z", true),
            ("2027-01-04T00:00:00Z", false),
        ] {
            assert_eq!(days.holds(at(now)), expected, "{now}");
        }
        let hours = Freeze::parse("2026-12-24T12:00:00+01:00/2026-12-24T14:00:00Z").unwrap();
        assert!(hours.holds(at("2026-12-24T11:00:00Z")));
        assert!(!hours.holds(at("2026-12-24T14:00:00Z")));
        for text in [
            "",
            "/",
            "2026-12-20",
            "2026-12-20/",
            "2026-02-30/2026-03-01",
            "2027-01-03/2026-12-20",
            "x/y",
        ] {
            assert!(Freeze::parse(text).is_err(), "{text}");
        }
    }
}
