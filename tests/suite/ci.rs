//! What `ci` writes, and the hook that a bare repository runs.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::Project;

const CONFIG: &str = "[project]\ntitle = \"Guide\"\n\
    [targets.web]\ntype = \"s3\"\nbucket = \"guide\"\nregion = \"eu-central-1\"\n\
    [targets.far]\ntype = \"sftp\"\nhost = \"h.example\"\npath = \"/srv/guide\"\n\
    [store]\ntype = \"oci\"\nrepository = \"ghcr.io/ada/guide\"\n";

fn project() -> Project {
    let project = Project::new(&[
        ("tympan.toml", CONFIG),
        ("content/index.md", "# Guide\n\nWords.\n"),
        (
            "environments/dev.toml",
            "follow = \"trunk\"\ntargets = [\"far\"]\nurl = \"https://dev.guide.example\"\n",
        ),
        (
            "environments/prod.toml",
            "targets = [\"web\"]\nurl = \"https://guide.example/\"\n",
        ),
    ]);
    project.commit("Begin");
    project
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Every `uses` of a workflow.
fn uses(node: &Value, found: &mut Vec<String>) {
    match node {
        Value::Array(nodes) => nodes.iter().for_each(|node| uses(node, found)),
        Value::Object(fields) => {
            found.extend(
                fields
                    .get("uses")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            );
            fields.values().for_each(|node| uses(node, found));
        }
        _ => {}
    }
}

/// Every line of shell.
fn shell(node: &Value, found: &mut String) {
    match node {
        Value::Array(nodes) => nodes.iter().for_each(|node| shell(node, found)),
        Value::Object(fields) => {
            if let Some(run) = fields.get("run").and_then(Value::as_str) {
                found.push_str(run);
                found.push('\n');
            }
            fields.values().for_each(|node| shell(node, found));
        }
        _ => {}
    }
}

#[test]
fn workflows_are_pinned_and_may_do_no_more_than_they_must() {
    for (platform, folder) in [("github", ".github"), ("forgejo", ".forgejo")] {
        let project = project();
        let said = project.run(&["ci", platform]).expect(0);
        assert!(said.stderr.contains("SSH_PRIVATE_KEY"), "{}", said.stderr);
        let names: &[&str] = match platform {
            "github" => &["check", "preview", "publish", "promote"],
            _ => &["check", "publish", "promote"],
        };
        for name in names {
            let text = project.read(&format!("{folder}/workflows/{name}.yml"));
            let workflow = yaml(&text);
            assert!(!text.contains("@BRANCH@") && !text.contains("pull_request_target:"));
            let mut found = Vec::new();
            uses(&workflow, &mut found);
            assert!(!found.is_empty());
            for action in &found {
                let (_, commit) = action.rsplit_once('@').unwrap();
                assert!(
                    commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()),
                    "{action}"
                );
            }
            // What strangers write reaches a shell as a variable, and never as a part of a line.
            let mut lines = String::new();
            shell(&workflow, &mut lines);
            assert!(!lines.contains("${{"), "{lines}");
            if platform == "github" {
                assert_eq!(workflow["permissions"]["contents"], "read");
            }
            let check = text.contains("secrets.");
            assert_eq!(check, *name != "check", "{text}");
            if *name == "publish" {
                assert!(text.contains("branches: [trunk]"), "{text}");
                // The job has the secrets of its environment, and no others.
                assert!(text.contains("secrets.TYMPAN_STORE_PASSWORD"), "{text}");
                assert!(!text.contains("secrets.TYMPAN_WEB_"), "{text}");
            }
            if *name == "promote" {
                assert!(
                    text.contains("secrets.TYMPAN_WEB_SECRET_ACCESS_KEY"),
                    "{text}"
                );
                assert!(
                    text.contains("options: [dev, prod]\n        default: prod"),
                    "{text}"
                );
            }
        }
        let install = project.read("ci/install-tympan");
        assert!(install.contains(env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn a_project_in_a_folder_has_its_files_at_the_top() {
    let project = Project::new(&[
        ("docs/content/index.md", "# Guide\n\nWords.\n"),
        (
            "docs/environments/dev.toml",
            "follow = \"main\"\ntargets = [\"web\"]\n",
        ),
    ]);
    project.commit("Begin");
    project.run(&["-C", "docs", "ci", "github"]).expect(0);
    let check = project.read(".github/workflows/check.yml");
    assert!(
        check.contains("- run: tympan -C docs check --report github\n"),
        "{check}"
    );
    assert!(check.contains("            docs/.tympan\n"), "{check}");
    // There is nothing to promote to.
    assert!(!project.has(".github/workflows/promote.yml"));
}

#[test]
fn a_pipeline_of_gitlab_has_a_job_for_each_step() {
    let project = project();
    project.run(&["ci", "gitlab"]).expect(0);
    let pipeline = yaml(&project.read(".gitlab-ci.yml"));
    for job in ["check", "preview", "publish", "promote to prod"] {
        assert!(pipeline[job]["script"].is_array(), "{job}");
        assert!(
            pipeline["stages"]
                .as_array()
                .unwrap()
                .contains(&pipeline[job]["stage"])
        );
    }
    assert_eq!(pipeline["variables"]["GIT_DEPTH"], "0");
    assert_eq!(pipeline["promote to prod"]["rules"][0]["when"], "manual");
    assert_eq!(
        pipeline["promote to prod"]["environment"]["url"],
        "https://guide.example/"
    );
    assert_eq!(
        pipeline["check"]["artifacts"]["reports"]["codequality"],
        "code-quality.json"
    );
}

#[test]
fn machines_that_pull_get_their_units() {
    let project = project();
    project
        .run(&["ci", "systemd", "--environment", "prod"])
        .expect(0);
    let unit = project.read("ci/systemd/tympan-sync.service");
    assert!(
        unit.contains("tympan sync prod --watch --interval 1m --branch main\n"),
        "{unit}"
    );
    // A judge of the system's own, where there is one; the program and its user are not there.
    let units = project.path().join("ci/systemd");
    let judge = Command::new("systemd-analyze")
        .args(["verify", "--man=no", "--recursive-errors=no"])
        .args([
            "tympan-sync.service",
            "tympan-sync-once.service",
            "tympan-sync-once.timer",
        ])
        .current_dir(&units)
        .output();
    if let Ok(judge) = judge {
        let said = String::from_utf8_lossy(&judge.stderr).into_owned();
        let faults: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("tympan-sync"))
            .filter(|line| !line.contains("is not executable"))
            .collect();
        assert!(faults.is_empty(), "{said}");
    }

    project.run(&["ci", "kubernetes"]).expect(0);
    let text = project.read("ci/kubernetes/tympan-sync.yaml");
    let kinds: Vec<Value> = text.split("\n---\n").map(yaml).collect();
    let job = &kinds[2];
    assert_eq!(kinds[0]["kind"], "ServiceAccount");
    assert_eq!(job["spec"]["concurrencyPolicy"], "Forbid");
    let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    assert_eq!(pod["containers"][0]["args"][1], "dev");
    assert_eq!(
        pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"],
        true
    );
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
}

#[test]
fn what_was_edited_is_not_overwritten() {
    let project = project();
    let dry = project.run(&["ci", "gitlab", "--dry-run"]).expect(0);
    assert!(
        dry.stdout
            .contains("stages: [check, preview, publish, promote]")
    );
    assert!(!project.has(".gitlab-ci.yml"));
    project.run(&["ci", "gitlab"]).expect(0);
    let again = project
        .run(&["ci", "gitlab", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(again["files"][1]["state"], "unchanged");
    assert_eq!(again["format"], 1);
    assert_eq!(again["branch"], "trunk");
    assert_eq!(again["secrets"][0]["name"], "SSH_KNOWN_HOSTS");
    project.write(".gitlab-ci.yml", "stages: []\n");
    let said = project.run(&["ci", "gitlab"]).expect(1);
    assert!(
        said.stdout.contains("differs   .gitlab-ci.yml"),
        "{}",
        said.stdout
    );
    assert_eq!(project.read(".gitlab-ci.yml"), "stages: []\n");
    project.run(&["ci", "gitlab", "--force"]).expect(0);
    assert!(project.read(".gitlab-ci.yml").contains("promote to prod"));
}

#[test]
fn a_job_says_what_it_did() {
    let project = Project::new(&[
        ("content/index.md", "# Guide\n\nSee [it](none.md).\n"),
        ("content/a.md", "# A\n\nWords.\n"),
    ]);
    project.commit("Begin");
    let summary = project.path().join("summary.md");
    let environment = [("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    project.run_with(&["check"], &environment).expect(1);
    project.run_with(&["build"], &environment);
    let text = project.read("summary.md");
    assert!(text.contains("### Check\n\n2 pages, 1 error"), "{text}");
    assert!(
        text.contains("| error | link-missing | content/index.md\\:3 |"),
        "{text}"
    );
    assert!(text.contains("### Build\n\nRelease `sha256:"), "{text}");
}

/// Runs git in a folder, with the program that is tested on the path.
fn git(folder: &Path, args: &[&str]) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_tympan"));
    let mut paths = vec![program.parent().unwrap().to_path_buf()];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .env("PATH", std::env::join_paths(paths).unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

#[cfg(unix)]
#[test]
fn a_push_to_a_bare_repository_goes_live() {
    let project = Project::example("docs");
    let place = tempfile::tempdir().unwrap();
    let bare = place.path().join("guide.git");
    git(
        place.path(),
        &["init", "-q", "--bare", "-b", "main", "guide.git"],
    );
    git(
        project.path(),
        &["remote", "add", "origin", bare.to_str().unwrap()],
    );
    git(project.path(), &["push", "-q", "origin", "main"]);

    let mut write = Command::new(env!("CARGO_BIN_EXE_tympan"));
    let written = write
        .arg("-C")
        .arg(&bare)
        .args(["ci", "hook"])
        .output()
        .unwrap();
    assert!(
        written.status.success(),
        "{}",
        String::from_utf8_lossy(&written.stderr)
    );
    assert!(bare.join("hooks/post-receive").is_file());

    project.write("content/new.md", "# New\n\nA page that was pushed.\n");
    project.commit("Say more");
    let said = git(project.path(), &["push", "origin", "main"]);
    assert!(
        said.contains("remote: tympan: bringing `dev` to "),
        "{said}"
    );
    assert!(said.contains("published: "), "{said}");
    let live = bare.join("public/live/new/index.html");
    let page = std::fs::read_to_string(&live).unwrap();
    assert!(page.contains("A page that was pushed."));

    // Another branch changes nothing, and neither does the same commit.
    git(project.path(), &["branch", "draft"]);
    let said = git(project.path(), &["push", "origin", "draft"]);
    assert!(
        said.contains("nothing to publish: `dev` follows `main`"),
        "{said}"
    );
    // Not even where it says that it is followed; and its faults are no reason to leave the other.
    let name = "environments/dev.toml";
    let settings = project.read(name);
    project.git(&["checkout", "-q", "draft"]);
    project.write(name, settings.replace("\"main\"", "\"draft\""));
    project.write("content/stray.md", "# Stray\n\nNobody merged this.\n");
    project.commit("Be followed");
    let said = git(project.path(), &["push", "origin", "draft"]);
    assert!(said.contains("`dev` follows `main`"), "{said}");
    assert!(!bare.join("public/live/stray").exists());
    project.write("tympan.toml", "nonsense\n");
    project.commit("Break it");
    project.git(&["checkout", "-q", "main"]);
    project.write("content/more.md", "# More\n\nAnother page.\n");
    project.commit("Say even more");
    let said = git(project.path(), &["push", "origin", "draft", "main"]);
    assert!(said.contains("published: "), "{said}");
    assert!(bare.join("public/live/more/index.html").exists());
    git(
        project.path(),
        &["push", "-q", "origin", "--delete", "draft"],
    );
    let again = Command::new(env!("CARGO_BIN_EXE_tympan"))
        .arg("-C")
        .arg(&bare)
        .args(["hook", "post-receive", "dev"])
        .stdin(std::process::Stdio::piped())
        .output()
        .unwrap();
    assert!(again.status.success());
}

#[cfg(unix)]
#[test]
fn a_job_runs_only_the_program_that_was_named() {
    use std::os::unix::fs::PermissionsExt as _;

    let project = project();
    project.run(&["ci", "github"]).expect(0);
    let script = project.read("ci/install-tympan");
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join(env!("CARGO_PKG_VERSION"));
    let run = || {
        let output = Command::new("sh")
            .arg(project.path().join("ci/install-tympan"))
            .env("TYMPAN_BIN", place.path())
            .env_remove("GITHUB_PATH")
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        (output.status.success(), said)
    };
    let (done, said) = run();
    assert!(!done && said.contains("fill in `url`"), "{said}");
    // As a cache has it, which others may have written to.
    let (good, bad) = ("#!/bin/sh\necho good\n", "#!/bin/sh\necho bad\n");
    let tympan = folder.join("tympan");
    std::fs::write(&tympan, bad).unwrap();
    std::fs::set_permissions(&tympan, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(folder.join("fetched"), good).unwrap();
    let digest = tympan::digest::Digest::of(good.as_bytes()).hex();
    let filled = script.replace("\nurl=\n", "\nurl=https://127.0.0.1:1/tympan\n");
    let filled = filled.replace("\nsha256=\n", &format!("\nsha256={digest}\n"));
    project.write("ci/install-tympan", filled);
    let (done, said) = run();
    assert!(
        done && said.contains("good") && !said.contains("bad"),
        "{said}"
    );
    std::fs::write(folder.join("fetched"), bad).unwrap();
    let (done, said) = run();
    assert!(!done && !said.contains("bad\n"), "{said}");
}

#[test]
fn what_would_mean_something_else_is_not_written_into_files() {
    let project = project();
    for url in [
        "https://x.example/$(id)",
        "https://x.example/;id",
        "https://x.example/`id`",
    ] {
        project.write(
            "environments/prod.toml",
            format!("targets = [\"web\"]\nurl = \"{url}\"\n"),
        );
        project.run(&["ci", "gitlab"]).expect(2);
    }
    project.write(
        "tympan.toml",
        "[targets.web]\ntype = \"directory\"\npath = \"public/a b\"\n\
         [targets.far]\ntype = \"directory\"\npath = \"/srv/a b\"\n",
    );
    for (name, target) in [("dev", "far"), ("prod", "web")] {
        project.write(
            &format!("environments/{name}.toml"),
            format!("targets = [\"{target}\"]\n"),
        );
    }
    let writes = |name: &str| {
        let run = project.run(&["ci", "systemd", "--force", "--environment", name]);
        run.expect(0);
        let unit = project.read("ci/systemd/tympan-sync.service");
        let line = unit
            .lines()
            .find_map(|line| line.strip_prefix("ReadWritePaths="));
        line.unwrap().to_owned()
    };
    assert_eq!(writes("dev"), "/var/lib/tympan \"/srv/a b\"");
    assert_eq!(
        writes("prod"),
        "/var/lib/tympan \"-/var/lib/tympan/project/public/a b\""
    );
}
