//! `tympan doctor`: whether all that publishing needs is there, and what each target can promise.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::{DoctorArgs, Global};
use crate::cli::environment::Shipping;
use crate::cli::json;
use crate::cli::project::root;
use crate::cli::reach;
use crate::cli::signing;
use crate::cli::ui::{Ui, variable};
use crate::config::TargetKind;
use crate::publish;

#[derive(Serialize)]
struct DoctorReport {
    format: u32,
    healthy: bool,
    findings: Vec<Finding>,
}

/// Something that was looked at.
#[derive(Serialize)]
pub struct Finding {
    /// What it is about: `git`, a target, an address.
    about: String,
    level: Level,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

/// What must be done about it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nothing.
    Ok,
    /// Nothing, but it is worth knowing.
    Note,
    /// Something.
    Problem,
}

impl Finding {
    /// Something about `about`.
    pub fn new(about: &str, level: Level, message: impl Into<String>) -> Self {
        Self {
            about: about.to_owned(),
            level,
            message: message.into(),
            help: None,
        }
    }

    /// The same with the next step.
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

pub fn run(ui: &Ui, global: &Global, args: &DoctorArgs) -> anyhow::Result<Outcome> {
    let shipping = Shipping::open(ui, root(global)?)?;
    for name in &args.targets {
        shipping.target(name)?;
    }
    let mut findings = vec![git(&shipping.root)];
    findings.extend(tools(&shipping));
    findings.extend(keys(ui, &shipping));
    let mut addresses = BTreeSet::new();
    for name in shipping.names() {
        match shipping.environment(ui, &name) {
            Ok(environment) => {
                for target in &environment.targets {
                    if let Err(error) = shipping.target(target) {
                        findings.push(Finding::new(&name, Level::Problem, chain(&error)));
                    }
                }
                addresses.extend(environment.url.map(|url| (name, url)));
            }
            Err(error) => findings.push(Finding::new(&name, Level::Problem, chain(&error))),
        }
    }
    for (name, target) in &shipping.config.targets {
        if args.targets.is_empty() || args.targets.contains(name) {
            findings.extend(look(ui, &shipping, name));
            let url = match &target.kind {
                TargetKind::S3 { endpoint, .. } | TargetKind::Gcs { endpoint, .. } => {
                    endpoint.clone()
                }
                TargetKind::Azblob { endpoint, .. } => Some(endpoint.clone()),
                TargetKind::Webdav { url } => Some(url.clone()),
                _ => None,
            };
            addresses.extend(url.map(|url| (name.clone(), url)));
        }
    }
    for (name, url) in &addresses {
        findings.extend(reach::look(name, url, ui.now()));
    }
    let healthy = findings.iter().all(|one| one.level != Level::Problem);
    if ui.is_json() {
        ui.result(&json::to_text(&DoctorReport {
            format: 1,
            healthy,
            findings,
        })?);
    } else {
        for finding in &findings {
            ui.result(&words(finding));
        }
    }
    Ok(match healthy {
        true => Outcome::Clean,
        false => Outcome::Findings,
    })
}

fn words(finding: &Finding) -> String {
    let level = match finding.level {
        Level::Ok => "ok",
        Level::Note => "note",
        Level::Problem => "problem",
    };
    let help = finding.help.as_ref();
    let help = help.map_or_else(String::new, |help| format!("\n         {help}"));
    format!("{level:<8} {}: {}{help}", finding.about, finding.message)
}

/// Git, and what a release needs of the repository.
fn git(root: &Path) -> Finding {
    match crate::repo::resolve(root, "HEAD") {
        Ok(commit) => {
            let commit: String = commit.chars().take(7).collect();
            Finding::new("git", Level::Ok, format!("the commit is {commit}"))
        }
        Err(error) => Finding::new("git", Level::Problem, chain(&error.into()))
            .with_help("a release needs a commit; see `git init` and `git commit`"),
    }
}

/// Programs that some targets and keys need.
fn tools(shipping: &Shipping) -> Vec<Finding> {
    let kinds = || shipping.config.targets.values().map(|target| &target.kind);
    let ssh = kinds().any(|kind| matches!(kind, TargetKind::Sftp { .. }));
    let keygen = shipping.config.signing.allowed_signers.is_some();
    [(ssh, "ssh"), (keygen, "ssh-keygen")]
        .into_iter()
        .filter(|(wanted, _)| *wanted)
        .map(|(_, tool)| match is_program(tool) {
            true => Finding::new(tool, Level::Ok, "it is installed"),
            false => Finding::new(tool, Level::Problem, "it is not installed")
                .with_help("install OpenSSH, and make sure that PATH leads to it"),
        })
        .collect()
}

fn is_program(name: &str) -> bool {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(&name).is_file())
}

/// The key that signs, and those that are trusted.
fn keys(ui: &Ui, shipping: &Shipping) -> Vec<Finding> {
    let about = "signing";
    let mut findings = Vec::new();
    match signing::signer(ui, shipping) {
        Ok(Some(_)) => findings.push(Finding::new(about, Level::Ok, "the key can sign")),
        // Who only verifies needs no key.
        Ok(None) => {}
        Err(error) => {
            let level = match variable("TYMPAN_SIGNING_KEY") {
                Some(_) => Level::Problem,
                None => Level::Note,
            };
            findings.push(Finding::new(about, level, chain(&error)));
        }
    }
    let allowed = shipping.config.signing.allowed_signers.as_ref();
    if let Some(path) = allowed.filter(|path| !path.on_disk(&shipping.root).is_file()) {
        let message = format!("`{path}`, which names who may sign, is not there");
        findings.push(Finding::new(about, Level::Problem, message));
    }
    if let Err(error) = signing::trust(shipping) {
        findings.push(Finding::new(about, Level::Problem, chain(&error)));
    }
    findings
}

/// What one target can promise, and does.
fn look(ui: &Ui, shipping: &Shipping, name: &str) -> Vec<Finding> {
    let mark = format!("{} {}", ui.holder(), ui.now());
    let found = shipping
        .open_target(name)
        .and_then(|target| Ok(publish::probe(&*target, &mark)?));
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            return vec![
                Finding::new(name, Level::Problem, chain(&error))
                    .with_help("mend that, or take the target out of `tympan.toml`"),
            ];
        }
    };
    let mut findings = Vec::new();
    for fault in &found.faults {
        findings.push(Finding::new(name, Level::Problem, fault));
    }
    for (capability, how) in &found.broken {
        let message = format!("{how}: {}", capability.loss());
        findings.push(Finding::new(name, Level::Problem, message).with_help(
            "let one job alone publish there, or use a server that honors conditional writes",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::new(name, Level::Ok, "it can be read and written"));
    }
    for capability in &found.missing {
        findings.push(Finding::new(name, Level::Note, capability.loss()));
    }
    findings
}

fn chain(error: &anyhow::Error) -> String {
    let parts: Vec<String> = error.chain().map(ToString::to_string).collect();
    parts.join(": ")
}
