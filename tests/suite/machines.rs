//! What programs read of a site, made by the program itself.

use crate::harness::Project;

const CONFIG: &str = "[project]\nkind = \"docs\"\ntitle = \"Guide\"\ndescription = \"About it.\"\n\
                      base_url = \"https://guide.example/\"\n[html]\nmarkdown = true\n";

fn built() -> Project {
    let project = Project::new(&[
        ("tympan.toml", CONFIG),
        (
            "index.md",
            "---\ntitle: Home </script>\n---\n# Home\n\n[on](setup/start.md#way) ![x](p.png)\n",
        ),
        (
            "setup/start.md",
            "---\ndescription: The way in.\n---\n\n## Way\n\n[home](../index.md) [out](https://a.example)\n",
        ),
    ]);
    let mut picture = Vec::new();
    image::RgbImage::new(40, 30)
        .write_to(
            &mut std::io::Cursor::new(&mut picture),
            image::ImageFormat::Png,
        )
        .unwrap();
    project.write("p.png", picture);
    project.run(&["build"]).expect(0);
    project
}

#[test]
fn programs_find_every_page() {
    let project = built();
    let sitemap = project.read("dist/sitemap.xml");
    assert!(
        sitemap.contains("<loc>https://guide.example/setup/start/</loc>"),
        "{sitemap}"
    );
    assert!(
        sitemap.contains("<image:loc>https://guide.example/_tympan/images/p"),
        "{sitemap}"
    );
    assert_eq!(
        project.read("dist/llms.txt"),
        "# Guide\n\n> About it.\n\n## Pages\n\n- [Home </script>](https://guide.example/index.md)\n\n## Setup\n\n\
         - [Start](https://guide.example/setup/start/index.md): The way in.\n"
    );
    assert!(
        project
            .read("dist/robots.txt")
            .ends_with("Sitemap: https://guide.example/sitemap.xml\n")
    );
}

#[test]
fn search_engines_find_lists_that_have_no_page_of_their_own() {
    let project = Project::new(&[
        (
            "tympan.toml",
            "[project]\nkind = \"site\"\ntitle = \"Blog\"\nbase_url = \"https://blog.example/\"\n",
        ),
        (
            "content/posts/one.md",
            "---\ndate: 2026-01-02\nupdated: 2026-01-03\ntags: [sea]\n---\nOne.\n",
        ),
    ]);
    project.run(&["build", "--no-check"]).expect(0);
    let sitemap = project.read("dist/sitemap.xml");
    for list in ["", "posts/", "tags/", "tags/sea/", "archive/"] {
        let entry = format!("<loc>https://blog.example/{list}</loc><lastmod>2026-01-03</lastmod>");
        assert!(sitemap.contains(&entry), "{list}: {sitemap}");
    }
}

#[test]
fn a_page_as_markdown_leads_to_other_pages_as_markdown() {
    let project = built();
    let home = project.read("dist/index.md");
    assert!(
        home.starts_with("# Home\n\n[on](setup/start/index.md#way) ![x](_tympan/images/p"),
        "{home}"
    );
    assert_eq!(
        project.read("dist/setup/start/index.md"),
        "# Start\n\n## Way\n\n[home](../../index.md) [out](https://a.example)\n"
    );
    let html = project.read("dist/setup/start/index.html");
    assert!(
        html.contains("type=\"text/markdown\" href=\"../../setup/start/index.md\""),
        "{html}"
    );
}

#[test]
fn facts_for_search_engines_are_json_that_cannot_end_its_element() {
    let project = built();
    let html = project.read("dist/index.html");
    let (_, rest) = html
        .split_once("<script type=\"application/ld+json\">")
        .unwrap();
    let (text, _) = rest.split_once("</script>").unwrap();
    let facts: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(facts["@graph"][0]["@type"], "WebSite");
    let html = project.read("dist/setup/start/index.html");
    assert!(html.contains("\"headline\":\"Start\""), "{html}");
    assert!(html.contains("BreadcrumbList"), "{html}");
}

#[test]
fn a_robots_file_of_the_author_stays() {
    let project = Project::new(&[
        ("content/index.md", "# Home\n"),
        ("content/robots.txt", "User-agent: *\nDisallow: /\n"),
    ]);
    project.run(&["build"]).expect(0);
    assert_eq!(
        project.read("dist/robots.txt"),
        "User-agent: *\nDisallow: /\n"
    );
}
