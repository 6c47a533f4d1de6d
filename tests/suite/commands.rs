//! One thin test a command: that it is wired, and that its result has the shape it promises.

use serde_json::Value;

use crate::harness::Project;

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn build_prints_the_report_that_is_promised() {
    let project = Project::example("book");
    let report = project.run(&["build", "--format", "json"]).expect(0).json();
    assert_eq!(
        keys(&report),
        [
            "cache",
            "diagnostics",
            "files",
            "format",
            "images",
            "lost",
            "output",
            "outputs",
            "pages",
            "release",
            "seconds",
            "source"
        ]
    );
    let kinds: Vec<&str> = report["outputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|output| output["kind"].as_str().unwrap())
        .collect();
    let mut expected = vec!["html", "docx", "epub"];
    if cfg!(feature = "pdf") {
        expected.push("pdf");
        let pdf = &report["outputs"][3];
        assert!(pdf["pages"].as_u64().unwrap() > 20, "{pdf}");
    }
    assert_eq!(kinds, expected);
    assert!(report["outputs"][0]["files"].as_u64().unwrap() > 20);
    assert!(report["release"].as_str().unwrap().starts_with("sha256:"));
    assert_eq!(report["output"], "dist");
    assert_eq!(report["diagnostics"]["errors"], 0);
    assert!(report["images"]["variants"].as_u64() > report["images"]["sources"].as_u64());
    // What was built is found again, and nothing is done twice.
    let again = project.run(&["build", "--format", "json"]).expect(0).json();
    assert_eq!(again["release"], report["release"]);
    assert_eq!(again["cache"]["misses"], 0);
    assert_eq!(again["files"]["written"], 0);
    assert_eq!(again["files"]["unchanged"], report["files"]["written"]);
}

#[test]
fn every_example_is_clean() {
    for name in ["site", "docs", "book", "contract"] {
        let project = Project::example(name);
        let report = project.run(&["check", "--format", "json"]);
        assert_eq!(report.code, 0, "{name}: {}", report.stdout);
        project.run(&["build"]).expect(0);
    }
}

#[test]
fn check_prints_the_report_that_is_promised() {
    let project = Project::new(&[
        ("index.md", "# Hello\n\nSee the [guide](gide.md).\n"),
        ("guide.md", "# Guide\n"),
    ]);
    let run = project.run(&["check", "--format", "json"]).expect(1);
    let report = run.json();
    assert_eq!(keys(&report), ["diagnostics", "format", "summary"]);
    let found = &report["diagnostics"][0];
    assert_eq!(
        keys(found),
        [
            "code",
            "column",
            "end_column",
            "end_line",
            "help",
            "line",
            "message",
            "path",
            "replacements",
            "severity"
        ]
    );
    assert_eq!(found["code"], "link-missing");
    assert_eq!(
        (found["line"].as_u64(), found["column"].as_u64()),
        (Some(3), Some(9))
    );
    assert_eq!(found["path"], "index.md");
    assert!(
        found["help"].as_str().unwrap().contains("guide.md"),
        "{found}"
    );
}

#[test]
fn check_writes_every_report_in_one_run() {
    let project = Project::new(&[("docs/content/index.md", "# A\n\n[x](y.md)\n")]);
    project.commit("Begin");
    let mut arguments = vec!["-C", "docs", "check", "--report", "github"];
    for report in ["sarif=o.sarif", "gitlab=gl.json", "junit=j.xml"] {
        arguments.extend(["--report", report]);
    }
    let run = project.run(&arguments).expect(1);
    let command = "::error file=docs/content/index.md,line=3,endLine=3,col=1,endColumn=10,";
    assert!(run.stdout.starts_with(command), "{}", run.stdout);
    for file in ["docs/o.sarif", "docs/gl.json", "docs/j.xml"] {
        assert!(project.read(file).contains("link-missing"), "{file}");
    }
    let two = [
        "-C", "docs", "check", "--report", "junit", "--report", "sarif",
    ];
    project.run(&two).expect(2);
}

#[test]
fn check_reports_about_the_paths_it_is_given() {
    let project = Project::new(&[
        ("index.md", "# Hello\n\n[a](x.md)\n"),
        ("sub/b.md", "# B\n\n[b](y.md)\n"),
    ]);
    let report = project
        .run(&["check", "sub", "--format", "json"])
        .expect(1)
        .json();
    assert_eq!(report["diagnostics"].as_array().unwrap().len(), 1);
    assert_eq!(report["diagnostics"][0]["path"], "sub/b.md");
    project.run(&["check", "/"]).expect(2);
}

#[test]
fn a_new_project_of_every_kind_builds_and_checks_clean() {
    for kind in ["site", "docs", "book", "contract"] {
        let home = Project::new(&[]);
        let root = home.path().join("field-guide");
        let root = root.to_str().unwrap();
        home.run(&["new", "field-guide", "--kind", kind]).expect(0);
        let check = home.run(&["-C", root, "check"]);
        assert_eq!(check.code, 0, "{kind}: {}", check.stdout);
        let report = home
            .run(&["-C", root, "build", "--format", "json"])
            .expect(0)
            .json();
        assert_eq!(report["source"]["dirty"], false, "{kind}");
        home.run(&["new", root]).expect(2);
    }
}

#[test]
fn completions_are_written_for_every_shell() {
    let project = Project::new(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            project
                .run(&["completions", shell])
                .expect(0)
                .stdout
                .contains("tympan")
        );
    }
}

#[test]
fn results_go_to_stdout_and_the_rest_to_stderr() {
    let project = Project::new(&[("index.md", "# Hello\n")]);
    let run = project.run(&["build"]).expect(0);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("release"), "{}", run.stderr);
    let quiet = project.run(&["build", "--quiet"]).expect(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    assert!(
        !run.stderr.contains('\u{1b}'),
        "color without a terminal: {}",
        run.stderr
    );
}

#[test]
fn drafts_and_future_pages_come_when_they_are_asked_for() {
    let project = Project::new(&[
        ("index.md", "# Hello\n"),
        ("draft.md", "---\ndraft: true\n---\n\n# Draft\n"),
        ("future.md", "---\ndate: 2999-01-01\n---\n\n# Future\n"),
        ("expired.md", "---\nexpires: 2000-01-01\n---\n\n# Expired\n"),
    ]);
    let pages = |args: &[&str]| {
        let args: Vec<&str> = [&["build", "--format", "json"], args].concat();
        project.run(&args).expect(0).json()["pages"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(pages(&[]), 1);
    assert_eq!(pages(&["--drafts"]), 2);
    assert_eq!(pages(&["--drafts", "--future", "--expired"]), 4);
}

#[test]
fn names_of_any_kind_survive() {
    let project = Project::new(&[
        (
            "index.md",
            "\u{feff}# Hello\r\n\r\n[a](<sub folder/ä ö.md>) [b](sub%20folder/%C3%A4%20%C3%B6.md)\r\n",
        ),
        (
            "sub folder/ä ö.md",
            "# Ümläut\r\n\r\n![A](<bild 1.svg>)\r\n",
        ),
        (
            "sub folder/bild 1.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 10\"/>",
        ),
    ]);
    project.commit("Begin");
    project.run(&["check"]).expect(0);
    project.run(&["build"]).expect(0);
    let home = project.read("dist/index.html");
    assert!(
        home.contains("sub%20folder/%C3%A4%20%C3%B6/index.html"),
        "{home}"
    );
    assert!(project.has("dist/sub folder/ä ö/index.html"));
}

#[test]
fn a_new_page_comes_from_its_archetype_and_has_a_name_for_every_computer() {
    let project = Project::new(&[
        ("content/index.md", "# Home\n"),
        (
            "archetypes/posts.md",
            "---\ntitle: {{ title }}\nsection: {{ section }}\n---\n",
        ),
    ]);
    let made = project.run(&["new", "page", "posts/low-water"]).expect(0);
    assert_eq!(made.stdout.trim(), "content/posts/low-water.md");
    assert_eq!(
        project.read("content/posts/low-water.md"),
        "---\ntitle: Low water\nsection: posts\n---\n"
    );
    for refused in ["posts/low-water", "why?", "aux", "../out"] {
        project.run(&["new", "page", refused]).expect(2);
    }
}

#[test]
fn images_prints_the_report_that_is_promised() {
    let project = Project::example("site");
    std::fs::copy(
        project.path().join("content/posts/first-snow/photo.jpg"),
        project.path().join("content/spare.jpg"),
    )
    .unwrap();
    let measured = ["images", "--measure", "--format", "json"];
    let report = project.run(&measured).expect(0).json();
    assert_eq!(
        keys(&report),
        ["duplicates", "format", "pages", "pictures", "summary"]
    );
    let pictures = report["pictures"].as_array().unwrap();
    let spare = |one: &&Value| one["path"] == "content/spare.jpg";
    assert_eq!(pictures.iter().find(spare).unwrap()["usage"], "unused");
    let photo = |one: &&Value| one["path"] == "content/posts/first-snow/photo.jpg";
    let photo = pictures.iter().find(photo).unwrap();
    assert_eq!(photo["usage"], "shown");
    assert!(photo["phone"].as_u64().unwrap() < photo["bytes"].as_u64().unwrap());
    let pages = report["pages"].as_array().unwrap();
    assert!(pages[0]["phone"].as_u64().unwrap() > 0);
    assert_eq!(report["duplicates"].as_array().unwrap().len(), 1);
    assert_eq!(report["summary"]["unmeasured"], 0);
    let one = ["images", "spare.jpg", "--format", "json"];
    let report = project.run(&one).expect(0).json();
    assert_eq!(report["summary"]["pictures"], 1);
    let page = "posts/first-snow/index.md";
    for page in [page, &format!("content/{page}"), "/posts/first-snow/"] {
        let one = ["images", "--page", page, "--format", "json"];
        let report = project.run(&one).expect(0).json();
        assert_eq!(report["pages"].as_array().unwrap().len(), 1, "{page}");
        // Of two files that are the same, the page shows the one that it names.
        assert_eq!(report["summary"]["pictures"], 1);
    }
    let text = project.run(&["images"]).expect(0).stdout;
    assert!(text.contains("unused: no file of the project names them"));
}

#[test]
fn images_become_smaller_on_request_alone() {
    let project = Project::example("site");
    let photo = "content/posts/first-snow/photo.jpg";
    let read = || std::fs::read(project.path().join(photo)).unwrap();
    let before = read();
    let fix = ["images", "--fix", "--longest", "800", photo];
    // Nothing was named.
    project.run(&["images", "--fix"]).expect(2);
    let told = project
        .run(&[&fix[..], &["--dry-run"]].concat())
        .expect(0)
        .stdout;
    assert!(told.contains("2100 x 1400 -> 800 x 533"), "{told}");
    assert_eq!(read(), before);
    let report = project.run(&[&fix[..], &["--format", "json"]].concat());
    let report = report.expect(0).json();
    assert_eq!(report["fixed"][0]["after"]["width"], 800);
    assert!(read().len() < before.len() / 2);
    // What is as it should be is not complained about, committed or not.
    let report = project.run(&[&fix[..], &["--format", "json"]].concat());
    assert_eq!(report.expect(0).json()["left"], serde_json::json!([]));
    // Nothing outside is meant by a name, and nothing else by one that is not there.
    let after = read();
    for wrong in ["/etc/hosts", "../x", "./nope.png", "/", ""] {
        let told = project.run(&["images", "--fix", "--force", "--longest", "400", wrong]);
        told.expect(2);
    }
    assert_eq!(read(), after);
    let absolute = project.path().canonicalize().unwrap().join(photo);
    let told = ["images", absolute.to_str().unwrap(), "--format", "json"];
    assert_eq!(
        project.run(&told).expect(0).json()["summary"]["pictures"],
        1
    );
    // What is not committed is left as it is.
    let again = ["images", "--fix", "--longest", "400", photo];
    let left = project.run(&[&again[..], &["--format", "json"]].concat());
    assert_eq!(left.expect(1).json()["left"][0]["path"], photo);
    project
        .run(&[&again[..], &["--dry-run"]].concat())
        .expect(1);
    project.commit("Shrink");
    let report = project.run(&[&fix[..], &["--format", "json"]].concat());
    assert_eq!(
        keys(&report.expect(0).json()),
        ["dry_run", "fixed", "format", "left"]
    );
    assert_eq!(project.git(&["status", "--porcelain"]), "");
}
