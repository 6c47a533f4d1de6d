//! Targets held against real servers: one file a kind.

mod buckets;
