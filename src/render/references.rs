//! How what is numbered is called, and how a reference to it reads, in every output alike.

use crate::markdown::{LabelKind, ReferenceForm};
use crate::site::Labelled;

/// Where the number stands in a word that surrounds it.
const NUMBER: &str = "{n}";

/// What stands before a caption, such as `Figure 2.1`; only the number for an equation.
pub(in crate::render) fn caption_label(kind: LabelKind, number: &str, word: &str) -> String {
    match kind {
        LabelKind::Equation => format!("({number})"),
        _ => numbered(&capitalized(word), number),
    }
}

/// What stands before the caption of what has a label: its name, or the letter of a part.
pub(in crate::render) fn caption_name(
    kind: LabelKind,
    found: Option<&Labelled>,
    word: &str,
) -> String {
    let number = found.and_then(|found| found.number.as_deref());
    match found.and_then(|found| found.part.as_deref()) {
        Some(letter) => format!("({letter})"),
        None => caption_label(kind, number.unwrap_or_default(), word),
    }
}

/// The classes of what has parts side by side.
pub(in crate::render) fn layout_class(columns: usize) -> Option<String> {
    (columns > 1).then(|| format!("layout layout-{columns}"))
}

/// The words of a reference. A section without a number goes by its title.
pub(in crate::render) fn reference_text<'w>(
    found: &Labelled,
    form: &ReferenceForm,
    word: impl Fn(&str) -> &'w str,
) -> String {
    let Some(number) = &found.number else {
        return match form {
            ReferenceForm::Prefixed(words) => format!("{words} {}", found.title),
            _ => found.title.clone(),
        };
    };
    let key = match found.kind {
        LabelKind::Section if found.is_title && !number.contains('.') => "chapter",
        kind => kind.name(),
    };
    match form {
        ReferenceForm::Word => numbered(word(key), number),
        ReferenceForm::Capital => numbered(&capitalized(word(key)), number),
        ReferenceForm::Number => number.clone(),
        ReferenceForm::Prefixed(words) => numbered(words, number),
    }
}

/// A word and a number that stay on one line. A word may say where its number stands, as in `第{n}章`.
pub(in crate::render) fn numbered(word: &str, number: &str) -> String {
    match word {
        "" => number.to_owned(),
        word if word.contains(NUMBER) => word.replace(NUMBER, number),
        word => format!("{word}\u{a0}{number}"),
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::PageId;

    #[track_caller]
    fn case(kind: LabelKind, number: Option<&str>, form: ReferenceForm, expected: &str) {
        let found = Labelled {
            page: PageId(0),
            kind,
            id: "x".to_owned(),
            number: number.map(str::to_owned),
            part: None,
            is_title: true,
            title: "The Sea".to_owned(),
            order: 0,
        };
        let text = reference_text(&found, &form, |key| match key {
            "figure" => "fig.",
            "chapter" => "Chapter",
            _ => "Section",
        });
        assert_eq!(text.replace('\u{a0}', "~"), expected);
    }

    #[test]
    fn a_reference_reads_as_its_form_has_it() {
        let prefixed = || ReferenceForm::Prefixed("plate".to_owned());
        case(
            LabelKind::Figure,
            Some("2.1"),
            ReferenceForm::Word,
            "fig.~2.1",
        );
        case(
            LabelKind::Figure,
            Some("2.1"),
            ReferenceForm::Capital,
            "Fig.~2.1",
        );
        case(LabelKind::Figure, Some("2.1"), ReferenceForm::Number, "2.1");
        case(LabelKind::Figure, Some("2.1"), prefixed(), "plate~2.1");
    }

    #[test]
    fn a_word_may_surround_its_number() {
        let words = crate::render::words::built_in();
        let name =
            |language: &str, key: &str, number: &str| numbered(&words[language][key], number);
        assert_eq!(name("ja", "chapter", "1"), "第1章");
        assert_eq!(name("zh", "section", "2.1"), "第2.1节");
        assert_eq!(name("ko", "chapter", "12"), "제12장");
        assert_eq!(name("de", "chapter", "1"), "Kapitel\u{a0}1");
    }

    #[test]
    fn a_section_goes_by_its_number_or_its_title() {
        case(
            LabelKind::Section,
            Some("2"),
            ReferenceForm::Word,
            "Chapter~2",
        );
        case(
            LabelKind::Section,
            Some("2.1"),
            ReferenceForm::Word,
            "Section~2.1",
        );
        case(LabelKind::Section, None, ReferenceForm::Number, "The Sea");
    }
}
