//! Work that may not come to an end, or end the program: this program does it, run once more, in a
//! process that is given a request, reaches nothing else, and is ended when it takes too much.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// What a process is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long it may take altogether, also where the system does not count what it computes.
    pub wait: Duration,
    /// How long its answer may be, in bytes.
    pub answer: u64,
}

/// Names the program that is run with the word of a kind of work: this one.
pub fn run_apart(program: PathBuf) {
    let _ = PROGRAM.set(program);
}

/// Whether a program was named. Where none is, as in tests of the library, work is done on the spot.
pub fn is_possible() -> bool {
    PROGRAM.get().is_some()
}

/// What the process says that does the work of a word; nothing if it did not come to an end by
/// itself.
pub fn ask(word: &str, request: Vec<u8>, patience: Patience) -> Option<Vec<u8>> {
    let mut child = Command::new(PROGRAM.get()?)
        .arg(word)
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
        let read = stdout.take(patience.answer).read_to_end(&mut bytes);
        send.send(read.map(|_| bytes))
    });
    let answer = answer.recv_timeout(patience.wait);
    let _ = child.kill();
    let _ = child.wait();
    answer.ok()?.ok()
}

/// Bounds this process, which does nothing but such work: seconds of computing, and bytes of memory
/// with the program itself.
#[cfg(unix)]
pub fn limit(seconds: u64, memory: u64) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    for (resource, most) in [
        (Resource::Cpu, seconds),
        (Resource::As, memory),
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

/// Bounds nothing where the system cannot; the process is still ended by the clock.
#[cfg(not(unix))]
pub fn limit(_seconds: u64, _memory: u64) {}
