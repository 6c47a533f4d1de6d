//! Spelling, word by word and over the whole project.
//!
//! The words of a page ([`tokens`]) are looked up in the dictionary of their language
//! ([`tongue`]: [`english`] with its [`terms`], or [`hunspell`]), and what is not found is kept ([`lookup`]). Most words that a dictionary does not
//! know are right: names and terms. Reported are those that are known misspellings ([`typos`]), and
//! those that are rare in the project, occur nowhere in its code ([`uses`]), are no form of a known
//! word ([`forms`]), and lie a slip away from one ([`likeness`]). The others can be listed ([`census`]), and made known
//! ([`vocabulary`]).

mod census;
mod check;
mod english;
mod forms;
mod hunspell;
mod likeness;
mod lookup;
mod terms;
mod tokens;
mod tongue;
mod typos;
mod uses;
mod vocabulary;

pub use census::{UnknownWord, unknown_words};
pub(super) use check::{Text, check};
pub(in crate::checks) use lookup::STEP;
pub(super) use tongue::Tongue;
pub(super) use vocabulary::Vocabularies;
