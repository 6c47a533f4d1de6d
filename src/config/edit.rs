//! A decision written into the text of an environment file, with every comment, blank line and key
//! beside it left as it stands.

use std::fmt::Write as _;
use toml::{Table, Value};

use crate::config::environment::Hold;
use crate::config::spans::{Document, EditError, quoted, splice};
use crate::digest::Digest;

/// What an environment file is to say about what must be live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desire {
    /// The branch that is followed as long as no release is pinned; none leaves it as it stands.
    pub follow: Option<String>,
    /// The release; none takes the pin out, so that the environment follows its branch again.
    pub release: Option<Digest>,
    /// The commit that it was built from.
    pub source: Option<String>,
    /// The environment that it came from.
    pub from: Option<String>,
    /// The hold after a rollback; none ends one.
    pub hold: Option<Hold>,
}

/// Writes a decision into the text of an environment file. Nothing else of the text changes: it is
/// read again, and differs from what it said before in those keys alone.
///
/// # Errors
/// Fails where the text is no TOML, or has a key in a form that cannot be changed alone.
pub fn desire(text: &str, desire: &Desire) -> Result<String, EditError> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let syntax = |error: toml::de::Error| EditError::Syntax(error.message().replace('\n', ", "));
    let mut wanted: Table = body.parse().map_err(syntax)?;
    let mut body = body.to_owned();
    let digest = desire.release.as_ref().map(Digest::to_string);
    if let Some(branch) = &desire.follow {
        body = Document::of(&body)?.with_text("", "follow", branch, &[])?;
        wanted.insert("follow".to_owned(), Value::String(branch.clone()));
    }
    let keys = [
        ("release", digest.as_deref(), &["follow"][..]),
        ("source", desire.source.as_deref(), &["release"][..]),
        ("from", desire.from.as_deref(), &["source", "release"][..]),
    ];
    for (key, value, after) in keys {
        match value {
            Some(value) => {
                body = Document::of(&body)?.with_text("", key, value, after)?;
                wanted.insert(key.to_owned(), Value::String(value.to_owned()));
            }
            None => {
                body = Document::of(&body)?.without(key)?;
                wanted.remove(key);
            }
        }
    }
    match &desire.hold {
        Some(hold) => {
            body = with_hold(body, hold)?;
            wanted.insert("hold".to_owned(), Value::Table(table_of(hold)));
        }
        None => {
            body = Document::of(&body)?.without_hold()?;
            wanted.remove("hold");
        }
    }
    match body.parse::<Table>() {
        Ok(read) if read == wanted => Ok(format!("{mark}{body}")),
        _ => Err(EditError::Form("hold")),
    }
}

fn table_of(hold: &Hold) -> Table {
    let deny = hold
        .deny
        .iter()
        .map(|digest| Value::String(digest.to_string()));
    Table::from_iter([
        ("reason".to_owned(), Value::String(hold.reason.clone())),
        ("deny".to_owned(), Value::Array(deny.collect())),
    ])
}

fn with_hold(body: String, hold: &Hold) -> Result<String, EditError> {
    let document = Document::of(&body)?;
    let newline = document.newline;
    if document.header("hold").is_none() {
        // Another form of it is replaced by a table of its own.
        let mut body = document.without_hold()?;
        let gap = match body.is_empty() || body.ends_with("\n\n") || body.ends_with("\r\n\r\n") {
            true => "",
            false => newline,
        };
        let end = match body.is_empty() || body.ends_with('\n') {
            true => "",
            false => newline,
        };
        body.push_str(end);
        body.push_str(gap);
        body.push_str("[hold]");
        body.push_str(newline);
        let _ = write!(body, "reason = {}{newline}", quoted(&hold.reason));
        let _ = write!(body, "deny = {}{newline}", list(&hold.deny, newline));
        return Ok(body);
    }
    let body = document.with_text("hold", "reason", &hold.reason, &[])?;
    let document = Document::of(&body)?;
    let known: Option<Vec<&str>> = document.leaf("hold", "deny").and_then(|leaf| {
        let items = leaf.items.as_ref()?.iter();
        items.map(|(text, _)| text.as_deref()).collect()
    });
    let wanted: Vec<String> = hold.deny.iter().map(Digest::to_string).collect();
    // New ones go behind those that stand there, with whatever remarks they have.
    if let Some(known) = &known
        && let Some((first, more)) = wanted.split_at_checked(known.len())
        && first == known
        && let Some((_, last)) = document
            .leaf("hold", "deny")
            .and_then(|leaf| leaf.items.as_ref()?.last())
    {
        let more = more
            .iter()
            .fold(String::new(), |text, digest| text + ", " + &quoted(digest));
        return Ok(splice(&body, last.end..last.end, &more));
    }
    let value = list(&hold.deny, newline);
    document.with_value("hold", "deny", &value, &["reason"])
}

fn list(digests: &[Digest], newline: &str) -> String {
    match digests {
        [] => "[]".to_owned(),
        [one] => format!("[{}]", quoted(&one.to_string())),
        many => {
            let lines = many.iter();
            let lines =
                lines.map(|digest| format!("    {},{newline}", quoted(&digest.to_string())));
            format!("[{newline}{}]", lines.collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digest(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    fn promoted() -> Desire {
        Desire {
            follow: None,
            release: Some(digest("new")),
            source: Some("4be1".to_owned()),
            from: Some("test".to_owned()),
            hold: None,
        }
    }

    fn held(deny: &[&str]) -> Desire {
        Desire {
            from: None,
            hold: Some(Hold {
                reason: "smoke test \"/pricing\" 500".to_owned(),
                deny: deny.iter().map(|text| digest(text)).collect(),
            }),
            ..promoted()
        }
    }

    /// Writes digests short, for people.
    #[track_caller]
    fn case(text: &str, decision: &Desire, expected: &str) {
        let mut edited = desire(text, decision).unwrap();
        assert_eq!(desire(&edited, decision).unwrap(), edited, "said twice");
        for name in ["new", "old", "bad", "worse"] {
            edited = edited.replace(&digest(name).to_string(), name);
        }
        assert_eq!(edited, expected);
    }

    #[test]
    fn a_pin_is_replaced_where_it_stands() {
        case(
            "# Ours.\nrelease = 'x' # was \"y\"\n\ntargets = [\n  \"web\", # [not] a table\n]\nsource='0'\n\n# Rules.\n[policy]\nrequire = { soak = \"2h\" }\n",
            &promoted(),
            "# Ours.\nrelease = \"new\" # was \"y\"\n\ntargets = [\n  \"web\", # [not] a table\n]\nsource=\"4be1\"\nfrom = \"test\"\n\n# Rules.\n[policy]\nrequire = { soak = \"2h\" }\n",
        );
    }

    #[test]
    fn a_pin_comes_behind_the_branch_or_the_last_key() {
        case(
            "follow = \"main\"\r\ntargets = [\"web\"]\r\n",
            &promoted(),
            "follow = \"main\"\r\nrelease = \"new\"\r\nsource = \"4be1\"\r\nfrom = \"test\"\r\ntargets = [\"web\"]\r\n",
        );
        case(
            "\u{feff}targets = [\"web\"]",
            &promoted(),
            "\u{feff}targets = [\"web\"]\nrelease = \"new\"\nsource = \"4be1\"\nfrom = \"test\"\n",
        );
        case(
            "# Nothing yet.\n[policy]\nrequire.soak = \"2h\"\n",
            &promoted(),
            "# Nothing yet.\nrelease = \"new\"\nsource = \"4be1\"\nfrom = \"test\"\n[policy]\nrequire.soak = \"2h\"\n",
        );
        case(
            "",
            &promoted(),
            "release = \"new\"\nsource = \"4be1\"\nfrom = \"test\"\n",
        );
    }

    #[test]
    fn a_hold_is_added_grown_and_ended() {
        let before = "release = \"old\"\nsource = \"0\"\ntargets = [\"web\"]\n";
        let after = "release = \"new\"\nsource = \"4be1\"\ntargets = [\"web\"]\n\n[hold]\nreason = \"smoke test \\\"/pricing\\\" 500\"\ndeny = [\"bad\"]\n";
        case(before, &held(&["bad"]), after);
        let written = desire(before, &held(&["bad"])).unwrap();
        let commented = written
            .replace("deny = [", "# Never again.\ndeny = [ # why\n  ")
            .replace("\"]\n", "\", # 500\n]\n");
        case(
            &commented.replace("\"web\", # 500\n]", "\"web\"]"),
            &held(&["bad", "worse"]),
            "release = \"new\"\nsource = \"4be1\"\ntargets = [\"web\"]\n\n[hold]\nreason = \"smoke test \\\"/pricing\\\" 500\"\n# Never again.\ndeny = [ # why\n  \"bad\", \"worse\", # 500\n]\n",
        );
        case(
            &written,
            &Desire {
                from: None,
                ..promoted()
            },
            "release = \"new\"\nsource = \"4be1\"\ntargets = [\"web\"]\n",
        );
        let inline =
            "hold = { reason = \"x\", deny = [] }\ntargets = [\"web\"]\n[smoke]\npaths = []\n";
        case(
            inline,
            &Desire {
                follow: Some("main".to_owned()),
                release: None,
                source: None,
                from: None,
                hold: None,
            },
            "targets = [\"web\"]\nfollow = \"main\"\n[smoke]\npaths = []\n",
        );
        case(
            "[hold]\nreason = \"x\"\n[smoke]\npaths = []\n",
            &held(&["bad", "worse"]),
            "release = \"new\"\nsource = \"4be1\"\n[hold]\nreason = \"smoke test \\\"/pricing\\\" 500\"\ndeny = [\n    \"bad\",\n    \"worse\",\n]\n[smoke]\npaths = []\n",
        );
    }

    #[test]
    fn what_is_no_toml_is_left_alone() {
        assert!(matches!(
            desire("release = ", &promoted()),
            Err(EditError::Syntax(_))
        ));
        assert!(matches!(
            desire("release = {}\n", &promoted()),
            Err(EditError::Form(_) | EditError::Syntax(_))
        ));
    }

    proptest! {
        #[test]
        fn whatever_stands_beside_stays(
            order in Just(vec![0, 1, 2, 3, 4]).prop_shuffle(),
            count in 0..5_usize,
            tables in 0..4_usize,
            reason in ".{0,20}",
            hold in any::<bool>(),
            windows in any::<bool>(),
        ) {
            let lines = ["release = \"x\" # a", "follow = 'main'", "targets = [\n\"a\", # ]\n]", "url = \"\"\"\n[hold]\n\"\"\"", "# alone\n"];
            let mut text: String = order.iter().take(count).flat_map(|at| [lines[*at], "\n"]).collect();
            let more = ["[policy]\nrequire = { soak = \"2h\" } # b\n", "[hold] # why\nreason = \"old\"\n# c\n", "[smoke]\npaths = [\"/\"]\n"];
            text.extend(more.into_iter().take(tables));
            if windows {
                text = text.replace('\n', "\r\n");
            }
            let mut decision = promoted();
            if hold {
                decision.hold = Some(Hold { reason, deny: vec![digest("a"), digest("b")] });
            }
            let edited = desire(&text, &decision).unwrap();
            prop_assert_eq!(desire(&edited, &decision).unwrap(), edited.clone());
            for remark in ["# a", "# ]", "# alone", "# b", "# c"] {
                prop_assert_eq!(text.contains(remark), edited.contains(remark), "{}", edited);
            }
        }
    }
}
