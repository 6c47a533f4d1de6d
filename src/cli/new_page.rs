//! `tympan new page`: a page with its front matter filled in, from an archetype of the project or
//! from what its kind of work needs.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::cli::Outcome;
use crate::cli::args::{Global, NewPageArgs, PagesArgs};
use crate::cli::project::Project;
use crate::cli::ui::Ui;
use crate::config::Kind;
use crate::site::{Date, Site, is_page, refusal};
use crate::site_path::SitePath;

/// The folder of a project that holds archetypes.
const ARCHETYPES: &str = "archetypes";

pub fn run(ui: &Ui, global: &Global, args: &NewPageArgs) -> anyhow::Result<Outcome> {
    let project = Project::open(ui, global, None)?;
    let pages = PagesArgs {
        drafts: true,
        future: true,
        expired: true,
    };
    let options = project.load_options(ui, &pages, &project.root.join("dist"));
    let site = Site::load(&project.snapshot, &project.history, &options, &[]);
    let path = place(&site, &args.path)?;
    if let Some((part, why)) = path.parts().find_map(|part| Some((part, refusal(part)?))) {
        bail!("`{part}` cannot be a name on Windows: {why}; choose another name");
    }
    let file = path.on_disk(&project.root);
    if file.exists() {
        bail!("`{path}` is there already; choose another name");
    }
    let text = fill(
        &archetype(&project, &site, &path),
        &Facts::new(ui, &site, &path),
    );
    let folder = file.parent().context("a page lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    fs::write(&file, text).with_context(|| format!("cannot write `{path}`"))?;
    ui.result(path.as_str());
    Ok(Outcome::Clean)
}

/// Where the page goes: relative to the content folder, whether or not that is typed too. A name
/// with a slash at its end is a page with a folder of its own.
fn place(site: &Site, typed: &str) -> anyhow::Result<SitePath> {
    let own_folder = typed.ends_with(['/', '\\']);
    let typed = typed.replace('\\', "/");
    let path = SitePath::parse(&typed)
        .ok()
        .filter(|path| !path.is_root())
        .with_context(|| format!("`{typed}` is not a path inside the project"))?;
    let path = match path.is_within(&site.content) {
        true => path,
        false => site.content.join(&path),
    };
    let name = match (own_folder, is_page(&path)) {
        (true, _) => format!("{path}/index.md"),
        (false, true) => path.to_string(),
        (false, false) => format!("{path}.md"),
    };
    Ok(SitePath::parse(&name)?)
}

/// What an archetype may name.
struct Facts {
    title: String,
    slug: String,
    date: String,
    section: String,
}

impl Facts {
    fn new(ui: &Ui, site: &Site, path: &SitePath) -> Self {
        let below = path.below(&site.content).unwrap_or_else(|| path.clone());
        let bundle = path.stem() == "index" && !below.parent().is_root();
        let name = match bundle {
            true => below.parent().file_name().to_owned(),
            false => below.stem().to_owned(),
        };
        let words = name.replace(['-', '_'], " ");
        let mut letters = words.trim().chars();
        let first: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        let mut folders = below.parts();
        let first_folder = folders.next().unwrap_or("");
        let section = match folders.next() {
            Some(_) => first_folder,
            None => "",
        };
        Self {
            title: first + letters.as_str(),
            slug: name,
            date: Date::from_seconds(ui.now()).map_or_else(String::new, |date| date.rfc3339()),
            section: section.to_owned(),
        }
    }
}

/// The archetype of the section, else that of the project, else what the kind of work needs.
fn archetype(project: &Project, site: &Site, path: &SitePath) -> String {
    let below = path.below(&site.content).unwrap_or_else(|| path.clone());
    let section = below.parts().next().unwrap_or("").to_owned();
    let own = [format!("{section}.md"), "default.md".to_owned()];
    for name in own {
        let file = Path::new(ARCHETYPES).join(name);
        if let Ok(text) = fs::read_to_string(project.root.join(file)) {
            return text;
        }
    }
    let text = match site.kind {
        Kind::Site => "---\ntitle: {{ title }}\ndate: {{ date }}\ndraft: true\n---\n\n",
        Kind::Docs => "---\ntitle: {{ title }}\ndescription:\n---\n\n# {{ title }}\n\n",
        Kind::Book | Kind::Contract => "# {{ title }}\n\n",
    };
    text.to_owned()
}

/// Puts the facts in the place of their names, also in the spelling of Hugo.
fn fill(text: &str, facts: &Facts) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else {
            break;
        };
        out.push_str(before);
        match name
            .trim()
            .trim_start_matches('.')
            .to_ascii_lowercase()
            .as_str()
        {
            "title" => out.push_str(&facts.title),
            "date" => out.push_str(&facts.date),
            "slug" | "name" | "file.contentbasename" => out.push_str(&facts.slug),
            "section" | "type" => out.push_str(&facts.section),
            // Hugo's usual archetype makes the title of the name in this way.
            expression if expression.starts_with("replace .") => out.push_str(&facts.title),
            _ => {
                out.push_str("{{");
                out.push_str(name);
                out.push_str("}}");
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, expected: &str) {
        let facts = Facts {
            title: "Low water".to_owned(),
            slug: "low-water".to_owned(),
            date: "2026-03-01T00:00:00Z".to_owned(),
            section: "posts".to_owned(),
        };
        assert_eq!(fill(text, &facts), expected);
    }

    #[test]
    fn an_archetype_is_filled_in() {
        case(
            "{{ title }}/{{slug}}/{{ section }}",
            "Low water/low-water/posts",
        );
        case("{{ .Date }}", "2026-03-01T00:00:00Z");
        case("{{ replace .Name \"-\" \" \" | title }}", "Low water");
        case("{{ unknown }} {{", "{{ unknown }} {{");
    }
}
