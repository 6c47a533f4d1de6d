//! Brings targets to their desired state and tells how far they are from it.
//!
//! This wing knows bytes only. Whatever it does follows from a release, a store, an environment,
//! the target, and the time it is told.

mod audit;
mod contested;
mod drift;
mod error;
mod finish;
mod flight;
#[cfg(test)]
mod forgeries;
mod garbage;
mod history;
mod lease;
mod moment;
mod overlay;
mod plan;
mod previews;
mod probe;
mod promotion;
mod protocol;
#[cfg(feature = "external")]
mod readers;
mod reconcile;
mod record;
mod records;
mod refusal;
mod request;
mod seal;
mod smoke;
mod state;
mod status;
mod upload;
mod verify;

pub use audit::audit;
pub use drift::{Drift, Drifted};
pub use error::PublishError;
pub use history::{Finding, History, Trouble, history};
pub use lease::Lease;
pub use moment::Moment;
pub use plan::Plan;
pub use previews::{clear, previews, remember_preview};
pub use probe::{Probe, probe};
pub use promotion::{Facts, Unmet, unmet};
pub use protocol::{Published, publish};
#[cfg(feature = "external")]
pub use readers::Readers;
pub use reconcile::{Desired, Outcome, Rules, State, reconcile};
pub use record::{Deployment, FileCounts, Kind, Link, Verdict};
pub use refusal::Refusal;
pub use request::{Clock, Prepared, Request, Smoke, prepare};
pub use seal::Signing;
pub use smoke::Answer;
pub use state::{Denied, Pointer, Retained};
pub use status::{Live, Status, live, release_at, status};
#[cfg(any(test, debug_assertions))]
pub use stepping::{Step, Stepping};
pub use verify::{Verified, verify};

#[cfg(test)]
mod laws;
#[cfg(any(test, debug_assertions))]
mod stepping;
#[cfg(test)]
mod testing;
// They hold the target to an atomic switch, which needs symbolic links.
#[cfg(test)]
#[cfg(unix)]
mod faults;
#[cfg(test)]
#[cfg(unix)]
mod flat;
#[cfg(test)]
#[cfg(unix)]
mod late;
#[cfg(test)]
#[cfg(unix)]
mod pauses;
