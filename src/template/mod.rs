//! Templates: of a theme, and of shortcodes. What came with the program is trusted; what came with
//! the project is bounded, by one budget for each page, and whatever is wrong with it is a finding
//! with its line.
//!
//! What they cost can be measured.
//!
//! This room knows the engine, never pages: what a template is given comes from its caller.

mod budget;
mod dialect;
mod fault;
mod filters;
mod parse;
mod profile;
mod weave;

pub use budget::{begin_page, spend};
pub use dialect::Dialect;
pub use filters::without_tags;
pub use parse::{Cost, Failure, Source, Templates};
pub use profile::{Profile, TemplateCost, TemplateKind};
