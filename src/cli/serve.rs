//! `tympan serve`: the preview in a browser while a person writes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::Context as _;

use crate::cli::Outcome;
use crate::cli::args::{Global, ServeArgs};
use crate::cli::dictionaries;
use crate::cli::environment::Shipping;
use crate::cli::project::{Listed, STORE, root};
use crate::cli::ui::Ui;
use crate::preview::{Access, Follow, Preview, PreviewEvent, serve};
use crate::release::Release;
use crate::site_path::SitePath;
use crate::store::Store;

/// How many changed files a line names.
const NAMED: usize = 3;

pub fn run(ui: &Ui, global: &Global, args: &ServeArgs) -> anyhow::Result<Outcome> {
    let project = match &args.environment {
        Some(name) => Listed::open(global, Some(&desired(ui, global, name)?))?,
        None => Listed::open(global, None)?,
    };
    let mut load = project.load_options(ui, &args.pages, &project.root.join("dist"));
    load.dictionaries = dictionaries::folders();
    let exclude = load.exclude.clone();
    let follow = match args.follow {
        true => Follow::Edits,
        false => Follow::Nothing,
    };
    let preview = Preview::new(project.snapshot, project.store, load, follow);
    let access = Access {
        address: args.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        port: args.port,
        names: args.allow_host.clone(),
    };
    let began = Mutex::new(None);
    let listener = |event| match event {
        PreviewEvent::Listening(place) => listening(ui, args, place),
        PreviewEvent::Changed => set(&began, Some(Instant::now())),
        PreviewEvent::Unchanged => set(&began, None),
        PreviewEvent::Reloaded { paths, errors } => {
            let took = take(&began).map_or(0, |began| began.elapsed().as_millis());
            let errors = match errors {
                0 => String::new(),
                1 => "  1 error".to_owned(),
                many => format!("  {many} errors"),
            };
            ui.note(&format!("{}  {took} ms{errors}", names(&paths)));
        }
    };
    serve(&Arc::new(preview), &access, exclude, &listener)?;
    Ok(Outcome::Clean)
}

/// The commit that an environment must show: of the release that is pinned there, else the last of
/// the branch that it follows.
fn desired(ui: &Ui, global: &Global, name: &str) -> anyhow::Result<String> {
    let shipping = Shipping::open(ui, root(global)?)?;
    let environment = shipping.environment(ui, name)?;
    let Some(digest) = environment.release else {
        let named = format!("`{name}` neither pins a release nor follows a branch");
        return environment.follow.context(named);
    };
    let store = Store::open(&shipping.root.join(STORE));
    let json = store.blob(&digest).ok();
    let release = json.and_then(|json| serde_json::from_slice::<Release>(&json).ok());
    let commit = release.and_then(|release| release.source.commit);
    commit.with_context(|| {
        format!("the release {digest} of `{name}` is not in the store; build its commit here first")
    })
}

/// Says where the preview is.
fn listening(ui: &Ui, args: &ServeArgs, place: SocketAddr) {
    let port = place.port();
    if args.port != 0 && port != args.port {
        ui.warn(&format!("port {} is taken", args.port));
    }
    let address = match place.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let here = format!("http://{}/", SocketAddr::new(address, port));
    ui.result(&here);
    if !place.ip().is_loopback() {
        let address = match place.ip() {
            ip if ip.is_unspecified() => address_in_network(),
            ip => Some(ip),
        };
        ui.warn("everybody in this network can read the preview, drafts and all");
        if let Some(address) = address {
            let there = format!("http://{}/", SocketAddr::new(address, port));
            ui.note(&there);
            if let Some(code) = qr_code(&there) {
                ui.note(&code);
            }
        }
    }
    ui.note(match &args.environment {
        Some(_) => "Ctrl-C ends the preview",
        None => "the preview follows your edits; Ctrl-C ends it",
    });
    if args.open
        && let Err(error) = open::that_detached(&here)
    {
        ui.warn(&format!("no browser could be opened: {error}"));
    }
}

/// The address that others in the network know this machine by: the one it would send from. No
/// packet is sent; the address asked for is one of those that lead nowhere (RFC 5737).
fn address_in_network() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified()).then_some(address)
}

/// An address as a picture that a phone can read, two rows of squares in each line. It is drawn in
/// the color of the text, so that it is right on dark terminals and readable on light ones.
fn qr_code(text: &str) -> Option<String> {
    use qrcode::render::unicode::Dense1x2;
    let code = qrcode::QrCode::new(text).ok()?;
    let mut picture = code.render::<Dense1x2>();
    let picture = picture
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark);
    Some(picture.build())
}

fn set(began: &Mutex<Option<Instant>>, moment: Option<Instant>) {
    if let Ok(mut began) = began.lock() {
        *began = moment;
    }
}

fn take(began: &Mutex<Option<Instant>>) -> Option<Instant> {
    began.lock().ok()?.take()
}

/// The changed files in a few words.
fn names(paths: &[SitePath]) -> String {
    let named: Vec<&str> = paths
        .iter()
        .filter(|path| !path.is_root())
        .take(NAMED)
        .map(SitePath::as_str)
        .collect();
    match (named.len(), paths.len() - named.len()) {
        (0, _) => "the project".to_owned(),
        (_, 0) => named.join(", "),
        (_, more) => format!("{} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_files_are_counted() {
        let paths: Vec<SitePath> = ["a", "b", "c", "d", "e"]
            .iter()
            .map(|path| SitePath::parse(path).unwrap())
            .collect();
        assert_eq!(names(&paths), "a, b, c and 2 more");
        assert_eq!(names(&paths[..1]), "a");
        assert_eq!(names(&[]), "the project");
        assert_eq!(names(&[SitePath::root()]), "the project");
    }
}
