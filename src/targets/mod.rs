//! Places that hold published files.

mod output;

pub use output::{OutputError, write_output};
