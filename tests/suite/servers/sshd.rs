//! OpenSSH's server, with keys of its own and nothing to offer but SFTP.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Server, program};

impl Server {
    /// An sshd for the user who runs the tests. `refused` names requests that it refuses, as
    /// `sftp-server -P` takes them.
    pub fn sshd(refused: &str) -> Option<Self> {
        let sshd = program("sshd", "/usr/sbin/sshd")?;
        Some(Self::start("sshd", |port, folder| {
            for name in ["host", "client", "stranger"] {
                keygen(&folder.join(name));
            }
            let client = fs::read_to_string(folder.join("client.pub")).unwrap();
            fs::write(folder.join("authorized"), client).unwrap();
            let host = fs::read_to_string(folder.join("host.pub")).unwrap();
            fs::write(folder.join("known"), format!("[127.0.0.1]:{port} {host}")).unwrap();
            let refused = match refused {
                "" => String::new(),
                refused => format!(" -P {refused}"),
            };
            let inside = folder.display();
            let settings = format!(
                "Port {port}\nListenAddress 127.0.0.1\nHostKey {inside}/host\nPidFile {inside}/pid\n\
                 AuthorizedKeysFile {inside}/authorized\nStrictModes no\nUsePAM no\n\
                 PermitRootLogin prohibit-password\nPasswordAuthentication no\nMaxStartups 100\n\
                 Subsystem sftp internal-sftp\nForceCommand internal-sftp{refused}\n"
            );
            fs::write(folder.join("sshd_config"), settings).unwrap();
            // Its child without privileges is locked in there, if it has any to give up.
            let _ = fs::create_dir_all("/run/sshd");
            let mut command = Command::new(sshd);
            command
                .args(["-D", "-e", "-f"])
                .arg(folder.join("sshd_config"));
            command
        }))
    }

    /// A program to run in place of `ssh`: the same with the key of that name, and with the server's
    /// own key known, or not.
    pub fn ssh(&self, key: &str, known: &str) -> PathBuf {
        let folder = self.folder.path();
        let inside = folder.display();
        let settings = format!(
            "IdentityFile {inside}/{key}\nIdentitiesOnly yes\nIdentityAgent none\n\
             UserKnownHostsFile {inside}/{known}\nGlobalKnownHostsFile /dev/null\n\
             StrictHostKeyChecking yes\n"
        );
        let name = format!("ssh-{key}-{known}");
        fs::write(folder.join(format!("{name}.config")), settings).unwrap();
        let path = folder.join(&name);
        let script = format!("#!/bin/sh\nexec ssh -F '{inside}/{name}.config' \"$@\"\n");
        fs::write(&path, script).unwrap();
        let done = Command::new("chmod").arg("+x").arg(&path).status();
        assert!(done.unwrap().success());
        path
    }
}

fn keygen(path: &Path) {
    let done = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"])
        .arg(path)
        .status();
    assert!(done.unwrap().success());
}
