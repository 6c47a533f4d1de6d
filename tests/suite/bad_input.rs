//! What nobody should hand in: each case ends with a clear word and the right exit code, never with
//! a panic, and never with half an output folder.

use std::fs;

use crate::harness::{Project, Run};

#[track_caller]
fn says(run: &Run, words: &[&str]) {
    let all = format!("{}{}", run.stdout, run.stderr);
    for word in words {
        assert!(all.contains(word), "`{word}` is not in:\n{all}");
    }
    assert!(!all.contains("panicked"), "{all}");
}

#[test]
fn a_folder_without_anything() {
    let project = Project::new(&[]);
    let run = project.run(&["build"]).expect(2);
    says(&run, &["no Markdown was found"]);
    assert!(!project.has("dist"));
}

#[test]
fn a_repository_without_commits_or_pages() {
    let project = Project::new(&[]);
    project.git(&["init", "-q"]);
    says(
        &project.run(&["build"]).expect(2),
        &["no Markdown was found"],
    );
    says(
        &project.run(&["build", "--rev", "HEAD"]).expect(2),
        &["HEAD"],
    );
}

#[test]
fn a_folder_without_git_is_built_all_the_same() {
    let project = Project::new(&[("index.md", "# Hello\n\nThis is a page.\n")]);
    let report = project.run(&["build", "--format", "json"]).expect(0).json();
    assert_eq!(report["source"]["commit"], serde_json::Value::Null);
    assert_eq!(report["source"]["dirty"], true);
    assert!(project.read("dist/index.html").contains("This is a page."));
}

#[test]
fn front_matter_that_is_broken() {
    let project = Project::new(&[(
        "index.md",
        "---\ntitle: [a\n---\n\n# Hello\n\nThis is a page.\n",
    )]);
    let run = project.run(&["build"]).expect(1);
    says(&run, &["front-matter-syntax", "index.md:2"]);
    assert!(project.read("dist/index.html").contains("This is a page."));
}

#[test]
fn bytes_that_are_no_text() {
    let project = Project::new(&[]);
    project.write("index.md", b"# Hello\n\nThis is \xff a page.\n");
    says(
        &project.run(&["build"]).expect(1),
        &["page-encoding", "index.md:3:9"],
    );
    assert!(project.has("dist/index.html"));
}

#[cfg(unix)]
#[test]
fn folders_that_link_in_a_circle() {
    let project = Project::new(&[("a/index.md", "# Hello\n"), ("secret.txt", "outside")]);
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("key.md"), "# Key\n\nNot yours.\n").unwrap();
    std::os::unix::fs::symlink("..", project.path().join("a/loop")).unwrap();
    std::os::unix::fs::symlink("self", project.path().join("a/self")).unwrap();
    std::os::unix::fs::symlink(
        outside.path().join("key.md"),
        project.path().join("a/key.md"),
    )
    .unwrap();
    let run = project.run(&["check"]).expect(1);
    says(&run, &["link-folder", "link-broken", "link-outside"]);
    project.run(&["build"]).expect(0);
    assert!(!project.has("dist/a/key/index.html"));
    project.commit("Begin");
    project.run(&["build", "--rev", "HEAD"]).expect(0);
    assert!(!project.has("dist/a/key/index.html"));
}

#[test]
fn an_include_that_is_missing() {
    let project = Project::new(&[("index.md", "# Hello\n\n{{#include ../../etc/passwd}}\n")]);
    says(
        &project.run(&["build"]).expect(1),
        &["include-missing", "index.md:3:1"],
    );
}

#[test]
fn a_page_that_is_far_too_large() {
    let project = Project::new(&[("index.md", "# Hello\n")]);
    project.write("large.md", "word ".repeat(10 << 20));
    says(
        &project.run(&["build"]).expect(1),
        &["page-too-large", "large.md", "split it"],
    );
    assert!(project.has("dist/index.html"));
}

#[test]
fn an_image_that_is_broken() {
    let project = Project::new(&[
        ("index.md", "# Hello\n\n![A boat](boat.png)\n"),
        ("boat.png", "no image"),
    ]);
    says(
        &project.run(&["build"]).expect(1),
        &["image-broken", "index.md:3:1"],
    );
    assert!(project.read("dist/index.html").contains("A boat"));
}

#[test]
fn two_pages_on_one_route() {
    let project = Project::new(&[
        ("index.md", "# Hello\n"),
        ("one.md", "---\nslug: same\n---\n\n# One\n"),
        ("two.md", "---\nslug: same\n---\n\n# Two\n"),
    ]);
    says(
        &project.run(&["build"]).expect(1),
        &["route-duplicate", "two.md", "`/same/`", "one.md"],
    );
}

#[test]
fn a_key_that_nobody_knows() {
    let project = Project::new(&[
        ("index.md", "# Hello\n"),
        ("tympan.toml", "[project]\ntitel = \"x\"\n"),
    ]);
    says(
        &project.run(&["build"]).expect(1),
        &["config-unknown", "tympan.toml:2:1", "did you mean `title`?"],
    );
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let project = Project::new(&[("index.md", "# Hello\n"), ("dist", "a file")]);
    says(&project.run(&["build"]).expect(2), &["is not a folder"]);
    assert_eq!(project.read("dist"), "a file");
    let blocked = project.run(&["build", "--out", "dist/below"]).expect(2);
    says(&blocked, &["cannot write"]);
}

#[test]
fn an_output_folder_that_belongs_to_somebody_else() {
    let project = Project::new(&[("index.md", "# Hello\n"), ("dist/thesis.txt", "mine")]);
    says(
        &project.run(&["build"]).expect(2),
        &["was not written by tympan"],
    );
    assert_eq!(project.read("dist/thesis.txt"), "mine");
    says(
        &project.run(&["build", "--out", "."]).expect(2),
        &["would replace the project"],
    );
    says(
        &project.run(&["build", "--out", ".."]).expect(2),
        &["would replace the project"],
    );
}

#[test]
fn a_project_that_is_not_there() {
    let project = Project::new(&[]);
    let run = project.run(&["-C", "gone", "build"]).expect(2);
    says(&run, &["does not exist"]);
}

#[test]
fn markup_that_would_run() {
    let text = "# <img src=x onerror=alert(1)> Hello\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1)) \
                <a href=\"JaVaScRiPt:alert(1)\">b</a> <iframe src=\"https://x.example\"></iframe>\n\n\
                ![\" onerror=\"alert(1)](x.png \"\\\"><script>alert(2)</script>\")\n\n\
                `</code><script>` $\\text{<script>alert(3)</script>}$\n";
    let project = Project::new(&[
        ("index.md", text),
        ("tympan.toml", "[project]\ntitle = \"</title><script>\"\n"),
    ]);
    project.run(&["build"]);
    says(
        &project.run(&["check"]).expect(1),
        &[
            "html-removed",
            "`<script>` is taken out of the page with what it holds",
            "`<iframe>` is taken out of the page",
            "`onerror`",
            "index.md:3:1",
            "raw_html = true",
            "link-unsafe",
        ],
    );
    let html = project.read("dist/index.html");
    for bad in [
        // The theme's own scripts are files: theirs has attributes.
        "<script>",
        "onerror=\"",
        "onerror=alert",
        "javascript:",
        "<iframe",
    ] {
        assert!(!html.to_lowercase().contains(bad), "{bad} in\n{html}");
    }
}

#[test]
fn nesting_without_end() {
    let deep = format!(
        "# Hello\n\n{}x\n\n{}\n\n{}\n",
        "> ".repeat(3000),
        "- ".repeat(2000),
        "[".repeat(5000)
    );
    let project = Project::new(&[("index.md", deep.as_str())]);
    project.run(&["build", "--no-check"]).expect(0);
    let html = format!("# Hello\n\n{}\n", "<div>".repeat(20_000));
    let project = Project::new(&[("index.md", html.as_str())]);
    project.run(&["build", "--no-check"]).expect(0);
    let run = project.run(&["check"]);
    says(
        &run,
        &[
            "html-depth",
            "html-unclosed",
            "write `</div>` where it ends",
        ],
    );
}
