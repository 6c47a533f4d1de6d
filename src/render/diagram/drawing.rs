//! A finished drawing.

/// A drawing, sanitized and in the colors of paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The SVG.
    pub(super) svg: String,
    /// Whether it has colors that are not ours: then a page must not change any.
    pub(super) own_colors: bool,
}

impl Drawing {
    /// The SVG for paper.
    pub fn paper(&self) -> &str {
        &self.svg
    }

    /// Whether it keeps its colors whatever the scheme of the page.
    pub fn keeps_colors(&self) -> bool {
        self.own_colors
    }

    /// The texts in it, for those who do not see it.
    pub fn words(&self) -> String {
        const MOST: usize = 400;
        let mut words = String::new();
        for part in self.svg.split("<text").skip(1) {
            let text = part.split("</text>").next().unwrap_or("");
            let inside = text.split('<').filter_map(|piece| piece.split_once('>'));
            let text: Vec<&str> = inside
                .map(|(_, text)| text.trim())
                .filter(|text| !text.is_empty())
                .collect();
            if text.is_empty() || words.len() > MOST {
                continue;
            }
            if !words.is_empty() {
                words.push_str(", ");
            }
            words.push_str(&text.join(" "));
        }
        words
    }

    /// The SVG for a place where others stand beside it: its ids begin with `prefix`.
    #[cfg(feature = "diagrams")]
    pub fn apart(&self, prefix: &str) -> String {
        crate::render::diagram::rewrite::with_prefix(&self.svg, prefix)
    }

    /// The SVG for a page, in the colors of its scheme unless it keeps its own.
    #[cfg(feature = "diagrams")]
    pub fn page(&self, prefix: &str) -> String {
        let svg = self.apart(prefix);
        match self.own_colors {
            true => svg,
            false => crate::render::diagram::palette::as_variables(&svg),
        }
    }

    /// The SVG as it is.
    #[cfg(not(feature = "diagrams"))]
    pub fn apart(&self, _prefix: &str) -> String {
        self.svg.clone()
    }

    /// The SVG as it is.
    #[cfg(not(feature = "diagrams"))]
    pub fn page(&self, _prefix: &str) -> String {
        self.svg.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_words_are_its_texts_in_order() {
        let drawing = Drawing {
            svg: "<svg><text x=\"1\"><tspan>a</tspan><tspan>b</tspan></text><g/><text>c &amp; d</text>\
                  <text/></svg>"
                .to_owned(),
            own_colors: false,
        };
        assert_eq!(drawing.words(), "a b, c &amp; d");
    }
}
