//! A server that does not keep its word.

use std::process::Command;

use super::{Server, python, tools};

impl Server {
    /// s3rver: S3 without its conditions; every write is carried out. Its bucket is `guide`.
    pub fn s3rver() -> Option<Self> {
        python("s3rver")?;
        let program = tools().join("s3rver/node_modules/.bin/s3rver");
        Some(Self::start("s3rver", |port, folder| {
            let mut command = Command::new(&program);
            command.arg("-d").arg(folder.join("data"));
            command.args(["-a", "127.0.0.1", "-p", &port.to_string()]);
            command.args(["--configure-bucket", "guide"]);
            command
        }))
    }
}
