//! The suite: one binary, so that it links once.

mod architecture;
mod serve;
