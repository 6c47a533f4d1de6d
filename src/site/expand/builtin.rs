//! Shortcodes that writers bring along from Hugo and find here. Nothing of them asks anyone else's
//! server: what would embed a stranger's page becomes a link to it.

use crate::site::expand::arguments::Arguments;
use crate::site::expand::shortcodes::Output;

/// What a built-in shortcode writes; none if there is none of that name.
pub(super) fn built_in(name: &str, arguments: &Arguments) -> Option<Output> {
    let text = |name: &str, place: usize| arguments.text(name, place);
    let pieces = match name {
        "figure" => vec![figure(arguments)],
        "details" => {
            let open = matches!(text("open", 9).as_deref(), Some("true" | "open"));
            let open = if open { " open" } else { "" };
            let summary = text("summary", 0).or_else(|| text("title", 0));
            let summary = escape(&summary.unwrap_or_else(|| "…".to_owned()));
            let before = format!("<details{open}>\n<summary>{summary}</summary>");
            vec![before, "</details>".to_owned()]
        }
        "highlight" => {
            let language = text("lang", 0).unwrap_or_default();
            let options = text("options", 1).unwrap_or_default();
            let options = match options.as_str() {
                "" => String::new(),
                options => format!(" {{{}}}", options.replace(['\n', '`', '{', '}'], " ")),
            };
            let language = language.replace(['\n', '`', ' '], "");
            vec![format!("````{language}{options}"), "````".to_owned()]
        }
        "youtube" => vec![link(
            "https://www.youtube.com/watch?v=",
            "YouTube",
            arguments,
        )],
        "vimeo" => vec![link("https://vimeo.com/", "Vimeo", arguments)],
        "instagram" => vec![link("https://www.instagram.com/p/", "Instagram", arguments)],
        "gist" => {
            let id = format!("{}/{}", text("user", 0)?, text("id", 1)?);
            vec![card(
                &format!("https://gist.github.com/{}", address(&id)),
                "Gist",
                &id,
            )]
        }
        "x" | "tweet" | "twitter" => {
            let id = format!(
                "{}/status/{}",
                text("user", 8).unwrap_or("i".to_owned()),
                text("id", 0)?
            );
            vec![card(&format!("https://x.com/{}", address(&id)), "X", &id)]
        }
        "comment" => vec![String::new()],
        _ => return None,
    };
    Some(Output { pieces })
}

/// Whether the text inside is code rather than Markdown.
pub(super) fn holds_code(name: &str) -> bool {
    name == "highlight"
}

/// Whether the text inside is left out.
pub(super) fn holds_nothing(name: &str) -> bool {
    name == "comment"
}

/// A figure as Markdown, so that its picture takes the way of all pictures.
fn figure(arguments: &Arguments) -> String {
    let text = |name: &str, place: usize| arguments.text(name, place);
    let src = address(&text("src", 0).unwrap_or_default());
    let caption = text("caption", 1)
        .or_else(|| text("title", 9))
        .unwrap_or_default();
    let alt = text("alt", 2).unwrap_or_else(|| caption.clone());
    let alt = alt
        .replace('[', "\\[")
        .replace(']', "\\]")
        .replace('\n', " ");
    let title = match caption.as_str() {
        "" => String::new(),
        caption => format!(
            " \"{}\"",
            caption
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', " ")
        ),
    };
    let image = format!("![{alt}](<{src}>{title})");
    match text("link", 9) {
        Some(to) => format!("[{image}](<{}>)", address(&to)),
        None => image,
    }
}

fn link(base: &str, service: &str, arguments: &Arguments) -> String {
    let id = arguments.text("id", 0).unwrap_or_default();
    let title = arguments.text("title", 1).unwrap_or_else(|| id.clone());
    card(&format!("{base}{}", address(&id)), service, &title)
}

fn card(url: &str, service: &str, title: &str) -> String {
    let (url, title) = (escape(url), escape(title));
    format!("<p class=\"link-card\"><a href=\"{url}\">{service}: {title}</a></p>")
}

/// An address that cannot leave its angle brackets.
fn address(text: &str) -> String {
    text.replace(['<', '>', '\n'], "").replace(' ', "%20")
}

fn escape(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\n', " ")
}
