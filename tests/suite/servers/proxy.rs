//! A bad line between a client and a server on loopback.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::address;

/// Passes bytes on, until it is told to fail.
pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

/// Where a connection was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    /// On its way to the server, and not back.
    pub is_request: bool,
    /// Within the lines before the body.
    pub in_head: bool,
}

#[derive(Default)]
struct State {
    /// How many bytes still pass before one connection is cut; none is if this is negative.
    left: AtomicI64,
    /// Whether nothing passes after the cut.
    is_outage: AtomicBool,
    is_down: AtomicBool,
    /// Every so many connections one is answered with 503; none is if this is 0.
    busy: AtomicU64,
    /// Whether headers come back in another spelling.
    respells: AtomicBool,
    /// Whether it knows neither how to remove on a condition nor many at once.
    removes_bare: AtomicBool,
    connections: AtomicU64,
    passed: AtomicI64,
    cut: Mutex<Option<Cut>>,
}

impl Proxy {
    pub fn to(server: u16) -> Self {
        let listener = TcpListener::bind(address(0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        state.left.store(-1, Ordering::SeqCst);
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || state.serve(client, server));
            }
        });
        Self { port, state }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Cuts one connection after so many bytes, in whichever direction the last of them goes.
    pub fn cut_after(&self, bytes: i64) {
        self.state.is_outage.store(false, Ordering::SeqCst);
        self.state.left.store(bytes, Ordering::SeqCst);
    }

    /// Lets nothing pass after so many bytes.
    pub fn fail_after(&self, bytes: i64) {
        self.state.is_outage.store(true, Ordering::SeqCst);
        self.state.left.store(bytes, Ordering::SeqCst);
    }

    /// Answers every so manieth connection with 503.
    pub fn be_busy(&self, every: u64) {
        self.state.busy.store(every, Ordering::SeqCst);
    }

    /// Tells headers in another spelling than they were sent in.
    pub fn respell(&self) {
        self.state.respells.store(true, Ordering::SeqCst);
    }

    /// Removes one by one and without a condition only.
    pub fn remove_bare(&self) {
        self.state.removes_bare.store(true, Ordering::SeqCst);
    }

    /// Where it was cut since it was asked last, if it was.
    pub fn cut(&self) -> Option<Cut> {
        self.state.cut.lock().unwrap().take()
    }

    pub fn mend(&self) {
        self.state.left.store(-1, Ordering::SeqCst);
        self.state.is_down.store(false, Ordering::SeqCst);
        self.be_busy(0);
    }

    /// How many bytes passed since it was asked last.
    pub fn passed(&self) -> i64 {
        self.state.passed.swap(0, Ordering::SeqCst)
    }
}

impl State {
    fn serve(self: Arc<Self>, client: TcpStream, server: u16) {
        let number = self.connections.fetch_add(1, Ordering::SeqCst) + 1;
        let busy = self.busy.load(Ordering::SeqCst);
        if self.is_down.load(Ordering::SeqCst) {
            return;
        }
        // One in so many, and in no step with whoever tries again.
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        if busy > 0 && mixed.is_multiple_of(busy) {
            return refuse(client);
        }
        let Ok(server) = TcpStream::connect(address(server)) else {
            return;
        };
        let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let state = Arc::clone(&self);
        std::thread::spawn(move || state.pass(from, to, true));
        self.pass(server, client, false);
    }

    fn pass(&self, mut from: TcpStream, mut to: TcpStream, is_request: bool) {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let mut read = read;
            self.passed.fetch_add(read as i64, Ordering::SeqCst);
            if is_request
                && self.removes_bare.load(Ordering::SeqCst)
                && is_too_much(&buffer[..read])
            {
                let _ = from.write_all(
                    b"HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                );
                break;
            }
            if !is_request && self.respells.load(Ordering::SeqCst) {
                respell(&mut buffer[..read]);
            }
            let before = self.left.load(Ordering::SeqCst);
            let mut cut = self.is_down.load(Ordering::SeqCst);
            if before >= 0 {
                let left = self.left.fetch_sub(read as i64, Ordering::SeqCst);
                if left >= 0 && left < read as i64 {
                    read = usize::try_from(left).unwrap();
                    cut = true;
                    self.left.store(-1, Ordering::SeqCst);
                    let in_head = ends_in_head(&buffer[..read]);
                    *self.cut.lock().unwrap() = Some(Cut {
                        is_request,
                        in_head,
                    });
                    let outage = self.is_outage.load(Ordering::SeqCst);
                    self.is_down.store(outage, Ordering::SeqCst);
                }
            }
            if to.write_all(&buffer[..read]).is_err() || cut {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}

/// Whether what was passed on of a message ends before its body. Heads are sent in one piece.
fn ends_in_head(bytes: &[u8]) -> bool {
    let begins = ["GET ", "HEAD ", "PUT ", "POST ", "DELETE ", "HTTP/1."];
    let is_head = |begin: &str| {
        let shorter = begin.len().min(bytes.len());
        bytes.starts_with(&begin.as_bytes()[..shorter])
    };
    begins.into_iter().any(is_head) && !bytes.windows(4).any(|end| end == b"\r\n\r\n")
}

/// Whether a message asks to remove on a condition, or many at once.
fn is_too_much(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    text.starts_with("delete ") && text.contains("if-match:")
        || text.starts_with("post ")
            && text
                .lines()
                .next()
                .is_some_and(|line| line.contains("?delete"))
}

/// Respells what stands in a head, and leaves a body as it is.
fn respell(bytes: &mut [u8]) {
    let end = bytes.windows(4).position(|end| end == b"\r\n\r\n");
    let Some(end) = end.filter(|_| bytes.starts_with(b"HTTP/1.")) else {
        return;
    };
    let bytes = &mut bytes[..end];
    let (from, to) = (b"charset=utf-8", b"charset=UTF-8");
    while let Some(at) = bytes.windows(from.len()).position(|window| window == from) {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
}

/// Says that it is too much, having heard what is said.
fn refuse(mut client: TcpStream) {
    let _ = client.set_read_timeout(Some(Duration::from_millis(300)));
    let mut buffer = [0; 65536];
    let _ = client.read(&mut buffer);
    let _ = client
        .write_all(b"HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let _ = client.shutdown(Shutdown::Write);
    while let Ok(1..) = client.read(&mut buffer) {}
}
