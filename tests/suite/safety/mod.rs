//! Nothing is lost, forged or leaked, whatever becomes of a publish.

mod cut;
mod doctor;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod killed;
#[cfg(unix)]
mod killed_bucket;
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
        (
            "content/first.md",
            "# First\n\nThis page comes first.\n\n![A circle](first.svg)\n",
        ),
        ("content/first.svg", &picture("red")),
    ]);
    let publish = || {
        let run = project
            .run_with(&["publish", "dev", "--format", "json"], KEYS)
            .expect(0);
        run.json()["release"].as_str().unwrap().to_owned()
    };
    project.commit("Begin");
    let first = publish();
    for gone in ["content/first.md", "content/first.svg"] {
        std::fs::remove_file(project.path().join(gone)).unwrap();
    }
    project.write("content/index.md", "# Home\n\nThese are other words.\n");
    project.write(
        "content/second.md",
        "# Second\n\nThis page comes second.\n\n![A circle](second.svg)\n",
    );
    project.write("content/second.svg", picture("blue"));
    project.commit("Say it better");
    let releases = [first, publish()];
    Two { project, releases }
}

fn picture(color: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\">\
         <circle cx=\"4\" cy=\"4\" r=\"3\" fill=\"{color}\"/></svg>\n"
    )
}

/// What opens a bucket of a test server, and nothing else.
const KEYS: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "key"),
    ("AWS_SECRET_ACCESS_KEY", "SECRET-OF-S3"),
];

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
