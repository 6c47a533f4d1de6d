//! Targets held against real servers: one file a kind.

mod branch;
mod buckets;
mod registry;
mod releases;
#[cfg(unix)]
mod sftp;
mod shipment;
