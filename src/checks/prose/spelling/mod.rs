//! Spelling, word by word and over the whole project.
//!
//! The words of a page ([`tokens`]) are looked up in the dictionary of their language
//! ([`english`], [`terms`]), and what is not found is kept ([`lookup`]). Most words that a dictionary does not
//! know are right: names and terms. Reported are those that are known misspellings ([`typos`]), and
//! those that are rare in the project, occur nowhere in its code ([`uses`]), are no form of a known
//! word ([`forms`]), and lie a slip away from one ([`likeness`]).

mod check;
mod english;
mod forms;
mod likeness;
mod lookup;
mod terms;
mod tokens;
mod typos;
mod uses;
mod vocabulary;

pub(super) use check::{Text, check};
pub(in crate::checks) use lookup::STEP;
pub(super) use vocabulary::Vocabulary;
