//! How a day is written out in the languages of readers, after the Unicode CLDR (version 48, the
//! long form of dates).

use std::fmt::Write as _;

/// For each language: the form of a date, and the names of the months as they stand in one.
const FORMS: &[(&str, &str, &str)] = &[
    (
        "ar",
        "{d} {m} {y}",
        "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    ),
    (
        "bg",
        "{d} {m} {y} г.",
        "януари|февруари|март|април|май|юни|юли|август|септември|октомври|ноември|декември",
    ),
    (
        "ca",
        "{d} {m} del {y}",
        "de gener|de febrer|de març|d’abril|de maig|de juny|de juliol|d’agost|de setembre|d’octubre|de novembre|de desembre",
    ),
    (
        "cs",
        "{d}. {m} {y}",
        "ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince",
    ),
    (
        "da",
        "{d}. {m} {y}",
        "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december",
    ),
    (
        "de",
        "{d}. {m} {y}",
        "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
    ),
    (
        "de-AT",
        "{d}. {m} {y}",
        "Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
    ),
    (
        "el",
        "{d} {m} {y}",
        "Ιανουαρίου|Φεβρουαρίου|Μαρτίου|Απριλίου|Μαΐου|Ιουνίου|Ιουλίου|Αυγούστου|Σεπτεμβρίου|Οκτωβρίου|Νοεμβρίου|Δεκεμβρίου",
    ),
    (
        "en",
        "{d} {m} {y}",
        "January|February|March|April|May|June|July|August|September|October|November|December",
    ),
    (
        "en-US",
        "{m} {d}, {y}",
        "January|February|March|April|May|June|July|August|September|October|November|December",
    ),
    (
        "es",
        "{d} de {m} de {y}",
        "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
    ),
    (
        "fi",
        "{d}. {m} {y}",
        "tammikuuta|helmikuuta|maaliskuuta|huhtikuuta|toukokuuta|kesäkuuta|heinäkuuta|elokuuta|syyskuuta|lokakuuta|marraskuuta|joulukuuta",
    ),
    (
        "fr",
        "{d} {m} {y}",
        "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
    ),
    (
        "he",
        "{d} ב{m} {y}",
        "ינואר|פברואר|מרץ|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר",
    ),
    (
        "hi",
        "{d} {m} {y}",
        "जनवरी|फ़रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर",
    ),
    (
        "hu",
        "{y}. {m} {d}.",
        "január|február|március|április|május|június|július|augusztus|szeptember|október|november|december",
    ),
    (
        "id",
        "{d} {m} {y}",
        "Januari|Februari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|November|Desember",
    ),
    (
        "it",
        "{d} {m} {y}",
        "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
    ),
    ("ja", "{y}年{m}月{d}日", "1|2|3|4|5|6|7|8|9|10|11|12"),
    (
        "ko",
        "{y}년 {m} {d}일",
        "1월|2월|3월|4월|5월|6월|7월|8월|9월|10월|11월|12월",
    ),
    (
        "nb",
        "{d}. {m} {y}",
        "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember",
    ),
    (
        "nl",
        "{d} {m} {y}",
        "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
    ),
    (
        "pl",
        "{d} {m} {y}",
        "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia",
    ),
    (
        "pt",
        "{d} de {m} de {y}",
        "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
    ),
    (
        "ro",
        "{d} {m} {y}",
        "ianuarie|februarie|martie|aprilie|mai|iunie|iulie|august|septembrie|octombrie|noiembrie|decembrie",
    ),
    (
        "ru",
        "{d} {m} {y} г.",
        "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
    ),
    (
        "sv",
        "{d} {m} {y}",
        "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december",
    ),
    (
        "tr",
        "{d} {m} {y}",
        "Ocak|Şubat|Mart|Nisan|Mayıs|Haziran|Temmuz|Ağustos|Eylül|Ekim|Kasım|Aralık",
    ),
    (
        "uk",
        "{d} {m} {y} р.",
        "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня",
    ),
    ("zh", "{y}年{m}月{d}日", "1|2|3|4|5|6|7|8|9|10|11|12"),
    (
        "fa",
        "{d} {m} {y}",
        "فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند",
    ),
];

/// A day of the Gregorian calendar written out; none in a language that is not known.
pub(super) fn written_out(language: &str, (year, month, day): (i32, u8, u8)) -> Option<String> {
    let primary = language.split('-').next().unwrap_or(language);
    let of = |tag: &str| {
        FORMS
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(tag))
    };
    let (tag, form, months) = of(language).or_else(|| of(primary))?;
    let (year, month, day) = match *tag {
        "fa" => solar_hijri(year, month, day),
        _ => (year, month, day),
    };
    let name = months.split('|').nth(usize::from(month).checked_sub(1)?)?;
    let mut text = String::with_capacity(form.len() + name.len());
    let mut pieces = form.split(['{', '}']);
    while let (Some(words), field) = (pieces.next(), pieces.next()) {
        text.push_str(words);
        let _ = match field {
            Some("d") => write!(text, "{day}"),
            Some("y") => write!(text, "{year}"),
            Some(_) => text.write_str(name),
            None => Ok(()),
        };
    }
    let zero = match (*tag, language) {
        ("fa", _) => Some('۰'),
        ("ar", "ar-EG" | "ar-SA" | "ar-IQ" | "ar-SY" | "ar-JO" | "ar-SD") => Some('٠'),
        _ => None,
    };
    Some(match zero {
        None => text,
        Some(zero) => text.chars().map(|c| digit(c, zero)).collect(),
    })
}

/// The name of a month of the Gregorian calendar as it stands in a date; none in a language that is
/// not known, or that counts by another calendar.
pub(super) fn month_name(language: &str, month: u8) -> Option<&'static str> {
    let primary = language.split('-').next().unwrap_or(language);
    let of = |tag: &str| {
        FORMS
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(tag))
    };
    let (tag, _, months) = of(language).or_else(|| of(primary))?;
    let at = usize::from(month).checked_sub(1)?;
    months.split('|').nth(at).filter(|_| *tag != "fa")
}

fn digit(c: char, zero: char) -> char {
    let shifted = c
        .to_digit(10)
        .and_then(|digit| char::from_u32(zero as u32 + digit));
    shifted.unwrap_or(c)
}

/// The day in the calendar of Iran, by the cycle of 33 years, which agrees with the sky in the
/// centuries that anybody dates pages in.
fn solar_hijri(year: i32, month: u8, day: u8) -> (i32, u8, u8) {
    const BEFORE: [i32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap = if month > 2 { year + 1 } else { year };
    let days = 355_666 + 365 * year + (leap + 3) / 4 - (leap + 99) / 100 + (leap + 399) / 400;
    let mut days = days + i32::from(day) + BEFORE[usize::from(month.clamp(1, 12)) - 1];
    let mut year = -1595 + 33 * (days / 12_053);
    days %= 12_053;
    year += 4 * (days / 1461);
    days %= 1461;
    if days > 365 {
        year += (days - 1) / 365;
        days = (days - 1) % 365;
    }
    let (month, day) = match days {
        0..186 => (1 + days / 31, 1 + days % 31),
        _ => (7 + (days - 186) / 30, 1 + (days - 186) % 30),
    };
    let small = |number: i32| u8::try_from(number).unwrap_or(1);
    (year, small(month), small(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(language: &str, expected: &str) {
        let written = written_out(language, (2026, 3, 1));
        assert_eq!(written.as_deref().unwrap_or("none"), expected);
    }

    #[test]
    fn a_day_is_written_as_readers_write_it() {
        case("en-GB", "1 March 2026");
        case("en-US", "March 1, 2026");
        case("de", "1. März 2026");
        case("fr-CA", "1 mars 2026");
        case("pt-BR", "1 de março de 2026");
        case("pl", "1 marca 2026");
        case("ru", "1 марта 2026\u{202f}г.");
        case("he", "1 במרץ 2026");
        case("ar", "1 مارس 2026");
        case("ar-EG", "١ مارس ٢٠٢٦");
        case("fa", "۱۰ اسفند ۱۴۰۴");
        case("zh-Hant", "2026年3月1日");
        case("ko", "2026년 3월 1일");
        case("tlh", "none");
    }

    #[test]
    fn a_country_may_have_words_of_its_own() {
        assert_eq!(
            written_out("de-AT", (2026, 1, 2)).unwrap(),
            "2. Jänner 2026"
        );
        assert_eq!(
            written_out("de-CH", (2026, 1, 2)).unwrap(),
            "2. Januar 2026"
        );
    }

    #[test]
    fn the_year_of_iran_begins_in_spring() {
        let cases = [
            ((2026, 3, 20), (1404, 12, 29)),
            ((2026, 3, 21), (1405, 1, 1)),
            ((2024, 3, 19), (1402, 12, 29)),
            ((2021, 3, 20), (1399, 12, 30)),
            ((2000, 1, 1), (1378, 10, 11)),
        ];
        for ((year, month, day), expected) in cases {
            assert_eq!(solar_hijri(year, month, day), expected);
        }
    }

    #[test]
    fn every_language_names_twelve_months() {
        for (tag, form, months) in FORMS {
            assert_eq!(months.split('|').count(), 12, "{tag}");
            assert!(
                ["{d}", "{m}", "{y}"].iter().all(|part| form.contains(part)),
                "{tag}"
            );
        }
    }
}
