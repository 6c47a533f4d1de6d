//! What a caller says when the web is to be asked.

/// How the web is asked in one run.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    /// Now, in seconds since 1970, by which the age of answers is told.
    pub now: i64,
    /// Whether answers that are known are asked for again.
    pub refresh: bool,
    /// Whether addresses of private networks are asked for. That is for the one who runs the check to
    /// say, and not for the project, which may come from anybody.
    pub allow_private: bool,
    /// The way to the web.
    pub proxies: Proxies,
}

/// The way to the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxies {
    /// By the proxy that the variables of the system name, if they name one.
    OfSystem,
    /// Straight.
    None,
}
