//! The smoke test as readers would do it: over the address of the environment, right after a switch.

use std::time::Duration;

use memchr::memmem;
use url::Url;

use crate::config::SmokePath;
use crate::digest::Digest;
use crate::publish::smoke::Answer;
use crate::release::File;
use crate::web::{Client, Fault, Reply};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most that is read of one answer, in bytes.
const LIMIT: u64 = 64 << 20;
/// How many redirects are followed.
const REDIRECTS: usize = 5;
/// How often a route is asked for: what stands between may still hold the older release.
const TRIES: u32 = 5;
/// The pause after the first try; each is twice as long as the one before.
const PAUSE: Duration = Duration::from_secs(1);
/// Headers by which those tell of themselves who stand between a server and its readers.
const BETWEEN: &[&str] = &[
    "via",
    "age",
    "x-cache",
    "cf-ray",
    "x-amz-cf-id",
    "x-served-by",
    "x-nf-request-id",
];

/// Asks at the address that readers use.
pub struct Readers {
    base: Url,
    client: Client,
    pause: Duration,
}

/// What one try came to.
enum Try {
    Good,
    Wrong(String),
    Passing(String),
    Lasting(String),
}

impl Readers {
    /// Makes one for an address, if it is one of the web.
    pub fn at(address: &str) -> Option<Self> {
        Self::with(address, Client::new(PATIENCE), PAUSE)
    }

    fn with(address: &str, client: Client, pause: Duration) -> Option<Self> {
        let mut base = Url::parse(address).ok()?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return None;
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        Some(Self {
            base,
            client,
            pause,
        })
    }

    /// Asks for a route until the answer is what was expected, a few times. `tell` hears of each
    /// pause.
    pub fn ask(&self, route: &SmokePath, file: Option<&File>, tell: &dyn Fn(&str)) -> Answer {
        let Ok(url) = self.base.join(route.path.trim_start_matches('/')) else {
            return Answer::Wrong("it makes no address".to_owned());
        };
        if !self.is_ours(&url) {
            return Answer::Wrong("it leads out of the site".to_owned());
        }
        let mut pause = self.pause;
        for left in (0..TRIES).rev() {
            let (why, answer): (_, fn(String) -> Answer) = match self.attempt(&url, route, file) {
                Try::Good => return Answer::Good,
                Try::Lasting(why) => return Answer::Unreached(why),
                Try::Wrong(why) => (why, Answer::Wrong),
                Try::Passing(why) => (why, Answer::Unreached),
            };
            if left == 0 {
                return answer(why);
            }
            let seconds = pause.as_secs();
            tell(&format!(
                "`{}`: {why}; asked again in {seconds} s",
                route.path
            ));
            std::thread::sleep(pause);
            pause *= 2;
        }
        Answer::Unreached("it was never asked for".to_owned())
    }

    fn attempt(&self, url: &Url, route: &SmokePath, file: Option<&File>) -> Try {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            let reply = match self.client.get(&url, LIMIT) {
                Ok(reply) => reply,
                Err(Fault::Untrusted(why)) => return Try::Wrong(why),
                Err(Fault::Passing(why)) => return Try::Passing(why),
                Err(Fault::Lasting(why)) => return Try::Lasting(why),
            };
            if !matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
                return judge(&reply, route, file);
            }
            let next = reply.header("location").and_then(|to| url.join(to).ok());
            let Some(next) = next else {
                return Try::Wrong("it redirects to no address".to_owned());
            };
            if !self.is_ours(&next) {
                return Try::Wrong(format!(
                    "it redirects out of the site, to `{}`",
                    plain(next)
                ));
            }
            url = next;
        }
        Try::Wrong(format!("it redirects more than {REDIRECTS} times"))
    }

    /// Whether an address is one of the site: of the same server, below the same path, and never
    /// without the secrecy that the base has.
    fn is_ours(&self, url: &Url) -> bool {
        let same = url.origin() == self.base.origin();
        let safer = (self.base.scheme(), url.scheme()) == ("http", "https")
            && url.host_str() == self.base.host_str();
        (same || safer) && url.path().starts_with(self.base.path())
    }
}

/// An address without whatever secret it may hold.
fn plain(mut url: Url) -> Url {
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url
}

fn judge(reply: &Reply, route: &SmokePath, file: Option<&File>) -> Try {
    if reply.status != route.status {
        return Try::Wrong(match route.status {
            200 => format!("status {}", reply.status),
            expected => format!("status {} in the place of {expected}", reply.status),
        });
    }
    if let Some(text) = &route.text
        && memmem::find(&reply.body, text.as_bytes()).is_none()
    {
        return Try::Wrong(format!("the answer does not contain `{text}`"));
    }
    if let Some(file) = file.filter(|_| reply.status == 200 && reply.whole)
        && !may_be_altered(reply)
        && Digest::of(&reply.body) != file.sha256
    {
        return Try::Wrong(format!("the answer is not `{}` of the release", file.path));
    }
    Try::Good
}

/// Whether somebody between us and the server may have changed the bytes on the way, as some do
/// with pages: they compress them, and put scripts in.
fn may_be_altered(reply: &Reply) -> bool {
    let says = |name: &str, word: &str| {
        let value = reply.header(name).unwrap_or_default();
        value.to_ascii_lowercase().contains(word)
    };
    if reply.header("content-encoding").is_some() {
        return true;
    }
    says("content-type", "html")
        && !says("cache-control", "no-transform")
        && (says("server", "cloudflare") || BETWEEN.iter().any(|name| reply.header(name).is_some()))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::publish::testing::place;
    use crate::web::server::{Server, answer};

    fn readers(base: &str) -> Readers {
        let client = Client::trusting(Duration::from_secs(5), Vec::new());
        Readers::with(base, client, Duration::ZERO).unwrap()
    }

    fn expecting(path: &str, status: u16, text: Option<&str>) -> SmokePath {
        SmokePath {
            path: path.to_owned(),
            status,
            text: text.map(str::to_owned),
        }
    }

    /// Asks a server below `/guide/` for a route whose file is `hello`.
    #[track_caller]
    fn case(
        route: SmokePath,
        says: impl Fn(&str, usize) -> String + Send + Sync + 'static,
        expected: Answer,
        tries: usize,
    ) {
        let server = Server::start(says);
        let release = place().release(&[("index.html", "hello")]);
        let file = release.files.files().first();
        let readers = readers(&format!("http://{}/guide", server.address));
        let told = Mutex::new(0);
        let tell = |_: &str| *told.lock().unwrap() += 1;
        assert_eq!(readers.ask(&route, file, &tell), expected);
        assert_eq!(*told.lock().unwrap() + 1, tries);
    }

    fn wrong(text: &str) -> Answer {
        Answer::Wrong(text.to_owned())
    }

    #[test]
    fn the_page_must_be_there_and_be_the_release_s() {
        let good = |what: &str, _: usize| {
            assert_eq!(what, "GET /guide/");
            answer("200 OK", &[], "hello")
        };
        case(SmokePath::there("/"), good, Answer::Good, 1);
        case(
            SmokePath::there("/"),
            |_, _| answer("500 Oh", &[], "hello"),
            wrong("status 500"),
            5,
        );
        case(
            SmokePath::there("/"),
            |_, _| answer("200 OK", &["Content-Type: text/html"], "old"),
            wrong("the answer is not `index.html` of the release"),
            5,
        );
        case(
            expecting("/", 200, Some("bye")),
            |_, _| answer("200 OK", &[], "hello"),
            wrong("the answer does not contain `bye`"),
            5,
        );
        case(
            expecting("/", 404, Some("ell")),
            |_, _| answer("404 Not Found", &[], "hello?"),
            Answer::Good,
            1,
        );
        case(
            expecting("/", 404, None),
            |_, _| answer("200 OK", &[], "hello"),
            wrong("status 200 in the place of 404"),
            5,
        );
    }

    #[test]
    fn what_stands_between_may_be_late_and_may_change_pages() {
        let late = |_: &str, nth: usize| match nth {
            0 => answer("404 Not Found", &[], ""),
            1 => answer("200 OK", &["Age: 7"], "old"),
            _ => answer("200 OK", &[], "hello"),
        };
        case(SmokePath::there("/"), late, Answer::Good, 3);
        let page = "Content-Type: text/html";
        case(
            SmokePath::there("/"),
            move |_, _| answer("200 OK", &[page, "Via: 1.1 x"], "hello<script>"),
            Answer::Good,
            1,
        );
        case(
            SmokePath::there("/"),
            move |_, _| {
                let headers = [page, "Via: 1.1 x", "Cache-Control: no-transform"];
                answer("200 OK", &headers, "hello<script>")
            },
            wrong("the answer is not `index.html` of the release"),
            5,
        );
    }

    #[test]
    fn redirects_are_followed_within_the_site() {
        let within = |what: &str, _: usize| match what {
            "GET /guide/" => answer("302 Found", &["Location: /guide/en/"], ""),
            _ => answer("200 OK", &[], "hello"),
        };
        case(SmokePath::there("/"), within, Answer::Good, 1);
        case(
            SmokePath::there("/"),
            |_, _| {
                answer(
                    "302 Found",
                    &["Location: http://u:secret@x.example/?k=1"],
                    "",
                )
            },
            wrong("it redirects out of the site, to `http://x.example/`"),
            5,
        );
        case(
            SmokePath::there("/"),
            |_, _| answer("301 Moved", &["Location: /guide/"], ""),
            wrong("it redirects more than 5 times"),
            5,
        );
        case(
            SmokePath::there("/../other/"),
            |_, _| answer("200 OK", &[], "hello"),
            wrong("it leads out of the site"),
            1,
        );
    }

    #[test]
    fn that_nobody_answers_or_is_known_is_no_verdict_but_an_old_certificate_is_one() {
        let ask = |base: &str| readers(base).ask(&SmokePath::there("/"), None, &|_| {});
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let told = ask(&format!("http://127.0.0.1:{port}/"));
        assert_eq!(
            told,
            Answer::Unreached("it refuses the connection".to_owned())
        );
        let (server, _) = Server::start_tls("localhost", 2040);
        let address = format!("https://localhost:{}/", server.address.port());
        let unreached = |why: &str| Answer::Unreached(why.to_owned());
        assert_eq!(
            ask(&address),
            unreached("this machine trusts no authority: install ca-certificates")
        );
        let (old, expired) = Server::start_tls("localhost", 2020);
        let address = format!("https://localhost:{}/", old.address.port());
        let told = {
            let client = Client::trusting_one(Duration::from_secs(5), &expired);
            let readers = Readers::with(&address, client, Duration::ZERO).unwrap();
            readers.ask(&SmokePath::there("/"), None, &|_| {})
        };
        assert_eq!(told, wrong("its certificate has expired"));
        assert!(Readers::at("ftp://x.example/").is_none());
    }
}
