//! One address at a time: a question to a server, and what it says.
//!
//! It asks for nothing that [`private`](crate::checks::external::private) holds back, whether an
//! address is written in a page, stands behind a name or is where a redirect leads, and sends
//! nothing but the address.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use ureq::http::{Response, Uri};
use ureq::tls::Certificate;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, Error, Proxy};
use url::{Host, Url};

use crate::checks::external::answer::{Answer, State};
use crate::checks::external::asking::{Asking, Proxies};
use crate::checks::external::parts::parts_of;
use crate::checks::external::private::{is_private, is_private_name};
use crate::config;
use crate::web::{tls, trouble};

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);
/// The largest page whose parts are looked for, in bytes.
const MAX_BODY: u64 = 4 << 20;
/// How many redirects are followed.
const MAX_REDIRECTS: usize = 10;
/// The longest address that is asked for, in bytes.
const MAX_ADDRESS: usize = 8 << 10;

/// What asks.
pub(super) struct Client {
    agent: Agent,
    allow_private: bool,
    patience: Patience,
    /// Now, in seconds since 1970.
    now: i64,
}

/// How often and after how long a server is asked again that had no time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// How often it is asked again.
    pub retries: u32,
    /// The first pause; each is twice as long as the one before.
    pub pause: Duration,
    /// The longest pause, also where the server names one.
    pub longest: Duration,
}

/// What one request came to.
enum Step {
    Done(State),
    To(Url, Permanence),
    Again(State, Option<Duration>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Permanence {
    ForGood,
    ForNow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Head,
    Get,
}

impl Step {
    /// Whether GET may find what HEAD did not: many servers answer HEAD with an error or not at all.
    fn is_doubtful(&self) -> bool {
        match self {
            Self::Done(State::Status(_) | State::Unreached(_)) | Self::Again(_, None) => true,
            Self::Done(_) | Self::To(..) | Self::Again(_, Some(_)) => false,
        }
    }
}

impl Client {
    /// Makes a client. `roots` are the authorities it trusts, those of the machine if none are given.
    pub(super) fn new(
        settings: &config::External,
        asking: Asking,
        patience: Patience,
        roots: Option<Vec<Certificate<'static>>>,
    ) -> Self {
        let proxy = match asking.proxies {
            Proxies::OfSystem => Proxy::try_from_env(),
            Proxies::None => None,
        };
        let resolver = PublicResolver {
            inner: DefaultResolver::default(),
            allow_private: asking.allow_private,
            proxy: proxy.as_ref().map(|proxy| proxy.uri().clone()),
        };
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(settings.timeout))
            .timeout_connect(Some(CONNECT.min(settings.timeout)))
            .user_agent(settings.user_agent.as_str())
            .accept("text/html, */*;q=0.8")
            .tls_config(tls(roots))
            .proxy(proxy)
            .build();
        Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver),
            allow_private: asking.allow_private,
            patience,
            now: asking.now,
        }
    }

    /// Asks for an address, and for parts of the page that stands there.
    pub(super) fn ask(&self, address: &str, parts: &BTreeSet<&str>) -> Answer {
        let (mut seen, mut found) = (BTreeSet::new(), BTreeMap::new());
        let mut moved = None;
        let mut for_good = true;
        let state = match Url::parse(address) {
            Ok(mut url) => loop {
                if !seen.insert(url.to_string()) {
                    break State::Astray("its redirects lead in a circle".to_owned());
                }
                if seen.len() > MAX_REDIRECTS + 1 {
                    break State::Astray(format!("it redirects more than {MAX_REDIRECTS} times"));
                }
                match self.patiently(&url, parts, &mut found) {
                    Step::To(next, permanence) => {
                        for_good &= permanence == Permanence::ForGood;
                        if for_good {
                            moved = Some(next.to_string());
                        }
                        url = next;
                    }
                    Step::Done(state) | Step::Again(state, _) => break state,
                }
            },
            Err(_) => State::Refused("it is no address".to_owned()),
        };
        Answer {
            at: self.now,
            moved: moved.filter(|_| state == State::Good),
            parts: found,
            state,
        }
    }

    fn patiently(
        &self,
        url: &Url,
        parts: &BTreeSet<&str>,
        found: &mut BTreeMap<String, bool>,
    ) -> Step {
        if let Some(refused) = self.refusal(url) {
            return Step::Done(State::Refused(refused));
        }
        let (mut pause, mut tries) = (self.patience.pause, 0);
        let mut method = match parts.is_empty() {
            true => Method::Head,
            false => Method::Get,
        };
        loop {
            let step = self.request(url, method, parts, found);
            if method == Method::Head && step.is_doubtful() {
                method = Method::Get;
                continue;
            }
            match step {
                // A server that wants a longer pause than we have would say the same again.
                Step::Again(state, wanted)
                    if tries == self.patience.retries
                        || wanted.is_some_and(|wanted| wanted > self.patience.longest) =>
                {
                    return Step::Done(state);
                }
                Step::Again(_, wanted) => {
                    std::thread::sleep(wanted.unwrap_or(pause).min(self.patience.longest));
                    pause *= 2;
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    /// Why an address must not be asked for, as far as it tells by itself.
    fn refusal(&self, url: &Url) -> Option<String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Some(format!("it leads to an address in `{}:`", url.scheme()));
        }
        if url.as_str().len() > MAX_ADDRESS {
            return Some("it is too long".to_owned());
        }
        let is_private = match url.host() {
            Some(Host::Domain(name)) => is_private_name(name),
            Some(Host::Ipv4(address)) => is_private(address.into()),
            Some(Host::Ipv6(address)) => is_private(address.into()),
            None => return Some("it names no server".to_owned()),
        };
        (is_private && !self.allow_private).then(|| PrivateAddress.to_string())
    }

    fn request(
        &self,
        url: &Url,
        method: Method,
        parts: &BTreeSet<&str>,
        found: &mut BTreeMap<String, bool>,
    ) -> Step {
        let answered = match method {
            Method::Head => self.agent.head(url.as_str()).call(),
            Method::Get => self.agent.get(url.as_str()).call(),
        };
        let mut response = match answered {
            Ok(response) => response,
            Err(Error::Other(error)) if error.is::<PrivateAddress>() => {
                return Step::Done(State::Refused(error.to_string()));
            }
            Err(error) => {
                let (why, passes) = trouble(&error);
                let state = State::Unreached(why);
                return match passes {
                    true => Step::Again(state, None),
                    false => Step::Done(state),
                };
            }
        };
        let status = response.status().as_u16();
        match status {
            200..=299 => {
                if method == Method::Get && !parts.is_empty() {
                    *found = sought(&mut response, parts);
                }
                Step::Done(State::Good)
            }
            301 | 302 | 303 | 307 | 308 => {
                let Some(next) = text(response.headers(), LOCATION.as_str())
                    .and_then(|location| url.join(location).ok())
                else {
                    return Step::Done(State::Astray("it redirects to no address".to_owned()));
                };
                let permanence = match status {
                    301 | 308 => Permanence::ForGood,
                    _ => Permanence::ForNow,
                };
                Step::To(without_fragment(next), permanence)
            }
            429 | 500 | 502..=504 => {
                let wanted = text(response.headers(), RETRY_AFTER.as_str());
                let wanted = wanted.and_then(|seconds| seconds.trim().parse().ok());
                Step::Again(State::Status(status), wanted.map(Duration::from_secs))
            }
            _ => Step::Done(State::Status(status)),
        }
    }
}

/// Redirects may add a part; what is there is the page.
fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    let _ = (url.set_username(""), url.set_password(None));
    url
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Which of the parts a page has. Of what is no page of HTML, or too large, or made by a script,
/// nothing is said: its parts count as there.
fn sought(response: &mut Response<Body>, parts: &BTreeSet<&str>) -> BTreeMap<String, bool> {
    let is_html = text(response.headers(), CONTENT_TYPE.as_str())
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    let mut page = Vec::new();
    let mut whole = false;
    if is_html {
        let reader = response.body_mut().as_reader();
        let read = reader.take(MAX_BODY + 1).read_to_end(&mut page);
        whole = read.is_ok_and(|read| read as u64 <= MAX_BODY);
    }
    let page = String::from_utf8_lossy(&page);
    let ids = parts_of(&page);
    let tells = whole && ids.len() > 1;
    let is_there = |part: &str| !tells || ids.has(part);
    parts
        .iter()
        .map(|part| ((*part).to_owned(), is_there(part)))
        .collect()
}

/// Finds the address of a name, unless it is one of a private network.
#[derive(Debug)]
struct PublicResolver {
    inner: DefaultResolver,
    allow_private: bool,
    /// The proxy, which is ours and may be private.
    proxy: Option<Uri>,
}

/// An address that anybody can reach was expected.
#[derive(Debug, thiserror::Error)]
#[error("it lies in a private network")]
struct PrivateAddress;

impl Resolver for PublicResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let ours = self
            .proxy
            .as_ref()
            .is_some_and(|proxy| (proxy.host(), proxy.port_u16()) == (uri.host(), uri.port_u16()));
        // One private address among public ones could be the one that is taken.
        match !self.allow_private && !ours && found.iter().any(|found| is_private(found.ip())) {
            true => Err(Error::Other(Box::new(PrivateAddress))),
            false => Ok(found),
        }
    }
}
