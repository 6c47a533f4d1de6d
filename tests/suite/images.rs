//! Pictures that nobody should hand in: each is told of where it is shown, and the page is built.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::harness::{Project, Run};

/// Those that are strange but can be shown: what they hold is a picture.
const SHOWN: &[&str] = &[];

#[test]
fn every_bad_picture_is_told_of() {
    let project = Project::new(&[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/images/bad");
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        project.write(&name, fs::read(entry.path()).unwrap());
        names.insert(name);
    }
    let mut page = "# Pictures\n".to_owned();
    for name in &names {
        write!(page, "\n![A picture]({name})\n").unwrap();
    }
    project.write("index.md", &page);
    let run = project.run(&["build", "--format", "json"]);
    eprintln!("{}", run.stdout);
    eprintln!("{}", run.stderr);
    panic!("look");
}
