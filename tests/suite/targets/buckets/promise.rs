//! What every object store is held to.

use std::collections::BTreeMap;

use tympan::publish::PublishError;
use tympan::release::{Manifest, Release};
use tympan::site_path::SitePath;
use tympan::targets::{Capability, Put, Swap, Target, TargetError, Tree, Version, View};

use crate::targets::buckets::ground::Ground;

const DAY: i64 = 24 * 60 * 60;
/// Where the target's files stand in the bucket.
const HERE: &str = "docs/guide/";

/// Holds a store to the whole promise.
pub fn holds(ground: &Ground) {
    if ground.has_conditions {
        conditional_writes_have_one_winner(ground);
    }
    what_is_published_is_there_and_nothing_else_is_touched(ground);
    let guards = ground
        .open()
        .capabilities()
        .has(Capability::ConditionalFiles);
    if ground.has_conditions && guards {
        a_file_that_comes_late_takes_the_place_of_nothing(ground);
    }
}

fn path(text: &str) -> SitePath {
    SitePath::parse(text).unwrap()
}

fn done(swap: Swap) -> Version {
    match swap {
        Swap::Done(version) => version,
        Swap::Lost => panic!("it was lost"),
    }
}

/// So many write one object at once; how many succeed?
fn race(ground: &Ground, state: &str, expected: Option<&Version>) -> usize {
    let targets: Vec<_> = (0..16).map(|_| ground.open()).collect();
    std::thread::scope(|scope| {
        let runs: Vec<_> = targets
            .iter()
            .enumerate()
            .map(|(at, target)| {
                let bytes = format!("{{\"racer\":{at}}}");
                scope.spawn(move || target.swap(&path(state), expected, bytes.as_bytes()))
            })
            .collect();
        runs.into_iter()
            .map(|run| run.join().unwrap().unwrap())
            .filter(|swap| matches!(swap, Swap::Done(_)))
            .count()
    })
}

fn conditional_writes_have_one_winner(ground: &Ground) {
    let target = ground.open();
    let state = path("test/object");
    assert!(target.capabilities().has(Capability::ConditionalPut));
    let first = done(target.swap(&state, None, b"1").unwrap());
    assert_eq!(target.swap(&state, None, b"2").unwrap(), Swap::Lost);
    let second = done(target.swap(&state, Some(&first), b"2").unwrap());
    assert_eq!(target.swap(&state, Some(&first), b"3").unwrap(), Swap::Lost);
    let absent = path("test/absent");
    if ground.knows_absence {
        assert_eq!(
            target.swap(&absent, Some(&first), b"3").unwrap(),
            Swap::Lost
        );
    }
    let found = target.read(&tympan::targets::Object::State(state)).unwrap();
    let found = found.unwrap();
    assert_eq!(
        (found.bytes.as_slice(), &found.version),
        (&b"2"[..], &second)
    );
    let absent = target.read(&tympan::targets::Object::State(absent));
    assert_eq!(absent.unwrap(), None);
    assert_eq!(race(ground, "test/race", None), 1);
    assert_eq!(race(ground, "test/object", Some(&second)), 1);
}

/// What a reader ought to find.
fn files_of(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    let files = files.iter();
    files.map(|(k, v)| (k.to_string(), v.to_string())).collect()
}

fn converged(ground: &Ground, release: &Release) {
    let status = ground.status(release);
    assert!(status.is_converged(), "{status:?}");
}

fn what_is_published_is_there_and_nothing_else_is_touched(ground: &Ground) {
    let hand = &ground.hand;
    hand.write("docs/other.txt", "not below the prefix");
    hand.write("docs/guide/notes.txt", "below it, and not ours");
    let first = [
        ("index.html", "one"),
        ("pic.0f.png", "p"),
        ("old.html", "x"),
    ];
    let release = ground.release(&first);
    let made = ground.publish(&release, 0).unwrap().deployment.unwrap();
    assert_eq!((made.epoch, made.bytes_sent), (1, 5));
    converged(ground, &release);
    let with_notes = |files: &[(&str, &str)]| {
        let mut files = files_of(files);
        files.insert("notes.txt".to_owned(), "below it, and not ours".to_owned());
        files
    };
    assert_eq!(hand.list(HERE), with_notes(&first));
    if ground.open().capabilities().has(Capability::Headers) {
        let (media_type, cache) = hand.headers("docs/guide/index.html");
        assert_eq!(media_type.replace(' ', ""), "text/html;charset=utf-8");
        assert_eq!(cache, "no-cache");
    }

    // Nothing changed: nothing is sent. One page changed: one page is sent, and what went out of
    // use stays for those who still read the page before.
    assert!(ground.publish(&release, 10).unwrap().deployment.is_none());
    let second = [
        ("index.html", "two!"),
        ("pic.0f.png", "p"),
        ("feed.xml", "f"),
    ];
    let release = ground.release(&second);
    let made = ground.publish(&release, 20).unwrap().deployment.unwrap();
    assert_eq!(made.bytes_sent, 5);
    assert_eq!(
        (made.files.added, made.files.modified, made.files.removed),
        (1, 1, 1)
    );
    converged(ground, &release);
    assert_eq!(hand.read("docs/guide/old.html").as_deref(), Some("x"));

    // Drift: an edit of the same size, if that can be noticed, and a file that is gone.
    let edit = if ground.has_tags { "TWO!" } else { "TWO!!" };
    hand.write("docs/guide/index.html", edit);
    hand.delete("docs/guide/pic.0f.png");
    let drift = ground.status(&release).drift;
    let paths = |list: &[tympan::publish::Drifted]| -> Vec<String> {
        list.iter().map(|one| one.path.to_string()).collect()
    };
    assert_eq!(paths(&drift.modified), ["index.html"]);
    assert_eq!(paths(&drift.missing), ["pic.0f.png"]);
    let healed = ground.publish(&release, 30).unwrap().deployment.unwrap();
    assert_eq!(healed.bytes_sent, 5);
    converged(ground, &release);

    // What is known of the files is lost: it is found out again.
    hand.delete("docs/guide/.tympan/index");
    converged(ground, &release);
    hand.write("docs/guide/.tympan/index", "nonsense");
    assert!(ground.publish(&release, 40).unwrap().deployment.is_none());

    // A file of somebody else stands where a new one must go: nothing is sent.
    hand.write("docs/guide/new.html", "theirs");
    let third = [("index.html", "three"), ("new.html", "ours")];
    let blocked = ground.release(&third);
    let error = ground.publish(&blocked, 50).unwrap_err();
    assert!(
        matches!(error, PublishError::Target(TargetError::Foreign { .. })),
        "{error}"
    );
    assert!(error.to_string().contains("docs/guide/new.html"), "{error}");
    converged(ground, &release);
    assert_eq!(hand.read("docs/guide/new.html").as_deref(), Some("theirs"));
    hand.delete("docs/guide/new.html");

    // Long after, what went out of use is collected, and what others put there is not.
    ground.publish(&blocked, 5 * DAY).unwrap();
    converged(ground, &blocked);
    let release = ground.release(&[("index.html", "four")]);
    let published = ground.publish(&release, 10 * DAY).unwrap();
    assert_eq!(published.leftover, None);
    converged(ground, &release);
    assert_eq!(
        hand.list(HERE),
        with_notes(&[("index.html", "four"), ("new.html", "ours")])
    );
    assert_eq!(
        hand.read("docs/other.txt").as_deref(),
        Some("not below the prefix")
    );
}

/// A file that stands there is written once more, and the next look knows it.
pub fn a_file_is_put_once_more(ground: &Ground) {
    let release = ground.release(&[("index.html", "one")]);
    ground.publish(&release, 0).unwrap();
    let target = ground.open();
    target.observe(View::Live).unwrap();
    let tree = Tree {
        epoch: 1,
        release: release.digest(),
    };
    let file = release.files.get(&path("index.html")).unwrap();
    for _ in 0..2 {
        assert_eq!(target.put(tree, file, b"one").unwrap(), Put::Done);
        assert_eq!(target.put_anew(tree, file, b"one").unwrap(), Put::Done);
        assert!(target.keep(tree, file).unwrap());
    }
    converged(ground, &release);
}

/// What went out of use is removed, and nothing is left over.
pub fn old_files_go(ground: &Ground) {
    for (now, files) in [
        (
            0,
            &[("index.html", "1"), ("a.html", "a"), ("b.html", "b")][..],
        ),
        (1, &[("index.html", "2")]),
        (2, &[("index.html", "3")]),
        (3 * DAY, &[("index.html", "4")]),
    ] {
        let published = ground.publish(&ground.release(files), now).unwrap();
        assert_eq!(published.leftover, None);
    }
    assert_eq!(ground.hand.list(HERE), files_of(&[("index.html", "4")]));
}

/// One that is sent in parts: new, in the place of another one, and not in the place of a newer one.
pub fn a_large_file_arrives(ground: &Ground) {
    let texts = ["a", "b", "c"].map(|letter| letter.repeat((64 << 20) + 1));
    let [first, second, third] = [0, 1, 2].map(|at| ground.release(&[("big.bin", &texts[at])]));
    for (now, release) in [(0, &first), (100, &second)] {
        ground.publish(release, now).unwrap();
        converged(ground, release);
    }
    let late = ground.open();
    late.observe(View::Live).unwrap();
    ground.publish(&third, 200).unwrap();
    let tree = Tree {
        epoch: 1 << 40,
        release: first.digest(),
    };
    let file = first.files.get(&path("big.bin")).unwrap();
    let put = late.put(tree, file, texts[0].as_bytes()).unwrap();
    assert_eq!(put, Put::Lost);
    converged(ground, &third);
}

/// Two publishers, of which each sees what the other one does only when it looks.
fn a_file_that_comes_late_takes_the_place_of_nothing(ground: &Ground) {
    let files = |text| ground.release(&[("index.html", text), ("late.html", text)]);
    let [late, newer] = [files("late"), files("newer")];
    let tree = Tree {
        epoch: 1 << 40,
        release: late.digest(),
    };
    // Whose files these are is known by the release that was begun.
    let name = format!("releases/{}.json", newer.digest().hex());
    let begun = ground.open().swap(&path(&name), None, &newer.to_json());
    done(begun.unwrap());
    let open = || {
        let target = ground.open();
        target.observe(View::Live).unwrap();
        target
    };
    let put = |target: &dyn Target, files: &Manifest, name: &str, text: &str| {
        let file = files.get(&path(name)).unwrap();
        target.put(tree, file, text.as_bytes()).unwrap()
    };
    let stands = |name: &str| ground.hand.read(&format!("{HERE}{name}")).unwrap();
    // One that was there when both looked, and one that was not.
    for name in ["index.html", "late.html"] {
        let (one, other) = (open(), open());
        assert_eq!(put(&*other, &newer.files, name, "newer"), Put::Done);
        assert_eq!(put(&*one, &late.files, name, "late"), Put::Lost, "{name}");
        assert_eq!(stands(name), "newer");
        // Now it has seen it, and the other one has not seen what it does.
        assert_eq!(put(&*one, &late.files, name, "late"), Put::Done);
        assert_eq!(put(&*other, &newer.files, name, "newer"), Put::Lost);
        assert_eq!(stands(name), "late");
        // What stands there already needs not be written, whoever did it.
        let third = open();
        assert_eq!(put(&*other, &newer.files, name, "newer"), Put::Done);
        assert_eq!(put(&*third, &newer.files, name, "newer"), Put::Done);
    }
    // A file that was left as it was, and is put once more, is another.
    for _ in 0..2 {
        let (one, other) = (open(), open());
        let again = put(&*other, &newer.files, "index.html", "newer");
        assert_eq!(again, Put::Done);
        assert_eq!(put(&*one, &late.files, "index.html", "late"), Put::Lost);
        assert_eq!(stands("index.html"), "newer");
    }
    // Nor is one removed that is another by now.
    let (one, other) = (open(), open());
    assert_eq!(put(&*other, &late.files, "index.html", "late"), Put::Done);
    let refused = one.collect(&[], &[path("index.html")]);
    assert!(
        matches!(refused, Err(TargetError::Busy { .. })),
        "{refused:?}"
    );
    assert_eq!(stands("index.html"), "late");
    // It has looked again and forgets none: whoever comes next can remove it.
    assert_eq!(put(&*other, &newer.files, "index.html", "newer"), Put::Done);
    let refused = one.collect(&[], &[path("index.html")]);
    assert!(refused.is_err());
    let other = open();
    other.collect(&[], &[path("index.html")]).unwrap();
    let gone = ground.hand.read(&format!("{HERE}index.html"));
    assert_eq!(gone, None);
}
