//! The keys of one rule as they are written, taken out one by one; what is left nobody knows.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The keys of a rule.
pub(super) struct Fields {
    left: Map<String, Value>,
    /// Whether `yes` and `on` are truths too, as in YAML 1.1.
    has_yes: bool,
}

impl Fields {
    /// Takes the keys of a rule.
    pub(super) fn new(left: Map<String, Value>) -> Self {
        Self {
            left,
            has_yes: false,
        }
    }

    /// Takes the keys of a rule in YAML.
    pub(super) fn yaml(left: Map<String, Value>) -> Self {
        Self {
            left,
            has_yes: true,
        }
    }

    /// The keys that nobody asked for.
    pub(super) fn left(&self) -> impl Iterator<Item = &str> {
        self.left.keys().map(String::as_str)
    }

    /// A text.
    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, String> {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        scalar(&value)
            .map(Some)
            .ok_or_else(|| format!("`{key}` must be a text"))
    }

    /// A truth; false if absent.
    pub(super) fn truth(&mut self, key: &str) -> Result<bool, String> {
        Ok(self.truth_if_any(key)?.unwrap_or(false))
    }

    /// A truth.
    pub(super) fn truth_if_any(&mut self, key: &str) -> Result<Option<bool>, String> {
        let truth = match self.take(key) {
            None => return Ok(None),
            Some(Value::Bool(truth)) => Some(truth),
            Some(Value::String(word)) if self.has_yes => match word.to_ascii_lowercase().as_str() {
                "yes" | "on" | "true" | "y" => Some(true),
                "no" | "off" | "false" | "n" => Some(false),
                _ => None,
            },
            Some(_) => None,
        };
        let fault = || format!("`{key}` must be true or false");
        truth.map(Some).ok_or_else(fault)
    }

    /// A number.
    pub(super) fn number(&mut self, key: &str) -> Result<Option<f64>, String> {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        let number = match &value {
            Value::String(text) => text.trim().parse().ok(),
            _ => value.as_f64(),
        };
        number
            .map(Some)
            .ok_or_else(|| format!("`{key}` must be a number"))
    }

    /// A whole number.
    pub(super) fn count(&mut self, key: &str) -> Result<Option<usize>, String> {
        let number = self.number(key)?;
        let whole = |number: f64| {
            #[expect(clippy::cast_sign_loss, reason = "it is checked before")]
            let count =
                (number.fract() == 0.0 && (0.0..1e9).contains(&number)).then_some(number as usize);
            count.ok_or_else(|| format!("`{key}` must be a whole number"))
        };
        number.map(whole).transpose()
    }

    /// A list of texts, or one; empty if absent.
    pub(super) fn list(&mut self, key: &str) -> Result<Vec<String>, String> {
        let fault = || format!("`{key}` must be a list of texts");
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let items = items.iter().filter(|item| !item.is_null());
                items.map(|item| scalar(item).ok_or_else(fault)).collect()
            }
            Some(value) => Ok(vec![scalar(&value).ok_or_else(fault)?]),
        }
    }

    /// A table of texts; empty if absent.
    pub(super) fn table(&mut self, key: &str) -> Result<BTreeMap<String, String>, String> {
        let fault = || format!("`{key}` must be a table of texts");
        match self.take(key) {
            None => Ok(BTreeMap::new()),
            Some(Value::Object(entries)) => {
                let entry =
                    |(key, value): (String, Value)| Ok((key, scalar(&value).ok_or_else(fault)?));
                entries.into_iter().map(entry).collect()
            }
            Some(_) => Err(fault()),
        }
    }

    /// A table of its own.
    pub(super) fn inner(&mut self, key: &str) -> Result<Option<Self>, String> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Object(left)) => Ok(Some(Self {
                left,
                has_yes: self.has_yes,
            })),
            Some(_) => Err(format!("`{key}` must be a table")),
        }
    }

    /// Forgets a key.
    pub(super) fn skip(&mut self, keys: &[&str]) {
        for key in keys {
            self.left.remove(*key);
        }
    }

    /// Whether a list of tables stands under a key, as in Vale's sequences.
    pub(super) fn tables(&mut self, key: &str) -> Result<Vec<Self>, String> {
        let fault = || format!("`{key}` must be a list of tables");
        let Some(Value::Array(items)) = self.take(key) else {
            return Err(fault());
        };
        let has_yes = self.has_yes;
        let table = |item| match item {
            Value::Object(left) => Ok(Self { left, has_yes }),
            _ => Err(fault()),
        };
        items.into_iter().map(table).collect()
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.left.remove(key).filter(|value| !value.is_null())
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null => Some(String::new()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn truths_and_whole_numbers_are_told_from_others() {
        let Value::Object(written) =
            json!({"a": "yes", "b": "banana", "c": 2.5, "d": 2.0, "e": "Off"})
        else {
            panic!("a table");
        };
        let mut yaml = Fields::yaml(written.clone());
        assert_eq!(yaml.truth("a"), Ok(true));
        assert_eq!(yaml.truth("e"), Ok(false));
        assert_eq!(yaml.truth_if_any("none"), Ok(None));
        assert!(yaml.truth("b").is_err());
        assert!(yaml.count("c").is_err());
        assert_eq!(yaml.count("d"), Ok(Some(2)));
        assert!(Fields::new(written).truth("a").is_err());
    }
}
