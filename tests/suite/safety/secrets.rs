//! Secrets of every kind are planted, every target is made to fail, and all that is said is searched
//! for them.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::harness::Project;

const SECRETS: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "AKIAPLANTED0000ID"),
    ("AWS_SECRET_ACCESS_KEY", "planted/secret+of/aws=="),
    ("AWS_SESSION_TOKEN", "planted-session-token"),
    ("AZBLOB_ACCOUNT_KEY", "cGxhbnRlZC1rZXktb2YtYXp1cmU="),
    ("TYMPAN_AZ_ACCOUNT_NAME", "plantedname"),
    ("TYMPAN_AZ_ACCOUNT_KEY", "cGxhbnRlZC1rZXktb2YtYXp1cmU="),
    ("TYMPAN_GC_TOKEN", "planted-token-of-google"),
    ("TYMPAN_DAV_USERNAME", "ada"),
    ("TYMPAN_DAV_PASSWORD", "planted password/1"),
    ("TYMPAN_REG_USERNAME", "ada"),
    ("TYMPAN_REG_PASSWORD", "planted-password-2"),
    ("TYMPAN_DRIVE_TOKEN", "planted-token-of-drive"),
    ("TYMPAN_SIGNING_KEY", "planted-signing-key"),
    ("GITHUB_TOKEN", "ghp_plantedtoken"),
];

/// What a server was told.
type Heard = Arc<Mutex<Vec<String>>>;

/// A server that refuses everything and tells all that it was told.
fn echo() -> (u16, Heard) {
    let heard = Heard::default();
    let hears = Arc::clone(&heard);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let hears = Arc::clone(&hears);
            std::thread::spawn(move || {
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                    head.extend(byte);
                }
                let told = String::from_utf8_lossy(&head).into_owned();
                hears.lock().unwrap().push(told);
                let length = head.len();
                let answer = format!(
                    "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
                );
                let _ = stream.write_all(answer.as_bytes());
                let _ = stream.write_all(&head);
            });
        }
    });
    (port, heard)
}

#[test]
fn nothing_that_is_said_holds_a_secret() {
    let (port, heard) = echo();
    let here = format!("http://127.0.0.1:{port}");
    let config = format!(
        "[targets.s3]\ntype = \"s3\"\nbucket = \"guide\"\nregion = \"x\"\nendpoint = \"{here}\"\n\
         [targets.gc]\ntype = \"gcs\"\nbucket = \"guide\"\nendpoint = \"{here}\"\n\
         [targets.az]\ntype = \"azblob\"\ncontainer = \"guide\"\nendpoint = \"{here}\"\n\
         [targets.dav]\ntype = \"webdav\"\nurl = \"{here}/dav/\"\n\
         [targets.reg]\ntype = \"oci\"\nrepository = \"127.0.0.1:{port}/ada/guide\"\n\
         [targets.branch]\ntype = \"git\"\nbranch = \"pages\"\nremote = \"http://127.0.0.1:{port}/guide.git\"\n\
         [targets.ssh]\ntype = \"sftp\"\nhost = \"127.0.0.1\"\nport = 1\npath = \"/srv\"\n"
    );
    let project = Project::new(&[
        ("tympan.toml", &config),
        ("content/index.md", "# Home\n\nThese are words.\n"),
    ]);
    let targets = ["s3", "gc", "az", "dav", "reg", "branch", "ssh"];
    for target in targets {
        project.write(
            &format!("environments/{target}.toml"),
            format!("targets = [\"{target}\"]\n"),
        );
    }
    // A login in an address is a fault, which must be told without it.
    project.write(
        "environments/login.toml",
        format!("targets = [\"s3\"]\nurl = \"http://ada:planted-in-url@127.0.0.1:{port}/\"\n"),
    );
    project.commit("Begin");
    let mut said = String::new();
    let mut run = |args: &[&str], without: &str| {
        let secrets: Vec<(&str, &str)> = SECRETS
            .iter()
            .copied()
            .filter(|(name, _)| *name != without)
            .collect();
        let run = project.run_with(args, &secrets);
        assert_ne!(run.code, 0, "{args:?} {}", run.stdout);
        said += &run.stdout;
        said += &run.stderr;
    };
    let key = "TYMPAN_SIGNING_KEY";
    for target in targets {
        run(&["publish", target, "-v"], key);
        run(&["status", target, "--format", "json"], "");
    }
    // These send what they were given, or a signature made with it, to whoever stands there; a
    // token of Google is a secret in itself, and never goes out in the clear.
    for (target, place, sends) in [
        ("s3", " /guide/.tympan", true),
        ("gc", "/b/guide/", false),
        ("az", "x-ms-version", true),
        ("dav", " /dav/", true),
    ] {
        let heard = heard.lock().unwrap();
        let is_asked = |told: &&String| told.contains(place);
        let asked: Vec<&String> = heard.iter().filter(is_asked).collect();
        let has_login = |told: &&String| told.to_lowercase().contains("\r\nauthorization: ");
        assert!(!asked.is_empty(), "{target} was never asked");
        assert_eq!(asked.iter().any(has_login), sends, "{target}: {asked:?}");
    }
    run(&["publish", "s3"], "");
    run(&["publish", "login"], "");
    run(&["status", "login", "--format", "json"], "");
    run(&["doctor"], "");
    run(&["doctor", "--format", "json"], "");
    let address = format!("remote = \"http://ada:planted-in-address@127.0.0.1:{port}/guide.git\"");
    let plain = format!("remote = \"http://127.0.0.1:{port}/guide.git\"");
    project.write("tympan.toml", config.replace(&plain, &address));
    run(&["publish", "branch"], "");
    run(&["doctor"], "");
    for (name, secret) in SECRETS {
        // The name of an account is no secret, nor is that of a user.
        let is_name = name.ends_with("USER") || name.ends_with("NAME");
        assert!(is_name || !said.contains(secret), "{name} in\n{said}");
    }
    for secret in ["planted-in-address", "planted-in-url", "YWRhOnBsYW50ZWQ"] {
        assert!(!said.contains(secret), "{secret} in\n{said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}
