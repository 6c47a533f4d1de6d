//! Figures about the text of a page: counts, grades of readability, and formulas over them.

use crate::checks::style::sentences::sentences;
use crate::checks::text::block::{Block, Kind};

/// A figure and what it must not be.
#[derive(Debug)]
pub(super) struct Formula {
    /// How it is made of the counts.
    pub figure: Figure,
    /// What is reported.
    pub condition: Condition,
}

/// How a figure is made of the counts.
#[derive(Debug)]
pub(super) enum Figure {
    /// The mean of grades of readability.
    Grades(Vec<Grade>),
    /// An expression.
    Expression(Expression),
}

/// A grade of readability: the years of school that a text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grade {
    /// Sentences and syllables.
    FleschKincaid,
    /// Sentences and words of three syllables.
    GunningFog,
    /// Letters and sentences.
    ColemanLiau,
    /// Words of three syllables.
    Smog,
    /// Letters and words.
    Automated,
}

impl Grade {
    /// The names, as Vale has them.
    pub(super) const NAMES: [(&'static str, Self); 5] = [
        ("Flesch-Kincaid", Self::FleschKincaid),
        ("Gunning Fog", Self::GunningFog),
        ("Coleman-Liau", Self::ColemanLiau),
        ("SMOG", Self::Smog),
        ("Automated Readability", Self::Automated),
    ];

    fn of(self, counts: &Counts) -> f64 {
        let per = |a: f64, b: f64| a / b.max(1.0);
        let Counts {
            words,
            sentences,
            syllables,
            characters,
            long,
            ..
        } = *counts;
        match self {
            Self::FleschKincaid => {
                0.39 * per(words, sentences) + 11.8 * per(syllables, words) - 15.59
            }
            Self::GunningFog => 0.4 * (per(words, sentences) + 100.0 * per(long, words)),
            Self::ColemanLiau => {
                5.88 * per(characters, words) - 29.6 * per(sentences, words) - 15.8
            }
            Self::Smog => 1.043 * (long * per(30.0, sentences)).sqrt() + 3.1291,
            Self::Automated => 4.71 * per(characters, words) + 0.5 * per(words, sentences) - 21.43,
        }
    }
}

/// What of a figure is reported: a sign and a number, such as `> 10`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Condition {
    sign: Sign,
    bound: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Above,
    AtLeast,
    Below,
    AtMost,
    Equal,
    Unequal,
}

impl Condition {
    /// More than a number.
    pub(super) fn above(bound: f64) -> Self {
        Self {
            sign: Sign::Above,
            bound,
        }
    }

    /// Reads `> 10` and the like.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let signs = [
            (">=", Sign::AtLeast),
            ("<=", Sign::AtMost),
            ("==", Sign::Equal),
            ("!=", Sign::Unequal),
            (">", Sign::Above),
            ("<", Sign::Below),
        ];
        let text = text.trim();
        let read = |(written, sign)| Some((text.strip_prefix(written)?, sign));
        let (bound, sign) = signs.into_iter().find_map(read)?;
        let bound = bound.trim().parse().ok()?;
        Some(Self { sign, bound })
    }

    fn holds(self, figure: f64) -> bool {
        let same = (figure - self.bound).abs() < f64::EPSILON;
        match self.sign {
            Sign::Above => figure > self.bound,
            Sign::AtLeast => figure >= self.bound,
            Sign::Below => figure < self.bound,
            Sign::AtMost => figure <= self.bound,
            Sign::Equal => same,
            Sign::Unequal => !same,
        }
    }
}

impl Formula {
    /// The figure of a page, if it is reported. A page without words has none.
    pub(super) fn reported(&self, counts: &Counts) -> Option<f64> {
        let figure = match &self.figure {
            Figure::Grades(grades) => {
                let sum: f64 = grades.iter().map(|grade| grade.of(counts)).sum();
                sum / f64::from(u32::try_from(grades.len()).unwrap_or(1).max(1))
            }
            Figure::Expression(expression) => expression.value(counts),
        };
        let is_report = counts.words > 0.0 && figure.is_finite() && self.condition.holds(figure);
        is_report.then_some(figure)
    }
}

/// What is counted in a page. Paragraphs alone count, but where a name says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Counts {
    words: f64,
    sentences: f64,
    syllables: f64,
    characters: f64,
    paragraphs: f64,
    /// Words of three syllables or more.
    long: f64,
    /// Words of more than six letters.
    wide: f64,
    headings: [f64; 6],
    lists: f64,
    quotes: f64,
}

impl Counts {
    /// Counts in the blocks of a page.
    pub(super) fn of(blocks: &[Block]) -> Self {
        let mut counts = Self::default();
        for block in blocks {
            if let Kind::Heading(level) = block.kind
                && let Some(count) = counts.headings.get_mut(usize::from(level) - 1)
            {
                *count += 1.0;
            }
            counts.lists += f64::from(u8::from(block.in_list));
            counts.quotes += f64::from(u8::from(block.in_quote));
            if block.kind == Kind::Paragraph && !block.in_list {
                counts.paragraphs += 1.0;
                counts.read(&block.text);
            }
        }
        counts
    }

    fn read(&mut self, text: &str) {
        self.sentences += sum(sentences(text).len());
        let word = |word: &&str| word.contains(char::is_alphanumeric);
        for word in text.split_whitespace().filter(word) {
            let letters = word
                .chars()
                .filter(|letter| letter.is_alphanumeric())
                .count();
            let syllables = syllables(word);
            self.words += 1.0;
            self.characters += sum(letters);
            self.syllables += sum(syllables);
            self.long += f64::from(u8::from(syllables > 2));
            self.wide += f64::from(u8::from(letters > 6));
        }
    }

    fn named(&self, name: &str) -> Option<f64> {
        Some(match name {
            "words" => self.words,
            "sentences" => self.sentences,
            "syllables" => self.syllables,
            "characters" => self.characters,
            "paragraphs" => self.paragraphs,
            "complex_words" | "polysyllabic_words" => self.long,
            "long_words" => self.wide,
            "list" => self.lists,
            "blockquote" => self.quotes,
            "pre" => 0.0,
            _ => {
                let level = name.strip_prefix("heading")?.strip_prefix(['.', '_'])?;
                let level: usize = level.strip_prefix('h')?.parse().ok()?;
                *self.headings.get(level.checked_sub(1)?)?
            }
        })
    }
}

fn sum(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Groups of vowels, without a silent `e` at the end.
fn syllables(word: &str) -> usize {
    let word = word.to_lowercase();
    let word = word.trim_matches(|c: char| !c.is_alphabetic());
    let mut count = 0;
    let mut was_vowel = false;
    for letter in word.chars() {
        let is_vowel = "aeiouyäöüáéíóúàèìòùâêîôû".contains(letter);
        count += usize::from(is_vowel && !was_vowel);
        was_vowel = is_vowel;
    }
    let is_silent = word.ends_with('e') && !word.ends_with("le") && count > 1;
    (count - usize::from(is_silent)).max(1)
}

/// An expression over counts: numbers, names, `+ - * /`, brackets and `math.sqrt`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Number(f64),
    Count(String),
    Root(Box<Expression>),
    Pair(Box<Expression>, char, Box<Expression>),
}

impl Expression {
    /// How deep brackets may be.
    const DEEPEST: usize = 50;
    /// The longest formula, in bytes: each term lies one step deeper than the one before.
    const LONGEST: usize = 4096;

    /// Reads an expression.
    ///
    /// # Errors
    /// What is not understood.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > Self::LONGEST {
            return Err("the formula is too long".to_owned());
        }
        let mut reader = ExpressionReader {
            rest: text,
            depth: 0,
        };
        let expression = reader.sum()?;
        match reader.rest.trim() {
            "" => Ok(expression),
            rest => Err(format!("`{rest}` is not understood in the formula")),
        }
    }

    fn value(&self, counts: &Counts) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Count(name) => counts.named(name).unwrap_or(f64::NAN),
            Self::Root(inner) => inner.value(counts).sqrt(),
            Self::Pair(left, sign, right) => {
                let (left, right) = (left.value(counts), right.value(counts));
                match sign {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    _ => left / right,
                }
            }
        }
    }
}

struct ExpressionReader<'a> {
    rest: &'a str,
    depth: usize,
}

impl ExpressionReader<'_> {
    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.product()?;
        while let Some(sign) = self.take(&['+', '-']) {
            left = Expression::Pair(Box::new(left), sign, Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, String> {
        let mut left = self.one()?;
        while let Some(sign) = self.take(&['*', '/']) {
            left = Expression::Pair(Box::new(left), sign, Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > Expression::DEEPEST {
            return Err("the formula nests too deep".to_owned());
        }
        let one = if self.take(&['-']).is_some() {
            let zero = Box::new(Expression::Number(0.0));
            Expression::Pair(zero, '-', Box::new(self.one()?))
        } else if self.take(&['(']).is_some() {
            let inner = self.sum()?;
            self.take(&[')'])
                .ok_or("a bracket of the formula is not closed")?;
            inner
        } else {
            self.word()?
        };
        self.depth -= 1;
        Ok(one)
    }

    fn word(&mut self) -> Result<Expression, String> {
        self.rest = self.rest.trim_start();
        let part = |c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_');
        let (word, rest) = self
            .rest
            .split_at(self.rest.find(part).unwrap_or(self.rest.len()));
        self.rest = rest;
        if let Ok(number) = word.parse() {
            return Ok(Expression::Number(number));
        }
        if word == "math.sqrt" {
            return Ok(Expression::Root(Box::new(self.one()?)));
        }
        if Counts::default().named(word).is_none() {
            return Err(format!("`{word}` is nothing that is counted"));
        }
        Ok(Expression::Count(word.to_owned()))
    }

    fn take(&mut self, signs: &[char]) -> Option<char> {
        self.rest = self.rest.trim_start();
        let sign = self
            .rest
            .chars()
            .next()
            .filter(|sign| signs.contains(sign))?;
        self.rest = &self.rest[sign.len_utf8()..];
        Some(sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &str) -> Counts {
        let mut block = Block::default();
        block.push(text, text, 0..text.len());
        Counts::of(&[block, Block::new(Kind::Heading(2))])
    }

    #[test]
    fn words_sentences_and_syllables_are_counted() {
        let counts = counts("The reliable table is here. It has a beautiful top!");
        assert_eq!(
            (counts.words, counts.sentences, counts.syllables),
            (10.0, 2.0, 15.0)
        );
        assert_eq!((counts.long, counts.headings[1]), (2.0, 1.0));
    }

    #[test]
    fn expressions_follow_the_rules_of_arithmetic() {
        let counts = counts("One two three four.");
        let case = |text: &str, expected: f64| {
            let value = Expression::parse(text).unwrap().value(&counts);
            assert!((value - expected).abs() < 1e-9, "{text} is {value}");
        };
        case("1 + 2 * 3 - 4 / 2", 5.0);
        case("(words - sentences) * -2", -6.0);
        case("math.sqrt(words) + heading.h2 + heading_h2", 4.0);
        let fault = |text: &str, expected: &str| {
            assert_eq!(Expression::parse(text), Err(expected.to_owned()));
        };
        fault("1 +", "`` is nothing that is counted");
        fault("(1", "a bracket of the formula is not closed");
        fault("weight", "`weight` is nothing that is counted");
        fault("1 1", "`1` is not understood in the formula");
        fault(&"(".repeat(99), "the formula nests too deep");
        fault(&"1+".repeat(200_000), "the formula is too long");
        case(&format!("1{}", "+1".repeat(2000)), 2001.0);
    }

    #[test]
    fn a_figure_is_reported_if_its_condition_holds() {
        let formula = |text: &str, condition: &str| Formula {
            figure: Figure::Expression(Expression::parse(text).unwrap()),
            condition: Condition::parse(condition).unwrap(),
        };
        let counts = counts("One two three four.");
        assert_eq!(formula("words", "> 3").reported(&counts), Some(4.0));
        assert_eq!(formula("words", "<= 3").reported(&counts), None);
        assert_eq!(formula("words / 0", "> 3").reported(&counts), None);
        assert_eq!(formula("words", "< 3").reported(&Counts::default()), None);
        assert_eq!(Condition::parse("about 3"), None);
        for (_, grade) in Grade::NAMES {
            assert!(grade.of(&Counts::default()).is_finite());
        }
    }
}
