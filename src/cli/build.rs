//! `tympan build`: the whole flow into a folder.

use std::path::Path;
use std::sync::Arc;

use anyhow::bail;

use crate::build::{BuildError, BuildOptions, Built, Checks, Images, Versions, build};
use crate::cli::Outcome;
use crate::cli::args::{BuildArgs, Global, OutputKind};
use crate::cli::job_summary;
use crate::cli::json::{self, BuildReport};
use crate::cli::lost::{Desired, lost_of_last};
use crate::cli::project::{Listed, Project, below};
use crate::cli::report;
use crate::cli::standing;
use crate::cli::summary::{Summary, errors};
use crate::cli::ui::{self, Ui};
use crate::config::Format;
use crate::diagnostic::{Diagnostic, count};
use crate::progress::{Event, Stage};
use crate::release::Sink;
use crate::render::{Wanted, Workbench};
use crate::site::LoadOptions;
use crate::store::Store;
use crate::targets::{Output, Written};
use crate::template::{Profile, TemplateCost};

pub fn run(ui: &Ui, global: &Global, args: &BuildArgs) -> anyhow::Result<Outcome> {
    let listed = Listed::open(global, args.rev.as_deref())?;
    let out = below(
        &listed.root,
        args.out.as_deref().unwrap_or(Path::new("dist")),
    );
    if listed.root.starts_with(&out) {
        bail!(
            "the output folder `{}` would replace the project; choose another with `--out`",
            out.display()
        );
    }
    let shown = out
        .strip_prefix(&listed.root)
        .unwrap_or(&out)
        .display()
        .to_string();
    let desired = Desired::read(&listed.snapshot, &listed.store);
    let known = desired.known(&listed.store);
    let inputs = standing::inputs(&listed.snapshot, args, &known, ui.begun());
    let known = inputs
        .filter(|_| !ui.is_verbose() && !args.profile)
        .and_then(|inputs| standing::recall(&listed.store, &out, &inputs));
    if let Some((summary, files)) = known {
        let written = Written {
            unchanged: files,
            ..Written::default()
        };
        return tell(ui, &listed.store, &summary, shown, written, None);
    }
    let project = listed.with_history(ui)?;
    let profile = args
        .profile
        .then(|| Arc::new(Profile::new(ui::nanoseconds)));
    let options = BuildOptions {
        load: LoadOptions {
            profile: profile.clone(),
            ..project.load_options(ui, &args.pages, &out)
        },
        wanted: Wanted {
            bench: Workbench {
                profile: profile.clone(),
                ..Workbench::default()
            },
            ..wanted(args)
        },
        versions: Versions::All,
        images: Images::First,
        checks: if args.no_check {
            Checks::Skip
        } else {
            Checks::Run
        },
    };
    let output = Output::open(&out)?;
    let built = make(ui, &project, &options, &|artifact, _| {
        Ok(output.put(artifact)?)
    })?;
    ui.event(Event::Started {
        stage: Stage::Write,
        total: 0,
    });
    // What was not asked for is not lost.
    let all = args.only.is_empty() && args.documents.is_empty();
    let (lost, unknown) = match all {
        true => desired.lost(&project.store, &built),
        false => Default::default(),
    };
    let last = output.files().filter(|_| all);
    let last: Vec<Diagnostic> = lost_of_last(last, &built)
        .into_iter()
        .filter(|found| lost.iter().all(|known| known.path != found.path))
        .collect();
    let written = output.finish(&built.release)?;
    let mut summary = Summary {
        lost,
        unknown,
        ..Summary::of(&built)
    };
    if let Some(inputs) = inputs {
        standing::remember(&project.store, &out, inputs, &built, &summary);
    }
    // The next build finds this one in the folder and has nothing more to say of what was before.
    summary.lost.extend(last);
    ui.event(Event::Finished {
        stage: Stage::Write,
    });
    if !ui.is_json() {
        let shown = match ui.is_verbose() {
            true => built.diagnostics,
            false => errors(&built.diagnostics),
        };
        report::print(ui, &shown);
    }
    let costs = profile.map(|profile| profile.costs());
    if let Some(costs) = &costs {
        show_costs(ui, costs);
    }
    let costs = costs.as_deref();
    tell(ui, &project.store, &summary, shown, written, costs)
}

/// Says what a build gave.
fn tell(
    ui: &Ui,
    store: &Store,
    summary: &Summary,
    out: String,
    written: Written,
    costs: Option<&[TemplateCost]>,
) -> anyhow::Result<Outcome> {
    for name in &summary.unknown {
        ui.note(&format!("note: the release of `{name}` is not in the store, so nobody can say which of its addresses this build lacks (`tympan publish` of its commit brings it)"));
    }
    job_summary::tell(ui, &job_summary::of_build(summary));
    if ui.is_json() {
        let (stages, total) = ui.times();
        let report = BuildReport::new(summary, out, written, store.counts(), (&stages, total));
        let report = report.with_profile(costs);
        ui.result(&json::to_text(&report)?);
    } else {
        if !ui.is_verbose() {
            report::print(ui, &summary.bound);
        }
        report::print(ui, &summary.lost);
        show(ui, store, summary, &out, written);
    }
    let (lost, _) = count(&summary.lost);
    Ok(match summary.errors + lost {
        0 => Outcome::Clean,
        _ => Outcome::Findings,
    })
}

/// Builds a project, naming every output that could not be made.
pub fn make(
    ui: &Ui,
    project: &Project,
    options: &BuildOptions,
    sink: Sink<'_>,
) -> anyhow::Result<Built> {
    let progress = |event| ui.event(event);
    let built = build(
        &project.snapshot,
        &project.history,
        &project.store,
        options,
        sink,
        &progress,
    );
    built.map_err(|error| {
        if let BuildError::Render(faults) = &error {
            for fault in faults {
                ui.error(&anyhow::anyhow!("{fault}"));
            }
        }
        error.into()
    })
}

fn wanted(args: &BuildArgs) -> Wanted {
    let (only, documents) = (&args.only, args.documents.clone());
    if only.is_empty() {
        return Wanted {
            html: documents.is_empty(),
            documents,
            ..Wanted::all()
        };
    }
    let format = |kind: &OutputKind| match kind {
        OutputKind::Html => None,
        OutputKind::Pdf => Some(Format::Pdf),
        OutputKind::Epub => Some(Format::Epub),
        OutputKind::Docx => Some(Format::Docx),
    };
    Wanted {
        html: only.contains(&OutputKind::Html),
        formats: only.iter().filter_map(format).collect(),
        documents,
        ..Wanted::all()
    }
}

/// The summary for people.
fn show(ui: &Ui, store: &Store, summary: &Summary, out: &str, written: Written) {
    let mut lines = vec![("pages", format!("{}{}", summary.pages, summary.hidden))];
    let images = summary.images;
    if images.sources > 0 {
        let (from, to) = (size(images.bytes_in), size(images.bytes_out));
        lines.push((
            "images",
            format!(
                "{} in {} files, {from} -> at most {to}",
                images.sources, images.variants
            ),
        ));
    }
    let more = match summary.has_more && !ui.is_verbose() {
        true => " (`--verbose` shows them)",
        false => "",
    };
    lines.push(("findings", format!("{}{more}", summary.findings)));
    for output in &summary.outputs {
        let path = if output.path.is_root() {
            format!("{out}/")
        } else {
            format!("{out}/{}", output.path)
        };
        let amount = match (output.files, output.pages) {
            (Some(files), _) => format!(", {files} files"),
            (_, Some(pages)) => format!(", {pages} pages"),
            _ => String::new(),
        };
        lines.push((
            output.kind.as_str(),
            format!("{path}  {}{amount}", size(output.bytes)),
        ));
    }
    lines.push(("files", said(written)));
    let commit = match &summary.source.commit {
        Some(commit) => format!(" of {}", commit.chars().take(7).collect::<String>()),
        None => String::new(),
    };
    let dirty = if summary.source.dirty {
        " (with changes that are not committed)"
    } else {
        ""
    };
    lines.push(("release", format!("{}{commit}{dirty}", summary.digest)));
    let (stages, total) = ui.times();
    let stages: Vec<String> = stages
        .iter()
        .map(|(stage, took)| format!("{} {took:.2}", stage.name()))
        .collect();
    lines.push(("time", format!("{total:.2} s: {}", stages.join(", "))));
    let (hits, misses) = store.counts();
    if ui.is_verbose() {
        lines.push(("cache", format!("{hits} hits, {misses} misses")));
    }
    for (name, text) in lines {
        ui.note(&format!("{name:<9} {text}"));
    }
}

/// What became of the files, for people.
fn said(written: Written) -> String {
    let removed = match written.removed {
        0 => String::new(),
        removed => format!(", {removed} removed"),
    };
    format!(
        "{} written, {} unchanged{removed}",
        written.written, written.unchanged
    )
}

/// What templates cost, for people.
fn show_costs(ui: &Ui, costs: &[TemplateCost]) {
    ui.note("template              kind        uses   total ms   mean ms   slowest");
    for cost in costs {
        let slowest = cost.slowest.first().map_or(String::new(), |(took, path)| {
            format!("{path} {}", milliseconds(*took))
        });
        ui.note(&format!(
            "{:<21} {:<9} {:>6} {:>10} {:>9}   {slowest}",
            cost.template,
            cost.kind.as_str(),
            cost.count,
            milliseconds(cost.total),
            milliseconds(cost.mean()),
        ));
    }
}

fn milliseconds(nanoseconds: u64) -> String {
    let microseconds = nanoseconds / 1000;
    format!("{}.{:03}", microseconds / 1000, microseconds % 1000)
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a size for people needs three digits"
    )]
    let number = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.0} kB", number / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", number / 1e6),
        _ => format!("{:.2} GB", number / 1e9),
    }
}
