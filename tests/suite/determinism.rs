//! One commit, one lock, one release digest: in two folders, with one thread or many, in another
//! time zone and locale, whatever the order in which a folder lists its files.

use std::fs;

use crate::harness::Project;

fn digest(project: &Project, environment: &[(&str, &str)]) -> String {
    let run = project
        .run_with(&["build", "--format", "json"], environment)
        .expect(0);
    let report = run.json();
    assert_eq!(report["source"]["dirty"], false);
    report["release"].as_str().unwrap().to_owned()
}

#[test]
fn one_commit_gives_one_release() {
    let first = Project::example("book");
    let one = digest(
        &first,
        &[
            ("RAYON_NUM_THREADS", "1"),
            ("TZ", "Pacific/Kiritimati"),
            ("LC_ALL", "C"),
        ],
    );

    // The same commit in another folder; its files were made in another order, and nothing is cached.
    let second = Project::new(&[]);
    second.git(&["clone", "-q", first.path().to_str().unwrap(), "."]);
    let mut files: Vec<_> = walkdir::WalkDir::new(second.path().join("src"))
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .collect();
    files.sort_by_key(|entry| std::cmp::Reverse(entry.path().to_owned()));
    for file in files {
        let bytes = fs::read(file.path()).unwrap();
        fs::remove_file(file.path()).unwrap();
        fs::write(file.path(), bytes).unwrap();
    }
    let two = digest(
        &second,
        &[
            ("RAYON_NUM_THREADS", "2"),
            ("TZ", "America/St_Johns"),
            ("LC_ALL", "C.UTF-8"),
            ("LANG", "tr_TR.UTF-8"),
        ],
    );
    assert_eq!(one, two);

    // A second build comes from the cache and must say the same.
    assert_eq!(one, digest(&second, &[]));

    // Straight from Git objects, without looking at the work tree.
    fs::remove_dir_all(second.path().join("src")).unwrap();
    let run = second
        .run(&["build", "--rev", "HEAD", "--format", "json"])
        .expect(0);
    assert_eq!(run.json()["release"].as_str().unwrap(), one);
}

#[test]
fn a_changed_byte_gives_another_release() {
    let project = Project::example("contract");
    let one = digest(&project, &[]);
    let text = project.read("content/schedule.md");
    project.write(
        "content/schedule.md",
        format!("{text}\nOne more sentence.\n"),
    );
    project.commit("Say more");
    assert_ne!(one, digest(&project, &[]));
}
