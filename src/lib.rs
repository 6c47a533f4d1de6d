//! The map of the house.
pub mod config;
pub mod diagnostic;
pub mod digest;
pub mod markdown;
pub mod progress;
pub mod publish;
pub mod release;
pub mod site_path;
pub mod store;
pub mod targets;
