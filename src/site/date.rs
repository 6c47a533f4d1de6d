//! Dates as authors write them. No clock and no time zone of the machine comes into it.

use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{Date as Day, Month, OffsetDateTime, Time, UtcDateTime, UtcOffset};

use crate::site::calendar::{month_name, written_out};

/// A moment that an author wrote, with the day they meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    seconds: i64,
    day: Day,
    offset: UtcOffset,
}

impl Date {
    /// Reads `2026-03-01`, RFC 3339, or a date and time with a space between them, with an offset
    /// such as `-0400` or none, which means UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
            return Some(Self::of(moment));
        }
        let (date, rest) = text.split_once(['T', 't', ' ']).unwrap_or((text, ""));
        let day = parse_day(date)?;
        let (time, offset) = parse_time(rest.trim())?;
        Some(Self::of(OffsetDateTime::new_in_offset(day, time, offset)))
    }

    /// The moment a number of seconds after the Unix epoch, with its day in UTC.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        let moment = UtcDateTime::from_unix_timestamp(seconds).ok()?;
        Some(Self {
            seconds,
            day: moment.date(),
            offset: UtcOffset::UTC,
        })
    }

    /// Seconds after the Unix epoch.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// The day, as `2026-03-01`.
    pub fn day(self) -> String {
        let (year, month, day) = (self.day.year(), u8::from(self.day.month()), self.day.day());
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.day.year()
    }

    /// One part of the day, as a route has it: `year`, `month`, `monthname`, `day` or `yearday`.
    pub(super) fn part(self, name: &str) -> String {
        match name {
            "year" => format!("{:04}", self.day.year()),
            "month" => format!("{:02}", u8::from(self.day.month())),
            "monthname" => self.day.month().to_string().to_lowercase(),
            "yearday" => format!("{:03}", self.day.ordinal()),
            _ => format!("{:02}", self.day.day()),
        }
    }

    /// The moment as RFC 3339 in UTC.
    pub fn rfc3339(self) -> String {
        let moment = UtcDateTime::from_unix_timestamp(self.seconds).ok();
        moment
            .and_then(|moment| moment.format(&Rfc3339).ok())
            .unwrap_or_default()
    }

    /// The moment as RSS has it (RFC 2822), in UTC.
    pub fn rfc2822(self) -> String {
        let moment = OffsetDateTime::from_unix_timestamp(self.seconds).ok();
        moment
            .and_then(|moment| moment.format(&Rfc2822).ok())
            .unwrap_or_default()
    }

    /// The day for readers: `1 March 2026` in English, `2026-03-01` in languages whose months are
    /// not known.
    pub fn for_readers(self, language: &str) -> String {
        let day = (self.day.year(), u8::from(self.day.month()), self.day.day());
        written_out(language, day).unwrap_or_else(|| self.day())
    }

    /// The day in the form of C's `strftime`, names in the given language where it is known and in
    /// English elsewhere. The time of day is that where the author wrote.
    ///
    /// # Errors
    /// Fails where a code is not known, in words.
    pub fn in_form(self, form: &str, language: &str) -> Result<String, String> {
        let moment = OffsetDateTime::from_unix_timestamp(self.seconds).ok();
        let moment = moment.map(|moment| moment.to_offset(self.offset));
        let month = u8::from(self.day.month());
        let name = || match month_name(language, month) {
            Some(name) => name.to_owned(),
            None => self.day.month().to_string(),
        };
        let clock = |part: fn(OffsetDateTime) -> u8| moment.map_or(0, part);
        let mut out = String::new();
        let mut letters = form.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                out.push(letter);
                continue;
            }
            let mut code = letters.next();
            let plain = code == Some('-');
            if plain {
                code = letters.next();
            }
            let two = |number: u8| match plain {
                true => number.to_string(),
                false => format!("{number:02}"),
            };
            let text = match code {
                Some('Y') => self.day.year().to_string(),
                Some('y') => format!("{:02}", self.day.year().rem_euclid(100)),
                Some('m') => two(month),
                Some('d') => two(self.day.day()),
                Some('e') => self.day.day().to_string(),
                Some('j') => format!("{:03}", self.day.ordinal()),
                Some('b' | 'h') if language.starts_with("en") => name().chars().take(3).collect(),
                Some('B' | 'b' | 'h') => name(),
                Some('A') => self.day.weekday().to_string(),
                Some('a') => self.day.weekday().to_string().chars().take(3).collect(),
                Some('F') => self.day(),
                Some('H') => two(clock(OffsetDateTime::hour)),
                Some('M') => two(clock(OffsetDateTime::minute)),
                Some('S') => two(clock(OffsetDateTime::second)),
                Some('T') => format!(
                    "{:02}:{:02}:{:02}",
                    clock(OffsetDateTime::hour),
                    clock(OffsetDateTime::minute),
                    clock(OffsetDateTime::second)
                ),
                Some('z') => {
                    let minutes = self.offset.whole_minutes();
                    let sign = if minutes < 0 { '-' } else { '+' };
                    let minutes = minutes.unsigned_abs();
                    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
                }
                Some('s') => self.seconds.to_string(),
                Some('%') => "%".to_owned(),
                code => {
                    let code = code.map_or_else(String::new, String::from);
                    return Err(format!("`%{code}` is no part of a date"));
                }
            };
            out.push_str(&text);
        }
        Ok(out)
    }

    fn of(moment: OffsetDateTime) -> Self {
        Self {
            seconds: moment.unix_timestamp(),
            day: moment.date(),
            offset: moment.offset(),
        }
    }
}

fn parse_day(text: &str) -> Option<Day> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = year.len() == 4 && parts.next().is_none();
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Day::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?)
        .ok()
        .filter(|_| plain)
}

fn parse_time(text: &str) -> Option<(Time, UtcOffset)> {
    let split = text.find(['+', '-', 'Z', 'z', ' ']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(split);
    let mut parts = clock.split([':', '.']).filter(|part| !part.is_empty());
    let mut number = || parts.next().map_or(Some(0), |part| part.parse::<u8>().ok());
    let time = Time::from_hms(number()?, number()?, number()?).ok()?;
    Some((time, parse_offset(zone.trim())?))
}

fn parse_offset(text: &str) -> Option<UtcOffset> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Some(UtcOffset::UTC);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = digits.split_at_checked(2)?;
    let hours: i8 = hours.parse().ok()?;
    let minutes: i8 = if minutes.is_empty() {
        0
    } else {
        minutes.parse().ok()?
    };
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_authors_write_them() {
        let case = |text: &str, expected: Option<&str>| {
            assert_eq!(
                Date::parse(text).map(Date::rfc3339).as_deref(),
                expected,
                "{text}"
            );
        };
        case("2026-03-01", Some("2026-03-01T00:00:00Z"));
        case("2026-3-1", Some("2026-03-01T00:00:00Z"));
        case("2014-03-05 11:11:39 -0400", Some("2014-03-05T15:11:39Z"));
        case("2014-03-05T11:11:39+02:00", Some("2014-03-05T09:11:39Z"));
        case("2014-03-05T11:11", Some("2014-03-05T11:11:00Z"));
        case("2026-02-30", None);
        case("tomorrow", None);
        case("26-01-01", None);
    }

    #[test]
    fn a_day_is_written_in_any_form() {
        let date = Date::parse("2026-03-01T08:05:00Z").unwrap();
        let case = |form: &str, language: &str, expected: &str| {
            let written = date.in_form(form, language).unwrap_or_else(|fault| fault);
            assert_eq!(written, expected, "{form}");
        };
        case("%-d. %B %Y", "de-AT", "1. März 2026");
        case("%a, %d %b %y", "en", "Sun, 01 Mar 26");
        case("%F %T %z", "fr", "2026-03-01 08:05:00 +0000");
        case("%j%% %-m/%e", "tlh", "060% 3/1");
        case("%B", "fa", "March");
        case("%Q", "en", "`%Q` is no part of a date");
        case("%", "en", "`%` is no part of a date");
    }

    #[test]
    fn the_day_is_the_one_that_was_written() {
        let date = Date::parse("2026-03-01T23:30:00-05:00").unwrap();
        assert_eq!(date.day(), "2026-03-01");
        let written = date.in_form("%F %T %z", "en").unwrap();
        assert_eq!(written, "2026-03-01 23:30:00 -0500");
        assert_eq!(date.for_readers("en-GB"), "1 March 2026");
        assert_eq!(date.for_readers("en-US"), "March 1, 2026");
        assert_eq!(date.for_readers("tlh"), "2026-03-01");
    }
}
