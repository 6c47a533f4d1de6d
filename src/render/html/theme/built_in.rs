//! The themes that come with the program, embedded: one for each kind of site over a common base.

use std::collections::BTreeMap;

use crate::config::Kind;
use crate::render::html::theme::layer::{Layer, Level, Source};
use crate::render::words::built_in;

/// The files of a folder of `themes/`, each with its text.
macro_rules! embedded {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_str!(concat!("../../../../themes/", $folder, "/", $name)),
        )),*]
    };
}

/// Names and texts, in the order in which styles and scripts are joined.
type Files = &'static [(&'static str, &'static str)];

const BASE: Files = embedded!("base":
    "theme.toml",
    "templates/base.html",
    "templates/bar.html",
    "templates/links.html",
    "templates/look.html",
    "templates/brand.html",
    "templates/menu.html",
    "templates/scheme.html",
    "templates/side.html",
    "templates/colors.html",
    "templates/components.html",
    "templates/meta.html",
    "templates/alternates.html",
    "templates/languages.html",
    "templates/versions.html",
    "templates/notice.html",
    "templates/header.html",
    "templates/draft.html",
    "templates/toc.html",
    "templates/text.html",
    "templates/turn.html",
    "templates/paginator.html",
    "templates/series.html",
    "templates/related.html",
    "templates/footer.html",
    "templates/changed.html",
    "templates/search-open.html",
    "templates/search.html",
    "templates/page.html",
    "templates/post.html",
    "templates/section.html",
    "templates/home.html",
    "templates/list.html",
    "templates/contents.html",
    "templates/print.html",
    "templates/404.html",
    "templates/redirect.html",
    "css/style.css",
    "css/shell.css",
    "css/cards.css",
    "css/blocks.css",
    "css/math.css",
    "css/code.css",
    "css/lists.css",
    "css/search.css",
    "css/languages.css",
    "css/menus.css",
    "css/print.css",
    "js/base.js",
    "js/search-open.js",
    "js/code.js",
    "js/tabs.js",
    "js/redirects.js",
);
const SITE: Files =
    embedded!("site": "templates/home.html", "templates/archive.html", "css/site.css");
const DOCS: Files = embedded!("docs": "css/docs.css");
const BOOK: Files = embedded!("book": "templates/home.html", "css/book.css");
const CONTRACT: Files = embedded!("contract": "templates/home.html", "css/contract.css");

/// Runs before a page is painted, so it stands apart from the scripts that wait.
pub(super) const BOOT: &str = include_str!("../../../../themes/base/boot.js");

/// The layers for a kind of site, the lowest first.
pub(super) fn layers(kind: Kind) -> Vec<Layer> {
    let own = match kind {
        Kind::Site => SITE,
        Kind::Docs => DOCS,
        Kind::Book => BOOK,
        Kind::Contract => CONTRACT,
    };
    vec![layer(Level::Base, BASE), layer(Level::BuiltIn, own)]
}

/// A template without the ends of lines that say nothing to a browser: after a line of tags alone,
/// and between the elements of a head. It is done once for all pages.
fn lean(text: &str) -> String {
    const HEAD: [&str; 8] = [
        "<!doctype",
        "<html",
        "<head>",
        "</head>",
        "<meta ",
        "<link ",
        "<title>",
        "<script ",
    ];
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let bare = without_tags(line);
        let bare = bare.trim();
        let head = bare.ends_with('>') && HEAD.iter().any(|element| bare.starts_with(element));
        let says_nothing = bare.is_empty() && line.trim().ends_with("%}");
        match head || says_nothing {
            true => out.push_str(line.trim_end_matches('\n')),
            false => out.push_str(line),
        }
    }
    out
}

/// A line without the tags that stand in it whole.
fn without_tags(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(open) = rest.find("{%")
        && let Some(end) = rest[open..].find("%}")
    {
        out.push_str(&rest[..open]);
        rest = &rest[open + end + 2..];
    }
    out + rest
}

fn layer(level: Level, files: Files) -> Layer {
    let of = |folder: &str| -> Vec<Source> {
        let inside = files.iter().filter_map(|(path, text)| {
            let name = path.strip_prefix(folder)?.to_owned();
            Some(Source {
                name,
                text: (*text).into(),
                place: None,
            })
        });
        inside.collect()
    };
    let strings = match level {
        Level::Base => built_in(),
        _ => BTreeMap::new(),
    };
    let mut templates = of("templates/");
    for source in &mut templates {
        source.text = lean(&source.text).into();
    }
    Layer {
        templates,
        styles: of("css/"),
        scripts: of("js/"),
        strings,
        ..Layer::empty(level)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn only_the_ends_of_lines_go_that_say_nothing() {
        let case = |text: &str, expected: &str| assert_eq!(lean(text), expected);
        case(
            "a\n{% if x %}\n  b\n{% endif %}\nc\n",
            "a\n{% if x %}  b\n{% endif %}c\n",
        );
        case(
            "<head>\n{% if x %}<meta a>{% endif %}\n<p>\n",
            "<head>{% if x %}<meta a>{% endif %}<p>\n",
        );
        case("{% set x =\n1 %}\n\n<b>\n", "{% set x =\n1 %}\n\n<b>\n");
        case("{{ x }}\n<script a>\nb()\n", "{{ x }}\n<script a>b()\n");
    }

    /// What the search embeds, because a page loads it only when its reader searches.
    const APART: [&str; 3] = ["js/search-index.js", "js/search-terms.js", "js/search.js"];

    /// A file that lies in a theme's folder and is not listed would never reach a reader.
    #[test]
    fn every_file_of_a_theme_is_embedded() {
        let themes = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes");
        for (name, files) in [
            ("base", BASE),
            ("site", SITE),
            ("docs", DOCS),
            ("book", BOOK),
            ("contract", CONTRACT),
        ] {
            let listed: BTreeSet<String> =
                files.iter().map(|(path, _)| (*path).to_owned()).collect();
            let root = themes.join(name);
            let mut there = BTreeSet::new();
            for folder in ["templates", "css", "js"] {
                for entry in walkdir::WalkDir::new(root.join(folder))
                    .into_iter()
                    .flatten()
                {
                    if entry.file_type().is_file() {
                        let path = entry.path().strip_prefix(&root).unwrap();
                        there.insert(path.to_str().unwrap().replace('\\', "/"));
                    }
                }
            }
            let missing: Vec<&String> = there
                .difference(&listed)
                .filter(|file| !APART.contains(&file.as_str()))
                .collect();
            assert!(missing.is_empty(), "{name}: {missing:?}");
        }
    }
}
