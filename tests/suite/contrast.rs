//! The colors of code can be read: on the ground of a block and on that of a marked line, in the
//! light scheme and in the dark one.

use std::collections::BTreeMap;

type Colors = BTreeMap<String, [f64; 3]>;

/// What WCAG 2.2 asks of text (SC 1.4.3).
const LEAST: f64 = 4.5;
const GROUNDS: [&str; 4] = ["panel", "code-marked", "code-added", "code-removed"];

/// Each variable that a style gives two colors, the first for the light scheme.
fn colors(css: &str) -> (Colors, Colors) {
    let (mut light, mut dark) = (Colors::new(), Colors::new());
    for declaration in css.split(['{', ';', '}']) {
        let Some((name, value)) = declaration.trim().split_once(": light-dark(") else {
            continue;
        };
        let (Some(name), Some((first, second))) = (
            name.strip_prefix("--"),
            value.trim_end_matches(')').split_once(", "),
        ) else {
            continue;
        };
        light.insert(name.to_owned(), linear(first));
        dark.insert(name.to_owned(), linear(second));
    }
    (light, dark)
}

/// The channels of a color of three or six digits, in linear light.
fn linear(color: &str) -> [f64; 3] {
    let digits = color.strip_prefix('#').unwrap();
    let channel = |at: usize| {
        let byte = match digits.len() {
            3 => digits[at..=at].repeat(2),
            _ => digits[at * 2..at * 2 + 2].to_owned(),
        };
        let channel = f64::from(u8::from_str_radix(&byte, 16).unwrap()) / 255.0;
        match channel <= 0.04045 {
            true => channel / 12.92,
            false => ((channel + 0.055) / 1.055).powf(2.4),
        }
    };
    [channel(0), channel(1), channel(2)]
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let luminance = |[red, green, blue]: [f64; 3]| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_color_of_code_can_be_read_on_every_ground() {
    let (style, code) = (
        include_str!("../../themes/base/css/style.css"),
        include_str!("../../themes/base/css/code.css"),
    );
    let themes = [
        ("base", ""),
        ("site", include_str!("../../themes/site/css/site.css")),
        ("docs", include_str!("../../themes/docs/css/docs.css")),
        ("book", include_str!("../../themes/book/css/book.css")),
        (
            "contract",
            include_str!("../../themes/contract/css/contract.css"),
        ),
    ];
    let mut faults = Vec::new();
    for (theme, own) in themes {
        let (light, dark) = colors(&[style, code, own].join("\n"));
        for (scheme, colors) in [("light", &light), ("dark", &dark)] {
            let is_ink = |name: &str| {
                (name == "ink" || name == "soft" || name.starts_with("code-"))
                    && !GROUNDS.contains(&name)
            };
            let inks: Vec<_> = colors.iter().filter(|(name, _)| is_ink(name)).collect();
            assert!(inks.len() > 12, "{theme}: {} colors", inks.len());
            for (name, ink) in inks {
                for ground in GROUNDS {
                    let found = contrast(*ink, colors[ground]);
                    if found < LEAST {
                        faults.push(format!("{theme}, {scheme}: {name} on {ground} {found:.2}"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 0.01);
}
