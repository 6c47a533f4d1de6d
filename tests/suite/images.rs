//! Pictures that nobody should hand in: each is told of where it is shown, the page is built, and no
//! more memory is taken than pictures may.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::harness::Project;

/// Those that are strange and can be shown all the same.
const SHOWN: &[&str] = &[
    "bomb-profile.png",
    "bomb-rows.png",
    "bomb-text.png",
    "deep.svg",
    "external.svg",
    "huge.svg",
    "icc-curves.jpg",
    "icc-cut.jpg",
    "icc-garbage.jpg",
    "icc-garbage.png",
    "icc-lab.jpg",
    "icc-lab.png",
    "icc-tags.jpg",
    "jpeg-inside.png",
    "negative.bmp",
    "palette.bmp",
    "png-inside.jpg",
    "script.svg",
];

/// A project whose page shows every bad picture, and the names of them.
fn gallery() -> (Project, BTreeSet<String>) {
    let project = Project::new(&[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/images/bad");
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        project.write(&name, fs::read(entry.path()).unwrap());
        names.insert(name);
    }
    for (name, like) in [
        ("two words.png", "cut-10.png"),
        ("\u{e9}t\u{e9} \u{65e5}\u{672c}.gif", "cut-60.gif"),
    ] {
        fs::copy(project.path().join(like), project.path().join(name)).unwrap();
        names.insert(name.to_owned());
    }
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0".repeat(100_000);
    let start = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff";
    project.write("frames.gif", [start, &frame[..], b"\x3b"].concat());
    names.insert("frames.gif".to_owned());
    let mut page = "# Pictures\n".to_owned();
    for name in &names {
        write!(page, "\n![A picture](<{name}>)\n").unwrap();
    }
    project.write("show.md", &page);
    (project, names)
}

#[test]
fn every_bad_picture_is_told_of() {
    let (project, names) = gallery();
    let build = project.run(&["build"]).expect(1);
    let said = format!("{}{}", build.stdout, build.stderr);
    assert!(!said.contains("panicked"), "{said}");
    let check = project.run(&["check", "--format", "json"]).expect(1).json();
    let told = |name: &str| {
        let named = format!("`{name}`");
        let found = check["diagnostics"].as_array().unwrap();
        let mut found = found.iter().filter(|found| found["path"] == "show.md");
        found.any(|found| found["message"].as_str().unwrap().contains(&named))
            || said.contains(&named)
    };
    let strange = names
        .iter()
        .filter(|name| SHOWN.contains(&name.as_str()) == told(name));
    assert_eq!(strange.collect::<Vec<_>>(), Vec::<&String>::new(), "{said}");
    let page = project.read("dist/show/index.html");
    assert!(page.matches("<img").count() > 50 && !page.contains("onload"));
}

/// The budget of images in flight is a quarter of the memory, and the rest of the program is small.
#[cfg(target_os = "linux")]
#[test]
fn bad_pictures_take_no_more_memory_than_pictures_may() {
    let (project, _) = gallery();
    let program = format!(
        "ulimit -v 2000000; exec {} -C '{}' build",
        env!("CARGO_BIN_EXE_tympan"),
        project.path().display()
    );
    let output = project.shell(&program);
    assert_eq!(output.code, 1, "{}", output.stderr);
}

/// What is coded as AV1 is decoded by the program itself, run once more.
#[cfg(feature = "avif-decode")]
#[test]
fn an_avif_is_made_into_what_every_browser_knows() {
    let project = Project::new(&[("index.md", "# A\n\n![A picture](photo.avif)\n")]);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/images");
    project.write("photo.avif", fs::read(fixtures.join("photo.avif")).unwrap());
    project.run(&["build"]).expect(0);
    let page = project.read("dist/index.html");
    let img = page.split("<img").nth(1).unwrap();
    assert!(
        img.contains(".jpg\"") && page.contains("image/avif"),
        "{page}"
    );
    let images = fs::read_dir(project.path().join("dist/_tympan/images")).unwrap();
    let names = images.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut kinds: Vec<String> = names
        .map(|name| name.rsplit('.').next().unwrap().to_owned())
        .collect();
    kinds.sort();
    assert_eq!(kinds[..2], ["avif", "jpg"]);
}
