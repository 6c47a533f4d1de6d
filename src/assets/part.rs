//! A part of a decoded picture, and what its samples mean as light.

use image::metadata::Orientation;

use crate::assets::color::{DEEP_SRGB, SRGB, Sample as _, Space, read_profile, sample_of};
use crate::assets::decode::{Raster, Samples, narrow};
use crate::assets::light::{Light, multiply, resize, stored, turn, turned, without_idle};
use crate::assets::map::Crop;
use crate::assets::pixels::{Layout, Pixels};

/// A part of what is stored, and what its samples mean.
pub(super) struct Part<'a> {
    raster: &'a Raster,
    space: Option<Space>,
    x: u32,
    y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl<'a> Part<'a> {
    /// The part that is cut out, or all of it.
    ///
    /// # Errors
    /// Says so if it is not within the picture.
    pub(super) fn new(
        raster: &'a Raster,
        orientation: Orientation,
        crop: Option<Crop>,
    ) -> Result<Self, String> {
        let size = (raster.width, raster.height);
        let seen = turned(orientation, size);
        let crop = crop.unwrap_or(Crop {
            x: 0,
            y: 0,
            width: seen.0,
            height: seen.1,
        });
        let fits = |start: u32, length: u32, whole: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= whole)
        };
        if !fits(crop.x, crop.width, seen.0) || !fits(crop.y, crop.height, seen.1) {
            return Err("the part that is asked for is not within the picture".to_owned());
        }
        let last = (crop.x + crop.width - 1, crop.y + crop.height - 1);
        let corners = [(crop.x, crop.y), last].map(|corner| stored(orientation, size, corner));
        let (width, height) = turned(orientation, (crop.width, crop.height));
        let most = match raster.samples {
            Samples::Eight(_) => u8::MOST,
            Samples::Sixteen(_) => u16::MOST,
        };
        let profile = raster.profile.as_deref().and_then(read_profile);
        let is_gray = raster.layout.channels() < 3;
        Ok(Self {
            raster,
            space: profile.and_then(|profile| Space::read(&profile, is_gray, most)),
            x: corners[0].0.min(corners[1].0),
            y: corners[0].1.min(corners[1].1),
            width,
            height,
        })
    }

    /// Where a row of it begins and ends among the samples.
    fn row(&self, y: u32) -> std::ops::Range<usize> {
        let channels = self.raster.layout.channels();
        let at = (self.y + y) as usize * self.raster.width as usize + self.x as usize;
        at * channels..(at + self.width as usize) * channels
    }

    /// A row of it as light of its own primaries.
    fn light(&self, y: u32, light: &mut [u16]) {
        let channels = self.raster.layout.channels();
        let row = self.row(y);
        match (&self.raster.samples, &self.space) {
            (Samples::Eight(samples), space) => {
                let space = space.as_ref().unwrap_or(&SRGB);
                space.light(&samples[row], channels, light);
            }
            (Samples::Sixteen(samples), space) => {
                let space = space.as_ref().unwrap_or(&DEEP_SRGB);
                space.light(&samples[row], channels, light);
            }
        }
    }

    /// It at a smaller size, not yet turned.
    pub(super) fn smaller(&self, to: (u32, u32)) -> Result<Light, String> {
        let layout = self.raster.layout;
        let fill = |y: u32, light: &mut [u16]| {
            self.light(y, light);
            multiply(light, layout);
            Ok(())
        };
        let mut light = resize((self.width, self.height), layout, to, fill)?;
        if let Some(space) = &self.space {
            let most = |pixel: &[u16]| match layout {
                Layout::Rgba => pixel[3],
                _ => u16::MAX,
            };
            space.to_srgb(&mut light.samples, layout.channels(), most);
        }
        Ok(light)
    }

    /// It as it is, turned upright.
    pub(super) fn whole(&self, orientation: Orientation) -> Pixels {
        let layout = self.raster.layout;
        let channels = layout.channels();
        let mut bytes = Vec::with_capacity(self.width as usize * self.height as usize * channels);
        let mut light = vec![0; self.width as usize * channels];
        for y in 0..self.height {
            match (&self.raster.samples, &self.space) {
                (Samples::Eight(samples), None) => bytes.extend_from_slice(&samples[self.row(y)]),
                (Samples::Sixteen(samples), None) => {
                    bytes.extend(samples[self.row(y)].iter().map(|sample| narrow(*sample)));
                }
                (_, Some(space)) => {
                    self.light(y, &mut light);
                    space.to_srgb(&mut light, channels, |_| u16::MAX);
                    let is_color = |at: usize| !layout.has_alpha() || at % channels < channels - 1;
                    let samples = light.iter().enumerate();
                    bytes.extend(samples.map(|(at, light)| match is_color(at) {
                        true => sample_of(*light),
                        false => narrow(*light),
                    }));
                }
            }
        }
        let (layout, bytes) = without_idle(layout, bytes, u8::MAX);
        let size = (self.width, self.height);
        let (bytes, (width, height)) = turn(bytes, layout.channels(), size, orientation);
        Pixels {
            width,
            height,
            layout,
            bytes,
        }
    }
}
