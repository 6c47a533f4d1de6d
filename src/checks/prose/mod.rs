//! Grammar and spelling of English text. Other languages are left alone.
//!
//! Blocks of text ([`crate::checks::text`]) are read in passages that are cached by their content
//! ([`passage`]); harper reads them on a few threads ([`read`], [`engine`]); its findings are sifted
//! ([`rules`], [`spelling`], [`words`]) and reported at their places in the file ([`check`]).

mod check;
mod engine;
mod passage;
mod read;
mod rules;
mod spelling;
mod words;

pub use check::ProseCheck;
