//! The doctor, with servers that keep their word and one that does not.

use super::DIRECTORY;
use crate::harness::Project;
use crate::servers::Server;

#[test]
fn a_healthy_project_has_nothing_to_be_done() {
    let project = Project::new(&[
        ("tympan.toml", DIRECTORY),
        ("environments/dev.toml", "targets = [\"web\"]\n"),
        ("content/index.md", "# Home\n"),
    ]);
    project.commit("Begin");
    let report = project
        .run(&["doctor", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(
        (&report["format"], &report["healthy"]),
        (&1.into(), &true.into())
    );
    let about = |name: &str| {
        let found = report["findings"].as_array().unwrap().iter();
        let mut found = found.filter(|one| one["about"] == name);
        found.next().unwrap()["level"].clone()
    };
    assert_eq!((about("git"), about("web")), ("ok".into(), "ok".into()));
    // It leaves one small object, and can be run again.
    assert!(project.has("public/.tympan/probe/conditional"));
    project.run(&["doctor", "web"]).expect(0);
    let unknown = project.run(&["doctor", "wed"]).expect(2);
    assert!(
        unknown.stderr.contains("[targets.wed]"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn a_target_that_is_not_there_is_named() {
    let config = "[targets.web]\ntype = \"directory\"\npath = \"content/index.md/public\"\n";
    let project = Project::new(&[
        ("tympan.toml", config),
        ("environments/dev.toml", "targets = [\"wed\"]\n"),
        ("content/index.md", "# Home\n"),
    ]);
    let found = project.run(&["doctor"]).expect(1).stdout;
    for word in [
        "problem  git",
        "problem  web",
        "target `web`",
        "problem  dev",
        "`wed`",
    ] {
        assert!(found.contains(word), "`{word}` is not in:\n{found}");
    }
}

#[test]
fn a_server_that_ignores_conditions_is_caught() {
    let Some(server) = Server::s3rver() else {
        return;
    };
    let config = format!(
        "[targets.careless]\ntype = \"s3\"\nbucket = \"guide\"\nregion = \"us-east-1\"\nendpoint = \"{}\"\n",
        server.url()
    );
    let project = Project::new(&[("tympan.toml", &config), ("content/index.md", "# Home\n")]);
    project.commit("Begin");
    let keys = [
        ("AWS_ACCESS_KEY_ID", "S3RVER"),
        ("AWS_SECRET_ACCESS_KEY", "S3RVER"),
    ];
    let found = project.run_with(&["doctor"], &keys).expect(1).stdout;
    assert!(
        found.contains("problem  careless") && found.contains("overwrite each other"),
        "{found}\n{}",
        server.log()
    );
}

/// What the doctor says of a folder of nginx.
fn about_nginx(server: &Server) -> String {
    let config = format!(
        "[targets.share]\ntype = \"webdav\"\nurl = \"{}/docs/\"\n",
        server.url()
    );
    let project = Project::new(&[("tympan.toml", &config), ("content/index.md", "# Home\n")]);
    project.commit("Begin");
    project.run(&["doctor", "share"]).expect(0).stdout
}

#[test]
fn a_server_without_locks_is_told_what_is_lost() {
    let (Some(bare), Some(locking)) = (Server::nginx_dav(false), Server::nginx_dav(true)) else {
        return;
    };
    let lost = "note     share: two publishes at once may overwrite each other";
    let late = "note     share: a publish that hangs may put an older file over a newer one";
    let told = about_nginx(&bare);
    assert!(told.contains("ok       share"), "{told}");
    assert!(told.contains(lost) && told.contains(late), "{told}");
    let told = about_nginx(&locking);
    assert!(told.contains("ok       share"), "{told}");
    assert!(!told.contains(lost) && told.contains(late), "{told}");
}
