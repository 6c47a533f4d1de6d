//! What nobody may read in a line that is printed: the values of variables that look like secrets,
//! and what stands before the `@` of an address.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;

/// What is printed in the place of a secret.
const MASK: &str = "***";
/// Shorter values are words and numbers that stand in every text.
const SHORTEST: usize = 6;
/// What a name has somewhere if its value is a secret.
const WORDS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "TOKEN",
    "SECRET",
    "CREDENTIAL",
];

/// A user with a password in an address, or a token in one of the web. The user of an address of ssh
/// is none.
static IN_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)\b(https?://)[^/\s@"'`<>]+@|\b([a-z][a-z0-9+.-]*://[^/\s:@"'`<>]+):[^/\s@"'`<>]+@"#,
    )
    .expect("the pattern is well formed")
});

/// Knows what must not be printed.
pub struct Secrets {
    known: Option<AhoCorasick>,
    count: usize,
}

impl Secrets {
    /// Finds secrets among the variables of the environment.
    pub fn of(variables: impl Iterator<Item = (String, String)>) -> Self {
        let variables: Vec<(String, String)> = variables.collect();
        let mut known: Vec<String> = variables
            .iter()
            .filter(|(name, value)| is_secret(name, value))
            .flat_map(|(name, value)| {
                let mut forms = forms(value);
                forms.extend(headers(&variables, name, value));
                forms
            })
            .filter(|form| form.len() >= SHORTEST)
            .collect();
        known.sort();
        known.dedup();
        let count = known.len();
        let searcher = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&known)
            .ok()
            .filter(|_| count > 0);
        Self {
            known: searcher,
            count,
        }
    }

    /// The text without them.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let masked = match &self.known {
            Some(known) if known.is_match(text) => {
                Cow::Owned(known.replace_all(text, &vec![MASK; self.count]))
            }
            _ => Cow::Borrowed(text),
        };
        if !(masked.contains("://") && masked.contains('@')) {
            return masked;
        }
        let replace = |found: &regex::Captures<'_>| match (found.get(1), found.get(2)) {
            (Some(scheme), _) => format!("{}{MASK}@", scheme.as_str()),
            (None, Some(user)) => format!("{}:{MASK}@", user.as_str()),
            (None, None) => MASK.to_owned(),
        };
        match IN_ADDRESS.is_match(&masked) {
            true => Cow::Owned(IN_ADDRESS.replace_all(&masked, replace).into_owned()),
            false => masked,
        }
    }
}

/// Whether a variable holds a secret. A path does not: what it leads to is one.
fn is_secret(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let looks = WORDS.iter().any(|word| name.contains(word))
        || name.ends_with("KEY")
        || name.contains("_KEY_")
        || name.ends_with("_PAT")
        || name.ends_with("_AUTH");
    looks && !std::path::Path::new(value.trim()).exists()
}

/// A secret as it stands, and as other texts hold it: line by line, in JSON, in an address, in the
/// header of a request.
fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned(), value.trim().to_owned()];
    forms.extend(value.lines().map(|line| line.trim().to_owned()));
    let quoted = serde_json::to_string(value).unwrap_or_default();
    forms.push(quoted.trim_matches('"').to_owned());
    forms.push(url::form_urlencoded::byte_serialize(value.as_bytes()).collect());
    forms.push(STANDARD.encode(value));
    // What heads a key is no secret, and stands in messages about keys.
    forms.retain(|form| !form.starts_with("-----") && !form.starts_with("untrusted comment:"));
    forms
}

/// A password as the header of a request holds it together with the user, who stands in a variable
/// beside it.
fn headers(variables: &[(String, String)], name: &str, value: &str) -> Vec<String> {
    let Some(place) = name.strip_suffix("PASSWORD") else {
        return Vec::new();
    };
    let users = variables.iter().filter(|(name, _)| {
        let part = name.strip_prefix(place);
        part.is_some_and(|part| matches!(part, "USER" | "USERNAME" | "LOGIN"))
    });
    users
        .map(|(_, user)| STANDARD.encode(format!("{user}:{value}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(text: &str) -> String {
        let variables = [
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG"),
            ("GITHUB_TOKEN", "ghp_\"0123456789"),
            ("TYMPAN_WEB_PASSWORD", "pass word?1"),
            ("TYMPAN_WEB_USER", "ada"),
            ("TYMPAN_SIGNING_KEY", "untrusted comment: x\nRWRTY0Iyabcdef"),
            ("SHORT_TOKEN", "1"),
            ("HOME_KEY", "/"),
            ("EDITOR", "emacs-nox"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Secrets::of(variables.into_iter()).mask(text).into_owned()
    }

    #[track_caller]
    fn case(text: &str, expected: &str) {
        assert_eq!(mask(text), expected);
    }

    #[test]
    fn values_of_variables_are_masked_in_every_form() {
        case("key wJalrXUtnFEMI/K7MDENG.", "key ***.");
        case("wJalrXUtnFEMI%2FK7MDENG", "***");
        case(r#"{"a":"ghp_\"0123456789"}"#, r#"{"a":"***"}"#);
        case("pass word?1 and pass+word%3F1", "*** and ***");
        case("cGFzcyB3b3JkPzE=", "***");
        case("Basic YWRhOnBhc3Mgd29yZD8x", "Basic ***");
        case("RWRTY0Iyabcdef", "***");
        case("untrusted comment: x", "untrusted comment: x");
        case("page 1 / emacs-nox", "page 1 / emacs-nox");
    }

    #[test]
    fn what_stands_before_the_at_of_an_address_is_masked() {
        case("https://ada:hunter2@x.example/a", "https://***@x.example/a");
        case("`https://ghp_x@x.example`", "`https://***@x.example`");
        case("sftp://ada:pw@x.example/", "sftp://ada:***@x.example/");
        case("ssh://git@x.example/a", "ssh://git@x.example/a");
        case("https://x.example/@ada", "https://x.example/@ada");
    }
}
