//! The map of the house.
pub mod assets;
pub mod checks;
pub mod config;
pub mod diagnostic;
pub mod digest;
pub mod markdown;
pub mod progress;
pub mod release;
pub mod render;
pub mod repo;
pub mod site;
pub mod site_path;
pub mod store;
