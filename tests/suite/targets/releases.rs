//! Stores of releases on servers: what a machine builds another one gets, and nothing is sent twice.

use tympan::config::TargetKind;
use tympan::digest::Digest;
use tympan::progress;
use tympan::store::Store;
use tympan::targets::Access;
use tympan::targets::releases::{self, ReleaseStore, ReleaseStoreError};

use super::buckets;
use super::shipment::{Shipment, told};
use crate::servers::Server;

/// A store of releases, opened as another machine would.
#[track_caller]
fn case(kind: &TargetKind, variables: &[(&str, &str)]) {
    let shipment = Shipment::to(kind.clone());
    let variable = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let access = Access {
        project: shipment.folder.path(),
        variable: &variable,
    };
    let open = || releases::open(kind, access).unwrap();
    let one = shipment.release(&[
        ("index.html", "one"),
        ("a/empty", ""),
        ("b", "same"),
        ("c", "same"),
    ]);
    let two = shipment.release(&[("index.html", "two"), ("b", "same")]);
    let send = |store: &ReleaseStore, release, signature| {
        let pushed = store.push(release, &shipment.store, signature, &progress::silent);
        let pushed = pushed.unwrap_or_else(|error| panic!("{}", told(&error)));
        (pushed.sent + pushed.held, pushed.bytes)
    };
    let push = |store: &ReleaseStore, release| send(store, release, None);
    assert!(open().list().unwrap().is_empty());
    assert_eq!(push(&open(), &one), (3, 7));
    assert_eq!(push(&open(), &one), (3, 0));
    assert_eq!(push(&open(), &two), (2, 3));
    let mut digests = vec![one.digest(), two.digest()];
    digests.sort();
    assert_eq!(open().list().unwrap(), digests);
    let theirs = tempfile::tempdir().unwrap();
    let theirs = Store::open(theirs.path());
    let pulled = open().pull(&one.digest(), &theirs, &progress::silent);
    assert_eq!(pulled.unwrap(), one);
    for text in ["one", "", "same"] {
        let digest = Digest::of(text.as_bytes());
        assert_eq!(theirs.blob(&digest).unwrap(), text.as_bytes());
    }
    // A signature may come later, and another one in its place; it is no release of its own.
    let signature = || open().signature(&one.digest()).unwrap();
    assert_eq!(signature(), None);
    for text in ["by ada\n", "by bob\n"] {
        assert_eq!(send(&open(), &one, Some(text)), (3, 0));
        assert_eq!(signature().as_deref(), Some(text));
    }
    assert_eq!(push(&open(), &one), (3, 0));
    assert_eq!(signature().as_deref(), Some("by bob\n"));
    assert_eq!(open().list().unwrap(), digests);
    let absent = open().pull(&Digest::of(b"no"), &theirs, &progress::silent);
    assert!(matches!(absent, Err(ReleaseStoreError::Absent { .. })));
}

#[test]
fn a_registry_keeps_releases() {
    let Some(server) = Server::registry(true) else {
        return;
    };
    let kind = TargetKind::Oci {
        repository: format!("127.0.0.1:{}/ada/releases", server.port),
        tag: "latest".to_owned(),
    };
    let login = [
        ("TYMPAN_STORE_USERNAME", "ada"),
        ("TYMPAN_STORE_PASSWORD", "wheel"),
    ];
    case(&kind, &login);
}

#[test]
fn a_bucket_keeps_releases() {
    let Some(server) = Server::moto() else { return };
    let ground = buckets::s3(server.url());
    let login = [
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "SECRET-OF-S3"),
    ];
    case(&ground.settings.kind, &login);
    // A blob of the right size and the wrong bytes is found by who fetches it, and replaced by the
    // next one who sends it.
    let one = Digest::of(b"one").hex();
    let key = format!("docs/guide/blobs/{}/{}", &one[..2], &one[2..]);
    assert_eq!(ground.hand.read(&key).as_deref(), Some("one"));
    ground.hand.write(&key, "eno");
    let variable = |name: &str| ground.variables.get(name).cloned();
    let access = Access {
        project: ground.folder.path(),
        variable: &variable,
    };
    let store = releases::open(&ground.settings.kind, access).unwrap();
    let release = ground.release(&[("index.html", "one"), ("b", "same")]);
    let theirs = tempfile::tempdir().unwrap();
    let theirs = Store::open(theirs.path());
    let push = || {
        store
            .push(&release, &ground.store, None, &progress::silent)
            .unwrap()
    };
    assert_eq!(push().sent, 0);
    let pulled = store.pull(&release.digest(), &theirs, &progress::silent);
    assert!(pulled.unwrap_err().is_mended_by_rebuilding());
    assert_eq!((push().sent, push().sent), (1, 0));
    let pulled = store.pull(&release.digest(), &theirs, &progress::silent);
    assert_eq!(pulled.unwrap(), release);
}

#[test]
fn a_folder_keeps_releases() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("releases").display().to_string();
    case(&TargetKind::Directory { path }, &[]);
}
