//! The files of a worktree, as Git lists them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::repo::error::RepoError;
use crate::repo::git::{self, Repository};
use crate::repo::listing::Listing;
use crate::repo::snapshot::Source;
use crate::repo::status;
use crate::repo::walk::{self, add_link, is_gone};
use crate::site_path::SitePath;

/// Lists the worktree at `root`, and says which commit it stands on.
pub(crate) fn list(
    root: &Path,
    repository: Option<Repository>,
) -> Result<(Listing, Source), RepoError> {
    let mut source = Source {
        commit: None,
        tree: None,
        time: None,
        dirty: true,
        shallow: false,
    };
    let Some(repository) = repository else {
        return Ok((walk::list(root), source));
    };
    if !repository.has_worktree {
        return Err(RepoError::NoWorktree {
            root: root.to_path_buf(),
        });
    }
    let (listed, is_dirty) = rayon::join(
        || listed_by_git(root),
        || status::has_changes(root, &repository.prefix),
    );
    let (listed, is_dirty) = (listed?, is_dirty?);
    // A folder that the repository around it ignores is not part of that repository.
    if listed.is_empty()
        && git::output(root, ["check-ignore", "-q", "."])?
            .status
            .success()
    {
        return Ok((walk::list(root), source));
    }
    if let Some(commit) = git::find_commit(root, "HEAD")? {
        (source.tree, source.time) = git::commit_facts(root, &repository, &commit)?;
        source.commit = Some(commit);
        source.dirty = is_dirty;
    }
    source.shallow = repository.is_shallow;
    let mut listing = Listing::default();
    let mut folders = BTreeMap::new();
    for name in listed
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
    {
        add(root, name, &mut folders, &mut listing);
    }
    Ok((listing, source))
}

/// Those of some files below `root` that Git ignores and does not track.
pub fn ignored(root: &Path, paths: &[&SitePath]) -> BTreeSet<SitePath> {
    let mut command = git::command(root);
    command.args(["check-ignore", "--"]);
    // A leading colon would be magic.
    command.args(paths.iter().map(|path| format!("./{path}")));
    let listed = git::finish(root, &mut command).map_or_else(|_| Vec::new(), |done| done.stdout);
    let lines = listed.split(|byte| *byte == b'\n');
    let path = |line: &[u8]| SitePath::parse(std::str::from_utf8(line).ok()?).ok();
    lines
        .filter_map(path)
        .filter(|path| !path.is_root())
        .collect()
}

fn listed_by_git(root: &Path) -> Result<Vec<u8>, RepoError> {
    git::run(
        root,
        [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
    )
}

/// Adds one path that Git lists, if it is still there.
fn add(root: &Path, name: &[u8], folders: &mut BTreeMap<SitePath, bool>, listing: &mut Listing) {
    if let Some(folder) = name.strip_suffix(b"/") {
        // Git lists an untracked folder by its name alone only where it has a repository in it.
        if let Some(path) = listing.name(folder) {
            listing.nested_repository(&path);
        }
        return;
    }
    let Some(path) = listing.name(name) else {
        return;
    };
    if !is_real_folder(root, &path.parent(), folders) {
        return;
    }
    let place = path.on_disk(root);
    match fs::symlink_metadata(&place) {
        Ok(found) if found.is_file() => listing.file(path, found.len(), None),
        Ok(found) if found.is_symlink() => add_link(&place, path, listing),
        Ok(found) if found.is_dir() => listing.submodule(&path),
        Ok(_) => listing.special(&path),
        Err(error) if is_gone(&error) => {}
        // What cannot even be looked at is an error that names it, once somebody reads it.
        Err(_) => listing.file(path, 0, None),
    }
}

/// Whether no part of `folder` is a link. A tracked file below a folder that has been replaced by
/// a link is gone, as it is for Git.
fn is_real_folder(root: &Path, folder: &SitePath, known: &mut BTreeMap<SitePath, bool>) -> bool {
    let mut unknown = Vec::new();
    let mut at = folder.clone();
    let mut is_real = loop {
        if at.is_root() {
            break true;
        }
        if let Some(is_real) = known.get(&at) {
            break *is_real;
        }
        let parent = at.parent();
        unknown.push(std::mem::replace(&mut at, parent));
    };
    for folder in unknown.into_iter().rev() {
        is_real = is_real
            && fs::symlink_metadata(folder.on_disk(root))
                .map_or_else(|error| !is_gone(&error), |found| found.is_dir());
        known.insert(folder, is_real);
    }
    is_real
}

#[cfg(test)]
mod tests {
    use crate::repo::fixture::{Fixture, left_out, lists, path, worktree};
    use crate::repo::{RepoError, Snapshot};

    #[test]
    fn ignored_and_deleted_files_are_left_out() {
        let fixture = Fixture::with(&[
            (".gitignore", "*.log\n/dist/\n!keep.log\n"),
            ("a.md", "a"),
            ("gone.md", "gone"),
        ]);
        for name in ["x.log", "keep.log", "dist/index.html", "sub/dist/new.md"] {
            fixture.write(name, name);
        }
        std::fs::remove_file(fixture.at("gone.md")).unwrap();
        lists(
            &fixture,
            &[".gitignore", "a.md", "keep.log", "sub/dist/new.md"],
        );
    }

    #[test]
    fn git_tells_what_it_ignores() {
        let fixture = Fixture::with(&[(".gitignore", "*.log\n/build/\n"), ("a.md", "a")]);
        for name in ["ä b.log", ":x.log", "build/c.md", "new.md"] {
            fixture.write(name, name);
        }
        let paths = [
            "ä b.log",
            ":x.log",
            "build/c.md",
            "new.md",
            "a.md",
            "gone.md",
        ]
        .map(path);
        let asked: Vec<_> = paths.iter().collect();
        let found = super::ignored(fixture.root(), &asked);
        let found: Vec<&str> = found.iter().map(|path| path.as_str()).collect();
        assert_eq!(found, [":x.log", "build/c.md", "ä b.log"]);
        let none = super::ignored(Fixture::folder().root(), &asked);
        assert!(none.is_empty());
    }

    #[test]
    fn a_file_that_is_ignored_but_tracked_is_kept() {
        let mut fixture = Fixture::with(&[("a.log", "a")]);
        fixture.write(".gitignore", "*.log\n");
        fixture.commit("Ignore it");
        lists(&fixture, &[".gitignore", "a.log"]);
    }

    #[test]
    fn before_the_first_commit_everything_is_new() {
        let fixture = Fixture::empty();
        fixture.write("a.md", "a");
        lists(&fixture, &["a.md"]);
        let snapshot = worktree(&fixture);
        assert_eq!(
            (&snapshot.source().commit, snapshot.source().dirty),
            (&None, true)
        );
    }

    #[test]
    fn a_folder_that_the_repository_around_it_ignores_stands_alone() {
        let fixture = Fixture::with(&[(".gitignore", "drafts\n")]);
        fixture.write("drafts/a.md", "a");
        let snapshot = Snapshot::worktree(&fixture.at("drafts")).unwrap();
        assert_eq!(snapshot.files().len(), 1);
        assert_eq!(snapshot.source().commit, None);
    }

    #[test]
    fn submodules_and_nested_repositories_are_left_out() {
        let mut fixture = Fixture::with(&[("a.md", "a")]);
        let commit = fixture.git(&["rev-parse", "HEAD"]);
        fixture.git(&["init", "--quiet", "nested"]);
        fixture.write("nested/b.md", "b");
        lists(&fixture, &["a.md"]);
        assert_eq!(
            left_out(&worktree(&fixture)),
            ["nested-repository: `nested` is a repository of its own, and is left out"]
        );
        let entry = format!("160000,{commit},module");
        fixture.write(".gitignore", "nested\n");
        fixture.git(&["update-index", "--add", "--cacheinfo", &entry]);
        std::fs::create_dir(fixture.at("module")).unwrap();
        fixture.dated(&[
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example",
            "commit",
            "-qm",
            "x",
        ]);
        let revision = Snapshot::revision(fixture.root(), "HEAD").unwrap();
        let expected = ["submodule: `module` is a submodule, and is left out"];
        assert_eq!(left_out(&worktree(&fixture)), expected);
        assert_eq!(left_out(&revision), expected);
    }

    #[cfg(unix)]
    #[test]
    fn links_resolve_alike_on_disk_and_in_a_revision() {
        let mut fixture = Fixture::with(&[("a.md", "text"), ("folder/b.md", "b")]);
        let absolute = fixture.at("a.md");
        fixture.write(".gitignore", "secret\n");
        fixture.write("secret", "s");
        fixture.link("folder/good.md", "../a.md");
        fixture.link("chain.md", "folder/good.md");
        fixture.link("absolute.md", absolute.to_str().unwrap());
        fixture.link("config.md", ".git/config");
        fixture.link("dangling.md", "gone.md");
        fixture.link("dir", "folder");
        fixture.link("ignored.md", "secret");
        fixture.link("loop-a", "loop-b");
        fixture.link("loop-b", "loop-a");
        fixture.link("out.md", "../../etc/passwd");
        fixture.commit("Link");
        let revision = Snapshot::revision(fixture.root(), "HEAD").unwrap();
        for snapshot in [&worktree(&fixture), &revision] {
            assert_eq!(snapshot.read(&path("folder/good.md")).unwrap(), b"text");
            assert_eq!(snapshot.read(&path("chain.md")).unwrap(), b"text");
            assert_eq!(snapshot.get(&path("chain.md")).unwrap().size, 4);
        }
        assert_eq!(left_out(&worktree(&fixture)), left_out(&revision));
        let shown = left_out(&revision).join("\n");
        let shown = shown.replace(absolute.to_str().unwrap(), "/ROOT/a.md");
        insta::assert_snapshot!(shown, @r"
        link-outside: `absolute.md` links to `/ROOT/a.md`, out of the project
        link-broken: `config.md` links to `.git/config`, which is not a file of the project
        link-broken: `dangling.md` links to `gone.md`, which is not a file of the project
        link-folder: `dir` links to the folder `folder`, and is not followed
        link-broken: `ignored.md` links to `secret`, which is not a file of the project
        link-broken: `loop-a` links to `loop-b`, which leads back to itself
        link-broken: `loop-b` links to `loop-a`, which leads back to itself
        link-outside: `out.md` links to `../../etc/passwd`, out of the project
        ");
    }

    #[cfg(unix)]
    #[test]
    fn a_tracked_folder_that_became_a_link_is_gone() {
        let fixture = Fixture::with(&[("a/deep/x.md", "x"), ("y.md", "y")]);
        let outside = Fixture::folder();
        outside.write("deep/x.md", "secret");
        std::fs::remove_dir_all(fixture.at("a")).unwrap();
        fixture.link("a", outside.root().to_str().unwrap());
        lists(&fixture, &["y.md"]);
        assert!(worktree(&fixture).source().dirty);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_are_never_opened() {
        let fixture = Fixture::with(&[("a.md", "a")]);
        let folder = Fixture::folder();
        let make = |place: &std::path::Path| {
            let _ = std::fs::remove_file(place);
            let made = std::process::Command::new("mkfifo").arg(place).status();
            assert!(made.unwrap().success());
        };
        make(&fixture.at("a.md"));
        make(&folder.at("a.md"));
        for fixture in [fixture, folder] {
            lists(&fixture, &[]);
            assert_eq!(
                left_out(&worktree(&fixture)),
                ["file-special: `a.md` is not a regular file, and is left out"]
            );
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_no_page_can_link_to_are_left_out() {
        use std::os::unix::ffi::OsStrExt as _;

        let mut fixture = Fixture::with(&[("a.md", "a"), ("b\\c.md", "b"), ("d\ne.md", "d")]);
        let name = std::ffi::OsStr::from_bytes(b"f\xff.md");
        std::fs::write(fixture.root().join(name), "f").unwrap();
        fixture.commit("Add a name that is no text");
        let revision = Snapshot::revision(fixture.root(), "HEAD").unwrap();
        for snapshot in [worktree(&fixture), revision] {
            assert_eq!(snapshot.files().len(), 1);
            let codes = snapshot.diagnostics().iter().map(|found| &*found.code);
            assert_eq!(codes.collect::<Vec<_>>(), ["file-name"; 3]);
        }
        std::fs::remove_dir_all(fixture.at(".git")).unwrap();
        assert_eq!(left_out(&worktree(&fixture)).len(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_may_not_be_read_is_named() {
        use std::os::unix::fs::PermissionsExt as _;

        let fixture = Fixture::with(&[("a.md", "a")]);
        let closed = std::fs::Permissions::from_mode(0o000);
        std::fs::set_permissions(fixture.at("a.md"), closed).unwrap();
        // The superuser may read everything.
        if std::fs::read(fixture.at("a.md")).is_err() {
            let error = worktree(&fixture).read(&path("a.md")).unwrap_err();
            assert!(matches!(error, RepoError::Read { .. }), "{error}");
        }
    }
}
