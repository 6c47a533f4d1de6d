//! A folder on another machine, over the machine's own `ssh`: its keys, agent, known hosts and
//! settings are the user's, and no secret ever passes through this program.
//!
//! It is laid out as a folder on this machine is, so that a web server there serves `live`, and so
//! that the two can take turns. Nothing in it is written or removed through a link.

mod folder;
mod index;
mod lock;
mod remote;
mod session;
mod ssh;
mod target;

pub use ssh::Address;
pub use target::Sftp;
