//! What is lost by coding, held to a floor: a photograph and a screenshot in every format.

use crate::assets::encoders::choice::encode;
use crate::assets::encoders::content::content_of;
use crate::assets::encoders::format::{Content, Format, Settings};
use crate::assets::encoders::samples::{scene, screen};
use crate::assets::header::read_header;
use crate::assets::pixels::Pixels;
use crate::assets::testing::png;
use crate::config::Lossless;

/// The mean structural similarity of luma (Wang et al. 2004) over squares of 8 pixels: 1 is the
/// same.
fn similarity(one: &image::RgbImage, other: &image::RgbImage) -> f64 {
    let luma = |image: &image::RgbImage, x: u32, y: u32| {
        let [r, g, b] = image.get_pixel(x, y).0.map(f64::from);
        0.299 * r + 0.587 * g + 0.114 * b
    };
    let (mut sum, mut squares) = (0.0, 0.0);
    for top in (0..one.height() - 7).step_by(4) {
        for left in (0..one.width() - 7).step_by(4) {
            let places = (0..64).map(|at| (left + at % 8, top + at / 8));
            let (mut a, mut b, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (x, y) in places {
                let (p, q) = (luma(one, x, y), luma(other, x, y));
                (a, b, aa, bb, ab) = (a + p, b + q, aa + p * p, bb + q * q, ab + p * q);
            }
            let (a, b) = (a / 64.0, b / 64.0);
            let (va, vb, cov) = (aa / 64.0 - a * a, bb / 64.0 - b * b, ab / 64.0 - a * b);
            let (c1, c2) = (6.5025, 58.5225);
            sum += (2.0 * a * b + c1) * (2.0 * cov + c2) / ((a * a + b * b + c1) * (va + vb + c2));
            squares += 1.0;
        }
    }
    sum / squares
}

/// A picture at the default quality is no worse than a floor, and no larger than a ceiling.
#[track_caller]
fn case(image: &image::RgbImage, content: Content, format: Format, floor: f64, most: usize) {
    let bytes = png(image.clone());
    let pixels = Pixels::decode(&bytes, &read_header(&bytes).unwrap()).unwrap();
    assert_eq!(content_of(&pixels, true), content);
    let settings = Settings {
        quality: 80,
        lossless: Lossless::Auto,
    };
    let file = encode(&pixels, format, content, &settings).unwrap();
    let back = image::load_from_memory(&file).unwrap().into_rgb8();
    let similar = similarity(image, &back);
    assert!(similar >= floor, "{format:?} is as good as {similar:.4}");
    assert!(file.len() <= most, "{format:?} has {} bytes", file.len());
}

#[test]
fn a_photograph_looks_the_same_in_every_format() {
    let image = scene(480, 320);
    assert!((similarity(&image, &image) - 1.0).abs() < 1e-9);
    case(&image, Content::Photo, Format::WebP, 0.8, 40_000);
    case(&image, Content::Photo, Format::Jpeg, 0.8, 40_000);
    case(&image, Content::Photo, Format::Png, 1.0, 400_000);
}

#[test]
fn a_screenshot_looks_the_same_in_every_format() {
    let image = screen(480, 320);
    case(&image, Content::Graphic, Format::WebP, 0.98, 20_000);
    case(&image, Content::Graphic, Format::Jpeg, 0.98, 60_000);
    case(&image, Content::Graphic, Format::Png, 1.0, 20_000);
}
