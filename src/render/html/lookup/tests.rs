//! What templates are answered, as tables.

use crate::assets::AssetMap;
use crate::render::context::{RenderContext, Workbench};
use crate::render::highlight::Highlights;
use crate::render::html::renderer::Html;
use crate::render::plan::Renderer;
use crate::repo::{History, Snapshot};
use crate::site::{LoadOptions, Site};
use crate::site_path::SitePath;
use crate::store::Store;

const FILES: &[(&str, &str)] = &[
    (
        "tympan.toml",
        "[project]\nkind = \"site\"\ntitle = \"T\"\nlanguage = \"de\"\nbase_url = \"https://t.example/docs/\"\n",
    ),
    ("content/index.md", "# Home\n"),
    (
        "content/blog/_index.md",
        "---\ntitle: Blog\ncolor: red\n---\n",
    ),
    (
        "content/blog/a.md",
        "---\ntitle: A <1>\ndate: 2026-03-01\ntags: [One Two]\n---\nSome words.\n",
    ),
    (
        "content/blog/b.md",
        "---\ntitle: B\ndate: 2026-02-01\n---\n## Part\n",
    ),
    (
        "content/blog/deep/c.md",
        "---\nimage: ../../photo.jpg\nhero: true\nimage_alt: A <photo>\n---\n# C\n",
    ),
    (
        "content/logo.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    ),
    ("data/crew.toml", "[[people]]\nname = \"Ada\"\n"),
    ("notes/x.json", "{\"a\": [1, 2]}"),
    ("notes/bad.json", "{\n\"a\": }"),
    ("notes/long.txt", include_str!("../../../../Cargo.lock")),
    (".hidden/x.json", "{}"),
    ("theme/static/font.woff2", "x"),
    ("theme/strings/de.toml", "hello = \"Hallo, {name}!\"\n"),
];

/// What a template makes of the page at `route`, or what it was told.
fn page(route: &str, template: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let names = ["page", "post", "section", "list"];
    let names = names.map(|name| format!("theme/templates/{name}.html"));
    let own = names.iter().map(|name| (name.as_str(), template));
    for (path, text) in FILES.iter().copied().chain(own) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let photo = image::RgbImage::new(900, 600);
    photo.save(folder.path().join("content/photo.jpg")).unwrap();
    let snapshot = Snapshot::worktree(folder.path()).unwrap();
    let history = History::read(folder.path(), None).unwrap();
    let options = LoadOptions {
        future: true,
        ..LoadOptions::default()
    };
    let site = Site::load(&snapshot, &history, &options, &[]);
    let (assets, _) = AssetMap::read(&site, &snapshot);
    let context = RenderContext {
        site: &site,
        assets: &assets,
        snapshot: &snapshot,
        store: &Store::open(&folder.path().join(".tympan")),
        highlights: &Highlights::default(),
    };
    let (html, found) = Html::new(&context, &Workbench::default());
    let found = found.into_iter().next();
    let route = SitePath::parse(route).unwrap();
    let jobs = html.plan(&context);
    let job = jobs.iter().find(|job| job.outputs[0] == route).unwrap();
    let mut made = Renderer::render(&html, &context, job).unwrap();
    match found.or_else(|| made.diagnostics.pop()) {
        None => String::from_utf8_lossy(&made.artifacts[0].bytes).into_owned(),
        Some(found) => {
            let place = found.place.unwrap();
            let help = found.help.unwrap_or_default();
            format!(
                "{}:{}:{} {} {}; {help}",
                found.path.file_name(),
                place.line,
                place.column,
                found.code,
                found.message
            )
        }
    }
}

#[track_caller]
fn case(template: &str, expected: &str) {
    let made = page("blog/deep/c/index.html", template);
    assert_eq!(made, expected, "{template}");
}

#[test]
fn pages_are_found_as_links_find_them() {
    for path in [
        "blog/a.md",
        "@/blog/a.md",
        "/blog/a.md",
        "blog/a",
        "/blog/a/",
    ] {
        case(
            &format!("{{% set a = get_page(path=\"{path}\") %}}{{{{ a.url }}}}"),
            "blog/a/index.html",
        );
    }
    case(
        "{% set a = get_page(path='blog/a.md') %}{{ a.title }} {{ a.date_text }} {{ a.minutes }} {{ a.tags[0].name }} {{ a.canonical }}",
        "A &lt;1&gt; 1. März 2026 1 One Two https://t.example/docs/blog/a/",
    );
}

#[test]
fn sections_have_their_pages_and_sections() {
    case(
        "{% set s = get_section(path='blog/_index.md') %}{{ s.title }} {{ s.url }} {{ s.extra.color }} {% for p in s.pages %}{{ p.title }},{% endfor %} {{ s.sections | map(attribute='title') | join }}",
        "Blog blog/index.html red A &lt;1&gt;,B, Deep",
    );
    case(
        "{% set a = get_section(path='blog', metadata_only=true) %}{{ a.pages | length }}",
        "0",
    );
    case("{% set a = get_section(path='') %}{{ a.title }}", "Home");
}

#[test]
fn addresses_lead_from_the_page_that_is_made() {
    let url = |path: &str| format!("{{{{ get_url(path=\"{path}\") }}}}");
    case(&url("@/blog/b.md#part"), "../../../blog/b/index.html#part");
    case(&url("logo.svg"), "../../../logo.svg");
    case(&url("font.woff2"), "../../../font.woff2");
    case(&url("blog"), "../../../blog/index.html");
    case(&url("https://a.example/x"), "https://a.example/x");
    case(
        "{{ get_url(path='@/blog/b.md#part', absolute=true) }}",
        "https://t.example/docs/blog/b/#part",
    );
    let made = page("blog/a/index.html", &url("blog/b.md"));
    assert_eq!(made, "../../blog/b/index.html");
}

#[test]
fn pictures_are_made_as_they_are_wished_for() {
    let image = |arguments: &str, expected: &str| {
        let shown = "{{ i.width }} {{ i.height }} {{ i.sources[0].type }}";
        let image = format!("{{% set i = image(path='photo.jpg'{arguments}) %}}{shown}");
        case(&image, expected);
    };
    image(", width=300", "300 200 image/webp");
    image(", height=300, crop='1:1'", "300 300 image/webp");
    image(", width=300, height=100", "150 100 image/webp");
    image(
        ", width=300, height=100, fit='cover', focus='top'",
        "300 100 image/webp",
    );
    image(
        ", width=5000, quality=50, formats=['avif', 'webp']",
        "900 600 image/avif",
    );
    case(
        "{% set i = resize_image(path='@/photo.jpg', width=90, height=90, op='fill') %}{{ i.width }} {{ i.height }} {{ i.orig_width }}",
        "90 90 900",
    );
    case(
        "{% set i = resize_image(path='photo.jpg', width=90, height=90, op='fit_width') %}{{ i.width }} {{ i.height }}",
        "90 60",
    );
    case(
        "{% set i = get_image_metadata(path='photo.jpg') %}{{ i.width }} {{ i.height }} {{ i.mime }}",
        "900 600 image/jpeg",
    );
    let html = page(
        "blog/deep/c/index.html",
        "{{ picture(path='photo.jpg', alt='a \"b\"', width=300, class='c') }}",
    );
    for part in [
        "<picture><source type=\"image/webp\" srcset=\"../../../_tympan/images/photo-300-",
        " 300w, ../../../_tympan/images/photo-600-",
        " 600w\" sizes=\"300px\"><img src=\"../../../_tympan/images/photo-600-",
        "alt=\"a &quot;b&quot;\" width=\"300\" height=\"200\" class=\"c\" loading=\"lazy\"",
    ] {
        assert!(html.contains(part), "{html}");
    }
    let told = |call: &str, expected: &str| {
        let found = page("blog/deep/c/index.html", &format!("{{{{ {call} }}}}"));
        assert!(found.contains(expected), "{found}");
    };
    told(
        "image(path='photo.jpg', quality=0)",
        "write a number from 1 to 100",
    );
    told(
        "image(path='photo.jpg', focuss='top')",
        "did you mean `focus`?",
    );
    told("image(path='none.jpg')", "there is no file `none.jpg`");
    told("image(path='photo.jpg', width=0)", "1 to 10000 pixels");
}

#[test]
fn the_picture_at_the_head_of_a_page_is_cut_to_its_room() {
    let html = page("blog/deep/c/index.html", "{{ page.hero | safe }}");
    assert!(
        html.contains(
            "alt=\"A &lt;photo&gt;\" width=\"816\" height=\"408\" fetchpriority=\"high\""
        ),
        "{html}"
    );
    let card = page(
        "blog/deep/c/index.html",
        "{{ page.card.width }} {{ page.card.height }}",
    );
    assert_eq!(card, "900 473");
}

#[test]
fn terms_have_their_pages() {
    case(
        "{% set t = get_taxonomy(kind='tags') %}{{ t.name }} {{ t.url }} {% for t in t.terms %}{{ t.name }} {{ t.count }}{% endfor %}",
        "tags tags/index.html One Two 1",
    );
    case(
        "{% set a = get_taxonomy_term(kind='tags', term='one two') %}{{ a.pages[0].url }} {{ get_taxonomy_url(kind='tags', name='One Two') }}",
        "blog/a/index.html ../../../tags/one-two/index.html",
    );
}

#[test]
fn data_is_of_the_project() {
    case(
        "{% set a = load_data(path='data/crew.toml') %}{{ a.people[0].name }}",
        "Ada",
    );
    case(
        "{% set a = load_data(path='notes/x.json') %}{{ a.a | join }}",
        "12",
    );
    case(
        "{{ load_data(path='notes/x.json', format='plain') }}",
        "{&quot;a&quot;: [1, 2]}",
    );
    case(
        "{{ load_data(path='gone.toml', required=false) is none }}",
        "true",
    );
}

#[test]
fn words_are_in_the_language_of_the_site() {
    case("{{ trans(key='hello', name='Ada') }}", "Hallo, Ada!");
    case(
        "{{ trans(key='next') }} {{ trans(key='next', lang='en') }}",
        "Weiter Next",
    );
}

#[test]
fn texts_take_other_forms() {
    case(
        "{{ '*a* [b](../b.md)' | markdown(inline=true) }}",
        "<em>a</em> <a href=\"../../b/index.html\">b</a>",
    );
    case(
        "{{ '# a\\n\\n- b' | markdown }}",
        "<h1>a</h1>\n<ul>\n<li>b</li>\n</ul>",
    );
    case(
        "{{ 'a <script>b()</script>' | markdown(inline=true) }}",
        "a ",
    );
    case(
        "{{ '2026-03-01' | date }} {{ '2026-03-01' | date(format='%d.%m.%y') }} {{ 0 | date(lang='en-GB') }}",
        "1. März 2026 01.03.26 1 January 1970",
    );
    case(
        "{{ page.url | absolute }} {{ site.home | permalink }} {{ 'x y/#z' | absolute }}",
        "https://t.example/docs/blog/deep/c/ https://t.example/docs/ https://t.example/docs/x%20y/#z",
    );
    case(
        "{{ '<a href=\"x y z\">a b c</a>' | reading_time(words_per_minute=1) }}",
        "3",
    );
    case("{{ 'A b' | slugify }}", "a-b");
}

#[test]
fn what_is_not_there_is_a_fault_with_its_line() {
    case(
        "a\n{{ get_page(path='blog/aa.md') }}",
        "page.html:2:4 template-failed there is no page `blog/aa.md`; did you mean `blog/a.md`?",
    );
    case(
        "{{ get_url(path='/nowhere/at/all/x.md') }}",
        "page.html:1:4 template-failed there is no page or file `nowhere/at/all/x.md`; write its path from the content folder, such as `blog/first.md`",
    );
    case(
        "{{ get_section(path='blogs') }}",
        "page.html:1:4 template-failed there is no section `blogs`; did you mean `blog`?",
    );
    case(
        "{{ get_taxonomy(kind='tag') }}",
        "page.html:1:4 template-failed there is no taxonomy `tag`; did you mean `tags`?",
    );
    case(
        "{{ trans(key='nxt') }}",
        "page.html:1:4 template-failed there is no word `nxt`; did you mean `next`?",
    );
    case(
        "{{ load_data(path='../../etc/passwd') }}",
        "page.html:1:4 template-failed `../../etc/passwd` is no path from the root of the project; correct the template; until then it is left out",
    );
    case(
        "{{ load_data(path='notes/bad.json') }}",
        "page.html:1:4 template-failed `notes/bad.json` cannot be read: line 2: expected value; correct the template; until then it is left out",
    );
    case(
        "{{ load_data(path='.hidden/x.json') }}",
        "page.html:1:4 template-failed there is no file `.hidden/x.json`; correct the template; until then it is left out",
    );
    case(
        "{{ 'soon' | date }}",
        "page.html:1:13 template-failed `soon` is no date; correct the template; until then it is left out",
    );
    case(
        "{{ get_pge(path='x') }}",
        "list.html:1:4 template-syntax unknown function `get_pge`; did you mean `get_page`?",
    );
    case(
        "{{ pag.title | upper }}",
        "page.html:1:4 template-failed variable `pag` is not defined; did you mean `page`?",
    );
    case(
        "{{ page.titel | upper }}",
        "page.html:1:16 template-failed invalid type for the value, expected `string` but got `undefined`; ask with `{% if … %}` whether it is there, or give `| default(value=\"\")`",
    );
}

#[test]
fn questions_are_bounded() {
    let many = |turns: usize, inside: &str| {
        let made = format!(
            "{{% for i in range(end=9999) %}}{{% for i in range(end={turns}) %}}{inside}{{% endfor %}}{{% endfor %}}"
        );
        page("blog/deep/c/index.html", &made)
    };
    // So many turns alone may be.
    assert!(!many(25, "").contains("template-limit"));
    for inside in [
        "{% set a = get_page(path='blog/a.md') %}",
        "{{ 'a' | markdown }}",
        "{% set a = load_data(path='notes/long.txt', format='plain') %}",
    ] {
        let made = many(25, inside);
        assert!(made.contains("template-limit"), "{made}");
    }
    let made = many(9999, "{% if page.toc | sort %}{% endif %}");
    assert!(made.contains("template-limit"), "{made}");
}
