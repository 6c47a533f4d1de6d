//! SFTP, held against OpenSSH.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::PathBuf;

use tympan::config::TargetKind;
use tympan::targets::{Capability, Object, Swap, Target, TargetError, View};

use super::shipment::{Shipment, path, told};
use crate::servers::Server;

struct Place {
    sshd: Server,
    shipment: Shipment,
}

fn place(refused: &str) -> Option<Place> {
    let sshd = Server::sshd(refused)?;
    let user = String::from_utf8(
        std::process::Command::new("id")
            .arg("-un")
            .output()
            .unwrap()
            .stdout,
    );
    let kind = TargetKind::Sftp {
        host: "127.0.0.1".to_owned(),
        port: Some(sshd.port),
        user: Some(user.unwrap().trim().to_owned()),
        path: sshd.folder.path().join("srv/web/").display().to_string(),
    };
    Some(Place {
        shipment: Shipment::to(kind),
        sshd,
    })
}

impl Place {
    fn target(&self) -> Box<dyn Target> {
        self.target_with("client", "known").unwrap()
    }

    fn target_with(&self, key: &str, known: &str) -> Result<Box<dyn Target>, TargetError> {
        let ssh = self.sshd.ssh(key, known);
        self.shipment
            .open(&[("TYMPAN_WEB_SSH", ssh.to_str().unwrap())])
    }

    fn path(&self, below: &str) -> PathBuf {
        self.sshd.folder.path().join("srv/web").join(below)
    }

    fn live(&self, file: &str) -> String {
        fs::read_to_string(self.path("live").join(file)).unwrap()
    }
}

#[test]
fn releases_go_live_and_equal_files_are_one() {
    let Some(place) = place("") else { return };
    let target = place.target();
    let one = place
        .shipment
        .release(&[("index.html", "one"), ("a/p.png", "pic"), ("a/q", "")]);
    let two = place
        .shipment
        .release(&[("index.html", "two"), ("b/p.png", "pic"), ("f.xml", "f")]);
    let first = place.shipment.publish(&*target, &one, 1000).unwrap();
    assert_eq!(first.deployment.unwrap().bytes_sent, 6);
    assert_eq!(place.live("index.html"), "one");
    assert_eq!(
        target.capabilities().missing().collect::<Vec<_>>(),
        [Capability::Headers]
    );
    let inode = fs::metadata(place.path("live/a/p.png")).unwrap().ino();
    // Another run, with a connection of its own.
    let target = place.target();
    let second = place.shipment.publish(&*target, &two, 2000).unwrap();
    assert_eq!(second.deployment.unwrap().bytes_sent, 4);
    assert_eq!(place.live("index.html"), "two");
    assert_eq!(
        fs::metadata(place.path("live/b/p.png")).unwrap().ino(),
        inode
    );
    assert!(!place.path("live/a/p.png").exists());
    assert!(place.shipment.status(&*target, &two).is_converged());
    assert!(
        place
            .shipment
            .publish(&*target, &two, 3000)
            .unwrap()
            .deployment
            .is_none()
    );
    // Back: nothing is sent.
    let back = place.shipment.publish(&*target, &one, 4000).unwrap();
    assert_eq!(back.deployment.unwrap().bytes_sent, 0);
    assert_eq!(place.live("index.html"), "one");
    // Much later the copies that nobody needs are gone.
    let three = place.shipment.release(&[("index.html", "three")]);
    place.shipment.publish(&*target, &three, 4_000_000).unwrap();
    let trees = || fs::read_dir(place.path(".tympan/tree")).unwrap().count();
    assert!(trees() < 4, "{}", trees());
    assert_eq!(
        fs::read_dir(place.path(".tympan/index")).unwrap().count(),
        trees()
    );
    assert_eq!(fs::read_dir(place.path(".tympan/tmp")).unwrap().count(), 0);
    assert!(!place.path(".tympan/held").exists());
}

#[test]
fn what_somebody_changed_is_seen_and_healed() {
    let Some(place) = place("") else { return };
    let target = place.target();
    let release = place
        .shipment
        .release(&[("index.html", "one"), ("a/b", "two"), ("c", "three")]);
    place.shipment.publish(&*target, &release, 1000).unwrap();
    assert!(place.shipment.status(&*target, &release).is_converged());
    fs::write(place.path("live/index.html"), "eno").unwrap();
    fs::remove_file(place.path("live/c")).unwrap();
    fs::write(place.path("live/d"), "mine").unwrap();
    symlink("/etc/passwd", place.path("live/link")).unwrap();
    for target in [&target, &place.target()] {
        let drift = place.shipment.status(&**target, &release).drift;
        let found = (drift.modified.len(), drift.missing.len(), drift.extra.len());
        assert_eq!((found, drift.strangers.len()), ((1, 1, 1), 1), "{drift:?}");
    }
    let healed = place.shipment.publish(&*target, &release, 2000).unwrap();
    assert_eq!(healed.deployment.unwrap().bytes_sent, 8);
    assert_eq!(
        (place.live("index.html"), place.live("c")),
        ("one".into(), "three".into())
    );
    assert!(!place.path("live/d").exists());
    assert!(place.shipment.status(&*target, &release).is_converged());
}

#[test]
fn of_many_who_write_one_object_one_succeeds() {
    let Some(place) = place("") else { return };
    let won = |round: u8, expected: Option<&tympan::targets::Version>| {
        // Two over each connection.
        let targets: Vec<_> = (0..4).map(|_| place.target()).collect();
        std::thread::scope(|scope| {
            let racers = (0..8u8).map(|at| {
                let target = &targets[usize::from(at / 2)];
                scope.spawn(move || target.swap(&path("lease"), expected, &[round, at]).unwrap())
            });
            let racers: Vec<_> = racers.collect();
            let ends = racers.into_iter().map(|racer| racer.join().unwrap());
            ends.filter(|swap| *swap != Swap::Lost).collect::<Vec<_>>()
        })
    };
    let first = won(1, None);
    let [Swap::Done(version)] = first.as_slice() else {
        panic!("{first:?}");
    };
    assert_eq!(won(2, Some(version)).len(), 1);
    assert_eq!(won(3, Some(version)).len(), 0);
}

#[test]
fn a_server_that_can_less_is_published_to_and_says_so() {
    for (refused, at_a_stroke) in [
        ("hardlink", true),
        ("posix-rename", false),
        ("symlink,posix-rename,hardlink,fsync", false),
    ] {
        let Some(place) = place(refused) else { return };
        let target = place.target();
        for (at, text) in [(1, "one"), (2, "two"), (3, "two")] {
            let other = at.to_string();
            let release = place
                .shipment
                .release(&[("index.html", text), ("a/b", &other)]);
            place
                .shipment
                .publish(&*target, &release, at * 1000)
                .unwrap();
            assert_eq!(
                (place.live("index.html"), place.live("a/b")),
                (text.into(), other)
            );
            assert!(place.shipment.status(&*target, &release).is_converged());
        }
        let has = target.capabilities().has(Capability::AtomicSwitch);
        assert_eq!(has, at_a_stroke, "{refused}");
        let conditional = target.capabilities().has(Capability::ConditionalPut);
        assert_eq!(conditional, at_a_stroke, "{refused}");
        let again = place.target().capabilities().has(Capability::AtomicSwitch);
        assert_eq!(again, at_a_stroke, "{refused}");
    }
}

#[test]
fn what_ssh_cannot_do_is_told_with_the_next_step() {
    let Some(place) = place("") else { return };
    let case = |target: &dyn Target, expected: &str| {
        let error = target.read(&Object::State(path("current"))).unwrap_err();
        assert!(told(&error).contains(expected), "{}", told(&error));
    };
    case(
        &*place.target_with("client", "none").unwrap(),
        "is not known here; connect once with `ssh ",
    );
    case(
        &*place.target_with("stranger", "known").unwrap(),
        "does not let us in; put the public key",
    );
    let nowhere = place
        .shipment
        .open(&[("TYMPAN_WEB_SSH", "no-such-program")])
        .unwrap();
    case(&*nowhere, "install the client of OpenSSH");
    assert!(!nowhere.capabilities().has(Capability::AtomicSwitch));
    // Nothing is there yet, and that is no error.
    let target = place.target();
    assert_eq!(target.read(&Object::State(path("current"))).unwrap(), None);
    assert!(target.observe(View::Live).unwrap().files.is_empty());
}

#[test]
fn what_tympan_did_not_write_stays_and_no_link_is_followed() {
    let Some(place) = place("") else { return };
    let outside = tempfile::tempdir().unwrap();
    let release = place.shipment.release(&[("a/index.html", "one")]);
    fs::create_dir_all(place.path("live/a")).unwrap();
    fs::write(place.path("live/a/index.html"), "mine").unwrap();
    let published = place.shipment.publish(&*place.target(), &release, 1000);
    assert!(told(&published.unwrap_err()).contains("was not written by tympan"));
    assert_eq!(place.live("a/index.html"), "mine");
    fs::remove_dir_all(place.path("live")).unwrap();
    let _ = fs::remove_dir_all(place.path(".tympan"));
    symlink(outside.path(), place.path(".tympan")).unwrap();
    let published = place.shipment.publish(&*place.target(), &release, 1000);
    assert!(told(&published.unwrap_err()).contains("a link or a file stands where"));
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_be_written_names_the_target() {
    let Some(mut place) = place("") else { return };
    let TargetKind::Sftp { path: folder, .. } = &mut place.shipment.settings.kind else {
        panic!("another kind");
    };
    *folder = "/proc/nowhere".to_owned();
    let error = place
        .target()
        .swap(&path("lease"), None, b"{}")
        .unwrap_err();
    assert!(told(&error).starts_with("cannot write `127.0.0.1:/proc/nowhere` at target `web`: "));
}
