//! A folder on another machine as a target. What is put into a tree is sent while the next file is
//! being read: a request that waits for its answer costs the time to the server and back.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;
use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};

use crate::digest::Digest;
use crate::release::File;
use crate::site_path::SitePath;
use crate::targets::sftp::folder::{Folder, Listing, Live, home};
use crate::targets::sftp::index::Index;
use crate::targets::sftp::remote::{Fault, Remote};
use crate::targets::sftp::session::{Found, Session};
use crate::targets::sftp::ssh::{self, Address};
use crate::targets::target::{
    Capabilities, Capability, Object, Observed, ObservedFile, POINTER, Put, Swap, Target,
    TargetError, Tree, Version, Versioned, View,
};

/// How many files are on their way at once.
const ON_THE_WAY: usize = 48;
/// How much of them is held in memory at once, in KiB; a larger file is on its way alone.
const HELD: u32 = 64 << 10;

/// A folder on another machine.
pub struct Sftp {
    name: String,
    address: Address,
    connected: Mutex<Option<Arc<Connected>>>,
}

/// A connection and what was done over it.
struct Connected {
    folder: Arc<Folder>,
    on_the_way: Mutex<JoinSet<Result<(), Fault>>>,
    room: Arc<Semaphore>,
    memory: Arc<Semaphore>,
    made: Mutex<BTreeMap<Tree, Making>>,
    /// The live tree as it was last listed, for the next one to keep files of.
    seen: Mutex<Option<(Tree, Vec<ObservedFile>)>>,
    // Dropped last: tasks and the child end with it.
    runtime: Runtime,
}

/// A tree that this process fills.
#[derive(Default)]
struct Making {
    /// What was put or kept.
    files: BTreeMap<SitePath, (Digest, u64)>,
    /// Where files of that content stand in other trees, once somebody asked.
    donors: Option<Arc<BTreeMap<Digest, String>>>,
}

impl Sftp {
    /// Names a folder on a server as a target. It is asked for when something is first read.
    pub fn open(name: &str, address: Address) -> Self {
        Self {
            name: name.to_owned(),
            address,
            connected: Mutex::default(),
        }
    }

    fn connected(&self) -> Result<Arc<Connected>, TargetError> {
        let mut connected = locked(&self.connected);
        if let Some(known) = connected.as_ref().filter(|it| it.folder.remote.is_alive()) {
            return Ok(Arc::clone(known));
        }
        let made = Connected::open(&self.address).map_err(|reason| TargetError::Unsupported {
            target: self.name.clone(),
            reason,
        })?;
        let made = Arc::new(made);
        *connected = Some(Arc::clone(&made));
        Ok(made)
    }

    fn read_fault(&self, (path, source): Fault) -> TargetError {
        TargetError::Read {
            target: self.name.clone(),
            path: self.told(path),
            source: source.into(),
        }
    }

    fn write_fault(&self, (path, source): Fault) -> TargetError {
        TargetError::Write {
            target: self.name.clone(),
            path: self.told(path),
            source: source.into(),
        }
    }

    fn told(&self, path: String) -> String {
        format!("{}:{path}", self.address.host)
    }

    fn known(&self, connected: &Connected) -> Result<Live, TargetError> {
        let live = connected.run(|folder| async move { folder.live().await });
        match live.map_err(|fault| self.read_fault(fault))? {
            Live::Foreign => Err(TargetError::Foreign {
                target: self.name.clone(),
                path: self.told(connected.folder.remote.path("live")),
            }),
            live => Ok(live),
        }
    }
}

impl Connected {
    fn open(address: &Address) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| format!("cannot start a thread: {error}"))?;
        let remote = runtime.block_on(async {
            let (child, pipes) =
                ssh::start(address).map_err(|error| ssh::not_started(address, &error))?;
            match Session::begin(pipes).await {
                Ok(session) => Ok(Remote::new(session, child, &address.path)),
                Err(_) => Err(ssh::reason(address, child).await),
            }
        })?;
        Ok(Self {
            folder: Arc::new(Folder::new(remote)),
            on_the_way: Mutex::default(),
            room: Arc::new(Semaphore::new(ON_THE_WAY)),
            memory: Arc::new(Semaphore::new(HELD as usize)),
            made: Mutex::default(),
            seen: Mutex::default(),
            runtime,
        })
    }

    fn run<T, F>(&self, work: impl FnOnce(Arc<Folder>) -> F) -> T
    where
        F: Future<Output = T>,
    {
        self.runtime.block_on(work(Arc::clone(&self.folder)))
    }

    /// Waits until so many bytes may be held; they may be as long as the permit is.
    fn hold(&self, bytes: &[u8]) -> Result<OwnedSemaphorePermit, Fault> {
        let size = u32::try_from(bytes.len() >> 10).unwrap_or(HELD).min(HELD);
        let memory = Arc::clone(&self.memory).acquire_many_owned(size);
        self.runtime
            .block_on(memory)
            .map_err(|error| broken(&error))
    }

    /// Begins a piece of work, waiting for room. What went wrong with an earlier one is told now.
    fn begin<F>(&self, work: impl FnOnce(Arc<Folder>) -> F) -> Result<(), Fault>
    where
        F: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        let room = Arc::clone(&self.room).acquire_owned();
        let room = self
            .runtime
            .block_on(room)
            .map_err(|error| broken(&error))?;
        let mut tasks = locked(&self.on_the_way);
        while let Some(done) = tasks.try_join_next() {
            ended(done)?;
        }
        let work = work(Arc::clone(&self.folder));
        let task = async move {
            let done = work.await;
            drop(room);
            done
        };
        tasks.spawn_on(task, self.runtime.handle());
        Ok(())
    }

    /// Waits for all that was begun.
    fn settle(&self) -> Result<(), Fault> {
        let mut tasks = std::mem::take(&mut *locked(&self.on_the_way));
        self.runtime.block_on(async {
            let mut settled = Ok(());
            while let Some(done) = tasks.join_next().await {
                settled = settled.and(ended(done));
            }
            settled
        })
    }

    fn note(&self, tree: Tree, file: &File) {
        let mut made = locked(&self.made);
        let files = &mut made.entry(tree).or_default().files;
        files.insert(file.path.clone(), (file.sha256, file.size));
    }

    /// Where the target holds files already, by their content.
    fn donors(&self, tree: Tree) -> Result<Arc<BTreeMap<Digest, String>>, Fault> {
        let mut made = locked(&self.made);
        let making = made.entry(tree).or_default();
        if let Some(donors) = &making.donors {
            return Ok(Arc::clone(donors));
        }
        let seen = locked(&self.seen).take();
        let donors = self.run(|folder| async move {
            let mut donors = BTreeMap::new();
            let mut offer = |below: &str, files: Vec<ObservedFile>| {
                for file in files {
                    let path = || format!("{below}/{}", file.path);
                    if let Some(digest) = file.sha256 {
                        donors.entry(digest).or_insert_with(path);
                    }
                }
            };
            let live = folder.live().await?;
            let fresh = seen.filter(|(tree, _)| live.tree() == Some(*tree));
            let seen_tree = fresh.as_ref().map(|(tree, _)| *tree);
            if let Some((tree, files)) = fresh {
                offer(&folder.place_of(tree).await?, files);
            }
            for other in folder.trees().await?.into_iter().chain(live.tree()) {
                if other != tree && Some(other) != seen_tree {
                    let (files, _) = listed(&folder, other, None).await?;
                    offer(&folder.place_of(other).await?, files);
                }
            }
            Ok::<_, Fault>(donors)
        })?;
        let donors = Arc::new(donors);
        making.donors = Some(Arc::clone(&donors));
        Ok(donors)
    }

    /// What this process put into a tree.
    fn own(&self, tree: Tree) -> Option<BTreeMap<SitePath, (Digest, u64)>> {
        let made = locked(&self.made);
        made.get(&tree).map(|making| making.files.clone())
    }
}

/// The files of a tree with their digests: as they were put there by this process, as they were
/// noted, or else as they read.
async fn listed(
    folder: &Folder,
    tree: Tree,
    own: Option<&BTreeMap<SitePath, (Digest, u64)>>,
) -> Result<Listing, Fault> {
    let below = folder.place_of(tree).await?;
    let walked = folder.remote.walk(&below).await?;
    let (index, made) = match own {
        Some(_) => (Index::default(), 0),
        None => folder.index(tree).await?,
    };
    let known = |path: &SitePath, found: Found| match own {
        Some(own) => own
            .get(path)
            .filter(|(_, size)| *size == found.size)
            .map(|(digest, _)| *digest),
        None => index.digest(path, found, made),
    };
    let (known, below) = (&known, &below);
    let mut files = Vec::with_capacity(walked.files.len());
    for some in walked.files.chunks(ON_THE_WAY) {
        let hashed = some.iter().map(|(path, found)| async move {
            let (size, sha256) = match known(path, *found) {
                Some(digest) => (found.size, digest),
                None => match folder.remote.read(&format!("{below}/{path}")).await? {
                    Some((bytes, _)) => (bytes.len() as u64, Digest::of(&bytes)),
                    // It vanished while the folder was read.
                    None => return Ok::<_, Fault>(None),
                },
            };
            Ok(Some(ObservedFile {
                path: path.clone(),
                size,
                sha256: Some(sha256),
            }))
        });
        for file in join_all(hashed).await {
            files.extend(file?);
        }
    }
    Ok((files, walked.strangers))
}

/// Notes what the files of a tree are, so that they need not be read again.
async fn write_index(
    folder: &Folder,
    tree: Tree,
    own: &BTreeMap<SitePath, (Digest, u64)>,
) -> Result<(), Fault> {
    let mut index = Index::default();
    for (path, found) in folder.remote.walk(&home(tree)).await?.files {
        if let Some((digest, size)) = own.get(&path)
            && *size == found.size
        {
            index.note(path, found, *digest);
        }
    }
    folder.write_index(tree, &index).await
}

impl Target for Sftp {
    fn capabilities(&self) -> Capabilities {
        let mut promised = vec![
            Capability::SideBySide,
            Capability::ConditionalFiles,
            Capability::ListDigests,
        ];
        // One that cannot be reached says so when it is first asked for something.
        if let Ok(connected) = self.connected() {
            if connected.run(|folder| async move { folder.switches_at_a_stroke().await }) {
                promised.push(Capability::AtomicSwitch);
            }
            // Replacing takes two steps elsewhere, and a lock may be taken away between them.
            if connected.folder.remote.session.has_posix_rename {
                promised.push(Capability::ConditionalPut);
            }
        }
        Capabilities(promised.into_iter().collect())
    }

    fn read(&self, object: &Object) -> Result<Option<Versioned>, TargetError> {
        let connected = self.connected()?;
        let read = match object {
            Object::State(path) => {
                connected.run(|folder| async move { folder.read_state(path).await })
            }
            Object::Live(path) => {
                let Some(tree) = self.known(&connected)?.tree() else {
                    return Ok(None);
                };
                connected.run(|folder| async move {
                    let below = folder.place_of(tree).await?;
                    let read = folder.remote.read(&format!("{below}/{path}")).await?;
                    Ok(read.map(|(bytes, _)| Versioned {
                        version: Version(Digest::of(&bytes).hex()),
                        bytes,
                    }))
                })
            }
        };
        read.map_err(|fault| self.read_fault(fault))
    }

    fn swap(
        &self,
        state: &SitePath,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        let swapped = self.connected()?.run(|folder| async move {
            let held = folder.lock().await?;
            let swapped = async {
                let found = folder.read_state(state).await?;
                if found.map(|found| found.version).as_ref() != expected {
                    return Ok(Swap::Lost);
                }
                folder.write_state(&held, state, bytes).await
            };
            let swapped = swapped.await;
            folder.release(held).await.and(swapped)
        });
        swapped.map_err(|fault| self.write_fault(fault))
    }

    fn observe(&self, view: View) -> Result<Observed, TargetError> {
        let connected = self.connected()?;
        let (tree, own) = match view {
            View::Tree(tree) => {
                connected
                    .settle()
                    .map_err(|fault| self.write_fault(fault))?;
                (tree, connected.own(tree))
            }
            View::Live => match self.known(&connected)? {
                Live::Linked(tree) | Live::Moved(tree) => (tree, None),
                Live::Astray(link) => {
                    return Ok(Observed {
                        strangers: vec![format!("live -> {link}")],
                        ..Observed::default()
                    });
                }
                Live::Nothing | Live::Foreign => return Ok(Observed::default()),
            },
        };
        let listing =
            connected.run(|folder| async move { listed(&folder, tree, own.as_ref()).await });
        let (files, strangers) = listing.map_err(|fault| self.read_fault(fault))?;
        if view == View::Live {
            *locked(&connected.seen) = Some((tree, files.clone()));
        }
        Ok(Observed {
            tree: Some(tree),
            files,
            strangers,
        })
    }

    fn keep(&self, tree: Tree, file: &File) -> Result<bool, TargetError> {
        let connected = self.connected()?;
        if !connected.folder.remote.session.has_hard_links {
            return Ok(false);
        }
        let donors = connected
            .donors(tree)
            .map_err(|fault| self.read_fault(fault))?;
        let Some(donor) = donors.get(&file.sha256).cloned() else {
            return Ok(false);
        };
        connected.note(tree, file);
        let path = file.path.clone();
        connected
            .begin(|folder| async move { folder.keep(&donor, tree, &path).await })
            .map_err(|fault| self.write_fault(fault))?;
        Ok(true)
    }

    fn put(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        let connected = self.connected()?;
        connected.note(tree, file);
        let held = connected.hold(bytes);
        let held = held.map_err(|fault| self.write_fault(fault))?;
        let (path, bytes) = (file.path.clone(), bytes.to_vec());
        connected
            .begin(|folder| async move {
                let done = folder.put(tree, &path, &bytes).await;
                drop((bytes, held));
                done
            })
            .map_err(|fault| self.write_fault(fault))?;
        Ok(Put::Done)
    }

    fn switch(&self, tree: Tree, expected: &Version, pointer: &[u8]) -> Result<Swap, TargetError> {
        let connected = self.connected()?;
        connected
            .settle()
            .map_err(|fault| self.write_fault(fault))?;
        self.known(&connected)?;
        let path = SitePath::parse(POINTER).expect("a constant that is a plain path");
        let own = connected.own(tree);
        let switched = connected.run(|folder| async move {
            folder.remote.make_folder(&home(tree)).await?;
            if let Some(own) = own {
                write_index(&folder, tree, &own).await?;
            }
            let held = folder.lock().await?;
            let switched = async {
                let found = folder.read_state(&path).await?;
                if found.map(|found| found.version).as_ref() != Some(expected) {
                    return Ok(Swap::Lost);
                }
                // The link first: a crash between the two leaves a pointer that is older than what
                // is live, and the next publish puts that right.
                match folder.point(&held, tree).await? {
                    Swap::Lost => Ok(Swap::Lost),
                    Swap::Done(_) => folder.write_state(&held, &path, pointer).await,
                }
            };
            let switched = switched.await;
            folder.release(held).await.and(switched)
        });
        // Whatever is done to its files from now on is not what this process did.
        locked(&connected.made).remove(&tree);
        switched.map_err(|fault| self.write_fault(fault))
    }

    fn collect(&self, keep: &[Tree], _stale: &[SitePath]) -> Result<(), TargetError> {
        let connected = self.connected()?;
        let collected = connected.run(|folder| async move { folder.collect(keep).await });
        collected.map_err(|fault| self.write_fault(fault))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ended(done: Result<Result<(), Fault>, JoinError>) -> Result<(), Fault> {
    done.map_err(|error| broken(&error))?
}

fn broken(error: &dyn std::error::Error) -> Fault {
    (String::new(), io::Error::other(error.to_string()))
}
