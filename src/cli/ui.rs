//! The only room that prints. Results go to stdout, everything else to stderr.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anstream::ColorChoice;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::args::{Color, Format, Global};
use crate::cli::running::{Running, label};
use crate::cli::secrets::Secrets;
use crate::progress::{Event, Stage};

/// How work slower than this shows itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a person sees.
pub struct Ui {
    format: Format,
    quiet: bool,
    verbose: bool,
    terminal: bool,
    styled: bool,
    width: usize,
    begun: SystemTime,
    secrets: Secrets,
    clock: Mutex<Clock>,
}

struct Clock {
    started: Instant,
    stages: Vec<(Stage, Duration)>,
    running: Option<Running>,
}

impl Ui {
    /// Reads the terminal and the environment once.
    pub fn new(global: &Global) -> Self {
        // Left alone, each stream decides for itself: a pipe gets none.
        match global.color {
            Color::Auto => {}
            Color::Always => ColorChoice::AlwaysAnsi.write_global(),
            Color::Never => ColorChoice::Never.write_global(),
        }
        let terminal = std::io::stderr().is_terminal();
        #[expect(
            clippy::disallowed_methods,
            reason = "the roof is where the clock is read"
        )]
        let begun = SystemTime::now();
        Self {
            format: global.format,
            quiet: global.quiet,
            verbose: global.verbose,
            terminal,
            styled: global.color != Color::Never,
            width: 100,
            begun,
            secrets: secrets(),
            clock: Mutex::new(Clock {
                started: Instant::now(),
                stages: Vec::new(),
                running: None,
            }),
        }
    }

    /// The moment when the program began, in nanoseconds after the Unix epoch.
    pub fn begun(&self) -> i128 {
        self.begun.duration_since(UNIX_EPOCH).map_or(0, |since| {
            i128::try_from(since.as_nanos()).unwrap_or_default()
        })
    }

    /// The moment, in seconds after the Unix epoch.
    pub fn now(&self) -> i64 {
        #[expect(
            clippy::disallowed_methods,
            reason = "the roof is where the clock is read"
        )]
        let now = SystemTime::now();
        now.duration_since(UNIX_EPOCH).map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
    }

    /// Who is at work, for records: the person that CI names, else the user of the machine.
    pub fn who(&self) -> String {
        let names = ["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "USERNAME"];
        names
            .into_iter()
            .find_map(variable)
            .unwrap_or_else(|| "somebody".to_owned())
    }

    /// A name that no other run has at the same time, for leases.
    pub fn holder(&self) -> String {
        let job = ["GITHUB_RUN_ID", "CI_JOB_ID", "HOSTNAME"]
            .into_iter()
            .find_map(variable);
        format!(
            "{}/{}",
            job.unwrap_or_else(|| self.who()),
            std::process::id()
        )
    }

    /// The file in which a job says what it did, where the platform names one.
    pub fn job_summary(&self) -> Option<PathBuf> {
        variable("GITHUB_STEP_SUMMARY").map(PathBuf::from)
    }

    /// The file that holds what is staged, where Git names one to a hook: that of the commit that is
    /// being made.
    pub fn index(&self) -> Option<PathBuf> {
        variable("GIT_INDEX_FILE").and_then(|file| std::path::absolute(file).ok())
    }

    /// Whether results are JSON.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether more is wanted.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// How wide a line may be.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether color is wanted.
    pub fn is_styled(&self) -> bool {
        self.styled
    }

    /// Prints a result.
    pub fn result(&self, text: &str) {
        // A reader that went away, such as `head`, is no fault of ours.
        let _ = writeln!(anstream::stdout().lock(), "{}", self.secrets.mask(text));
    }

    /// Prints text as it is.
    pub fn raw(&self, bytes: &[u8]) {
        let _ = std::io::stdout().lock().write_all(bytes);
    }

    /// Prints something about the work.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.warn(text);
        }
    }

    /// Prints something that must be seen even when it is quiet.
    pub fn warn(&self, text: &str) {
        let _ = writeln!(anstream::stderr().lock(), "{}", self.secrets.mask(text));
    }

    /// Prints why the work could not be done.
    pub fn error(&self, error: &anyhow::Error) {
        let (bold, end) = if self.styled {
            ("\u{1b}[1;31m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        let mut text = format!("{bold}error{end}: {error}");
        for cause in error.chain().skip(1) {
            let _ = write!(text, "\n  cause: {cause}");
        }
        self.warn(&text);
    }

    /// Takes an event of the library.
    pub fn event(&self, event: Event) {
        let Ok(mut clock) = self.clock.lock() else {
            return;
        };
        match event {
            Event::Started { stage, total } => {
                clock.running = Some(Running::new(stage, total, self.bar(stage, total)));
            }
            Event::Made(made) => {
                if let Some(running) = &mut clock.running {
                    running.add(made);
                }
            }
            Event::LaidOut(pages) => {
                if let Some(running) = &mut clock.running {
                    running.lay_out(pages);
                }
            }
            Event::Sent(bytes) => {
                if let Some(running) = &mut clock.running {
                    running.send(bytes);
                }
            }
            Event::Stepped { path, .. } => {
                if let Some(line) = clock.running.as_mut().and_then(|run| run.step(&path)) {
                    self.note(&line);
                }
            }
            Event::Finished { .. } => {
                if let Some(running) = clock.running.take() {
                    let took = running.started.elapsed();
                    clock.stages.push((running.stage, took));
                    if let Some(bar) = &running.bar {
                        bar.finish_and_clear();
                    } else if took > PATIENCE {
                        self.note(&running.ending(took));
                    }
                }
            }
            Event::CacheHit | Event::CacheMiss => {}
        }
    }

    /// The time each stage took, and the time of all.
    pub fn times(&self) -> (Vec<(Stage, f64)>, f64) {
        let Ok(clock) = self.clock.lock() else {
            return (Vec::new(), 0.0);
        };
        let mut stages: Vec<(Stage, f64)> = Vec::new();
        for (stage, took) in &clock.stages {
            // One stage may come in several parts.
            let took = took.as_secs_f64();
            match stages.iter_mut().find(|(known, _)| known == stage) {
                Some((_, sum)) => *sum += took,
                None => stages.push((*stage, took)),
            }
        }
        (stages, clock.started.elapsed().as_secs_f64())
    }

    fn bar(&self, stage: Stage, total: usize) -> Option<ProgressBar> {
        if !self.terminal || self.quiet || total == 0 {
            return None;
        }
        let target = ProgressDrawTarget::stderr_with_hz(8);
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        let template = "{prefix:<7} {bar:24} {pos}/{len} {wide_msg}";
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_prefix(label(stage));
        Some(bar)
    }
}

/// A clock that counts nanoseconds from its first reading.
pub fn nanoseconds() -> u64 {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    let since = BEGAN.get_or_init(Instant::now).elapsed();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// What must not be printed.
fn secrets() -> Secrets {
    Secrets::of(
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    )
}

/// Reads a variable of the environment that is set to something.
pub fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the roof is where the environment is read"
    )]
    let value = std::env::var(name);
    value.ok().filter(|value| !value.is_empty())
}
