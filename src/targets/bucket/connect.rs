//! From a target's description to a connection: addresses, credentials, and what the service can do.
//!
//! Credentials come from the variables of the target, else from where the service's own tools find
//! them: variables, profiles, identities of the machine. They are sent over TLS; a plain address is
//! asked without any, except where a signature stands for the secret.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use opendal::{HttpTransporter, Operator, services};
use opendal_http_transport_reqwest::ReqwestTransport;

use crate::config::{DriveService, TargetKind, variable_part};
use crate::targets::access::Access;
use crate::targets::bucket::dav::Dav;
use crate::targets::bucket::fault::Fault;
use crate::targets::bucket::objects::{Condition, Objects};
use crate::targets::target::TargetError;

/// How long a server may take to be reached, and to say something.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_mins(1);
/// Threads that wait for servers; the work there is done by few.
const THREADS: usize = 2;

/// Whether a kind of target is reached by [`connect`].
pub(in crate::targets) fn is_reached(kind: &TargetKind) -> bool {
    matches!(
        kind,
        TargetKind::S3 { .. }
            | TargetKind::Gcs { .. }
            | TargetKind::Azblob { .. }
            | TargetKind::Webdav { .. }
            | TargetKind::Drive { .. }
    )
}

/// Connects to the place that `kind` describes, for the target `name`. No server is asked yet.
pub(in crate::targets) fn connect(
    name: &str,
    kind: &TargetKind,
    access: Access<'_>,
) -> Result<Objects, TargetError> {
    let unsupported = |reason: String| TargetError::Unsupported {
        target: name.to_owned(),
        reason,
    };
    let variables = Variables { name, access };
    let (operator, place) = described(kind, variables).map_err(unsupported)?;
    let operator = operator.map_err(|error| unsupported(Fault::of(&error).to_string()))?;
    let client = client().map_err(unsupported)?;
    let transport = HttpTransporter::new(ReqwestTransport::from(client.clone()));
    let context = operator.context().with_http_transport(transport);
    let operator = operator.with_context(context);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()
        .map_err(|error| unsupported(error.to_string()))?;
    let can = operator.info().capability();
    let dav = match kind {
        TargetKind::Webdav { url } => Some(Dav {
            client,
            url: slashed(url),
            user: variables.pair(&["USERNAME", "PASSWORD"]),
            locks: OnceLock::new(),
        }),
        _ => None,
    };
    Ok(Objects {
        target: name.to_owned(),
        place,
        promised: match () {
            () if can.write_with_if_not_exists && can.write_with_if_match => Condition::Tag,
            () if can.write_with_if_not_exists && can.write_with_if_version_match => {
                Condition::Generation
            }
            () => Condition::None,
        },
        is_whole: dav.is_none(),
        tells_tags: matches!(
            kind,
            TargetKind::S3 { .. } | TargetKind::Gcs { .. } | TargetKind::Azblob { .. }
        ),
        dav,
        headers: can.write_with_content_type && can.write_with_cache_control,
        operator,
        runtime: Arc::new(runtime),
    })
}

/// The place that `kind` describes, as the library reaches it and as people call it, or why there is
/// none.
fn described(
    kind: &TargetKind,
    variables: Variables<'_>,
) -> Result<(opendal::Result<Operator>, String), String> {
    Ok(match kind {
        TargetKind::S3 {
            bucket,
            prefix,
            region,
            endpoint,
        } => (
            s3(
                bucket,
                prefix,
                region.as_deref(),
                endpoint.as_deref(),
                variables,
            ),
            format!("s3://{bucket}/{}", below(prefix)),
        ),
        TargetKind::Gcs {
            bucket,
            prefix,
            endpoint,
        } => (
            gcs(bucket, prefix, endpoint.as_deref(), variables),
            format!("gs://{bucket}/{}", below(prefix)),
        ),
        TargetKind::Azblob {
            container,
            prefix,
            endpoint,
        } => (
            azblob(container, prefix, endpoint, variables),
            format!(
                "{}/{container}/{}",
                endpoint.trim_end_matches('/'),
                below(prefix)
            ),
        ),
        TargetKind::Webdav { url } => {
            let user = variables.pair(&["USERNAME", "PASSWORD"]);
            let is_secret = user.is_some() && is_plain(url) && !is_here(url);
            if is_secret {
                let reason = "its password would travel in the clear: give it an `https` address";
                return Err(reason.to_owned());
            }
            (webdav(url, user.as_ref()), slashed(url))
        }
        TargetKind::Drive { service, path } => {
            let keys = DriveKeys::of(variables)?;
            let scheme = match service {
                DriveService::Gdrive => "gdrive",
                DriveService::Onedrive => "onedrive",
                DriveService::Dropbox => "dropbox",
            };
            (
                drive(*service, path, &keys),
                format!("{scheme}:{}", root(path)),
            )
        }
        _ => {
            return Err("it is no object store".to_owned());
        }
    })
}

fn s3(
    bucket: &str,
    prefix: &str,
    region: Option<&str>,
    endpoint: Option<&str>,
    variables: Variables<'_>,
) -> opendal::Result<Operator> {
    let mut builder = services::S3::default().bucket(bucket).root(&root(prefix));
    let region = region.map(str::to_owned);
    let region = region
        .or_else(|| variables.plain("AWS_REGION"))
        .or_else(|| variables.plain("AWS_DEFAULT_REGION"));
    match (&region, endpoint) {
        (Some(region), _) => builder = builder.region(region),
        // What is not Amazon's takes any, and this one everywhere.
        (None, Some(_)) => builder = builder.region("us-east-1"),
        (None, None) => {
            let text = "give it a `region`, or set AWS_REGION";
            return Err(opendal::Error::new(opendal::ErrorKind::ConfigInvalid, text));
        }
    }
    if let Some(endpoint) = endpoint {
        builder = builder.endpoint(endpoint).disable_ec2_metadata();
    }
    // Amazon answers by names of buckets, and so does a server whose address begins with one.
    let by_name = endpoint.is_none_or(|endpoint| endpoint.contains(&format!("//{bucket}.")));
    if by_name && !bucket.contains('.') {
        builder = builder.enable_virtual_host_style();
    }
    if let Some((id, secret)) = variables
        .pair(&["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"])
        .or_else(|| {
            let id = variables.plain("AWS_ACCESS_KEY_ID")?;
            Some((id, variables.plain("AWS_SECRET_ACCESS_KEY")?))
        })
    {
        builder = builder.access_key_id(&id).secret_access_key(&secret);
        let token = variables
            .own("SESSION_TOKEN")
            .or_else(|| variables.plain("AWS_SESSION_TOKEN"));
        if let Some(token) = token {
            builder = builder.session_token(&token);
        }
    }
    Operator::new(builder)
}

fn gcs(
    bucket: &str,
    prefix: &str,
    endpoint: Option<&str>,
    variables: Variables<'_>,
) -> opendal::Result<Operator> {
    let mut builder = services::Gcs::default().bucket(bucket).root(&root(prefix));
    if let Some(endpoint) = endpoint {
        builder = builder.endpoint(endpoint.trim_end_matches('/'));
    }
    if endpoint.is_some_and(is_plain) {
        // A token is a secret in itself; what listens there is an emulator.
        builder = builder.skip_signature();
    } else if let Some(credential) = variables.own("CREDENTIAL") {
        use base64::Engine as _;
        let packed = base64::engine::general_purpose::STANDARD.encode(credential);
        builder = builder.credential(&packed);
    } else if let Some(token) = variables.own("TOKEN") {
        builder = builder.token(token);
    }
    Operator::new(builder)
}

fn azblob(
    container: &str,
    prefix: &str,
    endpoint: &str,
    variables: Variables<'_>,
) -> opendal::Result<Operator> {
    let mut builder = services::Azblob::default()
        .container(container)
        .root(&root(prefix))
        .endpoint(endpoint.trim_end_matches('/'));
    let either = |part: &str, common: &str| variables.own(part).or_else(|| variables.plain(common));
    if let Some(account) = either("ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_NAME") {
        builder = builder.account_name(&account);
    }
    if let Some(key) = either("ACCOUNT_KEY", "AZURE_STORAGE_ACCOUNT_KEY") {
        builder = builder.account_key(&key);
    } else if let Some(token) = either("SAS_TOKEN", "AZURE_STORAGE_SAS_TOKEN") {
        builder = builder.sas_token(&token);
    }
    Operator::new(builder)
}

fn webdav(url: &str, user: Option<&(String, String)>) -> opendal::Result<Operator> {
    // The library makes folders below its root only, so the host is the root where it can be.
    let parsed = url::Url::parse(url).ok();
    let split = parsed.as_ref().filter(|url| !url.path().contains('%'));
    let mut builder = services::Webdav::default();
    builder = match split {
        Some(url) => builder
            .endpoint(&url.origin().ascii_serialization())
            .root(&slashed(url.path())),
        None => builder.endpoint(url.trim_end_matches('/')),
    };
    if let Some((name, password)) = user {
        builder = builder.username(name).password(password);
    }
    Operator::new(builder)
}

/// What opens a drive: a token that lasts an hour, or one that gets such tokens.
enum DriveKeys {
    Access(String),
    Refresh {
        token: String,
        client: String,
        secret: String,
    },
}

impl DriveKeys {
    fn of(variables: Variables<'_>) -> Result<Self, String> {
        let refresh = variables
            .own("REFRESH_TOKEN")
            .zip(variables.own("CLIENT_ID"));
        if let Some((token, client)) = refresh {
            return Ok(Self::Refresh {
                token,
                client,
                secret: variables.own("CLIENT_SECRET").unwrap_or_default(),
            });
        }
        let part = variable_part(variables.name);
        variables
            .own("ACCESS_TOKEN")
            .map(Self::Access)
            .ok_or(format!(
                "set TYMPAN_{part}_REFRESH_TOKEN, TYMPAN_{part}_CLIENT_ID and \
             TYMPAN_{part}_CLIENT_SECRET, or TYMPAN_{part}_ACCESS_TOKEN"
            ))
    }
}

fn drive(service: DriveService, path: &str, keys: &DriveKeys) -> opendal::Result<Operator> {
    macro_rules! open {
        ($service:ty) => {{
            let builder = <$service>::default().root(&root(path));
            Operator::new(match keys {
                DriveKeys::Access(token) => builder.access_token(token),
                DriveKeys::Refresh {
                    token,
                    client,
                    secret,
                } => builder
                    .refresh_token(token)
                    .client_id(client)
                    .client_secret(secret),
            })
        }};
    }
    match service {
        DriveService::Gdrive => open!(services::Gdrive),
        DriveService::Onedrive => open!(services::Onedrive),
        DriveService::Dropbox => open!(services::Dropbox),
    }
}

fn is_plain(endpoint: &str) -> bool {
    endpoint.starts_with("http://")
}

/// The variables that a target may look into.
#[derive(Clone, Copy)]
struct Variables<'a> {
    name: &'a str,
    access: Access<'a>,
}

impl Variables<'_> {
    /// `TYMPAN_<TARGET>_<PART>`.
    fn own(&self, part: &str) -> Option<String> {
        self.plain(&format!("TYMPAN_{}_{part}", variable_part(self.name)))
    }

    /// Two of its own, or neither.
    fn pair(&self, parts: &[&str; 2]) -> Option<(String, String)> {
        let [first, second] = *parts;
        Some((self.own(first)?, self.own(second)?))
    }

    fn plain(&self, name: &str) -> Option<String> {
        (self.access.variable)(name).filter(|value| !value.is_empty())
    }
}

fn client() -> Result<reqwest::Client, String> {
    // The first one stays; there may be one already, and it is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .read_timeout(ANSWER)
        .build()
        .map_err(|error| error.to_string())
}

fn slashed(url: &str) -> String {
    format!("{}/", url.trim_end_matches('/'))
}

/// Whether an address is this machine's own.
fn is_here(url: &str) -> bool {
    let host = url::Url::parse(url).ok();
    let host = host.as_ref().and_then(|url| url.host_str());
    matches!(host, Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn root(prefix: &str) -> String {
    format!("/{}", below(prefix))
}

fn below(prefix: &str) -> String {
    if prefix.is_empty() {
        String::new()
    } else {
        format!("{prefix}/")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Opens a target of this kind with these variables; why not, if it cannot be?
    #[track_caller]
    fn case(kind: TargetKind, variables: &[(&str, &str)], expected: Result<&str, &str>) {
        let variable = |name: &str| {
            let mut found = variables.iter().filter(|(known, _)| *known == name);
            found.next().map(|(_, value)| (*value).to_owned())
        };
        let access = Access {
            project: Path::new("."),
            variable: &variable,
        };
        let found = connect("my-drive", &kind, access);
        let found = found.map(|objects| objects.place);
        match (found, expected) {
            (Ok(place), expected) => assert_eq!(Ok(place.as_str()), expected),
            (Err(error), Err(expected)) => {
                let told = error.to_string();
                assert!(told.contains(expected), "{told}");
            }
            (Err(error), Ok(_)) => panic!("{error}"),
        }
    }

    fn s3(region: Option<&str>, endpoint: Option<&str>) -> TargetKind {
        TargetKind::S3 {
            bucket: "docs".to_owned(),
            prefix: "a/b".to_owned(),
            region: region.map(str::to_owned),
            endpoint: endpoint.map(str::to_owned),
        }
    }

    #[test]
    fn a_bucket_of_amazon_needs_a_region_and_others_do_not() {
        case(s3(Some("eu-central-1"), None), &[], Ok("s3://docs/a/b/"));
        case(
            s3(None, Some("https://s3.example.org")),
            &[],
            Ok("s3://docs/a/b/"),
        );
        case(
            s3(None, None),
            &[("AWS_REGION", "eu-west-1")],
            Ok("s3://docs/a/b/"),
        );
        case(s3(None, None), &[], Err("give it a `region`"));
    }

    #[test]
    fn a_password_does_not_travel_in_the_clear() {
        let user = [
            ("TYMPAN_MY_DRIVE_USERNAME", "ada"),
            ("TYMPAN_MY_DRIVE_PASSWORD", "SECRET"),
        ];
        let at = |url: &str| TargetKind::Webdav {
            url: url.to_owned(),
        };
        case(
            at("https://dav.example.org/ada/"),
            &user,
            Ok("https://dav.example.org/ada/"),
        );
        case(
            at("http://127.0.0.1:8080/"),
            &user,
            Ok("http://127.0.0.1:8080/"),
        );
        case(
            at("http://dav.example.org/"),
            &[],
            Ok("http://dav.example.org/"),
        );
        case(at("http://dav.example.org/"), &user, Err("in the clear"));
    }

    #[test]
    fn a_drive_is_opened_by_tokens() {
        let all = [
            ("TYMPAN_MY_DRIVE_REFRESH_TOKEN", "SECRET-R"),
            ("TYMPAN_MY_DRIVE_CLIENT_ID", "client"),
            ("TYMPAN_MY_DRIVE_CLIENT_SECRET", "SECRET-C"),
        ];
        let services = [
            (DriveService::Gdrive, "gdrive:/docs/"),
            (DriveService::Onedrive, "onedrive:/docs/"),
            (DriveService::Dropbox, "dropbox:/docs/"),
        ];
        for (service, place) in services {
            let kind = || TargetKind::Drive {
                service,
                path: "docs".to_owned(),
            };
            case(kind(), &all, Ok(place));
            case(
                kind(),
                &[("TYMPAN_MY_DRIVE_ACCESS_TOKEN", "SECRET-A")],
                Ok(place),
            );
            case(kind(), &all[..1], Err("TYMPAN_MY_DRIVE_CLIENT_ID"));
        }
    }
}
