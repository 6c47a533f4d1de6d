//! What a publish is asked to do, and what is known before anything is touched.

use crate::config::{self, DriftPolicy, Environment, SmokePath};
use crate::progress::Progress;
use crate::publish::drift::Drift;
use crate::publish::error::PublishError;
use crate::publish::lease;
use crate::publish::moment::Moment;
use crate::publish::overlay;
use crate::publish::plan::{Plan, plan};
use crate::publish::reconcile::{Desired, Outcome, Rules, State, reconcile};
use crate::publish::record::{Deployment, Kind, Link};
use crate::publish::refusal::Refusal;
use crate::publish::seal::{self, Signing, Vouched};
use crate::publish::smoke::{self, Answer};
use crate::publish::state::{self, Pointer, known_release, record_path, state_path};
use crate::release::{File, Manifest, Release};
use crate::store::Store;
use crate::targets::{Capability, Object, Observed, POINTER, Target, Version, View};

/// Asks for a route at the address that readers use. The file of the release that answers for it is
/// given, if there is one.
pub type Smoke<'a> = &'a (dyn Fn(&SmokePath, Option<&File>) -> Answer + Sync);

/// Tells the time, in Unix seconds. It may be wrong and may jump: what is live is decided by epochs.
pub type Clock<'a> = &'a (dyn Fn() -> i64 + Sync);

/// Everything that one publish follows from.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The target's name in `tympan.toml`.
    pub name: &'a str,
    /// The target.
    pub target: &'a dyn Target,
    /// What `tympan.toml` says about it.
    pub settings: &'a config::Target,
    /// The environment.
    pub environment: &'a Environment,
    /// The release that must be live.
    pub release: &'a Release,
    /// Where its bytes are.
    pub store: &'a Store,
    /// What a change is done for; a heal is recognized without being asked for.
    pub kind: Kind,
    /// The smoke test; without one, the live files of the routes are read back.
    pub smoke: Option<Smoke<'a>>,
    /// What signs, and whose signatures count.
    pub signing: Signing<'a>,
    /// By whose word.
    pub who: &'a str,
    /// The name that the lease bears, different for every run that may happen at the same time.
    pub holder: &'a str,
    /// Tells the time, in Unix seconds.
    pub clock: Clock<'a>,
    /// How long others wait for this publish if it is never heard of again, in seconds; at most a
    /// quarter of an hour. The lease is renewed at every third of it.
    pub lease_seconds: i64,
    /// Whether a release that failed at this target is tried once more.
    pub retry: bool,
    /// Who listens.
    pub progress: Progress<'a>,
}

impl Request<'_> {
    /// The time.
    pub(super) fn now(&self) -> Moment {
        Moment::new((self.clock)())
    }

    /// What is told when another publish took over from `epoch`.
    pub(super) fn overtaken(&self, epoch: u64) -> PublishError {
        PublishError::Overtaken {
            target: self.name.to_owned(),
            epoch,
        }
    }
}

/// What is known before anything is touched.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What ought to be done.
    pub outcome: Outcome,
    /// What that would change.
    pub plan: Plan,
    /// What stands at the target.
    pub state: State,
    /// The last change of the target, if its publisher broke off before it wrote the record.
    pub unrecorded: Option<Deployment>,
    /// The newest record that somebody vouches for.
    pub(super) vouched: Option<Link>,
    pub(super) pointer_version: Option<Version>,
    pub(super) lease_version: Option<Version>,
    pub(super) observed: Observed,
    /// The files that differ in this environment.
    pub(super) overlay: Vec<File>,
    /// The release's files as they will be laid out.
    pub(super) files: Manifest,
}

/// Looks at a target and decides what ought to be done. Nothing is written.
pub fn prepare(request: &Request<'_>) -> Result<Prepared, PublishError> {
    let (pointer, pointer_version) = read_pointer(request.target, request.name)?.unzip();
    let (lease, lease_version) = lease::read(request.target, request.name)?.unzip();
    let mut observed = request.target.observe(View::Live)?;
    let drift = observe_drift(
        request.target,
        pointer.as_ref(),
        Some(request.release),
        &mut observed,
    )?;
    let state = State {
        pointer,
        lease,
        drift,
    };
    let overlay = overlay::overlay(request.environment, request.release, request.store)?;
    let files = overlay::laid(&request.release.files, &overlay);
    let desired = Desired {
        environment: request.environment,
        release: request.release,
        overlay: &overlay,
    };
    let rules = Rules {
        drift: request.settings.drift,
        holder: request.holder,
        retry: request.retry,
    };
    let plan = plan(request.release.digest(), &files, &observed);
    let mut outcome = reconcile(desired, &state, rules, request.now());
    if matches!(outcome, Outcome::Publish | Outcome::Heal)
        && let Some(refusal) = plan
            .refusal(request.settings.max_removals)
            .or_else(|| unanswered(request, &files))
    {
        outcome = Outcome::Refuse(refusal);
    }
    let vouched = match &state.pointer {
        Some(pointer) => vouched(request, pointer, &mut outcome)?,
        None => None,
    };
    if matches!(outcome, Outcome::Publish | Outcome::Heal) {
        request.target.admit(&files)?;
    }
    Ok(Prepared {
        unrecorded: unrecorded(request.target, state.pointer.as_ref())?,
        outcome,
        plan,
        state,
        vouched,
        pointer_version,
        lease_version,
        observed,
        overlay,
        files,
    })
}

impl Prepared {
    /// Whether files that differ are saved before they are replaced.
    pub(super) fn keeps_drift(&self, request: &Request<'_>) -> bool {
        request.settings.drift == DriftPolicy::HealKeep && self.state.drift.has_files()
    }
}

/// The pointer of a target and its version.
pub(super) fn read_pointer(
    target: &dyn Target,
    name: &str,
) -> Result<Option<(Pointer, Version)>, PublishError> {
    state::read(target, name, &state_path(POINTER))
}

/// Compares what is live with the manifest of the tree that is live: the target's own copy of it,
/// or `known` if it is that release's.
pub(super) fn observe_drift(
    target: &dyn Target,
    pointer: Option<&Pointer>,
    known: Option<&Release>,
    observed: &mut Observed,
) -> Result<Drift, PublishError> {
    let published = pointer.and_then(|pointer| pointer.live.as_ref());
    let side_by_side = target.capabilities().has(Capability::SideBySide);
    if !side_by_side {
        observed.tree = published.map(Deployment::tree);
    }
    let live = observed.tree.map(|tree| tree.release);
    let release = match (live.or(published.map(|live| live.release)), known) {
        (None, _) => None,
        (Some(digest), Some(known)) if known.digest() == digest => Some(known.clone()),
        (Some(digest), _) => known_release(target, &digest)?,
    };
    let overlay = published.map_or(&[][..], |live| live.overlay.as_slice());
    let files = release
        .as_ref()
        .map(|release| overlay::laid(&release.files, overlay));
    let mut drift = Drift::of(pointer, files.as_ref(), observed);
    if !side_by_side {
        // Files of older releases stand among the live ones until they are collected, and foreign
        // ones are not ours to judge.
        observed.files.retain(|file| {
            let mut releases = release.iter().chain(known);
            releases.any(|release| release.files.get(&file.path).is_some())
        });
        drift.extra.clear();
        drift.strangers.clear();
    }
    Ok(drift)
}

/// Holds what the pointer says against the signatures: nothing is built upon what nobody signed where
/// that is asked for, and elsewhere it is published anew with a signature. Gives the newest record that
/// somebody vouches for.
fn vouched(
    request: &Request<'_>,
    pointer: &Pointer,
    outcome: &mut Outcome,
) -> Result<Option<Link>, PublishError> {
    let signing = request.signing;
    let Some(last) = pointer.last().filter(|_| signing.trust.is_some()) else {
        return Ok(None);
    };
    let environment = &request.environment.name;
    match seal::vouched(request.target, signing, environment, pointer)? {
        Vouched::Recorded(sha256) => Ok(Some(Link {
            epoch: last.epoch,
            sha256,
        })),
        Vouched::Begun => Ok(None),
        Vouched::No => {
            if signing.require {
                let epoch = last.epoch;
                *outcome = Outcome::Refuse(Refusal::Unsigned { epoch });
            } else if signing.signer.is_some() && *outcome == Outcome::UpToDate {
                *outcome = Outcome::Heal;
            }
            Ok(None)
        }
    }
}

fn unanswered(request: &Request<'_>, files: &Manifest) -> Option<Refusal> {
    let route = smoke::routes(request, files)
        .into_iter()
        .find(|route| route.status == 200 && smoke::file_of(files, &route.path).is_none())?;
    Some(Refusal::Route { route: route.path })
}

pub(super) fn unrecorded(
    target: &dyn Target,
    pointer: Option<&Pointer>,
) -> Result<Option<Deployment>, PublishError> {
    let Some(last) = pointer.and_then(Pointer::last) else {
        return Ok(None);
    };
    // One that was written and is gone was taken away, and is not written anew.
    if pointer.is_some_and(|pointer| pointer.record_of_last().is_some()) {
        return Ok(None);
    }
    let found = target.read(&Object::State(record_path(last.epoch)))?;
    Ok(found.is_none().then(|| last.clone()))
}
