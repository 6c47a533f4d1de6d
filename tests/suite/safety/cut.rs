//! A line to a bucket that is cut, once, at places all over what is said on it.

use std::collections::BTreeSet;

use tympan::digest::Digest;
use tympan::publish::{history, status};

use super::shop::{Shop, bucket, open_bucket};
use crate::servers::Server;
use crate::servers::proxy::{Cut, Proxy};

/// How many times.
const CUTS: u32 = 48;

/// The places: one in each of so many parts of `bytes`, and not at the same place of each.
fn place(bytes: i64, at: u32) -> i64 {
    let part = bytes / i64::from(CUTS);
    let chance = Digest::of(&at.to_le_bytes()).bytes()[..4].try_into();
    let chance = i64::from(u32::from_le_bytes(chance.unwrap()));
    i64::from(at) * part + chance % part
}

#[test]
fn a_line_that_is_cut_anywhere_loses_nothing() {
    let Some(moto) = Server::moto() else {
        return;
    };
    let shop = Shop::new();
    let proxy = Proxy::to(moto.port);
    let (straight, cut) = (bucket(&moto, moto.port), bucket(&moto, proxy.port));
    let mut time = 1000;
    let mut go = |settings: &_, at: usize, holder: &str| {
        time += 100;
        let now = time;
        let target = open_bucket(settings);
        shop.publish(&*target, settings, at, holder, &|| now)
    };
    go(&cut, 0, "first").unwrap();
    proxy.passed();
    go(&cut, 1, "first").unwrap();
    // With every publish there is more to be said: the log grows.
    let mut bytes = proxy.passed();
    let (mut failed, mut cuts) = (0, Vec::new());
    for at in 0..CUTS {
        let (release, byte) = (2 + at as usize, place(bytes, at));
        proxy.cut_after(byte);
        match go(&cut, release, "cut") {
            Ok(_) => bytes = proxy.passed(),
            Err(_) => failed += 1,
        }
        proxy.mend();
        proxy.passed();
        cuts.extend(proxy.cut());
        go(&straight, release, "clean").unwrap();
        let target = open_bucket(&straight);
        let state = status(&*target, "web", Some(shop.digest(release))).unwrap();
        assert!(state.is_converged(), "cut at {byte}: {state:?}");
        let history = history(&*target, "web").unwrap();
        assert!(history.is_intact(), "cut at {byte}: {history:?}");
    }
    let happened = cuts.len();
    assert!(happened > 40, "{happened} cuts of {CUTS}");
    let kinds: BTreeSet<Cut> = cuts.into_iter().collect();
    assert_eq!(
        kinds.len(),
        4,
        "heads and bodies, asked and answered: {kinds:?}"
    );
    eprintln!("{happened} cuts over {bytes} bytes, {failed} of the publishes ended in an error");
}
