//! What follows a switch: the test of what is live, the way back if it fails, and the record.

use std::sync::Mutex;

use crate::digest::Digest;
use crate::publish::contested::contested;
use crate::publish::error::PublishError;
use crate::publish::moment::Moment;
use crate::publish::overlay::laid;
use crate::publish::protocol::Session;
use crate::publish::record::{Deployment, Kind, Link, Verdict};
use crate::publish::seal::{is_begun, is_record_of};
use crate::publish::smoke;
use crate::publish::state::{Denied, Pointer, Retained, known_release, record_path, state_path};
use crate::release::Manifest;
use crate::targets::{Capability, Object, POINTER, Swap, Tree};

impl Session<'_> {
    /// Tests what is live and writes the record, after going back if the test failed. A deployment
    /// that another one made live, and that nobody vouches for, gets no signature from this one.
    pub(super) fn finish(
        &mut self,
        mut deployment: Deployment,
        files: &Manifest,
    ) -> Result<Deployment, PublishError> {
        let request = self.request;
        let is_ours = deployment.epoch == self.epoch
            || is_begun(request.target, request.signing, &deployment)?;
        let failure = smoke::test(request, files)?;
        deployment.result = match &failure {
            None => Verdict::Healthy,
            Some(_) => Verdict::Failed,
        };
        deployment.reason.clone_from(&failure);
        if is_ours {
            self.seal_record(&deployment)?;
        }
        let Some(failure) = failure else {
            self.record(&deployment)?;
            return Ok(deployment);
        };
        let back = self.go_back(&deployment, &failure)?;
        self.record(&deployment)?;
        // That the test failed is what must be told; the next publish can note the record as well.
        let _ = self.write_pointer();
        Err(PublishError::Smoke {
            target: self.request.name.to_owned(),
            release: deployment.release,
            reason: failure,
            back,
        })
    }

    /// Makes the release before a failed one live again and denies the failed one. A heal is not
    /// taken back: before it stood the same release, damaged.
    fn go_back(
        &mut self,
        failed: &Deployment,
        reason: &str,
    ) -> Result<Option<Digest>, PublishError> {
        let mut pointer = self.pointer.clone();
        let previous = self.before(failed)?;
        // Of a release that was healthy before, what failed is what the environment changes of it.
        let is_new = (previous.as_ref()).is_none_or(|one| one.release != failed.release);
        if failed.kind != Kind::Heal && is_new {
            pointer
                .denied
                .retain(|denied| denied.release != failed.release);
            pointer.denied.push(Denied {
                release: failed.release,
                reason: format!("the smoke test failed on {reason}"),
            });
        }
        let files = match &previous {
            Some(previous) => self.files_to_send(previous)?,
            None => None,
        };
        let (Some(previous), Some(files)) = (previous, files) else {
            pointer.live = Some(failed.clone());
            let expected = Some(&self.version);
            let path = state_path(POINTER);
            return match self
                .request
                .target
                .swap(&path, expected, &pointer.to_json())?
            {
                Swap::Lost => Err(self.request.overtaken(self.epoch)),
                Swap::Done(version) => {
                    (self.pointer, self.version) = (pointer, version);
                    Ok(None)
                }
            };
        };
        let tree = previous.tree();
        self.begin_to_go_back(&previous, &files)?;
        self.upload(tree, &files)?;
        let release = previous.release;
        retain(&mut pointer, failed.tree(), self.request.now());
        pointer.retained.retain(|one| one.tree != tree);
        pointer.live = Some(previous);
        pointer.undone = Some(failed.clone());
        self.switch(tree, pointer)?;
        Ok(Some(release))
    }

    /// Notes where files are written over that those of an older copy are on their way once more, for
    /// one of them may hang; and learns which of them others may still put.
    fn begin_to_go_back(
        &mut self,
        previous: &Deployment,
        files: &Manifest,
    ) -> Result<(), PublishError> {
        let (target, now) = (self.request.target, self.request.now());
        let promised = target.capabilities();
        if promised.has(Capability::SideBySide) || !promised.has(Capability::ConditionalFiles) {
            return Ok(());
        }
        let contested = contested(target, &self.pointer, self.epoch, files, now)?;
        self.contested = Mutex::new(contested);
        let tree = Tree {
            epoch: self.epoch,
            release: previous.release,
        };
        self.pointer.begun.push(Retained { tree, until: now });
        let (path, bytes) = (state_path(POINTER), self.pointer.to_json());
        match target.swap(&path, Some(&self.version), &bytes)? {
            Swap::Lost => Err(self.request.overtaken(self.epoch)),
            Swap::Done(version) => {
                (self.version, self.is_noted) = (version, true);
                Ok(())
            }
        }
    }

    /// The deployment whose copy was live before a failed one, if it can be live again.
    fn before(&self, failed: &Deployment) -> Result<Option<Deployment>, PublishError> {
        let Some(release) = failed.previous else {
            return Ok(None);
        };
        let mut retained = self.pointer.retained.iter();
        let Some(one) = retained.find(|one| one.tree.release == release) else {
            return Ok(None);
        };
        let record = Object::State(record_path(one.tree.epoch));
        let found = self.request.target.read(&record)?;
        let is_other = |record: &Deployment| {
            record.release != failed.release || record.overlay != failed.overlay
        };
        Ok(found
            .and_then(|found| serde_json::from_slice::<Deployment>(&found.bytes).ok())
            .filter(|record| record.tree() == one.tree && is_other(record)))
    }

    /// What must be sent to make an older copy live again: nothing where copies stand side by side.
    /// None if some of it is nowhere any more.
    fn files_to_send(&self, previous: &Deployment) -> Result<Option<Manifest>, PublishError> {
        let target = self.request.target;
        if target.capabilities().has(Capability::SideBySide) {
            return Ok(Some(Manifest::default()));
        }
        let Some(release) = known_release(target, &previous.release)? else {
            return Ok(None);
        };
        let files = laid(&release.files, &previous.overlay);
        for file in files.files() {
            if !self.request.store.has(&file.sha256) && !target.keep(previous.tree(), file)? {
                return Ok(None);
            }
        }
        Ok(Some(files))
    }

    /// How the next record names the newest one.
    pub(super) fn last_link(&self) -> Result<Option<Link>, PublishError> {
        let Some(last) = self.pointer.last() else {
            return Ok(None);
        };
        // What stands there now may not be what was written.
        let vouched = self.vouched.filter(|link| link.epoch == last.epoch);
        if let Some(link) = self.pointer.record_of_last().or(vouched) {
            return Ok(Some(link));
        }
        let record = Object::State(record_path(last.epoch));
        let found = self.request.target.read(&record)?;
        Ok(found.map(|found| Link {
            epoch: last.epoch,
            sha256: Digest::of(&found.bytes),
        }))
    }

    /// Appends a record. One that stands there already is left if it tells of the same deployment.
    /// Its digest goes into the pointer with whatever is written there next.
    pub(super) fn record(&mut self, deployment: &Deployment) -> Result<(), PublishError> {
        self.goes_on()?;
        let path = record_path(deployment.epoch);
        let bytes = deployment.to_json();
        match self.request.target.swap(&path, None, &bytes)? {
            Swap::Done(_) => {
                self.note(deployment.epoch, &bytes);
                return Ok(());
            }
            Swap::Lost => {}
        }
        let found = self.request.target.read(&Object::State(path.clone()))?;
        if let Some(found) = found {
            let (target, signing) = (self.request.target, self.request.signing);
            if is_record_of(target, signing, deployment, &found.bytes)?.is_some() {
                self.note(deployment.epoch, &found.bytes);
                return Ok(());
            }
        }
        Err(PublishError::Unreadable {
            target: self.request.name.to_owned(),
            path,
            reason: "it tells of another deployment".to_owned(),
        })
    }

    fn note(&mut self, epoch: u64, record: &[u8]) {
        self.pointer.recorded = Some(Link {
            epoch,
            sha256: Digest::of(record),
        });
        self.is_noted = false;
    }
}

/// Notes that a tree stopped being live.
pub(super) fn retain(pointer: &mut Pointer, tree: Tree, until: Moment) {
    pointer.retained.retain(|one| one.tree != tree);
    pointer.retained.insert(0, Retained { tree, until });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SmokePath;
    use crate::publish::flat::Flat;
    use crate::publish::history::{Trouble, history};
    use crate::publish::protocol::publish;
    use crate::publish::refusal::Refusal;
    use crate::publish::request::{Request, read_pointer};
    use crate::publish::smoke::Answer;
    use crate::publish::status::status;
    use crate::publish::testing::{manifest_of, place, read_all, unrecord};
    use crate::release::File;

    #[test]
    fn a_release_that_fails_the_smoke_test_is_taken_back_and_denied() {
        let mut place = place();
        place.environment.smoke = vec![SmokePath::there("/"), SmokePath::there("/pricing/")];
        let files = |text| [("index.html", text), ("pricing/index.html", "9")];
        let (good, bad) = (place.release(&files("good")), place.release(&files("bad")));
        place.publish(&good, 0).unwrap();
        let asked = Mutex::new(Vec::new());
        let smoke = |route: &SmokePath, _: Option<&File>| {
            asked.lock().unwrap().push(route.path.clone());
            match route.path == "/pricing/" {
                true => Answer::Wrong("status 500".to_owned()),
                false => Answer::Good,
            }
        };
        let request = Request {
            smoke: Some(&smoke),
            ..place.request(&bad, 1000)
        };
        let error = publish(&request).unwrap_err();
        assert!(
            error.to_string().contains("`/pricing/`: status 500"),
            "{error}"
        );
        assert!(error.to_string().contains("is live again"), "{error}");
        assert_eq!(*asked.lock().unwrap(), ["/", "/pricing/"]);
        assert_eq!(read_all(&place.live()), manifest_of(&good));
        let state = status(place.target(), "web", Some(good.digest())).unwrap();
        assert!(state.is_converged(), "{state:?}");
        assert_eq!(
            state.undone.map(|undone| undone.result),
            Some(Verdict::Failed)
        );
        let records = history(place.target(), "web").unwrap().records;
        let told: Vec<_> = records.iter().map(|one| (one.epoch, one.result)).collect();
        assert_eq!(told, [(2, Verdict::Failed), (1, Verdict::Healthy)]);
        // It does not come back by itself, but it does when asked for.
        let again = place.publish(&bad, 2000).unwrap_err();
        assert!(
            matches!(again, PublishError::Refused { ref refusal, .. }
            if matches!(**refusal, Refusal::Denied { .. })),
            "{again}"
        );
        let retry = Request {
            retry: true,
            ..place.request(&bad, 3000)
        };
        assert_eq!(
            publish(&retry)
                .unwrap()
                .deployment
                .unwrap()
                .prev
                .unwrap()
                .epoch,
            2
        );
        assert!(place.publish(&bad, 4000).unwrap().deployment.is_none());
        assert!(history(place.target(), "web").unwrap().findings.is_empty());
    }

    #[test]
    fn a_bucket_goes_back_from_a_machine_that_never_had_the_files() {
        let (mut first, mut second, flat) = (place(), place(), Flat::default());
        for place in [&mut first, &mut second] {
            place.environment.url = Some("https://dev.t.example/".to_owned());
        }
        let mut good = first.release(&[("index.html", "good"), ("robots.txt", "all")]);
        good.base = Some("https://t.example/".to_owned());
        let request = Request {
            target: &flat,
            ..first.request(&good, 0)
        };
        publish(&request).unwrap();
        let before = flat.live();
        assert!(before["robots.txt"].ends_with(b"Disallow: /\n"));
        let mut bad = second.release(&[("index.html", "bad"), ("robots.txt", "all")]);
        bad.base = good.base.clone();
        let smoke = |_: &SmokePath, _: Option<&File>| Answer::Wrong("no".to_owned());
        let request = Request {
            target: &flat,
            smoke: Some(&smoke),
            ..second.request(&bad, 1000)
        };
        let error = publish(&request).unwrap_err();
        assert!(
            matches!(error, PublishError::Smoke { back: Some(_), .. }),
            "{error}"
        );
        assert_eq!(flat.live(), before);
        let state = status(&flat, "web", Some(good.digest())).unwrap();
        assert!(state.is_converged(), "{state:?}");
    }

    #[test]
    fn a_bucket_whose_older_files_are_nowhere_keeps_the_failed_release_and_says_so() {
        let (first, second, flat) = (place(), place(), Flat::default());
        let good = first.release(&[("index.html", "good")]);
        let request = Request {
            target: &flat,
            ..first.request(&good, 0)
        };
        publish(&request).unwrap();
        flat.edit("index.html", Some("half of another"));
        let bad = second.release(&[("index.html", "bad")]);
        let smoke = |_: &SmokePath, _: Option<&File>| Answer::Wrong("no".to_owned());
        let request = Request {
            target: &flat,
            smoke: Some(&smoke),
            ..second.request(&bad, 1000)
        };
        let error = publish(&request).unwrap_err();
        assert!(
            matches!(error, PublishError::Smoke { back: None, .. }),
            "{error}"
        );
        let state = status(&flat, "web", None).unwrap();
        assert_eq!(state.live.map(|live| live.result), Some(Verdict::Failed));
        assert_eq!(state.denied.len(), 1);
        assert!(history(&flat, "web").unwrap().is_intact());
    }

    #[test]
    fn what_an_environment_changes_is_taken_back_and_the_release_is_not_denied() {
        let mut place = place();
        let mut release = place.release(&[("index.html", "1"), ("robots.txt", "all")]);
        release.base = Some("https://t.example/".to_owned());
        place.publish(&release, 0).unwrap();
        place.environment.index = Some(false);
        let smoke = |_: &SmokePath, _: Option<&File>| Answer::Wrong("no".to_owned());
        let request = Request {
            smoke: Some(&smoke),
            ..place.request(&release, 1000)
        };
        let error = publish(&request).unwrap_err();
        assert!(
            matches!(error, PublishError::Smoke { back: Some(_), .. }),
            "{error}"
        );
        assert_eq!(read_all(&place.live()), manifest_of(&release));
        let state = status(place.target(), "web", None).unwrap();
        assert!(state.denied.is_empty(), "{state:?}");
    }

    #[test]
    fn the_first_release_stays_for_want_of_another() {
        let place = place();
        let bad = place.release(&[("index.html", "bad")]);
        let smoke = |_: &SmokePath, _: Option<&File>| Answer::Wrong("no".to_owned());
        let plain = |retry| Request {
            retry,
            ..place.request(&bad, 0)
        };
        let failing = Request {
            smoke: Some(&smoke),
            ..plain(false)
        };
        let error = publish(&failing).unwrap_err();
        assert!(
            matches!(error, PublishError::Smoke { back: None, .. }),
            "{error}"
        );
        assert_eq!(read_all(&place.live()), manifest_of(&bad));
        assert!(publish(&plain(false)).is_err());
        assert!(publish(&plain(true)).unwrap().deployment.is_some());
        assert!(publish(&plain(false)).unwrap().deployment.is_none());
    }

    #[test]
    fn that_nobody_answers_is_no_word_about_a_release() {
        let place = place();
        let (old, new) = (
            place.release(&[("index.html", "1")]),
            place.release(&[("index.html", "2")]),
        );
        place.publish(&old, 0).unwrap();
        let smoke = |_: &SmokePath, _: Option<&File>| Answer::Unreached("no way".to_owned());
        let request = Request {
            smoke: Some(&smoke),
            ..place.request(&new, 1000)
        };
        let error = publish(&request).unwrap_err();
        assert!(matches!(error, PublishError::Untested { .. }), "{error}");
        assert_eq!(read_all(&place.live()), manifest_of(&new));
        // The next run tests it and writes the record.
        let done = place.publish(&new, 2000).unwrap().deployment.unwrap();
        assert_eq!((done.epoch, done.result), (2, Verdict::Healthy));
        assert!(history(place.target(), "web").unwrap().is_intact());
    }

    #[test]
    fn a_publish_that_broke_off_after_the_switch_is_tested_and_recorded_later() {
        let place = place();
        let (old, new) = (
            place.release(&[("index.html", "1")]),
            place.release(&[("index.html", "2")]),
        );
        place.publish(&old, 0).unwrap();
        place.publish(&new, 1000).unwrap();
        let record = place.web().join(".tympan/log/2.json");
        unrecord(&place.web().join(".tympan/log"), 2);
        let found = history(place.target(), "web").unwrap();
        assert_eq!(found.findings[0].trouble, Trouble::Unrecorded);
        let smoke = |_: &SmokePath, _: Option<&File>| Answer::Wrong("late".to_owned());
        let request = Request {
            smoke: Some(&smoke),
            ..place.request(&new, 2000)
        };
        let error = publish(&request).unwrap_err();
        assert!(
            matches!(error, PublishError::Smoke { back: Some(_), .. }),
            "{error}"
        );
        assert_eq!(read_all(&place.live()), manifest_of(&old));
        assert!(record.exists());
        let (pointer, _) = read_pointer(place.target(), "web").unwrap().unwrap();
        assert_eq!(pointer.live.map(|live| live.epoch), Some(1));
        assert!(history(place.target(), "web").unwrap().is_intact());
    }
}
