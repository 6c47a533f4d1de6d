//! The order in which addresses are asked for: many servers at a time, each of them gently.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use url::Url;

use crate::checks::external::answer::{Answer, State};

/// How many servers are asked at a time.
const WORKERS: usize = 16;
/// After how many addresses in a row that could not be reached a server is left alone.
const PATIENCE: usize = 3;
/// After how many addresses that could not be reached, with none that could, this machine is taken
/// to be off the web.
const OFFLINE: usize = 20;

/// How gently servers are asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// How many requests one server has to answer at a time.
    pub at_once: usize,
    /// The pause before the next.
    pub pause: Duration,
}

/// What one server is asked for, one after the other.
type Lane<'a> = Vec<&'a str>;

/// Asks for each of `addresses`, and gives the answers in no order.
pub(super) fn ask_all<'a>(
    addresses: impl Iterator<Item = &'a str>,
    pace: Pace,
    ask: &(dyn Fn(&str) -> Answer + Sync),
) -> Vec<(&'a str, Answer)> {
    let lanes = lanes(addresses, pace.at_once);
    let workers = lanes.len().min(WORKERS);
    let course = Course {
        lanes: Mutex::new(lanes.into_iter()),
        reached: AtomicUsize::new(0),
        unreached: AtomicUsize::new(0),
        pace,
        ask,
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|_| scope.spawn(|| course.work()))
            .collect();
        let answers = threads.into_iter().map(|thread| thread.join());
        answers.flat_map(Result::unwrap_or_default).collect()
    })
}

/// The addresses of each server, dealt out to as many lanes as it may be asked at once; the longest
/// first, so that none is left over when the others are done.
fn lanes<'a>(addresses: impl Iterator<Item = &'a str>, at_once: usize) -> Vec<Lane<'a>> {
    let mut servers: BTreeMap<String, Lane<'a>> = BTreeMap::new();
    for address in addresses {
        let url = Url::parse(address).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        servers.entry(host.to_owned()).or_default().push(address);
    }
    let deal = |server: Lane<'a>| {
        let lane = move |first| {
            server
                .iter()
                .copied()
                .skip(first)
                .step_by(at_once)
                .collect()
        };
        (0..at_once).map(lane).collect::<Vec<Lane<'a>>>()
    };
    let mut lanes: Vec<Lane<'a>> = servers.into_values().flat_map(deal).collect();
    lanes.retain(|lane| !lane.is_empty());
    lanes.sort_by_key(|lane| std::cmp::Reverse(lane.len()));
    lanes
}

struct Course<'a, 'f> {
    lanes: Mutex<std::vec::IntoIter<Lane<'a>>>,
    reached: AtomicUsize,
    unreached: AtomicUsize,
    pace: Pace,
    ask: &'f (dyn Fn(&str) -> Answer + Sync),
}

impl<'a> Course<'a, '_> {
    fn work(&self) -> Vec<(&'a str, Answer)> {
        let mut answers = Vec::new();
        while let Some(lane) = self.lanes.lock().ok().and_then(|mut lanes| lanes.next()) {
            self.drive(&lane, &mut answers);
        }
        answers
    }

    fn drive(&self, lane: &[&'a str], answers: &mut Vec<(&'a str, Answer)>) {
        let mut in_vain = 0;
        let mut last: Option<Answer> = None;
        for address in lane {
            let given_up = in_vain >= PATIENCE || self.is_offline();
            let answer = match last.take() {
                Some(last) if given_up => last,
                None if given_up => Answer::new(
                    0,
                    State::Unreached("this machine seems to be offline".to_owned()),
                ),
                last => {
                    if last.is_some() {
                        std::thread::sleep(self.pace.pause);
                    }
                    (self.ask)(address)
                }
            };
            match &answer.state {
                State::Refused(_) => {}
                State::Unreached(_) => {
                    in_vain += 1;
                    self.unreached.fetch_add(1, Ordering::Relaxed);
                }
                _ => {
                    in_vain = 0;
                    self.reached.fetch_add(1, Ordering::Relaxed);
                }
            }
            last = Some(answer.clone());
            answers.push((address, answer));
        }
    }

    fn is_offline(&self) -> bool {
        self.reached.load(Ordering::Relaxed) == 0
            && self.unreached.load(Ordering::Relaxed) >= OFFLINE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask_each(addresses: &[String], ask: &(dyn Fn(&str) -> Answer + Sync)) -> Vec<String> {
        let pace = Pace {
            at_once: 2,
            pause: Duration::ZERO,
        };
        let answers = ask_all(addresses.iter().map(String::as_str), pace, ask);
        let mut shown: Vec<String> = answers
            .iter()
            .map(|(address, answer)| format!("{address} {:?}", answer.state))
            .collect();
        shown.sort();
        shown
    }

    #[test]
    fn each_address_is_asked_for_once() {
        let addresses: Vec<String> = (0..100)
            .map(|number| format!("https://{}.example/{number}", number % 7))
            .collect();
        let asked = Mutex::new(Vec::new());
        let shown = ask_each(&addresses, &|address| {
            asked.lock().unwrap().push(address.to_owned());
            Answer::new(0, State::Good)
        });
        let mut asked = asked.into_inner().unwrap();
        asked.sort();
        let mut all = addresses.clone();
        all.sort();
        assert_eq!((asked, shown.len()), (all, 100));
    }

    #[test]
    fn a_server_has_no_more_to_do_at_once_than_it_may() {
        let addresses = [
            "https://a.example/1",
            "https://a.example/2",
            "https://a.example/3",
        ];
        let lanes = lanes(addresses.into_iter().chain(["https://b.example/"]), 2);
        let shown: Vec<usize> = lanes.iter().map(Vec::len).collect();
        assert_eq!(shown, [2, 1, 1]);
    }

    #[test]
    fn a_server_that_cannot_be_reached_is_left_alone() {
        let addresses: Vec<String> = (0..100)
            .map(|number| format!("https://a.example/{number}"))
            .chain(["https://b.example/".to_owned()])
            .collect();
        let asked = AtomicUsize::new(0);
        let shown = ask_each(&addresses, &|address| {
            asked.fetch_add(1, Ordering::Relaxed);
            let state = match address.contains("b.example") {
                true => State::Good,
                false => State::Unreached("no".to_owned()),
            };
            Answer::new(0, state)
        });
        assert_eq!(shown.len(), 101);
        assert!(asked.into_inner() <= 2 * PATIENCE + 1);
    }
}
