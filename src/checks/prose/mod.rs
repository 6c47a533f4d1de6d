//! Grammar and spelling of English text. Other languages are left alone.
//!
//! A page is taken apart into blocks of plain text ([`block`], [`walk`]), with everything that is
//! not prose masked ([`mask`]); blocks are read in passages that are cached by their content
//! ([`passage`]); harper reads them on a few threads ([`read`], [`engine`]); its findings are sifted
//! ([`rules`], [`spelling`], [`words`]) and reported at their places in the file ([`check`]).

mod block;
mod check;
mod engine;
mod mask;
mod passage;
mod read;
mod rules;
mod spelling;
mod walk;
mod words;

pub use check::ProseCheck;
