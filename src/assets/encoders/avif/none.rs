//! No encoder of AVIF in this program.

use crate::assets::encoders::format::Content;
use crate::assets::pixels::Pixels;

/// The encoder's name.
pub(super) fn version() -> String {
    "none".to_owned()
}

/// Refuses.
///
/// # Errors
/// Always.
pub(super) fn encode(_: &Pixels, _: Content, _: u8) -> Result<Vec<u8>, String> {
    Err("this program was built without an encoder of AVIF".to_owned())
}
