//! Signatures of SSH, made and verified by `ssh-keygen`, which knows all kinds of keys, agents and
//! hardware tokens.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use time::OffsetDateTime;

use crate::signing::error::SigningError;
use crate::signing::trust::Doubt;

/// What signatures are made for; one for another purpose is not valid here.
pub(super) const NAMESPACE: &str = "tympan";
/// What begins a signature.
pub(super) const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";

/// A file that nobody else can read, gone with what is returned.
pub(super) fn write(text: &str) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    Ok(file)
}

/// Signs with the text of a key. It is in a file without a name where the system can open one, so that
/// nothing of it stays, however this program ends; elsewhere it has a name for this one call.
pub(super) fn sign_by_text(key: &str, bytes: &[u8]) -> Result<String, SigningError> {
    let fault = |error: std::io::Error| SigningError::Ssh {
        work: "sign",
        reason: error.to_string(),
    };
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd as _;
        use std::os::unix::fs::PermissionsExt as _;
        let mut file = tempfile::tempfile().map_err(fault)?;
        // `ssh-keygen` takes no key that others could read.
        let own = std::fs::Permissions::from_mode(0o600);
        file.set_permissions(own).map_err(fault)?;
        file.write_all(key.as_bytes()).map_err(fault)?;
        let path = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
        let path = Path::new(&path);
        if path.exists() {
            return sign(path, bytes);
        }
    }
    let file = write(key).map_err(fault)?;
    sign(file.path(), bytes)
}

/// Signs with a key that stands in a file; that of a public key stands for the one in the agent.
pub(super) fn sign(key: &Path, bytes: &[u8]) -> Result<String, SigningError> {
    let mut command = keygen();
    command.args(["-Y", "sign", "-n", NAMESPACE, "-f"]).arg(key);
    let (done, said, why) = run(command, bytes, "sign")?;
    match done && said.starts_with(BEGIN) {
        true => Ok(said),
        false => Err(SigningError::Ssh {
            work: "sign",
            reason: why,
        }),
    }
}

/// Who signed, by a file of allowed signers as it counts at a time. What it says of times is UTC, so
/// that every machine reads the same in it.
pub(super) fn verify(
    allowed: &Path,
    bytes: &[u8],
    signature: &str,
    at: i64,
) -> Result<Result<String, Doubt>, SigningError> {
    let work = "verify";
    let file = write(signature).map_err(|error| SigningError::Ssh {
        work,
        reason: error.to_string(),
    })?;
    let at = format!("-Overify-time={}", moment(at));
    let mut find = keygen();
    find.args(["-Y", "find-principals", &at, "-s"])
        .arg(file.path())
        .arg("-f")
        .arg(allowed);
    let (done, said, _) = run(find, b"", work)?;
    let Some(who) = said.lines().next().filter(|_| done) else {
        return Ok(Err(Doubt::Stranger));
    };
    let mut verify = keygen();
    verify
        .args(["-Y", "verify", &at, "-n", NAMESPACE, "-I", who, "-s"])
        .arg(file.path())
        .arg("-f")
        .arg(allowed);
    let (done, _, _) = run(verify, bytes, work)?;
    Ok(done.then(|| who.to_owned()).ok_or(Doubt::Forged))
}

/// A time as `ssh-keygen` reads it, in the years that it can read.
fn moment(seconds: i64) -> String {
    // The first second is no time to it.
    const FIRST: i64 = 1;
    const LAST: i64 = 253_402_300_799;
    let time = OffsetDateTime::from_unix_timestamp(seconds.clamp(FIRST, LAST));
    let time = time.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

fn keygen() -> Command {
    let mut command = Command::new("ssh-keygen");
    // Nobody is there to type a passphrase, and no secret of ours is its business.
    command
        .env("SSH_ASKPASS", "false")
        .env("SSH_ASKPASS_REQUIRE", "force")
        .env_remove("TYMPAN_SIGNING_KEY")
        .env_remove("TYMPAN_SIGNING_KEY_PASSWORD")
        .env("LC_ALL", "C")
        .env("TZ", "UTC");
    command
}

fn run(
    mut command: Command,
    input: &[u8],
    work: &'static str,
) -> Result<(bool, String, String), SigningError> {
    let fault = |error: std::io::Error| SigningError::Ssh {
        work,
        reason: match error.kind() {
            std::io::ErrorKind::NotFound => "it is not installed".to_owned(),
            _ => error.to_string(),
        },
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(fault)?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that has seen enough hangs up, and tells why in its own words.
        let _ = stdin.write_all(input);
    }
    let done = child.wait_with_output().map_err(fault)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let why = text(&done.stderr);
    let why = why.lines().rfind(|line| !line.trim().is_empty());
    let why = why.unwrap_or("it does not say why").trim().to_owned();
    Ok((done.status.success(), text(&done.stdout), why))
}
