//! What links and images say to those who hear a page, or read one link after the other.

use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::{Image, Link, LinkKind};
use crate::site::{LinkTarget, Page, Site};
use crate::site_path::SitePath;

/// Texts that say nothing of where a link leads, in English.
const SAYS_NOTHING: &[&str] = &[
    "click",
    "click here",
    "click this link",
    "details",
    "find out more",
    "go",
    "go here",
    "here",
    "learn more",
    "link",
    "more",
    "more details",
    "more info",
    "more information",
    "read more",
    "see here",
    "see more",
    "this",
    "this link",
    "this page",
    "this site",
    "this website",
];

/// Texts that say no more than that there is an image, in English.
const SAYS_IMAGE: &[&str] = &[
    "alt",
    "alt text",
    "fig",
    "figure",
    "graphic",
    "image",
    "image alt text",
    "image description",
    "img",
    "photo",
    "photograph",
    "pic",
    "picture",
    "placeholder",
    "screen shot",
    "screenshot",
    "thumbnail",
    "untitled",
];

/// A link without a text, or with one that says nothing.
pub(super) fn link(site: &Site, page: &Page, link: &Link) -> Option<Diagnostic> {
    let text = link.text.trim();
    if text.is_empty() {
        // A construct that is not known is left out, and may have been the text.
        let leads = !link.target.trim().is_empty() && page.unknown.is_empty();
        // A place in the page that is only a place needs no text.
        let found = (leads && !matches!(site.resolve(page, &link.target), LinkTarget::Fragment(_)))
            .then(|| {
                page.diagnostic(
                    "link-empty",
                    Severity::Warning,
                    link.span.clone(),
                    "a link has no text",
                )
            });
        let help = match link.kind {
            LinkKind::Html => "write what it leads to, or say it in the `alt` text of its picture",
            _ => "write what it leads to between the square brackets",
        };
        return found.map(|found| found.help(help));
    }
    if link.kind != LinkKind::Markdown {
        return None;
    }
    let plain = text
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    let is_english = site.language_of(page).starts_with("en");
    let message = if is_english && SAYS_NOTHING.contains(&plain.as_str()) {
        format!("the text `{text}` does not say where the link leads")
    } else if text == link.target && text.contains("://") {
        "an address is no text for those who hear it".to_owned()
    } else {
        return None;
    };
    let found = page.diagnostic(
        "link-text",
        Severity::Suggestion,
        link.span.clone(),
        message,
    );
    Some(found.help("write the title or the subject of what it leads to"))
}

/// An image without a text, or with one that says nothing of it.
pub(super) fn image(page: &Page, image: &Image) -> Option<Diagnostic> {
    let in_html = page.text.get(image.span.clone()) == Some(&image.target);
    let found = |code, severity, message: String, help: &str| {
        let found = page.diagnostic(code, severity, image.span.clone(), message);
        Some(found.help(help))
    };
    let Some(text) = &image.alt else {
        return found(
            "image-alt",
            Severity::Warning,
            "an image has no `alt` attribute".to_owned(),
            "say in a few words what it shows; `alt=\"\"` if it is only an ornament",
        );
    };
    let text = text.trim();
    if text.is_empty() {
        // In HTML an empty text is a decision; in Markdown it is what comes of writing nothing.
        return match in_html {
            true => None,
            false => found(
                "image-alt",
                Severity::Suggestion,
                "an image has no alternative text".to_owned(),
                "say in a few words what it shows, between the square brackets",
            ),
        };
    }
    let lower = text.to_lowercase();
    match SAYS_IMAGE.contains(&lower.as_str()) || is_file_name(&lower, &image.target) {
        true => found(
            "image-alt-empty",
            Severity::Suggestion,
            format!("the text `{text}` does not say what the image shows"),
            "say in a few words what it shows",
        ),
        false => None,
    }
}

/// Whether a text is the name of the file, and no words: `boat` may be both.
fn is_file_name(text: &str, target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or("");
    let name = path.rsplit('/').next().unwrap_or("");
    let Ok(name) = SitePath::parse(&name.to_lowercase()) else {
        return false;
    };
    let is_stem = text == name.stem()
        && text.contains(|c: char| matches!(c, '_' | '-') || c.is_ascii_digit())
        && !text.contains(' ');
    text == name.file_name() && !name.extension().is_empty()
        || is_stem
        || text == path.to_lowercase() && text.contains('/')
}

#[cfg(test)]
mod tests {
    use crate::checks::LinkCheck;
    use crate::checks::test_site::{found, shown};

    #[track_caller]
    fn case(config: &str, source: &str, expected: &[&str]) {
        let files = [
            ("tympan.toml", config),
            ("a.md", source),
            ("b.md", "# B\n"),
            ("boat.png", "x"),
            ("IMG_1234.png", "x"),
        ];
        assert_eq!(shown(&files, &found(&LinkCheck, &files)), expected);
    }

    #[test]
    fn images_say_what_they_show() {
        case(
            "",
            "![boat](boat.png) ![A boat](boat.png) ![Image 7](boat.png)\n",
            &[],
        );
        case(
            "",
            "![Screenshot](boat.png)\n\n![boat.png](boat.png)\n\n![img_1234](IMG_1234.png)\n",
            &[
                "a.md:1:1 image-alt-empty \"![Screenshot](boat.png)\"",
                "a.md:3:1 image-alt-empty \"![boat.png](boat.png)\"",
                "a.md:5:1 image-alt-empty \"![img_1234](IMG_1234.png)\"",
            ],
        );
    }

    #[test]
    fn links_say_where_they_lead() {
        case(
            "",
            "[here](b.md) [Click here!](b.md) [b](b.md) <https://x.example>\n",
            &[
                "a.md:1:1 link-text \"[here](b.md)\"",
                "a.md:1:14 link-text \"[Click here!](b.md)\"",
            ],
        );
        assert!(crate::checks::is_off("link-text"));
    }
}
