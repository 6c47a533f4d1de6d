//! What went wrong at a server, in words that name no address and no secret.

use std::error::Error;

use opendal::ErrorKind;

/// Longer answers of servers are pages of markup that help nobody.
const LONGEST: usize = 300;

/// How the sentence begins in a structure that the library shows.
const SENTENCE: &str = "message: \"";

/// What went wrong at a server.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Fault(String);

impl Fault {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Tells an error without its context, in which addresses stand that may bear a signature.
    pub fn of(error: &opendal::Error) -> Self {
        let said = words(error.message());
        let deepest = deepest(error).filter(|cause| !said.contains(cause.as_str()));
        let said = match deepest {
            Some(cause) => format!("{said}: {cause}"),
            None => said,
        };
        let text = match error.kind() {
            ErrorKind::PermissionDenied => {
                format!("the server denies it: check the credentials and what they allow ({said})")
            }
            ErrorKind::ConfigInvalid if is_answer(error.message()) => {
                format!("{said}: make it, or mend the settings of the target")
            }
            ErrorKind::NotFound => format!("it is not there ({said})"),
            ErrorKind::RateLimited => format!("the server asks for fewer requests ({said})"),
            _ => said,
        };
        Self(text)
    }
}

/// Whether a server said it, and not the library.
fn is_answer(text: &str) -> bool {
    text.contains(SENTENCE)
}

/// The sentence in what a server said, which may come inside a structure with its code.
fn words(text: &str) -> String {
    let inner = text
        .split_once(SENTENCE)
        .map(|(_, rest)| rest.split("\", ").next().unwrap_or(rest))
        .filter(|inner| !inner.is_empty());
    let line = inner.unwrap_or(text).lines().next().unwrap_or_default();
    let mut line: String = line.chars().take(LONGEST).collect();
    line.truncate(line.trim_end_matches(['.', ' ', '"', '}']).len());
    line
}

fn deepest(error: &opendal::Error) -> Option<String> {
    let mut cause = error.source()?;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let text = words(&cause.to_string());
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(kind: ErrorKind, said: &str, expected: &str) {
        let error = opendal::Error::new(kind, said)
            .with_context("url", "http://h/b?sig=SECRET")
            .set_source(std::io::Error::other("connection reset"));
        assert_eq!(Fault::of(&error).to_string(), expected);
    }

    #[test]
    fn a_fault_tells_the_words_and_no_address() {
        case(
            ErrorKind::Unexpected,
            "send http request",
            "send http request: connection reset",
        );
        case(
            ErrorKind::ConfigInvalid,
            r#"S3Error { code: "NoSuchBucket", message: "The bucket is not there.", resource: "" }"#,
            "The bucket is not there: connection reset: make it, or mend the settings of the target",
        );
        case(
            ErrorKind::PermissionDenied,
            "",
            "the server denies it: check the credentials and what they allow (: connection reset)",
        );
    }
}
