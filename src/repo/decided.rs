//! Who decided what: the commits that changed an environment's file, and who approved of a commit.

use std::collections::BTreeSet;
use std::path::Path;

use crate::repo::error::RepoError;
use crate::repo::git;
use crate::repo::history::boundary;
use crate::site_path::SitePath;

/// How many decisions are read, the newest first.
const MOST: &str = "--max-count=1000";
/// How many tags of one commit are looked at.
const MOST_TAGS: usize = 50;
/// Separates the facts of a commit.
const FIELD: char = '\u{1f}';
/// Separates the values of a trailer that is there more than once.
const VALUE: char = '\u{1e}';

/// One commit that changed an environment's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Its full name.
    pub commit: String,
    /// The committer's time, in Unix seconds.
    pub time: i64,
    /// The author's name.
    pub author: String,
    /// The first line of its message.
    pub subject: String,
    /// The release that its trailer names, as written.
    pub release: Option<String>,
    /// The reason that its trailer names.
    pub reason: Option<String>,
}

/// Who approved of a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approvals {
    /// The addresses of those who did, in lower case; names, where no address is known. The author
    /// of the commit is not among them.
    pub by: BTreeSet<String>,
}

/// The commits up to `rev` that changed a file, the newest first. The oldest ones that a shallow
/// clone has are left out: what they changed is not known.
///
/// # Errors
/// Fails where there is no such revision, or Git cannot read it.
pub fn decisions(root: &Path, rev: &str, path: &SitePath) -> Result<Vec<Decided>, RepoError> {
    let format = "--format=%H%x1f%ct%x1f%aN%x1f%s%x1f%(trailers:key=Tympan-Release,valueonly,separator=%x1e)%x1f%(trailers:key=Tympan-Reason,valueonly,separator=%x1e)";
    let place = format!(":(literal){path}");
    let mut command = git::command(root);
    command.args(["log", "-z", "--no-show-signature", MOST, format]);
    command.args(["--end-of-options", rev, "--", &place]);
    let listed = git::succeed(root, &mut command)?;
    let listed = String::from_utf8_lossy(&listed);
    let mut found: Vec<Decided> = listed.split('\0').filter_map(decided).collect();
    if git::is_shallow(root)? {
        let ends = boundary(root)?;
        found.retain(|decided| !ends.contains(&decided.commit));
    }
    Ok(found)
}

fn decided(line: &str) -> Option<Decided> {
    let mut fields = line.split(FIELD);
    let mut field = || fields.next().map(str::trim);
    let (commit, time) = (field()?.to_owned(), field()?.parse().ok()?);
    let (author, subject) = (field()?.to_owned(), field()?.to_owned());
    let mut trailer = || {
        let value = field()?.split(VALUE).next()?;
        (!value.is_empty()).then(|| value.to_owned())
    };
    Some(Decided {
        commit,
        time,
        author,
        subject,
        release: trailer(),
        reason: trailer(),
    })
}

/// Who approved of a commit: by a trailer `Approved-by:` in its message, or by a tag with a good
/// signature that stands at it.
///
/// # Errors
/// Fails where there is no such commit, or Git cannot read it.
pub fn approvals(root: &Path, commit: &str) -> Result<Approvals, RepoError> {
    let format = "--format=%aE%x1f%aN%x1f%(trailers:key=Approved-by,valueonly,separator=%x1e)";
    let mut command = git::command(root);
    command.args([
        "log",
        "-1",
        "--no-show-signature",
        format,
        "--end-of-options",
        commit,
        "--",
    ]);
    let told = git::succeed(root, &mut command)?;
    let told = String::from_utf8_lossy(&told);
    let mut fields = told.split(FIELD).map(str::trim);
    let author = [fields.next(), fields.next()].map(|name| person(name.unwrap_or_default()));
    let trailers = fields.next().unwrap_or_default();
    let mut by: BTreeSet<String> = trailers.split(VALUE).map(person).collect();
    by.extend(signers(root, commit)?);
    by.retain(|person| !person.is_empty() && !author.contains(person));
    Ok(Approvals { by })
}

/// The one name of a person: the address, where one is given.
fn person(written: &str) -> String {
    let address = written
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    let name = address.map_or(written, |(address, _)| address);
    name.trim().to_lowercase()
}

fn signers(root: &Path, commit: &str) -> Result<Vec<String>, RepoError> {
    let format = "--format=%(refname)%1f%(objecttype)";
    let points = format!("--points-at={commit}");
    let listed = git::run(root, ["for-each-ref", &points, format, "refs/tags"])?;
    let listed = String::from_utf8_lossy(&listed);
    let mut found = Vec::new();
    for line in listed.lines().take(MOST_TAGS) {
        let mut fields = line.split(FIELD);
        let (Some(name), Some("tag")) = (fields.next(), fields.next()) else {
            continue;
        };
        let mut command = git::command(root);
        // The programs by their own names, whatever the repository's configuration calls them.
        for program in [
            "gpg.program=gpg",
            "gpg.x509.program=gpgsm",
            "gpg.ssh.program=ssh-keygen",
        ] {
            command.args(["-c", program]);
        }
        command.args(["verify-tag", "--raw", "--", name]);
        let output = git::finish(root, &mut command)?;
        if output.status.success() {
            found.extend(signer(&String::from_utf8_lossy(&output.stderr)));
        }
    }
    Ok(found)
}

/// Whose key made a good signature: what the list of signers or the key itself says, and not what
/// the tag says of its author.
fn signer(told: &str) -> Option<String> {
    told.lines().find_map(|line| {
        let ssh = line.strip_prefix("Good \"git\" signature for ");
        let ssh = ssh
            .and_then(|rest| rest.split_once(" with "))
            .map(|(name, _)| name);
        let gpg = line.strip_prefix("[GNUPG:] GOODSIG ");
        let gpg = gpg
            .and_then(|rest| rest.split_once(' '))
            .map(|(_, name)| name);
        ssh.or(gpg).map(person)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::fixture::{Fixture, path};

    #[test]
    fn decisions_are_told_with_their_trailers() {
        let mut fixture = Fixture::with(&[("environments/prod.toml", "a")]);
        fixture.write("environments/prod.toml", "b");
        let second = fixture.commit(
            "Promote test to prod\n\nBecause.\n\nTympan-Environment: prod\nTympan-Release: sha256:77\nTympan-Reason: it is time\n",
        );
        fixture.write("other.md", "c");
        fixture.commit("Other");
        let found = decisions(fixture.root(), "HEAD", &path("environments/prod.toml")).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].commit, second);
        assert_eq!(found[0].subject, "Promote test to prod");
        assert_eq!(found[0].author, "Ada Example");
        assert_eq!(found[0].release.as_deref(), Some("sha256:77"));
        assert_eq!(found[0].reason.as_deref(), Some("it is time"));
        assert_eq!(found[1].release, None);
    }

    #[test]
    fn a_shallow_clone_knows_nothing_of_its_oldest_commit() {
        let mut fixture = Fixture::with(&[("environments/prod.toml", "a")]);
        fixture.write("other.md", "c");
        fixture.commit("Other");
        fixture.write("environments/prod.toml", "b");
        let newest = fixture.commit("Decide");
        let clones = Fixture::folder();
        let place = fixture.root().to_str().unwrap().replace('\\', "/");
        let address = format!("file:///{}", place.trim_start_matches('/'));
        for (depth, known) in [("1", &[][..]), ("2", &[newest][..])] {
            clones.git(&["clone", "--quiet", "--depth", depth, &address, depth]);
            let path = path("environments/prod.toml");
            let found = decisions(&clones.at(depth), "HEAD", &path).unwrap();
            let found: Vec<String> = found.into_iter().map(|one| one.commit).collect();
            assert_eq!(found, known);
        }
    }

    #[test]
    fn whoever_wrote_a_commit_does_not_approve_of_it() {
        let mut fixture = Fixture::with(&[("a.md", "a")]);
        let commit = fixture.commit(
            "Say more\n\nApproved-by: Bob <Bob@Guide.example>\nApproved-by: bob <bob@guide.example>\nApproved-by: Ada <Ada.Example@example>\nApproved-by: Eve\n",
        );
        let found = approvals(fixture.root(), &commit).unwrap();
        assert_eq!(
            found.by.iter().collect::<Vec<_>>(),
            ["bob@guide.example", "eve"]
        );
        assert!(approvals(fixture.root(), "gone").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_tag_counts_only_with_a_good_signature() {
        let fixture = Fixture::with(&[("a.md", "a")]);
        let commit = fixture.git(&["rev-parse", "HEAD"]);
        let made = std::process::Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(fixture.at("key"))
            .status();
        if !made.is_ok_and(|status| status.success()) {
            return;
        }
        let public = std::fs::read_to_string(fixture.at("key.pub")).unwrap();
        fixture.write("signers", &format!("bob@guide.example {public}"));
        let (key, signers) = (fixture.at("key"), fixture.at("signers"));
        for (name, value) in [
            ("gpg.format", "ssh"),
            ("user.signingkey", key.to_str().unwrap()),
            ("gpg.ssh.allowedSignersFile", signers.to_str().unwrap()),
        ] {
            fixture.git(&["config", name, value]);
        }
        let bob = ["-c", "user.name=Bob", "-c", "user.email=bob@guide.example"];
        fixture.git(&[&bob[..], &["tag", "-a", "-m", "no", "plain"]].concat());
        assert_eq!(
            approvals(fixture.root(), &commit).unwrap(),
            Approvals::default()
        );
        let eve = ["-c", "user.name=Eve", "-c", "user.email=eve@guide.example"];
        fixture.git(&[&bob[..], &["tag", "-s", "-m", "yes", "approved"]].concat());
        fixture.git(&[&eve[..], &["tag", "-s", "-m", "me too", "again"]].concat());
        let found = approvals(fixture.root(), &commit).unwrap();
        assert_eq!(found.by.iter().collect::<Vec<_>>(), ["bob@guide.example"]);
        // Whoever the list of signers does not have is nobody.
        fixture.write("signers", "");
        assert_eq!(
            approvals(fixture.root(), &commit).unwrap(),
            Approvals::default()
        );
    }
}
