//! `tympan images`: a survey of the pictures of a project.

mod fix;
mod report;
mod scope;
mod table;

use crate::build::survey::survey;
use crate::build::{BuildOptions, Checks, Images, Sources, Versions, prepare};
use crate::cli::Outcome;
use crate::cli::args::{Global, ImagesArgs};
use crate::cli::images::report::SurveyReport;
use crate::cli::images::scope::Scope;
use crate::cli::images::table::Tables;
use crate::cli::json;
use crate::cli::project::{Listed, inside};
use crate::cli::ui::Ui;
use crate::render::Wanted;
use crate::site_path::SitePath;

pub fn run(ui: &Ui, global: &Global, args: &ImagesArgs) -> anyhow::Result<Outcome> {
    let project = Listed::open(global, None)?.with_history(ui)?;
    let scope = Scope::new(args, &project.root)?;
    let out = project.root.join("dist");
    let options = BuildOptions {
        load: project.load_options(ui, &args.pages, &out),
        wanted: Wanted {
            formats: Vec::new(),
            copies: false,
            ..Wanted::all()
        },
        checks: Checks::Skip,
        versions: Versions::Current,
        images: match args.measure {
            true => Images::First,
            false => Images::OnDemand,
        },
    };
    let sources = Sources {
        snapshot: &project.snapshot,
        history: &project.history,
        store: &project.store,
    };
    let mut prepared = prepare(&sources, &options, None, &|event| ui.event(event));
    if prepared.is_empty() {
        anyhow::bail!("no Markdown was found in `{}`", project.root.display());
    }
    let out = inside(&project.root, &out);
    let is_output = |path: &SitePath| out.as_ref().is_some_and(|out| path.is_within(out));
    let mut survey = survey(&mut prepared, &project.snapshot, &project.store, is_output);
    scope.narrow(&mut survey, &prepared.site.content)?;
    if args.fix {
        return fix::run(ui, &project, &survey, args);
    }
    table::sort(&mut survey.pictures, args.sort);
    match ui.is_json() {
        true => ui.result(&json::to_text(&SurveyReport::of(&survey))?),
        false => Tables::new(ui, args.all).print(&survey),
    }
    Ok(Outcome::Clean)
}
