//! What the making of pages costs, by template. The clock comes from the roof.
//!
//! The time of a template includes that of the templates it uses, so the rows are not to be added up.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tera::{Kwargs, State, Tera, TeraResult};

use crate::site_path::SitePath;

/// Collects what templates cost.
pub struct Profile {
    clock: fn() -> u64,
    costs: Mutex<BTreeMap<(TemplateKind, String), Cost>>,
}

/// What a template is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TemplateKind {
    /// It makes a whole page.
    Page,
    /// Another one includes it.
    Include,
    /// Another one calls it by name.
    Component,
    /// The text of a page calls it.
    Shortcode,
}

impl TemplateKind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Include => "include",
            Self::Component => "component",
            Self::Shortcode => "shortcode",
        }
    }
}

/// What the uses of one template cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Cost {
    count: u64,
    total: u64,
    slowest: Vec<(u64, SitePath)>,
}

/// What the uses of one template cost, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateCost {
    /// What it is used as.
    pub kind: TemplateKind,
    /// Its name.
    pub template: String,
    /// How often it was used.
    pub count: u64,
    /// The time of all uses, in nanoseconds, with what it used itself.
    pub total: u64,
    /// The pages that took longest, the slowest first, each with the time of one use.
    pub slowest: Vec<(u64, SitePath)>,
}

impl TemplateCost {
    /// The time of one use on average, in nanoseconds.
    pub fn mean(&self) -> u64 {
        self.total / self.count.max(1)
    }
}

/// A use that has begun and not ended.
struct Open {
    kind: TemplateKind,
    template: String,
    page: Arc<SitePath>,
    began: u64,
}

thread_local! {
    // A page is made on one thread from beginning to end, and what the engine calls has no other
    // way to know for which page.
    static OPEN: RefCell<Vec<Open>> = const { RefCell::new(Vec::new()) };
}

/// How many pages are named.
const SLOWEST: usize = 5;
/// How many uses may be open at once; the engine nests far less.
const MAX_OPEN: usize = 10_000;

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile")
    }
}

impl Profile {
    /// Begins to collect, with a clock that counts nanoseconds.
    pub fn new(clock: fn() -> u64) -> Self {
        Self {
            clock,
            costs: Mutex::default(),
        }
    }

    /// Does the work of one template for a page and notes what it cost.
    pub fn measure<T>(
        &self,
        (kind, template): (TemplateKind, &str),
        page: &SitePath,
        work: impl FnOnce() -> T,
    ) -> T {
        let depth = OPEN.with_borrow(Vec::len);
        self.begin(kind, template, Arc::new(page.clone()));
        let done = work();
        // What failed has left its own uses open.
        OPEN.with_borrow_mut(|open| open.truncate(depth + 1));
        self.end();
        done
    }

    fn begin(&self, kind: TemplateKind, template: &str, page: Arc<SitePath>) {
        let open = Open {
            kind,
            template: template.to_owned(),
            page,
            began: (self.clock)(),
        };
        OPEN.with_borrow_mut(|all| {
            // A template that calls the clock by itself must not fill the memory.
            if all.len() < MAX_OPEN {
                all.push(open);
            }
        });
    }

    fn end(&self) {
        let now = (self.clock)();
        let Some(open) = OPEN.with_borrow_mut(Vec::pop) else {
            return;
        };
        let took = now.saturating_sub(open.began);
        let mut costs = self.costs.lock().unwrap_or_else(PoisonError::into_inner);
        let cost = costs.entry((open.kind, open.template)).or_default();
        cost.count += 1;
        cost.total += took;
        cost.slowest.push((took, SitePath::clone(&open.page)));
        if cost.slowest.len() > SLOWEST * 8 {
            cost.sort();
        }
    }

    /// What was collected, the dearest first.
    pub fn costs(&self) -> Vec<TemplateCost> {
        let costs = self.costs.lock().unwrap_or_else(PoisonError::into_inner);
        let owned = |((kind, template), mut cost): ((TemplateKind, String), Cost)| {
            cost.sort();
            TemplateCost {
                kind,
                template,
                count: cost.count,
                total: cost.total,
                slowest: cost.slowest,
            }
        };
        let mut costs: Vec<TemplateCost> = costs.clone().into_iter().map(owned).collect();
        costs.sort_by(|a, b| (b.total, &a.template).cmp(&(a.total, &b.template)));
        costs
    }
}

impl Cost {
    fn sort(&mut self) {
        self.slowest
            .sort_by(|(one, a), (other, b)| (other, a).cmp(&(one, b)));
        self.slowest.truncate(SLOWEST);
    }
}

/// Makes the calls known that tell when a template begins that another one uses, and when it ends.
/// They are woven into templates that are measured.
pub(super) fn register(tera: &mut Tera, profile: &Arc<Profile>) {
    let begins = Arc::clone(profile);
    tera.register_function(
        "__began",
        move |kwargs: Kwargs, _: &State| -> TeraResult<&'static str> {
            let template = kwargs.must_get::<&str>("name")?;
            let kind = match kwargs.get::<bool>("component")? {
                Some(true) => TemplateKind::Component,
                _ => TemplateKind::Include,
            };
            let page = OPEN.with_borrow(|open| open.last().map(|open| Arc::clone(&open.page)));
            begins.begin(
                kind,
                template,
                page.unwrap_or_else(|| Arc::new(SitePath::root())),
            );
            Ok("")
        },
    );
    let ends = Arc::clone(profile);
    tera.register_function(
        "__ended",
        move |_: Kwargs, _: &State| -> TeraResult<&'static str> {
            ends.end();
            Ok("")
        },
    );
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::template::{Cost as RenderingCost, Dialect, Source, Templates};

    const DIALECT: Dialect = Dialect {
        folder: "theme",
        prefixes: &[],
        filters: &[],
        functions: &[],
        register: |_| {},
    };

    /// A clock that goes on by one with every look.
    fn clock() -> u64 {
        static NOW: AtomicU64 = AtomicU64::new(0);
        NOW.fetch_add(1, Ordering::Relaxed)
    }

    #[test]
    fn the_dearest_template_and_page_come_first() {
        let profile = Profile::new(clock);
        let path = |at: u64| SitePath::parse(&format!("{at}.html")).unwrap();
        profile.measure((TemplateKind::Page, "home.html"), &path(99), || {
            for at in 0..50 {
                profile.measure((TemplateKind::Shortcode, "a.html"), &path(at), || {});
            }
            // What fails inside leaves its use open.
            profile.begin(TemplateKind::Include, "b.html", Arc::new(SitePath::root()));
        });
        let costs = profile.costs();
        let rows = costs
            .iter()
            .map(|cost| (cost.template.as_str(), cost.count));
        assert_eq!(rows.collect::<Vec<_>>(), [("home.html", 1), ("a.html", 50)]);
        assert_eq!(costs[1].slowest.len(), 5);
        assert!(costs[0].total > 50 && costs[0].mean() == costs[0].total);
        assert_eq!(costs[0].slowest[0].1, path(99));
    }

    #[test]
    fn what_is_measured_stays_as_it_is() {
        let place = SitePath::parse("theme/templates/page.html").unwrap();
        let page = "{% component c(x) %}<{{ x }}>{% endcomponent c %}a \n{%- include \"b.html\" -%}\n {{ <c x={1} /> }}";
        let render = |profile: Option<&Arc<Profile>>, place: Option<&SitePath>| {
            let (templates, found) = Templates::parse(DIALECT, profile, |_| {
                let source = |text| Source { text, place };
                [
                    ("page.html".to_owned(), source(page)),
                    (
                        "b.html".to_owned(),
                        source("{% for i in [1] %}{{ i }}{% endfor %}"),
                    ),
                ]
                .into()
            });
            assert!(found.is_empty());
            let values = tera::Context::new();
            templates
                .render("page.html", &values, RenderingCost::Page)
                .unwrap()
        };
        for place in [None, Some(&place)] {
            let profile = Arc::new(Profile::new(clock));
            assert_eq!(render(Some(&profile), place), render(None, place));
            let mut costs = profile.costs();
            costs.sort_by_key(|cost| cost.kind);
            let rows = costs
                .iter()
                .map(|cost| (cost.kind, cost.template.as_str(), cost.count));
            assert_eq!(
                rows.collect::<Vec<_>>(),
                [
                    (TemplateKind::Include, "b.html", 1),
                    (TemplateKind::Component, "c", 1)
                ]
            );
        }
    }
}
