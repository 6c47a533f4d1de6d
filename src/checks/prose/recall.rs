//! Holds how many faults of English are found, and that their right twins give nothing.
//!
//! Each line of the sets under `tests/recall` is a sentence with `{fault=>what is right}`. The rules
//! were made with the first set in sight; the second was kept aside. The third holds right sentences
//! that stand near to a pattern.

use std::collections::BTreeMap;

use crate::checks::prose::check::found_in;
use crate::checks::prose::engine::{Dialect, Engine, Finding};
use crate::checks::text::block::Block;

const SEEN: &str = include_str!("../../../tests/recall/english.txt");
const HELD_OUT: &str = include_str!("../../../tests/recall/english-held-out.txt");
const RIGHT: &str = include_str!("../../../tests/recall/right.txt");
const EVERYDAY: &str = include_str!("../../../tests/recall/english-everyday.txt");

struct Case<'a> {
    kind: &'a str,
    wrong: String,
    right: String,
    fault: std::ops::Range<usize>,
}

fn cases(set: &str) -> Vec<Case<'_>> {
    let (mut kind, mut cases) = ("", Vec::new());
    for line in set.lines() {
        if let Some(name) = line.strip_prefix("# ") {
            kind = name;
            continue;
        }
        let (before, rest) = line.split_once('{').unwrap();
        let (fault, rest) = rest.split_once("=>").unwrap();
        let (mended, after) = rest.split_once('}').unwrap();
        cases.push(Case {
            kind,
            wrong: format!("{before}{fault}{after}"),
            right: format!("{before}{mended}{after}"),
            fault: before.len()..before.len() + fault.len(),
        });
    }
    cases
}

fn find(engine: &mut Engine, text: &str) -> Vec<Finding> {
    let mut block = Block::default();
    block.push(text, text, 0..text.len());
    let found = engine.read(text, &[]);
    found_in(&block, &found).into_iter().cloned().collect()
}

/// Reads a set; each kind with the share that is found must reach its floor.
#[track_caller]
fn holds(set: &str, floor: usize, first_right: usize) {
    let mut engine = Engine::new(Dialect::Any);
    let (mut all, mut caught, mut mended) = (0, 0, 0);
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut false_alarms, mut missed) = (Vec::new(), Vec::new());
    for case in cases(set) {
        let (number, hits) = kinds.entry(case.kind).or_default();
        (all, *number) = (all + 1, *number + 1);
        let found = find(&mut engine, &case.wrong);
        let touches =
            |found: &&Finding| found.start <= case.fault.end && case.fault.start <= found.end;
        if let Some(found) = found.iter().find(touches) {
            (caught, *hits) = (caught + 1, *hits + 1);
            let mut text = case.wrong.clone();
            if let Some(first) = found.replacements.first() {
                text.replace_range(found.start..found.end, first);
            }
            mended += usize::from(text == case.right);
        } else {
            missed.push(case.wrong.clone());
        }
        let alarms = find(&mut engine, &case.right);
        false_alarms.extend(
            alarms
                .iter()
                .map(|found| format!("{}: {}", found.rule, case.right)),
        );
    }
    assert_eq!(false_alarms, [""; 0]);
    assert!(
        caught * 100 >= all * floor,
        "{caught} of {all} found, not {missed:#?}"
    );
    assert!(
        mended * 100 >= caught * first_right,
        "{mended} of {caught} mended"
    );
    let weak: Vec<_> = kinds
        .iter()
        .filter(|(_, (number, hits))| hits * 2 < *number)
        .collect();
    assert!(weak.is_empty(), "{weak:?}");
}

#[test]
fn most_faults_are_found_and_no_right_sentence_is_faulted() {
    holds(SEEN, 85, 95);
}

#[test]
fn as_many_are_found_in_what_was_kept_aside() {
    holds(HELD_OUT, 85, 95);
}

#[test]
fn as_many_are_found_in_everyday_prose() {
    holds(EVERYDAY, 90, 95);
}

#[test]
fn no_right_sentence_is_faulted() {
    let mut engine = Engine::new(Dialect::Any);
    let alarms: Vec<String> = RIGHT
        .lines()
        .flat_map(|text| {
            let found = find(&mut engine, text);
            let shown = |found: &Finding| {
                let faulty = &text[found.start..found.end];
                format!("{} `{faulty}`: {text}", found.rule)
            };
            found.iter().map(shown).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(alarms, [""; 0]);
}
