//! What a project changes of its theme, from its files to what a reader gets.

use tympan::digest::Digest;
use tympan::repo::{Reach, bundle, fetch};
use tympan::site::is_part_of_theme;
use tympan::store::Store;

use crate::harness::Project;

const PAGE: &str = "# A page\n\nSome text that is long enough for nobody to mind.\n";

fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::new(&[
        ("content/index.md", "# Home\n\nA home.\n"),
        ("content/a.md", PAGE),
    ]);
    for (path, text) in files {
        project.write(path, text);
    }
    project
}

fn style(project: &Project) -> String {
    let files = std::fs::read_dir(project.path().join("dist/_tympan")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let name = names.into_iter().find(|name| name.starts_with("style-"));
    project.read(&format!("dist/_tympan/{}", name.unwrap()))
}

#[test]
fn single_files_change_the_theme() {
    let project = project(&[
        (
            "theme/templates/page.html",
            "{% extends \"theme/page.html\" %}{% block title %}mine: {{ page.title }}{% endblock title %}",
        ),
        ("theme/css/own.css", ".own { color: red }\n"),
        (
            "theme/strings/en.toml",
            "skip_to_content = \"To the text\"\n",
        ),
        ("theme/static/robots/a.txt", "as it is"),
        (
            "tympan.toml",
            "[project]\nkind = \"docs\"\n[theme]\naccent = \"#1a5fb4\"\n",
        ),
    ]);
    project.run(&["build", "--no-check"]).expect(0);
    let page = project.read("dist/a/index.html");
    assert!(page.contains("<title>mine: A page</title>"), "{page}");
    assert!(page.contains("To the text"), "{page}");
    assert!(style(&project).contains(".own{color:red}"));
    assert!(style(&project).contains("--accent:light-dark(#1a5fb4,"));
    assert_eq!(project.read("dist/robots/a.txt"), "as it is");
}

#[test]
fn a_broken_template_is_named_and_the_theme_stands_in() {
    let project = project(&[
        ("theme/templates/page.html", "<p>\n{{ page.titel }}\n"),
        (
            "theme/templates/footer.html",
            "{% for i in range(end=9000) %}{% for j in range(end=9000) %}{% endfor %}{% endfor %}",
        ),
        ("theme/templates/404.html", "{{ page.title | uper }}"),
        ("tympan.toml", "[project]\nkind = \"docs\"\n"),
    ]);
    let run = project.run(&["build", "--no-check"]).expect(1);
    for word in [
        "theme/templates/page.html:2:9",
        "did you mean `title`?",
        "theme/templates/footer.html:1:61",
        "theme/templates/404.html:1:17",
        "did you mean `upper`?",
    ] {
        assert!(
            run.stdout.contains(word),
            "`{word}` is not in:\n{}",
            run.stdout
        );
    }
    assert_eq!(
        run.stdout.matches("page.html:2:9").count(),
        1,
        "{}",
        run.stdout
    );
    assert!(
        project
            .read("dist/a/index.html")
            .contains("Some text that is long")
    );
}

#[test]
fn copies_are_made_on_request_and_costs_are_shown() {
    let config = "[project]\nkind = \"docs\"\n[html]\nprecompress = [\"gz\", \"br\"]\n";
    let project = project(&[
        ("tympan.toml", config),
        ("shortcodes/hello.html", "hello"),
        ("content/called.md", "# Called\n\n{{< hello >}}\n"),
    ]);
    let run = project
        .run(&["build", "--no-check", "--profile", "--format", "json"])
        .expect(0);
    assert!(project.has("dist/a/index.html.br"));
    assert!(project.has("dist/a/index.html.gz"));
    let costs = run.json()["profile"].clone();
    let templates: Vec<&str> = costs
        .as_array()
        .unwrap()
        .iter()
        .map(|cost| cost["template"].as_str().unwrap())
        .collect();
    for template in ["page.html", "bar.html", "shortcodes/hello.html"] {
        assert!(templates.contains(&template), "{templates:?}");
    }
    let again = project
        .run(&["build", "--no-check", "--format", "json"])
        .expect(0);
    assert_eq!(again.json()["release"], run.json()["release"]);
}

#[test]
fn a_site_has_icons_a_manifest_and_cards() {
    let config = "[project]\nkind = \"docs\"\ntitle = \"Guide\"\nbase_url = \"https://guide.example/\"\n\
                  [html]\nsocial_cards = true\n";
    let project = project(&[
        ("tympan.toml", config),
        (
            "content/sea.md",
            "# 海\n\nA page in a script that no font has.\n",
        ),
        (
            "content/own.md",
            "---\nimage: own.svg\ntags: [tide]\n---\n# Own\n\nA page with a picture.\n",
        ),
        (
            "content/own.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 4'><path d='M0 0h4v4H0z'/></svg>",
        ),
    ]);
    let run = project.run(&["build", "--no-check"]).expect(0);
    assert!(run.stderr.contains("1 warning"), "{}", run.stderr);
    let run = project.run(&["check", "--format", "json"]).expect(1);
    assert!(run.stdout.contains("social-card-glyph"), "{}", run.stdout);
    let page = project.read("dist/a/index.html");
    let after = |page: &str, before: &str| {
        let rest = page.split(before).nth(1).map(|rest| rest.split('"').next());
        rest.flatten().unwrap_or_default().to_owned()
    };
    let card = after(&page, "og:image\" content=\"https://guide.example/");
    assert!(card.starts_with("_tympan/card-"), "{page}");
    assert!(project.has(&format!("dist/{card}")));
    let manifest = after(&page, "rel=\"manifest\" href=\"");
    assert_eq!(manifest, "../manifest.webmanifest");
    let manifest: serde_json::Value =
        serde_json::from_str(&project.read("dist/manifest.webmanifest")).unwrap();
    assert_eq!(manifest["name"], "Guide");
    let icons = manifest["icons"].as_array().unwrap();
    assert_eq!(icons.len(), 4);
    for icon in icons {
        let src = icon["src"].as_str().unwrap();
        assert!(project.has(&format!("dist/{src}")), "{src}");
    }
    assert!(project.has("dist/favicon.ico"));
    // A list has no card of its own and shows that of the site.
    let home = after(&project.read("dist/index.html"), "og:image\" content=\"");
    for list in ["contents", "tags", "tags/tide"] {
        let list = project.read(&format!("dist/{list}/index.html"));
        assert_eq!(after(&list, "og:image\" content=\""), home);
        assert!(list.contains("summary_large_image"), "{list}");
    }
    assert!(!project.read("dist/sea/index.html").contains("og:image"));
    let own = project.read("dist/own/index.html");
    assert!(!own.contains("/card-") && own.contains("og:image"), "{own}");

    let wrong = format!("{config}[theme]\nicon = \"content/a.md\"\n");
    project.write("tympan.toml", wrong);
    project.write("content/favicon.svg", project.read("content/own.svg"));
    project.write("content/favicon.ico", "mine");
    let run = project.run(&["build", "--no-check"]).expect(1);
    assert!(run.stdout.contains("theme-file"), "{}", run.stdout);
    assert_eq!(project.read("dist/favicon.ico"), "mine");
    let page = project.read("dist/index.html");
    let icon = after(&page, "rel=\"icon\" href=\"_tympan/");
    assert!(
        project
            .read(&format!("dist/_tympan/{icon}"))
            .contains("M0 0h4v4H0z")
    );
}

#[test]
fn scss_becomes_a_part_of_the_style() {
    let project = project(&[
        (
            "tympan.toml",
            "[project]\nkind = \"docs\"\n[html]\ntheme = \"ours\"\n",
        ),
        ("ours/css/_tones.scss", "$ink: #123456;\n"),
        ("ours/css/own.scss", ".replaced { color: red }\n"),
        (
            "theme/css/own.scss",
            "@use \"tones\";\n.x { .y { color: tones.$ink } }\n",
        ),
        ("theme/css/more.sass", ".z\n  color: blue\n"),
    ]);
    project.run(&["build", "--no-check"]).expect(0);
    let first = style(&project);
    assert!(first.contains(".x .y{color:#123456}"), "{first}");
    assert!(first.contains(".z{color:blue}") && !first.contains(".replaced"));
    project.write("ours/css/_tones.scss", "$ink: #654321;\n");
    project.run(&["build", "--no-check"]).expect(0);
    assert!(style(&project).contains("#654321"));
}

#[test]
fn scss_is_reported_with_its_line_and_the_rest_is_built() {
    let project = project(&[
        ("theme/css/a.scss", "a { b: c }\n"),
        ("theme/css/bad.scss", "a {\n  b: $c;\n}\n"),
        ("theme/css/out.scss", "@import \"../../../etc/passwd\";\n"),
    ]);
    let found = project.run(&["build", "--no-check"]).expect(1).stdout;
    assert!(
        found.contains("error[style-syntax]: undefined variable"),
        "{found}"
    );
    assert!(found.contains("theme/css/bad.scss:2:6"), "{found}");
    assert!(found.contains("theme/css/out.scss:1:9"), "{found}");
    assert!(style(&project).contains("a{b:c}"));
}

/// Each would take all memory, all stack or all time there is.
#[test]
#[cfg(all(unix, not(target_os = "macos")))]
fn scss_without_an_end_comes_to_one() {
    for text in [
        "a { @while true { b: c } }".to_owned(),
        "a { b: ".to_owned() + &"(".repeat(200_000) + "}",
    ] {
        let project = project(&[
            ("theme/css/a.scss", &text),
            ("theme/css/b.scss", "m { n: o }"),
        ]);
        let found = project.run(&["build", "--no-check"]).expect(1).stdout;
        assert!(found.contains("error[style-limit]"), "{found}");
        assert!(style(&project).contains("m{n:o}"), "{found}");
    }
}

#[test]
fn a_pinned_theme_is_built_from_what_was_fetched() {
    let theirs = Project::new(&[
        (
            "css/own.scss",
            "@use \"tones\";\n.theirs { color: tones.$ink }\n",
        ),
        ("css/_tones.scss", "$ink: #123456;\n"),
        ("static/mark.txt", "as it is"),
        (
            "templates/page.html",
            "{% extends \"built-in/page.html\" %}{% block title %}theirs{% endblock title %}",
        ),
        ("README.md", "No part of a theme.\n"),
    ]);
    theirs.commit("Begin");
    let url = format!("file://{}", theirs.path().display());
    let found = fetch(&url, None, Reach::Local, is_part_of_theme).unwrap();
    assert_eq!(found.files.len(), 4);
    let bytes = bundle(&found.files);
    let digest = Digest::of(&bytes);
    let pin = |digest: &str| {
        let rev = &found.commit;
        format!(
            "[project]\nkind = \"docs\"\n[theme]\ngit = \"https://t.example/x.git\"\nrev = \"{rev}\"\ndigest = \"sha256:{digest}\"\n"
        )
    };
    let project = project(&[("tympan.toml", &pin(&digest.hex()))]);
    let missing = project.run(&["build", "--no-check"]).expect(1).stdout;
    assert!(missing.contains("error[theme-missing]"), "{missing}");
    assert!(missing.contains("run `tympan theme`"), "{missing}");
    let store = Store::open(&project.path().join(".tympan"));
    store.put_named(&digest, &bytes).unwrap();
    project.run(&["build", "--no-check"]).expect(0);
    assert!(style(&project).contains(".theirs{color:#123456}"));
    assert!(
        project
            .read("dist/a/index.html")
            .contains("<title>theirs</title>")
    );
    assert_eq!(project.read("dist/mark.txt"), "as it is");
    project.run(&["theme"]).expect(0);
    // Bytes that are not what they are named after are not believed.
    let other = Digest::of(b"other");
    store.put_named(&other, &bytes).unwrap();
    project.write("tympan.toml", pin(&other.hex()));
    let wrong = project.run(&["build", "--no-check"]).expect(1).stdout;
    assert!(wrong.contains("error[theme-missing]"), "{wrong}");
    project.write(
        "tympan.toml",
        "[theme]\ngit = \"https://t.example/x.git\"\n",
    );
    let unpinned = project.run(&["build", "--no-check"]).expect(1).stdout;
    assert!(
        unpinned.contains("run `tympan theme https://t.example/x.git`"),
        "{unpinned}"
    );
}

#[test]
#[cfg(unix)]
fn links_among_the_files_of_a_theme_lead_nowhere_else() {
    let outside = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("page.html", "SECRET"),
        ("a.css", ".secret { color: red }"),
        ("b.scss", ".secret { color: red }"),
        ("crew.toml", "word = \"SECRET\"\n"),
        ("box.html", "SECRET"),
        ("mark.txt", "SECRET"),
        ("en.toml", "next = \"SECRET\"\n"),
    ] {
        std::fs::write(outside.path().join(name), text).unwrap();
    }
    let project = project(&[
        ("content/b.md", "# B\n\n{{< box >}}\n\nMore.\n"),
        (
            "theme/templates/footer.html",
            "{{ site.data | json_encode }}",
        ),
        ("theme/css/c.scss", "@import \"b\", \"../../../x\";\n"),
    ]);
    for (link, name) in [
        ("theme/templates/page.html", "page.html"),
        ("theme/css/a.css", "a.css"),
        ("theme/css/b.scss", "b.scss"),
        ("data/crew.toml", "crew.toml"),
        ("shortcodes/box.html", "box.html"),
        ("theme/static/mark.txt", "mark.txt"),
        ("theme/strings/en.toml", "en.toml"),
    ] {
        let link = project.path().join(link);
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(outside.path().join(name), link).unwrap();
    }
    project.run(&["build", "--no-check"]).expect(1);
    let found = project.run(&["check"]).expect(1).stdout;
    assert_eq!(found.matches("[link-outside]").count(), 7, "{found}");
    assert!(!style(&project).contains("secret"));
    assert!(!project.has("dist/mark.txt"));
    for page in ["dist/index.html", "dist/a/index.html", "dist/b/index.html"] {
        assert!(!project.read(page).contains("SECRET"), "{page}");
    }
}
