//! The child `ssh` whose pipes carry SFTP, and what it says when it cannot connect, in words that
//! tell the next step.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, Join, join};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// Where a folder is and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// A name or address, or a `Host` of the user's `ssh_config`.
    pub host: String,
    /// The port, if it is not ssh's own choice.
    pub port: Option<u16>,
    /// The user, if it is not ssh's own choice.
    pub user: Option<String>,
    /// The folder there: absolute, or relative to where a login begins.
    pub path: String,
    /// The program that is run: `ssh`, unless somebody wants another.
    pub program: String,
}

/// The two pipes of a child, read from and written to.
pub(super) type Pipes = Join<ChildStdout, ChildStdin>;

/// How long a child that has failed is given to say why.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Starts `ssh`. It lives as long as the child is held.
pub(super) fn start(address: &Address) -> io::Result<(Child, Pipes)> {
    let mut command = Command::new(&address.program);
    // It must never ask: nobody sits there to answer.
    command.args(["-oBatchMode=yes", "-oConnectTimeout=20"]);
    // A connection that died is noticed after a minute.
    command.args(["-oServerAliveInterval=15", "-oServerAliveCountMax=4"]);
    if let Some(port) = address.port {
        command.arg(format!("-p{port}"));
    }
    if let Some(user) = &address.user {
        command.arg(format!("-l{user}"));
    }
    let mut child = command
        .args(["-s", "--", &address.host, "sftp"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    match (child.stdout.take(), child.stdin.take()) {
        (Some(stdout), Some(stdin)) => Ok((child, join(stdout, stdin))),
        _ => Err(io::Error::other("ssh has no pipes")),
    }
}

/// Why a child could not connect, and what to do about it.
pub(super) async fn reason(address: &Address, mut child: Child) -> String {
    let said = match child.stderr.take() {
        Some(stderr) => last_words(stderr).await,
        None => String::new(),
    };
    explain(address, &said)
}

/// Why the program could not be started.
pub(super) fn not_started(address: &Address, error: &io::Error) -> String {
    let program = &address.program;
    match error.kind() {
        io::ErrorKind::NotFound => {
            format!("there is no program `{program}`; install the client of OpenSSH")
        }
        _ => format!("cannot start `{program}`: {error}"),
    }
}

async fn last_words(stderr: ChildStderr) -> String {
    let mut said = Vec::new();
    let mut stderr = stderr.take(16 << 10);
    // A child that neither speaks nor ends is killed when it is dropped.
    let _ = tokio::time::timeout(LAST_WORDS, stderr.read_to_end(&mut said)).await;
    String::from_utf8_lossy(&said).into_owned()
}

fn explain(address: &Address, said: &str) -> String {
    let host = &address.host;
    let login = match &address.user {
        Some(user) => format!("{user}@{host}"),
        None => host.clone(),
    };
    let has = |words: &str| said.contains(words);
    if has("REMOTE HOST IDENTIFICATION HAS CHANGED") {
        return format!(
            "the key of `{host}` is not the one that is known; ask whoever runs it, and only then take the old one out with `ssh-keygen -R {host}`"
        );
    }
    if has("Host key verification failed") {
        return format!(
            "the key of `{host}` is not known here; connect once with `ssh {login}` and compare it, or put it into `known_hosts`"
        );
    }
    if has("Permission denied") || has("Too many authentication failures") {
        return format!(
            "`{host}` does not let us in; put the public key into its `authorized_keys`, and the private one into the agent with `ssh-add`, then try `ssh {login}`"
        );
    }
    if has("Could not resolve hostname") {
        return format!("there is no host `{host}`; correct `host` in `tympan.toml`");
    }
    if has("Connection refused") {
        return format!(
            "nothing listens at `{host}`; correct `host` or `port`, or start the server"
        );
    }
    if has("timed out") || has("No route to host") || has("Network is unreachable") {
        return format!("`{host}` does not answer; see whether the network reaches it");
    }
    if has("subsystem request failed") {
        return format!(
            "`{host}` offers no SFTP; it needs a line `Subsystem sftp` in `sshd_config`"
        );
    }
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    match last {
        Some(line) => format!(
            "ssh to `{host}` says: {}",
            line.trim().replace(char::is_control, " ")
        ),
        None => format!("ssh to `{host}` ended without a word; try `ssh {login}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(said: &str, expected: &str) {
        let address = Address {
            host: "example.org".to_owned(),
            port: None,
            user: Some("ada".to_owned()),
            path: String::new(),
            program: "ssh".to_owned(),
        };
        let told = explain(&address, said);
        assert!(told.starts_with(expected), "{told}");
    }

    #[test]
    fn what_ssh_says_is_told_with_the_next_step() {
        case(
            "No ED25519 host key is known for x.\r\nHost key verification failed.\r\n",
            "the key of `example.org` is not known here; connect once with `ssh ada@example.org`",
        );
        case(
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
            "the key of `example.org` is not the one that is known",
        );
        case(
            "ada@example.org: Permission denied (publickey,password).",
            "`example.org` does not let us in",
        );
        case(
            "ssh: Could not resolve hostname example.org: Name or service not known",
            "there is no host `example.org`",
        );
        case(
            "ssh: connect to host example.org port 22: Connection refused",
            "nothing listens at `example.org`",
        );
        case(
            "subsystem request failed on channel 0",
            "`example.org` offers no SFTP",
        );
        case(
            "\u{1b}[1mfirst\nkex_exchange_identification: read\u{7}: reset\n\n",
            "ssh to `example.org` says: kex_exchange_identification: read : reset",
        );
        case("", "ssh to `example.org` ended without a word");
    }
}
