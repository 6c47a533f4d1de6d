//! Many publishers to one bucket of a real server, and a line that is cut.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tympan::publish::{PublishError, Refusal, history, status};

use super::shop::{Shop, bucket, open_bucket};
use crate::servers::Server;

#[test]
fn of_eight_publishers_to_one_bucket_none_brings_back_an_older_release() {
    let Some(moto) = Server::moto() else {
        return;
    };
    let settings = bucket(&moto, moto.port);
    let shop = Shop::new();
    // One clock for all, on which a lease is over every few looks.
    let time = AtomicI64::new(1000);
    let clock = || time.fetch_add(7, Ordering::SeqCst);
    let done = Mutex::new(Vec::new());
    let publishing = |publisher: usize| {
        let holder = format!("publisher-{publisher}");
        let target = open_bucket(&settings);
        let mut left = 2;
        while left > 0 {
            match shop.publish(&*target, &settings, publisher, &holder, &clock) {
                Ok(published) => {
                    left -= 1;
                    done.lock().unwrap().extend(published.deployment);
                }
                Err(PublishError::Refused { refusal, .. })
                    if matches!(*refusal, Refusal::Leased { .. }) => {}
                Err(
                    PublishError::Overtaken { .. }
                    | PublishError::Target(_)
                    | PublishError::Mismatch { .. },
                ) => left -= 1,
                Err(error) => panic!("{error}"),
            }
        }
    };
    std::thread::scope(|scope| {
        let publishing = &publishing;
        for publisher in 0..8 {
            scope.spawn(move || publishing(publisher));
        }
    });
    let target = open_bucket(&settings);
    shop.publish(&*target, &settings, 99, "last", &|| 1_000_000)
        .unwrap();
    let history = history(&*target, "web").unwrap();
    assert!(history.is_intact(), "{history:?}");
    let recorded: Vec<u64> = history.records.iter().map(|one| one.epoch).collect();
    assert!(recorded.windows(2).all(|pair| pair[0] > pair[1]));
    let done = done.into_inner().unwrap();
    assert!(done.iter().all(|one| recorded.contains(&one.epoch)));
    let state = status(&*target, "web", Some(shop.digest(99))).unwrap();
    assert!(state.is_converged(), "{state:?}");
    eprintln!(
        "moto: {} of 16 went live, {} epochs",
        done.len(),
        recorded[0]
    );
}

/// Stands between a client and a server, and cuts one connection once.
struct Proxy {
    port: u16,
    passed: Arc<AtomicU64>,
}

impl Proxy {
    /// Cuts whatever carries the byte with this number, counted over both ways.
    fn before(server: u16, cut: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let passed = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&passed);
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(("127.0.0.1", server)) else {
                    continue;
                };
                let ways = [
                    (near.try_clone().unwrap(), far.try_clone().unwrap()),
                    (far, near),
                ];
                for (from, to) in ways {
                    let count = Arc::clone(&count);
                    std::thread::spawn(move || pass(from, to, &count, cut));
                }
            }
        });
        Self { port, passed }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64, cut: u64) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let before = count.fetch_add(read as u64, Ordering::SeqCst);
        let cuts = (before..before + read as u64).contains(&cut);
        let whole = if cuts { (cut - before) as usize } else { read };
        if to.write_all(&buffer[..whole]).is_err() || cuts {
            break;
        }
    }
    let _ = (to.shutdown(Shutdown::Both), from.shutdown(Shutdown::Both));
}

#[test]
fn a_line_that_is_cut_anywhere_loses_nothing() {
    let Some(moto) = Server::moto() else {
        return;
    };
    let shop = Shop::new();
    let through = |cut: u64| {
        let proxy = Proxy::before(moto.port, cut);
        let settings = bucket(&moto, proxy.port);
        (proxy, settings)
    };
    let (proxy, settings) = through(u64::MAX);
    let mut time = 1000;
    let mut go = |settings: &_, at: usize, holder: &str| {
        time += 100;
        let now = time;
        let target = open_bucket(settings);
        shop.publish(&*target, settings, at, holder, &|| now)
    };
    go(&settings, 0, "first").unwrap();
    let before = proxy.passed.load(Ordering::SeqCst);
    go(&settings, 1, "first").unwrap();
    let bytes = proxy.passed.load(Ordering::SeqCst) - before;
    let (mut failed, mut happened, cuts) = (0, 0, 16);
    for step in 0..cuts {
        let at = 2 + step as usize;
        let byte = bytes * step / cuts + step;
        let (proxy, cut) = through(byte);
        failed += usize::from(go(&cut, at, "cut").is_err());
        happened += u64::from(proxy.passed.load(Ordering::SeqCst) > byte);
        go(&settings, at, "clean").unwrap();
        let target = open_bucket(&settings);
        let state = status(&*target, "web", Some(shop.digest(at))).unwrap();
        assert!(state.is_converged(), "cut {step}: {state:?}");
        let history = history(&*target, "web").unwrap();
        assert!(history.is_intact(), "cut {step}: {history:?}");
    }
    // A later publish may send somewhat less than the one that was measured.
    assert!(happened > cuts / 2, "{happened} cuts of {cuts}");
    eprintln!("{happened} cuts over {bytes} bytes, {failed} of the publishes ended in an error");
}
