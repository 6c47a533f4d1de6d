//! Rules that count, and rules with many words: no bound of the work makes them wrong.

use crate::checks::style::tests::{CONFIG, findings, own};

#[test]
fn counting_goes_on_after_many_places() {
    let words = |count: usize| format!("{}\n", vec!["w"; count].join(" "));
    let most = "kind = \"occurrence\"\ntoken = 'w'\nmax = 250";
    own(most, &words(250), &[]);
    assert_eq!(
        findings(&[
            ("tympan.toml", CONFIG),
            (
                "styles/s.toml",
                &format!("[rules.r]\nmessage = \"%s\"\n{most}\n")
            ),
            ("a.md", &words(251)),
        ])
        .len(),
        1
    );
    let least = "kind = \"occurrence\"\nscope = \"summary\"\ntoken = 'w'\nmin = 300";
    own(least, &words(299), &["a.md: 299"]);
    own(least, &words(300), &[]);
    let twice = "kind = \"repetition\"\ntokens = ['[^\\s]+']";
    let page: Vec<String> = (0..300).map(|at| format!("w{at} ")).collect();
    own(
        twice,
        &format!("{}the the end\n", page.concat()),
        &["a.md:1:1391 \"the the\": the"],
    );
}

#[test]
fn terms_may_be_many() {
    let wrong: Vec<String> = (0..20_001).map(|at| format!("\"wrong{at}\"")).collect();
    let config = format!("[check]\n[check.terms]\nright = [{}]\n", wrong.join(","));
    let files = [
        ("tympan.toml", config.as_str()),
        ("a.md", "A wrong7 and Wrong20000.\n"),
    ];
    assert_eq!(
        findings(&files),
        [
            "a.md:1:3 style-term \"wrong7\": use `right`, not `wrong7` -> right",
            "a.md:1:14 style-term \"Wrong20000\": use `right`, not `Wrong20000` -> Right",
        ]
    );
}
