//! From a template to a file: what the project says is put where the template has a mark, such as
//! `@BRANCH@`; a line that is a mark alone becomes as many lines as there are to say.

use anyhow::bail;

use crate::cli::args::{CiArgs, CiPlatform};
use crate::cli::ci::secrets::{Needs, Secret, needs};
use crate::cli::environment::Shipping;
use crate::cli::ui::Ui;
use crate::config::Environment;

/// What is filled into the files.
pub struct Setting {
    /// The environment that gets what is merged.
    pub environment: String,
    /// The branch that things are merged into.
    pub branch: String,
    /// All environments, and the address of each.
    pub environments: Vec<(String, String)>,
    /// The secrets that the jobs or the machine need.
    pub secrets: Vec<Secret>,
    /// Whether releases are kept where other machines find them.
    pub has_store: bool,
    /// The folders that targets are.
    pub folders: Vec<String>,
    platform: CiPlatform,
    directory: String,
    /// What the environment that gets what is merged needs.
    own: Needs,
    /// What all of them need.
    all: Needs,
    /// Whether the theme is fetched from another repository.
    fetches_theme: bool,
}

/// Where an address is not known.
const NO_ADDRESS: &str = "https://guide.example/";

impl Setting {
    /// Reads what the project says. Names that could mean something else in a file are refused.
    pub fn of(ui: &Ui, shipping: &Shipping, args: &CiArgs, prefix: &str) -> anyhow::Result<Self> {
        let mut environments = Vec::new();
        let mut first = None;
        let mut chosen: Option<Environment> = None;
        for name in shipping.names() {
            let environment = shipping.environment(ui, &name)?;
            let address = environment.url.clone();
            let address = address.unwrap_or_else(|| NO_ADDRESS.to_owned());
            let is_plain = |c: char| c.is_alphanumeric() || "-._~:/[]%+,=".contains(c);
            if !address.chars().all(is_plain) {
                bail!(
                    "`{address}` of `{name}` cannot be written into the files; write other signs of the address as `%` and two digits"
                );
            }
            environments.push((name.clone(), format!("{}/", address.trim_end_matches('/'))));
            let wanted = match &args.environment {
                Some(wanted) => *wanted == name,
                None => environment.follow.is_some() && chosen.is_none(),
            };
            first.get_or_insert_with(|| environment.clone());
            if wanted {
                chosen = Some(environment);
            }
        }
        if let (Some(wanted), None) = (&args.environment, &chosen) {
            // Says what there is.
            shipping.environment(ui, wanted)?;
        }
        let chosen = chosen.or(first).unwrap_or_else(|| Environment {
            name: "dev".to_owned(),
            ..Environment::default()
        });
        let Environment {
            name: environment,
            follow,
            targets,
            ..
        } = chosen;
        if environments.is_empty() {
            environments.push((environment.clone(), NO_ADDRESS.to_owned()));
        }
        let branch = args.branch.clone().or(follow);
        let branch = branch.unwrap_or_else(|| "main".to_owned());
        let directory = match prefix.trim_end_matches('/') {
            "" => ".",
            folder => folder,
        };
        let names = environments.iter().map(|(name, _)| name.as_str());
        for word in names.chain([branch.as_str(), directory]) {
            let is_plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
            if !word.chars().all(is_plain) || word.starts_with('-') {
                bail!(
                    "`{word}` cannot be written into the files; use letters, digits, `-`, `_`, `.` and `/` in names of environments, branches and folders"
                );
            }
        }
        let store = shipping.config.store.as_ref();
        let own = shipping.config.targets.iter();
        let own = needs(own.filter(|(name, _)| targets.contains(name)), store);
        let all = needs(shipping.config.targets.iter(), store);
        let is_machine = !args.platform.is_forge();
        let mut secrets = if is_machine { &own } else { &all }.secrets.clone();
        // A machine has a user with keys of his own.
        secrets.retain(|secret| !is_machine || !secret.is_of_ssh());
        Ok(Self {
            environment,
            branch,
            environments,
            secrets,
            has_store: store.is_some(),
            folders: own.folders.clone(),
            platform: args.platform,
            directory: directory.to_owned(),
            own,
            all,
            fetches_theme: shipping.config.look.pinned.is_some(),
        })
    }

    /// The environments that get a release from another one.
    pub fn later(&self) -> impl Iterator<Item = &(String, String)> {
        let environments = self.environments.iter();
        environments.filter(|(name, _)| *name != self.environment)
    }

    /// Whether changes can be shown before they are merged.
    pub fn has_previews(&self) -> bool {
        self.own.previews
    }

    /// Whether a target is reached by ssh.
    pub fn uses_ssh(&self) -> bool {
        match self.platform.is_forge() {
            true => self.all.ssh,
            false => self.own.ssh,
        }
    }

    /// A folder that a unit of systemd may write to. One in the project may come to be later.
    fn writable(&self, folder: &str) -> String {
        let path = match folder.starts_with('/') {
            true => folder.to_owned(),
            false => {
                let inside = match self.directory.as_str() {
                    "." => String::new(),
                    directory => format!("/{directory}"),
                };
                format!("-/var/lib/tympan/project{inside}/{folder}")
            }
        };
        let mut quoted = path.replace('\\', "\\\\").replace('"', "\\\"");
        quoted = quoted.replace('%', "%%").replace('\n', "\\n");
        format!("\"{quoted}\"")
    }

    /// The address of an environment.
    fn address(&self, environment: &str) -> &str {
        let found = self.environments.iter();
        let mut found = found.filter(|(name, _)| name == environment);
        found.next().map_or(NO_ADDRESS, |(_, address)| address)
    }

    /// Fills a template.
    pub fn fill(&self, template: &str) -> String {
        let mut text = String::new();
        for line in template.lines() {
            let mark = line.trim_start();
            let indent = &line[..line.len() - mark.len()];
            let block = mark
                .strip_prefix("# @")
                .and_then(|mark| mark.strip_suffix('@'));
            match block.and_then(|mark| self.block(mark)) {
                Some(lines) => {
                    for line in lines {
                        text.push_str(indent);
                        text.push_str(&line);
                        text.push('\n');
                    }
                }
                None => {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
        let next = self.later().next();
        let next = next.map_or(self.environment.as_str(), |(name, _)| name);
        let names: Vec<&str> = self
            .environments
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let secrets: Vec<&str> = self
            .secrets
            .iter()
            .map(|secret| secret.name.as_str())
            .collect();
        let secrets = match secrets.is_empty() {
            true => "nothing, as the targets need no secret".to_owned(),
            false => secrets.join(", "),
        };
        let folders = match self.folders.is_empty() {
            true => "/var/lib/tympan".to_owned(),
            false => {
                let folders = self.folders.iter();
                let folders = folders.map(|folder| format!(" {}", self.writable(folder)));
                format!("/var/lib/tympan{}", folders.collect::<String>())
            }
        };
        let flag = |is: bool, yes: &'static str, no: &'static str| if is { yes } else { no };
        // At the top of its repository a project needs no folder.
        let (at, at_args, inside) = match self.directory.as_str() {
            "." => Default::default(),
            folder => (
                format!("-C {folder} "),
                format!("\"-C\", \"{folder}\", "),
                format!("{folder}/"),
            ),
        };
        let words = [
            ("@BRANCH@", self.branch.as_str()),
            ("@ENVIRONMENT@", &self.environment),
            ("@ENVIRONMENTS@", &names.join(", ")),
            ("@NEXT@", next),
            ("@URL@", self.address(&self.environment)),
            ("@AT@", &at),
            ("@AT_ARGS@", &at_args),
            ("@INSIDE@", &inside),
            ("@VERSION@", env!("CARGO_PKG_VERSION")),
            ("@NAMES@", &secrets),
            ("@WRITES@", &folders),
            (
                "@CONTENTS@",
                flag(self.own.branch, "write # a target is a branch", "read"),
            ),
            (
                "@PERSIST@",
                flag(
                    self.own.branch,
                    "true # zizmor: ignore[artipacked] a target is a branch",
                    "false",
                ),
            ),
        ];
        words
            .into_iter()
            .fold(text, |text, (mark, word)| text.replace(mark, word))
    }

    /// The lines of a mark that stands alone; none if it is no mark.
    fn block(&self, mark: &str) -> Option<Vec<String>> {
        Some(match mark {
            "SECRETS" => lines(&self.own.secrets),
            "ALL_SECRETS" => lines(&self.all.secrets),
            "STORE_SECRETS" => lines(&self.own.of_store),
            "THEME" if self.fetches_theme => match self.platform {
                CiPlatform::Gitlab => vec!["- tympan @AT@theme".to_owned()],
                _ => vec!["- run: tympan @AT@theme".to_owned()],
            },
            "SSH" if self.own.ssh => self.ssh(),
            "ALL_SSH" if self.all.ssh => self.ssh(),
            "PROMOTE" => self.promotions(),
            "PREVIEW" if self.own.previews => {
                let job = self.fill(include_str!("../../../templates/ci/gitlab/preview.yml"));
                job.lines().map(str::to_owned).collect()
            }
            "THEME" | "SSH" | "ALL_SSH" | "PREVIEW" => vec![],
            _ => return None,
        })
    }

    /// What lets ssh in.
    fn ssh(&self) -> Vec<String> {
        let lines = match self.platform {
            CiPlatform::Gitlab => SSH_GITLAB,
            _ => SSH,
        };
        lines.lines().map(str::to_owned).collect()
    }

    /// One job for each environment that is not published by a merge.
    fn promotions(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, address) in self.later() {
            let words = [
                ("@FROM@", self.environment.as_str()),
                ("@TO@", name),
                ("@URL@", address),
            ];
            let job = words.into_iter().fold(
                include_str!("../../../templates/ci/gitlab/promote.yml").to_owned(),
                |text, (mark, word)| text.replace(mark, word),
            );
            for line in self.fill(&job).lines() {
                lines.push(line.to_owned());
            }
            lines.push(String::new());
        }
        lines.pop();
        lines
    }
}

/// Secrets as variables of a step.
fn lines(secrets: &[Secret]) -> Vec<String> {
    let line = |secret: &Secret| format!("{0}: ${{{{ secrets.{0} }}}}", secret.name);
    secrets
        .iter()
        .filter(|secret| !secret.is_of_ssh())
        .map(line)
        .collect()
}

/// The step that lets ssh in. The key is in a file of the job, which ends with it.
const SSH: &str = r#"- name: Let ssh in
  env:
    SSH_PRIVATE_KEY: ${{ secrets.SSH_PRIVATE_KEY }}
    SSH_KNOWN_HOSTS: ${{ secrets.SSH_KNOWN_HOSTS }}
  run: |
    install -d -m 700 ~/.ssh
    echo "$SSH_KNOWN_HOSTS" >>~/.ssh/known_hosts
    install -m 600 /dev/null ~/.ssh/id_ed25519
    echo "$SSH_PRIVATE_KEY" >~/.ssh/id_ed25519"#;

/// The same as lines of a script; both variables are of the type File, whose value is a path.
const SSH_GITLAB: &str = r#"- install -d -m 700 ~/.ssh
- install -m 600 "$SSH_KNOWN_HOSTS" ~/.ssh/known_hosts
- install -m 600 "$SSH_PRIVATE_KEY" ~/.ssh/id_ed25519"#;
