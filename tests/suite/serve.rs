//! The preview as a browser sees it: plain sockets, a running program, an edited project.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::harness::Project;

/// How long a slow machine may take for one answer or one change.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running preview of a project of its own; ended when dropped.
struct Serving {
    project: Project,
    child: Child,
    port: u16,
}

/// The events of an open page.
struct Events {
    lines: BufReader<TcpStream>,
}

impl Serving {
    fn start(files: &[(&str, &str)]) -> Self {
        Self::start_with(files, &[])
    }

    fn start_with(files: &[(&str, &str)], options: &[&str]) -> Self {
        Self::of(Project::new(files), options)
    }

    /// The preview of the same project, after this one ended.
    fn again(mut self) -> Self {
        let project = std::mem::replace(&mut self.project, Project::new(&[]));
        Self::of(project, &[])
    }

    fn of(project: Project, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tympan"))
            .arg("-C")
            .arg(project.path())
            .args(["serve", "--port", "0", "--quiet"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut address).unwrap();
        let port = address
            .trim()
            .trim_end_matches('/')
            .rsplit(':')
            .next()
            .unwrap()
            .parse()
            .unwrap_or_else(|_| panic!("`{address}` is no address"));
        let serving = Self {
            project,
            child,
            port,
        };
        // The name of the state before the project is loaded ends with a zero.
        let mut events = serving.events();
        while events.next().ends_with("-0") {}
        serving
    }

    fn edit(&self, path: &str, text: &str) {
        self.project.write(path, text);
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends a request and gives the whole answer, headers in lower case.
    fn ask(&self, method: &str, path: &str, headers: &[&str]) -> (String, String) {
        let mut stream = self.connect();
        let headers = headers.join("\r\n");
        let request = format!("{method} {path} HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_lowercase(), body.to_owned())
    }

    fn get(&self, path: &str) -> (String, String) {
        self.ask("GET", path, &[&format!("Host: localhost:{}", self.port)])
    }

    #[track_caller]
    fn status(&self, path: &str, expected: &str) {
        let (head, _) = self.get(path);
        assert!(
            head.starts_with(&format!("http/1.1 {expected}")),
            "{path}: {head}"
        );
    }

    fn events(&self) -> Events {
        let mut stream = self.connect();
        let request = format!(
            "GET /__tympan/events HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n",
            self.port
        );
        stream.write_all(request.as_bytes()).unwrap();
        Events {
            lines: BufReader::new(stream),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Events {
    /// Waits for the next stamp.
    #[track_caller]
    fn next(&mut self) -> String {
        loop {
            let mut line = String::new();
            let length = self.lines.read_line(&mut line).expect("an event in time");
            assert!(length > 0, "the server closed the line");
            let news = line.strip_prefix("data:").unwrap_or_default();
            if let Some((_, rest)) = news.split_once("\"stamp\":\"") {
                return rest.split('"').next().unwrap_or_default().to_owned();
            }
        }
    }

    /// Waits for changes until `is_there`; one save may come as several changes.
    #[track_caller]
    fn until(&mut self, is_there: impl Fn() -> bool) {
        while !is_there() {
            self.next();
        }
    }
}

fn project() -> Serving {
    Serving::start(&[
        ("tympan.toml", "[project]\ntitle = \"Guide\"\n"),
        ("content/index.md", "# Home\n\nWelcome.\n"),
        ("content/setup/index.md", "# Setup\n\nOld words.\n"),
        ("content/notes.txt", "0123456789"),
        ("secret.txt", "not published"),
    ])
}

#[test]
fn an_edit_shows_itself_and_a_fault_lies_over_the_page() {
    let serving = project();
    let mut events = serving.events();
    let stamp = events.next();
    let (head, page) = serving.get("/setup/");
    assert!(head.contains("content-type: text/html; charset=utf-8"));
    assert!(head.contains("cache-control: no-store"));
    assert!(page.contains("Old words."));
    assert!(page.contains(&format!("data-stamp=\"{stamp}\"")));
    assert!(!page.contains("<tympan-overlay"));

    serving.edit("content/setup/index.md", "# Setup\n\nNew words.\n");
    events.until(|| serving.get("/setup/").1.contains("New words."));

    let broken = "---\ntitle: [\n---\n# Setup\n\nBroken.\n";
    serving.edit("content/setup/index.md", broken);
    events.until(|| serving.get("/setup/").1.contains("<tympan-overlay"));
    let (_, page) = serving.get("/setup/");
    assert!(page.contains("content/setup/index.md:2:"), "{page}");
    assert!(page.contains("New words."), "the last good page stays");
    assert!(!serving.get("/").1.contains("<tympan-overlay"));

    serving.edit("content/setup/index.md", "# Setup\n\nMended.\n");
    events.until(|| serving.get("/setup/").1.contains("Mended."));
    assert!(!serving.get("/setup/").1.contains("<tympan-overlay"));
}

#[test]
fn a_broken_configuration_keeps_the_last_site() {
    let serving = project();
    let mut events = serving.events();
    events.next();
    serving.edit("tympan.toml", "[project\n");
    events.until(|| serving.get("/").1.contains("config-syntax"));
    let (_, page) = serving.get("/setup/");
    assert!(page.contains("Old words.") && page.contains("<tympan-overlay"));
    serving.edit("tympan.toml", "[project]\ntitle = \"Guide\"\n");
    events.until(|| !serving.get("/").1.contains("<tympan-overlay"));
}

#[test]
fn an_empty_project_says_so_until_there_is_a_page() {
    let serving = Serving::start(&[("notes.txt", "no page")]);
    let mut events = serving.events();
    events.next();
    let (head, page) = serving.get("/");
    assert!(head.starts_with("http/1.1 500"), "{head}");
    assert!(page.contains("no Markdown was found"), "{page}");
    serving.edit("index.md", "# First\n");
    events.until(|| serving.get("/").1.contains("First"));
}

#[test]
fn only_what_is_planned_is_served() {
    let serving = project();
    serving.status("/", "200");
    serving.status("/setup/index.html", "200");
    serving.status("/nothing/", "404");
    serving.status("/secret.txt", "404");
    serving.status("/tympan.toml", "404");
    serving.status("/../secret.txt", "404");
    serving.status("/setup/../../secret.txt", "404");
    serving.status("/%2e%2e/secret.txt", "404");
    serving.status("/..%5csecret.txt", "404");
    serving.status("//secret.txt", "404");
    let (head, _) = serving.get("/setup?a=b");
    assert!(head.starts_with("http/1.1 307") && head.contains("location: ./setup/?a=b"));
    let (_, page) = serving.get("/deep/down/nothing");
    assert!(page.contains("<base href=\"../../\">"), "{page}");
}

#[test]
fn only_this_machine_is_answered() {
    let serving = project();
    let port = serving.port;
    for host in ["evil.example".to_owned(), format!("evil.example:{port}")] {
        for path in ["/", "/__tympan/events", "/__tympan/live.js"] {
            let (head, body) = serving.ask("GET", path, &[&format!("Host: {host}")]);
            assert!(head.starts_with("http/1.1 403"), "{head}");
            assert!(!body.contains("Welcome"));
        }
    }
    let host = format!("Host: localhost:{port}");
    let ask = |mode: &str| {
        let mode = format!("Sec-Fetch-Mode: {mode}");
        serving
            .ask("GET", "/", &[&host, "Sec-Fetch-Site: cross-site", &mode])
            .0
    };
    assert!(ask("no-cors").starts_with("http/1.1 403"));
    let head = ask("navigate");
    assert!(
        head.starts_with("http/1.1 200")
            && head.contains("cross-origin-resource-policy: same-origin")
    );
    let (head, _) = serving.ask("POST", "/", &[&format!("Host: localhost:{port}")]);
    assert!(head.starts_with("http/1.1 405"), "{head}");
}

#[test]
fn a_file_is_given_whole_in_part_or_not_at_all() {
    let serving = project();
    let host = format!("Host: [::1]:{}", serving.port);
    let (head, body) = serving.ask("GET", "/notes.txt", &[&host]);
    assert!(head.contains("accept-ranges: bytes"), "{head}");
    assert_eq!(body, "0123456789");
    let (head, body) = serving.ask("GET", "/notes.txt", &[&host, "Range: bytes=2-4"]);
    assert!(head.contains("content-range: bytes 2-4/10"), "{head}");
    assert_eq!(body, "234");
    let (head, _) = serving.ask("GET", "/notes.txt", &[&host, "Range: bytes=10-"]);
    assert!(head.starts_with("http/1.1 416"), "{head}");
    let (head, body) = serving.ask("HEAD", "/notes.txt", &[&host]);
    assert!(head.contains("content-length: 10"), "{head}");
    assert_eq!(body, "");
}

#[test]
fn a_browser_that_asks_slowly_holds_up_nobody() {
    let serving = project();
    let slow: Vec<TcpStream> = (0..40)
        .map(|_| {
            let mut stream = serving.connect();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
            stream
        })
        .collect();
    serving.status("/", "200");
    let mut greedy = serving.connect();
    let line = [b'x'; 4096];
    // A head without end is refused long before it fills the memory.
    greedy.write_all(b"GET / HTTP/1.1\r\nX: ").unwrap();
    let refused = (0..4096).any(|_| greedy.write_all(&line).is_err());
    let mut answer = String::new();
    let told = greedy.read_to_string(&mut answer);
    assert!(
        refused || told.is_err() || answer.starts_with("HTTP/1.1 4"),
        "{answer}"
    );
    serving.status("/setup/", "200");
    drop(slow);
}

#[test]
fn it_works_behind_a_proxy_below_any_path() {
    let serving = Serving::start_with(
        &[
            ("tympan.toml", "[project]\ntitle = \"Guide\"\n"),
            ("content/index.md", "# Home\n"),
            ("content/a/b.md", "# B\n"),
        ],
        &["--allow-host", "box.example"],
    );
    let proxied = ["Host: box.example"];
    let (head, page) = serving.ask("GET", "/a/b/", &proxied);
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(page.contains("src=\"../../__tympan/live.js\""), "{page}");
    let rooted = page.split(['"', '\'']).filter(|text| {
        text.starts_with('/')
            && !text.starts_with("//")
            && !text.starts_with("/>")
            && !text.starts_with("/ ")
    });
    assert_eq!(rooted.collect::<Vec<_>>(), Vec::<&str>::new());
    let (head, _) = serving.ask("GET", "/a/b", &proxied);
    assert!(head.contains("location: ./b/"), "{head}");
    let (head, _) = serving.ask("GET", "/", &["Host: other.example"]);
    assert!(head.starts_with("http/1.1 403"), "{head}");
}

#[test]
fn a_preview_that_is_killed_in_the_middle_of_edits_begins_again() {
    let mut serving = project();
    for round in 0..3 {
        for edit in 0..20 {
            let text = format!("# Setup\n\nRound {round}, edit {edit}.\n");
            serving.edit("content/setup/index.md", &text);
            if edit % 5 == round {
                serving.status("/setup/", "200");
            }
        }
        let _ = serving.child.kill();
        let _ = serving.child.wait();
        serving = serving.again();
        let (_, page) = serving.get("/setup/");
        assert!(page.contains(&format!("Round {round}, edit 19.")), "{page}");
    }
}

#[cfg(feature = "pdf")]
#[test]
fn a_page_is_seen_with_its_paper_beside_it() {
    let serving = Serving::start(&[
        (
            "tympan.toml",
            "[project]\ntitle = \"Book\"\nkind = \"book\"\n",
        ),
        (
            "content/SUMMARY.md",
            "# Summary\n\n- [One](one.md)\n- [Two](two.md)\n",
        ),
        ("content/one.md", "# One\n\nText.\n"),
        (
            "content/two.md",
            "# Two\n\nText with an [link](nowhere.md).\n",
        ),
    ]);
    let (_, found) = serving.get("/__tympan/findings?path=%2Ftwo%2F");
    assert!(
        found.contains("link-missing") && found.contains("\"paper\":\"Book\""),
        "{found}"
    );
    let (_, view) = serving.get("/__tympan/beside?path=%2Ftwo%2F");
    assert!(view.contains("src=\"../two/\""), "{view}");
    assert!(view.contains("src=\"../book.pdf#nameddest=p1\""), "{view}");
    let (head, paper) = serving.get("/book.pdf?2");
    assert!(head.contains("content-type: application/pdf") && paper.starts_with("%PDF-"));
    serving.status("/__tympan/beside?path=%2Fnothing%2F", "404");
}

#[test]
fn an_environment_is_shown_as_its_branch_has_it() {
    let project = Project::new(&[
        ("content/index.md", "# Committed\n"),
        (
            "environments/test.toml",
            "follow = \"main\"\ntargets = [\"local\"]\n",
        ),
    ]);
    project.commit("Begin");
    project.write("content/index.md", "# Edited\n");
    let serving = Serving::of(project, &["--environment", "test"]);
    assert!(serving.get("/").1.contains("Committed"));
    serving.edit("content/index.md", "# Edited again\n");
    assert!(serving.get("/").1.contains("Committed"));
}

#[test]
fn a_branch_that_is_checked_out_is_shown() {
    let project = Project::new(&[
        ("content/index.md", "# First\n"),
        ("content/old.md", "# Old\n"),
    ]);
    project.commit("Begin");
    project.git(&["checkout", "--quiet", "-b", "other"]);
    project.write("content/index.md", "# Second\n");
    project.git(&["rm", "--quiet", "content/old.md"]);
    project.write("content/new/page.md", "# New\n");
    project.commit("Change");
    project.git(&["checkout", "--quiet", "main"]);
    let serving = Serving::of(project, &[]);
    serving.status("/old/", "200");
    let mut events = serving.events();
    serving.project.git(&["checkout", "--quiet", "other"]);
    events.until(|| serving.get("/new/page/").0.starts_with("http/1.1 200"));
    events.until(|| serving.get("/").1.contains("Second"));
    serving.status("/old/", "404");
    serving.project.git(&["checkout", "--quiet", "main"]);
    events.until(|| serving.get("/").1.contains("First"));
    events.until(|| serving.get("/old/").0.starts_with("http/1.1 200"));
    serving.status("/new/page/", "404");
}
