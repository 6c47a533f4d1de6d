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
        ("content/ar/index.md", "# البداية\n"),
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
fn links_stay_in_the_language_where_it_has_the_page() {
    let project = built();
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
