//! tympan: GitOps for prose. One commit of Markdown becomes one checked, sealed release.
//!
//! This is the map of the house, in reading order. Data flows one way:
//!
//! `Snapshot -> Site -> { Report, AssetMap, Plan } -> Artifacts -> Release -> Target`
//!
//! and imports run one way too: a floor imports floors below it, never beside or above.
//! `tests/suite/architecture.rs` holds the table. Two wings, the *making* wing that knows words and
//! the *shipping* wing that knows bytes, meet only in [`release`] and [`store`]; [`cli`] is the roof
//! over both.
//!
//! **Floor 1, the ground.**
//! [`site_path`] is a path that cannot leave its root; [`digest`] names bytes; [`diagnostic`] is a
//! finding with a place and a way out; [`progress`] tells what is being done; [`apart`] does in a
//! process of its own what may not come to an end; [`web`] asks servers.
//!
//! **Floor 2, what is read and kept.**
//! [`repo`] reads snapshots and history and is the only room that runs `git`; [`config`] reads
//! `tympan.toml` and `environments/*.toml`; [`markdown`] reads text, with spans; [`template`] fills
//! templates, and [`sass`] compiles styles, within bounds; [`store`] keeps blobs and cached results; [`release`] says what a
//! release is and how two differ; [`signing`] signs one, and tells who did.
//!
//! **Floor 3, the two models.**
//! [`site`] is what a repository says: pages, sections, navigation, documents; [`targets`] are the
//! places that hold published files.
//!
//! **Floor 4, what is done with them.**
//! [`checks`] finds faults in prose, links and structure; [`assets`] makes every picture
//! right-sized; [`publish`] brings a target to its desired release.
//!
//! **Floors 5 to 7.**
//! [`render`] plans every output and renders it: HTML, PDF, EPUB, Word; [`build`] is the whole flow on
//! one screen; [`preview`] is the same flow on demand, and [`lsp`] gives an editor its findings.
//!
//! **The roof.** [`cli`] is what a person types and sees.

pub mod apart;
pub mod assets;
pub mod build;
pub mod checks;
pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod digest;
pub mod lsp;
pub mod markdown;
pub mod preview;
pub mod progress;
pub mod publish;
pub mod release;
pub mod render;
pub mod repo;
pub mod sass;
pub mod signing;
pub mod site;
pub mod site_path;
pub mod store;
pub mod targets;
pub mod template;
#[cfg(feature = "external")]
pub mod web;
