//! A theme from another repository, in `[theme]`: which one, and exactly which bytes of it.

use toml::Spanned;

use crate::config::read::Reader;
use crate::digest::Digest;

/// A theme from another repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedTheme {
    /// Where it is fetched from.
    pub url: String,
    /// The commit.
    pub rev: String,
    /// What its files must be, all together.
    pub digest: Digest,
}

impl Reader<'_> {
    /// A theme without a pin is a fault: what is built must not change by itself.
    pub(super) fn pinned(
        &mut self,
        url: Option<Spanned<String>>,
        rev: Option<Spanned<String>>,
        digest: Option<Spanned<String>>,
    ) -> Option<PinnedTheme> {
        let Some(url) = url else {
            let lone = rev.or(digest)?;
            let help = "name the repository with `git`";
            self.fault(lone.span(), "a pin without a theme", help);
            return None;
        };
        let text = url.get_ref();
        let way = format!("run `tympan theme {text}`, and write what it prints");
        let host = text
            .strip_prefix("https://")
            .and_then(|rest| rest.split('/').next());
        if host.is_none_or(|host| host.is_empty() || host.contains('@')) {
            let message = format!("`{text}` is no address of a theme");
            let help = "write it as `https://host/path`, without a name or password";
            self.fault(url.span(), message, help);
            return None;
        }
        let (Some(rev), Some(digest)) = (rev, digest) else {
            let message = format!("the theme `{text}` is not pinned by `rev` and `digest`");
            self.fault(url.span(), message, way);
            return None;
        };
        let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let commit = rev.get_ref();
        if !matches!(commit.len(), 40 | 64) || !hex(commit) {
            let message = format!("`{commit}` is no whole name of a commit");
            self.fault(rev.span(), message, way);
            return None;
        }
        let text = digest.get_ref();
        let found = text.strip_prefix("sha256:").map(Digest::from_hex);
        let Some(Ok(found)) = found else {
            self.fault(digest.span(), format!("`{text}` is no digest"), way);
            return None;
        };
        Some(PinnedTheme {
            url: url.into_inner(),
            rev: rev.into_inner(),
            digest: found,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::read_config;
    use crate::site_path::SitePath;

    const REV: &str = "0123456789012345678901234567890123456789";

    #[track_caller]
    fn case(text: &str, expected: &str) {
        let path = SitePath::parse("tympan.toml").unwrap();
        let (config, found) = read_config(&path, &format!("[theme]\n{text}"));
        let said = match (&config.look.pinned, found.first()) {
            (_, Some(found)) => found.message.clone(),
            (Some(theme), None) => theme.digest.short(),
            (None, None) => String::new(),
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn a_theme_has_to_be_pinned() {
        let url = "git = \"https://t.example/x.git\"\n";
        let rev = format!("rev = \"{REV}\"\n");
        let digest = format!("digest = \"sha256:{}\"\n", "ab".repeat(32));
        case(&format!("{url}{rev}{digest}"), "abababab");
        case(
            &format!("{url}{rev}"),
            "the theme `https://t.example/x.git` is not pinned by `rev` and `digest`",
        );
        case(
            &format!("{url}rev = \"main\"\n{digest}"),
            "`main` is no whole name of a commit",
        );
        case(
            &format!("{url}{rev}digest = \"sha256:x\"\n"),
            "`sha256:x` is no digest",
        );
        case(
            &format!("git = \"file:///x\"\n{rev}{digest}"),
            "`file:///x` is no address of a theme",
        );
        case(&rev, "a pin without a theme");
    }
}
