//! The layers of a project's theme, the lowest first: what comes with the program, the theme that
//! the project names, the look that it configures, and its own changes.

use crate::config::CONFIG_FILE;
use crate::diagnostic::{Diagnostic, Severity};
use crate::render::context::RenderContext;
use crate::render::html::theme::layer::{Held, Layer, Level, Source};
use crate::render::html::theme::look::{Looks, looks};
use crate::render::html::theme::{built_in, folder, pinned, sheets};
use crate::repo::Snapshot;
use crate::sass;
use crate::site::THEME_FOLDER;
use crate::site_path::SitePath;

/// The layers of a theme.
pub(super) struct Stack {
    /// The layers, the lowest first.
    pub(super) layers: Vec<Layer>,
    /// The look, of which the style and the files are a layer already.
    pub(super) looks: Looks,
    /// What was wrong.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Stack {
    /// Reads all layers.
    pub(super) fn read(context: &RenderContext<'_>, styles: &sass::Answers) -> Self {
        let config = &context.site.config;
        let mut stack = Self {
            layers: built_in::layers(context.site.kind),
            looks: Looks::default(),
            diagnostics: Vec::new(),
        };
        let theirs = match (config.look.pinned.as_ref())
            .map(|theme| pinned::open(theme, context.store))
            .transpose()
        {
            Ok(theirs) => theirs,
            Err(found) => {
                stack.diagnostics.push(*found);
                None
            }
        };
        if let Some((snapshot, folder)) = &theirs {
            stack.add(folder::read_held(snapshot, folder, Level::Theme));
        }
        let named = config.html.theme.as_ref();
        if let Some(path) = named {
            let mut files = context.snapshot.files().iter();
            if !files.any(|file| file.path.is_within(path)) {
                stack.diagnostics.push(missing(path));
            }
            stack.add(folder::read(context.snapshot, path, Level::Theme));
        }
        stack.look(looks(&config.look, context.snapshot));
        let own = SitePath::parse(THEME_FOLDER).expect("a plain name is a path");
        if named != Some(&own) {
            stack.add(folder::read(context.snapshot, &own, Level::Project));
        }
        let theirs_at = theirs.iter().map(|(_, folder)| folder);
        let folders: Vec<SitePath> = [&own]
            .into_iter()
            .chain(named)
            .chain(theirs_at)
            .cloned()
            .collect();
        let snapshots: Vec<&Snapshot> = std::iter::once(context.snapshot)
            .chain(theirs.iter().map(|(snapshot, _)| snapshot))
            .collect();
        let found = sheets::compile(
            &mut stack.layers,
            &folders,
            &snapshots,
            (context.store, styles),
        );
        stack.diagnostics.extend(found);
        stack
    }

    fn add(&mut self, (layer, found): (Layer, Vec<Diagnostic>)) {
        self.layers.push(layer);
        self.diagnostics.extend(found);
    }

    fn look(&mut self, mut looks: Looks) {
        let files = std::mem::take(&mut looks.files).into_iter();
        self.layers.push(Layer {
            styles: vec![Source {
                name: CONFIG_FILE.to_owned(),
                text: std::mem::take(&mut looks.style).into(),
                place: None,
            }],
            files: files
                .map(|(route, path)| (route, Held::Project(path)))
                .collect(),
            ..Layer::empty(Level::Theme)
        });
        self.looks = looks;
    }
}

fn missing(folder: &SitePath) -> Diagnostic {
    let config = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
    let message = format!("there is no theme in `{folder}`");
    let found = Diagnostic::new("theme-missing", Severity::Error, &config, message);
    found.help("correct `theme` in `[html]`, or make the folder with `templates/`, `css/` or `js/`")
}
