//! Lists, feeds, redirects and data as a reader of the finished site meets them.

use std::fs;

use crate::harness::Project;
use crate::servers::Server;

const CONFIG: &str = "[project]\nkind = \"site\"\ntitle = \"T\"\nbase_url = \"https://t.example/x/\"\n\
                      [lists]\npaginate = 2\narchive = true\n\
                      [feeds]\nformats = [\"atom\", \"rss\", \"json\"]\ncontent = \"full\"\n\
                      [html]\nserver_rules = [\"netlify\", \"nginx\", \"apache\", \"caddy\"]\n\
                      [redirects]\n\"/old/\" = \"/posts/a/\"\n\"/posts/a/#was\" = \"/posts/b/#is\"\n";

fn blog() -> Project {
    Project::new(&[
        ("tympan.toml", CONFIG),
        ("content/index.md", "# Home\n"),
        (
            "content/.authors.yml",
            "authors:\n  ada:\n    name: Ada Example\n    description: She writes.\n",
        ),
        ("content/posts/_index.md", "# Journal\n"),
        (
            "content/posts/a.md",
            "---\ndate: 2025-12-31\ntags: [sea]\nauthors: [ada]\nseries: S\n---\n# First\n\nOne [link](b.md#is).\n",
        ),
        (
            "content/posts/b.md",
            "---\ndate: 2026-01-02\ntags: [sea]\nauthors: [ada]\nseries: S\n---\n# Second\n\nTwo.\n\n## Is {#is}\n\nText.\n",
        ),
        (
            "content/posts/c.md",
            "---\ndate: 2026-01-03\ntags: [sea, sky]\naliases: [/c-was/]\n---\n# Third\n\nThree.\n",
        ),
    ])
}

#[track_caller]
fn holds(project: &Project, file: &str, words: &[&str]) {
    let text = project.read(&format!("dist/{file}"));
    for word in words {
        assert!(text.contains(word), "`{word}` is not in {file}:\n{text}");
    }
}

#[test]
fn a_blog_has_its_lists() {
    let project = blog();
    project.run(&["build"]).expect(0);
    holds(
        &project,
        "posts/index.html",
        &["Third", "Second", "href=\"../posts/page/2/index.html\""],
    );
    holds(
        &project,
        "posts/page/2/index.html",
        &[
            "First",
            "aria-current=\"page\"",
            "https://t.example/x/posts/page/2/",
        ],
    );
    holds(
        &project,
        "tags/sea/index.html",
        &["Third", "../../tags/sea/feed.xml"],
    );
    holds(&project, "tags/sea/page/2/index.html", &["First"]);
    holds(&project, "tags/index.html", &["sea", "sky"]);
    holds(&project, "archive/index.html", &["2026", "2025", "Third"]);
    holds(
        &project,
        "authors/ada-example/index.html",
        &["She writes.", "Second"],
    );
    holds(
        &project,
        "posts/a/index.html",
        &["Part 1 of 2", "Ada Example", "../../posts/c/index.html"],
    );
    assert!(!project.has("dist/posts/page/1/index.html"));
}

#[test]
fn feeds_are_whole_and_absolute() {
    let project = blog();
    project.run(&["build"]).expect(0);
    holds(
        &project,
        "feed.xml",
        &[
            "<id>https://t.example/x/posts/a/</id>",
            "https://t.example/x/posts/b/#is",
            "<name>Ada Example</name>",
        ],
    );
    holds(
        &project,
        "posts/rss.xml",
        &["<link>https://t.example/x/posts/</link>", "Journal · T"],
    );
    holds(
        &project,
        "tags/sky/feed.json",
        &["\"url\": \"https://t.example/x/posts/c/\"", "content_html"],
    );
    assert!(!project.read("dist/tags/sky/feed.json").contains("posts/a/"));
}

#[test]
fn nginx_is_told_what_moved_and_what_it_may_keep() {
    let project = blog();
    project.write(
        "content/moved.md",
        "---\naliases: [\"/a b/\"]\n---\n# Moved\n",
    );
    project.run(&["build"]).expect(0);
    let dist = project.path().join("dist");
    let Some(nginx) = Server::nginx(|port, _| {
        let dist = dist.display();
        format!(
            "map_hash_bucket_size 512; map $uri $moved {{ include {dist}/redirects.map; }}\n\
             map $uri $cached {{ include {dist}/cache.map; }}\n\
             server {{ listen 127.0.0.1:{port}; location /x/ {{ alias {dist}/;\n\
             if ($moved) {{ return 301 $moved; }} add_header Cache-Control $cached always; }} }}"
        )
    }) else {
        return;
    };
    for (old, new) in [("/x/c-was/", "/x/posts/c/"), ("/x/a%20b/", "/x/moved/")] {
        let answer = nginx.get(old);
        assert!(answer.starts_with("HTTP/1.1 301"), "{answer}");
        assert!(
            answer.contains(&format!("Location: http://localhost:{}{new}", nginx.port)),
            "{answer}"
        );
    }
    let theme = fs::read_dir(dist.join("_tympan")).unwrap();
    let mut names = theme.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let style = names.find(|name| name.ends_with(".css")).unwrap();
    let answer = nginx.get(&format!("/x/_tympan/{style}"));
    assert!(
        answer.contains("Cache-Control: public, max-age=31536000, immutable"),
        "{answer}"
    );
    assert!(
        nginx
            .get("/x/posts/a/index.html")
            .contains("Cache-Control: no-cache")
    );
}

#[test]
fn whoever_comes_to_an_old_address_is_led_on() {
    let project = blog();
    project.run(&["build"]).expect(0);
    holds(&project, "old/index.html", &["url=../posts/a/index.html"]);
    holds(
        &project,
        "posts/a/index.html",
        &["{\"was\":\"../b/index.html#is\"}"],
    );
    holds(&project, "_redirects", &["/x/old/ /x/posts/a/ 301\n"]);
    holds(
        &project,
        "redirects.map",
        &["\"/x/c-was/\" \"/x/posts/c/\";\n"],
    );
    holds(
        &project,
        ".htaccess",
        &["RedirectMatch 301 \"^/x/old/$\" \"/x/posts/a/\"\n"],
    );
    holds(
        &project,
        "rules.caddy",
        &["redir \"/x/old/\" \"/x/posts/a/\" 301\n"],
    );
    holds(&project, "_headers", &["/x/_tympan/*\n  ! Cache-Control\n"]);
}
