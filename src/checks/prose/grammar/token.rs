//! The words and marks of a text, each with what it can be in a sentence.

use std::ops::Range;

use harper_core::{Document, Number, TokenKind};

use crate::checks::prose::grammar::lexicon::{
    AUXILIARIES, ENDS, NO_PLURALS, NO_SINGULARS, NUMBERS, OPENERS, PLURALS, VERBS,
};

/// A word, a number, a mark, or something that is no text.
pub(super) struct Token<'a> {
    /// As it is written.
    pub text: &'a str,
    /// In lower case, with straight apostrophes.
    pub lower: String,
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Whether a sentence begins here.
    pub first: bool,
    /// Whether white space stands before it.
    pub spaced: bool,
    kind: &'a TokenKind,
}

/// What a word can be. A word that can be more than one thing is each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Any word, number or code.
    Any,
    /// A word.
    Word,
    /// Code or the like.
    Code,
    /// A number, in digits or as a word.
    Number,
    /// A noun.
    Noun,
    /// A noun in the singular that is neither a plural nor a verb in its other lives.
    Singular,
    /// A noun in the plural that is neither a singular nor an adjective in its other lives.
    Plural,
    /// Such a noun that is no verb either.
    PurePlural,
    /// A noun that has no plural.
    Mass,
    /// A verb in its base form.
    Base,
    /// A verb in its base form that is no noun, adjective or anything else.
    PureBase,
    /// A verb with the ending of the third person.
    Third,
    /// Such a verb that is no noun.
    PureThird,
    /// A verb in a past form that is no base form.
    Past,
    /// A past form that is no adjective or noun either.
    PurePast,
    /// A verb that ends in `ing`.
    Gerund,
    /// An adjective.
    Adjective,
    /// An adjective in the comparative.
    Comparative,
    /// An adverb.
    Adverb,
    /// An article, a possessive or another word that opens a noun phrase.
    Opener,
    /// The end of the text or of a part of a sentence.
    End,
}

impl<'a> Token<'a> {
    /// The tokens of a document, without its spaces. `place` leads from its letters to bytes.
    pub(super) fn all(
        document: &'a Document,
        text: &'a str,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
    ) -> Vec<Self> {
        let mut tokens: Vec<Self> = Vec::new();
        let (mut first, mut spaced) = (true, true);
        for token in document.tokens() {
            if token.kind.is_whitespace() || token.kind.is_paragraph_break() {
                spaced = true;
                continue;
            }
            let range = place(token.span.start..token.span.end);
            let Some(written) = text.get(range.clone()) else {
                continue;
            };
            // After a mark a new sentence begins only after a space.
            let begins = first && spaced;
            tokens.push(Self {
                text: written,
                lower: lower(written),
                range,
                first: begins,
                spaced,
                kind: &token.kind,
            });
            let closes = ["\"", "”", "’", ")", "]", "'"].contains(&written);
            let ends = [".", "!", "?"].contains(&written);
            let opens = ["\"", "“", "‘", "(", "["].contains(&written) && begins;
            first = ends || opens || first && closes;
            spaced = false;
        }
        tokens
    }

    /// Whether it is a word.
    pub(super) fn is_word(&self) -> bool {
        self.kind.is_word()
    }

    /// Whether it is text in which no rule looks.
    pub(super) fn is_code(&self) -> bool {
        self.kind.is_unlintable()
    }

    /// Whether it is a word that the dictionary has.
    pub(super) fn is_known(&self) -> bool {
        matches!(self.kind, TokenKind::Word(Some(_)))
    }

    /// Whether it begins with a capital.
    pub(super) fn is_capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    /// Whether it can be of a class.
    pub(super) fn is(&self, class: Class) -> bool {
        let kind = self.kind;
        let word = self.lower.as_str();
        // What a word in capitals means inside a sentence, nobody knows.
        let loud = self.text.chars().count() > 1 && self.text.chars().all(char::is_uppercase);
        match class {
            Class::Any => kind.is_word() || kind.is_number() || self.is_code(),
            Class::Word => kind.is_word(),
            Class::Code => self.is_code(),
            Class::Number => is_amount(kind) || NUMBERS.contains(&word),
            Class::End => ENDS.contains(&word),
            Class::Opener => OPENERS.contains(&word),
            _ if loud || !kind.is_word() || AUXILIARIES.contains(&word) => false,
            // A capital inside a sentence makes a name of it: `based on Keep a Changelog`.
            Class::Base | Class::PureBase | Class::Third | Class::PureThird
                if self.is_capital() && !self.first =>
            {
                false
            }
            Class::Noun => kind.is_noun() && !kind.is_possessive_noun(),
            Class::Singular => {
                kind.is_singular_noun()
                    && !kind.is_plural_noun()
                    && !kind.is_possessive_noun()
                    && !kind.is_pronoun()
                    && !kind.is_adverb()
                    && !PLURALS.contains(&word)
                    && !OPENERS.contains(&word)
                    && !NO_SINGULARS.contains(&word)
                    && (!word.ends_with('s')
                        || ["ss", "us", "is"].iter().any(|end| word.ends_with(end)))
            }
            Class::Plural => {
                PLURALS.contains(&word)
                    || kind.is_plural_noun()
                        && word.ends_with('s')
                        && !word.ends_with("ss")
                        && !kind.is_possessive_noun()
                        && !kind.is_adjective()
                        && !kind.is_adverb()
                        && !kind.is_preposition()
                        && !NO_PLURALS.contains(&word)
            }
            Class::PurePlural => {
                self.is(Class::Plural) && !kind.is_verb_third_person_singular_present_form()
            }
            Class::Mass => kind.is_mass_noun_only(),
            Class::Base => kind.is_verb_lemma(),
            Class::PureBase => {
                VERBS.contains(&word)
                    || kind.is_verb_lemma()
                        && !kind.is_noun()
                        && !kind.is_adjective()
                        && !kind.is_adverb()
                        && !kind.is_preposition()
                        && !kind.is_pronoun()
                        && !kind.is_determiner()
                        && !kind.is_auxiliary_verb()
                        && !kind.is_conjunction()
            }
            Class::Third => {
                kind.is_verb_third_person_singular_present_form() && word.ends_with('s')
            }
            Class::PureThird => {
                is_form(word, &[("ies", "y"), ("s", ""), ("es", "")])
                    || kind.is_verb_third_person_singular_present_form()
                        && word.ends_with('s')
                        && !kind.is_noun()
                        && !kind.is_adjective()
                        && !kind.is_auxiliary_verb()
            }
            Class::Past => is_past(kind) && !kind.is_verb_lemma(),
            Class::PurePast => {
                is_form(word, &[("ied", "y"), ("d", ""), ("ed", "")])
                    || is_past(kind)
                        && !kind.is_verb_lemma()
                        && !kind.is_adjective()
                        && !kind.is_noun()
                        && !kind.is_preposition()
            }
            Class::Gerund => kind.is_verb_progressive_form(),
            Class::Adjective => kind.is_adjective(),
            Class::Comparative => {
                kind.is_comparative_adjective() || ["more", "less", "fewer"].contains(&word)
            }
            Class::Adverb => kind.is_adverb(),
        }
    }
}

/// Whether a word without an ending is a verb of the list.
fn is_form(word: &str, endings: &[(&str, &str)]) -> bool {
    word != "seed"
        && endings.iter().any(|(end, more)| {
            word.strip_suffix(end).is_some_and(|stem| {
                VERBS
                    .iter()
                    .any(|verb| verb.strip_suffix(more) == Some(stem))
            })
        })
}

/// A word in lower case; `InOrder` stays as it is, so that it is taken for no other word.
fn lower(word: &str) -> String {
    let hump = word
        .chars()
        .zip(word.chars().skip(1))
        .any(|(a, b)| a.is_lowercase() && b.is_uppercase());
    match hump {
        true => word.to_owned(),
        false => word.to_lowercase().replace('’', "'"),
    }
}

fn is_past(kind: &TokenKind) -> bool {
    kind.is_verb_past_form()
        || kind.is_verb_simple_past_form()
        || kind.is_verb_past_participle_form()
}

fn is_amount(kind: &TokenKind) -> bool {
    matches!(kind, TokenKind::Number(Number { suffix: None, .. }))
}
