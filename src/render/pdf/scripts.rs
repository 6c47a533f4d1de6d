//! Scripts that the embedded fonts do not have, and fonts that have them. Names of fonts are those of
//! the Noto project and of systems; one that is not there is passed over.

/// A script.
pub(super) struct Script {
    /// Its English name.
    pub(super) name: &'static str,
    /// The first and last characters of its blocks.
    blocks: &'static [(u32, u32)],
    /// Fonts for running text, the best first.
    pub(super) fonts: &'static [&'static str],
}

/// What a character is called that belongs to none of the scripts.
pub(super) const SIGNS: Script = Script {
    name: "signs",
    blocks: &[],
    fonts: &[
        "Noto Sans Symbols",
        "Noto Sans Symbols 2",
        "Noto Sans Math",
        "DejaVu Sans",
    ],
};

const fn script(
    name: &'static str,
    blocks: &'static [(u32, u32)],
    fonts: &'static [&'static str],
) -> Script {
    Script {
        name,
        blocks,
        fonts,
    }
}

/// The scripts, in the order in which their fonts are asked for a character.
pub(super) const SCRIPTS: [Script; 26] = [
    // First, because fonts of other scripts have some of their punctuation, in other forms.
    script(
        "kana",
        &[(0x3040, 0x30ff), (0x31f0, 0x31ff), (0xff66, 0xff9f)],
        &[
            "Noto Serif CJK JP",
            "Noto Serif JP",
            "Hiragino Mincho ProN",
            "Yu Mincho",
            "Noto Sans CJK JP",
        ],
    ),
    script(
        "Hangul",
        &[
            (0x1100, 0x11ff),
            (0x3130, 0x318f),
            (0xa960, 0xa97f),
            (0xac00, 0xd7ff),
        ],
        &[
            "Noto Serif CJK KR",
            "Noto Serif KR",
            "AppleMyungjo",
            "Batang",
            "Noto Sans CJK KR",
        ],
    ),
    script(
        "Han",
        &[
            (0x2e80, 0x303f),
            (0x3190, 0x31ef),
            (0x3200, 0x9fff),
            (0xf900, 0xfaff),
            (0xff00, 0xffef),
            (0x20000, 0x323af),
        ],
        &[
            "Noto Serif CJK SC",
            "Noto Serif SC",
            "Songti SC",
            "SimSun",
            "Noto Sans CJK SC",
        ],
    ),
    script(
        "Arabic",
        &[
            (0x600, 0x6ff),
            (0x750, 0x77f),
            (0x870, 0x8ff),
            (0xfb50, 0xfdff),
            (0xfe70, 0xfefe),
        ],
        &[
            "Noto Naskh Arabic",
            "Amiri",
            "Noto Sans Arabic",
            "Geeza Pro",
            "Traditional Arabic",
        ],
    ),
    script(
        "Hebrew",
        &[(0x590, 0x5ff), (0xfb1d, 0xfb4f)],
        &[
            "Noto Serif Hebrew",
            "Noto Sans Hebrew",
            "New Peninim MT",
            "David",
        ],
    ),
    script(
        "Devanagari",
        &[(0x900, 0x97f), (0xa8e0, 0xa8ff)],
        &[
            "Noto Serif Devanagari",
            "Noto Sans Devanagari",
            "Kohinoor Devanagari",
            "Nirmala UI",
        ],
    ),
    script(
        "Bengali",
        &[(0x980, 0x9ff)],
        &["Noto Serif Bengali", "Noto Sans Bengali", "Nirmala UI"],
    ),
    script(
        "Gurmukhi",
        &[(0xa00, 0xa7f)],
        &["Noto Serif Gurmukhi", "Noto Sans Gurmukhi"],
    ),
    script(
        "Gujarati",
        &[(0xa80, 0xaff)],
        &["Noto Serif Gujarati", "Noto Sans Gujarati"],
    ),
    script(
        "Tamil",
        &[(0xb80, 0xbff)],
        &["Noto Serif Tamil", "Noto Sans Tamil", "Nirmala UI"],
    ),
    script(
        "Telugu",
        &[(0xc00, 0xc7f)],
        &["Noto Serif Telugu", "Noto Sans Telugu"],
    ),
    script(
        "Kannada",
        &[(0xc80, 0xcff)],
        &["Noto Serif Kannada", "Noto Sans Kannada"],
    ),
    script(
        "Malayalam",
        &[(0xd00, 0xd7f)],
        &["Noto Serif Malayalam", "Noto Sans Malayalam"],
    ),
    script(
        "Sinhala",
        &[(0xd80, 0xdff)],
        &["Noto Serif Sinhala", "Noto Sans Sinhala"],
    ),
    script(
        "Thai",
        &[(0xe00, 0xe7f)],
        &[
            "Noto Serif Thai",
            "Noto Sans Thai",
            "Thonburi",
            "Leelawadee UI",
        ],
    ),
    script(
        "Lao",
        &[(0xe80, 0xeff)],
        &["Noto Serif Lao", "Noto Sans Lao"],
    ),
    script("Tibetan", &[(0xf00, 0xfff)], &["Noto Serif Tibetan"]),
    script(
        "Myanmar",
        &[(0x1000, 0x109f)],
        &["Noto Serif Myanmar", "Noto Sans Myanmar"],
    ),
    script(
        "Georgian",
        &[(0x10a0, 0x10ff), (0x1c90, 0x1cbf), (0x2d00, 0x2d2f)],
        &["Noto Serif Georgian", "Noto Sans Georgian"],
    ),
    script(
        "Armenian",
        &[(0x530, 0x58f)],
        &["Noto Serif Armenian", "Noto Sans Armenian"],
    ),
    script(
        "Ethiopic",
        &[(0x1200, 0x139f)],
        &["Noto Serif Ethiopic", "Noto Sans Ethiopic"],
    ),
    script(
        "Khmer",
        &[(0x1780, 0x17ff)],
        &["Noto Serif Khmer", "Noto Sans Khmer"],
    ),
    script("Syriac", &[(0x700, 0x74f)], &["Noto Sans Syriac"]),
    script(
        "Cherokee",
        &[(0x13a0, 0x13ff), (0xab70, 0xabbf)],
        &["Noto Sans Cherokee"],
    ),
    script("Mongolian", &[(0x1800, 0x18af)], &["Noto Sans Mongolian"]),
    script(
        "emoji",
        &[(0x1f000, 0x1faff), (0x2600, 0x27bf), (0x2b00, 0x2bff)],
        &[
            "Noto Color Emoji",
            "Apple Color Emoji",
            "Segoe UI Emoji",
            "Noto Emoji",
        ],
    ),
];

/// Fonts of Chinese, Japanese and Korean by the language that draws them so, the more special first.
const CJK: [(&str, &[&str]); 6] = [
    (
        "zh-hk",
        &["Noto Serif CJK HK", "Noto Serif HK", "Noto Sans CJK HK"],
    ),
    (
        "zh-tw",
        &[
            "Noto Serif CJK TC",
            "Noto Serif TC",
            "Songti TC",
            "PMingLiU",
            "Noto Sans CJK TC",
        ],
    ),
    (
        "zh-hant",
        &[
            "Noto Serif CJK TC",
            "Noto Serif TC",
            "Songti TC",
            "PMingLiU",
            "Noto Sans CJK TC",
        ],
    ),
    (
        "zh",
        &[
            "Noto Serif CJK SC",
            "Noto Serif SC",
            "Songti SC",
            "SimSun",
            "Noto Sans CJK SC",
        ],
    ),
    (
        "ja",
        &[
            "Noto Serif CJK JP",
            "Noto Serif JP",
            "Hiragino Mincho ProN",
            "Yu Mincho",
            "Noto Sans CJK JP",
        ],
    ),
    (
        "ko",
        &[
            "Noto Serif CJK KR",
            "Noto Serif KR",
            "AppleMyungjo",
            "Batang",
            "Noto Sans CJK KR",
        ],
    ),
];

/// The script of a character.
pub(super) fn script_of(letter: char) -> &'static Script {
    let code = u32::from(letter);
    let holds = |script: &&Script| {
        let mut blocks = script.blocks.iter();
        blocks.any(|(first, last)| (*first..=*last).contains(&code))
    };
    SCRIPTS.iter().find(holds).unwrap_or(&SIGNS)
}

/// The fonts of a language that is written in Chinese, Japanese or Korean characters.
pub(super) fn cjk_fonts(language: &str) -> Option<&'static [&'static str]> {
    let language = language.to_ascii_lowercase().replace('_', "-");
    let begins = |tag: &str| {
        let rest = language.strip_prefix(tag);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let named =
        |region: &str| language.starts_with("zh") && language.split('-').any(|part| part == region);
    let found = CJK.iter().find(|(tag, _)| match tag.split_once('-') {
        Some((_, region)) => named(region),
        None => begins(tag),
    });
    found.map(|(_, fonts)| *fonts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_know_their_script() {
        let name = |letter| script_of(letter).name;
        assert_eq!(
            ['ع', 'ש', 'क', '潮', 'し', '한', '🌊', '☂', '𐏊', '。'].map(name),
            [
                "Arabic",
                "Hebrew",
                "Devanagari",
                "Han",
                "kana",
                "Hangul",
                "emoji",
                "emoji",
                "signs",
                "Han"
            ]
        );
    }

    #[test]
    fn a_language_has_its_own_forms_of_han() {
        let first = |language| cjk_fonts(language).map(|fonts| fonts[0]);
        assert_eq!(first("ja"), Some("Noto Serif CJK JP"));
        assert_eq!(first("zh-CN"), Some("Noto Serif CJK SC"));
        assert_eq!(first("zh-Hant-TW"), Some("Noto Serif CJK TC"));
        assert_eq!(first("zh_HK"), Some("Noto Serif CJK HK"));
        assert_eq!(first("de"), None);
    }
}
