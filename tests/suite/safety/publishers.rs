//! Many publishers to one bucket of a real server.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

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
