//! Signatures under releases and records, and who may have made them.
