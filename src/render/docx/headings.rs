//! The headings of a document in order: what the contents list, and which of them Word can count.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::render::docx::numbering::HeadingNumbers;

/// A heading of a document.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    pub(super) level: usize,
    pub(super) number: Option<String>,
    pub(super) text: String,
    pub(super) label: String,
    pub(super) is_part: bool,
}

/// Which headings Word counts, so that their numbers stay right when someone edits the document.
#[derive(Default)]
pub(super) struct HeadingPlan {
    pub(super) numbers: Option<HeadingNumbers>,
    pub(super) is_contract: bool,
    /// Whether the styles of a reference document count.
    pub(super) is_house: bool,
    labels: BTreeSet<String>,
}

impl HeadingPlan {
    /// Counts as Word will, and leaves the headings that come out otherwise to be written as they are.
    pub(super) fn new(headings: &[Heading], is_contract: bool) -> Self {
        let mut plan = Self {
            is_contract,
            ..Self::default()
        };
        let parts = |heading: &Heading| -> Option<Vec<u32>> {
            let number = heading.number.as_deref()?;
            number.split('.').map(|part| part.parse().ok()).collect()
        };
        let first = headings.iter().find_map(|heading| {
            let parts = parts(heading)?;
            let above = heading.level.checked_sub(parts.len())?;
            Some((above, *parts.first()?))
        });
        let Some((above, start)) = first.filter(|(above, start)| *above < 6 && *start < 32_767)
        else {
            return plan;
        };
        let mut counters: Vec<u32> = Vec::new();
        for heading in headings.iter().filter(|heading| !heading.label.is_empty()) {
            let Some(parts) = parts(heading) else {
                continue;
            };
            if heading.level > 9 || heading.level != above + parts.len() {
                continue;
            }
            let mut next = counters.clone();
            next.resize(parts.len(), 0);
            let shorter = counters.len() + 1 < parts.len();
            if let Some(last) = next.last_mut() {
                let begins = parts.len() == 1 && counters.is_empty();
                *last = if begins { start } else { *last + 1 };
            }
            if next == parts && !shorter {
                counters = next;
                plan.labels.insert(heading.label.clone());
            }
        }
        if !plan.labels.is_empty() {
            plan.numbers = Some(HeadingNumbers {
                above,
                first: start,
            });
        }
        plan
    }

    /// Whether Word counts the heading with a label.
    pub(super) fn counts(&self, label: &str) -> bool {
        self.labels.contains(label)
    }

    /// Leaves the numbers of some levels to the styles of a reference document, which count every
    /// heading there that has one.
    pub(super) fn house(headings: &[Heading], levels: &BTreeSet<usize>, is_contract: bool) -> Self {
        let numbered = headings.iter().filter(|heading| heading.number.is_some());
        let counted = numbered.filter(|heading| levels.contains(&heading.level));
        let labels = counted.map(|heading| heading.label.clone()).collect();
        // Where no heading has a number of its own, the house may number all.
        let own = HeadingNumbers { above: 0, first: 1 };
        let has_numbers = headings.iter().any(|heading| heading.number.is_some());
        Self {
            is_house: true,
            is_contract,
            numbers: (is_contract || has_numbers).then_some(own),
            labels,
        }
    }
}

/// The headings of blocks, in the order in which they are written.
pub(super) fn collect(nodes: &[Value], found: &mut Vec<Heading>) {
    for node in nodes {
        match node {
            Value::Object(_) if node["t"] == "heading" => found.push(Heading {
                level: node["level"].as_u64().unwrap_or(2).min(9) as usize,
                number: node["number"].as_str().map(str::to_owned),
                text: node["text"].as_str().unwrap_or_default().to_owned(),
                label: node["label"].as_str().unwrap_or_default().to_owned(),
                is_part: false,
            }),
            Value::Object(_) => {
                for name in ["c", "items", "body", "defs"] {
                    if let Some(inside) = node[name].as_array() {
                        collect(inside, found);
                    }
                }
            }
            Value::Array(inside) => collect(inside, found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(headings: &[(usize, &str)], expected: &[bool]) {
        let headings: Vec<Heading> = headings
            .iter()
            .map(|(level, number)| Heading {
                level: *level,
                number: (!number.is_empty()).then(|| (*number).to_owned()),
                text: String::new(),
                label: number.to_string(),
                is_part: false,
            })
            .collect();
        let plan = HeadingPlan::new(&headings, false);
        let counts = |heading: &Heading| plan.counts(&heading.label);
        let found: Vec<bool> = headings.iter().map(counts).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn word_counts_what_it_can() {
        case(
            &[
                (1, ""),
                (1, "1"),
                (2, "1.1"),
                (2, "1.2"),
                (1, "2"),
                (2, "2.1"),
            ],
            &[false, true, true, true, true, true],
        );
        case(
            &[(1, ""), (2, "1"), (3, "1.1"), (1, ""), (2, "2")],
            &[false, true, true, false, true],
        );
        case(
            &[(1, "3"), (1, "4"), (1, "6"), (1, "5")],
            &[true, true, false, true],
        );
        case(&[(1, "1"), (2, ""), (3, "1.1.1")], &[true, false, false]);
        case(&[(1, "A"), (2, "A.1")], &[false, false]);
    }

    #[test]
    fn a_house_counts_the_levels_of_its_styles() {
        let heading = |level: usize, number: &str| Heading {
            level,
            number: Some(number.to_owned()),
            text: String::new(),
            label: number.to_owned(),
            is_part: false,
        };
        let headings = [heading(1, "1"), heading(2, "1.1")];
        let plan = HeadingPlan::house(&headings, &[1].into(), false);
        assert!(plan.counts("1") && !plan.counts("1.1"));
        // The house does not count on where the number is written.
        let plan = HeadingPlan::house(&headings, &[3].into(), false);
        assert!(!plan.counts("1") && plan.numbers.is_some());
    }
}
