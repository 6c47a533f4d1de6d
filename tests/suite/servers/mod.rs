//! Real servers to publish to, got and started by the tests that need them, each on a port of its own
//! on loopback and gone with the test.

mod buckets;
mod careless;
mod dav;
mod git_http;
pub mod proxy;
mod registry;
#[cfg(unix)]
mod sshd;

pub use git_http::{GitHttp, make as make_bare};

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server.
pub struct Server {
    child: Child,
    /// Where it listens on loopback.
    pub port: u16,
    /// Its own folder: settings, data, log.
    pub folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it said so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// moto: S3 as Amazon defines it, conditions included, in one Python process.
    pub fn moto() -> Option<Self> {
        let home = python("moto")?;
        Some(Self::start("moto", |port, _| {
            let mut command = Command::new("python3");
            command
                .env("PYTHONPATH", home)
                .args(["-m", "moto.server", "-H", "127.0.0.1", "-p"]);
            command.arg(port.to_string());
            command
        }))
    }

    /// nginx, given what stands in its `http` block.
    pub fn nginx(http: impl FnOnce(u16, &Path) -> String) -> Option<Self> {
        let nginx = program("nginx", "/usr/sbin/nginx")?;
        Some(Self::start("nginx", |port, folder| {
            let inside = folder.display();
            let settings = format!(
                "daemon off; master_process off; pid {inside}/pid; error_log {inside}/log;\n\
                 events {{ worker_connections 512; }}\n\
                 http {{ access_log off; types {{ text/html html; }}\n\
                 client_body_temp_path {inside}/body; proxy_temp_path {inside}/proxy;\n\
                 fastcgi_temp_path {inside}/fastcgi; uwsgi_temp_path {inside}/uwsgi;\n\
                 scgi_temp_path {inside}/scgi;\n{}\n}}\n",
                http(port, folder)
            );
            fs::write(folder.join("nginx.conf"), settings).unwrap();
            let mut command = Command::new(nginx);
            command.arg("-c").arg(folder.join("nginx.conf"));
            command
        }))
    }

    /// Starts a program and waits until it answers.
    fn start(name: &str, command: impl FnOnce(u16, &Path) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = command(port, folder.path());
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let mut server = Self {
            child,
            port,
            folder,
        };
        for _ in 0..600 {
            if TcpStream::connect_timeout(&address(port), Duration::from_millis(200)).is_ok() {
                return server;
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                panic!("{name} ended with {status}: {}", server.log());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{name} never answered: {}", server.log());
    }
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind(address(0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Where the servers are kept.
pub fn tools() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache =
        cache.unwrap_or_else(|| Path::new(&std::env::var_os("HOME").unwrap()).join(".cache"));
    cache.join("tympan-servers")
}

/// The folder of a server from PyPI or npm, or nothing if it cannot be had.
pub fn python(name: &str) -> Option<PathBuf> {
    let folder = tools().join(name);
    had(name, &folder.join("wanted")).then_some(folder)
}

/// A program of a Debian package, or nothing if it cannot be had.
pub fn program(name: &str, path: &'static str) -> Option<&'static str> {
    had(name, Path::new(path)).then_some(path)
}

/// Gets a server, and says whether it is there. In CI one that is not is a failure.
fn had(name: &str, file: &Path) -> bool {
    let install = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/install");
    let _ = Command::new(install).arg(name).status();
    file.exists() || !is_missing(name)
}

/// Says that something cannot be had here, which in CI is a failure.
pub fn is_missing(name: &str) -> bool {
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!ci, "`{name}` cannot be had");
    eprintln!("skipped: `{name}` cannot be had");
    true
}

impl Server {
    /// The answer to a GET, its head and its body.
    pub fn get(&self, path: &str) -> String {
        use std::io::{Read as _, Write as _};
        let mut stream = TcpStream::connect(address(self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

#[test]
fn a_server_answers() {
    let Some(nginx) = Server::nginx(|port, folder| {
        fs::write(folder.join("index.html"), "hello").unwrap();
        format!(
            "server {{ listen 127.0.0.1:{port}; root {}; }}",
            folder.display()
        )
    }) else {
        return;
    };
    let answer = nginx.get("/");
    assert!(answer.ends_with("hello"), "{answer} {}", nginx.log());
}
