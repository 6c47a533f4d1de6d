//! Docker's registry, on a folder of its own.

use std::fs;
use std::process::Command;

use super::{Server, program};

/// The password `wheel` of Ada, as bcrypt has it.
const USERS: &str = "ada:$2b$04$fDuaKZHMRIStfeRgBUiXNepXkt/XNGrAnVmrfa6Frg/Z85OVd4k6y\n";

impl Server {
    /// A registry that lets everybody in, or only Ada.
    pub fn registry(only_ada: bool) -> Option<Self> {
        let registry = program("registry", "/usr/bin/docker-registry")?;
        Some(Self::start("registry", |port, folder| {
            let inside = folder.display();
            fs::write(folder.join("users"), USERS).unwrap();
            let auth = match only_ada {
                true => format!("auth: {{ htpasswd: {{ realm: test, path: {inside}/users }} }}\n"),
                false => String::new(),
            };
            let settings = format!(
                "version: 0.1\nlog: {{ level: warn }}\nhttp: {{ addr: '127.0.0.1:{port}' }}\n{auth}\
                 storage: {{ filesystem: {{ rootdirectory: {inside}/data }}, delete: {{ enabled: true }} }}\n"
            );
            fs::write(folder.join("registry.yml"), settings).unwrap();
            let mut command = Command::new(registry);
            command.arg("serve").arg(folder.join("registry.yml"));
            command
        }))
    }
}
