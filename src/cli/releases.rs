//! Where releases are on their way from the job that makes them to the one who ships them: the
//! project's own store, and the one that `[store]` names.

use anyhow::{Context as _, bail};

use crate::cli::args::Global;
use crate::cli::environment::Shipping;
use crate::cli::project::STORE;
use crate::cli::seal::{seal, short};
use crate::cli::signing;
use crate::cli::ui::{Ui, variable};
use crate::digest::Digest;
use crate::release::Release;
use crate::store::Store;
use crate::targets::Access;
use crate::targets::releases::{self, Pushed, ReleaseStore, ReleaseStoreError};

/// The project's own store.
pub fn own(shipping: &Shipping, global: &Global) -> Store {
    Store::open(&shipping.root.join(STORE)).sharing(global.shared_cache.as_deref())
}

/// Gives a release that is in the own store to the place that keeps releases, if there is one, with
/// the signature under it.
pub fn push(
    ui: &Ui,
    shipping: &Shipping,
    store: &Store,
    release: &Release,
    signature: Option<&str>,
) -> anyhow::Result<Option<Pushed>> {
    let Some(keeper) = keeper(shipping)? else {
        return Ok(None);
    };
    let progress = |event| ui.event(event);
    let pushed = keeper.push(release, store, signature, &progress);
    let pushed =
        pushed.context("the release is made and could not be kept in `[store]`; run it again")?;
    Ok(Some(pushed))
}

/// Finds a release with all its files: in the own store, in the place that keeps releases, or by
/// building its commit again, which counts only if it comes out the same. `source` is the commit,
/// where it is known; `known` is the release as somebody else has it.
pub fn obtain(
    ui: &Ui,
    global: &Global,
    shipping: &Shipping,
    digest: &Digest,
    source: Option<&str>,
    known: Option<Release>,
) -> anyhow::Result<(Store, Release)> {
    let store = own(shipping, global);
    let own = store.blob(digest).ok();
    let read = own.and_then(|json| serde_json::from_slice::<Release>(&json).ok());
    let read = read.or_else(|| known.filter(|release| release.digest() == *digest));
    if let Some(release) = &read
        && is_whole(&store, release)
    {
        let release = release.clone();
        store.put_blob(&release.to_json())?;
        return Ok((store, release));
    }
    if let Some(keeper) = keeper(shipping)? {
        match fetched(ui, shipping, &keeper, digest, &store)? {
            Ok(release) => return Ok((store, release)),
            Err(why) => ui.note(&format!("note: {why}")),
        }
    }
    let of_release = read
        .as_ref()
        .and_then(|release| release.source.commit.as_deref());
    match of_release.or(source) {
        Some(commit) => rebuilt(ui, global, digest, commit, read.as_ref()),
        None => bail!(
            "the release {digest} is not in the store, and nothing says which commit it was built from; add `source = \"…\"` to the environment's file, or build it where it was made with `tympan release`"
        ),
    }
}

/// Whether the store has every file of a release.
pub fn is_whole(store: &Store, release: &Release) -> bool {
    let mut files = release.files.files().iter();
    files.all(|file| store.has(&file.sha256))
}

/// Gets a release from the place that keeps releases, with the signature under it, or tells why its
/// commit must be built again. Where releases must be signed, one that is not is as good as absent: its
/// commit says what it ought to be.
fn fetched(
    ui: &Ui,
    shipping: &Shipping,
    keeper: &ReleaseStore,
    digest: &Digest,
    store: &Store,
) -> anyhow::Result<Result<Release, String>> {
    let rebuilt = |error: ReleaseStoreError| match error.is_mended_by_rebuilding() {
        true => Ok(Err(error.to_string())),
        false => Err(error.into()),
    };
    let signature = keeper.signature(digest)?;
    let trust = signing::trust(shipping)?;
    if let Some(trust) = trust.filter(|_| shipping.config.signing.require) {
        let json = match keeper.release(digest) {
            Ok(release) => release.to_json(),
            Err(error) => return rebuilt(error),
        };
        let verified = signature
            .as_ref()
            .map(|text| trust.verify(&json, text, ui.now()));
        let doubt = match verified {
            Some(Ok(_)) => None,
            Some(Err(_)) => Some("the signature under it does not count"),
            None => Some("nobody signed it"),
        };
        if let Some(doubt) = doubt {
            let short = digest.short();
            return Ok(Err(format!(
                "the release {short} is in `[store]`, but {doubt}"
            )));
        }
    }
    let progress = |event| ui.event(event);
    match keeper.pull(digest, store, &progress) {
        Ok(release) => {
            if let Some(signature) = signature {
                signing::keep(store, digest, &signature);
            }
            Ok(Ok(release))
        }
        Err(error) => rebuilt(error),
    }
}

fn keeper(shipping: &Shipping) -> anyhow::Result<Option<ReleaseStore>> {
    let access = Access {
        project: &shipping.root,
        variable: &variable,
    };
    let store = shipping.config.store.as_ref();
    Ok(store
        .map(|store| releases::open(store, access))
        .transpose()?)
}

fn rebuilt(
    ui: &Ui,
    global: &Global,
    digest: &Digest,
    commit: &str,
    before: Option<&Release>,
) -> anyhow::Result<(Store, Release)> {
    ui.note(&format!(
        "building the commit {1} of the release {0}",
        digest.short(),
        short(commit)
    ));
    let sealed = seal(ui, global, commit).with_context(|| {
        format!("the release {digest} is not in the store, and its commit {commit} cannot be built")
    })?;
    if sealed.digest == *digest {
        return Ok((sealed.project.store, sealed.release));
    }
    let differ = before.map_or_else(Vec::new, |before| {
        let (old, new) = (&before.lock.0, &sealed.release.lock.0);
        let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
        names.sort();
        names.dedup();
        names.retain(|name| old.get(*name) != new.get(*name));
        names
    });
    let why = match differ.as_slice() {
        [] => "was it built by another version of tympan?".to_owned(),
        names => format!(
            "these differ: {}",
            names
                .iter()
                .map(|name| name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    bail!(
        "the release {digest} cannot be taken from the store, and its commit {} gives {} here, which is another one: {why}",
        short(commit),
        sealed.digest
    )
}
