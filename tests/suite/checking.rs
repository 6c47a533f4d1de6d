//! Living with findings: what is ignored, remembered, mended and told of changes, as a person does it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::harness::Project;

/// Literals of the sources that look like codes and are none.
const NO_CODES: &[&str] = &[
    "data-n",
    "data-number",
    "document-image",
    "epub-fonts",
    "file-as",
    "front-matter",
    "ignore-file",
    "ignore-line",
    "image-facts",
    "link-external",
    "page-down",
    "page-up",
    "style-rule",
];

/// The codes that the reference has, without families.
fn known() -> BTreeSet<String> {
    let run = Project::new(&[]).run(&["check", "--explain", "--format", "json"]);
    let rules = run.expect(0).json();
    let rules = rules["rules"].as_array().unwrap().clone();
    let codes = rules
        .iter()
        .map(|rule| rule["code"].as_str().unwrap().to_owned());
    codes.collect()
}

#[test]
fn every_code_of_the_sources_is_in_the_reference() {
    let known = known();
    let families: BTreeSet<&str> = known
        .iter()
        .filter_map(|code| code.split('-').next())
        .collect();
    let mut missing = BTreeSet::new();
    let sources = walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for entry in sources {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let shipped = text.split("\n#[cfg(test)]\n").next().unwrap();
        let lines = shipped
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for literal in lines.flat_map(|line| line.split('"').skip(1).step_by(2)) {
            let is_code = literal.contains('-')
                && literal.split('-').all(|part| {
                    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase())
                });
            let family = literal.split('-').next().unwrap();
            let is_known = known.contains(literal)
                || known.iter().any(|code| {
                    code.strip_suffix('*')
                        .is_some_and(|start| literal.starts_with(start))
                });
            if is_code && families.contains(family) && !is_known && !NO_CODES.contains(&literal) {
                missing.insert(format!("{literal} in {}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn remarks_reach_no_output() {
    let page = "---\nignore: [heading-skip]\n---\n# A\n\n### B\n\n\
                <!-- tympan: ignore link-missing -- hushhush -->\n[x](y.md)\n\n\
                - a\n<!-- tympan: ignore link-missing -- hushhush -->\n- [x](y.md)\n\n\
                {/* tympan: ignore-file link-fragment until 2020-01-01 -- hushhush */}\n";
    let config = "[project]\nkind = \"book\"\n[html]\nraw_html = true\nmarkdown = true\n";
    let project = Project::new(&[("tympan.toml", config), ("content/index.md", page)]);
    let run = project.run(&["check"]).expect(1);
    assert!(run.stdout.contains("ignore-expired") && !run.stdout.contains("link-missing"));
    assert!(
        run.stderr.contains("2 ignored") || run.stderr.contains("3 ignored"),
        "{}",
        run.stderr
    );
    project.run(&["build", "--only", "html,epub"]).expect(0);
    for entry in walkdir::WalkDir::new(project.path().join("dist")) {
        let path = entry.unwrap().into_path();
        if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("hushhush"), "{}", path.display());
        }
    }
    let html = project.read("dist/index.html");
    assert!(html.contains("<li>a</li>"), "{html}");
}

#[test]
fn a_baseline_keeps_old_findings_quiet() {
    let project = Project::new(&[("content/index.md", "# A\n\nSee [x](y.md).\n")]);
    project.commit("Begin");
    project.run(&["check"]).expect(1);
    project.run(&["check", "--baseline"]).expect(0);
    let before = project.read("tympan-baseline.json");
    project.run(&["check"]).expect(0);
    project.run(&["build", "--only", "html"]).expect(0);
    project.write(
        "content/index.md",
        "# A\n\nMore.\n\nSee\n[x](y.md).\n\n[new](z.md)\n",
    );
    let report = project.run(&["check", "--format", "json"]).expect(1).json();
    assert_eq!(
        (&report["summary"]["errors"], &report["summary"]["known"]),
        (&1.into(), &1.into())
    );
    let sarif = project
        .run(&["check", "--report", "sarif"])
        .expect(1)
        .json();
    let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
    let states: Vec<&str> = results
        .iter()
        .filter_map(|one| one["baselineState"].as_str())
        .collect();
    assert_eq!(states, ["new", "unchanged"]);
    project.write("content/index.md", "# A\n");
    let report = project.run(&["check", "--format", "json"]).expect(0).json();
    assert_eq!(report["summary"]["mended"], 1);
    project.run(&["check", "--baseline"]).expect(0);
    assert_ne!(project.read("tympan-baseline.json"), before);
}

#[test]
fn a_hook_looks_at_what_is_committed() {
    let project = Project::new(&[("content/index.md", "# A\n\nSee [x](y.md).\n")]);
    project.commit("Begin");
    project.run(&["check", "--staged"]).expect(0);
    project.write(
        "content/index.md",
        "# A\n\nSee [x](y.md).\n\nSee [z](z.md).\n",
    );
    project.run(&["check", "--staged"]).expect(0);
    let report = project
        .run(&["check", "--since", "HEAD", "--format", "json"])
        .expect(1)
        .json();
    assert_eq!(report["diagnostics"].as_array().unwrap().len(), 1);
    project.git(&["add", "-A"]);
    project.write("content/index.md", "# A\n");
    project.run(&["check", "--staged"]).expect(1);
    project
        .run(&["check", "--staged", "--fail-on", "never"])
        .expect(0);
    project.run(&["check", "--since", "none"]).expect(2);
}

#[cfg(feature = "prose")]
#[test]
fn what_has_one_right_way_is_mended() {
    let text = "\u{feff}# A\r\n\r\nKeep the the cat. It is a apple, see [x](y.md).\r\n";
    let project = Project::new(&[("content/a ü.md", text)]);
    let run = project.run(&["check", "--fix", "--dry-run"]).expect(1);
    assert!(
        run.stdout
            .contains("+Keep the cat. It is an apple, see [x](y.md)."),
        "{}",
        run.stdout
    );
    assert_eq!(project.read("content/a ü.md"), text);
    project.run(&["check", "--fix"]).expect(1);
    let mended = "\u{feff}# A\r\n\r\nKeep the cat. It is an apple, see [x](y.md).\r\n";
    assert_eq!(project.read("content/a ü.md"), mended);
    let again = project
        .run(&["check", "--fix", "--format", "json"])
        .expect(1)
        .json();
    assert_eq!(again["summary"]["fixed"], 0);
    assert_eq!(project.read("content/a ü.md"), mended);
}

#[cfg(all(feature = "prose", unix))]
#[test]
fn a_link_is_not_mended() {
    let project = Project::new(&[("src/real.md", "# A\n\nKeep the the cat.\n")]);
    fs::create_dir_all(project.path().join("content")).unwrap();
    std::os::unix::fs::symlink("../src/real.md", project.path().join("content/a.md")).unwrap();
    let run = project.run(&["check", "--fix", "--dry-run"]).expect(1);
    assert!(!run.stdout.contains("+++") && run.stderr.contains("0 of 1"));
    let run = project.run(&["check", "--fix", "--format", "json"]);
    assert_eq!(run.expect(1).json()["summary"]["fixed"], 0);
}

#[test]
fn what_cannot_share_the_standard_output_is_refused() {
    let project = Project::new(&[("content/index.md", "# A\n\nSee [x](y.md).\n")]);
    for args in [
        &["check", "--report", "sarif", "--report", "junit"][..],
        &["check", "--fix", "--dry-run", "--format", "json"],
        &["check", "--fix", "--dry-run", "--report", "junit=a.xml"],
    ] {
        let run = project.run(args).expect(2);
        assert!(!run.stdout.contains("y.md"), "{}", run.stdout);
        assert!(!project.path().join("a.xml").exists());
    }
}

#[test]
fn a_page_that_moves_may_break_its_links() {
    let project = Project::new(&[
        ("content/one/a.md", "# A\n\nSee [b](./b.md).\n"),
        ("content/one/b.md", "# B\n"),
    ]);
    project.commit("Begin");
    fs::create_dir_all(project.path().join("content/two")).unwrap();
    project.git(&["mv", "content/one/a.md", "content/two/a.md"]);
    let run = project.run(&["check", "--staged"]).expect(1);
    assert!(run.stdout.contains("link-missing"), "{}", run.stdout);
}
