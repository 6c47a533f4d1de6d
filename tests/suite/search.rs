//! Search as a reader has it: the pages of eight languages built, and asked by the theme's own
//! scripts in Node.js, so that the two halves of the search are held to each other.

use std::path::Path;
use std::process::Command;

use crate::harness::Project;

/// Whether Node.js is here. A machine that judges the project must have it.
fn has_node() -> bool {
    let found = Command::new("node").arg("--version").output().is_ok();
    assert!(
        found || std::env::var_os("CI").is_none(),
        "the search is tested with Node.js, which is not installed"
    );
    found
}

#[test]
fn the_best_page_comes_first_in_eight_languages() {
    if !has_node() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = root.join("tests/fixtures/search");
    let project = Project::new(&[("tympan.toml", "[project]\nkind = \"docs\"\ntitle = \"T\"\n")]);
    for file in std::fs::read_dir(fixtures.join("content")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        project.write(&format!("content/{name}"), std::fs::read(&path).unwrap());
    }
    project.run(&["build", "--only", "html"]);
    let output = Command::new("node")
        .arg(fixtures.join("search.mjs"))
        .arg(root.join("themes/base/js"))
        .arg(&fixtures)
        .arg(project.path().join("dist"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn search_is_where_it_is_wanted() {
    let has_search = |config: &str, page: &str| {
        let project = Project::new(&[("tympan.toml", config), ("content/a.md", page)]);
        project.run(&["build", "--only", "html"]);
        let html = project.read("dist/a/index.html");
        let files = project.has("dist/_tympan/search/en/index.js");
        assert_eq!(files, html.contains("<dialog id=\"_search\""), "{html}");
        files
    };
    let kind = |kind: &str| format!("[project]\nkind = \"{kind}\"\ntitle = \"T\"\n");
    let page = "# A\n\nText.\n";
    assert!(has_search(&kind("docs"), page));
    assert!(has_search(&kind("site"), page));
    assert!(has_search(&kind("book"), page));
    assert!(!has_search(&kind("contract"), page));
    assert!(has_search(
        &(kind("contract") + "[search]\nenabled = true\n"),
        page
    ));
    assert!(!has_search(
        &(kind("docs") + "[search]\nenabled = false\n"),
        page
    ));
    assert!(!has_search(
        &(kind("docs") + "[search]\nexclude = [\"content/*\"]\n"),
        page
    ));
    assert!(!has_search(&kind("docs"), "---\nsearch: false\n---\n# A\n"));
}

#[test]
fn hostile_text_is_searched_like_any_other() {
    let text = [
        "# \"</script><b>\\ \u{2028}\u{202e} 🦀\n\n".to_owned(),
        "x".repeat(200_000),
        "字".repeat(50_000),
        "\u{301}".repeat(50_000),
        " </script> ' \" \\ `".to_owned(),
    ];
    let project = Project::new(&[
        ("tympan.toml", "[project]\nkind = \"docs\"\ntitle = \"T\"\n"),
        ("content/a.md", &text.concat()),
    ]);
    project.run(&["build", "--only", "html"]);
    for file in ["index", "0", "t0"] {
        let script = project.read(&format!("dist/_tympan/search/en/{file}.js"));
        assert!(script.len() < 100_000, "{file} has {} bytes", script.len());
        assert!(script.starts_with(&format!("tympanSearch(\"{file}\",")));
        assert_eq!(script.lines().count(), 1, "{file}");
    }
}
