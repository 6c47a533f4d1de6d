//! `tympan publish --preview`: what is checked out, below the address of an environment, for a while
//! and for nobody's search engine.

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::{Global, PublishArgs};
use crate::cli::bring::{Bringing, Following, TargetReport, bring};
use crate::cli::environment::Shipping;
use crate::cli::json;
use crate::cli::publish::with_help;
use crate::cli::seal::draft;
use crate::cli::ui::Ui;
use crate::config::{Environment, Policy, SmokeOver, seconds_of};
use crate::digest::Digest;
use crate::publish::{self, Moment};
use crate::release::{
    Artifact, CheckSummary, FORMAT, File, Lock, Manifest, Release, ReleaseSource, Role,
};
use crate::site_path::SitePath;
use crate::store::Store;

/// The folder of the previews, below what an environment serves.
const FOLDER: &str = "_preview";
/// The longest that a preview may stand, in seconds.
const LONGEST: i64 = 366 * 24 * 60 * 60;
/// What keeps a page out of search engines.
const NOINDEX: &[u8] = b"<meta name=\"robots\" content=\"noindex\">";

#[derive(Serialize)]
struct PreviewReport<'a> {
    format: u32,
    environment: &'a str,
    preview: &'a str,
    url: Option<&'a str>,
    until: Moment,
    release: Digest,
    dry_run: bool,
    targets: Vec<TargetReport>,
}

/// Publishes the commit that is checked out, or another one, as a preview.
pub fn run(
    ui: &Ui,
    global: &Global,
    args: &PublishArgs,
    name: &str,
    shipping: &Shipping,
    environment: &Environment,
) -> anyhow::Result<Outcome> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if name.is_empty()
        || name.len() > 63
        || name.starts_with(['-', '_'])
        || !name.chars().all(plain)
    {
        bail!(
            "`{name}` cannot name a preview; write it in at most 63 small letters, digits, `-` and `_`, such as `pr-17`"
        );
    }
    let seconds = seconds_of(&args.expire).filter(|seconds| (1..=LONGEST).contains(seconds));
    let seconds = seconds.with_context(|| {
        format!("`{}` is no time for which a preview may stand; write it as `12h` or `14d`, up to `366d`", args.expire)
    })?;
    let below = below(shipping, environment, name)?;
    let preview = preview_of(environment, name);
    let rev = args.rev.as_deref().unwrap_or("HEAD");
    let commit = crate::repo::resolve(&shipping.root, rev).context("a preview needs a commit")?;
    let sealed = draft(ui, global, &commit)?;
    let store = sealed.project.store;
    let release = hidden(&store, &sealed.release)?;
    let now = Moment::new(ui.now());
    let until = now.after(seconds);
    if !args.dry_run {
        for target_name in &environment.targets {
            let target = shipping.open_target(target_name)?;
            publish::remember_preview(&*target, target_name, name, Some(until), now)
                .map_err(with_help)?;
        }
    }
    let mut brought = bring(
        ui,
        Bringing {
            shipping: &below,
            environment: &preview,
            store: &store,
            release: &release,
            retry: args.retry,
            dry_run: args.dry_run,
            following: Following::Once,
            branch: None,
        },
    )?;
    let place = preview.url.as_deref();
    let shown = place.map_or_else(|| format!("`{FOLDER}/{name}/`"), str::to_owned);
    ui.note(&format!("preview   {shown} until {until}"));
    if !args.dry_run {
        collect(ui, shipping, environment);
    }
    if ui.is_json() {
        ui.result(&json::to_text(&PreviewReport {
            format: 1,
            environment: &environment.name,
            preview: name,
            url: place,
            until,
            release: release.digest(),
            dry_run: args.dry_run,
            targets: std::mem::take(&mut brought.targets),
        })?);
    }
    brought.end(ui)
}

/// Takes away the previews of an environment that have had their time. What cannot be taken away now
/// is next time, and stops no publish.
pub fn collect(ui: &Ui, shipping: &Shipping, environment: &Environment) {
    let now = Moment::new(ui.now());
    for target_name in &environment.targets {
        let collected = (|| -> anyhow::Result<()> {
            let target = shipping.open_target(target_name)?;
            for (name, until) in publish::previews(&*target, target_name)? {
                if until > now {
                    continue;
                }
                end(ui, shipping, environment, target_name, &name)?;
                publish::remember_preview(&*target, target_name, &name, None, now)?;
                ui.note(&format!(
                    "{target_name}  the preview `{name}` has had its time"
                ));
            }
            Ok(())
        })();
        if let Err(error) = collected {
            ui.note(&format!(
                "note: older previews stay at {target_name}: {error:#}"
            ));
        }
    }
}

/// Puts a page that says so into the place of a preview, and removes all the rest.
fn end(
    ui: &Ui,
    shipping: &Shipping,
    environment: &Environment,
    target: &str,
    name: &str,
) -> anyhow::Result<()> {
    let below = below(shipping, environment, name)?;
    let store = Store::open(&shipping.root.join(crate::cli::project::STORE));
    let release = ended(&store)?;
    let preview = Environment {
        targets: vec![target.to_owned()],
        ..preview_of(environment, name)
    };
    let opened = below.open_target(target)?;
    if publish::live(&*opened, target)?.is_some() {
        let brought = bring(
            ui,
            Bringing {
                shipping: &below,
                environment: &preview,
                store: &store,
                release: &release,
                retry: true,
                dry_run: false,
                following: Following::Quietly,
                branch: None,
            },
        )?;
        if brought.end(ui)? != Outcome::Clean {
            bail!("the preview `{name}` could not be taken away");
        }
        publish::clear(&*opened, target)?;
    }
    Ok(())
}

/// The project with each of the environment's targets moved to the folder of a preview.
fn below(shipping: &Shipping, environment: &Environment, name: &str) -> anyhow::Result<Shipping> {
    let mut config = shipping.config.clone();
    // Jobs of merge requests have no key, and what they show is nobody's word.
    config.signing.require = false;
    for target_name in &environment.targets {
        let settings = shipping.target(target_name)?;
        let kind = settings.kind.below(&format!("{FOLDER}/{name}")).with_context(|| {
            format!("the target `{target_name}` has one place only and no folders below it, so it can show no preview")
        })?;
        let mut moved = settings.clone();
        moved.kind = kind;
        moved.max_removals = usize::MAX;
        config.targets.insert(target_name.clone(), moved);
    }
    Ok(Shipping::with_config(shipping.root.clone(), config))
}

/// The environment of a preview: no pin, no policy, an address of its own.
fn preview_of(environment: &Environment, name: &str) -> Environment {
    let url = environment.url.as_ref();
    Environment {
        name: format!("{}/{FOLDER}/{name}", environment.name),
        targets: environment.targets.clone(),
        url: url.map(|url| format!("{}/{FOLDER}/{name}/", url.trim_end_matches('/'))),
        policy: Policy::default(),
        // How a server maps the folder to the address is not known here.
        smoke_over: SmokeOver::Target,
        ..Environment::default()
    }
}

/// The same release with pages that ask search engines to stay away. Copies of pages that are
/// compressed already would not ask, and are left out.
fn hidden(store: &Store, release: &Release) -> anyhow::Result<Release> {
    let files = release.files.files();
    let is_page = |file: &File| file.media_type.starts_with("text/html");
    let mut kept = Vec::new();
    for file in files {
        let plain = file
            .path
            .as_str()
            .rsplit_once('.')
            .map_or("", |(plain, _)| plain);
        let packed = matches!(file.path.extension(), "gz" | "br" | "zst");
        let of_page = packed
            && SitePath::parse(plain)
                .is_ok_and(|path| release.files.get(&path).is_some_and(is_page));
        if of_page {
            continue;
        }
        let mut file = file.clone();
        if is_page(&file) {
            let bytes = unindexed(&store.blob(&file.sha256)?);
            (file.sha256, file.size) = (store.put_blob(&bytes)?, bytes.len() as u64);
        }
        kept.push(file);
    }
    let mut hidden = release.clone();
    hidden.files = Manifest::new(kept);
    hidden
        .lock
        .0
        .insert("preview".to_owned(), "noindex".to_owned());
    store.put_blob(&hidden.to_json())?;
    Ok(hidden)
}

/// A page with a word to search engines at the beginning of its head.
fn unindexed(page: &[u8]) -> Vec<u8> {
    let lower = page
        .get(..page.len().min(4096))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let begin = lower.windows(5).position(|word| word == b"<head");
    let head = begin.and_then(|begin| {
        // Not `<header>`.
        let rest = lower.get(begin + 5..)?;
        let first = *rest.first()?;
        let end = rest.iter().position(|byte| *byte == b'>')?;
        (first == b'>' || first.is_ascii_whitespace()).then_some(begin + 5 + end + 1)
    });
    let at = head.unwrap_or(0);
    let (before, after) = page.split_at_checked(at).unwrap_or((page, b""));
    [before, NOINDEX, after].concat()
}

/// What stands in the place of a preview that has had its time.
fn ended(store: &Store) -> anyhow::Result<Release> {
    let page = "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"robots\" content=\"noindex\"><title>Preview ended</title></head>\n<body><p>This preview has ended.</p></body>\n</html>\n";
    let artifact = Artifact::new(SitePath::parse("index.html")?, Role::Page, page.as_bytes());
    store.put_blob(page.as_bytes())?;
    let release = Release {
        base: None,
        checks: CheckSummary::default(),
        files: Manifest::of(&[artifact]),
        format: FORMAT,
        lock: Lock::default(),
        outputs: Vec::new(),
        redirects: Vec::new(),
        routes: vec!["/".to_owned()],
        source: ReleaseSource::default(),
    };
    store.put_blob(&release.to_json())?;
    Ok(release)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(page: &str, expected: &str) {
        let page = unindexed(page.as_bytes());
        let page = String::from_utf8(page).unwrap();
        assert_eq!(
            page.replace(std::str::from_utf8(NOINDEX).unwrap(), "@"),
            expected
        );
    }

    #[test]
    fn the_word_to_search_engines_stands_first_in_the_head() {
        case(
            "<!doctype html><html><head><title>x",
            "<!doctype html><html><head>@<title>x",
        );
        case("<HEAD class=\"a\">x", "<HEAD class=\"a\">@x");
        case("<header>x</header>", "@<header>x</header>");
        case("", "@");
    }
}
