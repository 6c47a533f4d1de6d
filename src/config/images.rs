//! How images are made: for the project, and for the files that a table `[[images.at]]` names.

use globset::GlobSet;
use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;

/// How images are made, whichever they are.
#[derive(Debug, Clone, Default)]
pub struct Images {
    all: ImageOptions,
    at: Vec<(GlobSet, ImageChoices)>,
}

/// How one image is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageOptions {
    /// The widths in pixels, ascending.
    pub widths: Vec<u32>,
    /// The formats beside the one that every browser knows, the best first.
    pub formats: Vec<ImageFormat>,
    /// The quality of lossy coding, 1 to 100, about the same in every format.
    pub quality: u8,
    /// Whether pixels may change.
    pub lossless: Lossless,
    /// What stands in the room of an image while it loads.
    pub placeholder: PlaceholderKind,
    /// Whether the image as it was drawn or taken is published beside its variants.
    pub original: bool,
    /// Whether the name of who owns it stays in the files.
    pub copyright: bool,
    /// What becomes of moving images.
    pub animation: Animation,
}

/// A format that only newer browsers know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageFormat {
    /// AV1 Image File Format.
    Avif,
    /// WebP (RFC 9649).
    WebP,
}

/// Whether pixels may change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lossless {
    /// In photographs they may; of drawings the smaller of both codings is kept.
    #[default]
    Auto,
    /// Never.
    Always,
    /// Always.
    Never,
}

/// What stands in the room of an image while it loads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceholderKind {
    /// Its average color.
    #[default]
    Color,
    /// A picture of a few pixels, blurred.
    Blur,
    /// Nothing.
    None,
}

/// What becomes of moving images.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Animation {
    /// The file is published as it is.
    #[default]
    Copy,
    /// A moving WebP beside it, if that is smaller.
    WebP,
}

/// What is chosen for some images; the rest stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageChoices {
    /// See [`ImageOptions::widths`].
    pub widths: Option<Vec<u32>>,
    /// See [`ImageOptions::formats`].
    pub formats: Option<Vec<ImageFormat>>,
    /// See [`ImageOptions::quality`].
    pub quality: Option<u8>,
    /// See [`ImageOptions::lossless`].
    pub lossless: Option<Lossless>,
    /// See [`ImageOptions::placeholder`].
    pub placeholder: Option<PlaceholderKind>,
    /// See [`ImageOptions::original`].
    pub original: Option<bool>,
    /// See [`ImageOptions::copyright`].
    pub copyright: Option<bool>,
    /// See [`ImageOptions::animation`].
    pub animation: Option<Animation>,
}

impl Default for ImageOptions {
    fn default() -> Self {
        Self {
            widths: vec![480, 960, 1440, 1920],
            formats: vec![ImageFormat::WebP],
            quality: 80,
            lossless: Lossless::default(),
            placeholder: PlaceholderKind::default(),
            original: true,
            copyright: false,
            animation: Animation::default(),
        }
    }
}

impl ImageOptions {
    /// The same with some things chosen otherwise.
    #[must_use]
    pub fn with(&self, choices: &ImageChoices) -> Self {
        let mut options = self.clone();
        if let Some(widths) = &choices.widths {
            options.widths.clone_from(widths);
            options.widths.sort_unstable();
            options.widths.dedup();
        }
        if let Some(formats) = &choices.formats {
            options.formats.clone_from(formats);
            options.formats.sort_unstable();
            options.formats.dedup();
        }
        options.quality = choices.quality.unwrap_or(self.quality);
        options.lossless = choices.lossless.unwrap_or(self.lossless);
        options.placeholder = choices.placeholder.unwrap_or(self.placeholder);
        options.original = choices.original.unwrap_or(self.original);
        options.copyright = choices.copyright.unwrap_or(self.copyright);
        options.animation = choices.animation.unwrap_or(self.animation);
        options
    }
}

impl Images {
    /// How the image of a source, relative to the project, is made: later tables win.
    pub fn of(&self, source: &str) -> ImageOptions {
        let chosen = self.at.iter().filter(|(paths, _)| paths.is_match(source));
        chosen.fold(self.all.clone(), |options, (_, choices)| {
            options.with(choices)
        })
    }

    /// Those of a project that chose this for all its images.
    pub fn chosen(choices: &ImageChoices) -> Self {
        Self {
            all: ImageOptions::default().with(choices),
            at: Vec::new(),
        }
    }
}

/// The table `[images]` as written, and the tables `[[images.at]]` in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ImagesFile {
    paths: Vec<Spanned<String>>,
    widths: Option<Vec<Spanned<u32>>>,
    formats: Option<Vec<ImageFormat>>,
    quality: Option<Spanned<u8>>,
    lossless: Option<Lossless>,
    placeholder: Option<PlaceholderKind>,
    original: Option<bool>,
    copyright: Option<bool>,
    animation: Option<Animation>,
    at: Vec<Spanned<ImagesFile>>,
}

impl Reader<'_> {
    pub(super) fn images(&mut self, mut file: ImagesFile) -> Images {
        let tables = std::mem::take(&mut file.at);
        if let Some(path) = file.paths.first() {
            let help = "write it in a table `[[images.at]]`";
            self.fault(path.span(), "`paths` says nothing here", help);
        }
        let all = ImageOptions::default().with(&self.choices(file));
        let mut at = Vec::new();
        for table in tables {
            let span = table.span();
            let table = table.into_inner();
            if table.paths.is_empty() || !table.at.is_empty() {
                let help = "write `paths = [\"content/photos/**\"]`, and no table below this one";
                self.fault(span, "the table names no files", help);
            } else if let Some(paths) = self.globs(&table.paths) {
                at.push((paths, self.choices(table)));
            }
        }
        Images { all, at }
    }

    fn choices(&mut self, file: ImagesFile) -> ImageChoices {
        let widths = file.widths.map(|widths| {
            let widths = widths.iter();
            widths.filter_map(|width| self.width(width)).collect()
        });
        let quality = file.quality.and_then(|quality| match *quality.get_ref() {
            value @ 1..=100 => Some(value),
            value => {
                let message = format!("quality {value} is out of range");
                self.fault(quality.span(), message, "write 1 to 100");
                None
            }
        });
        ImageChoices {
            widths,
            formats: file.formats,
            quality,
            lossless: file.lossless,
            placeholder: file.placeholder,
            original: file.original,
            copyright: file.copyright,
            animation: file.animation,
        }
    }

    fn width(&mut self, written: &Spanned<u32>) -> Option<u32> {
        let width = *written.get_ref();
        if (16..=8192).contains(&width) {
            return Some(width);
        }
        let message = format!("width {width} is out of range");
        self.fault(written.span(), message, "write 16 to 8192");
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_config;
    use crate::site_path::SitePath;

    fn read(text: &str) -> (Images, usize) {
        let path = SitePath::parse("tympan.toml").unwrap();
        let (config, found) = read_config(&path, text);
        (config.images, found.len())
    }

    #[test]
    fn tables_choose_by_folder_and_the_last_wins() {
        let (images, faults) = read(
            "[images]\nquality = 70\nformats = [\"webp\", \"avif\"]\n\
             [[images.at]]\npaths = [\"content/shots/**\"]\nlossless = \"always\"\nquality = 90\n\
             [[images.at]]\npaths = [\"**/*.jpg\"]\nwidths = [600, 300]\nquality = 60\n",
        );
        assert_eq!(faults, 0);
        let plain = images.of("content/a.png");
        assert_eq!(plain.quality, 70);
        assert_eq!(plain.formats, [ImageFormat::Avif, ImageFormat::WebP]);
        assert_eq!(plain.lossless, Lossless::Auto);
        let both = images.of("content/shots/a.jpg");
        assert_eq!((both.quality, both.lossless), (60, Lossless::Always));
        assert_eq!(both.widths, [300, 600]);
    }

    #[test]
    fn what_is_out_of_range_is_reported_and_left_out() {
        let (images, faults) = read("[images]\nwidths = [9, 600]\nquality = 0\n");
        assert_eq!(faults, 2);
        assert_eq!(images.of("a.png").widths, [600]);
        assert_eq!(images.of("a.png").quality, 80);
        assert_eq!(read("[images]\nformats = [\"jxl\"]\n").1, 1);
        assert_eq!(read("[[images.at]]\nquality = 3\n").1, 1);
    }
}
