//! What the template calls the accents, fonts, styles and lengths of LaTeX math.

use pulldown_latex::event::{
    ColumnAlignment, DelimiterSize, Dimension, DimensionUnit, Font, Style,
};
use serde_json::{Value, json};

/// A struck-out relation, as one character where Unicode has it.
pub(super) fn negated(node: &Value) -> Value {
    const PAIRS: &[(&str, &str)] = &[
        ("=", "≠"),
        ("<", "≮"),
        (">", "≯"),
        ("≤", "≰"),
        ("≥", "≱"),
        ("∈", "∉"),
        ("∋", "∌"),
        ("∃", "∄"),
        ("≡", "≢"),
        ("∼", "≁"),
        ("≃", "≄"),
        ("≅", "≇"),
        ("≈", "≉"),
        ("⊂", "⊄"),
        ("⊃", "⊅"),
        ("⊆", "⊈"),
        ("⊇", "⊉"),
        ("∣", "∤"),
        ("∥", "∦"),
        ("→", "↛"),
        ("←", "↚"),
        ("⇒", "⇏"),
        ("⇔", "⇎"),
        ("⊢", "⊬"),
        ("⊨", "⊭"),
    ];
    let known = PAIRS.iter().find(|(plain, _)| node["v"] == *plain);
    match known {
        Some((_, struck)) => json!({"m": "symbol", "v": struck, "class": "relation"}),
        None => json!({"m": "cancel", "c": node}),
    }
}

/// The name of a mark above its base, if it is an accent.
pub(super) fn accent_above(mark: char) -> Option<&'static str> {
    Some(match mark {
        '^' | 'ˆ' => "hat",
        '~' | '˜' => "tilde",
        '‾' | '¯' | 'ˉ' => "overline",
        '→' | '⃗' => "arrow",
        '←' => "arrow-left",
        '↔' => "arrow-both",
        '˙' => "dot",
        '¨' => "dot-double",
        '⃛' => "dot-triple",
        '˘' => "breve",
        'ˇ' => "caron",
        '´' => "acute",
        '`' => "grave",
        '˚' => "circle",
        '⏞' => "overbrace",
        '⏠' => "overparen",
        '⎴' => "overbracket",
        _ => return None,
    })
}

/// The name of a mark below its base, if it is an accent.
pub(super) fn accent_below(mark: char) -> Option<&'static str> {
    Some(match mark {
        '_' | '‾' | '̲' => "underline",
        '⏟' => "underbrace",
        '⏡' => "underparen",
        '⎵' => "underbracket",
        _ => return None,
    })
}

/// The name of a font.
pub(super) fn font_name(font: Font) -> &'static str {
    match font {
        Font::Bold | Font::BoldSansSerif => "bold-upright",
        Font::BoldItalic | Font::BoldSymbol | Font::SansSerifBoldItalic => "bold",
        Font::BoldScript | Font::Script => "cal",
        Font::Fraktur | Font::BoldFraktur => "frak",
        Font::Monospace => "mono",
        Font::SansSerif | Font::SansSerifItalic => "sans",
        Font::DoubleStruck | Font::DoubleStruckItalic => "bb",
        Font::Italic => "italic",
        Font::UpRight => "upright",
    }
}

/// The name of a size.
pub(super) fn style_name(style: Style) -> &'static str {
    match style {
        Style::Display => "display",
        Style::Text => "inline",
        Style::Script => "script",
        Style::ScriptScript => "sscript",
    }
}

/// The name of an alignment.
pub(super) fn align_name(alignment: ColumnAlignment) -> &'static str {
    match alignment {
        ColumnAlignment::Left => "left",
        ColumnAlignment::Center => "center",
        ColumnAlignment::Right => "right",
    }
}

/// The height of an enlarged delimiter.
pub(super) fn delimiter_ems(size: DelimiterSize) -> f32 {
    match size {
        DelimiterSize::Big => 1.2,
        DelimiterSize::BIG => 1.8,
        DelimiterSize::Bigg => 2.4,
        DelimiterSize::BIGG => 3.0,
    }
}

/// A length in ems of the text, at most a page wide.
pub(super) fn ems(length: Dimension) -> f32 {
    let scale = match length.unit {
        DimensionUnit::Em => 1.0,
        DimensionUnit::Mu => 1.0 / 18.0,
        DimensionUnit::Ex => 0.45,
        DimensionUnit::Pt | DimensionUnit::Bp | DimensionUnit::Dd => 0.1,
        DimensionUnit::Pc | DimensionUnit::Cc => 1.2,
        DimensionUnit::Cm => 2.85,
        DimensionUnit::Mm => 0.285,
        DimensionUnit::In => 7.2,
        DimensionUnit::Sp => 0.0,
    };
    let ems = length.value * scale;
    if ems.is_finite() {
        ems.clamp(-2.0, 20.0)
    } else {
        0.0
    }
}
