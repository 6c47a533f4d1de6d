//! A branch of a Git repository, such as the one that a forge serves as Pages.
//!
//! ```text
//! refs/heads/<branch>     what the forge serves: one commit without parents, replaced
//! refs/tympan/<branch>    current, lease, releases/, log/, drift/ as in a folder; `live`, the tree
//!                         that was made live; tree/<epoch>-<digest>/, the trees
//! ```
//!
//! Both are moved in one push that names what they were, which is the compare-and-swap. A commit is
//! a function of its content, so history does not grow: old objects are the server's to clear away.

mod opened;
mod state;
mod target;

pub use target::Branch;
