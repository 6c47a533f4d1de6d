//! Whether a server answers at an address, is who it says, and has the same time as this machine.

use crate::cli::doctor::{Finding, Level};

/// How far two clocks may be apart, in seconds: half of what a lease lasts.
#[cfg(feature = "external")]
const APART: i64 = 30;

/// What is told of the server behind an address of the web.
#[cfg(feature = "external")]
pub fn look(about: &str, address: &str, now: i64) -> Vec<Finding> {
    use std::time::Duration;

    use crate::web::{Client, Fault};

    let Ok(url) = url::Url::parse(address) else {
        let message = format!("`{address}` is no address");
        return vec![Finding::new(about, Level::Problem, message)];
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Vec::new();
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let reply = match Client::new(Duration::from_secs(20)).get(&url, 1) {
        Ok(reply) => reply,
        Err(Fault::Untrusted(why)) => {
            let finding = Finding::new(about, Level::Problem, format!("{host}: {why}"));
            return vec![finding.with_help("readers are warned off by it; renew the certificate")];
        }
        Err(Fault::Passing(why) | Fault::Lasting(why)) => {
            let finding = Finding::new(about, Level::Problem, format!("{host}: {why}"));
            return vec![finding.with_help(format!("look whether `{address}` is right"))];
        }
    };
    let ahead = reply
        .header("date")
        .and_then(seconds)
        .map(|there| now - there);
    let mut findings = Vec::new();
    match ahead {
        Some(ahead) if ahead.abs() > APART => {
            let word = if ahead > 0 { "ahead of" } else { "behind" };
            let seconds = ahead.abs();
            let message = format!("the clock here is {seconds} s {word} that of {host}");
            findings.push(
                Finding::new(about, Level::Problem, message).with_help(
                    "set it by a time server: leases and signatures of requests go by it",
                ),
            );
        }
        _ => findings.push(Finding::new(about, Level::Ok, format!("{host} answers"))),
    }
    if url.scheme() == "http" && !matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]") {
        let message = format!(
            "{host} is asked without TLS, so that anybody on the way can change what is read"
        );
        findings.push(Finding::new(about, Level::Note, message));
    }
    findings
}

/// This program cannot ask.
#[cfg(not(feature = "external"))]
pub fn look(about: &str, _: &str, _: i64) -> Vec<Finding> {
    let message = "this tympan was built without `external` and cannot ask for its address";
    vec![Finding::new(about, Level::Note, message)]
}

/// The seconds since 1970 of a date as HTTP writes it.
#[cfg(feature = "external")]
fn seconds(date: &str) -> Option<i64> {
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc2822;
    let date = date.replace("GMT", "+0000");
    OffsetDateTime::parse(&date, &Rfc2822)
        .ok()
        .map(OffsetDateTime::unix_timestamp)
}

#[cfg(test)]
#[cfg(feature = "external")]
mod tests {
    use super::seconds;

    #[test]
    fn a_date_of_http_is_read() {
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(seconds("yesterday"), None);
    }
}
