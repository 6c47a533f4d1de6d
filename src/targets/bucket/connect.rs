//! From a target's description to a connection: addresses, credentials, and what the service can do.
//!
//! Credentials come from the variables of the target, else from where the service's own tools find
//! them: variables, profiles, identities of the machine. They are sent over TLS; a plain address is
//! asked without any, except where a signature stands for the secret.

use std::sync::Arc;
use std::time::Duration;

use opendal::{HttpTransporter, Operator, services};
use opendal_http_transport_reqwest::ReqwestTransport;

use crate::config::{TargetKind, variable_part};
use crate::targets::access::Access;
use crate::targets::bucket::fault::Fault;
use crate::targets::bucket::objects::{Condition, Objects};
use crate::targets::target::TargetError;

/// How long a server may take to be reached, and to say something.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(60);
/// Threads that wait for servers; the work there is done by few.
const THREADS: usize = 2;

/// Whether a kind of target is reached by [`connect`].
pub(in crate::targets) fn is_reached(kind: &TargetKind) -> bool {
    matches!(
        kind,
        TargetKind::S3 { .. } | TargetKind::Gcs { .. } | TargetKind::Azblob { .. }
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
    let (operator, place) = match kind {
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
        _ => {
            return Err(unsupported("it is no object store".to_owned()));
        }
    };
    let operator = operator.map_err(|error| unsupported(Fault::of(&error).to_string()))?;
    let transport = transport().map_err(unsupported)?;
    let context = operator.context().with_http_transport(transport);
    let operator = operator.with_context(context);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()
        .map_err(|error| unsupported(error.to_string()))?;
    let can = operator.info().capability();
    Ok(Objects {
        target: name.to_owned(),
        place,
        condition: match () {
            () if can.write_with_if_not_exists && can.write_with_if_match => Condition::Tag,
            () if can.write_with_if_not_exists && can.write_with_if_version_match => {
                Condition::Generation
            }
            () => Condition::None,
        },
        headers: can.write_with_content_type && can.write_with_cache_control,
        operator,
        runtime: Arc::new(runtime),
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

fn transport() -> Result<HttpTransporter, String> {
    // The first one stays; there may be one already, and it is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .read_timeout(ANSWER)
        .build()
        .map_err(|error| error.to_string())?;
    Ok(HttpTransporter::new(ReqwestTransport::from(client)))
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
