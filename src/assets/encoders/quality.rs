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
    let luma = |image: &image::RgbImage, at: (u32, u32)| {
        let [red, green, blue] = image.get_pixel(at.0, at.1).0.map(f64::from);
        0.299 * red + 0.587 * green + 0.114 * blue
    };
    let (mut sum, mut squares) = (0.0, 0.0);
    for top in (0..one.height() - 7).step_by(4) {
        for left in (0..one.width() - 7).step_by(4) {
            // The sums of both, of their squares, and of their products.
            let mut sums = [0.0; 5];
            for place in (0..64).map(|at| (left + at % 8, top + at / 8)) {
                let (this, that) = (luma(one, place), luma(other, place));
                let terms = [this, that, this * this, that * that, this * that];
                for (sum, term) in sums.iter_mut().zip(terms) {
                    *sum += term / 64.0;
                }
            }
            let [mean, other_mean, square, other_square, product] = sums;
            let variance = square - mean * mean + other_square - other_mean * other_mean;
            let covariance = product - mean * other_mean;
            let (c1, c2) = (6.5025, 58.5225);
            sum += (2.0 * mean * other_mean + c1) * (2.0 * covariance + c2)
                / ((mean * mean + other_mean * other_mean + c1) * (variance + c2));
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
