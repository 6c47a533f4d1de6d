//! From the words of a project to findings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::checks::check::CheckContext;
use crate::checks::prose::spelling::hunspell::capitalized;
use crate::checks::prose::spelling::lookup::{Unknown, Words, broken, near, unknown};
use crate::checks::prose::spelling::tokens::{Case, Company, Token, tokens};
use crate::checks::prose::spelling::tongue::Tongue;
use crate::checks::prose::spelling::uses::{Uses, normal, uses};
use crate::checks::prose::spelling::vocabulary::Vocabularies;
use crate::checks::text::block::{Block, Kind};
use crate::checks::text::walk::{MAX_PROSE, Prose, read_prose};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::{Page, Site};
use crate::site_path::SitePath;

/// A word used more often than this is a term of the project.
const MOST_USES: usize = 2;

/// A shorter word is an abbreviation more often than a slip.
const SHORTEST: usize = 4;

/// Of more rare words than these, only as many are compared with those of the dictionary: each takes
/// a millisecond or two.
const MOST_RARE: usize = 5_000;

/// How many suggestions a misspelled word gets.
const SUGGESTIONS: usize = 5;

/// A page, taken apart, and how it is spelled.
#[derive(Clone, Copy)]
pub(in crate::checks::prose) struct Text<'a> {
    pub page: &'a Page,
    pub prose: &'a Prose,
    /// The language of the page.
    pub language: &'a str,
    /// The language of each block, if there is a dictionary of it.
    pub tongues: &'a [Option<Tongue>],
}

impl<'a> Text<'a> {
    /// The blocks that a dictionary is there for.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (&'a Block, &'a Tongue)> + use<'a> {
        let blocks = self.prose.blocks.iter().zip(self.tongues);
        blocks.filter_map(|(block, tongue)| Some((block, tongue.as_ref()?)))
    }
}

/// A word that no dictionary has, where it stands.
struct Suspect<'a> {
    text: Text<'a>,
    tongue: &'a Tongue,
    block: &'a Block,
    token: Token<'a>,
    /// Its letters as dictionaries write them, in lower case.
    word: String,
    /// What is meant, if that is known.
    typo: Vec<String>,
    formed: bool,
    /// Whether the next word has a capital inside a sentence, as in the names of people.
    before_name: bool,
}

/// The misspelled words of these texts.
pub(in crate::checks::prose) fn check(
    context: &CheckContext<'_>,
    texts: &[Text<'_>],
) -> Vec<Diagnostic> {
    let suspects = suspects(context, texts);
    let sought: BTreeSet<String> = suspects
        .iter()
        .map(|suspect| suspect.word.clone())
        .collect();
    let others = match context.about {
        Some(about) => using(context.site, about, &sought),
        None => Vec::new(),
    };
    let others = others.iter().map(|(page, prose)| (*page, prose));
    let own = texts.iter().map(|text| (text.page, text.prose));
    let pages: Vec<(&Page, &Prose)> = own.chain(others).collect();
    let uses = uses(&sought, context.site, &pages);
    let uses_of = |word: &str| uses.get(word).copied().unwrap_or_default();
    let (typos, rest): (Vec<Suspect<'_>>, Vec<Suspect<'_>>) = suspects
        .into_iter()
        .partition(|suspect| !suspect.typo.is_empty());
    let typos = typos
        .iter()
        .filter(|suspect| is_slip(suspect, uses_of(&suspect.word)))
        .map(typo);
    let rest: Vec<Suspect<'_>> = rest
        .into_iter()
        .filter(|suspect| may_be_slip(suspect, uses_of(&suspect.word)))
        .collect();
    let tongues = texts.iter().flat_map(Text::blocks);
    let tongues: BTreeSet<&Tongue> = match context.about {
        Some(_) => BTreeSet::new(),
        None => tongues.map(|(_, tongue)| tongue).collect(),
    };
    let broken = broken(context.store, &context.site.lexicons, &tongues);
    typos.chain(likely(context, &rest)).chain(broken).collect()
}

/// The unknown words that are written as words of a sentence are.
fn suspects<'a>(context: &CheckContext<'_>, texts: &[Text<'a>]) -> Vec<Suspect<'a>> {
    let lexicons = &context.site.lexicons;
    let unknowns = unknown(context.store, lexicons, &ask_for(texts));
    let vocabularies = Vocabularies::new(lexicons);
    let of_text = |text: &Text<'a>| {
        let page = vocabularies.on(text.page, text.language);
        let of_block = |(block, tongue): (&'a Block, &'a Tongue)| {
            let found = of_block(*text, block, tongue, unknowns.get(tongue)?);
            let own = block.language_on(text.language);
            let right = match own == text.language || found.is_empty() {
                true => &page,
                false => &vocabularies.on(text.page, own),
            };
            let found = found.into_iter();
            let found = found.filter(|suspect| !right.holds(&suspect.word));
            Some(found.collect::<Vec<_>>())
        };
        text.blocks()
            .filter_map(of_block)
            .flatten()
            .collect::<Vec<_>>()
    };
    texts.par_iter().flat_map_iter(of_text).collect()
}

/// The words of these texts that are no part of anything else.
pub(super) fn ask_for(texts: &[Text<'_>]) -> Words {
    let of_text = |text: &Text<'_>| {
        let mut words = Words::new();
        for (block, tongue) in text.blocks() {
            let tokens = tokens(block).into_iter();
            let read = tokens
                .filter(|token| token.company != Company::Glued)
                .map(|token| normal(token.text));
            match words.get_mut(tongue) {
                Some(words) => words.extend(read),
                None => {
                    words.insert(tongue.clone(), read.collect());
                }
            }
        }
        words
    };
    let read: Vec<Words> = texts.par_iter().map(of_text).collect();
    let mut words = Words::new();
    for (tongue, read) in read.into_iter().flatten() {
        words.entry(tongue).or_default().extend(read);
    }
    words
}

/// Whether a block is in another language: it is long enough to tell, and most of its words are
/// unknown.
pub(super) fn is_foreign(words: usize, unknown: usize) -> bool {
    words >= 8 && unknown * 2 > words
}

fn of_block<'a>(
    text: Text<'a>,
    block: &'a Block,
    tongue: &'a Tongue,
    unknowns: &BTreeMap<String, Unknown>,
) -> Vec<Suspect<'a>> {
    let tokens = tokens(block);
    let words = tokens
        .into_iter()
        .filter(|token| token.company != Company::Glued)
        .map(|token| (unknowns.get(&normal(token.text)), token));
    let words: Vec<_> = words.collect();
    let strange = words
        .iter()
        .filter(|(unknown, _)| unknown.is_some())
        .count();
    if is_foreign(words.len(), strange) {
        return Vec::new();
    }
    let is_heading = matches!(block.kind, Kind::Heading(_) | Kind::Title);
    let before_name = |at: usize| {
        let (Some((_, token)), Some((_, next))) = (words.get(at), words.get(at + 1)) else {
            return false;
        };
        !is_heading
            && matches!(next.case, Case::Name | Case::Mixed)
            && next.range.start <= token.range.end + 2
    };
    let suspect = |(at, (unknown, token)): (usize, &(Option<&Unknown>, Token<'a>))| {
        let unknown: &Unknown = (*unknown)?;
        let is_word = match token.case {
            Case::Lower | Case::Start => true,
            Case::Name => tongue.has_capital_nouns(),
            Case::Mixed => false,
        };
        is_word.then(|| Suspect {
            text,
            tongue,
            block,
            word: normal(token.text).to_lowercase(),
            token: token.clone(),
            typo: unknown.typo.clone(),
            formed: unknown.formed,
            before_name: before_name(at),
        })
    };
    words.iter().enumerate().filter_map(suspect).collect()
}

/// Whether a known misspelling is one here, and not the name of something.
fn is_slip(suspect: &Suspect<'_>, uses: Uses) -> bool {
    let named = suspect.token.case == Case::Start && (uses.names > 0 || suspect.before_name);
    let short = suspect.word.chars().count() < SHORTEST;
    uses.code == 0 && !named && (!short || uses.prose <= MOST_USES)
}

/// Whether an unknown word is rare enough, and looks enough like a word, to be a slip.
fn may_be_slip(suspect: &Suspect<'_>, uses: Uses) -> bool {
    let word = &suspect.word;
    let tongue = suspect.tongue;
    let named = suspect.token.case == Case::Start && (uses.names > 0 || suspect.before_name);
    let named = named && !tongue.has_capital_nouns();
    let letters = |c: char| match tongue.is_english() {
        true => c.is_ascii_lowercase(),
        false => c.is_alphabetic(),
    };
    !suspect.formed
        && uses.prose <= MOST_USES
        && uses.code == 0
        && !named
        && word.chars().count() >= SHORTEST
        && word.chars().all(letters)
}

/// The suspects of a page, each with the words near to it.
type Slips<'a, 'b> = Vec<(&'a Suspect<'b>, &'a [(String, u32)])>;

/// Of rare unknown words, those that lie near to a known one.
fn likely(context: &CheckContext<'_>, suspects: &[Suspect<'_>]) -> Vec<Diagnostic> {
    let (mut words, mut left) = (Words::new(), None);
    for suspect in suspects {
        let words = words.entry(suspect.tongue.clone()).or_default();
        if words.len() < MOST_RARE || words.contains(&suspect.word) {
            words.insert(suspect.word.clone());
        } else {
            left.get_or_insert(suspect);
        }
    }
    let nears = near(context.store, &context.site.lexicons, &words);
    let mut by_page: BTreeMap<&SitePath, Slips<'_, '_>> = BTreeMap::new();
    for suspect in suspects {
        if let Some(near) = nears[suspect.tongue].get(&suspect.word) {
            let page = by_page.entry(&suspect.text.page.path).or_default();
            page.push((suspect, near));
        }
    }
    let of_page = |suspects: Slips<'_, '_>| {
        let counts = suspects.first().map(|(first, _)| counts(first.text.prose));
        let counts = counts.unwrap_or_default();
        let found = suspects.into_iter();
        let found = found.map(|(suspect, near)| probable(suspect, &ranked(near, &counts)));
        found.collect::<Vec<_>>()
    };
    let found = by_page.into_values().flat_map(of_page);
    found.chain(left.map(left_out)).collect()
}

/// The first word that was compared with no other, there being too many.
fn left_out(suspect: &Suspect<'_>) -> Diagnostic {
    let page = suspect.text.page;
    let span = suspect.block.source(&suspect.token.range);
    let message = format!(
        "more than {MOST_RARE} words are in no dictionary; slips among the rest are not found"
    );
    page.diagnostic("prose-skipped", Severity::Suggestion, span, message)
        .help("make the right ones known; `tympan check --words` lists them")
}

/// How often a page uses each of its words, in lower case.
fn counts(prose: &Prose) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for token in prose.blocks.iter().flat_map(tokens) {
        *counts.entry(normal(token.text).to_lowercase()).or_insert(0) += 1;
    }
    counts
}

/// Words near to another, the likeliest first: one that the page uses often is.
fn ranked(near: &[(String, u32)], counts: &BTreeMap<String, u32>) -> Vec<String> {
    let gain = |word: &str| {
        let uses = counts.get(word).copied().unwrap_or(0);
        (20 * (u32::BITS - uses.leading_zeros())).min(60)
    };
    let mut near: Vec<(u32, &str)> = near
        .iter()
        .map(|(word, cost)| (cost.saturating_sub(gain(word)), word.as_str()))
        .collect();
    near.sort_by_key(|(cost, _)| *cost);
    near.truncate(SUGGESTIONS);
    near.into_iter().map(|(_, word)| word.to_owned()).collect()
}

fn typo(suspect: &Suspect<'_>) -> Diagnostic {
    let message = format!("`{}` is misspelled", suspect.token.text);
    report(suspect, "spelling-typo", message, &suspect.typo)
}

fn probable(suspect: &Suspect<'_>, meant: &[String]) -> Diagnostic {
    let message = format!("`{}` is probably misspelled", suspect.token.text);
    report(suspect, "spelling-likely", message, meant)
}

fn report(
    suspect: &Suspect<'_>,
    code: &'static str,
    message: String,
    meant: &[String],
) -> Diagnostic {
    let source = suspect.block.source(&suspect.token.range);
    let page = suspect.text.page;
    let mut report = page
        .diagnostic(code, Severity::Warning, source, message)
        .help("add it to `words` in `[check]` if it is right");
    if suspect.block.is_whole(&suspect.token.range) {
        let capital = suspect.token.case != Case::Lower;
        let cased = |word: &String| match capital {
            true => capitalized(word),
            false => word.clone(),
        };
        report.replacements = meant.iter().map(cased).collect();
    }
    report
}

/// The other pages that may use one of these words, taken apart.
fn using<'a>(site: &'a Site, about: &SitePath, words: &BTreeSet<String>) -> Vec<(&'a Page, Prose)> {
    let read = |page: &'a Arc<Page>| {
        let is_read = page.path != *about
            && !words.is_empty()
            && page.text.len() <= MAX_PROSE
            && !site.is_fallback(page);
        let uses = || {
            let text = page.text.to_lowercase();
            words.iter().any(|word| text.contains(word.as_str()))
        };
        (is_read && uses()).then(|| (&**page, read_prose(page)))
    };
    site.pages.par_iter().filter_map(read).collect()
}
