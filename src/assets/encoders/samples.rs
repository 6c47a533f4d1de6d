//! Pictures like those that people publish, made in place for the tests of this room.

use image::{Rgb, RgbImage};

/// A soft landscape with grain: like a photograph.
pub(in crate::assets) fn scene(width: u32, height: u32) -> RgbImage {
    let mut state = 0x2545_f491_u32;
    let mut grain = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f64::from(state % 13) - 6.0
    };
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (
            f64::from(x) / f64::from(width),
            f64::from(y) / f64::from(height),
        );
        let ridge = 0.55 + 0.08 * (u * 9.0).sin() + 0.03 * (u * 31.0).sin();
        let light = (u * 5.0 + (v * 7.0).sin()).cos() * 18.0;
        let base = match v < ridge {
            true => [96.0 + 90.0 * v, 140.0 + 60.0 * v, 210.0 - 30.0 * v],
            false => [60.0 + 50.0 * v, 88.0 + 30.0 * (u * 40.0).sin(), 52.0],
        };
        let grain = grain();
        let byte = |value: f64| u8::try_from((value + light + grain) as i64);
        Rgb(base.map(|value| byte(value.clamp(24.0, 230.0)).unwrap_or(u8::MAX)))
    })
}

/// A window with a bar, lines of letters and a button: like a screenshot.
pub(in crate::assets) fn screen(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let letter = (x * 7 + y / 14 * 13) % 11 < 4 && y % 14 > 4 && y % 14 < 11;
        let line = y > 40 && x > 20 && x < width * 3 / 4 + (y / 14 * 37) % 60;
        match () {
            () if y < 28 => Rgb([38, 50, 70]),
            () if line && letter && (x + y) % 3 != 0 => Rgb([30, 30, 34]),
            () if line && letter => Rgb([150, 150, 155]),
            () if x > width * 5 / 6 && y > height * 3 / 4 => Rgb([220, 60, 40]),
            () => Rgb([250, 250, 252]),
        }
    })
}
