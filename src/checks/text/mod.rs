//! The text of a page that is read by people, without its markup, and the way back to its bytes.
//!
//! A page is taken apart into blocks of plain text ([`block`], [`walk`]), with everything that is
//! not prose masked ([`mask`]). This room finds no faults.

pub(in crate::checks) mod block;
pub(in crate::checks) mod mask;
pub(in crate::checks) mod walk;
