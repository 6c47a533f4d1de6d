//! Object stores, each held to the same promise.

mod faults;
mod ground;
mod promise;

use opendal::{Operator, services};
use tympan::config::TargetKind;

use crate::servers::Server;
use crate::servers::proxy::Proxy;
use crate::targets::buckets::ground::Ground;

const BUCKET: &str = "site-bucket";
const PREFIX: &str = "docs/guide";
/// The account that azurite knows, as its manual tells it to everybody.
const ACCOUNT: &str = "devstoreaccount1";
const ACCOUNT_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// A bucket of a server that speaks S3.
pub fn s3(url: String) -> Ground {
    let hand = services::S3::default()
        .bucket(BUCKET)
        .region("us-east-1")
        .endpoint(&url)
        .access_key_id("key")
        .secret_access_key("SECRET-OF-S3");
    // A server may answer before it can do anything.
    patiently(|| ureq::put(format!("{url}/{BUCKET}")).send_empty().is_ok());
    let kind = TargetKind::S3 {
        bucket: BUCKET.to_owned(),
        prefix: PREFIX.to_owned(),
        region: Some("us-east-1".to_owned()),
        endpoint: Some(url),
    };
    let variables = [
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "SECRET-OF-S3"),
    ];
    Ground::new(kind, &variables, Operator::new(hand).unwrap())
}

fn gcs(url: String) -> Ground {
    let hand = services::Gcs::default()
        .bucket(BUCKET)
        .endpoint(&url)
        .skip_signature();
    let made = ureq::post(format!("{url}/storage/v1/b?project=test"))
        .content_type("application/json")
        .send(format!("{{\"name\":\"{BUCKET}\"}}"));
    made.unwrap();
    let kind = TargetKind::Gcs {
        bucket: BUCKET.to_owned(),
        prefix: PREFIX.to_owned(),
        endpoint: Some(url),
    };
    Ground::new(kind, &[], Operator::new(hand).unwrap())
}

fn azblob(url: &str) -> Ground {
    let endpoint = format!("{url}/{ACCOUNT}");
    let hand = services::Azblob::default()
        .container(BUCKET)
        .endpoint(&endpoint)
        .account_name(ACCOUNT)
        .account_key(ACCOUNT_KEY);
    make_container(&endpoint);
    let kind = TargetKind::Azblob {
        container: BUCKET.to_owned(),
        prefix: PREFIX.to_owned(),
        endpoint,
    };
    let variables = [
        ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT),
        ("TYMPAN_WEB_ACCOUNT_KEY", ACCOUNT_KEY),
    ];
    Ground::new(kind, &variables, Operator::new(hand).unwrap())
}

/// Makes a container by a request signed with the shared key, which no other of our libraries can.
fn make_container(endpoint: &str) {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = time::OffsetDateTime::now_utc().format(format).unwrap();
    let version = "2021-08-06";
    let text = format!(
        "PUT{}x-ms-date:{date}\nx-ms-version:{version}\n/{ACCOUNT}/{ACCOUNT}/{BUCKET}\nrestype:container",
        "\n".repeat(12)
    );
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let signature = base64.encode(hmac(&base64.decode(ACCOUNT_KEY).unwrap(), text.as_bytes()));
    ureq::put(format!("{endpoint}/{BUCKET}?restype=container"))
        .header("x-ms-date", date)
        .header("x-ms-version", version)
        .header("authorization", format!("SharedKey {ACCOUNT}:{signature}"))
        .send_empty()
        .unwrap();
}

/// HMAC-SHA256 (RFC 2104).
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let padded =
        |pad: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).unwrap_or(&0) ^ pad).collect() };
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(text)
        .finalize();
    let outer = Sha256::new().chain_update(padded(0x5c)).chain_update(inner);
    outer.finalize().to_vec()
}

/// A folder of a WebDAV server.
fn webdav(url: &str, user: Option<(&str, &str)>) -> Ground {
    let (name, password) = user.unwrap_or_default();
    let hand = services::Webdav::default()
        .endpoint(url)
        .username(name)
        .password(password);
    let kind = TargetKind::Webdav {
        url: format!("{url}/{PREFIX}/"),
    };
    let variables = [
        ("TYMPAN_WEB_USERNAME", name),
        ("TYMPAN_WEB_PASSWORD", password),
    ];
    Ground::new(kind, &variables, Operator::new(hand).unwrap())
}

const ADA: Option<(&str, &str)> = Some(("ada", "SECRET-OF-DAV"));

fn patiently(done: impl Fn() -> bool) {
    for _ in 0..200 {
        if done() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("the server never could");
}

/// Whether it promises that no file comes late over a newer one.
#[track_caller]
fn guards_files(ground: &Ground, expected: bool) {
    let promised = ground.open().capabilities();
    let guards = promised.has(tympan::targets::Capability::ConditionalFiles);
    assert_eq!(guards, expected);
}

#[test]
fn only_where_a_write_has_a_condition_files_are_guarded() {
    let at = "http://127.0.0.1:1".to_owned();
    guards_files(&webdav(&at, None), false);
    let kind = TargetKind::S3 {
        bucket: BUCKET.to_owned(),
        prefix: PREFIX.to_owned(),
        region: None,
        endpoint: Some(at),
    };
    let hand = services::Webdav::default().endpoint("http://127.0.0.1:1");
    let hand = Operator::new(hand).unwrap();
    guards_files(&Ground::new(kind, &[], hand), true);
}

#[test]
fn a_bucket_of_s3_keeps_the_promise() {
    let Some(server) = Server::moto() else { return };
    // moto 5.2 falls over a condition on what is not there.
    promise::holds(&Ground {
        knows_absence: false,
        ..s3(server.url())
    });
}

#[test]
fn a_bucket_of_seaweedfs_keeps_the_promise() {
    let Some(server) = Server::seaweedfs() else {
        return;
    };
    promise::holds(&s3(server.url()));
}

#[test]
fn a_bucket_of_google_keeps_the_promise() {
    let Some(server) = Server::gcs() else { return };
    // The library sends what has a condition as a resumable upload, and fake-gcs-server minds the
    // conditions of plain ones only. Google minds both.
    promise::holds(&Ground {
        has_conditions: false,
        ..gcs(server.url())
    });
}

#[test]
fn a_container_of_azure_keeps_the_promise() {
    let Some(server) = Server::azurite() else {
        return;
    };
    promise::holds(&azblob(&server.url()));
}

#[test]
fn a_folder_of_webdav_keeps_the_promise() {
    let Some(server) = Server::wsgidav() else {
        return;
    };
    promise::holds(&Ground {
        has_tags: false,
        ..webdav(&server.url(), ADA)
    });
}

#[test]
fn a_folder_of_nginx_keeps_the_promise() {
    let Some(server) = Server::nginx_dav(true) else {
        return;
    };
    promise::holds(&Ground {
        has_tags: false,
        ..webdav(&server.url(), None)
    });
}

#[test]
fn a_server_without_locks_does_not_promise_them() {
    let Some(server) = Server::nginx_dav(false) else {
        return;
    };
    let ground = Ground {
        has_conditions: false,
        has_tags: false,
        ..webdav(&server.url(), None)
    };
    let promised = ground.open().capabilities();
    assert!(!promised.has(tympan::targets::Capability::ConditionalPut));
    promise::holds(&ground);
}

#[test]
fn a_large_file_arrives_at_s3() {
    let Some(server) = Server::seaweedfs() else {
        return;
    };
    promise::a_large_file_arrives(&s3(server.url()));
}

#[test]
fn a_large_file_arrives_at_azure() {
    let Some(server) = Server::azurite() else {
        return;
    };
    promise::a_large_file_arrives(&azblob(&server.url()));
}

/// Everything that an error says, its causes too.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}

#[test]
fn wrong_credentials_are_told_without_telling_them() {
    let Some(server) = Server::seaweedfs() else {
        return;
    };
    let mut ground = s3(server.url());
    let wrong = (
        "AWS_SECRET_ACCESS_KEY".to_owned(),
        "WRONG-SECRET".to_owned(),
    );
    ground.variables.extend([wrong]);
    let release = ground.release(&[("index.html", "one")]);
    let told = told(&ground.publish(&release, 0).unwrap_err());
    assert!(
        told.contains("`web`") && told.contains("check the credentials"),
        "{told}"
    );
    assert!(!told.contains("SECRET"), "{told}");
}

#[test]
fn a_file_that_comes_late_is_not_taken_for_somebody_elses() {
    let Some(server) = Server::moto() else { return };
    let ground = s3(server.url());
    let first = ground.release(&[("index.html", "one")]);
    ground.publish(&first, 0).unwrap();
    // It broke off before its first file.
    let broken = ground.release(&[("index.html", "two"), ("late.html", "late")]);
    let name = format!("releases/{}.json", broken.digest().hex());
    let name = tympan::site_path::SitePath::parse(&name).unwrap();
    let begun = ground.open().swap(&name, None, &broken.to_json()).unwrap();
    assert!(matches!(begun, tympan::targets::Swap::Done(_)));
    let second = ground.release(&[("index.html", "three")]);
    ground.publish(&second, 100).unwrap();
    ground.hand.write("docs/guide/late.html", "late");
    let third = ground.release(&[("index.html", "four"), ("late.html", "ours")]);
    ground.publish(&third, 200).unwrap();
    assert!(ground.status(&third).is_converged());
    let late = ground.hand.read("docs/guide/late.html");
    assert_eq!(late.as_deref(), Some("ours"));
}

#[test]
fn a_server_that_ignores_conditions_is_not_published_to() {
    let Some(server) = Server::s3rver() else {
        return;
    };
    let mut ground = s3(server.url());
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        ground
            .variables
            .insert(name.to_owned(), "S3RVER".to_owned());
    }
    if let TargetKind::S3 { bucket, .. } = &mut ground.settings.kind {
        *bucket = "guide".to_owned();
    }
    let release = ground.release(&[("index.html", "one")]);
    let told = told(&ground.publish(&release, 0).unwrap_err());
    assert!(told.contains("overwrite each other"), "{told}");
    let file = tympan::site_path::SitePath::parse("index.html").unwrap();
    let live = ground.open().read(&tympan::targets::Object::Live(file));
    assert_eq!(live.unwrap(), None);
}

#[test]
fn a_bucket_that_is_not_there_is_told() {
    let Some(server) = Server::moto() else { return };
    let mut ground = s3(server.url());
    if let TargetKind::S3 { bucket, .. } = &mut ground.settings.kind {
        *bucket = "another-bucket".to_owned();
    }
    let release = ground.release(&[("index.html", "one")]);
    let told = told(&ground.publish(&release, 0).unwrap_err());
    assert!(
        told.contains("s3://another-bucket/docs/guide/") && told.contains("make it"),
        "{told}"
    );
}

#[test]
fn a_bad_line_to_s3_does_no_harm() {
    let Some(server) = Server::moto() else { return };
    let proxy = Proxy::to(server.port);
    let ground = s3(server.url()).at(&proxy.url());
    faults::a_bad_line_does_no_harm(&ground, &proxy, &[1, 7, 20, 45, 60, 80, 97]);
    faults::a_busy_server_gets_everything(&ground, &proxy);
}

#[test]
fn a_bad_line_to_webdav_does_no_harm() {
    let Some(server) = Server::wsgidav() else {
        return;
    };
    let proxy = Proxy::to(server.port);
    let ground = webdav(&server.url(), ADA).at(&proxy.url());
    faults::a_bad_line_does_no_harm(&ground, &proxy, &[30, 60, 90]);
}

#[test]
fn a_server_that_spells_headers_in_its_own_way_takes_every_file() {
    let Some(server) = Server::moto() else { return };
    let proxy = Proxy::to(server.port);
    proxy.respell();
    let ground = s3(server.url()).at(&proxy.url());
    promise::a_file_is_put_once_more(&ground);
}

#[test]
fn a_server_that_removes_on_no_condition_gets_rid_of_old_files() {
    let Some(server) = Server::moto() else { return };
    let proxy = Proxy::to(server.port);
    proxy.remove_bare();
    let ground = s3(server.url()).at(&proxy.url());
    promise::old_files_go(&ground);
}
