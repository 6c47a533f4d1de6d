//! Search that runs in the reader's browser: an index of every language, in files that are planned
//! before one of them is made, and the script that reads them.
//!
//! The files are scripts and not data, because a browser loads a script from a disk, from a
//! sub-path and without a network, and a strict content policy lets it. Terms are made here and in
//! `themes/base/js/search-terms.js` by one rule; a table in the suite holds the two together.

mod build;
mod index;
mod number;
mod passages;
mod postings;
mod renderer;
mod shards;
mod terms;

pub(super) use renderer::{Search, SearchPlaces};
