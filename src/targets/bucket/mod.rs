//! Object stores as targets: one set of names below a prefix, with the state beside the files.
//!
//! Whatever speaks to a server goes through [`Objects`]; it alone knows the library behind it.

mod connect;
mod dav;
mod fault;
mod flat;
mod index;
mod listing;
mod objects;
mod parts;
mod writes;

pub(super) use connect::{connect, is_reached};
pub use flat::Bucket;
pub(super) use objects::Objects;
