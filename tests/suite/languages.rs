//! A work in several languages, as its readers meet it.

use crate::harness::Project;

const CONFIG: &str = "[project]\nkind = \"docs\"\ntitle = \"Guide\"\nbase_url = \"https://guide.example/\"\n\
                      [languages.de]\ntitle = \"Leitfaden\"\n[languages.ar]\nfallback = false\n";

fn guide() -> Project {
    Project::new(&[
        ("tympan.toml", CONFIG),
        (
            "content/index.md",
            "# Home\n\n[Setup](guide/setup.md), [Deutsch](de/index.md)\n",
        ),
        (
            "content/guide/setup.md",
            "# Setup\n\n[Home](../index.md)\n\n![A](a.png)\n",
        ),
        ("content/guide/tides.md", "# Tides\n\n[Setup](setup.md)\n"),
        ("content/guide/a.png", include_str!("languages.rs")),
        (
            "content/de/index.md",
            "# Anfang\n\n[Aufbau](guide/setup.md), [Gezeiten](guide/tides.md)\n",
        ),
        (
            "content/guide/setup.de.md",
            "---\nslug: aufbau\ntags: [Anfang]\n---\n# Aufbau\n\n[Anfang](/)\n",
        ),
        (
            "content/ar/index.md",
            "# البداية\n\n[المد](guide/tides.md)\n",
        ),
    ])
}

fn built() -> Project {
    let project = guide();
    project.run(&["build", "--no-check"]);
    project
}

#[track_caller]
fn has(text: &str, part: &str) {
    assert!(text.contains(part), "`{part}` is not in\n{text}");
}

#[test]
fn each_language_has_its_own_home_routes_and_lists() {
    let project = built();
    for file in [
        "index",
        "de/index",
        "ar/index",
        "guide/setup/index",
        "de/guide/aufbau/index",
        "de/404",
        "de/tags/anfang/index",
    ] {
        assert!(project.has(&format!("dist/{file}.html")), "{file}");
    }
    assert!(!project.has("dist/tags") && !project.has("dist/ar/guide"));
    has(
        &project.read("dist/robots.txt"),
        "https://guide.example/de/sitemap.xml",
    );
    has(
        &project.read("dist/sitemap.xml"),
        "hreflang=\"de\" href=\"https://guide.example/de/guide/aufbau/\"",
    );
}

#[test]
fn the_own_language_may_stand_in_a_folder_like_the_others() {
    let project = guide();
    let config = CONFIG.replace(
        "[languages.de]",
        "[languages.en]\npath = \"en\"\n[languages.de]",
    );
    project.write(
        "tympan.toml",
        config + "[html]\nserver_rules = [\"netlify\"]\n",
    );
    project.write(
        "content/guide/tides.md",
        "---\naliases: [/tides/]\n---\n# Tides\n\n[Setup](setup.md), [root](/guide/setup/)\n",
    );
    project.run(&["build", "--no-check"]);
    for file in [
        "en/index",
        "en/guide/setup/index",
        "de/guide/aufbau/index",
        "en/404",
        "en/tides/index",
    ] {
        assert!(project.has(&format!("dist/{file}.html")), "{file}");
    }
    assert!(!project.has("dist/guide/setup") && !project.has("dist/en/robots.txt"));
    assert_eq!(project.has("dist/favicon.ico"), cfg!(feature = "brand"));
    assert!(!project.has("dist/en/favicon.ico"));
    let door = project.read("dist/index.html");
    has(&door, "content=\"0; url=en/index.html\"");
    has(
        &door,
        "<link rel=\"canonical\" href=\"https://guide.example/en/\">",
    );
    has(&door, "href=\"en/../_tympan/style-");
    has(&project.read("dist/404.html"), "href=\"/en/index.html\"");
    has(
        &project.read("dist/robots.txt"),
        "https://guide.example/en/sitemap.xml",
    );
    has(
        &project.read("dist/_redirects"),
        "/en/tides/ /en/guide/tides/ 301",
    );
    let tides = project.read("dist/en/guide/tides/index.html");
    has(&tides, "href=\"../setup/index.html\">Setup");
    has(&tides, "href=\"../setup/index.html\">root");
    let setup = project.read("dist/en/guide/setup/index.html");
    has(
        &setup,
        "rel=\"canonical\" href=\"https://guide.example/en/guide/setup/\"",
    );
    has(
        &setup,
        "hreflang=\"x-default\" href=\"https://guide.example/en/guide/setup/\"",
    );
    has(
        &setup,
        "href=\"../../../de/guide/aufbau/index.html\" lang=\"de\"",
    );
    has(&setup, "src=\"../../../guide/a.png\"");
    assert!(project.has("dist/guide/a.png"));
}

#[test]
fn links_stay_in_the_language_where_it_has_the_page() {
    let project = built();
    // Where nothing stands in for a page without a translation, links lead to the original.
    has(
        &project.read("dist/ar/index.html"),
        "<a href=\"../guide/tides/index.html\">المد</a>",
    );
    let home = project.read("dist/de/index.html");
    has(&home, "href=\"guide/aufbau/index.html\">Aufbau");
    has(&home, "href=\"guide/tides/index.html\">Gezeiten");
    has(
        &project.read("dist/de/guide/aufbau/index.html"),
        "href=\"../../index.html\">Anfang",
    );
    has(
        &project.read("dist/de/guide/tides/index.html"),
        "href=\"../aufbau/index.html\">Setup",
    );
    has(
        &project.read("dist/index.html"),
        "href=\"de/index.html\">Deutsch",
    );
}

#[test]
fn a_page_tells_of_its_translations() {
    let project = built();
    let setup = project.read("dist/guide/setup/index.html");
    has(
        &setup,
        "<link rel=\"alternate\" hreflang=\"de\" href=\"https://guide.example/de/guide/aufbau/\">",
    );
    has(
        &setup,
        "hreflang=\"x-default\" href=\"https://guide.example/guide/setup/\"",
    );
    has(
        &setup,
        "href=\"../../de/guide/aufbau/index.html\" lang=\"de\"",
    );
    has(
        &setup,
        "href=\"../../ar/index.html\" lang=\"ar\" hreflang=\"ar\" dir=\"rtl\"",
    );
    let german = project.read("dist/de/guide/aufbau/index.html");
    has(&german, "<html lang=\"de\" dir=\"ltr\">");
    has(
        &german,
        "href=\"../../../guide/setup/index.html\" lang=\"en\"",
    );
    has(&german, "Zum Inhalt springen");
    has(&german, "href=\"../../../_tympan/style-");
    has(
        &project.read("dist/ar/index.html"),
        "<html lang=\"ar\" dir=\"rtl\">",
    );
}

#[test]
fn a_page_that_is_not_translated_is_shown_and_marked() {
    let project = built();
    let page = project.read("dist/de/guide/tides/index.html");
    has(&page, "<html lang=\"de\"");
    has(
        &page,
        "<p class=\"fallback\" role=\"note\">Diese Seite ist noch nicht",
    );
    has(&page, "<div lang=\"en\" dir=\"ltr\">");
    has(
        &page,
        "<link rel=\"canonical\" href=\"https://guide.example/guide/tides/\">",
    );
    assert!(!page.contains("rel=\"alternate\" hreflang"));
    assert!(!project.read("dist/de/sitemap.xml").contains("tides"));
}

/// A guide whose German setup was overtaken, whose tides were never translated, and of which the
/// Arabic front page is newer than the first one.
fn aged() -> Project {
    let project = guide();
    project.commit_on("2026-01-01", "Begin");
    project.write("content/guide/setup.md", "# Setup\n\nMore.\n");
    project.commit_on("2026-02-01", "Say more");
    project.write("content/ar/index.md", "# البداية\n\nالمزيد.\n");
    project.commit_on("2026-03-01", "Say more in Arabic");
    project
}

#[test]
fn git_tells_which_translations_are_old() {
    let project = aged();
    let run = project.run(&["check", "--format", "json"]);
    let report = run.json();
    let found: Vec<String> = (report["diagnostics"].as_array().unwrap().iter())
        .filter(|found| found["code"].as_str().unwrap().starts_with("translation-"))
        .map(|found| {
            format!(
                "{} {}",
                found["path"].as_str().unwrap(),
                found["message"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "content/guide/setup.de.md the translation is of 2026-01-01, and \
             `content/guide/setup.md` changed on 2026-02-01",
            "content/guide/tides.md the page is not translated into `de`",
        ]
    );
    // The next commit to the translation settles it, whatever it says.
    project.write("content/guide/setup.de.md", "# Aufbau\n\nMehr.\n");
    project.commit_on("2026-04-01", "Follow");
    let table = project.run(&["check", "--translations"]).expect(0).stdout;
    assert!(!table.contains("outdated 2"), "{table}");
}

#[test]
fn translations_are_told_in_a_table() {
    let project = aged();
    let table = project.run(&["check", "--translations"]).expect(0).stdout;
    assert_eq!(
        table,
        "\
page                    en          ar                  de
content/guide/setup.md  2026-02-01  missing             outdated 2026-01-01
content/guide/tides.md  2026-01-01  missing             missing
content/index.md        2026-01-01  current 2026-03-01  current 2026-01-01

ar: 1 of 3 pages current, 0 outdated, 2 missing
de: 1 of 3 pages current, 1 outdated, 1 missing
"
    );
    let report = project
        .run(&[
            "check",
            "--translations",
            "--format",
            "json",
            "content/guide",
        ])
        .expect(0)
        .json();
    assert_eq!(report["languages"][1]["outdated"], 1);
    let setup = &report["pages"][0];
    assert_eq!(setup["path"], "content/guide/setup.md");
    assert_eq!(setup["translations"][1]["state"], "outdated");
    assert_eq!(
        setup["translations"][1]["path"],
        "content/guide/setup.de.md"
    );
    assert_eq!(report["pages"].as_array().unwrap().len(), 2);

    let config = project.read("tympan.toml");
    project.write(
        "tympan.toml",
        format!("{config}[[check.rules]]\nrule = \"translation-outdated\"\nlevel = \"error\"\n"),
    );
    project.run(&["check", "--translations"]).expect(1);
}

#[test]
fn one_language_has_no_table() {
    let project = Project::new(&[("content/index.md", "# A\n")]);
    let run = project.run(&["check", "--translations"]).expect(2);
    has(&run.stderr, "in one language");
}

#[test]
fn each_language_has_its_own_feeds() {
    let project = Project::new(&[
        (
            "tympan.toml",
            "[project]\nkind = \"site\"\ntitle = \"Shore\"\nbase_url = \"https://shore.example/\"\n\
             [languages.de]\ntitle = \"Küste\"\n",
        ),
        ("content/index.md", "# Home\n"),
        (
            "content/posts/ebb.md",
            "---\ndate: 2026-01-01\ntags: [sea]\n---\n# Ebb\n",
        ),
        (
            "content/posts/flood.md",
            "---\ndate: 2026-01-02\n---\n# Flood\n",
        ),
        ("content/de/index.md", "# Anfang\n"),
        (
            "content/posts/ebb.de.md",
            "---\ndate: 2026-01-01\ntags: [Meer]\n---\n# Ebbe\n\n[Anfang](../index.md) ![](a.svg)\n",
        ),
        (
            "content/posts/a.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>",
        ),
    ]);
    project.run(&["build", "--no-check"]).expect(0);
    let feed = project.read("dist/de/feed.xml");
    for part in [
        "<title>Küste</title>",
        "xml:lang=\"de\"",
        "href=\"https://shore.example/de/\"",
        "href=\"https://shore.example/de/posts/ebb/\"",
    ] {
        has(&feed, part);
    }
    // A journal leaves out what is not translated.
    assert!(!feed.contains("Flood"), "{feed}");
    assert!(project.has("dist/de/posts/feed.xml") && project.has("dist/de/tags/meer/feed.xml"));
    assert!(project.has("dist/tags/sea/feed.xml") && !project.has("dist/tags/meer"));
    has(
        &project.read("dist/de/sitemap.xml"),
        "<image:loc>https://shore.example/_tympan/images/a-",
    );
}

#[test]
fn each_language_has_its_own_order_and_documents() {
    let project = Project::new(&[
        (
            "tympan.toml",
            "[project]\ntitle = \"Tides\"\n[languages.de]\ntitle = \"Gezeiten\"\n[languages.fr]\n\
             [[documents]]\nname = \"tides\"\n\
             [[documents]]\nname = \"part\"\nsource = \"deep/\"\nformats = [\"epub\"]\n",
        ),
        (
            "src/SUMMARY.md",
            "# Summary\n\n- [Ebb](ebb.md)\n- [Flood](deep/flood.md)\n",
        ),
        ("src/ebb.md", "# Ebb\n\nThe water goes.\n"),
        ("src/deep/flood.md", "# Flood\n\nThe water comes.\n"),
        (
            "src/SUMMARY.de.md",
            "# Inhalt\n\n- [Die Flut](deep/flood.md)\n- [Die Ebbe](ebb.md)\n",
        ),
        ("src/ebb.de.md", "# Ebbe\n\nDas Wasser geht.\n"),
        (
            "src/deep/flood.de.md",
            "---\npath: /tief/flut/\n---\n# Flut\n\nDas Wasser kommt.\n",
        ),
        ("src/ebb.fr.md", "# Jusant\n\nL’eau s’en va.\n"),
    ]);
    let report = project
        .run(&["build", "--no-check", "--format", "json"])
        .expect(0)
        .json();
    let outputs = report["outputs"].as_array().unwrap();
    let paths: Vec<&str> = outputs
        .iter()
        .filter_map(|output| output["path"].as_str())
        .collect();
    for folder in ["", "de/", "fr/"] {
        let pdf = format!("{folder}tides.pdf");
        assert!(
            !cfg!(feature = "pdf") || paths.contains(&pdf.as_str()),
            "{paths:?}"
        );
    }
    let order = |text: &str, parts: [&str; 2]| {
        let at = |part| {
            text.find(part)
                .unwrap_or_else(|| panic!("no {part} in {text}"))
        };
        assert!(at(parts[0]) < at(parts[1]), "{text}");
    };
    let page = project.read("dist/de/ebb/index.html");
    order(&page, ["</span> Die Flut<", "</span> Die Ebbe<"]);
    let german = project.read_epub("dist/de/tides.epub");
    order(&german, ["Das Wasser kommt.", "Das Wasser geht."]);
    for part in [
        "<dc:language>de</dc:language>",
        ">Gezeiten</dc:title>",
        "Inhalt",
    ] {
        has(&german, part);
    }
    assert!(!german.contains("The water"), "{german}");
    let english = project.read_epub("dist/tides.epub");
    order(&english, ["The water goes.", "The water comes."]);
    // Without an order of its own, a language follows the first one.
    let french = project.read_epub("dist/fr/tides.epub");
    order(&french, ["L’eau s’en va.", "The water comes."]);
    // A part of the work is the same part in each language, wherever its pages are published.
    let part = project.read_epub("dist/de/part.epub");
    has(&part, "Das Wasser kommt.");
    assert!(!part.contains("Das Wasser geht."), "{part}");
}
