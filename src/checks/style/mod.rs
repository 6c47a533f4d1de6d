//! Style as data: rules that a project brings with it, its own and those of Vale.
//!
//! Files of rules are read ([`files`], [`fields`], [`draft`], [`swap`]), and what `[check]` says of
//! terms becomes rules too ([`terms`], [`inclusive`]). A rule ([`rule`]) reads parts of a page
//! ([`scope`], [`sentences`], [`part`]), by patterns that strangers wrote ([`pattern`]), by capitals
//! ([`capital`]) or by figures ([`formula`]). One search tells which rules a text may concern
//! ([`set`]); they run page by page ([`run`], [`check`]), and words that must be the same in all pages
//! are compared in the end ([`consistent`]). Nothing here knows a language.

mod capital;
mod check;
mod consistent;
mod draft;
mod fields;
mod files;
mod formula;
mod inclusive;
#[cfg(test)]
mod many_tests;
mod part;
mod pattern;
mod rule;
mod run;
mod scope;
mod sentences;
mod set;
mod swap;
mod terms;
#[cfg(test)]
mod tests;

pub use check::StyleCheck;
