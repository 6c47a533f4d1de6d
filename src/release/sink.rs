//! Where finished files go, one at a time: a folder, a store, a list.

use std::error::Error;

use crate::release::artifact::Artifact;
use crate::release::manifest::File;

/// Takes a finished file and its description, from any thread and in any order.
///
/// What it does not keep is gone: a build never holds more files than it has threads.
pub type Sink<'a> = &'a (dyn Fn(&Artifact, &File) -> Result<(), SinkError> + Sync);

/// A file could not be taken.
pub type SinkError = Box<dyn Error + Send + Sync>;
