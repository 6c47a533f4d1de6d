//! Signatures, judged by the programs that made the formats known.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{DIRECTORY, Two, two};
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

/// Makes a key, `<name>.key`, and tells its public half.
fn key_of(minisign: &str, folder: &Path, name: &str) -> String {
    let (public, key) = (format!("{name}.pub"), format!("{name}.key"));
    let made = Command::new(minisign)
        .args(["-G", "-W", "-p", &public, "-s", &key])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let public = fs::read_to_string(folder.join(public)).unwrap();
    public.lines().nth(1).unwrap().to_owned()
}

/// Signs for the first time at a target that was published to without a key.
fn adopt(two: &Two, config: &str, key: &str) {
    let signing = [("TYMPAN_SIGNING_KEY", key)];
    let publish = || two.project.run_with(&["publish", "dev"], &signing);
    two.project.write("tympan.toml", config);
    let refused = publish().expect(1);
    let told = "`require = false`";
    assert!(refused.stderr.contains(told), "{}", refused.stderr);
    let once = format!("{config}require = false\n");
    two.project.write("tympan.toml", once);
    publish().expect(0);
    two.project.write("tympan.toml", config);
}

#[test]
fn minisign_verifies_what_was_signed() {
    let Some(minisign) = program("minisign", "/usr/bin/minisign") else {
        return;
    };
    let two = two(DIRECTORY);
    let path = two.project.path();
    let public = key_of(minisign, path, "guide");
    let config = format!("{DIRECTORY}[signing]\nkeys = [\"{public}\"]\n");
    two.project.write("tympan.toml", &config);
    two.pin(0);
    let unsigned = two.project.run(&["publish", "dev"]).expect(2);
    assert!(
        unsigned.stderr.contains("TYMPAN_SIGNING_KEY"),
        "{}",
        unsigned.stderr
    );
    let key = path.join("guide.key").display().to_string();
    let text = two.project.read("guide.key");
    two.pin(0);
    adopt(&two, &config, &key);
    // As the text that a CI keeps, too.
    for (at, key) in [(0, key.as_str()), (1, text.as_str())] {
        two.pin(at);
        let signing = [("TYMPAN_SIGNING_KEY", key)];
        two.project
            .run_with(&["publish", "dev"], &signing)
            .expect(0);
    }
    let found = signatures(&path.join("public/.tympan"));
    assert_eq!(found.len(), 4, "two releases and two records");
    let all = fs::read_dir(path.join("public/.tympan/signatures")).unwrap();
    assert_eq!(all.count(), 6, "and two deployments before their records");
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
    // One goes back to what is signed only, although an unsigned record has the same release.
    let back = || two.project.run(&["rollback", "dev", "--dry-run"]);
    back().expect(0);
    let digest = tympan::digest::Digest::of(&fs::read(path.join(record)).unwrap());
    let signature = format!("public/.tympan/signatures/{}.sig", digest.hex());
    fs::remove_file(path.join(signature)).unwrap();
    let refused = back().expect(2);
    let told = "has no other healthy release";
    assert!(refused.stderr.contains(told), "{}", refused.stderr);
    // What is shown of a change needs no key.
    let preview = ["publish", "dev", "--preview", "pr-1"];
    two.project.run(&preview).expect(0);
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
    two.pin(0);
    let key = path.join("key").display().to_string();
    adopt(&two, &config, &key);
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
        let who = |bytes: &[u8], at| trust.verify(bytes, &text, at);
        assert_eq!(who(&bytes, 0).unwrap(), "ada@guide.example");
        assert!(who(b"something else", 0).is_err());
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
    let doubt = trust.verify(bytes, &foreign, 0).unwrap_err();
    assert_eq!(doubt, tympan::signing::Doubt::Stranger);
    publish(&two.project.read("key")).expect(0);
    two.project.run(&["log", "dev", "--verify"]).expect(0);
}

#[test]
fn a_signature_goes_through_the_store_to_the_target() {
    let Some(minisign) = program("minisign", "/usr/bin/minisign") else {
        return;
    };
    let two = two(DIRECTORY);
    let path = two.project.path();
    let public = ["build", "ship"].map(|name| key_of(minisign, path, name));
    let config = format!(
        "{DIRECTORY}[store]\ntype = \"directory\"\npath = \"kept\"\n\
         [signing]\nkeys = [\"{}\", \"{}\"]\n",
        public[0], public[1]
    );
    two.project.write("tympan.toml", config);
    two.project.commit("Sign");
    let key = |name: &str| path.join(name).display().to_string();
    let (build, ship) = (key("build.key"), key("ship.key"));
    let run = |args: &[&str], key: &str| two.project.run_with(args, &[("TYMPAN_SIGNING_KEY", key)]);
    let release = |key: &str| {
        let args = ["release", "--rev", "HEAD", "--format", "json"];
        run(&args, key).expect(0).json()
    };
    let made = release(&build);
    assert_eq!(made["signed"], true);
    let digest = made["release"].as_str().unwrap();
    let commit = made["commit"].as_str().unwrap();
    let hex = digest.strip_prefix("sha256:").unwrap();
    let kept = path.join(format!("kept/signatures/{hex}.sig"));
    let by_builder = fs::read(&kept).unwrap();

    // Whoever ships has another key, and nothing but the store.
    let publish_to = |folder: &str| {
        let _ = fs::remove_dir_all(path.join(".tympan"));
        let config = two.project.read("tympan.toml");
        let folder = format!("path = \"public/{folder}\"");
        let (head, tail) = config.split_once("path = \"public").unwrap();
        let tail = tail.split_once('\n').unwrap().1;
        two.project
            .write("tympan.toml", format!("{head}{folder}\n{tail}"));
        two.project.write(
            "environments/dev.toml",
            format!("release = \"{digest}\"\nsource = \"{commit}\"\ntargets = [\"web\"]\n"),
        );
        run(&["publish", "dev"], &ship).expect(0)
    };
    let at = |folder: &str| path.join(format!("public/{folder}/.tympan/signatures/{hex}.sig"));
    let run_of = publish_to("a");
    assert!(!run_of.stderr.contains("building"), "{}", run_of.stderr);
    assert_eq!(fs::read(at("a")).unwrap(), by_builder);
    two.project.run(&["log", "dev", "--verify"]).expect(0);

    // What nobody signed is not taken from there, and neither is what a stranger signed.
    for text in [None, Some("untrusted comment: x\nnothing\n")] {
        match text {
            None => fs::remove_file(&kept).unwrap(),
            Some(text) => fs::write(&kept, text).unwrap(),
        }
        let run_of = publish_to("b");
        assert!(
            run_of.stderr.contains("building the commit"),
            "{}",
            run_of.stderr
        );
        assert_ne!(fs::read(at("b")).unwrap(), by_builder);
        two.project.run(&["log", "dev", "--verify"]).expect(0);
        fs::remove_dir_all(path.join("public/b")).unwrap();
    }
    let unsigned = two.project.run(&["release", "--rev", "HEAD"]).expect(0);
    assert!(
        unsigned.stderr.contains("is not signed"),
        "{}",
        unsigned.stderr
    );
}
