//! Pictures that a template asks for: resized, cut and encoded as it wishes.

use serde::Serialize;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::assets::{ImageAsset, ImageKind, Slot, WISHES, Wish, attribute_help, fit_of};
use crate::render::html::events::escape;
use crate::render::html::figures::{Loading, Shown, background, picture, srcset};
use crate::render::html::lookup::scope::{Scope, ask};
use crate::render::html::portraits::size_of;
use crate::site::LinkTarget;
use crate::template::spend;

/// What a picture costs beside what its answer does: a page may have some thousands.
const PICTURE: u64 = 50_000;

/// What a template is told of a picture.
#[derive(Serialize)]
struct PictureValue {
    url: String,
    srcset: Option<String>,
    sources: Vec<SourceValue>,
    width: u32,
    height: u32,
    background: Option<String>,
}

/// The files of one format.
#[derive(Serialize)]
struct SourceValue {
    r#type: &'static str,
    srcset: String,
}

/// What Zola tells of a picture.
#[derive(Serialize)]
struct ResizedValue {
    url: String,
    static_path: String,
    width: u32,
    height: u32,
    orig_width: u32,
    orig_height: u32,
}

#[derive(Serialize)]
struct MetadataValue {
    width: u32,
    height: u32,
    format: &'static str,
    mime: &'static str,
}

/// Makes them known.
pub(super) fn register(tera: &mut Tera) {
    tera.register_function("image", |kwargs: Kwargs, _: &State| {
        answer(|scope| {
            let wish = wish(&kwargs, &[])?;
            let asset = made(scope, &kwargs, &wish)?;
            Ok(Value::from_serializable(&value(scope, &asset, &wish)))
        })
    });
    tera.register_function("picture", |kwargs: Kwargs, _: &State| {
        answer(|scope| {
            let wish = wish(&kwargs, &["alt", "class", "loading", "sizes"])?;
            let asset = made(scope, &kwargs, &wish)?;
            let text = |name: &str| Ok::<_, Error>(kwargs.get::<&str>(name)?.map(escape));
            let (width, height) = size_of(&asset, &wish);
            let is_sized = wish.width.is_some() || wish.height.is_some();
            let shown = Shown {
                slot: Some(match is_sized {
                    true => Slot::fixed(width),
                    false => Slot::of_the_window(),
                }),
                sizes: kwargs.get::<&str>("sizes")?.map(str::to_owned),
                width: Some(width),
                height: Some(height),
                loading: match kwargs.get::<&str>("loading")? {
                    Some("eager") => Loading::First,
                    _ => Loading::Lazy,
                },
                more: text("class")?
                    .map_or_else(String::new, |class| format!(" class=\"{class}\"")),
                ..Shown::default()
            };
            let alt = text("alt")?.unwrap_or_default();
            let html = picture((scope.site(), &asset), &alt, scope.route, &shown);
            Ok(Value::safe_string(&html))
        })
    });
    tera.register_function("resize_image", |kwargs: Kwargs, _: &State| {
        answer(|scope| {
            let mut wish = wish(&kwargs, &["op", "format"])?;
            let fit = match kwargs.get::<&str>("op")?.unwrap_or("fill") {
                "fit_width" => {
                    wish.height = None;
                    "fit"
                }
                "fit_height" => {
                    wish.width = None;
                    "fit"
                }
                op => op,
            };
            wish.fit = fit_of(fit).ok_or_else(|| wrong("op", fit, "write `fill` or `fit`"))?;
            wish.choices.formats = Some(Vec::new());
            let asset = made(scope, &kwargs, &wish)?;
            let (width, height) = size_of(&asset, &wish);
            let whole = made(scope, &kwargs, &Wish::default())?;
            Ok(Value::from_serializable(&ResizedValue {
                url: url(scope, &asset),
                static_path: asset.fallback.path.to_string(),
                width,
                height,
                orig_width: whole.width,
                orig_height: whole.height,
            }))
        })
    });
    tera.register_function("get_image_metadata", |kwargs: Kwargs, _: &State| {
        answer(|scope| {
            let asset = made(scope, &kwargs, &Wish::default())?;
            let (format, mime) = match asset.kind {
                ImageKind::Jpeg => ("jpg", "image/jpeg"),
                ImageKind::Png => ("png", "image/png"),
                ImageKind::Gif => ("gif", "image/gif"),
                ImageKind::WebP => ("webp", "image/webp"),
                ImageKind::Tiff => ("tiff", "image/tiff"),
                ImageKind::Bmp => ("bmp", "image/bmp"),
                ImageKind::Svg => ("svg", "image/svg+xml"),
                ImageKind::Avif | ImageKind::Other => ("avif", "image/avif"),
            };
            Ok(Value::from_serializable(&MetadataValue {
                width: asset.width,
                height: asset.height,
                format,
                mime,
            }))
        })
    });
}

fn answer(answer: impl FnOnce(Scope<'_>) -> TeraResult<Value>) -> TeraResult<Value> {
    spend(PICTURE)?;
    ask(answer)
}

/// What the arguments wish for; `others` are arguments of another meaning.
fn wish(kwargs: &Kwargs, others: &[&str]) -> TeraResult<Wish> {
    let mut wish = Wish {
        width: kwargs.get("width")?,
        height: kwargs.get("height")?,
        ..Wish::default()
    };
    let given: Vec<(String, String)> = kwargs
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    for (name, text) in &given {
        let name = name.as_str();
        // A list may be one of the language, too.
        let text = text.replace(['[', ']', '"', '\''], " ");
        let text = text.trim();
        let known = match name {
            "path" | "width" | "height" => true,
            name if others.contains(&name) => true,
            "fit" => fit_of(text).map(|fit| wish.fit = fit).is_some(),
            name if WISHES.contains(&name) => wish.read(name, text),
            name => {
                let all = WISHES.iter().chain(others).copied();
                let near = crate::diagnostic::nearest(name, all);
                let near =
                    near.map_or_else(String::new, |near| format!(". Available name: {near}"));
                return Err(Error::message(format!(
                    "There is no argument `{name}`{near}"
                )));
            }
        };
        if !known {
            return Err(wrong(name, text, attribute_help(name)));
        }
    }
    let sides = [wish.width, wish.height].into_iter().flatten();
    match sides.into_iter().all(|side| (1..=10_000).contains(&side)) {
        true => Ok(wish),
        false => Err(Error::message(
            "A picture has 1 to 10000 pixels on each side",
        )),
    }
}

fn wrong(name: &str, value: &str, help: &str) -> Error {
    Error::message(format!(
        "`{name}=\"{value}\"` says nothing of a picture: {help}"
    ))
}

/// The picture that a template names, made as it wishes.
fn made(scope: Scope<'_>, kwargs: &Kwargs, wish: &Wish) -> TeraResult<ImageAsset> {
    let path: &str = kwargs.must_get("path")?;
    let context = scope.context;
    let LinkTarget::File(file) = scope.site().resolve_from_root(path) else {
        return Err(scope.nothing("file", path));
    };
    let places = (context.site, context.snapshot, context.store);
    let made = context.assets.derive(&file, wish, places);
    made.or_else(|| context.assets.images.get(&file).cloned())
        .ok_or_else(|| Error::message(format!("`{path}` is no picture that can be made smaller")))
}

fn url(scope: Scope<'_>, asset: &ImageAsset) -> String {
    scope
        .site()
        .asset_url_from(&asset.fallback.path, scope.route)
}

fn value(scope: Scope<'_>, asset: &ImageAsset, wish: &Wish) -> PictureValue {
    let (width, height) = size_of(asset, wish);
    let set = |files| {
        srcset(files, |file| {
            scope.site().asset_url_from(&file.path, scope.route)
        })
    };
    let own = asset.own_files();
    let others = asset.sets.iter();
    let others = others.filter(|set| Some(set.format) != asset.fallback.format);
    PictureValue {
        url: url(scope, asset),
        srcset: (!own.is_empty()).then(|| set(own)),
        sources: others
            .map(|other| SourceValue {
                r#type: other.format.media_type(),
                srcset: set(&other.files),
            })
            .collect(),
        width,
        height,
        background: asset.placeholder.as_deref().map(background),
    }
}
