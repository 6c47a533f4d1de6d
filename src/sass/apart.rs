//! The process that compiles, and the one that asks it.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use crate::sass::compile::{Fault, Request, compile};

/// The one argument by which this program is told to compile styles and do nothing else.
pub const WORD: &str = "__compile-styles";

/// How many seconds of computing a process may take.
#[cfg(unix)]
const MAX_CPU: u64 = 5;
/// How many bytes of memory it may ask for, with the program itself.
#[cfg(unix)]
const MAX_MEMORY: u64 = 1 << 30;
/// How long it may take altogether, also where the system does not count what it computes.
const MAX_WAIT: Duration = Duration::from_secs(30);
/// How long an answer may be, in bytes.
const MAX_ANSWER: u64 = 16 << 20;

/// How many styles may go beyond that, before the others are not tried any more.
const MAX_FAULTS: usize = 2;

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Names the program that compiles when it is run with [`WORD`]: this one. Where none is named, as
/// in tests of the library, styles are compiled on the spot.
pub fn run_apart(program: PathBuf) {
    let _ = PROGRAM.set(program);
}

/// Compiles each style that is wanted.
pub fn ask(request: &Request) -> Vec<Result<String, Fault>> {
    let Some(program) = PROGRAM.get() else {
        return compile(request);
    };
    let run = |request: &Request| -> Option<Vec<Result<String, Fault>>> {
        let json = serde_json::to_vec(request).unwrap_or_default();
        serde_json::from_slice(&run(program, json)?).ok()
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

/// What the process says; nothing if it did not come to an end by itself.
fn run(program: &PathBuf, request: Vec<u8>) -> Option<Vec<u8>> {
    let mut child = Command::new(program)
        .arg(WORD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let (mut stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    // Neither may wait for the other, nor this thread for a process that does not end.
    thread::spawn(move || stdin.write_all(&request));
    let (send, answer) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(MAX_ANSWER).read_to_end(&mut bytes);
        send.send(read.map(|_| bytes))
    });
    let answer = answer.recv_timeout(MAX_WAIT);
    let _ = child.kill();
    let _ = child.wait();
    answer.ok()?.ok()
}

/// Answers one request, in a process that does nothing else.
///
/// # Errors
/// Fails where the request cannot be read or the answer cannot be written.
pub fn answer(input: impl Read, mut output: impl Write) -> std::io::Result<()> {
    limit();
    let request: Request = serde_json::from_reader(input)?;
    let answer = serde_json::to_vec(&compile(&request))?;
    output.write_all(&answer)?;
    output.flush()
}

#[cfg(unix)]
fn limit() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    for (resource, most) in [
        (Resource::Cpu, MAX_CPU),
        (Resource::As, MAX_MEMORY),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        // A system that has no such limit still ends the process by the clock.
        let _ = setrlimit(resource, limit);
    }
}

#[cfg(not(unix))]
fn limit() {}
