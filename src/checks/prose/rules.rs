//! Which of harper's rules apply, under which names, and which of their findings are dropped.
//!
//! The set was chosen by reading several hundred findings on documentation, books and contracts:
//! a rule stays if most of what it finds is worth a look.

use std::ops::Range;

use crate::checks::text::block::{Block, Kind};

/// Rules that are wrong more often than right, that judge taste, or that hold for one kind of text
/// only. Rules named `Expand…` are off too.
pub(super) const OFF: &[&str] = &[
    // Spelling is sifted over the whole project.
    "SpellCheck",
    "UseTitleCase",
    "SentenceCapitalization",
    "NumericRangeEnDash",
    "SplitWords",
    "DisjointPrefixes",
    "LongSentences",
    "Spaces",
    "OrthographicConsistency",
    "CompoundNouns",
    "NoFrenchSpaces",
    "PhrasalVerbAsCompoundNoun",
    "OxfordComma",
    "MassNouns",
    "CondenseAllThe",
    "MissingPreposition",
    "MissingDeterminer",
    "MissingTo",
    "UseEllipsisCharacter",
    "WrongNegative",
    "ToDoHyphen",
    "CapitalizePersonalPronouns",
    "AvoidAndAlso",
    "OkToOkay",
    "Dashes",
    "ToTwoToo",
    "ModalBeAdjective",
    "UnclosedQuotes",
    "Worldwide",
    "HowTo",
    "RoadMap",
    "Overall",
    "QuoteSpacing",
    "Regionalisms",
    "MergeWords",
    "ThatThan",
    "LitotesDirectPositive",
    "AWhile",
    "DayOneNames",
    "HaveTakeALook",
    "PronounKnew",
    "PreferSneaked",
    "ThisTypeOfThing",
    "CompaniesProductsAndTrademarks",
    "WereWhere",
    "AsHow",
    "InAWhile",
    "There",
    "Everyone",
    "Damages",
    "GoogleNames",
    "AmazonNames",
    "AzureNames",
    "VerbToAdjective",
    "RedundantFirsts",
    "TheHowWhy",
    "NeedToNoun",
    "ProgressiveNeedsBe",
    "OutOfDate",
    "TheirToTheyre",
    "MultipleFrequencyAdverbs",
    "EllipsisLength",
    "DoubleModal",
    "CaseSensitive",
    "InflectedVerbAfterTo",
    "NounVerbConfusion",
    "PassedPast",
    "FindOut",
    "SingleBe",
    "WillNonLemma",
    "TheWhetherWeather",
    "AdjectiveDoubleDegree",
    "AvoidCurses",
    "CallThem",
    "IncludingButNotLimitedToPunctuation",
    "InDemandInDepth",
    "ItsContraction",
    "MakeupCompoundNoun",
    "MultipleSequentialPronouns",
    "MoreBetter",
    "PronounInflectionBe",
    "QuiteQuiet",
    "RedundantThat",
    "ThatThis",
    "ThatWhich",
    "ThereIsAgreement",
    "ThereToTheir",
    "ToAdverb",
    "WayTooAdjective",
    // Taste, or wrong on what is new to them.
    "IfIRecallCorrectly",
    "OnTheOtherHand",
    "DoubleCheckHyphen",
    "Codebase",
    "RegularIrregulars",
    "SimplePastToPastParticiple",
    "OneOfTheSingular",
    // Says what is wrong, and not what is right.
    "AllowTo",
    "DidPast",
    "InterestedIn",
    // Right before a noun alone: "it's time", "it's unlikely", "has you covered".
    "HavePronoun",
    "ItsPossessive",
    "NominalWants",
    "PronounVerbAgreement",
    "Months",
    "QuantifierNumeralConflict",
    "GoodAt",
    // Taste.
    "Excellent",
    "RedundantPretty",
    "Wanna",
    "WhomSubjectOfVerb",
    // Rules of our own do this.
    "AnA",
    "RepeatedWords",
    "DiscourseMarkers",
];

/// Rules whose name in harper says less than it could.
const NAMES: &[(&str, &str)] = &[
    ("CommaFixes", "comma"),
    ("ThenThan", "than"),
    ("ModalOf", "have"),
    ("PossessiveYour", "your"),
];

/// Whether a rule of harper's is off.
pub(super) fn is_off(rule: &str) -> bool {
    OFF.contains(&rule) || rule.starts_with("Expand")
}

/// The stable code of a rule of harper's.
pub(super) fn code(rule: &str) -> String {
    match NAMES.iter().find(|(known, _)| *known == rule) {
        Some((_, name)) => format!("prose-{name}"),
        None => format!("prose-{}", kebab(rule)),
    }
}

/// Whether a finding of a rule is of the kind that is wrong as a rule.
pub(super) fn is_false_alarm(rule: &str, block: &Block, range: &Range<usize>) -> bool {
    let (before, after) = (&block.text[..range.start], &block.text[range.end..]);
    // A closed or open compound looks another way where it is part of a longer one.
    if before.ends_with('-') || after.starts_with('-') {
        return true;
    }
    match rule {
        "repeated-word" => !block.is_plain(range),
        // Items, cells and headings may go on in lower case.
        "sentence-start" => {
            before.is_empty() && (block.kind != Kind::Paragraph || block.in_list || block.in_quote)
        }
        "CommaFixes" => {
            let around = |text: Option<char>| text.map_or(0, char::len_utf8);
            let first = range.start - around(before.chars().next_back());
            let last = range.end + around(after.chars().next());
            !block.is_plain(&(first..last))
        }
        _ => false,
    }
}

/// `OneOfTheSingular` is `one-of-the-singular`.
fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut kebab = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let hump = letter.is_uppercase()
            && (letters[at.saturating_sub(1)].is_lowercase()
                || letters.get(at + 1).is_some_and(|next| next.is_lowercase())
                || at == letters.len() - 1);
        let number = letter.is_numeric() && !letters[at.saturating_sub(1)].is_numeric();
        if at > 0 && (hump || number) {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::prose::ProseCheck;
    use crate::checks::test_site::{found, shown};

    #[test]
    fn codes_are_stable_names() {
        let case = |rule: &str, expected: &str| assert_eq!(code(rule), expected);
        case("an-a", "prose-an-a");
        case("QuantifierNeedsOf", "prose-quantifier-needs-of");
        case("ThenThan", "prose-than");
        case("Catch22", "prose-catch-22");
    }

    #[test]
    fn a_paragraph_begins_with_a_capital() {
        let case = |source: &str, expected: &[&str]| {
            let files = [("a.md", source)];
            assert_eq!(shown(&files, &found(&ProseCheck, &files)), expected);
        };
        let text = "the first step is to install the tool. It takes a minute.\n";
        case(text, &["a.md:1:1 prose-sentence-start \"the\""]);
        case(&format!("- {text}"), &[]);
        case("the first step is to install the tool.\n", &[]);
    }
}
