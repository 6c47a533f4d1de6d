//! From the text of `environments/<name>.toml` to its meaning.

use toml::Spanned;

use crate::config::environment::{Environment, Hold};
use crate::config::file::EnvironmentFile;
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
            smoke: file.smoke.paths,
            hold,
        }
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

    #[test]
    fn an_environment_is_read_with_its_policy() {
        let path = SitePath::parse("environments/prod.toml").unwrap();
        let text = "release = \"sha256:00\"\nfollow = \"main\"\ntargets = [\"web\"]\n\
                    [policy]\nrequire = { checks = \"clean\" }\n[smoke]\npaths = [\"/\"]\n";
        let (environment, diagnostics) = read_environment(&path, text);
        assert_eq!(environment.name, "prod");
        assert_eq!(environment.follow.as_deref(), Some("main"));
        assert_eq!(environment.smoke, ["/"]);
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(diagnostics[0].place.as_ref().unwrap().line, 1);
    }
}
