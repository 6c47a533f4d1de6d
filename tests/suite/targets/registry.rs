//! An OCI registry, held against Docker's.

use std::fs;
use std::process::Command;

use serde_json::Value;
use tympan::config::TargetKind;
use tympan::targets::{Capability, Object, Target, TargetError, View};

use super::shipment::{Shipment, path, told};
use crate::servers::Server;

struct Place {
    server: Server,
    shipment: Shipment,
}

fn place(only_ada: bool) -> Option<Place> {
    let server = Server::registry(only_ada)?;
    let shipment = Shipment::to(TargetKind::Oci {
        repository: format!("127.0.0.1:{}/ada/guide", server.port),
        tag: "live".to_owned(),
    });
    let origin = "https://ada:loom@git.example/guide.git";
    for args in [
        &["init", "--quiet"][..],
        &["remote", "add", "origin", origin],
    ] {
        let git = Command::new("git")
            .arg("-C")
            .arg(shipment.folder.path())
            .args(args)
            .status();
        assert!(git.unwrap().success());
    }
    Some(Place { server, shipment })
}

impl Place {
    fn target(&self) -> Box<dyn Target> {
        self.shipment.open(&[]).unwrap()
    }

    /// What curl gets of the repository.
    fn get(&self, below: &str) -> Vec<u8> {
        let url = format!("{}/v2/ada/guide/{below}", self.server.url());
        let accept = "Accept: application/vnd.oci.image.manifest.v1+json";
        let got = Command::new("curl")
            .args(["-sf", "-H", accept, &url])
            .output();
        got.unwrap().stdout
    }

    fn manifest(&self, tag: &str) -> Value {
        serde_json::from_slice(&self.get(&format!("manifests/{tag}"))).unwrap()
    }
}

#[test]
fn a_release_is_an_artifact_that_others_can_unpack() {
    let Some(place) = place(false) else { return };
    let target = place.target();
    let one = place
        .shipment
        .release(&[("index.html", "one"), ("a/p.png", "pic"), ("a/empty", "")]);
    let two = place.shipment.release(&[("index.html", "two")]);
    place.shipment.publish(&*target, &one, 1000).unwrap();
    assert!(place.shipment.status(&*target, &one).is_converged());
    let manifest = place.manifest("live");
    assert_eq!(
        manifest["artifactType"],
        "application/vnd.tympan.release.v1"
    );
    assert_eq!(
        manifest["annotations"]["org.opencontainers.image.revision"],
        "4be1"
    );
    assert_eq!(
        manifest["annotations"]["org.opencontainers.image.source"],
        "https://git.example/guide.git"
    );
    let [layer] = manifest["layers"].as_array().unwrap().as_slice() else {
        panic!("{manifest}");
    };
    assert_eq!(
        layer["mediaType"],
        "application/vnd.oci.image.layer.v1.tar+gzip"
    );
    let unpacked = tempfile::tempdir().unwrap();
    let tar = unpacked.path().join("layer.tar.gz");
    fs::write(
        &tar,
        place.get(&format!("blobs/{}", layer["digest"].as_str().unwrap())),
    )
    .unwrap();
    let done = Command::new("tar")
        .arg("-xzf")
        .arg(&tar)
        .arg("-C")
        .arg(unpacked.path())
        .status();
    assert!(done.unwrap().success());
    assert_eq!(
        fs::read_to_string(unpacked.path().join("a/p.png")).unwrap(),
        "pic"
    );
    let live = |target: &dyn Target| target.read(&Object::Live(path("index.html"))).unwrap();
    assert_eq!(live(&*target).unwrap().bytes, b"one");
    // Another run.
    let target = place.target();
    place.shipment.publish(&*target, &two, 2000).unwrap();
    assert_eq!(live(&*place.target()).unwrap().bytes, b"two");
    assert_eq!(place.target().observe(View::Live).unwrap().files.len(), 1);
    // Back to the same layer; nothing is sent.
    let back = place
        .shipment
        .publish(&*place.target(), &one, 3000)
        .unwrap();
    assert_eq!(back.deployment.unwrap().bytes_sent, 0);
    assert_eq!(
        place.manifest("live")["layers"][0]["digest"],
        layer["digest"]
    );
    assert!(place.shipment.status(&*target, &one).is_converged());
    let missing: Vec<_> = target.capabilities().missing().collect();
    assert_eq!(missing, [Capability::ConditionalPut, Capability::Headers]);
}

#[test]
fn a_release_goes_live_with_what_is_the_environments_own_and_without() {
    let Some(mut place) = place(false) else {
        return;
    };
    let release = place
        .shipment
        .release(&[("index.html", "one"), ("a/p.png", "pic")]);
    let files: [&[&str]; 2] = [
        &["a/p.png", "index.html"],
        &["a/p.png", "index.html", "robots.txt"],
    ];
    for (at, index) in [(1, None), (2, Some(false)), (3, None), (4, Some(false))] {
        place.shipment.environment.index = index;
        let target = place.target();
        place
            .shipment
            .publish(&*target, &release, at * 1000)
            .unwrap();
        let live = place.target().observe(View::Live).unwrap();
        let paths: Vec<&str> = live.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, files[usize::from(index.is_some())]);
        let page = place.target().read(&Object::Live(path("a/p.png"))).unwrap();
        assert_eq!(page.unwrap().bytes, b"pic");
        assert!(
            place
                .shipment
                .status(&*place.target(), &release)
                .is_converged()
        );
        // What was laid out before is still there to go back to.
        let epoch = i64::try_from(live.tree.unwrap().epoch).unwrap();
        assert_eq!(epoch, at);
    }
}

#[test]
fn a_tag_of_somebody_else_is_left_alone() {
    let Some(place) = place(false) else { return };
    let target = place.target();
    let release = place.shipment.release(&[("index.html", "one")]);
    place.shipment.publish(&*target, &release, 1000).unwrap();
    // The state is no release.
    let state = place.get("manifests/tympan_current");
    let file = place.server.folder.path().join("state");
    fs::write(&file, state).unwrap();
    let url = format!("{}/v2/ada/guide/manifests/live", place.server.url());
    let kind = "Content-Type: application/vnd.oci.image.manifest.v1+json";
    let done = Command::new("curl")
        .args(["-sf", "-X", "PUT", "-H", kind, "--data-binary"])
        .arg(format!("@{}", file.display()))
        .arg(&url)
        .status();
    assert!(done.unwrap().success());
    let error = place
        .shipment
        .publish(&*target, &release, 2000)
        .unwrap_err();
    assert!(
        told(&error).contains("was not written by tympan"),
        "{}",
        told(&error)
    );
}

#[test]
fn who_is_not_let_in_is_told_the_next_step_and_no_password_is() {
    let Some(place) = place(true) else { return };
    let release = place.shipment.release(&[("index.html", "one")]);
    let login = |password: &str| {
        let variables = [
            ("TYMPAN_WEB_USERNAME", "ada"),
            ("TYMPAN_WEB_PASSWORD", password),
        ];
        place.shipment.open(&variables).unwrap()
    };
    place
        .shipment
        .publish(&*login("wheel"), &release, 1000)
        .unwrap();
    for (target, expected) in [
        (login("spindle"), "does not take this name and password"),
        (
            place.target(),
            "it was given no name and password; run `docker login`",
        ),
    ] {
        let error = told(
            &place
                .shipment
                .publish(&*target, &release, 2000)
                .unwrap_err(),
        );
        assert!(
            error.contains(expected) || error.contains("the registry refuses"),
            "{error}"
        );
        assert!(
            error.contains("at target `web`") && !error.contains("spindle"),
            "{error}"
        );
    }
}

#[test]
fn a_registry_that_is_not_there_is_told() {
    let shipment = Shipment::to(TargetKind::Oci {
        repository: format!("127.0.0.1:{}/guide", crate::servers::free_port()),
        tag: "live".to_owned(),
    });
    let observed = shipment.open(&[]).unwrap().observe(View::Live);
    let error = observed.unwrap_err();
    assert!(matches!(error, TargetError::Read { .. }));
    assert!(
        told(&error).contains("the registry does not answer"),
        "{}",
        told(&error)
    );
}
