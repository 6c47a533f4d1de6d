//! The suite: one binary, so that it links once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod bad_input;
mod checking;
mod ci;
mod commands;
mod content;
mod contrast;
mod determinism;
mod documents;
mod harness;
mod images;
mod languages;
mod lsp;
mod machines;
mod package;
mod safety;
mod search;
mod serve;
mod servers;
mod shipping;
mod shipping_on;
mod specification;
mod targets;
mod themes;
mod versions;
