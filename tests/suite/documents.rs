//! Bound outputs end to end: what an author may put into one, and what becomes of it.

use std::io::{Cursor, Read as _};

use crate::harness::Project;

/// The images in a container of files, by their names.
fn images(container: &[u8]) -> Vec<(String, image::DynamicImage)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(container)).unwrap();
    let mut found = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let name = file.name().to_owned();
        if !name.ends_with(".png") && !name.ends_with(".jpg") && !name.ends_with(".jpeg") {
            continue;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        found.push((name, image::load_from_memory(&bytes).unwrap()));
    }
    found
}

#[test]
fn huge_images_and_inks_end_as_what_every_reader_shows() {
    let project = Project::new(&[
        (
            "tympan.toml",
            "[project]\nkind = \"book\"\ntitle = \"Maps\"\ncontent = \"src\"\n\
             [[documents]]\nname = \"maps\"\nformats = [\"pdf\", \"epub\", \"docx\"]\n",
        ),
        (
            "src/one.md",
            "# One\n\n![A map of the coast](big.png)\n\n![A print in four inks](inks.jpg)\n",
        ),
    ]);
    // Forty megapixels, as a scanner for plans makes them.
    let map = image::GrayImage::from_fn(8_000, 5_000, |x, y| {
        image::Luma([if (x / 400 + y / 400) % 2 == 0 {
            40
        } else {
            220
        }])
    });
    let mut bytes = Cursor::new(Vec::new());
    map.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    project.write("src/big.png", bytes.into_inner());
    project.write(
        "src/inks.jpg",
        include_bytes!("../fixtures/images/cmyk.jpg").as_slice(),
    );
    project.commit("Begin");
    project.run(&["build", "--only", "pdf,epub,docx"]).expect(0);

    for name in ["maps.epub", "maps.docx"] {
        let container = std::fs::read(project.path().join("dist").join(name)).unwrap();
        let images = images(&container);
        assert!(images.len() >= 2, "{name}: {images:?}");
        for (image, pixels) in &images {
            // Reading systems open 5.6 megapixels at most, and know no inks.
            assert!(
                pixels.width() * pixels.height() <= 5_600_000,
                "{name}: {image}"
            );
        }
    }
    let pdf = std::fs::read(project.path().join("dist/maps.pdf")).unwrap();
    let pdf = lopdf::Document::load_mem(&pdf).unwrap();
    let mut widths = Vec::new();
    for object in pdf.objects.values() {
        let Ok(stream) = object.as_stream() else {
            continue;
        };
        let is_image = matches!(
            stream.dict.get(b"Subtype").and_then(lopdf::Object::as_name),
            Ok(name) if name == b"Image"
        );
        if is_image {
            let color = format!("{:?}", stream.dict.get(b"ColorSpace"));
            assert!(!color.contains("CMYK"), "{color}");
            widths.push(stream.dict.get(b"Width").unwrap().as_i64().unwrap());
        }
    }
    // The paper is 210 mm wide; at 300 dots an inch these are 2480.
    assert!(
        widths.iter().any(|width| (2_000..=2_480).contains(width)),
        "{widths:?}"
    );
    assert!(widths.iter().all(|width| *width <= 2_480), "{widths:?}");
}
