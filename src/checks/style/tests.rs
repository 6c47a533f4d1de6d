//! What each kind of rule finds, and how: a table of rules, pages and findings.

use proptest::prelude::*;

use crate::checks::style::check::StyleCheck;
use crate::checks::test_site::{found, shown};
use crate::diagnostic::Diagnostic;

pub(super) const CONFIG: &str = "[check]\nstyles = [\"styles\"]\n";

/// What one rule of our own finds in a page: places, messages, replacements.
#[track_caller]
pub(super) fn own(rule: &str, page: &str, expected: &[&str]) {
    let rules = format!("[rules.r]\nmessage = \"%s\"\n{rule}\n");
    told("styles/s.toml", &rules, page, expected);
}

/// The same for a rule of Vale.
#[track_caller]
fn vale(rule: &str, page: &str, expected: &[&str]) {
    told("styles/S/R.yml", rule, page, expected);
}

#[track_caller]
fn told(path: &str, rules: &str, page: &str, expected: &[&str]) {
    let files = [("tympan.toml", CONFIG), (path, rules), ("a.md", page)];
    assert_eq!(findings(&files), expected);
}

pub(super) fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let found = found(&StyleCheck, files);
    let places = shown(files, &found);
    let line = |(place, found): (String, &Diagnostic)| {
        let place = place.replace(" style-s-r", "");
        match found.replacements.is_empty() {
            true => format!("{place}: {}", found.message),
            false => format!(
                "{place}: {} -> {}",
                found.message,
                found.replacements.join("|")
            ),
        }
    };
    places.into_iter().zip(&found).map(line).collect()
}

#[test]
fn existence_finds_words_and_parts_of_words() {
    let simply = "kind = \"existence\"\ntokens = [\"simply\", \"just\"]\nignore_case = true";
    own(
        simply,
        "Simply do it, justly.\n",
        &["a.md:1:1 \"Simply\": Simply"],
    );
    own(simply, "Run `just` or <just@b.example>.\n", &[]);
    let parts = "kind = \"existence\"\ntokens = ['\\d+(?:st|nd)']\nwhole_words = false";
    own(
        parts,
        "the 1st and 2nds\n",
        &["a.md:1:5 \"1st\": 1st", "a.md:1:13 \"2nd\": 2nd"],
    );
    let raw = "kind = \"existence\"\nraw = ['\\b(?:is|was)\\b\\s*']\ntokens = ['\\w+ed', 'done']";
    own(
        raw,
        "It is done, was *moved* and done.\n",
        &[
            "a.md:1:4 \"is done\": is done",
            "a.md:1:13 \"was *moved\": was moved",
        ],
    );
    let except = "kind = \"existence\"\ntokens = ['\\w+ly']\nexceptions = [\"only\", \"apply\"]";
    own(
        except,
        "We only apply it quickly.\n",
        &["a.md:1:18 \"quickly\": quickly"],
    );
}

#[test]
fn substitution_says_what_is_wanted() {
    let swap = "kind = \"substitution\"\nignore_case = true\nmessage = \"%s, not %s\"\n[rules.r.swap]\nutilize = \"use\"\n'e-?mail' = \"email|mail\"";
    let swap = swap.replace("message = \"%s, not %s\"\n", "");
    own(
        &swap,
        "Utilize an e-mail.\n",
        &[
            "a.md:1:1 \"Utilize\": use -> Use",
            "a.md:1:12 \"e-mail\": email or mail -> email|mail",
        ],
    );
    own(
        &swap,
        "An email.\r\n\r\n> to uti*lize* 🦀 utilize\r\n",
        &[
            "a.md:3:6 \"uti*lize\": use",
            "a.md:3:18 \"utilize\": use -> use",
        ],
    );
    let cased =
        "kind = \"substitution\"\nswap = { Github = \"GitHub\", Actions = \"GitHub Actions\" }";
    own(
        cased,
        "Github and GitHub Actions, Actions\n",
        &[
            "a.md:1:1 \"Github\": GitHub -> GitHub",
            "a.md:1:28 \"Actions\": GitHub Actions -> GitHub Actions",
        ],
    );
    own(cased, "See Github.com/a and https://Github.example.\n", &[]);
}

#[test]
fn occurrence_counts() {
    let long = "kind = \"occurrence\"\nscope = \"sentence\"\ntoken = '\\b\\w+\\b'\nmax = 4";
    own(
        long,
        "One two three four. One two three four five. # x\n",
        &["a.md:1:21 \"One two three four five.\": 5"],
    );
    let commas = "kind = \"occurrence\"\ntoken = \",\"\nmax = 1";
    own(commas, "a, b, c, d\n", &["a.md:1:5 \",\": 3"]);
    own(
        "kind = \"occurrence\"\ntoken = \"dear\"\nmin = 1\nscope = \"heading.h1\"",
        "# Hello\n",
        &["a.md:1:3 \"Hello\": 0"],
    );
    own(
        "kind = \"occurrence\"\ntoken = \"dear\"\nmin = 2\nscope = \"summary\"",
        "# dear\n",
        &["a.md: 1"],
    );
}

#[test]
fn repetition_finds_the_same_word_twice() {
    let twice = "kind = \"repetition\"\ntokens = ['[^\\s]+']\nletters = true\nignore_case = true\naction = { name = \"edit\", params = [\"truncate\", \" \"] }";
    own(
        twice,
        "The the cat 1 1 `a` `a` [a](a.md) a.\n",
        &["a.md:1:1 \"The the\": The -> The"],
    );
}

#[test]
fn capitalisation_looks_at_headings() {
    let sentence = "kind = \"capitalisation\"\nmatch = \"$sentence\"\nscope = \"heading\"\nexceptions = [\"Visual Studio\"]";
    own(
        sentence,
        "# Set Up It\n\n## Use Visual Studio now\n\n### `x` and y\n",
        &["a.md:1:3 \"Set Up It\": Set Up It"],
    );
    own(
        "kind = \"capitalisation\"\nmatch = \"$title\"\nscope = \"heading\"",
        "# Set up it\n",
        &["a.md:1:3 \"Set up it\": Set up it"],
    );
}

#[test]
fn conditional_wants_an_explanation() {
    let acronym = "kind = \"conditional\"\nfirst = '\\b([A-Z]{3,5})\\b'\nsecond = '\\(([A-Z]{3,5})\\)'\nexceptions = [\"API\"]";
    own(
        acronym,
        "The World Health Organization (WHO).\n\nThe WHO, the API, the UNO, the UNO.\n",
        &["a.md:3:23 \"UNO\": UNO"],
    );
}

#[test]
fn consistency_tells_the_rarer_form() {
    let either = "kind = \"consistency\"\n[rules.r.either]\ncolour = \"color\"";
    own(
        either,
        "A colour, a color.\n\nThe color.\n",
        &["a.md:1:3 \"colour\": colour"],
    );
    own(
        either,
        "A colour, a color.\n",
        &["a.md:1:13 \"color\": color"],
    );
}

#[test]
fn figures_are_about_the_page() {
    own(
        "kind = \"readability\"\ngrade = 8",
        "Institutional considerations necessitate extraordinarily comprehensive documentation.\n",
        &["a.md: 43.8"],
    );
    own(
        "kind = \"readability\"\ngrade = 8",
        "We go home. It is late.\n",
        &[],
    );
    own(
        "kind = \"metric\"\nformula = \"words / sentences\"\ncondition = \"> 3\"",
        "One two three four five.\n",
        &["a.md: 5.0"],
    );
}

#[test]
fn sequences_of_words_run_without_parts_of_speech() {
    vale(
        "extends: sequence\nmessage: '%s'\ntokens:\n  - pattern: in\n  - pattern: order\n    skip: 1\n",
        "It is in good order, in order.\n",
        &[
            "a.md:1:7 \"in good order\": in good order",
            "a.md:1:22 \"in order\": in order",
        ],
    );
    vale(
        "extends: sequence\nmessage: x\ntokens:\n  - tag: NN\n  - pattern: using\n",
        "A\n",
        &[
            "styles/S/R.yml style-unsupported: the style `S` asks for what tympan does not do: parts of speech in `sequence` rules (`R`)",
        ],
    );
}

#[test]
fn rules_of_vale_run_as_they_are() {
    vale(
        "extends: substitution\nmessage: \"Use '%s' instead of '%s'.\"\nlevel: error\nignorecase: true\naction:\n  name: replace\nswap:\n  cell ?phone: phone|mobile phone\n  24/7: every day\n",
        "A cellphone, 24/7.\n",
        &[
            "a.md:1:3 \"cellphone\": Use 'phone' or 'mobile phone' instead of 'cellphone'. -> phone|mobile phone",
            "a.md:1:14 \"24/7\": Use 'every day' instead of '24/7'. -> every day",
        ],
    );
    vale(
        "extends: existence\nmessage: \"Don't put a space around '%s'.\"\nnonword: true\naction:\n  name: edit\n  params: [remove, ' ']\ntokens:\n  - '\\s[—–]\\s'\n",
        "A — b\n",
        &["a.md:1:2 \" — \": Don't put a space around '—'. -> —"],
    );
    vale(
        "extends: substitution\nmessage: Consider %s instead of '%s'\nswap:\n  abundance: \"'plenty' or 'many'\"\n",
        "An abundance.\n",
        &["a.md:1:4 \"abundance\": Consider 'plenty' or 'many' instead of 'abundance'"],
    );
    vale(
        "extends: existence\nmessage: no\nscope:\n  - heading & ~heading.h1\n  - list\nnonword: true\ntokens: ['!']\n",
        "# A!\n\n## B!\n\nc!\n\n- d!\n",
        &["a.md:3:5 \"!\": no", "a.md:7:4 \"!\": no"],
    );
    vale(
        "extends: existence\nmessage: no\nscope: raw\nnonword: true\ntokens: ['\\[here\\]\\(.*?\\)']\n",
        "---\ntitle: A\n---\n\nSee [here](a.md).\n",
        &["a.md:5:5 \"[here](a.md)\": no"],
    );
    vale(
        "extends: existence\nmessage: no\ntokens: ['slow(?!ly| down)']\nlimit: 1\n",
        "slowly slow down slow slow\n",
        &["a.md:1:18 \"slow\": no"],
    );
    vale(
        "extends: spelling\nmessage: no\ndicpath: x\n",
        "recieve\n",
        &[],
    );
}

#[test]
fn what_cannot_run_is_told_once_for_a_style() {
    let files = [
        ("tympan.toml", CONFIG),
        (
            "styles/S/A.yml",
            "extends: script\nmessage: no\nscript: |\n  x := 1\n",
        ),
        (
            "styles/S/B.yml",
            "extends: existence\nmessage: no\nscope: text.comment\ntokens: [a]\n",
        ),
        (
            "styles/S/C.yml",
            "extends: existence\nmessage: no\nshape: round\ntokens: [bee]\n",
        ),
        ("a.md", "bee\n"),
    ];
    assert_eq!(
        findings(&files),
        [
            "a.md:1:1 style-s-c \"bee\": no",
            "styles/S/A.yml style-unsupported: the style `S` asks for what tympan does not do: \
             `script` rules (`A`), the scope `text.comment` (`B`), the key `shape` (`C`)",
        ]
    );
}

#[test]
fn a_broken_rule_is_a_finding_and_the_others_run() {
    let case = |path: &str, rules: &str, expected: &[&str]| told(path, rules, "good\n", expected);
    case(
        "styles/S/R.yml",
        "extends: [\n",
        &["styles/S/R.yml:1:1 style-rule \"extends: [\": unclosed bracket '['"],
    );
    case(
        "styles/S/R.yml",
        "extends: existence\ntokens: [a]\n",
        &["styles/S/R.yml:1:1 style-rule \"extends: existence\": the rule has no `message`"],
    );
    case(
        "styles/S/R.yml",
        "message: a\nextends: existance\n",
        &["styles/S/R.yml:2:10 style-rule \"existance\": unknown kind `existance`"],
    );
    case(
        "styles/S/R.yml",
        "extends: existence\nmessage: a\ntokens:\n  - good\n  - 'a('\n",
        &[
            "styles/S/R.yml:5:6 style-pattern \"a(\": the pattern `a(` cannot be used: Opening parenthesis without closing parenthesis",
        ],
    );
    case(
        "styles/s.toml",
        "[rules.a]\nkind = \"existence\"\nmessage = \"a\"\ntoken = [\"b\"]\ntokens = [\"c\"]\n[rules.r]\nkind = \"existence\"\nmessage = \"%s\"\ntokens = [\"good\"]\n",
        &[
            "a.md:1:1 \"good\": good",
            "styles/s.toml:4:1 style-rule \"token\": unknown key `token`",
        ],
    );
    case(
        "styles/s.toml",
        "[rules.r]\nkind = \n",
        &[
            "styles/s.toml:2:8 style-rule \"\": string values must be quoted, expected literal string",
        ],
    );
    case(
        "styles/s.toml",
        "rule = 1\n",
        &["styles/s.toml:1:1 style-rule \"rule\": unknown key `rule`"],
    );
}

#[test]
fn a_catastrophic_pattern_is_named() {
    let slow = "extends: existence\nmessage: a\nnonword: true\ntokens:\n  - '(?=a)(a|a)*(?<!a)b'\n";
    let page = format!("{}\n", "a".repeat(3000));
    told(
        "styles/S/R.yml",
        slow,
        &page,
        &[
            "styles/S/R.yml:1:1 style-pattern \"extends: existence\": the pattern of `style-s-r` cannot be used: it takes too much work",
        ],
    );
    // What it finds on other pages is not told either.
    let files = [
        ("tympan.toml", CONFIG),
        ("styles/S/R.yml", slow),
        ("a.md", "aab\n"),
        ("b.md", page.as_str()),
        ("c.md", "aab\n"),
    ];
    assert_eq!(findings(&files).len(), 1);
}

#[test]
fn terms_have_one_form() {
    let config = "[check]\n[check.terms]\n\"GitHub\" = [\"Github\", \"github\", \"git hub\"]\n\"C++\" = [\"Cpp\", \"C plus plus\"]\n";
    let page = "# Github\n\nA Git hub, the github.com host, `github`, [github](b.md), GitHub.\n\nCpp, c plus plus.\n";
    let files = [("tympan.toml", config), ("a.md", page)];
    assert_eq!(
        findings(&files),
        [
            "a.md:1:3 style-term \"Github\": use `GitHub`, not `Github` -> GitHub",
            "a.md:3:3 style-term \"Git hub\": use `GitHub`, not `Git hub` -> GitHub",
            "a.md:3:44 style-term \"github\": use `GitHub`, not `github` -> GitHub",
            "a.md:5:1 style-term \"Cpp\": use `C++`, not `Cpp` -> C++",
            "a.md:5:6 style-term \"c plus plus\": use `C++`, not `c plus plus` -> C++",
        ]
    );
}

#[test]
fn words_to_avoid_have_a_reason() {
    let config =
        "[check.avoid]\nutilize = \"use\"\nsimply = { reason = \"it is not simple to all\" }\n";
    let files = [("tympan.toml", config), ("a.md", "Utilize it simply.\n")];
    assert_eq!(
        findings(&files),
        [
            "a.md:1:1 style-avoid \"Utilize\": use `use`, not `Utilize` -> Use",
            "a.md:1:12 style-avoid \"simply\": avoid `simply`"
        ]
    );
    assert_eq!(
        found(&StyleCheck, &files)[1].help.as_deref(),
        Some("it is not simple to all")
    );
    let files = [
        ("tympan.toml", "[check]\nstyles = [\"reject.txt\"]\n"),
        ("reject.txt", "# Words.\n\n[Oo]bviously\n"),
        ("a.md", "Obviously so.\n"),
    ];
    assert_eq!(
        findings(&files),
        ["a.md:1:1 style-avoid \"Obviously\": avoid `Obviously`"]
    );
}

#[test]
fn inclusive_language_is_asked_for() {
    let page = "The guys keep a blacklist, and the Master/slave.\n";
    let files = |config| [("tympan.toml", config), ("a.md", page)];
    assert_eq!(findings(&files("")), [""; 0]);
    assert_eq!(
        findings(&files("[check]\ninclusive = true\n")),
        [
            "a.md:1:5 style-inclusive \"guys\": `guys` leaves people out; say `everyone` or `folks` -> everyone|folks",
            "a.md:1:17 style-inclusive \"blacklist\": `blacklist` leaves people out; say `blocklist` or `denylist` -> blocklist|denylist",
            "a.md:1:36 style-inclusive \"Master/slave\": `Master/slave` leaves people out; say `primary/replica` or `leader/follower` -> Primary/replica|Leader/follower",
        ]
    );
}

#[test]
fn the_majority_wins_in_the_project() {
    let files = [
        (
            "tympan.toml",
            "[check]\nconsistent = [[\"e-mail\", \"email\"]]\n",
        ),
        ("a.md", "An email and an e-mail.\n"),
        ("b.md", "Email, `e-mail`.\n"),
    ];
    assert_eq!(
        findings(&files),
        ["a.md:1:17 style-inconsistent \"e-mail\": `e-mail` is `email` elsewhere -> email"]
    );
    let found = found(&StyleCheck, &files);
    assert_eq!(
        found[0].help.as_deref(),
        Some("the project says `email` twice, `e-mail` once")
    );
}

#[test]
fn rules_hold_for_paths() {
    let rules = "[rules.r]\nkind = \"existence\"\nmessage = \"%s\"\ntokens = [\"good\"]\npaths = [\"guide/**\"]\n";
    let files = [
        ("tympan.toml", CONFIG),
        ("styles/s.toml", rules),
        ("a.md", "good\n"),
        ("guide/b.md", "good\n"),
    ];
    assert_eq!(findings(&files), ["guide/b.md:1:1 \"good\": good"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn no_rule_and_no_text_panics(
        kind in "existence|substitution|occurrence|repetition|capitalization|conditional|consistency|metric|sequence",
        pattern in "[ab1 \\\\(|)*+?.\\[\\]{}^$é🦀]{0,8}",
        scope in "text|sentence|heading|raw|summary|strong",
        text in "[ab1 .*_`#>é🦀\\r\\n\\[\\]()|~-]{0,60}",
    ) {
        let pattern = pattern.replace('\'', "");
        let rules = format!(
            "extends: {kind}\nmessage: '%s'\nscope: {scope}\nnonword: true\ntokens: ['{pattern}']\n\
             swap: {{'{pattern}': 'x|y'}}\ntoken: '{pattern}'\nmin: 1\nmax: 1\nmatch: $title\n\
             first: '{pattern}'\nsecond: '{pattern}'\neither: {{a: '{pattern}'}}\nformula: '{pattern}'\ncondition: '> 1'\n"
        );
        let files = [("tympan.toml", CONFIG), ("styles/S/R.yml", rules.as_str()), ("a.md", text.as_str())];
        for found in found(&StyleCheck, &files) {
            let span = found.place.map_or(0..0, |place| place.span);
            prop_assert!(found.path.as_str() != "a.md" || text.get(span).is_some());
        }
    }
}
