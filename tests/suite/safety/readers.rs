//! Readers of a real server who take their time: a page now, its images 0.6 seconds later, while one
//! release follows another.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tympan::config::{self, TargetKind};
use tympan::publish::history;
use tympan::targets::{Access, Target, open};

use super::shop::{Shop, bucket, open_bucket, settings};
use crate::servers::{Server, program};

const RELEASES: usize = 20;
const READERS: usize = 6;
/// Between a page and its images.
const PAUSE: Duration = Duration::from_millis(600);

/// The status and the body of an answer.
fn get(port: u16, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let ask = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
    let body = answer
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned());
    (status.unwrap_or(0), body.unwrap_or_default())
}

/// Publishes release after release while readers load pages below `base`; tells how many loads
/// there were and how many of them broke.
fn storm(
    target: &dyn Target,
    settings: &config::Target,
    (port, base): (u16, &str),
    begun: &mut dyn FnMut(),
) -> (usize, usize) {
    let shop = Shop::new();
    let go = |at: usize| {
        let now = 1000 + at as i64;
        shop.publish(target, settings, at, "ada-1", &|| now)
            .unwrap();
    };
    go(0);
    begun();
    let (loads, broken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let over = AtomicBool::new(false);
    let reading = |reader: u32| {
        std::thread::sleep(PAUSE * reader / READERS as u32);
        while !over.load(Ordering::SeqCst) {
            let (status, page) = get(port, &format!("{base}index.html"));
            std::thread::sleep(PAUSE);
            let whole = status == 200
                && page.split(' ').count() == 3
                && page
                    .split(' ')
                    .all(|image| get(port, &format!("{base}{image}")) == (200, image.to_owned()));
            loads.fetch_add(1, Ordering::SeqCst);
            if !whole {
                eprintln!("broken: {status} {page}");
                broken.fetch_add(1, Ordering::SeqCst);
            }
        }
    };
    std::thread::scope(|scope| {
        let reading = &reading;
        for reader in 0..READERS as u32 {
            scope.spawn(move || reading(reader));
        }
        for at in 1..=RELEASES {
            std::thread::sleep(PAUSE / 2);
            go(at);
        }
        std::thread::sleep(PAUSE);
        over.store(true, Ordering::SeqCst);
    });
    let history = history(target, "web").unwrap();
    assert!(history.is_intact() && history.records.len() == RELEASES + 1);
    (loads.into_inner(), broken.into_inner())
}

#[test]
fn a_reader_of_nginx_finds_the_images_of_his_page() {
    let place = tempfile::tempdir().unwrap();
    let web = place.path().join("web");
    fs::create_dir(&web).unwrap();
    // As the guide shows it.
    let Some(nginx) = Server::nginx(|port, _| {
        let web = web.display();
        format!(
            "server {{ listen 127.0.0.1:{port}; root {web}/live;\n\
             recursive_error_pages on; error_page 404 = @older;\n\
             location @older {{ root {web}/.tympan/older; error_page 404 /404.html; }} }}"
        )
    }) else {
        return;
    };
    let path = web.display().to_string();
    let settings = settings(TargetKind::Directory { path });
    let access = Access {
        project: Path::new("/"),
        variable: &|_| None,
    };
    let target = open("web", &settings, access).unwrap();
    let wrk = program("wrk", "/usr/bin/wrk");
    let mut load = None;
    let mut begin = || {
        load = wrk.map(|wrk| {
            Command::new(wrk)
                .args(["-t1", "-c8", "-d8s", &format!("{}/same.css", nginx.url())])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        });
    };
    let (loads, broken) = storm(&*target, &settings, (nginx.port, "/"), &mut begin);
    assert_eq!((loads > 40, broken), (true, 0), "{loads} loads");
    let told = load.map(|load| load.wait_with_output().unwrap());
    let told = told.map(|told| String::from_utf8_lossy(&told.stdout).into_owned());
    for fault in ["Non-2xx", "Socket errors"] {
        assert!(
            !told.as_deref().unwrap_or_default().contains(fault),
            "{told:?}"
        );
    }
    let requests = told.as_deref().and_then(|told| {
        let line = told.lines().find(|line| line.contains("requests in"))?;
        Some(line.trim().to_owned())
    });
    eprintln!("nginx: {loads} loads, {broken} broken; {requests:?}");
    let (status, page) = get(nginx.port, "/nothing.png");
    assert_eq!((status, page.as_str()), (404, "nothing"));
}

#[test]
fn a_reader_of_a_bucket_finds_the_images_of_his_page() {
    let Some(server) = Server::seaweedfs() else {
        return;
    };
    let settings = bucket(&server, server.port);
    let target = open_bucket(&settings);
    let (loads, broken) = storm(&*target, &settings, (server.port, "/guide/"), &mut || {});
    assert_eq!((loads > 40, broken), (true, 0), "{loads} loads");
    eprintln!("seaweedfs: {loads} loads, {broken} broken");
}
