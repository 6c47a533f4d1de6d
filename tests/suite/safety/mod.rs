//! Nothing is lost, forged or leaked, whatever becomes of a publish.

mod doctor;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod killed;
mod publishers;
#[cfg(unix)]
mod readers;
mod secrets;
mod shop;
mod signed;

use crate::harness::Project;

/// A project with two releases, of which each has a page and an image of its own.
struct Two {
    project: Project,
    releases: [String; 2],
}

/// The one environment follows no branch, so that what it pins is published without a build.
fn two(config: &str) -> Two {
    let project = Project::new(&[
        ("tympan.toml", config),
        (".gitignore", "/public/\n/.tympan/\n/kept/\n"),
        (
            "environments/dev.toml",
            "follow = \"main\"\ntargets = [\"web\"]\n",
        ),
        ("content/index.md", "# Home\n\nThese are the first words.\n"),
        ("content/first.md", "# First\n\nThis page comes first.\n"),
    ]);
    let publish = || {
        let run = project
            .run(&["publish", "dev", "--format", "json"])
            .expect(0);
        run.json()["release"].as_str().unwrap().to_owned()
    };
    project.commit("Begin");
    let first = publish();
    std::fs::remove_file(project.path().join("content/first.md")).unwrap();
    project.write("content/index.md", "# Home\n\nThese are other words.\n");
    project.write("content/second.md", "# Second\n\nThis page comes second.\n");
    project.commit("Say it better");
    let releases = [first, publish()];
    Two { project, releases }
}

impl Two {
    /// Makes a release the one that must be live.
    fn pin(&self, at: usize) {
        let release = &self.releases[at];
        self.project.write(
            "environments/dev.toml",
            format!("release = \"{release}\"\ntargets = [\"web\"]\n"),
        );
    }
}

const DIRECTORY: &str = "[project]\nkind = \"docs\"\ntitle = \"Guide\"\n\
                         [targets.web]\ntype = \"directory\"\npath = \"public\"\n";
