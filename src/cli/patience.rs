//! A publish that waits for another one to end, as jobs of a CI that were started at once do.

use std::time::Duration;

use crate::cli::ui::Ui;
use crate::publish::{self, PublishError, Published, Refusal, Request};

/// How long one waits for others, in seconds: a few publishes, or leases of publishes that were never
/// heard of again.
const LONGEST: i64 = 5 * 60;
/// The longest time between two looks, in seconds.
const LOOK: i64 = 5;

/// Publishes as soon as nobody else does.
pub fn publish(ui: &Ui, request: &Request<'_>) -> Result<Published, PublishError> {
    let mut waited = 0;
    loop {
        let until = match publish::publish(request) {
            Err(PublishError::Refused { target, refusal }) if waited < LONGEST => {
                let Refusal::Leased { holder, until } = &*refusal else {
                    return Err(PublishError::Refused { target, refusal });
                };
                if waited == 0 {
                    ui.note(&format!("{target}  waits: `{holder}` publishes there"));
                }
                until.seconds()
            }
            done => return done,
        };
        let pause = (until - ui.now()).clamp(1, LOOK);
        std::thread::sleep(Duration::from_secs(pause.unsigned_abs()));
        waited += pause;
    }
}
