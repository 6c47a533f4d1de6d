//! The XHTML documents of a book: chapters, cover, title page, colophon.

use std::fmt::Write as _;

use crate::render::dom::escape;
use crate::render::epub::book::{Book, Chapter};
use crate::render::epub::images::Picture;
use crate::site::Date;

/// One document, whole.
pub(super) fn document(language: &str, title: &str, body: &str, content: &str) -> String {
    let direction = crate::config::direction(language);
    let title = escape(title);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\" \
         xml:lang=\"{language}\" lang=\"{language}\" dir=\"{direction}\">\n\
         <head>\n<meta charset=\"UTF-8\"/>\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" type=\"text/css\" href=\"stylesheet.css\"/>\n</head>\n\
         <body{body}>\n{content}\n</body>\n</html>\n"
    )
}

/// A chapter, from its content as XHTML and the id of its title.
pub(super) fn chapter(chapter: &Chapter<'_>, content: &str, title: &str) -> String {
    let matter = chapter.matter;
    let content = format!(
        "<section epub:type=\"{}\" role=\"{}\" aria-labelledby=\"{title}\">\n{}\n</section>",
        matter.kind,
        matter.role,
        content.trim()
    );
    let body = format!(" epub:type=\"{}\"", matter.body);
    document(&chapter.language, &chapter.title, &body, &content)
}

/// The page that shows the cover image and nothing else.
pub(super) fn cover(book: &Book<'_>, picture: &Picture) -> String {
    let content = format!(
        "<section epub:type=\"cover\" class=\"cover\">\n\
         <img src=\"{}\" alt=\"{}\" role=\"doc-cover\"/>\n</section>",
        picture.file,
        attribute(&format!("{}: {}", book.words.get("cover"), book.title))
    );
    document(
        &book.language,
        book.words.get("cover"),
        " class=\"cover\"",
        &content,
    )
}

/// The title page.
pub(super) fn title_page(book: &Book<'_>) -> String {
    let mut content = format!(
        "<section epub:type=\"titlepage\" class=\"titlepage\" aria-labelledby=\"title\">\n\
         <h1 id=\"title\">{}</h1>\n",
        escape(&book.title)
    );
    if let Some(description) = &book.description {
        let description = escape(description);
        let _ = writeln!(content, "<p class=\"description\">{description}</p>");
    }
    for author in &book.authors {
        let _ = writeln!(content, "<p class=\"author\">{}</p>", escape(author));
    }
    content.push_str("</section>");
    document(
        &book.language,
        &book.title,
        " epub:type=\"frontmatter\"",
        &content,
    )
}

/// The colophon: rights, address, and the revision if it is a clean commit.
pub(super) fn colophon(book: &Book<'_>) -> String {
    let site = book.context.site;
    let word = |key: &str| book.words.get(key);
    let mut lines = Vec::new();
    if let Some(rights) = &book.rights {
        lines.push(escape(rights));
    }
    if let Some(base) = site.config.project.base_url.as_deref() {
        let text = escape(base);
        let address = attribute(base);
        lines.push(format!("<a href=\"{address}\">{text}</a>"));
    }
    if let (Some(commit), false) = (&site.source.commit, site.source.dirty) {
        let commit: String = commit
            .chars()
            .take(12)
            .filter(char::is_ascii_hexdigit)
            .collect();
        let day = site.source.time.and_then(Date::from_seconds);
        let day = day.map_or(String::new(), |day| {
            format!(", {}", escape(&day.for_readers(&book.language)))
        });
        lines.push(format!(
            "{} <code>{commit}</code>{day}",
            escape(word("revision"))
        ));
    }
    lines.push(escape(&word("made_with").replace("{program}", "tympan")));
    let lines = lines.iter().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "<p>{line}</p>");
        all
    });
    let title = escape(word("colophon"));
    let content = format!(
        "<section epub:type=\"colophon\" role=\"doc-colophon\" class=\"colophon\" \
         aria-labelledby=\"title\">\n<h1 id=\"title\">{title}</h1>\n{lines}</section>"
    );
    document(
        &book.language,
        word("colophon"),
        " epub:type=\"backmatter\"",
        &content,
    )
}

/// Text escaped for an attribute in double quotes.
pub(super) fn attribute(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}
