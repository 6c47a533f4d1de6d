//! What a name in double braces stands for: what the project and the page define, nothing else.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::config::Config;
use crate::site::front_matter::FrontMatter;

/// The names that may stand in the text of one page.
pub(in crate::site) struct Variables<'a> {
    config: &'a Config,
    front: &'a FrontMatter,
}

impl<'a> Variables<'a> {
    pub(in crate::site) fn new(config: &'a Config, front: &'a FrontMatter) -> Self {
        Self { config, front }
    }

    /// The text for a name. In code only names count that somebody chose, so that a template shown
    /// as an example stays as it is.
    pub(super) fn get(&self, name: &str, in_code: bool) -> Option<String> {
        self.chosen(name)
            .or_else(|| self.built_in(name).filter(|_| !in_code))
    }

    /// The text for Hugo's `param`: of the front matter, else of the project's variables.
    pub(super) fn param(&self, name: &str) -> Option<String> {
        let own = look_up(&self.front.extra, name).and_then(text);
        own.or_else(|| self.get(name, false))
    }

    /// Every variable of the project, for the templates of shortcodes.
    pub(super) fn of_project(&self) -> &BTreeMap<String, String> {
        &self.config.variables
    }

    pub(super) fn config(&self) -> &Config {
        self.config
    }

    pub(super) fn front(&self) -> &FrontMatter {
        self.front
    }

    fn chosen(&self, name: &str) -> Option<String> {
        let own = self.front.extra.get("variables").and_then(Value::as_object);
        let own = own.and_then(|own| walk(own.get(name.split('.').next()?)?, name).and_then(text));
        own.or_else(|| self.config.variables.get(name).cloned())
    }

    fn built_in(&self, name: &str) -> Option<String> {
        let project = &self.config.project;
        match name {
            "project.title" => project.title.clone(),
            "project.description" => project.description.clone(),
            "project.base_url" => project.base_url.clone(),
            "project.language" => Some(project.language.clone()),
            "page.title" => self.front.title.clone(),
            "page.description" => self.front.description.clone(),
            _ => None,
        }
    }
}

fn look_up<'v>(values: &'v BTreeMap<String, Value>, name: &str) -> Option<&'v Value> {
    walk(values.get(name.split('.').next()?)?, name)
}

/// Follows the parts of a dotted name after the first.
fn walk<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    name.split('.')
        .skip(1)
        .try_fold(value, |value, part| value.get(part))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}
