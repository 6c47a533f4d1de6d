//! From the text of `environments/<name>.toml` to its meaning.

use toml::Spanned;

use crate::config::environment::{Environment, Hold, Policy, Requirements, SmokePath};
use crate::config::file::{EnvironmentFile, PolicyFile, RequireFile, SmokePathFile};
use crate::config::freeze::{Freeze, seconds_of};
use crate::config::read::{Reader, base_url};
use crate::diagnostic::Diagnostic;
use crate::site_path::SitePath;

/// How many people a policy may ask for.
const MOST_APPROVALS: usize = 100;

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
                self.fault(
                    url.span(),
                    message,
                    "write it with its scheme, and signs such as `$` as `%24`",
                );
            }
            base
        });
        let named = "write the name of a file in `environments/`, without `.toml`";
        Environment {
            name: name.to_owned(),
            release,
            source: file
                .source
                .and_then(|it| self.plain(&it, "commit", "copy it from `git log`")),
            from: file
                .from
                .and_then(|it| self.plain(&it, "environment", named)),
            follow: file
                .follow
                .and_then(|it| self.plain(&it, "branch", "write it as `git branch` does")),
            targets: file.targets.into_iter().map(Spanned::into_inner).collect(),
            url,
            index: file.index,
            policy: self.policy(name, file.policy),
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

    fn policy(&mut self, name: &str, file: PolicyFile) -> Policy {
        let named = "write the name of a file in `environments/`, without `.toml`";
        let RequireFile {
            checks,
            after,
            soak,
            approvals,
        } = file.require;
        let after = after.and_then(|after| {
            if after.get_ref() == name {
                let help = "name the environment that comes before it";
                self.fault(
                    after.span(),
                    "an environment cannot come after itself",
                    help,
                );
                return None;
            }
            self.plain(&after, "environment", named)
        });
        let soak = soak.map_or(0, |soak| {
            seconds_of(soak.get_ref()).unwrap_or_else(|| {
                let message = format!("`{}` is no length of time", soak.get_ref());
                self.fault(soak.span(), message, "write it as `30m`, `2h` or `1d12h`");
                0
            })
        });
        let approvals = approvals.map_or(0, |approvals| {
            let count = usize::try_from(*approvals.get_ref()).ok();
            count
                .filter(|count| *count <= MOST_APPROVALS)
                .unwrap_or_else(|| {
                    let message = format!("{} people cannot approve", approvals.get_ref());
                    let help = format!("write a number from 0 to {MOST_APPROVALS}");
                    self.fault(approvals.span(), message, help);
                    0
                })
        });
        let freeze = file.freeze.iter().filter_map(|written| {
            let read = Freeze::parse(written.get_ref());
            read.map_err(|reason| {
                let message = format!("`{}` is no freeze: {reason}", written.get_ref());
                let help = "write its first and last day, as in `2026-12-20/2027-01-03`";
                self.fault(written.span(), message, help);
            })
            .ok()
        });
        Policy {
            freeze: freeze.collect(),
            require: Requirements {
                checks,
                after,
                soak,
                approvals,
            },
            auto_rollback: file.rollback.auto,
        }
    }

    /// A name that Git or a path is given, which must not be taken for anything else.
    fn plain(&mut self, written: &Spanned<String>, what: &str, help: &str) -> Option<String> {
        let text = written.get_ref();
        let odd = |c: char| c.is_control() || c.is_whitespace() || "\\:?*[~^".contains(c);
        if text.is_empty()
            || text.starts_with(['-', '/'])
            || text.contains("..")
            || text.contains(odd)
        {
            self.fault(written.span(), format!("`{text}` is no {what}"), help);
            return None;
        }
        Some(text.clone())
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

    #[test]
    fn a_whole_policy_is_read() {
        let path = SitePath::parse("environments/prod.toml").unwrap();
        let text = "targets = [\"web\"]\nsource = \"4be1\"\nfrom = \"test\"\n[policy]\n\
                    require = { checks = \"no-errors\", after = \"test\", soak = \"2h\", approvals = 2 }\n\
                    rollback = { auto = true }\nfreeze = [\"2026-12-20/2027-01-03\"]\n";
        let (environment, diagnostics) = read_environment(&path, text);
        assert_eq!(diagnostics, []);
        assert_eq!(environment.from.as_deref(), Some("test"));
        let Policy {
            require,
            auto_rollback,
            freeze,
        } = environment.policy;
        assert_eq!((require.soak, require.approvals), (7200, 2));
        assert_eq!(require.after.as_deref(), Some("test"));
        assert!(auto_rollback && freeze.len() == 1);
    }

    #[test]
    fn nonsense_is_told_with_its_line() {
        #[track_caller]
        fn case(line: &str, expected: &str) {
            let path = SitePath::parse("environments/prod.toml").unwrap();
            let text = format!("targets = [\"web\"]\n[policy]\n{line}\n");
            let (_, found) = read_environment(&path, &text);
            assert_eq!(found.len(), 1, "{line}: {found:?}");
            assert_eq!(found[0].place.as_ref().unwrap().line, 3, "{line}");
            assert!(found[0].message.contains(expected), "{}", found[0].message);
            assert!(
                found[0].help.is_some() || found[0].code == "config-syntax",
                "{line}"
            );
        }
        case("require = { soak = \"soon\" }", "no length of time");
        case("require = { soak = 2 }", "invalid type");
        case("require = { approvals = -1 }", "-1 people");
        case("require = { after = \"prod\" }", "after itself");
        case("require = { after = \"../x\" }", "is no environment");
        case("require = { chekcs = \"clean\" }", "unknown key");
        case("require = { checks = \"spotless\" }", "unknown value");
        case("freeze = [\"christmas\"]", "is no freeze");
        case("freeze = [\"2027-01-03/2026-12-20\"]", "end lies before");
        case("rollback = { auto = \"yes\" }", "invalid type");
        case("feeze = []", "unknown key");
    }
}
