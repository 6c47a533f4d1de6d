//! A point in time as it is told to this room, written as RFC 3339 for people and machines.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds since 1970-01-01T00:00:00Z, within the years that RFC 3339 can write (0 to 9999).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

impl Moment {
    const FIRST: i64 = -62_167_219_200;
    const LAST: i64 = 253_402_300_799;

    /// Takes Unix seconds; what lies beyond the years 0 to 9999 becomes their first or last second.
    pub fn new(seconds: i64) -> Self {
        Self(seconds.clamp(Self::FIRST, Self::LAST))
    }

    /// The Unix seconds.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// This moment and some seconds.
    #[must_use]
    pub fn after(self, seconds: i64) -> Self {
        Self::new(self.0.saturating_add(seconds))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp(self.0)
            .ok()
            .and_then(|time| time.format(&Rfc3339).ok())
            .expect("a moment lies within the years that RFC 3339 can write");
        f.write_str(&text)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        OffsetDateTime::parse(&text, &Rfc3339)
            .map(|time| Self::new(time.unix_timestamp()))
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(seconds: i64, expected: &str) {
        let moment = Moment::new(seconds);
        assert_eq!(moment.to_string(), expected);
        let json = serde_json::to_string(&moment).unwrap();
        assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), moment);
    }

    #[test]
    fn moments_are_written_as_rfc_3339_and_read_back() {
        case(0, "1970-01-01T00:00:00Z");
        case(1_767_225_599, "2025-12-31T23:59:59Z");
        case(i64::MIN, "0000-01-01T00:00:00Z");
        case(i64::MAX, "9999-12-31T23:59:59Z");
    }

    #[test]
    fn adding_stays_in_range() {
        assert_eq!(Moment::new(1).after(i64::MAX), Moment::new(i64::MAX));
        assert!(serde_json::from_str::<Moment>("\"yesterday\"").is_err());
    }
}
