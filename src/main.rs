//! Arguments in, exit code out.

use std::process::ExitCode;

/// Pages are many small texts, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tympan::cli::run()
}
