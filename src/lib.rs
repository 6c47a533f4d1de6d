//! The map of the house.
pub mod assets;
pub mod config;
pub mod diagnostic;
pub mod digest;
pub mod markdown;
pub mod progress;
pub mod release;
pub mod repo;
pub mod site_path;
pub mod store;
