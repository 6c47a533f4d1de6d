//! Which files a platform wants, and what its people have to do besides.

use crate::cli::args::CiPlatform;
use crate::cli::ci::fill::Setting;

macro_rules! template {
    ($file:literal) => {
        include_str!(concat!("../../../templates/ci/", $file))
    };
}

/// How jobs come by the program.
const INSTALL: (&str, &str) = ("ci/install-tympan", template!("install-tympan"));

/// The files of a platform with their templates. In a bare repository a hook stands where Git runs it.
pub fn of(platform: CiPlatform, setting: &Setting, is_bare: bool) -> Vec<(String, String)> {
    let hook = if is_bare {
        "hooks/post-receive"
    } else {
        "ci/post-receive"
    };
    let mut files = match platform {
        CiPlatform::Github => vec![
            INSTALL,
            (".github/workflows/check.yml", template!("github/check.yml")),
            (
                ".github/workflows/preview.yml",
                template!("github/preview.yml"),
            ),
            (
                ".github/workflows/publish.yml",
                template!("github/publish.yml"),
            ),
            (
                ".github/workflows/promote.yml",
                template!("github/promote.yml"),
            ),
        ],
        CiPlatform::Gitlab => vec![
            INSTALL,
            (".gitlab-ci.yml", template!("gitlab/gitlab-ci.yml")),
        ],
        CiPlatform::Forgejo => vec![
            INSTALL,
            (
                ".forgejo/workflows/check.yml",
                template!("forgejo/check.yml"),
            ),
            (
                ".forgejo/workflows/publish.yml",
                template!("forgejo/publish.yml"),
            ),
            (
                ".forgejo/workflows/promote.yml",
                template!("forgejo/promote.yml"),
            ),
        ],
        CiPlatform::Hook => vec![(hook, template!("hook/post-receive"))],
        CiPlatform::Systemd => vec![
            (
                "ci/systemd/tympan-sync.service",
                template!("systemd/tympan-sync.service"),
            ),
            (
                "ci/systemd/tympan-sync-once.service",
                template!("systemd/tympan-sync-once.service"),
            ),
            (
                "ci/systemd/tympan-sync-once.timer",
                template!("systemd/tympan-sync-once.timer"),
            ),
        ],
        CiPlatform::Kubernetes => vec![(
            "ci/kubernetes/tympan-sync.yaml",
            template!("kubernetes/tympan-sync.yaml"),
        )],
    };
    if setting.later().next().is_none() {
        // There is nothing to promote to.
        files.retain(|(path, _)| !path.ends_with("/promote.yml"));
    }
    if !setting.has_previews() {
        files.retain(|(path, _)| !path.ends_with("/preview.yml"));
    }
    let own = |(path, text): (&str, &str)| (path.to_owned(), text.to_owned());
    files.into_iter().map(own).collect()
}

/// Where the secrets are put.
pub fn place(platform: CiPlatform) -> &'static str {
    match platform {
        CiPlatform::Github => "in the environments of the repository (Settings, Environments)",
        CiPlatform::Gitlab => "as protected and masked variables (Settings, CI/CD, Variables)",
        CiPlatform::Forgejo => "in the settings of the repository (Actions, Secrets)",
        CiPlatform::Hook => {
            "in `tympan.env` in the folder of the repository, readable by its user alone"
        }
        CiPlatform::Systemd => "in `/etc/tympan/ENVIRONMENT.env`, readable by root alone",
        CiPlatform::Kubernetes => "in the secret that the file names",
    }
}

/// What has to be done besides.
pub fn notes(platform: CiPlatform, setting: &Setting) -> Vec<String> {
    let mut notes = Vec::new();
    let (environment, branch) = (&setting.environment, &setting.branch);
    if platform.is_forge() {
        notes.push("fill in the address and the digest of the program in `ci/install-tympan`, or the repository and the commit that it is compiled from; until then no job runs".to_owned());
        let later: Vec<&str> = setting.later().map(|(name, _)| name.as_str()).collect();
        if !later.is_empty() && !setting.has_store {
            notes.push("name a `[store]` in `tympan.toml`: a promotion takes its release from there, and the machine that built it is gone".to_owned());
        }
        for folder in &setting.folders {
            notes.push(format!("a target is the folder `{folder}`: run the jobs that publish on the machine that has it, or take another target"));
        }
        let later = later.join("`, `");
        match platform {
            CiPlatform::Github if !later.is_empty() => notes.push(format!(
                "give `{later}` required reviewers; the environment `preview` wants the secrets of `{environment}`"
            )),
            CiPlatform::Github if setting.has_previews() => notes.push(format!(
                "make an environment `preview` that has the secrets of `{environment}`"
            )),
            CiPlatform::Gitlab if !later.is_empty() => notes.push(format!(
                "protect `{later}` (Operate, Environments), and put a project token that may push to `{branch}` into the protected variable TYMPAN_PUSH_TOKEN"
            )),
            _ => {}
        }
        if platform == CiPlatform::Gitlab {
            if setting.uses_ssh() {
                notes.push(
                    "SSH_PRIVATE_KEY and SSH_KNOWN_HOSTS are variables of the type File".to_owned(),
                );
            }
            if setting.has_previews() {
                notes.push("secrets for previews must be visible to merge requests, and whoever may push a branch can read them: give previews credentials of their own, or leave the job `preview` out".to_owned());
            }
        }
    }
    if !platform.is_forge() && setting.uses_ssh() {
        notes.push("a target is reached by ssh: give the user a key that may write there, and put its host into `~/.ssh/known_hosts`".to_owned());
    }
    match platform {
        CiPlatform::Hook => notes.push(
            "put it into `hooks/post-receive` of the bare repository that people push to (`tympan -C REPOSITORY ci hook` does), and tympan on the path of its user".to_owned(),
        ),
        CiPlatform::Systemd => notes.push(format!(
            "copy the units to `/etc/systemd/system`, make the user `tympan`, clone the project to `/var/lib/tympan/project`, then `systemctl enable --now tympan-sync` keeps `{environment}` at what `{branch}` says"
        )),
        CiPlatform::Kubernetes => notes.push(
            "build an image with tympan, Git and ssh, name it by its digest in the file, and clone the project into the volume".to_owned(),
        ),
        _ => {}
    }
    notes
}
