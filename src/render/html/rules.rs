//! What a server must be told, in files of its own kind: redirects, and how long files may be kept.

use std::fmt::Write as _;

use crate::config::{RulesFile, ServerRules};
use crate::site::{Redirect, Site, redirect_file, url_of};
use crate::site_path::{SitePath, decode};

/// The text of a file of rules.
pub(super) fn rules(site: &Site, file: RulesFile) -> String {
    let prefix = prefix(site);
    let mut text = String::new();
    if file.redirects {
        redirects(&mut text, site, file.server, &prefix);
    }
    if file.headers {
        text.push_str(&headers(file.server, &prefix));
    }
    text
}

/// The path at which the release stands on its server, without a slash at its end.
fn prefix(site: &Site) -> String {
    let base = site.release_url();
    let prefix = base.and_then(|base| {
        let rest = base.split_once("://")?.1;
        Some(rest[rest.find('/')?..].trim_end_matches('/'))
    });
    prefix.unwrap_or("").to_owned()
}

/// Servers never see a fragment, so the redirects of fragments are left out.
fn redirects(text: &mut String, site: &Site, server: ServerRules, prefix: &str) {
    let sites = std::iter::once(site).chain(&site.translations);
    let all = sites.flat_map(|site| site.redirects.iter().map(move |one| (&site.mount, one)));
    let outer = site.outer_redirects.iter().map(|one| (&site.base, one));
    let all = outer.chain(all);
    for (mount, Redirect { from, to }) in all {
        let prefix = match mount.is_root() {
            true => prefix.to_owned(),
            false => format!("{prefix}/{}", mount.to_url()),
        };
        if from.contains('#') {
            continue;
        }
        let from = format!("{prefix}{}", encoded(from));
        let to = match to.contains("://") {
            true => to.clone(),
            false => match to.split_once('#') {
                Some((path, fragment)) => format!("{prefix}{}#{fragment}", encoded(path)),
                None => format!("{prefix}{}", encoded(to)),
            },
        };
        let _ = match server {
            ServerRules::Netlify => writeln!(text, "{from} {to} 301"),
            // Its `$uri` is decoded, and `$` begins a variable in what a map leads to.
            ServerRules::Nginx => {
                let (from, to) = (decode(&from), to.replace('$', "%24"));
                let key = from.replace('\\', "\\\\").replace('"', "\\\"");
                writeln!(text, "\"{key}\" \"{to}\";")
            }
            ServerRules::Apache => {
                writeln!(text, "RedirectMatch 301 \"^{}$\" \"{to}\"", literal(&from))
            }
            ServerRules::Caddy => writeln!(text, "redir {} {} 301", quoted(&from), quoted(&to)),
        };
    }
}

/// A word of a Caddyfile, in which a brace begins a placeholder.
fn quoted(text: &str) -> String {
    let text = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('{', "\\{");
    format!("\"{text}\"")
}

/// How long a file may be kept: for good if its name holds a digest of its content (RFC 8246), else
/// until it was asked for again (RFC 9111, section 5.2.2.4). [`Artifact::is_immutable`] is the same
/// rule for one path.
///
/// [`Artifact::is_immutable`]: crate::release::Artifact::is_immutable
fn headers(server: ServerRules, prefix: &str) -> String {
    let (keep, ask) = ("public, max-age=31536000, immutable", "no-cache");
    let inside = format!("{}/_tympan/", literal(prefix));
    match server {
        // A later rule that fits adds its value to the same header, so an earlier one is taken back.
        ServerRules::Netlify => format!(
            "/*\n  Cache-Control: {ask}\n{prefix}/_tympan/*\n  ! Cache-Control\n  Cache-Control: {keep}\n\
             {prefix}/_tympan/search/*\n  ! Cache-Control\n  Cache-Control: {ask}\n"
        ),
        ServerRules::Nginx => {
            format!("default \"{ask}\";\n\"~^{inside}(?!search/)\" \"{keep}\";\n")
        }
        ServerRules::Apache => format!(
            "<IfModule mod_headers.c>\nHeader set Cache-Control \"{ask}\"\n\
             <If \"%{{REQUEST_URI}} =~ m#^{inside}(?!search/)#\">\nHeader set Cache-Control \"{keep}\"\n</If>\n</IfModule>\n"
        ),
        ServerRules::Caddy => format!(
            "@tympan_kept {{\n\tpath {prefix}/_tympan/*\n\tnot path {prefix}/_tympan/search/*\n}}\n\
             header @tympan_kept Cache-Control \"{keep}\"\n\
             @tympan_asked {{\n\tnot {{\n\t\tpath {prefix}/_tympan/*\n\t\tnot path {prefix}/_tympan/search/*\n\t}}\n}}\n\
             header @tympan_asked Cache-Control \"{ask}\"\n"
        ),
    }
}

/// An address as it stands in a request.
fn encoded(url: &str) -> String {
    let path = SitePath::parse(url.trim_matches('/')).unwrap_or_else(|_| SitePath::root());
    match url.ends_with('/') {
        true => url_of(&SitePath::parse(&redirect_file(&path).to_url()).unwrap_or(path)),
        false => format!("/{}", path.to_url()),
    }
}

/// A regular expression for nothing but this text.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\.^$|()[]{}*+?\"".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_match_one_address_each() {
        assert_eq!(literal("/a.b/(c)/"), "/a\\.b/\\(c\\)/");
        assert_eq!(encoded("/a b/"), "/a%20b/");
        assert_eq!(encoded("/a.html"), "/a.html");
    }

    #[test]
    fn a_word_of_caddy_holds_no_placeholder() {
        assert_eq!(quoted("/a\"{b}/"), "\"/a\\\"\\{b}/\"");
    }

    #[test]
    fn a_file_with_a_digest_in_its_name_is_kept() {
        let told = headers(ServerRules::Nginx, "/a.b");
        let kept = "\"~^/a\\.b/_tympan/(?!search/)\" \"public, max-age=31536000, immutable\";";
        assert!(told.contains(kept), "{told}");
    }
}
