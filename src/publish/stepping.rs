//! A target that tells of every operation before it is done and after, for tests: they let it fail,
//! stand still, end the process, or look at what readers see meanwhile. No build for people has it.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::release::{File, Manifest};
use crate::site_path::SitePath;
use crate::targets::{
    Capabilities, Object, Observed, Put, Swap, Target, TargetError, Tree, Version, Versioned, View,
};

/// One side of one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// What is done: `read`, `swap lease`, `put`, and so on.
    pub operation: &'a str,
    /// Its number.
    pub at: usize,
    /// Whether it is done already.
    pub after: bool,
}

/// Is told of each step; an error is what the publisher gets in the place of the result.
pub type Hook<'a> = &'a (dyn Fn(Step<'_>) -> Result<(), TargetError> + Sync);

/// A target, and who is told.
pub struct Stepping<'a> {
    inner: &'a dyn Target,
    hook: Hook<'a>,
    count: AtomicUsize,
}

impl<'a> Stepping<'a> {
    /// Tells `hook` of each step of `inner`.
    pub fn new(inner: &'a dyn Target, hook: Hook<'a>) -> Self {
        let count = AtomicUsize::new(0);
        Self { inner, hook, count }
    }

    /// How many operations were begun.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    fn step<T>(
        &self,
        operation: &str,
        work: impl FnOnce() -> Result<T, TargetError>,
    ) -> Result<T, TargetError> {
        let at = self.count.fetch_add(1, Ordering::SeqCst);
        let step = |after| Step {
            operation,
            at,
            after,
        };
        (self.hook)(step(false))?;
        let done = work()?;
        (self.hook)(step(true))?;
        Ok(done)
    }
}

/// What a line that is cut tells.
#[cfg(test)]
pub(super) fn cut(at: usize) -> TargetError {
    TargetError::Write {
        target: "web".to_owned(),
        path: format!("operation {at}"),
        source: "the line is cut".into(),
    }
}

impl Target for Stepping<'_> {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }
    fn admit(&self, files: &Manifest) -> Result<(), TargetError> {
        self.inner.admit(files)
    }
    fn read(&self, object: &Object) -> Result<Option<Versioned>, TargetError> {
        self.step("read", || self.inner.read(object))
    }
    fn swap(
        &self,
        state: &SitePath,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        self.step(&format!("swap {state}"), || {
            self.inner.swap(state, expected, bytes)
        })
    }
    fn observe(&self, view: View) -> Result<Observed, TargetError> {
        self.step("observe", || self.inner.observe(view))
    }
    fn keep(&self, tree: Tree, file: &File) -> Result<bool, TargetError> {
        self.step("keep", || self.inner.keep(tree, file))
    }
    fn put(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        self.step("put", || self.inner.put(tree, file, bytes))
    }
    fn put_anew(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        self.step("put", || self.inner.put_anew(tree, file, bytes))
    }
    fn switch(&self, tree: Tree, expected: &Version, pointer: &[u8]) -> Result<Swap, TargetError> {
        self.step("switch", || self.inner.switch(tree, expected, pointer))
    }
    fn collect(&self, keep: &[Tree], stale: &[SitePath]) -> Result<(), TargetError> {
        self.step("collect", || self.inner.collect(keep, stale))
    }
}
