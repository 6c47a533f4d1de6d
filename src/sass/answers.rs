//! What was compiled so far: one site after the other asks for the same styles, in each of its
//! languages and versions and after each edit.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::digest::Digest;
use crate::sass::compile::Fault;

/// Each style of a request, or why there is none.
type Answer = Arc<Vec<Result<String, Fault>>>;

/// How many answers are kept; whoever asks for more at once has other sorrows.
const MAX_KEPT: usize = 64;

/// What was compiled so far, the failures too, but for those of a machine that was busy.
#[derive(Default)]
pub struct Answers(Mutex<BTreeMap<Digest, Answer>>);

impl Answers {
    /// The answer to a request of this name, which is compiled unless it was before.
    pub fn get(
        &self,
        request: Digest,
        compile: impl FnOnce() -> Vec<Result<String, Fault>>,
    ) -> Answer {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known.get(&request) {
            return Arc::clone(answer);
        }
        if known.len() >= MAX_KEPT {
            known.clear();
        }
        let answer = Arc::new(compile());
        let is_passing =
            |style: &Result<String, Fault>| style.as_ref().is_err_and(|fault| fault.is_passing);
        if !answer.iter().any(is_passing) {
            known.insert(request, Arc::clone(&answer));
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_not_tried_again() {
        let answers = Answers::default();
        let name = Digest::of(b"a");
        let fault = || vec![Err(Fault::of("a.scss", "wrong"))];
        let first = answers.get(name, fault);
        let again = answers.get(name, || panic!("it was compiled before"));
        assert_eq!(first, again);
        let other = answers.get(Digest::of(b"b"), || vec![Ok("x".to_owned())]);
        assert_ne!(first, other);
        let busy = Digest::of(b"c");
        answers.get(busy, || vec![Err(Fault::passing("a.scss", "busy"))]);
        let again = answers.get(busy, || vec![Ok("x".to_owned())]);
        assert_eq!(again, other);
    }
}
