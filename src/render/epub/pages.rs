//! The XHTML documents of a book: chapters, parts, cover, title page, imprint, colophon.

use std::fmt::Write as _;

use crate::render::binding::Matter;
use crate::render::dom::escape;
use crate::render::epub::book::{Book, Chapter, Part};
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

/// A page that bears the title of a part and nothing else.
pub(super) fn part(book: &Book<'_>, part: &Part, mark: &str) -> String {
    let Matter { kind, role, body } = Matter::PART;
    let title = escape(&part.title);
    let content = format!(
        "<section epub:type=\"{kind}\" role=\"{role}\" class=\"part\" aria-labelledby=\"title\">\n\
         {mark}<h1 id=\"title\">{title}</h1>\n</section>"
    );
    let body = format!(" epub:type=\"{body}\"");
    document(&book.language, &part.title, &body, &content)
}

/// The title page.
pub(super) fn title_page(book: &Book<'_>) -> String {
    let mut content = format!(
        "<section epub:type=\"titlepage\" class=\"titlepage\" aria-labelledby=\"title\">\n\
         <h1 id=\"title\">{}</h1>\n",
        escape(&book.title)
    );
    let mut line = |class: &str, role: &str, text: &str| {
        let text = escape(text);
        let _ = writeln!(content, "<p class=\"{class}\"{role}>{text}</p>");
    };
    match (&book.subtitle, &book.description) {
        (Some(subtitle), _) => line("subtitle", " role=\"doc-subtitle\"", subtitle),
        (None, Some(description)) => line("description", "", description),
        (None, None) => {}
    }
    for author in book.authors() {
        line("author", "", author);
    }
    for (role, name) in others(book) {
        line("contributor", "", &with_role(role, name));
    }
    if let Some(publisher) = &book.publisher {
        line("publisher", "", publisher);
    }
    content.push_str("</section>");
    document(
        &book.language,
        &book.title,
        " epub:type=\"frontmatter\"",
        &content,
    )
}

/// Those who made it beside the authors, and what they did.
fn others<'a>(book: &'a Book<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let others = book.people.iter().filter(|person| !person.is_author());
    others.map(|person| {
        let role = match person.role.as_str() {
            "edt" => "editor",
            "trl" => "translator",
            "ill" => "illustrator",
            _ => "",
        };
        (book.words.get(role), person.name.as_str())
    })
}

fn with_role(role: &str, name: &str) -> String {
    match role {
        "" => name.to_owned(),
        role => format!("{role}: {name}"),
    }
}

/// The imprint: who brings the edition out, when and from which revision.
pub(super) fn imprint(book: &Book<'_>) -> String {
    let site = book.context.site;
    let mut lines = Vec::new();
    let title = match &book.subtitle {
        Some(subtitle) => format!("{}. {subtitle}", book.title),
        None => book.title.clone(),
    };
    lines.push(format!("<b>{}</b>", escape(&title)));
    let mut told = |text: Option<String>| lines.extend(text.as_deref().map(escape));
    told(book.series_line());
    for (role, name) in others(book) {
        told(Some(with_role(role, name)));
    }
    told(book.edition.clone());
    let day = book.date.as_deref();
    let day = day.map(|day| match Date::parse(day) {
        Some(date) if day.len() > 7 => date.for_readers(&book.language),
        _ => day.to_owned(),
    });
    told(match (&book.publisher, day) {
        (Some(publisher), Some(day)) => Some(format!("{publisher}, {day}")),
        (publisher, day) => publisher.clone().or(day),
    });
    told(book.rights.clone());
    told(book.isbn.as_ref().map(|isbn| format!("ISBN {isbn}")));
    if let Some(base) = site.config.project.base_url.as_deref() {
        let text = escape(base);
        let address = attribute(base);
        lines.push(format!("<a href=\"{address}\">{text}</a>"));
    }
    lines.extend(revision(book));
    back_page(book, "imprint", "copyright-page", "frontmatter", &lines)
}

/// The colophon: how the book was made, and of what.
pub(super) fn colophon(book: &Book<'_>, fonts: &[String]) -> String {
    let made = book.words.get("made_with").replace("{program}", "tympan");
    let mut lines = vec![escape(&made)];
    lines.extend((!fonts.is_empty()).then(|| escape(&fonts.join(", "))));
    lines.extend(revision(book));
    back_page(
        book,
        "colophon",
        "colophon\" role=\"doc-colophon",
        "backmatter",
        &lines,
    )
}

/// The revision and its day, if it is a clean commit.
fn revision(book: &Book<'_>) -> Option<String> {
    let source = &book.context.site.source;
    let commit = source.commit.as_ref().filter(|_| !source.dirty)?;
    let commit = commit.chars().take(12).filter(char::is_ascii_hexdigit);
    let commit: String = commit.collect();
    let day = source.time.and_then(Date::from_seconds);
    let day = day.map_or(String::new(), |day| {
        format!(", {}", escape(&day.for_readers(&book.language)))
    });
    let label = escape(book.words.get("revision"));
    Some(format!("{label} <code>{commit}</code>{day}"))
}

/// A page of short lines below a title.
fn back_page(book: &Book<'_>, word: &str, kind: &str, body: &str, lines: &[String]) -> String {
    let lines = lines.iter().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "<p>{line}</p>");
        all
    });
    let title = book.words.get(word);
    let content = format!(
        "<section epub:type=\"{kind}\" class=\"{word}\" \
         aria-labelledby=\"title\">\n<h1 id=\"title\">{}</h1>\n{lines}</section>",
        escape(title)
    );
    let body = format!(" epub:type=\"{body}\"");
    document(&book.language, title, &body, &content)
}

/// Text escaped for an attribute in double quotes.
pub(super) fn attribute(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}
