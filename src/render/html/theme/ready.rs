//! A theme ready to render: its layers joined, its templates parsed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use tera::Context;

use crate::config::Kind;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::render::brand::{Icon, IconLinks, Icons, Palette};
use crate::render::context::{RenderContext, Workbench};
use crate::render::html::finish;
use crate::render::html::theme::built_in;
use crate::render::html::theme::layer::{Held, Layer, Strings, join, strings_of};
use crate::render::html::theme::parse::parse;
use crate::render::html::theme::stack::Stack;
use crate::site::Taxonomy;
use crate::site_path::SitePath;
use crate::template::{Cost, Failure, Profile, Templates};

/// The file of the web manifest.
const MANIFEST: &str = "manifest.webmanifest";

/// A theme ready to render.
pub(in crate::render::html) struct Theme {
    templates: Templates,
    pub(in crate::render::html) strings: Strings,
    /// The words of all languages by layer, if a template of the project may ask for them.
    words: Vec<BTreeMap<String, Strings>>,
    pub(in crate::render::html) style: ThemeFile,
    pub(in crate::render::html) script: ThemeFile,
    /// What runs before the page is painted.
    pub(in crate::render::html) boot: ThemeFile,
    /// `integrity` in templates: the digests of what pages load, if pages are to name them.
    pub(in crate::render::html) integrity: Option<BTreeMap<&'static str, String>>,
    /// `look` in templates.
    pub(in crate::render::html) look: LookValue,
    /// Its colors, for what no browser paints.
    pub(in crate::render::html) palette: Option<Palette>,
    /// What browsers look for where the release begins, if the site does not begin there.
    pub(in crate::render::html) favicon: Option<Icon>,
    files: Vec<ThemeFile>,
}

/// What the project configures of the look, for templates: addresses relative to the root.
#[derive(Default, Serialize)]
pub(in crate::render::html) struct LookValue {
    preload: Option<String>,
    logo: Option<String>,
    logo_dark: Option<String>,
    paper: Option<[String; 2]>,
    icons: IconLinks,
    manifest: Option<String>,
}

/// A file of the theme's own.
pub(in crate::render::html) struct ThemeFile {
    pub(in crate::render::html) path: SitePath,
    pub(in crate::render::html) content: Content,
}

/// What a file of the theme's own holds.
pub(in crate::render::html) enum Content {
    /// This.
    Text(String),
    /// What the project has there.
    File(SitePath),
    /// What a theme brought along.
    Bytes(Arc<[u8]>),
    /// What is drawn.
    Icon(Icon),
}

impl ThemeFile {
    /// A file named after what it holds.
    fn new(name: &str, extension: &str, text: String) -> Self {
        let digest = Digest::of(text.as_bytes());
        let path = format!("_tympan/{name}-{}.{extension}", digest.short());
        Self {
            path: SitePath::parse(&path).expect("a plain name is a path"),
            content: Content::Text(text),
        }
    }
}

impl Theme {
    /// The theme that comes with the program for a kind of site.
    pub(in crate::render::html) fn built_in(
        kind: Kind,
        language: &str,
        profile: Option<&Arc<Profile>>,
    ) -> Self {
        Self::of(&built_in::layers(kind), language, profile).0
    }

    /// The theme of a project: the built-in one, over it the one that the project names, and over
    /// that its own changes.
    pub(in crate::render::html) fn load(
        context: &RenderContext<'_>,
        bench: &Workbench,
    ) -> (Self, Vec<Diagnostic>) {
        let site = context.site;
        let Stack {
            layers,
            looks,
            mut diagnostics,
        } = Stack::read(context, &bench.styles);
        let (mut theme, found) = Self::of(
            &layers,
            &site.config.project.language,
            bench.profile.as_ref(),
        );
        if site.config.html.minify {
            theme.minify();
        }
        diagnostics.extend(looks.diagnostics);
        diagnostics.extend(found);
        if site.config.html.integrity {
            let digest = |file: &ThemeFile| match &file.content {
                Content::Text(text) => integrity(text.as_bytes()),
                Content::File(_) | Content::Bytes(_) | Content::Icon(_) => String::new(),
            };
            theme.integrity = Some(BTreeMap::from([
                ("style", digest(&theme.style)),
                ("script", digest(&theme.script)),
                ("boot", digest(&theme.boot)),
            ]));
        }
        let Content::Text(style) = &theme.style.content else {
            return (theme, diagnostics);
        };
        let palette = Palette::of(style, &site.config.look);
        let (icons, found) = Icons::of(site, context.snapshot, &palette);
        diagnostics.extend(found);
        let manifest = SitePath::parse(MANIFEST).expect("a plain name is a path");
        let mut files = Vec::new();
        if !site.publishes(&manifest) {
            files.push((
                manifest.clone(),
                Content::Text(icons.manifest(site, &palette)),
            ));
        }
        let drawn = icons.files.into_iter();
        files.extend(drawn.map(|(path, icon)| (path, Content::Icon(icon))));
        for (path, content) in files {
            // A file of the project's theme keeps its place.
            if theme.files.iter().all(|file| file.path != path) {
                theme.files.push(ThemeFile { path, content });
            }
        }
        let (logo, logo_dark) = looks.logo.unzip();
        theme.look = LookValue {
            paper: Some([palette.paper.light.clone(), palette.paper.dark.clone()]),
            icons: icons.links,
            manifest: Some(manifest.to_url()),
            preload: looks.preload.map(|path| site.url_in_release(&path)),
            logo: logo.map(|path| site.url_in_release(&path)),
            logo_dark: logo_dark.flatten().map(|path| site.url_in_release(&path)),
        };
        theme.palette = Some(palette);
        theme.favicon = icons.favicon;
        (theme, diagnostics)
    }

    fn minify(&mut self) {
        for (file, pass) in [
            (&mut self.style, finish::css as fn(&str) -> String),
            (&mut self.script, finish::js),
            (&mut self.boot, finish::js),
        ] {
            if let Content::Text(text) = &file.content {
                let (name, extension) = (file.path.stem(), file.path.extension());
                let name = name.split('-').next().unwrap_or_default();
                *file = ThemeFile::new(name, extension, pass(text));
            }
        }
    }

    fn of(
        layers: &[Layer],
        language: &str,
        profile: Option<&Arc<Profile>>,
    ) -> (Self, Vec<Diagnostic>) {
        let (templates, diagnostics) = parse(layers, profile);
        let mut files: BTreeMap<&SitePath, &Held> = BTreeMap::new();
        for layer in layers {
            files.extend(layer.files.iter().map(|(route, source)| (route, source)));
        }
        let file = |(route, held): (&SitePath, &Held)| ThemeFile {
            path: route.clone(),
            content: match held {
                Held::Project(path) => Content::File(path.clone()),
                Held::Theme(bytes) => Content::Bytes(bytes.clone()),
            },
        };
        let theme = Self {
            strings: strings_of(layers.iter().map(|layer| &layer.strings), language),
            words: match templates.is_changed() {
                true => layers.iter().map(|layer| layer.strings.clone()).collect(),
                false => Vec::new(),
            },
            style: ThemeFile::new("style", "css", join(layers, |layer| &layer.styles)),
            script: ThemeFile::new("script", "js", join(layers, |layer| &layer.scripts)),
            boot: ThemeFile::new("boot", "js", built_in::BOOT.to_owned()),
            integrity: None,
            look: LookValue::default(),
            palette: None,
            favicon: None,
            files: files.into_iter().map(file).collect(),
            templates,
        };
        (theme, diagnostics)
    }

    /// Renders a template.
    pub(in crate::render::html) fn render(
        &self,
        template: &str,
        values: &Context,
    ) -> Result<String, Failure> {
        self.templates.render(template, values, Cost::Page)
    }

    /// Whether any template comes with the project.
    pub(in crate::render::html) fn is_changed(&self) -> bool {
        self.templates.is_changed()
    }

    /// Every file of the theme's own.
    pub(in crate::render::html) fn files(&self) -> impl Iterator<Item = &ThemeFile> {
        [&self.style, &self.script, &self.boot]
            .into_iter()
            .chain(&self.files)
    }

    /// A word of the theme's.
    pub(in crate::render::html) fn string(&self, key: &str) -> &str {
        self.strings.get(key).map_or("", String::as_str)
    }

    /// Its words in another language, as far as its layers have them.
    pub(in crate::render::html) fn strings_in(&self, language: &str) -> Strings {
        strings_of(self.words.iter(), language)
    }

    /// The title of the list of a taxonomy's terms.
    pub(in crate::render::html) fn title_of<'a>(&'a self, taxonomy: &'a Taxonomy) -> &'a str {
        match (&taxonomy.title, self.string(&taxonomy.name)) {
            (Some(title), _) => title,
            (None, "") => &taxonomy.name,
            (None, word) => word,
        }
    }
}

/// What a page says of a file it loads (W3C Subresource Integrity).
fn integrity(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let hex = Digest::of(bytes).hex();
    let nibbles = hex.chars().filter_map(|digit| digit.to_digit(16));
    let bits: Vec<u32> = nibbles
        .flat_map(|nibble| (0..4).rev().map(move |at| (nibble >> at) & 1))
        .collect();
    let mut text = String::from("sha256-");
    for six in bits.chunks(6) {
        let value = (0..6).fold(0, |value, at| value * 2 + six.get(at).copied().unwrap_or(0));
        text.push(char::from(LETTERS[value as usize]));
    }
    // 32 bytes are 43 letters; the padding makes them 44.
    text.push('=');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::html::theme::layer::{Level, Source};

    #[test]
    fn the_built_in_themes_are_whole() {
        for kind in [Kind::Site, Kind::Docs, Kind::Book, Kind::Contract] {
            let theme = Theme::built_in(kind, "en", None);
            assert_eq!(theme.string("skip_to_content"), "Skip to content");
            assert!(
                matches!(&theme.style.content, Content::Text(text) if text.contains("color-scheme: light dark"))
            );
            assert!(theme.templates.contains("page.html"));
        }
    }

    #[test]
    fn what_a_page_loads_is_light() {
        for kind in [Kind::Site, Kind::Docs, Kind::Book, Kind::Contract] {
            let mut theme = Theme::built_in(kind, "en", None);
            theme.minify();
            let sizes = theme.files().map(|file| match &file.content {
                Content::Text(text) => text.len(),
                Content::File(_) | Content::Bytes(_) | Content::Icon(_) => 0,
            });
            let size = sizes.sum::<usize>();
            assert!(size < 50_000, "{kind:?}: {size}");
        }
    }

    fn source(name: &str, text: &str, folder: &str) -> Source {
        Source {
            name: name.to_owned(),
            text: text.to_owned().into(),
            place: SitePath::parse(&format!("{folder}/templates/{name}")).ok(),
        }
    }

    /// A theme of these templates over the built-in one.
    fn theme(named: &[(&str, &str)], own: &[(&str, &str)]) -> (Theme, Vec<Diagnostic>) {
        let mut layers = built_in::layers(Kind::Docs);
        let layer = |level, folder: &str, files: &[(&str, &str)]| Layer {
            templates: files
                .iter()
                .map(|(name, text)| source(name, text, folder))
                .collect(),
            ..Layer::empty(level)
        };
        layers.push(layer(Level::Theme, "ours", named));
        layers.push(layer(Level::Project, "theme", own));
        Theme::of(&layers, "en", None)
    }

    fn values() -> Context {
        let mut values = Context::new();
        values.insert("page", &BTreeMap::from([("title", "<T>")]));
        values
    }

    fn lines(diagnostics: &[Diagnostic]) -> Vec<String> {
        let line = |found: &Diagnostic| {
            let place = found.place.as_ref();
            let place = place.map_or(String::new(), |place| {
                format!(":{}:{}", place.line, place.column)
            });
            let help = found.help.as_deref().unwrap_or_default();
            format!(
                "{}{place} {}: {}; {help}",
                found.path, found.code, found.message
            )
        };
        diagnostics.iter().map(line).collect()
    }

    #[track_caller]
    fn renders(theme: &Theme, template: &str, expected: &str) {
        match theme.render(template, &values()) {
            Ok(text) => assert_eq!(text, expected),
            Err(Failure::Fault(found)) => panic!("{:?}", lines(&[*found])),
            Err(Failure::Own(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn an_override_extends_what_it_overrides() {
        let named = [
            ("a.html", "<{% block b %}theme{% endblock b %}>"),
            ("only.html", "only the theme's"),
        ];
        let own = [
            (
                "a.html",
                "{% extends \"theme/a.html\" %}{% block b %}{{ super() }}, {{ page.title }}{% endblock b %}",
            ),
            ("b.html", "{% include \"only.html\" %}"),
            ("title.html", "{% extends \"built-in/404.html\" %}"),
        ];
        let (theme, found) = theme(&named, &own);
        assert_eq!(lines(&found), [] as [&str; 0]);
        renders(&theme, "a.html", "<theme, &lt;T&gt;>");
        renders(
            &theme,
            "b.html",
            "only the theme&#39;s".replace("&#39;", "'").as_str(),
        );
        assert!(theme.templates.contains("title.html"));
    }

    #[track_caller]
    fn case(name: &str, text: &str, expected: &str) {
        let (theme, mut found) = theme(&[], &[(name, text)]);
        if found.is_empty() {
            match theme.render(name, &values()) {
                Err(Failure::Fault(fault)) => found.push(*fault),
                Err(Failure::Own(error)) => panic!("{error}"),
                Ok(text) => panic!("{text}"),
            }
        }
        assert_eq!(lines(&found), [expected]);
        assert!(theme.templates.contains("page.html"));
    }

    #[test]
    fn a_fault_has_its_place_and_a_way_out() {
        case(
            "x.html",
            "<p>\n{% for i in [1] %}{{ page.title | uper }}{% endfor %}",
            "theme/templates/x.html:2:35 template-syntax: unknown filter `uper`; did you mean `upper`?",
        );
        case(
            "x.html",
            "{{ pag.title }}",
            "theme/templates/x.html:1:4 template-failed: variable `pag` is not defined; did you mean `page`?",
        );
        case(
            "x.html",
            "{% include \"foter.html\" %}",
            "theme/templates/x.html:1:12 template-syntax: unknown template `foter.html`; did you mean `footer.html`?",
        );
        case(
            "x.html",
            "{% extends \"x.html\" %}",
            "theme/templates/x.html:1:4 template-syntax: the template extends itself in a circle; correct the template; until then it is left out",
        );
        case(
            "x.html",
            "a\n\n{% for i in range(end=9000) %}{% for j in range(end=9000) %}{% endfor %}{% endfor %}",
            "theme/templates/x.html:3:61 template-limit: the template does more work than it may cost; loop over less, or keep less in one value",
        );
    }

    #[test]
    fn a_digest_is_written_as_browsers_read_it() {
        let empty = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(integrity(b""), empty);
    }

    #[test]
    fn a_page_begins_with_a_budget_of_its_own() {
        let own = [
            (
                "dear.html",
                "{% for i in range(end=9000) %}{% for j in range(end=9000) %}{% endfor %}{% endfor %}",
            ),
            ("cheap.html", "{{ 'a b' | replace(from=' ', to='-') }}"),
        ];
        let (theme, _) = theme(&[], &own);
        assert!(theme.render("dear.html", &values()).is_err());
        renders(&theme, "cheap.html", "a-b");
    }

    #[test]
    fn only_the_broken_template_is_left_out() {
        let own = [
            ("bad.html", "{% if %}"),
            ("good.html", "good"),
            ("uses.html", "{% include \"bad.html\" %}"),
        ];
        let (theme, found) = theme(&[], &own);
        let paths: Vec<&str> = found.iter().map(|found| found.path.as_str()).collect();
        assert_eq!(paths, ["theme/templates/bad.html"]);
        renders(&theme, "good.html", "good");
    }
}
