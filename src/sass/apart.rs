//! The process that compiles, and the one that asks it.

use std::io::{Read, Write};
use std::time::Duration;

use crate::apart::{self, Patience};
use crate::sass::compile::{Fault, Request, compile};

/// The one argument by which this program is told to compile styles and do nothing else.
pub const WORD: &str = "__compile-styles";

/// How many seconds of computing a process may take.
const MAX_CPU: u64 = 5;
/// How many bytes of memory it may ask for, with the program itself.
const MAX_MEMORY: u64 = 1 << 30;
const PATIENCE: Patience = Patience {
    wait: Duration::from_secs(30),
    answer: 16 << 20,
};

/// How many styles may go beyond that, before the others are not tried any more.
const MAX_FAULTS: usize = 2;

/// Compiles each style that is wanted.
pub fn ask(request: &Request) -> Vec<Result<String, Fault>> {
    if !apart::is_possible() {
        return compile(request);
    }
    let run = |request: &Request| -> Option<Vec<Result<String, Fault>>> {
        let json = serde_json::to_vec(request).unwrap_or_default();
        serde_json::from_slice(&apart::ask(WORD, json, PATIENCE)?).ok()
    };
    if let Some(answer) = run(request) {
        return answer;
    }
    // One of them alone is at fault, and the others are not to be lost with it.
    let mut faults = 0;
    let one = |path: &String| {
        let alone = Request {
            wanted: vec![path.clone()],
            ..request.clone()
        };
        let answer = match faults < MAX_FAULTS && request.wanted.len() > 1 {
            true => run(&alone),
            false => None,
        };
        answer
            .and_then(|mut answer| answer.pop())
            .unwrap_or_else(|| {
                faults += 1;
                let message = match faults > MAX_FAULTS {
                    true => "the style waits for others that take more than they may",
                    false => "the style takes more time or memory than it may",
                };
                Err(Fault::passing(path, message))
            })
    };
    request.wanted.iter().map(one).collect()
}

/// Answers one request, in a process that does nothing else.
///
/// # Errors
/// Fails where the request cannot be read or the answer cannot be written.
pub fn answer(input: impl Read, mut output: impl Write) -> std::io::Result<()> {
    apart::limit(MAX_CPU, MAX_MEMORY);
    let request: Request = serde_json::from_reader(input)?;
    let answer = serde_json::to_vec(&compile(&request))?;
    output.write_all(&answer)?;
    output.flush()
}
