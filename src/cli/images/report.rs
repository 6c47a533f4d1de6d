//! The survey for programs: `tympan images --format json`, format 1.

use serde::Serialize;

use crate::assets::{ImageKind, Told};
use crate::build::survey::{Survey, SurveyedPage, SurveyedPicture, Usage, Variant};
use crate::site_path::SitePath;

/// What `images` prints.
#[derive(Serialize)]
pub struct SurveyReport<'a> {
    format: u32,
    pictures: Vec<PictureReport<'a>>,
    pages: Vec<PageReport<'a>>,
    duplicates: Vec<Vec<&'a SitePath>>,
    summary: Totals,
}

#[derive(Serialize)]
struct PictureReport<'a> {
    path: &'a SitePath,
    kind: Option<&'static str>,
    width: Option<u32>,
    height: Option<u32>,
    bytes: u64,
    usage: &'static str,
    pages: Vec<&'a str>,
    slot: Option<u32>,
    phone: Option<u64>,
    desktop: Option<u64>,
    variants: Vec<VariantReport<'a>>,
    tells: Vec<&'static str>,
    metadata: u64,
    without_text: Vec<&'a SitePath>,
    notes: Vec<&'static str>,
}

#[derive(Serialize)]
struct VariantReport<'a> {
    path: &'a SitePath,
    width: u32,
    height: u32,
    bytes: Option<u64>,
}

#[derive(Serialize)]
struct PageReport<'a> {
    path: Option<&'a SitePath>,
    url: &'a str,
    pictures: Vec<&'a SitePath>,
    phone: u64,
    desktop: u64,
    unknown: usize,
}

/// The pictures in numbers.
#[derive(Debug, Serialize)]
pub struct Totals {
    pub pictures: usize,
    pub bytes: u64,
    pub shown: usize,
    pub variants: usize,
    pub variant_bytes: u64,
    pub unmeasured: usize,
    pub unused: usize,
    pub unused_bytes: u64,
    pub duplicate_bytes: u64,
}

impl<'a> SurveyReport<'a> {
    /// Describes a survey.
    pub fn of(survey: &'a Survey) -> Self {
        let duplicates = survey.duplicates().into_iter().map(|one| one.paths);
        Self {
            format: 1,
            pictures: survey.pictures.iter().map(PictureReport::of).collect(),
            pages: survey.pages.iter().map(PageReport::of).collect(),
            duplicates: duplicates.collect(),
            summary: Totals::of(survey),
        }
    }
}

impl<'a> PictureReport<'a> {
    fn of(picture: &'a SurveyedPicture) -> Self {
        let source = &picture.source;
        let side = |side: u32| (side > 0).then_some(side);
        let variant = |variant: &'a Variant| VariantReport {
            path: &variant.path,
            width: variant.width,
            height: variant.height,
            bytes: variant.bytes,
        };
        let notes = [
            (picture.is_far_too_large(), "larger-than-shown"),
            (picture.is_oversized(), "oversized"),
            (picture.stretched.is_some(), "stretched"),
        ];
        let notes = notes.into_iter().filter(|(holds, _)| *holds);
        Self {
            path: &source.path,
            kind: source.kind.map(kind),
            width: side(source.width),
            height: side(source.height),
            bytes: source.bytes,
            usage: match picture.usage {
                Usage::Shown => "shown",
                Usage::Named => "named",
                Usage::Unused => "unused",
            },
            pages: picture.pages.iter().map(String::as_str).collect(),
            slot: picture.slot,
            phone: picture.phone,
            desktop: picture.desktop,
            variants: picture.variants.iter().map(variant).collect(),
            tells: tells(source.told),
            metadata: source.told.bytes,
            without_text: picture.without_text.iter().collect(),
            notes: notes.map(|(_, note)| note).collect(),
        }
    }
}

impl<'a> PageReport<'a> {
    fn of(page: &'a SurveyedPage) -> Self {
        Self {
            path: page.path.as_ref(),
            url: &page.url,
            pictures: page.pictures.iter().collect(),
            phone: page.phone,
            desktop: page.desktop,
            unknown: page.unknown,
        }
    }
}

impl Totals {
    /// Counts.
    pub fn of(survey: &Survey) -> Self {
        let pictures = &survey.pictures;
        let bytes = |picture: &SurveyedPicture| picture.source.bytes;
        let unused = || pictures.iter().filter(|one| one.usage == Usage::Unused);
        let variants = || pictures.iter().flat_map(|one| &one.variants);
        let unmeasured = |one: &&SurveyedPicture| one.variants.iter().any(|v| v.bytes.is_none());
        Self {
            pictures: pictures.len(),
            bytes: pictures.iter().map(bytes).sum(),
            shown: pictures
                .iter()
                .filter(|one| one.usage == Usage::Shown)
                .count(),
            variants: variants().count(),
            variant_bytes: variants().filter_map(|variant| variant.bytes).sum(),
            unmeasured: pictures.iter().filter(unmeasured).count(),
            unused: unused().count(),
            unused_bytes: unused().map(bytes).sum(),
            duplicate_bytes: survey.duplicates().iter().map(|one| one.wasted()).sum(),
        }
    }
}

/// What metadata tells, in words.
pub fn tells(told: Told) -> Vec<&'static str> {
    let all = [
        (told.place, "place"),
        (told.camera, "camera"),
        (told.person, "person"),
    ];
    let told = all.into_iter().filter(|(holds, _)| *holds);
    told.map(|(_, word)| word).collect()
}

fn kind(kind: ImageKind) -> &'static str {
    match kind {
        ImageKind::Jpeg => "jpeg",
        ImageKind::Png => "png",
        ImageKind::Gif => "gif",
        ImageKind::WebP => "webp",
        ImageKind::Tiff => "tiff",
        ImageKind::Bmp => "bmp",
        ImageKind::Svg => "svg",
        ImageKind::Avif => "avif",
        ImageKind::Other => "other",
    }
}
