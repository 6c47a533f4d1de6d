//! Bad lines and servers that cannot keep up.

use std::collections::BTreeMap;

use tympan::publish::PublishError;
use tympan::release::Release;

use crate::servers::proxy::Proxy;
use crate::targets::buckets::ground::Ground;

/// A release in which each page names the picture it needs.
fn release(ground: &Ground, edition: &str, pages: usize) -> Release {
    let files: Vec<(String, String)> = (0..pages)
        .flat_map(|at| {
            let picture = format!("{edition}{at}.png");
            // Some are larger than what a socket takes at once.
            let bytes = picture.repeat(if at == 3 { 40_000 } else { 20 });
            let page = (format!("{at}/index.html"), picture.clone());
            [(picture, bytes), page]
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    ground.release(&files)
}

/// No page may need a picture that is not there, whole.
fn nothing_is_broken(ground: &Ground) {
    let there: BTreeMap<String, String> = ground.hand.list("docs/guide/");
    for (path, picture) in there.iter().filter(|(path, _)| path.ends_with(".html")) {
        let size = there.get(picture).map(|bytes| bytes.len() / picture.len());
        let expected = if path.starts_with("3/") { 40_000 } else { 20 };
        assert_eq!(size, Some(expected), "{path} needs {picture}");
    }
}

/// A line that is cut at any byte is a matter of trying again, and one that stays cut leaves what
/// is live.
pub fn a_bad_line_does_no_harm(ground: &Ground, proxy: &Proxy, cuts: &[i64]) {
    let first = release(ground, "a", 6);
    ground.publish(&first, 0).unwrap();
    let second = release(ground, "b", 6);
    proxy.passed();
    ground.publish(&second, 100).unwrap();
    let all = proxy.passed();
    for (at, part) in cuts.iter().enumerate() {
        let edition = if at % 2 == 0 { &first } else { &second };
        proxy.cut_after(all * part / 100);
        ground.publish(edition, 200 + at as i64 * 100).unwrap();
        proxy.mend();
        nothing_is_broken(ground);
        assert!(ground.status(edition).is_converged());
    }
    let third = release(ground, "c", 6);
    proxy.fail_after(all * 7 / 10);
    let error = ground.publish(&third, 10_000).unwrap_err();
    proxy.mend();
    assert!(matches!(error, PublishError::Target(_)), "{error}");
    assert!(error.to_string().contains("`web`"), "{error}");
    nothing_is_broken(ground);
    let live = ground.status(&third).live.map(|live| live.release);
    assert_eq!(live, Some(first.digest()));
    ground.publish(&third, 20_000).unwrap();
    nothing_is_broken(ground);
    assert!(ground.status(&third).is_converged());
}

/// A server that refuses one request in four gets all files in the end.
pub fn a_busy_server_gets_everything(ground: &Ground, proxy: &Proxy) {
    let release = release(ground, "d", 40);
    proxy.be_busy(4);
    ground.publish(&release, 30_000).unwrap();
    proxy.mend();
    assert!(ground.status(&release).is_converged());
}
