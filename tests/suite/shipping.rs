//! From a commit to what readers see: publish, status, drift, heal.

use std::fs;

use crate::harness::Project;

fn published() -> Project {
    let project = Project::example("docs");
    project.run(&["publish", "dev"]).expect(0);
    project
}

#[test]
fn a_commit_becomes_what_readers_see() {
    let project = Project::example("docs");
    project.run(&["status", "dev"]).expect(1);
    let dry = project.run(&["publish", "dev", "--dry-run"]).expect(0);
    assert!(
        dry.stdout.contains("added     index.html"),
        "{}",
        dry.stdout
    );
    assert!(!project.has("public"));

    let report = project
        .run(&["publish", "dev", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(report["targets"][0]["outcome"], "published");
    assert!(project.read("public/live/index.html").contains("Heron"));
    let status = project
        .run(&["status", "dev", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(status["environments"][0]["converged"], true);
    assert_eq!(
        status["environments"][0]["targets"][0]["live"]["release"],
        report["release"]
    );

    let again = project
        .run(&["publish", "dev", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(again["targets"][0]["outcome"], "up-to-date");
}

#[test]
fn a_page_that_did_not_change_is_not_sent_again() {
    let project = published();
    let text = project.read("content/reference/index.md");
    project.write(
        "content/reference/index.md",
        format!("{text}\nOne more sentence.\n"),
    );
    project.run(&["status", "dev"]).expect(0);
    project.commit("Say more");
    let behind = project.run(&["status", "dev"]).expect(1);
    assert!(behind.stdout.contains("behind"), "{}", behind.stdout);
    let report = project
        .run(&["publish", "dev", "--format", "json"])
        .expect(0)
        .json();
    let modified = report["targets"][0]["modified"].as_u64().unwrap();
    // The page, the lists and documents that name its change, and its words in the search.
    assert!((1..=8).contains(&modified), "{report}");
}

#[test]
fn drift_is_seen_and_healed() {
    let project = published();
    let live = project.path().join("public/live");
    fs::write(live.join("index.html"), "by hand").unwrap();
    fs::remove_file(live.join("404.html")).unwrap();
    fs::write(live.join("extra.html"), "new").unwrap();
    let status = project
        .run(&["status", "dev", "--format", "json"])
        .expect(1)
        .json();
    let drift = &status["environments"][0]["targets"][0]["drift"];
    assert_eq!(drift["modified"][0]["path"], "index.html");
    assert_eq!(drift["missing"][0]["path"], "404.html");
    assert_eq!(drift["extra"][0]["path"], "extra.html");
    let report = project
        .run(&["publish", "dev", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(report["targets"][0]["outcome"], "healed");
    project.run(&["status", "dev"]).expect(0);
    assert!(!project.has("public/live/extra.html"));
}

#[test]
fn a_pinned_release_comes_back_without_its_commit() {
    let project = published();
    let first = project
        .run(&["status", "dev", "--format", "json"])
        .expect(0)
        .json();
    let first = first["environments"][0]["targets"][0]["live"]["release"]
        .as_str()
        .unwrap()
        .to_owned();
    let before = project.read("public/live/index.html");
    project.write("content/index.md", "# Another\n\nThis is new.\n");
    project.commit("Replace the front page");
    project.run(&["publish", "dev"]).expect(0);
    assert_ne!(project.read("public/live/index.html"), before);
    project.write(
        "environments/dev.toml",
        format!("release = \"{first}\"\ntargets = [\"local\"]\n"),
    );
    project.run(&["publish", "dev"]).expect(0);
    assert_eq!(project.read("public/live/index.html"), before);
    project.run(&["status", "dev"]).expect(0);
}

#[test]
fn what_is_not_clear_is_refused() {
    let project = Project::example("docs");
    let unknown = project.run(&["publish", "deb"]).expect(2);
    assert!(
        unknown.stderr.contains("did you mean `dev`?"),
        "{}",
        unknown.stderr
    );
    project.write("environments/prod.toml", "targets = [\"web\"]\n");
    let missing = project.run(&["publish", "prod"]).expect(2);
    assert!(
        missing.stderr.contains("[targets.web]"),
        "{}",
        missing.stderr
    );
    project.write("environments/prod.toml", "targts = [\"web\"]\n");
    let broken = project.run(&["publish", "prod"]).expect(2);
    assert!(
        broken.stdout.contains("did you mean `targets`?"),
        "{}",
        broken.stdout
    );
    let pinned = format!(
        "release = \"sha256:{}\"\ntargets = [\"local\"]\n",
        "0".repeat(64)
    );
    project.write("environments/prod.toml", pinned);
    let gone = project.run(&["publish", "prod"]).expect(2);
    assert!(
        gone.stderr
            .contains("nothing says which commit it was built from"),
        "{}",
        gone.stderr
    );
}

#[test]
fn a_release_that_is_not_clean_does_not_pass_a_policy() {
    let project = Project::example("docs");
    let text = project.read("content/index.md");
    project.write("content/index.md", format!("{text}\n[gone](gone.md)\n"));
    project.write(
        "environments/dev.toml",
        "follow = \"main\"\ntargets = [\"local\"]\n[policy]\nrequire = { checks = \"clean\" }\n",
    );
    project.commit("Break a link");
    let refused = project.run(&["publish", "dev"]).expect(1);
    assert!(
        refused.stderr.contains("will not publish"),
        "{}",
        refused.stderr
    );
    assert!(!project.has("public/live"));
}

/// A project of which production desires a release that has a page which is gone now, as does what
/// was published last to the environment that follows the branch.
fn desired() -> Project {
    let project = Project::example("docs");
    project.write("content/old.md", "# Old words\n");
    project.commit("Say more");
    let report = project
        .run(&["publish", "dev", "--format", "json"])
        .expect(0);
    let release = report.json()["release"].as_str().unwrap().to_owned();
    project.write(
        "environments/prod.toml",
        format!("release = \"{release}\"\ntargets = [\"local\"]\n"),
    );
    fs::remove_file(project.path().join("content/old.md")).unwrap();
    project.commit("Say less");
    project
}

#[test]
fn an_address_of_a_desired_release_is_missed() {
    let project = desired();
    let build = || project.run(&["build", "--format", "json"]).expect(0).json();
    // The second build has nothing to do, and says the same.
    for report in [build(), build()] {
        assert_eq!(report["lost"][0]["code"], "route-lost");
        assert_eq!(report["lost"][0]["path"], "old/index.html");
        let message = report["lost"][0]["message"].as_str().unwrap();
        assert!(
            message.contains("the release of `dev` and `prod`"),
            "{message}"
        );
        assert_eq!(report["lost"].as_array().unwrap().len(), 1);
        assert_eq!(report["diagnostics"]["warnings"], 1, "{report}");
    }
    let text = project.run(&["build"]).expect(0).stdout;
    assert!(text.contains("warning[route-lost]"), "{text}");

    let page = "---\naliases: [/old/]\n---\n# New words\n";
    project.write("content/new.md", page);
    assert_eq!(build()["lost"], serde_json::json!([]));

    // What is live where a branch is followed is what was published there last.
    fs::remove_file(project.path().join("environments/prod.toml")).unwrap();
    fs::remove_file(project.path().join("content/new.md")).unwrap();
    let message = build()["lost"][0]["message"].clone();
    assert!(
        message.as_str().unwrap().contains("the release of `dev`,"),
        "{message}"
    );
    project.commit("Say less still");
    project.run(&["publish", "dev"]).expect(0);
    assert_eq!(build()["lost"], serde_json::json!([]));
}

#[test]
fn a_release_that_nobody_has_is_named() {
    let project = desired();
    fs::remove_dir_all(project.path().join(".tympan/blobs")).unwrap();
    for _ in 0..2 {
        let unknown = project.run(&["build"]).expect(0).stderr;
        assert!(unknown.contains("`prod` is not in the store"), "{unknown}");
    }
}

#[test]
fn a_slow_clone_does_not_replace_what_is_newer() {
    let place = tempfile::tempdir().unwrap();
    let live = place.path().join("live");
    let config = format!(
        "[targets.web]\ntype = \"directory\"\npath = \"{}\"\n",
        live.display()
    );
    let project = Project::new(&[
        ("tympan.toml", &config),
        (".gitignore", "/.tympan/\n"),
        (
            "environments/dev.toml",
            "follow = \"main\"\ntargets = [\"web\"]\n",
        ),
        ("content/index.md", "# Home\n\nThese are the first words.\n"),
    ]);
    project.commit("Begin");
    let text = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let (bare, slow) = (text("guide.git"), text("slow"));
    let here = project.path().to_str().unwrap();
    project.git(&["clone", "-q", "--bare", here, &bare]);
    project.git(&["remote", "add", "origin", &bare]);
    project.git(&["clone", "-q", &bare, &slow]);
    project.write("content/index.md", "# Home\n\nThese are other words.\n");
    project.commit("Say it better");
    project.git(&["push", "-q", "origin", "main"]);
    project.run(&["publish", "dev"]).expect(0);

    // Nobody can be asked.
    project.git(&["-C", &slow, "remote", "set-url", "origin", &text("gone")]);
    let refused = project.run(&["-C", &slow, "publish", "dev"]).expect(1);
    let told = "nobody could be asked whether it is newer";
    assert!(refused.stderr.contains(told), "{}", refused.stderr);
    project.git(&["-C", &slow, "remote", "set-url", "origin", &bare]);
    // It does not even know yet what is newer.
    let refused = project.run(&["-C", &slow, "publish", "dev"]).expect(1);
    let told = "which is newer than";
    assert!(refused.stderr.contains(told), "{}", refused.stderr);
    let page = || std::fs::read_to_string(live.join("live/index.html")).unwrap();
    assert!(page().contains("other words"));
    project
        .run(&["-C", &slow, "publish", "dev", "--retry"])
        .expect(0);
    assert!(page().contains("first words"));
    project.run(&["publish", "dev"]).expect(0);
    project.git(&["-C", &slow, "merge", "-q", "--ff-only", "origin/main"]);
    project.run(&["-C", &slow, "publish", "dev"]).expect(0);
    assert!(page().contains("other words"));
}
