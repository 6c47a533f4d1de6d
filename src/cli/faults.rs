//! Ends this process at a named point of a publish, for the tests that look at what is left. Only a
//! build for tests has this room.
//!
//! `TYMPAN_FAULT=switch:after:1` kills it after its first switch; what is counted is every operation
//! whose name begins so.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cli::ui::variable;
use crate::publish::{Step, Stepping};
use crate::targets::{Target, TargetError};

struct Fault {
    operation: String,
    after: bool,
    nth: usize,
}

/// The target, or one at which this process ends as the environment says.
pub fn breaking(target: Box<dyn Target>) -> Box<dyn Target> {
    match fault() {
        Some(_) => Box::new(Stepping::new(Box::leak(target), &hook)),
        None => target,
    }
}

fn fault() -> Option<&'static Fault> {
    static FAULT: OnceLock<Option<Fault>> = OnceLock::new();
    let read = || {
        let text = variable("TYMPAN_FAULT")?;
        let mut parts = text.split(':');
        Some(Fault {
            operation: parts.next()?.to_owned(),
            after: parts.next()? == "after",
            nth: parts.next()?.parse().ok()?,
        })
    };
    FAULT.get_or_init(read).as_ref()
}

fn hook(step: Step<'_>) -> Result<(), TargetError> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    if let Some(fault) = fault()
        && step.operation.starts_with(&fault.operation)
        && step.after == fault.after
        && COUNT.fetch_add(1, Ordering::SeqCst) + 1 == fault.nth
    {
        end();
    }
    Ok(())
}

/// Nothing is cleaned up, as after a loss of power.
fn end() {
    #[cfg(unix)]
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort();
}
