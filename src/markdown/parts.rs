//! Figures in a figure and tables in a table: which are its parts, and how they stand.

use crate::markdown::attributes::Attributes;
use crate::markdown::captions::take_pair;
use crate::markdown::element::{Element, ElementEnd, Markup};
use crate::markdown::labels::LabelKind;
use crate::markdown::parse::Spanned;

/// More parts than this do not stand side by side.
const MAX_COLUMNS: usize = 4;

/// Makes what stands right in a container a part of it, if it is of its kind. Gives how many there are.
pub(super) fn count_parts(inner: &mut [Spanned<'_>], kind: LabelKind) -> usize {
    let (mut depth, mut count) = (0_usize, 0);
    for (markup, _) in inner {
        match markup {
            Markup::Open(element) => {
                if let Element::Numbered(numbered) = &mut **element {
                    if depth == 0 && numbered.kind == kind {
                        count += 1;
                        numbered.part = Some(count);
                    }
                    depth += 1;
                }
            }
            Markup::Close(ElementEnd::Numbered(_)) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    count
}

/// How many parts stand side by side, in the spellings of Quarto.
pub(super) fn columns(attributes: &mut Attributes, parts: usize) -> usize {
    let number = |text: String| text.trim().parse::<usize>().ok().filter(|found| *found > 0);
    let wide = take_pair(attributes, &["layout-ncol"]).and_then(number);
    let high = take_pair(attributes, &["layout-nrow"]).and_then(number);
    // The widths of `[[1,1],[1]]` are not heeded.
    let rows = take_pair(attributes, &["layout"]);
    let row = |text: &str| text.trim_matches('[').split(',').count();
    let widest = rows.and_then(|rows| {
        rows.split(']')
            .map(|text| row(text.trim_matches(',')))
            .max()
    });
    let columns = wide
        .or(high.map(|high| parts.div_ceil(high)))
        .or(widest)
        .unwrap_or(1);
    columns.clamp(1, MAX_COLUMNS)
}
