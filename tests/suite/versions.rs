//! A work in several versions, each built from Git's objects in one run.

use crate::harness::Project;

const CONFIG: &str = "[project]\nkind = \"docs\"\ntitle = \"Guide\"\nbase_url = \"https://guide.example/\"\n\
                      [[documents]]\nname = \"guide\"\nformats = [\"epub\"]\n\
                      [versions]\nrefs = [\"v*\"]\naliases = { stable = \"v1.0\" }\n";

/// Three versions: 1.0, 1.1, and what comes next.
fn guide() -> Project {
    let project = Project::new(&[
        (
            "tympan.toml",
            "[project]\nkind = \"docs\"\ntitle = \"Old guide\"\n",
        ),
        ("content/index.md", "# Home\n\n[Setup](setup.md)\n"),
        ("content/setup.md", "# Setup\n\nThe first way.\n"),
        ("content/gone.md", "# Gone\n\n[Home](index.md)\n"),
        ("content/data.txt", "one"),
    ]);
    project.commit("Begin");
    project.git(&["tag", "v1.0"]);
    project.write("content/setup.md", "# Setup\n\nThe second way.\n");
    project.write("content/data.txt", "two");
    project.git(&["rm", "-q", "content/gone.md"]);
    project.write("tympan.toml", CONFIG);
    project.commit("Go on");
    project.git(&["tag", "-a", "-m", "1.1", "v1.1"]);
    project.write("content/setup.md", "# Setup\n\nThe third way.\n");
    project.commit("Go further");
    project
}

#[track_caller]
fn has(project: &Project, file: &str, part: &str) {
    let text = project.read(&format!("dist/{file}"));
    assert!(text.contains(part), "`{part}` is not in {file}:\n{text}");
}

#[test]
fn the_newest_release_stands_at_the_root_and_the_others_beside_it() {
    let project = guide();
    project.run(&["build", "--no-check"]).expect(0);
    has(&project, "setup/index.html", "The second way.");
    has(&project, "v1.0/setup/index.html", "The first way.");
    has(&project, "next/setup/index.html", "The third way.");
    has(&project, "v1.0/data.txt", "one");
    has(&project, "data.txt", "two");
    // Each version binds its own documents, of its own pages.
    let bound = |path: &str| project.read_epub(&format!("dist/{path}guide.epub"));
    assert!(bound("").contains("The second way."));
    assert!(bound("next/").contains("The third way."));
    assert!(!project.has("dist/v1.0/guide.epub"));
    assert!(project.has("dist/v1.0/404.html") && !project.has("dist/v1.0/robots.txt"));
    assert!(!project.has("dist/v1.0/_tympan/images"));
}

#[test]
fn pages_know_the_newest_and_lead_to_it() {
    let project = guide();
    project.run(&["build", "--no-check"]).expect(0);
    let canonical = "<link rel=\"canonical\" href=\"https://guide.example/setup/\">";
    for file in [
        "setup/index.html",
        "v1.0/setup/index.html",
        "next/setup/index.html",
    ] {
        has(&project, file, canonical);
    }
    has(
        &project,
        "v1.0/gone/index.html",
        "href=\"https://guide.example/v1.0/gone/\">",
    );
    has(
        &project,
        "v1.0/setup/index.html",
        "This is version v1.0, and there is a newer one.",
    );
    has(
        &project,
        "v1.0/setup/index.html",
        "<a href=\"../../setup/index.html\">Go to version v1.1</a>",
    );
    has(
        &project,
        "next/setup/index.html",
        "which is not released yet",
    );
    has(
        &project,
        "v1.0/gone/index.html",
        "<a href=\"../../index.html\">Go to version v1.1</a>",
    );
    assert!(
        !project
            .read("dist/setup/index.html")
            .contains("role=\"note\"")
    );
    has(
        &project,
        "setup/index.html",
        "href=\"../v1.0/setup/index.html\"",
    );
}

#[test]
fn aliases_lead_to_their_version() {
    let project = guide();
    project.run(&["build", "--no-check"]).expect(0);
    has(
        &project,
        "latest/setup/index.html",
        "url=../../setup/index.html",
    );
    has(
        &project,
        "stable/gone/index.html",
        "url=../../v1.0/gone/index.html",
    );
}

#[test]
fn a_release_names_the_commits_of_its_versions() {
    let project = guide();
    let one = project
        .run(&["build", "--no-check", "--format", "json"])
        .expect(0)
        .json();
    let two = project
        .run_with(
            &["build", "--no-check", "--format", "json"],
            &[("RAYON_NUM_THREADS", "1")],
        )
        .expect(0)
        .json();
    assert_eq!(one["release"], two["release"]);
    // The same commit with another tag is another release.
    project.git(&["tag", "v0.9", "v1.0"]);
    let three = project
        .run(&["build", "--no-check", "--format", "json"])
        .expect(0)
        .json();
    assert_ne!(one["release"], three["release"]);
}

#[test]
fn a_version_that_is_not_there_is_reported() {
    let project = guide();
    let config = CONFIG.replace("\"v*\"", "\"v1.0\", \"v3.*\"");
    project.write("tympan.toml", config);
    let run = project.run(&["build", "--no-check"]).expect(1);
    let found = "no tag or branch is named `v3.*`";
    assert!(
        run.stderr.contains(found) || run.stdout.contains(found),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn versions_of_a_work_whose_own_language_has_a_folder_begin_somewhere() {
    let project = Project::new(&[
        (
            "tympan.toml",
            "[project]\nkind = \"docs\"\ntitle = \"Guide\"\nbase_url = \"https://guide.example/\"\n\
             [languages.en]\npath = \"en\"\n[languages.de]\n[versions]\nrefs = [\"v*\"]\n",
        ),
        ("content/index.md", "# Home\n"),
        ("content/setup.md", "# Setup\n"),
        ("content/de/index.md", "# Start\n"),
    ]);
    project.commit("Begin");
    project.git(&["tag", "v1.0"]);
    project.write("content/setup.md", "# Setup\n\nOtherwise.\n");
    project.commit("Go on");
    project.git(&["tag", "v1.1"]);
    project.run(&["build", "--no-check"]).expect(0);
    has(&project, "latest/index.html", "url=../index.html");
    has(&project, "latest/de/index.html", "url=../../de/index.html");
    has(&project, "v1.0/index.html", "url=en/index.html");
    // What is not translated leads search engines to the newest original, in one step.
    let original = "<link rel=\"canonical\" href=\"https://guide.example/en/setup/\">";
    has(&project, "v1.0/de/setup/index.html", original);
    has(&project, "de/setup/index.html", original);
    // An old version of which the newest has every page lists none of them.
    assert!(project.has("dist/en/sitemap.xml") && !project.has("dist/v1.0/en/sitemap.xml"));
}
