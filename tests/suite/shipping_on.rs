//! From dev to test to prod and back: release, promote, roll back, sync, verify, log.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::harness::Project;

/// A small project with three environments, committed.
fn project() -> Project {
    let project = Project::new(&[
        ("index.md", "# Home\n\nWelcome to the guide.\n"),
        (
            "tympan.toml",
            "[project]\ntitle = \"Guide\"\nlanguage = \"en\"\n\n[targets.dev]\ntype = \"directory\"\npath = \"public/dev\"\n\n[targets.test]\ntype = \"directory\"\npath = \"public/test\"\n\n[targets.prod]\ntype = \"directory\"\npath = \"public/prod\"\n",
        ),
        (".gitignore", "/public/\n/.tympan/\n/dist/\n"),
        (
            "environments/dev.toml",
            "follow = \"main\"\ntargets = [\"dev\"]\n",
        ),
        (
            "environments/test.toml",
            "# The testers look here.\ntargets = [\"test\"]\n",
        ),
        (
            "environments/prod.toml",
            "# What readers have.\ntargets = [\"prod\"] # one place\n\n[policy]\n# Nothing untested.\nrequire = { checks = \"no-errors\", after = \"test\" }\n",
        ),
    ]);
    // The program commits by this name.
    project.git(&["init", "-q", "-b", "main"]);
    project.git(&["config", "user.name", "Ada"]);
    project.git(&["config", "user.email", "ada@guide.example"]);
    project.commit("Begin");
    project
}

/// Brings what is committed to an environment by the way of those before it.
fn ship(project: &Project, environments: &[&str]) -> String {
    project.run(&["publish", "dev"]).expect(0);
    for pair in ["dev", "test", "prod"].windows(2) {
        let [from, to] = pair else { continue };
        if environments.contains(to) {
            project.run(&["promote", from, to]).expect(0);
            project.run(&["publish", to]).expect(0);
        }
    }
    live(project, environments.last().unwrap_or(&"dev"))
}

fn live(project: &Project, environment: &str) -> String {
    let status = project
        .run(&["status", environment, "--format", "json"])
        .json();
    let live = &status["environments"][0]["targets"][0]["live"]["release"];
    live.as_str().unwrap_or_default().to_owned()
}

fn say(project: &Project, words: &str) {
    project.write(
        "index.md",
        format!("# Home\n\nWelcome to the guide. {words}\n"),
    );
    project.commit(words);
}

#[test]
fn a_release_is_made_of_a_clean_commit() {
    let project = project();
    project.write("stray.md", "# Stray\n");
    let refused = project.run(&["release"]).expect(1);
    assert!(refused.stderr.contains("  stray.md"), "{}", refused.stderr);
    let report = project.run(&["release", "--format", "json"]).expect(1);
    let report = report.json();
    assert_eq!(
        (&report["release"], &report["changed"][0]),
        (&serde_json::Value::Null, &"stray.md".into())
    );
    let named = project.run(&["release", "--rev", "HEAD"]).expect(0);
    assert!(named.stdout.starts_with("sha256:"), "{}", named.stdout);
    fs::remove_file(project.path().join("stray.md")).unwrap();
    assert_eq!(project.run(&["release"]).expect(0).stdout, named.stdout);

    let keep = tempfile::tempdir().unwrap();
    let config = project.read("tympan.toml");
    let store = format!(
        "{config}\n[store]\ntype = \"directory\"\npath = '{}'\n",
        keep.path().display()
    );
    project.write("tympan.toml", store);
    project.commit("Keep releases");
    let report = project
        .run(&["release", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(report["format"], 1);
    assert_eq!(report["sealed"], true);
    assert_eq!(report["store"]["sent"], report["files"]);
    let again = project
        .run(&["release", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(
        (&again["store"]["sent"], &again["release"]),
        (&0.into(), &report["release"])
    );

    // Whoever ships has the keys of the target and nothing but the store of releases.
    let release = report["release"].as_str().unwrap();
    project.write(
        "environments/prod.toml",
        format!("release = \"{release}\"\ntargets = [\"prod\"]\n"),
    );
    fs::remove_dir_all(project.path().join(".tympan")).unwrap();
    project.run(&["publish", "prod"]).expect(0);
    assert_eq!(live(&project, "prod"), release);
}

#[test]
fn errors_make_no_release() {
    let project = project();
    project.write("index.md", "# Home\n\nSee [nothing](gone.md).\n");
    project.commit("Break a link");
    let refused = project.run(&["release"]).expect(1);
    assert_eq!(
        refused.stdout.matches("sha256:").count(),
        0,
        "{}",
        refused.stdout
    );
    assert!(refused.stderr.contains("no release"), "{}", refused.stderr);
    let report = project
        .run(&["release", "--format", "json"])
        .expect(1)
        .json();
    assert_eq!(
        (&report["sealed"], &report["store"]),
        (&false.into(), &serde_json::Value::Null)
    );
}

#[test]
fn a_release_goes_from_dev_to_prod_unbuilt_and_comes_back() {
    let project = project();
    let first = ship(&project, &["test", "prod"]);
    let file = project.read("environments/prod.toml");
    assert!(
        file.contains("# What readers have.\ntargets = [\"prod\"] # one place\n"),
        "{file}"
    );
    assert!(file.contains(&format!("release = \"{first}\"")), "{file}");
    assert_eq!(project.git(&["status", "--porcelain"]), "");
    let message = project.git(&["log", "-1", "--format=%B", "--", "environments/prod.toml"]);
    assert!(
        message.contains(&format!(
            "Tympan-Environment: prod\nTympan-Release: {first}\n"
        )),
        "{message}"
    );

    say(&project, "The prices are new.");
    let second = ship(&project, &["test", "prod"]);
    assert_ne!(first, second);
    let dry = project.run(&["rollback", "prod", "--dry-run"]).expect(0);
    assert!(
        dry.stdout.contains("changed   index.html"),
        "{}",
        dry.stdout
    );
    let back = project
        .run(&[
            "rollback",
            "prod",
            "--reason",
            "the prices are wrong",
            "--format",
            "json",
        ])
        .expect(0)
        .json();
    assert_eq!(
        (back["release"].as_str(), back["denied"].as_str()),
        (Some(&*first), Some(&*second))
    );
    assert_eq!(live(&project, "prod"), second);
    project.run(&["publish", "prod"]).expect(0);
    assert_eq!(live(&project, "prod"), first);

    // Nothing brings it back.
    project.run(&["publish", "prod"]).expect(0);
    project.run(&["sync", "prod", "--once"]).expect(0);
    let denied = project
        .run(&["promote", "test", "prod", "--resume"])
        .expect(1);
    assert!(
        denied
            .stderr
            .contains("the release is denied: the prices are wrong"),
        "{}",
        denied.stderr
    );
    assert_eq!(live(&project, "prod"), first);

    // A release that mends it ends the hold, on purpose.
    say(&project, "The prices are right.");
    let third = ship(&project, &["test"]);
    let held = project.run(&["promote", "test", "prod"]).expect(1);
    assert!(held.stderr.contains("--resume"), "{}", held.stderr);
    project
        .run(&["promote", "test", "prod", "--resume"])
        .expect(0);
    project.run(&["publish", "prod"]).expect(0);
    assert_eq!(live(&project, "prod"), third);
    assert!(!project.read("environments/prod.toml").contains("[hold]"));

    let log = project
        .run(&["log", "prod", "--verify", "--format", "json"])
        .expect(0)
        .json();
    let entries = log["entries"].as_array().unwrap();
    let records = entries
        .iter()
        .filter(|entry| entry["entry"] == "deployment");
    let told: Vec<_> = records
        .map(|entry| {
            (
                entry["record"]["kind"].as_str().unwrap(),
                entry["decided"].is_string(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("promote", true),
            ("rollback", true),
            ("promote", true),
            ("promote", true)
        ]
    );
    assert_eq!(entries.len(), 4 + 5);
    let whole = project
        .run(&["verify", "prod", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(whole["whole"], true);
    fs::write(
        project.path().join("public/prod/live/index.html"),
        "by hand",
    )
    .unwrap();
    let edited = project.run(&["verify", "prod"]).expect(1);
    assert!(
        edited.stdout.contains("modified  index.html"),
        "{}",
        edited.stdout
    );
    let record = project.path().join("public/prod/.tympan/log/2.json");
    fs::write(
        &record,
        fs::read_to_string(&record)
            .unwrap()
            .replace("healthy", "Healthy"),
    )
    .unwrap();
    let changed = project.run(&["log", "prod", "--verify"]).expect(1);
    assert!(changed.stdout.contains("epoch 2"), "{}", changed.stdout);
}

#[test]
fn in_an_incident_the_older_release_is_live_first() {
    let project = project();
    let first = ship(&project, &["test", "prod"]);
    say(&project, "This is worse.");
    ship(&project, &["test", "prod"]);
    project.run(&["rollback", "prod", "--now"]).expect(0);
    assert_eq!(live(&project, "prod"), first);
    assert!(project.read("environments/prod.toml").contains("[hold]"));
    assert_eq!(project.git(&["status", "--porcelain"]), "");
    project.run(&["status", "prod"]).expect(0);
}

#[test]
fn a_way_back_whose_commit_failed_is_finished_and_not_gone_again() {
    let project = project();
    let first = ship(&project, &["test", "prod"]);
    say(&project, "This is worse.");
    let second = ship(&project, &["test", "prod"]);
    let old = project.git(&["rev-parse", "HEAD"]);
    // Nothing is touched where the commit could not be made.
    project.git(&["checkout", "-q", "--detach"]);
    project.run(&["rollback", "prod", "--now"]).expect(2);
    assert_eq!(live(&project, "prod"), second);
    project.git(&["checkout", "-q", "main"]);
    project.run(&["rollback", "prod", "--now"]).expect(0);
    project.git(&["reset", "-q", "--hard", old.trim()]);
    project.run(&["rollback", "prod", "--now"]).expect(0);
    assert_eq!(live(&project, "prod"), first);
    let file = project.read("environments/prod.toml");
    assert!(
        file.contains(&format!("release = \"{first}\""))
            && file.contains(&format!("deny = [\"{second}\"]")),
        "{file}"
    );
    // A job with an older checkout does not bring it back.
    project.git(&["checkout", "-q", old.trim()]);
    let refused = project.run(&["publish", "prod"]).expect(1);
    assert!(refused.stderr.contains("is denied"), "{}", refused.stderr);
    assert_eq!(live(&project, "prod"), first);
}

#[test]
fn the_policy_of_the_branch_counts_and_not_the_one_of_the_worktree() {
    let project = project();
    ship(&project, &["test"]);
    let strict = project.read("environments/prod.toml");
    let lax = "targets = [\"prod\"]\n";
    say(&project, "This is new.");
    project.run(&["publish", "dev"]).expect(0);
    project.git(&["checkout", "-q", "-b", "feature"]);
    project.write("environments/prod.toml", lax);
    project.commit("Be lax");
    let refused = project
        .run(&["promote", "dev", "prod", "--branch", "main"])
        .expect(1);
    assert!(refused.stderr.contains("after"), "{}", refused.stderr);
    assert_eq!(
        project.git(&["show", "main:environments/prod.toml"]).trim(),
        strict.trim()
    );
}

#[test]
fn every_rule_that_is_not_met_is_told_and_nothing_is_decided() {
    let project = project();
    ship(&project, &["test"]);
    let text = "targets = [\"prod\"]\n[policy]\nrequire = { after = \"test\", soak = \"2h\", approvals = 1 }\nfreeze = [\"2000-01-01/2999-12-31\"]\n";
    project.write("environments/prod.toml", text);
    project.commit("Be strict");
    let head = project.git(&["rev-parse", "HEAD"]);
    let refused = project
        .run(&["promote", "test", "prod", "--format", "json"])
        .expect(1)
        .json();
    let rules = refused["unmet"].as_array().unwrap().iter();
    let rules: Vec<_> = rules.map(|unmet| unmet["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["freeze", "soak", "approvals"]);
    assert_eq!(refused["commit"], serde_json::Value::Null);
    assert_eq!(project.git(&["rev-parse", "HEAD"]), head);
    project.write("environments/prod.toml", text.replace("2h", "soon"));
    let nonsense = project.run(&["promote", "test", "prod"]).expect(2);
    assert!(
        nonsense.stdout.contains("no length of time"),
        "{}",
        nonsense.stdout
    );
}

#[test]
fn a_frozen_environment_gets_nothing_new() {
    let project = project();
    let first = ship(&project, &["test", "prod"]);
    let file = project.read("environments/prod.toml");
    project.write(
        "environments/prod.toml",
        file.replace(
            "[policy]\n",
            "[policy]\nfreeze = [\"2000-01-01/2999-12-31\"]\n",
        ),
    );
    project.commit("Freeze");
    say(&project, "This is new.");
    let second = ship(&project, &["test"]);
    let frozen = project
        .read("environments/prod.toml")
        .replace(&first, &second);
    project.write("environments/prod.toml", frozen);
    project.commit("Pin by hand");
    let refused = project.run(&["publish", "prod"]).expect(1);
    assert!(
        refused
            .stderr
            .contains("nothing new goes live until 3000-01-01"),
        "{}",
        refused.stderr
    );
    assert_eq!(live(&project, "prod"), first);
}

#[test]
fn an_edit_of_the_file_is_not_lost() {
    let project = project();
    ship(&project, &["test"]);
    let file = project.read("environments/prod.toml");
    project.write("environments/prod.toml", format!("{file}# Mine.\n"));
    let refused = project.run(&["promote", "test", "prod"]).expect(2);
    assert!(
        refused.stderr.contains("changes that are not committed"),
        "{}",
        refused.stderr
    );
    assert!(
        project
            .read("environments/prod.toml")
            .ends_with("# Mine.\n")
    );
}

#[test]
fn eight_who_promote_at_once_all_have_their_way() {
    let project = project();
    let release = ship(&project, &["test"]);
    for name in 0..8 {
        project.write(
            &format!("environments/prod{name}.toml"),
            "targets = [\"prod\"]\n",
        );
    }
    project.commit("More places");
    std::thread::scope(|scope| {
        let project = &project;
        let runs: Vec<_> = (0..8)
            .map(|name| {
                scope.spawn(move || {
                    project
                        .run(&["promote", "test", &format!("prod{name}")])
                        .expect(0)
                })
            })
            .collect();
        for run in runs {
            run.join().unwrap();
        }
    });
    for name in 0..8 {
        let file = project.git(&["show", &format!("HEAD:environments/prod{name}.toml")]);
        assert!(file.contains(&release), "{file}");
    }
    assert_eq!(project.git(&["status", "--porcelain"]), "");
    assert_eq!(
        project
            .git(&["log", "--format=%s", "--grep=Promote .* to prod[0-9]"])
            .lines()
            .count(),
        8
    );
}

/// Runs the program on another folder.
fn run_at(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tympan"))
        .arg("-C")
        .arg(folder)
        .args(args)
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    (output.status.code().unwrap(), said)
}

#[test]
fn two_jobs_that_decide_at_once_lose_neither_decision() {
    let project = project();
    let place = tempfile::tempdir().unwrap();
    let public = place.path().join("public");
    let config = project
        .read("tympan.toml")
        .replace("path = \"public", &format!("path = \"{}", public.display()));
    project.write("tympan.toml", config);
    project.commit("Publish beside the clones");
    ship(&project, &["test", "prod"]);
    say(&project, "This is new.");
    let second = ship(&project, &["test"]);
    let bare = place.path().join("bare.git");
    project.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let clone = |name: &str| {
        let folder = place.path().join(name);
        project.git(&[
            "clone",
            "-q",
            bare.to_str().unwrap(),
            folder.to_str().unwrap(),
        ]);
        for (key, value) in [("user.name", "Bob"), ("user.email", "bob@guide.example")] {
            project.git(&["-C", folder.to_str().unwrap(), "config", key, value]);
        }
        folder
    };
    // The jobs of CI check out a commit and no branch.
    let clones: Vec<_> = (0..4).map(|at| clone(&format!("job{at}"))).collect();
    for clone in &clones {
        project.git(&["-C", clone.to_str().unwrap(), "checkout", "-q", "--detach"]);
    }
    std::thread::scope(|scope| {
        let (promoting, rolling) = clones.split_at(3);
        for (at, folder) in promoting.iter().enumerate() {
            let reason = format!("job {at}");
            scope.spawn(move || {
                let (code, said) = run_at(
                    folder,
                    &[
                        "promote", "test", "prod", "--push", "--branch", "main", "--reason",
                        &reason,
                    ],
                );
                // A hold that came first is a refusal, and no loss.
                assert!(
                    code == 0 || (code == 1 && said.contains("on hold")),
                    "{code}: {said}"
                );
            });
        }
        scope.spawn(|| {
            let release = second.clone();
            let (code, said) = run_at(
                &rolling[0],
                &[
                    "rollback",
                    "dev",
                    "--push",
                    "--branch",
                    "main",
                    "--reason",
                    &format!("not {release}"),
                ],
            );
            assert!(
                code == 0 || said.contains("no other healthy release"),
                "{code}: {said}"
            );
        });
    });
    let file = project.git(&[
        "--git-dir",
        bare.to_str().unwrap(),
        "show",
        "main:environments/prod.toml",
    ]);
    assert!(file.contains(&second), "{file}");
    let dev = project.git(&[
        "--git-dir",
        bare.to_str().unwrap(),
        "show",
        "main:environments/dev.toml",
    ]);
    assert!(dev.contains("[hold]") && dev.contains(&second), "{dev}");
    let subjects = project.git(&[
        "--git-dir",
        bare.to_str().unwrap(),
        "log",
        "--format=%s",
        "main",
    ]);
    assert_eq!(
        subjects
            .lines()
            .filter(|subject| subject.starts_with("Roll dev back"))
            .count(),
        1,
        "{subjects}"
    );
}

#[test]
fn an_agent_pulls_what_is_desired_and_builds_it_again() {
    let project = project();
    let first = ship(&project, &["test", "prod"]);
    let place = tempfile::tempdir().unwrap();
    let agent = place.path().join("agent");
    project.git(&[
        "clone",
        "-q",
        project.path().to_str().unwrap(),
        agent.to_str().unwrap(),
    ]);
    // It has the repository alone, and the release comes out the same.
    let (code, said) = run_at(&agent, &["sync", "prod", "--once"]);
    assert_eq!(code, 0, "{said}");
    let live = fs::read_to_string(agent.join("public/prod/.tympan/current")).unwrap();
    assert!(live.contains(&first), "{live}");
    say(&project, "This is new.");
    let second = ship(&project, &["test", "prod"]);
    let (code, said) = run_at(&agent, &["sync", "prod", "--once", "--dry-run"]);
    assert_eq!(
        (code, said.contains("modified  index.html")),
        (0, true),
        "{said}"
    );
    let (code, said) = run_at(&agent, &["sync", "prod", "--once"]);
    assert_eq!(code, 0, "{said}");
    let live = fs::read_to_string(agent.join("public/prod/.tympan/current")).unwrap();
    assert!(live.contains(&second), "{live}");
    // What follows a branch is built from it.
    let (code, said) = run_at(&agent, &["sync", "dev", "--once"]);
    assert_eq!(code, 0, "{said}");
    project.git(&[
        "-C",
        agent.to_str().unwrap(),
        "remote",
        "set-url",
        "origin",
        "/nowhere",
    ]);
    let (code, said) = run_at(&agent, &["sync", "prod", "--once"]);
    assert_eq!(
        (code, said.contains("cannot ask `origin`")),
        (2, true),
        "{said}"
    );
}

#[test]
fn a_shallow_clone_makes_no_release() {
    let project = project();
    say(&project, "There is more.");
    let place = tempfile::tempdir().unwrap();
    let clone = place.path().join("clone");
    let origin = project.path().to_str().unwrap().replace('\\', "/");
    let origin = format!("file:///{}", origin.trim_start_matches('/'));
    let to = clone.to_str().unwrap();
    project.git(&["clone", "-q", "--depth", "1", &origin, to]);
    for args in [&["release"][..], &["publish", "dev"]] {
        let (code, said) = run_at(&clone, args);
        let told = said.contains("git fetch --unshallow --tags");
        assert_eq!((code, told), (2, true), "{said}");
    }
    let (code, said) = run_at(&clone, &["log", "prod"]);
    let told = said.contains("older decisions are not known");
    assert_eq!((code, told), (0, true), "{said}");
    assert!(!said.contains("decided"), "{said}");
}

#[test]
fn what_cannot_be_read_or_followed_is_told() {
    let project = project();
    fs::write(
        project.path().join("environments/dev.toml"),
        b"# caf\xe9\nfollow = \"main\"\n",
    )
    .unwrap();
    let said = project.run(&["publish", "dev"]).expect(2).stderr;
    assert!(said.contains("is no UTF-8 text"), "{said}");
    project.git(&["tag", "v1"]);
    let tagged = "follow = \"v1\"\ntargets = [\"dev\"]\n";
    project.write("environments/dev.toml", tagged);
    let said = project.run(&["publish", "dev"]).expect(2).stderr;
    assert!(said.contains("`v1` is no branch"), "{said}");
    // An environment is never taken for a remote.
    let order = ["promote", "--push", "dev", "test", "--dry-run"];
    let said = project.run(&order).expect(2).stderr;
    assert!(!said.contains("required"), "{said}");
    // What is on hold is told in JSON as well.
    let held = "targets = [\"dev\"]\n[hold]\nreason = \"wait\"\n";
    project.write("environments/dev.toml", held);
    project.commit("Hold");
    let report = project.run(&["sync", "dev", "--once", "--format", "json"]);
    let report = report.expect(0).json();
    assert_eq!(
        (&report["held"], &report["release"]),
        (&"wait".into(), &serde_json::Value::Null)
    );
}

#[test]
fn a_log_that_was_taken_away_with_all_the_rest_is_missed() {
    let project = project();
    ship(&project, &["test"]);
    project.run(&["log", "test", "--verify"]).expect(0);
    fs::remove_dir_all(project.path().join("public/test/.tympan")).unwrap();
    let said = project.run(&["log", "test", "--verify"]).expect(1).stdout;
    assert!(said.contains("test  there is no log"), "{said}");
}

#[test]
fn a_release_that_comes_out_differently_is_not_taken() {
    let project = project();
    ship(&project, &["test", "prod"]);
    let wrong = format!("sha256:{}", "7".repeat(64));
    let commit = project.git(&["rev-parse", "HEAD"]);
    project.write(
        "environments/prod.toml",
        format!(
            "release = \"{wrong}\"\nsource = \"{}\"\ntargets = [\"prod\"]\n",
            commit.trim()
        ),
    );
    let refused = project.run(&["publish", "prod"]).expect(2);
    assert!(
        refused.stderr.contains("which is another one"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_preview_stands_beside_what_is_live_until_it_has_had_its_time() {
    let project = project();
    let first = ship(&project, &["test"]);
    say(&project, "Perhaps like this.");
    let dry = project
        .run(&["publish", "test", "--preview", "pr-17", "--dry-run"])
        .expect(0);
    assert!(
        dry.stdout.contains("added     index.html"),
        "{}",
        dry.stdout
    );
    assert!(!project.has("public/test/_preview"));
    let report = project
        .run(&["publish", "test", "--preview", "pr-17", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(
        (&report["preview"], &report["url"]),
        (&"pr-17".into(), &serde_json::Value::Null)
    );
    let page = "public/test/_preview/pr-17/live/index.html";
    let shown = project.read(page);
    assert!(
        shown.contains("Perhaps") && shown.contains("noindex"),
        "{shown}"
    );
    assert_eq!(live(&project, "test"), first);
    assert!(
        !project
            .read("public/test/live/index.html")
            .contains("noindex")
    );
    project.run(&["status", "test"]).expect(0);

    let index = "public/test/.tympan/previews";
    let until = report["until"].as_str().unwrap();
    project.write(
        index,
        project.read(index).replace(until, "2026-01-01T00:00:00Z"),
    );
    project.run(&["publish", "test"]).expect(0);
    assert!(project.read(page).contains("This preview has ended"));
    let left = fs::read_dir(
        project
            .path()
            .join("public/test/_preview/pr-17/.tympan/tree"),
    )
    .unwrap();
    assert_eq!(left.count(), 1);
    assert!(!project.read(index).contains("pr-17"));
    // An agent takes them away as well.
    let again = ["publish", "test", "--preview", "pr-18", "--format", "json"];
    let report = project.run(&again).expect(0).json();
    let until = report["until"].as_str().unwrap();
    project.write(
        index,
        project.read(index).replace(until, "2026-01-01T00:00:00Z"),
    );
    project.run(&["sync", "test", "--once"]).expect(0);
    assert!(!project.read(index).contains("pr-18"));
    for name in ["", "../up", "Big", "-x", "a/b"] {
        project
            .run(&["publish", "test", &format!("--preview={name}")])
            .expect(2);
    }
}

/// Serves the front page of a folder until the test ends, as a web server would, or a network that adds
/// something to it.
fn serve(folder: std::path::PathBuf, added: &'static str) -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let mut page = fs::read(folder.join("index.html")).unwrap_or_default();
            page.extend(added.as_bytes());
            let via = if added.is_empty() {
                ""
            } else {
                "Via: 1.1 x\r\n"
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\n{via}Content-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                page.len()
            );
            let _ = stream.write_all(&[head.as_bytes(), &page].concat());
        }
    });
    format!("http://{address}/")
}

#[test]
fn a_failed_smoke_test_is_denied_in_git_where_the_policy_says_so() {
    let project = project();
    let url = serve(project.path().join("public/prod/live"), "");
    let file = project.read("environments/prod.toml");
    let auto = file.replace(
        "[policy]\n",
        &format!("url = \"{url}\"\n[policy]\nrollback = {{ auto = true }}\n"),
    );
    project.write(
        "environments/prod.toml",
        format!("{auto}[smoke]\npaths = [{{ path = \"/\", text = \"Welcome\" }}]\n"),
    );
    project.commit("Go back alone");
    let bare = tempfile::tempdir().unwrap();
    project.git(&["clone", "-q", "--bare", ".", bare.path().to_str().unwrap()]);
    project.git(&["remote", "add", "origin", bare.path().to_str().unwrap()]);
    let first = ship(&project, &["test", "prod"]);
    project.write("index.md", "# Home\n\nNobody is greeted.\n");
    project.commit("Forget the greeting");
    let second = ship(&project, &["test"]);
    project.run(&["promote", "test", "prod"]).expect(0);
    project.git(&["push", "-q", "origin", "main"]);
    let failed = project.run(&["publish", "prod"]).expect(1);
    assert!(failed.stderr.contains("is live again"), "{}", failed.stderr);
    assert_eq!(live(&project, "prod"), first);
    let file = project.git(&[
        "--git-dir",
        bare.path().to_str().unwrap(),
        "show",
        "main:environments/prod.toml",
    ]);
    assert_eq!(file, project.read("environments/prod.toml"));
    assert!(file.contains(&format!("release = \"{first}\"")), "{file}");
    assert!(
        file.contains("the smoke test failed on `/`")
            && file.contains(&format!("deny = [\"{second}\"]")),
        "{file}"
    );
    project.run(&["publish", "prod"]).expect(0);
    project.run(&["sync", "prod", "--once"]).expect(0);
    let status = project.run(&["status", "prod"]).expect(0);
    assert!(
        status.stdout.contains("on hold: the smoke test failed"),
        "{}",
        status.stdout
    );
}

#[test]
fn what_fails_at_one_target_is_taken_back_at_the_others() {
    let project = project();
    let config = project.read("tympan.toml");
    project.write(
        "tympan.toml",
        format!("{config}\n[targets.other]\ntype = \"directory\"\npath = \"public/other\"\n\n[targets.last]\ntype = \"directory\"\npath = \"public/last\"\n"),
    );
    project.write(
        "environments/test.toml",
        "targets = [\"test\", \"other\", \"last\"]\n",
    );
    project.commit("Have three targets");
    project.run(&["publish", "test"]).expect(0);
    let first = live(&project, "test");
    say(&project, "This is new.");
    // One that cannot be read stops no other, and the report is whole.
    let pointer = "public/other/.tympan/current";
    let known = project.read(pointer);
    project.write(pointer, "{");
    let run = project.run(&["publish", "test", "--format", "json"]);
    let report = run.expect(2).json();
    let targets = report["targets"].as_array().unwrap().iter();
    let names: Vec<_> = targets
        .map(|one| one["target"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["test", "last"]);
    project.write(pointer, known);
    project.run(&["publish", "test"]).expect(0);
    let second = live(&project, "test");
    assert_ne!(first, second);
    // What fails at the second target does not show at the first.
    let url = serve(project.path().join("public/test/live"), "Welcome");
    project.write(
        "environments/test.toml",
        format!("url = \"{url}\"\ntargets = [\"test\", \"other\", \"last\"]\n[smoke]\npaths = [{{ path = \"/\", text = \"Welcome\" }}]\n"),
    );
    project.write("index.md", "# Home\n\nNobody is greeted.\n");
    project.commit("Forget the greeting");
    let run = project.run(&["publish", "test", "--format", "json"]);
    let report = run.expect(1).json();
    assert_eq!(report["targets"][0]["outcome"], "taken-back", "{report}");
    assert_eq!(report["targets"].as_array().unwrap().len(), 1);
    let bad = report["release"].as_str().unwrap();
    let log = project
        .run(&["log", "test", "--format", "json"])
        .expect(0)
        .json();
    let kinds = log["entries"].as_array().unwrap().iter();
    assert!(
        kinds
            .clone()
            .any(|entry| entry["record"]["kind"] == "rollback")
    );
    let status = project.run(&["status", "test", "--format", "json"]).json();
    let targets = &status["environments"][0]["targets"];
    for at in 0..3 {
        assert_eq!(targets[at]["live"]["release"], second, "{targets}");
    }
    assert_eq!(targets[0]["denied"][0]["release"], bad, "{targets}");
}

#[test]
fn an_environment_that_follows_a_branch_goes_back_and_follows_again() {
    let project = project();
    let first = ship(&project, &["dev"]);
    say(&project, "This is worse.");
    project.run(&["publish", "dev"]).expect(0);
    project.run(&["rollback", "dev", "--now"]).expect(0);
    say(&project, "This is better.");
    // The branch moves on, and the environment does not.
    project.run(&["publish", "dev"]).expect(0);
    project.run(&["sync", "dev", "--once"]).expect(0);
    assert_eq!(live(&project, "dev"), first);
    let before = project.read("environments/dev.toml");
    project.run(&["follow", "dev", "--dry-run"]).expect(0);
    assert_eq!(project.read("environments/dev.toml"), before);
    project.run(&["follow", "dev"]).expect(0);
    assert_eq!(
        project.read("environments/dev.toml"),
        "follow = \"main\"\ntargets = [\"dev\"]\n"
    );
    project.run(&["sync", "dev", "--once"]).expect(0);
    assert!(
        project
            .read("public/dev/live/index.html")
            .contains("This is better.")
    );
    project.run(&["follow", "prod"]).expect(2);
}

#[test]
fn the_reports_have_the_keys_that_are_promised() {
    #[track_caller]
    fn case(project: &Project, args: &[&str], expected: &[&str]) {
        let report = project
            .run(&[args, &["--format", "json"]].concat())
            .expect(0)
            .json();
        let mut keys: Vec<&str> = report
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        keys.sort_unstable();
        let mut expected = [expected, &["format"]].concat();
        expected.sort_unstable();
        assert_eq!(keys, expected, "{args:?}");
        assert_eq!(report["format"], 1);
    }
    let project = project();
    ship(&project, &["test"]);
    let decided = ["commit", "branch", "remote", "dry_run"];
    case(
        &project,
        &["release"],
        &[
            "release", "commit", "files", "bytes", "checks", "sealed", "dry_run", "signed", "store",
        ],
    );
    case(
        &project,
        &["promote", "test", "prod", "--dry-run"],
        &[
            &decided[..],
            &["from", "to", "release", "source", "unmet", "notice"],
        ]
        .concat(),
    );
    say(&project, "More.");
    ship(&project, &["test"]);
    case(
        &project,
        &["rollback", "test"],
        &[
            &decided[..],
            &[
                "environment",
                "release",
                "source",
                "denied",
                "live",
                "notice",
            ],
        ]
        .concat(),
    );
    case(
        &project,
        &["follow", "dev"],
        &[&decided[..], &["environment", "follow"]].concat(),
    );
    case(
        &project,
        &["sync", "test", "--once"],
        &["environment", "release", "dry_run", "targets"],
    );
    case(
        &project,
        &["verify", "test"],
        &["environment", "whole", "targets"],
    );
    case(&project, &["log"], &["entries", "findings", "intact"]);
    case(
        &project,
        &["publish", "test", "--preview", "x"],
        &[
            "environment",
            "preview",
            "url",
            "until",
            "release",
            "dry_run",
            "targets",
        ],
    );
}
