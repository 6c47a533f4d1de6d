//! A project in a folder of its own, and the program run on it as a person would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The day on which the people of these tests work.
const DAY: &str = "2026-11-01";

/// A project that lives as long as the test.
pub struct Project {
    folder: tempfile::TempDir,
}

/// What a run said.
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// Results.
    pub stdout: String,
    /// Everything else.
    pub stderr: String,
}

impl Project {
    /// A folder with files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// A copy of one of `examples/`, committed to a repository of its own.
    pub fn example(name: &str) -> Self {
        let project = Self::new(&[]);
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("examples")
                .join(name),
            project.path(),
        );
        project.commit("Begin");
        project
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Whether a file is there.
    pub fn has(&self, path: &str) -> bool {
        self.path().join(path).exists()
    }

    /// The text of all pages of an EPUB.
    pub fn read_epub(&self, path: &str) -> String {
        let file = fs::File::open(self.path().join(path)).unwrap();
        let mut book = zip::ZipArchive::new(file).unwrap();
        let mut text = String::new();
        for at in 0..book.len() {
            let mut file = book.by_index(at).unwrap();
            if file.name().ends_with("html") || file.name().ends_with("opf") {
                std::io::Read::read_to_string(&mut file, &mut text).unwrap();
            }
        }
        text
    }

    /// Commits everything, with fixed people and dates.
    pub fn commit(&self, message: &str) {
        self.commit_on(DAY, message);
    }

    /// Commits everything on a day.
    pub fn commit_on(&self, day: &str, message: &str) {
        if !self.has(".git") {
            self.git(&["init", "-q", "-b", "main"]);
        }
        self.git(&["add", "-A"]);
        self.git_on(day, &["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// Runs git.
    pub fn git(&self, args: &[&str]) -> String {
        self.git_on(DAY, args)
    }

    fn git_on(&self, day: &str, args: &[&str]) -> String {
        let time = format!("{day}T12:00:00Z");
        let output = Command::new("git")
            .args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"])
            .args(args)
            .current_dir(self.path())
            .envs([
                ("GIT_AUTHOR_NAME", "Ada"),
                ("GIT_AUTHOR_EMAIL", "ada@guide.example"),
                ("GIT_COMMITTER_NAME", "Ada"),
                ("GIT_COMMITTER_EMAIL", "ada@guide.example"),
                ("GIT_AUTHOR_DATE", &time),
                ("GIT_COMMITTER_DATE", &time),
            ])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the program on this project.
    pub fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, &[])
    }

    /// Runs a line of the shell, for what the program itself cannot be told.
    #[cfg(target_os = "linux")]
    pub fn shell(&self, line: &str) -> Run {
        let output = Command::new("sh").args(["-c", line]).output();
        Run::of(output.unwrap())
    }

    /// Runs the program with some of the environment set.
    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tympan"));
        command.arg("-C").arg(self.path()).args(args);
        command
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .envs(environment.iter().copied());
        Run::of(command.output().unwrap())
    }
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The result as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("{error}\n{}\n{}", self.stdout, self.stderr);
        })
    }

    /// Fails with everything that was said unless the exit code is `code`.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// Copies a folder without what builds leave in it.
fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from)
        .into_iter()
        .filter_entry(|entry| {
            !["dist", "public", ".tympan"].contains(&entry.file_name().to_str().unwrap())
        })
    {
        let entry = entry.unwrap();
        let target: PathBuf = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
