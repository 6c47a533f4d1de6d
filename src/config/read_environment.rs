//! From the text of `environments/<name>.toml` to its meaning.

use toml::Spanned;

use crate::config::environment::{Environment, Hold, SmokePath};
use crate::config::file::{EnvironmentFile, SmokePathFile};
use crate::config::read::{Reader, base_url};
use crate::diagnostic::Diagnostic;
use crate::site_path::SitePath;

/// Reads `environments/<name>.toml`.
pub fn read_environment(path: &SitePath, text: &str) -> (Environment, Vec<Diagnostic>) {
    let mut reader = Reader::new(path, text);
    let file: EnvironmentFile = reader.parse();
    let environment = reader.environment(path.stem(), file);
    (environment, reader.diagnostics)
}

impl Reader<'_> {
    fn environment(&mut self, name: &str, file: EnvironmentFile) -> Environment {
        let release = file.release.and_then(|release| self.digest(&release));
        let hold = file.hold.map(|hold| Hold {
            reason: hold.reason,
            deny: hold
                .deny
                .iter()
                .filter_map(|release| self.digest(release))
                .collect(),
        });
        let url = file.url.and_then(|url| {
            let base = base_url(url.get_ref());
            if base.is_none() {
                let message = format!("`{}` is not an absolute address", url.get_ref());
                self.fault(url.span(), message, "write it with its scheme");
            }
            base
        });
        Environment {
            name: name.to_owned(),
            release,
            follow: file.follow,
            targets: file.targets.into_iter().map(Spanned::into_inner).collect(),
            url,
            policy: file.policy,
            smoke: (file.smoke.paths.into_iter())
                .filter_map(|path| self.smoke(path))
                .collect(),
            smoke_over: file.smoke.over,
            hold,
        }
    }

    /// A route and what must come of it. A redirect is followed, so none can be asked for.
    fn smoke(&mut self, written: Spanned<SmokePathFile>) -> Option<SmokePath> {
        let span = written.span();
        let expected = match written.into_inner() {
            SmokePathFile::Route(path) => return Some(SmokePath::there(&path)),
            SmokePathFile::Expected(expected) => expected,
        };
        let status = expected.status.unwrap_or(200);
        if !matches!(status, 200..=299 | 400..=599) {
            let message = format!("no answer ends with status {status}");
            self.fault(
                span,
                message,
                "redirects are followed; name what they lead to, such as 200 or 404",
            );
            return None;
        }
        Some(SmokePath {
            path: expected.path,
            status,
            text: expected.text.filter(|text| !text.is_empty()),
        })
    }

    fn digest(&mut self, written: &Spanned<String>) -> Option<crate::digest::Digest> {
        written
            .get_ref()
            .parse()
            .map_err(|error| {
                self.fault(
                    written.span(),
                    format!("{error}"),
                    "copy it from `tympan status`",
                );
            })
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::environment::SmokeOver;

    #[test]
    fn an_environment_is_read_with_its_policy() {
        let path = SitePath::parse("environments/prod.toml").unwrap();
        let text = "release = \"sha256:00\"\nfollow = \"main\"\ntargets = [\"web\"]\n\
                    [policy]\nrequire = { checks = \"clean\" }\n[smoke]\npaths = [\"/\"]\n";
        let (environment, diagnostics) = read_environment(&path, text);
        assert_eq!(environment.name, "prod");
        assert_eq!(environment.follow.as_deref(), Some("main"));
        assert_eq!(environment.smoke, [SmokePath::there("/")]);
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(diagnostics[0].place.as_ref().unwrap().line, 1);
    }

    #[test]
    fn a_route_may_say_what_must_come_of_it() {
        let path = SitePath::parse("environments/prod.toml").unwrap();
        let text = "[smoke]\nover = \"target\"\npaths = [\n  \"/\",\n  { path = \"/no/\", status = 404, text = \"Not here\" },\n  \
                    { path = \"/old/\", status = 301 },\n]\n";
        let (environment, diagnostics) = read_environment(&path, text);
        let missing = SmokePath {
            path: "/no/".to_owned(),
            status: 404,
            text: Some("Not here".to_owned()),
        };
        assert_eq!(environment.smoke, [SmokePath::there("/"), missing]);
        assert_eq!(environment.smoke_over, SmokeOver::Target);
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        assert_eq!(diagnostics[0].place.as_ref().unwrap().line, 6);
        let unknown = "[smoke]\npaths = [{ path = \"/\", txt = \"a\" }]\n";
        let (_, diagnostics) = read_environment(&path, unknown);
        assert!(
            diagnostics[0].message.contains("a route, or a table"),
            "{diagnostics:?}"
        );
    }
}
