//! The few words that a book itself says, in the languages this version knows.

/// The words of one language.
pub(super) struct Words {
    /// The language; also of the accessibility summary.
    pub language: &'static str,
    pub contents: &'static str,
    pub cover: &'static str,
    pub title_page: &'static str,
    pub landmarks: &'static str,
    pub start: &'static str,
    pub colophon: &'static str,
    pub source: &'static str,
    pub published_at: &'static str,
    pub made_with: &'static str,
    pub image: &'static str,
    pub back: &'static str,
    pub details: &'static str,
}

const ALL: &[Words] = &[
    Words {
        language: "en",
        contents: "Contents",
        cover: "Cover",
        title_page: "Title Page",
        landmarks: "Landmarks",
        start: "Start of Content",
        colophon: "Colophon",
        source: "Made from revision",
        published_at: "Published at",
        made_with: "Made with tympan.",
        image: "Image",
        back: "Back to reference",
        details: "Details",
    },
    Words {
        language: "de",
        contents: "Inhalt",
        cover: "Umschlag",
        title_page: "Titelseite",
        landmarks: "Orientierung",
        start: "Beginn des Textes",
        colophon: "Impressum",
        source: "Stand",
        published_at: "Erschienen unter",
        made_with: "Gesetzt mit tympan.",
        image: "Bild",
        back: "Zurück zur Stelle",
        details: "Einzelheiten",
    },
    Words {
        language: "fr",
        contents: "Table des matières",
        cover: "Couverture",
        title_page: "Page de titre",
        landmarks: "Repères",
        start: "Début du texte",
        colophon: "Achevé d’imprimer",
        source: "Révision",
        published_at: "Publié sur",
        made_with: "Composé avec tympan.",
        image: "Image",
        back: "Retour au renvoi",
        details: "Détails",
    },
    Words {
        language: "es",
        contents: "Índice",
        cover: "Cubierta",
        title_page: "Portada",
        landmarks: "Puntos de referencia",
        start: "Inicio del texto",
        colophon: "Colofón",
        source: "Revisión",
        published_at: "Publicado en",
        made_with: "Compuesto con tympan.",
        image: "Imagen",
        back: "Volver a la llamada",
        details: "Detalles",
    },
];

/// The words of a language (BCP 47); English where it is not known.
pub(super) fn words(language: &str) -> &'static Words {
    let primary = language
        .split('-')
        .next()
        .unwrap_or("")
        .to_ascii_lowercase();
    let known = ALL.iter().find(|words| words.language == primary);
    known.unwrap_or(&ALL[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_does_not_matter_and_english_is_the_last_resort() {
        assert_eq!(words("de-AT").contents, "Inhalt");
        assert_eq!(words("x-klingon").contents, "Contents");
        assert_eq!(words("").contents, "Contents");
    }
}
