//! Signatures, judged by the programs that made the formats known.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{DIRECTORY, two};
use crate::servers::{is_missing, program};

/// Every signature at a target and what it vouches for.
fn signatures(state: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut found = Vec::new();
    for folder in ["log", "releases"] {
        for entry in fs::read_dir(state.join(folder)).unwrap() {
            let signed = entry.unwrap().path();
            let digest = tympan::digest::Digest::of(&fs::read(&signed).unwrap());
            let signature = state.join(format!("signatures/{}.sig", digest.hex()));
            if signature.exists() {
                found.push((signed, signature));
            }
        }
    }
    found
}

#[test]
fn minisign_verifies_what_was_signed() {
    let Some(minisign) = program("minisign", "/usr/bin/minisign") else {
        return;
    };
    let two = two(DIRECTORY);
    let path = two.project.path();
    let made = Command::new(minisign)
        .args(["-G", "-W", "-p", "guide.pub", "-s", "guide.key"])
        .current_dir(path)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let public = two.project.read("guide.pub");
    let public = public.lines().nth(1).unwrap();
    let config = format!("{DIRECTORY}[signing]\nkeys = [\"{public}\"]\n");
    two.project.write("tympan.toml", config);
    two.pin(0);
    let unsigned = two.project.run(&["publish", "dev"]).expect(2);
    assert!(
        unsigned.stderr.contains("TYMPAN_SIGNING_KEY"),
        "{}",
        unsigned.stderr
    );
    let key = path.join("guide.key").display().to_string();
    let text = two.project.read("guide.key");
    // As a path, and as the text that a CI keeps.
    for (at, key) in [(0, key.as_str()), (1, text.as_str())] {
        two.pin(at);
        let signing = [("TYMPAN_SIGNING_KEY", key)];
        two.project
            .run_with(&["publish", "dev"], &signing)
            .expect(0);
    }
    let found = signatures(&path.join("public/.tympan"));
    assert_eq!(found.len(), 4, "two releases and two records");
    for (signed, signature) in found {
        let verified = Command::new(minisign)
            .args(["-V", "-p", "guide.pub", "-m"])
            .arg(&signed)
            .arg("-x")
            .arg(&signature)
            .current_dir(path)
            .output()
            .unwrap();
        assert!(verified.status.success(), "{verified:?}");
    }
    let verify = || two.project.run(&["log", "dev", "--verify"]);
    verify().expect(0);
    let whole = two.project.run(&["verify", "dev"]).expect(0).stdout;
    assert!(whole.contains("signed by minisign key "), "{whole}");
    let record = "public/.tympan/log/3.json";
    let text = two.project.read(record);
    two.project.write(record, text.replace("healthy", "failed"));
    let found = verify().expect(1).stdout;
    assert!(found.contains("epoch 3: the record was changed"), "{found}");
    two.project.write(record, text);
    verify().expect(0);
    let other = [("TYMPAN_SIGNING_KEY", "hunter2hunter2")];
    let refused = two.project.run_with(&["publish", "dev"], &other).expect(2);
    assert!(!refused.stderr.contains("hunter2"), "{}", refused.stderr);
}

#[test]
fn ssh_verifies_what_was_signed() {
    let two = two(DIRECTORY);
    let path = two.project.path();
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", "key"])
        .current_dir(path)
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        assert!(is_missing("ssh-keygen"));
        return;
    }
    let public = two.project.read("key.pub");
    two.project
        .write("signers", format!("ada@guide.example {public}"));
    let config = format!("{DIRECTORY}[signing]\nallowed_signers = \"signers\"\n");
    two.project.write("tympan.toml", config);
    two.pin(0);
    let key = path.join("key").display().to_string();
    let signing = [("TYMPAN_SIGNING_KEY", key.as_str())];
    two.project
        .run_with(&["publish", "dev"], &signing)
        .expect(0);
    let found = signatures(&path.join("public/.tympan"));
    assert_eq!(found.len(), 2, "a release and a record");
    let trust = tympan::signing::Trust::new(&[], Some(path.join("signers"))).unwrap();
    for (signed, signature) in found {
        let verified = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-n", "tympan", "-I", "ada@guide.example"])
            .args(["-f", "signers", "-s"])
            .arg(&signature)
            .current_dir(path)
            .stdin(fs::File::open(&signed).unwrap())
            .output()
            .unwrap();
        assert!(verified.status.success(), "{verified:?}");
        let (bytes, text) = (
            fs::read(&signed).unwrap(),
            fs::read_to_string(&signature).unwrap(),
        );
        assert_eq!(trust.verify(&bytes, &text).unwrap(), "ada@guide.example");
        assert!(trust.verify(b"something else", &text).is_err());
    }
    // A key that nobody vouches for signs nothing; one that is given as text is as good as its file.
    let other = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f", "other"])
        .current_dir(path)
        .output()
        .unwrap();
    assert!(other.status.success(), "{other:?}");
    two.pin(1);
    let publish = |key: &str| {
        let signing = [("TYMPAN_SIGNING_KEY", key)];
        two.project.run_with(&["publish", "dev"], &signing)
    };
    let refused = publish(path.join("other").to_str().unwrap()).expect(2);
    assert!(
        refused.stderr.contains("is not in `signers`"),
        "{}",
        refused.stderr
    );
    let bytes = b"hello";
    let stranger = tympan::signing::Signer::read(&two.project.read("other"), None).unwrap();
    let foreign = stranger.sign(bytes, "").unwrap();
    let doubt = trust.verify(bytes, &foreign).unwrap_err();
    assert_eq!(doubt, tympan::signing::Doubt::Stranger);
    publish(&two.project.read("key")).expect(0);
    two.project.run(&["log", "dev", "--verify"]).expect(0);
}
