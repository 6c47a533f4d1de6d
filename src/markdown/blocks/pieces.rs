//! A text that was rewritten, and where each part of it came from.

use std::ops::Range;

/// The rewritten text. Parts that were not in the source stand at a place of it all the same.
#[derive(Debug, Default)]
pub(in crate::markdown) struct Rewriting {
    pub(in crate::markdown) text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    /// Where it begins in the rewritten text.
    at: usize,
    /// The bytes of the source; empty for what was put in.
    source: Range<usize>,
}

impl Rewriting {
    /// Adds bytes of the source.
    pub(super) fn copy(&mut self, source: &str, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let at = self.text.len();
        self.text.push_str(&source[range.clone()]);
        match self.pieces.last_mut() {
            Some(last)
                if last.source.end == range.start
                    && !last.source.is_empty()
                    && last.at + last.source.len() == at =>
            {
                last.source.end = range.end;
            }
            _ => self.pieces.push(Piece { at, source: range }),
        }
    }

    /// Adds text that stands for a place of the source.
    pub(super) fn insert(&mut self, text: &str, place: usize) {
        if text.is_empty() {
            return;
        }
        self.pieces.push(Piece {
            at: self.text.len(),
            source: place..place,
        });
        self.text.push_str(text);
    }

    /// The bytes of the source that a span came from.
    pub(in crate::markdown) fn source(&self, span: Range<usize>) -> Range<usize> {
        let start = self.place(span.start);
        // An end belongs to the piece before it, so that nothing of the next one is taken in.
        let end = match span.end > span.start {
            true => {
                let piece = self.piece(span.end - 1);
                piece.map_or(0, |piece| {
                    (piece.source.start + span.end - piece.at).min(piece.source.end)
                })
            }
            false => start,
        };
        start..end.max(start)
    }

    fn place(&self, at: usize) -> usize {
        let piece = self.piece(at);
        piece.map_or(0, |piece| {
            (piece.source.start + at - piece.at).min(piece.source.end)
        })
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces.get(after.checked_sub(1)?)
    }
}
