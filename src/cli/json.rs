//! Results for programs. These shapes are public API, format 1, documented in `site/`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::build::ImageSummary;
use crate::checks::Settled;
use crate::cli::summary::Summary;
use crate::diagnostic::{Diagnostic, Severity, count};
use crate::progress::Stage;
use crate::release::Output;
use crate::site_path::SitePath;
use crate::targets::Written;
use crate::template::{TemplateCost, TemplateKind};

/// What `build` prints.
#[derive(Serialize)]
pub struct BuildReport<'a> {
    format: u32,
    release: String,
    source: SourceReport<'a>,
    output: String,
    files: Written,
    pages: usize,
    outputs: &'a [Output],
    images: ImageSummary,
    diagnostics: Counts,
    lost: Vec<DiagnosticReport<'a>>,
    cache: CacheReport,
    seconds: BTreeMap<&'static str, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<Vec<CostReport<'a>>>,
}

#[derive(Serialize)]
struct CostReport<'a> {
    template: &'a str,
    kind: TemplateKind,
    count: u64,
    seconds: f64,
    mean: f64,
    slowest: Vec<SlowReport<'a>>,
}

#[derive(Serialize)]
struct SlowReport<'a> {
    path: &'a str,
    seconds: f64,
}

#[derive(Serialize)]
struct SourceReport<'a> {
    commit: Option<&'a str>,
    dirty: bool,
}

#[derive(Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct CacheReport {
    hits: usize,
    misses: usize,
}

/// What `check` prints.
#[derive(Serialize)]
pub struct CheckReport<'a> {
    format: u32,
    diagnostics: Vec<DiagnosticReport<'a>>,
    summary: CheckCounts,
}

#[derive(Serialize)]
struct CheckCounts {
    errors: usize,
    warnings: usize,
    suggestions: usize,
    pages: usize,
    ignored: usize,
    known: usize,
    mended: usize,
    fixed: usize,
}

#[derive(Serialize)]
struct DiagnosticReport<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    help: Option<&'a str>,
    replacements: &'a [String],
}

impl<'a> BuildReport<'a> {
    /// Describes a build.
    pub fn new(
        summary: &'a Summary,
        output: String,
        files: Written,
        (hits, misses): (usize, usize),
        (stages, total): (&[(Stage, f64)], f64),
    ) -> Self {
        let mut seconds: BTreeMap<&'static str, f64> = BTreeMap::from([("total", round(total))]);
        for (stage, took) in stages {
            *seconds.entry(stage.name()).or_insert(0.0) += round(*took);
        }
        let source = &summary.source;
        let (errors, warnings) = count(&summary.lost);
        Self {
            format: 1,
            release: summary.digest.to_string(),
            source: SourceReport {
                commit: source.commit.as_deref(),
                dirty: source.dirty,
            },
            output,
            files,
            pages: summary.pages,
            outputs: &summary.outputs,
            images: summary.images,
            diagnostics: Counts {
                errors: summary.errors + errors,
                warnings: summary.warnings + warnings,
            },
            lost: summary.lost.iter().map(DiagnosticReport::new).collect(),
            cache: CacheReport { hits, misses },
            seconds,
            profile: None,
        }
    }

    /// Adds what templates cost.
    #[must_use]
    pub fn with_profile(mut self, costs: Option<&'a [TemplateCost]>) -> Self {
        let slow = |(took, path): &'a (u64, SitePath)| SlowReport {
            path: path.as_str(),
            seconds: in_seconds(*took),
        };
        let cost = |cost: &'a TemplateCost| CostReport {
            template: &cost.template,
            kind: cost.kind,
            count: cost.count,
            seconds: in_seconds(cost.total),
            mean: in_seconds(cost.mean()),
            slowest: cost.slowest.iter().map(slow).collect(),
        };
        self.profile = costs.map(|costs| costs.iter().map(cost).collect());
        self
    }
}

impl<'a> CheckReport<'a> {
    /// Describes findings.
    pub fn new(diagnostics: &'a [Diagnostic], pages: usize) -> Self {
        let (errors, warnings) = count(diagnostics);
        let suggestions = diagnostics.len() - errors - warnings;
        Self {
            format: 1,
            diagnostics: diagnostics.iter().map(DiagnosticReport::new).collect(),
            summary: CheckCounts {
                errors,
                warnings,
                suggestions,
                pages,
                ignored: 0,
                known: 0,
                mended: 0,
                fixed: 0,
            },
        }
    }

    /// Adds what is not told, in numbers.
    #[must_use]
    pub fn beside(mut self, settled: &Settled, fixed: usize) -> Self {
        self.summary.ignored = settled.ignored.len();
        self.summary.known = settled.known.len();
        self.summary.mended = settled.mended;
        self.summary.fixed = fixed;
        self
    }
}

impl<'a> DiagnosticReport<'a> {
    fn new(found: &'a Diagnostic) -> Self {
        let place = found.place.as_ref();
        Self {
            code: &found.code,
            severity: found.severity,
            message: &found.message,
            path: found.path.as_str(),
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            end_line: place.map(|place| place.end_line),
            end_column: place.map(|place| place.end_column),
            help: found.help.as_deref(),
            replacements: &found.replacements,
        }
    }
}

/// Writes a report as one line of JSON.
pub fn to_text(report: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string(report)?)
}

fn in_seconds(nanoseconds: u64) -> f64 {
    std::time::Duration::from_nanos(nanoseconds).as_secs_f64()
}

fn round(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
