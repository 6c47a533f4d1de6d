//! The suite: one binary, so that it links once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    clippy::cast_possible_wrap,
    clippy::disallowed_methods,
    clippy::items_after_statements,
    clippy::large_stack_arrays,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "a test knows its own names and numbers, asks whether it runs in CI, and says what it skips"
)]

mod architecture;
mod bad_input;
mod checking;
mod ci;
mod commands;
mod content;
mod contrast;
mod determinism;
#[cfg(feature = "pdf")]
mod documents;
mod harness;
mod images;
mod languages;
mod lsp;
mod machines;
mod package;
#[cfg(feature = "remote")]
mod safety;
mod search;
mod serve;
#[cfg_attr(not(feature = "remote"), allow(dead_code, unused_imports))]
mod servers;
mod shipping;
mod shipping_on;
mod specification;
#[cfg(feature = "remote")]
mod targets;
mod themes;
mod versions;
