//! The web on this machine: what each answer of a server becomes.

use std::net::TcpListener;
use std::time::Duration;

use ureq::tls::Certificate;

use super::*;
use crate::checks::test_site::{shown, site};
use crate::diagnostic::Severity;
use crate::store::Store;
use crate::web::server::{Server, answer};

const ASKING: Asking = Asking {
    now: 1_000_000,
    refresh: false,
    allow_private: true,
    proxies: Proxies::None,
};

/// A project that leads to a server on this machine, and what is remembered of it.
struct Web {
    config: String,
    roots: Vec<Certificate<'static>>,
    store: tempfile::TempDir,
}

impl Web {
    fn new() -> Self {
        Self {
            config: "[check.external]\ntimeout = 2\nretries = 2\n".to_owned(),
            roots: Vec::new(),
            store: tempfile::tempdir().unwrap(),
        }
    }

    fn ask(&self, page: &str, asking: Asking) -> Vec<Diagnostic> {
        let files = [("tympan.toml", self.config.as_str()), ("a.md", page)];
        let site = site(&files);
        assert_eq!(site.diagnostics, []);
        let store = Store::open(self.store.path());
        let context = CheckContext {
            site: &site,
            store: &store,
            progress: &crate::progress::silent,
            about: None,
        };
        let settings = &site.config.check.external;
        let patience = Patience {
            retries: settings.retries,
            pause: Duration::from_millis(5),
            longest: Duration::from_millis(1500),
        };
        let pace = Pace {
            at_once: settings.per_server,
            pause: Duration::ZERO,
        };
        let client = || Client::new(settings, asking, patience, Some(self.roots.clone()));
        let mut found = ask_with(&context, asking, &|_| true, pace, &client);
        crate::diagnostic::sort(&mut found);
        found
    }
}

/// What is said of a page in which `HOST` stands for the server.
#[track_caller]
fn case(server: &Server, page: &str, expected: &[&str]) -> Vec<Diagnostic> {
    let host = server.address.to_string();
    let page = page.replace("HOST", &host);
    let found = Web::new().ask(&page, ASKING);
    let line = |found: &Diagnostic| {
        let line = shown(&[("a.md", page.as_str())], std::slice::from_ref(found)).concat();
        let line = line.split(" \"").next().unwrap_or_default().to_owned();
        format!("{line}: {}", found.message).replace(&host, "HOST")
    };
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), expected);
    found
}

fn site_map(what: &str, nth: usize) -> String {
    let (method, path) = what.split_once(' ').unwrap();
    let html = ["Content-Type: text/html; charset=utf-8"];
    match (method, path) {
        ("HEAD", "/no-head") => answer("405 Method Not Allowed", &[], ""),
        ("HEAD", "/odd-head") => answer("404 Not Found", &[], ""),
        ("HEAD", "/rude-head") => String::new(),
        (_, "/" | "/no-head" | "/odd-head" | "/rude-head" | "/new" | "/a%20b") => {
            answer("200 OK", &[], "x")
        }
        (_, "/gone") => answer("410 Gone", &[], "x"),
        (_, "/moved") => answer("301 Moved Permanently", &["Location: /new"], ""),
        (_, "/found") => answer("302 Found", &["Location: new"], ""),
        (_, "/moved-found") => answer("308 Permanent Redirect", &["Location: /found"], ""),
        (_, "/moved-gone") => answer("301 Moved Permanently", &["Location: /gone"], ""),
        (_, "/circle") => answer("302 Found", &["Location: /circle2"], ""),
        (_, "/circle2") => answer("302 Found", &["Location: /circle"], ""),
        (_, "/nowhere") => answer("302 Found", &[], ""),
        (_, "/to-file") => answer("302 Found", &["Location: file:///etc/passwd"], ""),
        (_, "/secret") => answer("403 Forbidden", &[], "x"),
        (_, "/busy") if nth == 0 => answer("429 Too Many Requests", &["Retry-After: 1"], ""),
        (_, "/weary") => answer("503 Service Unavailable", &["Retry-After: 86400"], ""),
        (_, "/ill") => answer("500 Internal Server Error", &[], ""),
        (_, "/limping") if nth < 2 => answer("502 Bad Gateway", &[], ""),
        (_, "/busy" | "/limping") => answer("200 OK", &[], "x"),
        (_, "/slow") => {
            std::thread::sleep(Duration::from_secs(4));
            answer("200 OK", &[], "x")
        }
        (_, "/nonsense") => "nonsense\r\n\r\n".to_owned(),
        (_, "/page") => answer("200 OK", &html, "<h1 id=\"one\">1</h1><h2 id=two>2</h2>"),
        (_, "/script") => answer("200 OK", &html, "<div id=app></div>"),
        (_, "/text") => answer("200 OK", &["Content-Type: text/plain"], "id=one id=two "),
        (_, "/huge") => {
            let body = format!("<p id=a><p id=b>{}", "x".repeat(5 << 20));
            answer("200 OK", &html, &body)
        }
        _ => answer("404 Not Found", &[], "x"),
    }
}

#[test]
fn what_is_there_is_silent() {
    let server = Server::start(site_map);
    let page = "[a](http://HOST/) [b](http://HOST/no-head) [c](http://HOST/odd-head) \
                [d](http://HOST/rude-head) [e](http://HOST/found) [f](http://HOST/busy) \
                [g](http://HOST/limping) <http://HOST/a%20b> ![h](http://HOST/new) \
                [i](mailto:ada@x.example) [j](http://HOST/?a=1&b=2#/x)\n";
    let page = page.replace("/?a=1&b=2#/x", "/#/x");
    case(&server, &page, &[]);
    assert_eq!(server.asked("HEAD /"), 1);
    assert_eq!(server.asked("GET /"), 0);
    assert_eq!(server.asked("GET /no-head"), 1);
}

#[test]
fn what_is_gone_is_named_at_every_place() {
    let server = Server::start(site_map);
    case(
        &server,
        "\u{e4} [a](http://HOST/none)\n\n<http://HOST/none>\n\n[b](http://HOST/gone)\n\n[c](http://HOST/moved-gone)\n",
        &[
            "a.md:1:3 link-external-broken: nothing is at `http://HOST/none` (404)",
            "a.md:3:1 link-external-broken: nothing is at `http://HOST/none` (404)",
            "a.md:5:1 link-external-broken: nothing is at `http://HOST/gone` (410)",
            "a.md:7:1 link-external-broken: nothing is at `http://HOST/moved-gone` (410)",
        ],
    );
    assert_eq!(server.asked("HEAD /none"), 1);
}

#[test]
fn redirects_are_followed_to_their_end() {
    let server = Server::start(site_map);
    let found = case(
        &server,
        "[a](http://HOST/moved#x)\n\n[b](http://HOST/moved-found)\n\n[c](http://HOST/circle)\n\n\
         [d](http://HOST/nowhere)\n\n[e](http://HOST/to-file)\n",
        &[
            "a.md:1:1 link-external-moved: `http://HOST/moved` has moved for good",
            "a.md:3:1 link-external-moved: `http://HOST/moved-found` has moved for good",
            "a.md:5:1 link-external-broken: `http://HOST/circle` leads nowhere: its redirects lead in a circle",
            "a.md:7:1 link-external-broken: `http://HOST/nowhere` leads nowhere: it redirects to no address",
        ],
    );
    let host = server.address;
    assert_eq!(found[0].replacements, [format!("[a](http://{host}/new#x)")]);
    assert_eq!(found[1].replacements, [format!("[b](http://{host}/found)")]);
}

#[test]
fn servers_that_cannot_or_will_not_are_no_fault() {
    let server = Server::start(site_map);
    let found = case(
        &server,
        "[a](http://HOST/secret)\n\n[b](http://HOST/weary)\n\n[c](http://HOST/ill)\n\n[d](http://HOST/nonsense)\n",
        &[
            "a.md:1:1 link-external-unreachable: the server does not show `http://HOST/secret` to a program (403)",
            "a.md:3:1 link-external-unreachable: the server of `http://HOST/weary` has a fault (503)",
            "a.md:5:1 link-external-unreachable: the server of `http://HOST/ill` has a fault (500)",
            "a.md:7:1 link-external-unreachable: `http://HOST/nonsense` cannot be reached: its answer is no answer in HTTP",
        ],
    );
    let is_suggestion = |found: &Diagnostic| found.severity == Severity::Suggestion;
    let levels: Vec<bool> = found.iter().map(is_suggestion).collect();
    assert_eq!(levels, [true, false, false, false]);
    // A server that asks for a day is not asked again; one with a fault is, twice.
    assert_eq!(
        (server.asked("HEAD /weary"), server.asked("GET /ill")),
        (1, 3)
    );
}

#[test]
fn a_slow_server_is_not_waited_for() {
    let server = Server::start(site_map);
    let web = Web {
        config: "[check.external]\ntimeout = 1\nretries = 0\n".to_owned(),
        ..Web::new()
    };
    let found = web.ask(&format!("<http://{}/slow>\n", server.address), ASKING);
    assert!(
        found[0].message.ends_with("it did not answer in time"),
        "{found:?}"
    );
}

#[test]
fn a_closed_port_refuses() {
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let found = Web::new().ask(&format!("<http://{address}/>\n"), ASKING);
    assert!(
        found[0].message.ends_with("it refuses the connection"),
        "{found:?}"
    );
}

#[test]
fn parts_of_pages_are_looked_for() {
    let server = Server::start(site_map);
    case(
        &server,
        "[a](http://HOST/page#one) [b](http://HOST/page#two) [c](http://HOST/script#x) \
         [d](http://HOST/text#x) [e](http://HOST/huge#x) [f](http://HOST/huge#a)\n\n[g](http://HOST/page#three)\n",
        &["a.md:3:1 link-external-fragment: `http://HOST/page` has no place `three`"],
    );
    assert_eq!(
        (server.asked("HEAD /page"), server.asked("GET /page")),
        (0, 1)
    );
}

#[test]
fn faults_of_certificates_are_told_in_words() {
    let case = |name: &str, year: i32, is_trusted: bool, expected: &str| {
        let (server, certificate) = Server::start_tls(name, year);
        let roots = [Certificate::from_der(&certificate).to_owned()];
        let web = Web {
            roots: roots.into_iter().filter(|_| is_trusted).collect(),
            ..Web::new()
        };
        let found = web.ask(&format!("<https://{}/>\n", server.address), ASKING);
        let words = found
            .iter()
            .filter_map(|found| found.message.split(": ").nth(1));
        assert_eq!(words.collect::<String>(), expected);
    };
    case("127.0.0.1", 2090, true, "");
    case(
        "127.0.0.1",
        2090,
        false,
        "this machine does not trust its certificate",
    );
    case(
        "x.example",
        2090,
        true,
        "its certificate is for another name",
    );
    case("127.0.0.1", 2020, true, "its certificate has expired");
}

#[test]
fn private_addresses_are_not_asked_for() {
    let server = Server::start(site_map);
    let port = server.address.port();
    let page = format!(
        "<http://127.0.0.1:{port}/none> <http://localhost:{port}/none> <http://[::1]:{port}/none> \
         <http://2130706433:{port}/none> <http://0x7f.1:{port}/none>\n"
    );
    let asking = Asking {
        allow_private: false,
        ..ASKING
    };
    assert_eq!(Web::new().ask(&page, asking), []);
    assert_eq!(server.asked("HEAD /none"), 0);
}

#[test]
fn answers_are_remembered_while_they_are_fresh() {
    let server = Server::start(site_map);
    let (web, page) = (Web::new(), format!("<http://{}/none>\n", server.address));
    let ask = |later: i64, refresh: bool| {
        let asking = Asking {
            now: ASKING.now + later,
            refresh,
            ..ASKING
        };
        assert_eq!(web.ask(&page, asking).len(), 1);
        server.asked("HEAD /none")
    };
    assert_eq!(ask(0, false), 1);
    assert_eq!(ask(3600, false), 1);
    assert_eq!(ask(3600, true), 2);
    assert_eq!(ask(3600 + 86400, false), 3);
}

#[test]
fn the_project_may_accept_and_ignore() {
    let server = Server::start(site_map);
    let web = Web {
        config: "[check.external]\naccept = [403, { at = \"http://*/none\", status = [404] }]\n\
                 ignore = [\"http://*/gone*\"]\n"
            .to_owned(),
        ..Web::new()
    };
    let host = server.address;
    let page = format!("<http://{host}/secret> <http://{host}/none> <http://{host}/gone?x>\n");
    assert_eq!(web.ask(&page, ASKING), []);
    assert_eq!(server.asked("HEAD /gone?x"), 0);
}

#[test]
fn a_machine_that_is_offline_says_so_once() {
    let closed = || {
        TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
    };
    let pages: Vec<String> = (2..40)
        .map(|number| format!("<http://127.0.0.{number}:{}/>\n", closed().port()))
        .collect();
    let pages = pages.concat();
    let found = Web::new().ask(&pages, ASKING);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].path.is_root() && found[0].message.starts_with("none of 38 servers"));
}

#[test]
fn passwords_are_neither_sent_nor_shown() {
    let server = Server::start(site_map);
    let page = format!("see <http://ada:geheim@{}/none>\n", server.address);
    let found = Web::new().ask(&page, ASKING);
    let all = format!("{found:?}");
    assert!(found.len() == 1 && !all.contains("geheim"), "{all}");
}
