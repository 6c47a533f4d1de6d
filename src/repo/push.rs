//! References of a remote repository: what they name, and moving them if nobody else did.

use std::path::Path;
use std::process::Output;

use crate::repo::error::RepoError;
use crate::repo::git;
use crate::repo::remote_repository::RemoteRepository;

/// How a remote may be spoken to. `ext` and its like run programs.
const PROTOCOLS: &str = "file:git:http:https:ssh";
/// A reference that is moved, if it still stands where it stood.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    /// Its full name.
    pub name: &'a str,
    /// The commit that it names now; none if it is made.
    pub from: Option<&'a str>,
    /// The commit that it will name.
    pub to: &'a str,
}

/// How a push ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Moved {
    /// All references were moved.
    Done,
    /// One of them stood elsewhere; none was moved, if the server moves them together.
    Stale,
}

impl RemoteRepository {
    /// Runs a call that reaches the remote.
    fn reach(&self, args: &[&str]) -> Result<Output, RepoError> {
        let mut command = self.command();
        command.env("GIT_ALLOW_PROTOCOL", PROTOCOLS).args(args);
        git::finish(&self.root, &mut command)
    }

    /// The commits that references of the remote name now.
    ///
    /// # Errors
    /// Fails where the remote cannot be reached.
    pub fn heads(&self, names: &[&str]) -> Result<Vec<Option<String>>, RepoError> {
        let args = [&["ls-remote", "--refs", "--", &self.url], names].concat();
        let output = self.reach(&args)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(self.failure("ls-remote", &said));
        }
        let listed = String::from_utf8_lossy(&output.stdout);
        let of = |name: &&str| {
            let mut lines = listed.lines().filter_map(|line| line.split_once('\t'));
            lines
                .find(|(_, found)| found == name)
                .map(|(commit, _)| commit.to_owned())
        };
        Ok(names.iter().map(of).collect())
    }

    /// Fetches what references name, with all that belongs to it.
    ///
    /// # Errors
    /// Fails where the remote cannot be reached.
    pub fn fetch(&self, names: &[&str]) -> Result<(), RepoError> {
        let args = [
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--no-recurse-submodules",
            "--",
            &self.url,
        ];
        let output = self.reach(&[&args[..], names].concat())?;
        match output.status.success() {
            true => Ok(()),
            false => Err(self.failure("fetch", &String::from_utf8_lossy(&output.stderr))),
        }
    }

    /// Moves references of the remote, all or none where it can, and sends what they need.
    ///
    /// # Errors
    /// Fails where the remote cannot be reached, or refuses for another reason than that a reference
    /// stands elsewhere.
    pub fn push(&self, moves: &[Move<'_>]) -> Result<Moved, RepoError> {
        match self.push_at_once(moves)? {
            Ok(moved) => Ok(moved),
            Err(said) if moves.len() > 1 && said.contains("does not support --atomic") => {
                for one in moves {
                    match self.push_at_once(std::slice::from_ref(one))? {
                        Ok(Moved::Done) => {}
                        Ok(Moved::Stale) => return Ok(Moved::Stale),
                        Err(said) => return Err(self.failure("push", &said)),
                    }
                }
                Ok(Moved::Done)
            }
            Err(said) => Err(self.failure("push", &said)),
        }
    }

    fn push_at_once(&self, moves: &[Move<'_>]) -> Result<Result<Moved, String>, RepoError> {
        let mut args = vec!["push".to_owned(), "--porcelain".to_owned()];
        if moves.len() > 1 {
            args.push("--atomic".to_owned());
        }
        for one in moves {
            let from = one.from.unwrap_or_default();
            args.push(format!("--force-with-lease={}:{from}", one.name));
        }
        args.extend(["--".to_owned(), self.url.clone()]);
        for one in moves {
            args.push(format!("{}:{}", one.to, one.name));
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = self.reach(&args)?;
        if output.status.success() {
            return Ok(Ok(Moved::Done));
        }
        // What a server says in a race has many wordings, and a connection may have been cut after it
        // did what it was told. So it is asked.
        let names: Vec<&str> = moves.iter().map(|one| one.name).collect();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let Ok(heads) = self.heads(&names) else {
            return Ok(Err(said));
        };
        let stands_at = |at: fn(&Move<'_>) -> Option<String>| {
            heads.iter().zip(moves).all(|(head, one)| *head == at(one))
        };
        if stands_at(|one| Some(one.to.to_owned())) {
            return Ok(Ok(Moved::Done));
        }
        if !stands_at(|one| one.from.map(str::to_owned)) {
            return Ok(Ok(Moved::Stale));
        }
        let told = String::from_utf8_lossy(&output.stdout);
        let reasons = told.lines().filter(|line| line.starts_with('!'));
        let reasons: Vec<&str> = reasons.filter_map(|line| line.split('\t').nth(2)).collect();
        // Somebody else may have moved it and moved it back, or be about to move it.
        if reasons
            .iter()
            .any(|reason| reason.contains("stale info") || reason.contains("lock"))
        {
            return Ok(Ok(Moved::Stale));
        }
        Ok(Err(format!("{said}\n{}", reasons.join("; "))))
    }
}

/// The address of a remote of the repository around `root`, without a name or password.
pub fn address_of(root: &Path, remote: &str) -> Option<String> {
    let found = git::output(root, ["remote", "get-url", "--", remote]).ok()?;
    let address = String::from_utf8(found.stdout).ok()?;
    let address = veiled(address.trim());
    (found.status.success() && !address.is_empty()).then_some(address)
}

/// A text in which no address tells the name or password of somebody.
pub fn veiled(said: &str) -> String {
    let mut told = String::new();
    let mut rest = said;
    while let Some((before, after)) = rest.split_once("://") {
        told.push_str(before);
        told.push_str("://");
        let ends = |c: char| c == '/' || c == '\'' || c == '"' || c.is_whitespace();
        let (host, _) = after.split_at(after.find(ends).unwrap_or(after.len()));
        rest = match host.rfind('@') {
            Some(at) => after.get(at + 1..).unwrap_or_default(),
            None => after,
        };
    }
    told + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::remote_repository::TreeEdit;
    use crate::repo::remote_repository::tests::place;

    const PAGES: &str = "refs/heads/pages";
    const STATE: &str = "refs/tympan/pages";

    fn to<'a>(name: &'a str, from: Option<&'a str>, to: &'a str) -> Move<'a> {
        Move { name, from, to }
    }

    #[test]
    fn one_content_is_one_commit_and_is_read_back() {
        let place = place();
        let commit = place.commit(&[("a/b c.txt", "one"), ("d", "two")]);
        assert_eq!(commit, place.commit(&[("d", "two"), ("a/b c.txt", "one")]));
        let files = place.remote.files(&commit).unwrap();
        let told: Vec<_> = files
            .iter()
            .map(|file| (file.path.as_str(), file.size))
            .collect();
        assert_eq!(told, [("a/b c.txt", 3), ("d", 3)]);
        let object = place.remote.find(&commit, "a/b c.txt").unwrap().unwrap();
        assert_eq!(place.remote.read(&object).unwrap().unwrap(), b"one");
        assert_eq!(place.remote.find(&commit, "a/b").unwrap(), None);
        assert_eq!(place.remote.names(&commit, "a").unwrap(), ["b c.txt"]);
        assert!(place.remote.names(&commit, "no").unwrap().is_empty());
        // A tree in a tree, and out again.
        let tree = TreeEdit::Tree {
            path: "tree/1".to_owned(),
            object: commit.clone(),
        };
        let both = place.remote.tree(Some(&commit), &[tree]).unwrap();
        assert_eq!(place.remote.files(&both).unwrap().len(), 4);
        let away = TreeEdit::Remove {
            path: "tree/1".to_owned(),
        };
        let again = place.remote.tree(Some(&both), &[away]).unwrap();
        assert_eq!(place.remote.commit(&again, "Words").unwrap(), commit);
    }

    #[test]
    fn references_move_together_or_not_at_all() {
        let place = place();
        let (one, two) = (place.commit(&[("a", "1")]), place.commit(&[("a", "2")]));
        let push = |moves: &[Move<'_>]| place.remote.push(moves).unwrap();
        let heads = || place.remote.heads(&[PAGES, STATE]).unwrap();
        assert_eq!(heads(), [None, None]);
        let first = [to(PAGES, None, &one), to(STATE, None, &one)];
        assert_eq!(push(&first), Moved::Done);
        assert_eq!(push(&[to(STATE, Some(&one), &two)]), Moved::Done);
        let late = [to(PAGES, Some(&one), &two), to(STATE, Some(&one), &two)];
        // That it stands where it was to be moved is as good as moving it.
        assert_eq!(push(&late[1..]), Moved::Done);
        let three = place.commit(&[("a", "3")]);
        let late = [to(PAGES, Some(&one), &three), to(STATE, Some(&one), &three)];
        assert_eq!(push(&late), Moved::Stale);
        assert_eq!(push(&[to(STATE, None, &three)]), Moved::Stale);
        assert_eq!(heads(), [Some(one.clone()), Some(two)]);
        let address = address_of(place.fixture.root(), "pages").unwrap();
        assert!(address.starts_with("file:///") && address.ends_with("/bare.git"));
        assert_eq!(address_of(place.fixture.root(), "nobody"), None);
        // Nothing of that shows in the repository around it.
        assert_eq!(
            place.fixture.git(&["for-each-ref", "--format=%(refname)"]),
            "refs/heads/main"
        );
        assert!(!place.fixture.at(".git/FETCH_HEAD").exists());
        // Another machine finds it.
        let other = place.fixture.at("other");
        let other = RemoteRepository::open(place.fixture.root(), "pages", &other).unwrap();
        assert!(!other.has(&one).unwrap());
        other.fetch(&[PAGES]).unwrap();
        assert_eq!(other.files(&one).unwrap().len(), 1);
    }

    #[test]
    fn a_server_that_refuses_says_why() {
        let place = place();
        let one = place.commit(&[("a", "1")]);
        place.fixture.write(
            "bare.git/hooks/pre-receive",
            "#!/bin/sh\necho 'pages are frozen' >&2\nexit 1\n",
        );
        place
            .fixture
            .git(&["-c", "alias.x=!chmod +x bare.git/hooks/pre-receive", "x"]);
        let error = place.remote.push(&[to(PAGES, None, &one)]).unwrap_err();
        let told = error.to_string();
        assert!(
            told.contains("pages are frozen") && told.contains("hook declined"),
            "{told}"
        );
        let gone = RemoteRepository::open(
            place.fixture.root(),
            "/no/such/place",
            &place.fixture.at("o"),
        );
        let error = gone.unwrap().heads(&[PAGES]).unwrap_err();
        assert!(error.to_string().contains("/no/such/place"), "{error}");
        let none = RemoteRepository::open(place.fixture.root(), "nobody", &place.fixture.at("o"));
        assert!(matches!(none, Err(RepoError::NoRemote { .. })));
    }

    #[test]
    fn no_address_tells_a_password() {
        for (said, told) in [
            (
                "fatal: 'https://me:wo@rd@host/x' and http://h/a@b",
                "fatal: 'https://host/x' and http://h/a@b",
            ),
            ("https://token@host", "https://host"),
            ("nothing", "nothing"),
            ("://", "://"),
        ] {
            assert_eq!(veiled(said), told);
        }
    }
}
