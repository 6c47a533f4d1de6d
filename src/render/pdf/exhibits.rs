//! Exhibits: PDF files of the project that are bound behind a document, each after a sheet that bears
//! its letter and title, with a bookmark and a tag of its own.
//!
//! Such a file is of others' making. Its pages are taken as pictures of themselves, with their
//! letters and what is painted of their annotations; its programs, links and metadata stay behind.

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, dictionary, text_string};

use crate::render::pdf::graft::{content, form};
use crate::render::pdf::mark::slip_sheet;
use crate::render::pdf::sheets::{MOST_OF_OWN, Sheet, as_sheet, pages};

/// The most that a stream of an exhibit may hold, in bytes, and how many pages it may have.
const MOST_BYTES: usize = 64 << 20;
const MOST_PAGES: usize = 5_000;

/// The size of paper where a document has none, in points.
const USUAL: [f32; 2] = [595.28, 841.89];

/// What is bound behind a document.
pub(super) struct Exhibit {
    /// What it is called, such as `Exhibit A`.
    pub(super) label: String,
    /// What it is.
    pub(super) title: String,
    /// Its file.
    pub(super) file: Document,
    /// How a page of so many is named to those who cannot see it.
    pub(super) page_of: String,
}

/// Reads a file, or says why it cannot be an exhibit.
pub(super) fn open(bytes: &[u8]) -> Result<Document, String> {
    let options = LoadOptions {
        max_decompressed_size: Some(MOST_BYTES),
        ..LoadOptions::default()
    };
    let read = || Document::load_mem_with_options(bytes, options);
    // What reads such files was made for good ones.
    let document = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    let document = document.map_err(|_| "it cannot be read".to_owned())?;
    let document = document.map_err(|error| format!("it cannot be read: {error}"))?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err("it is protected by a password".to_owned());
    }
    let pages = pages(&document);
    match pages.len() {
        0 => return Err("it has no pages".to_owned()),
        count if count > MOST_PAGES => {
            return Err(format!(
                "it has {count} pages, and {MOST_PAGES} are the most"
            ));
        }
        _ => {}
    }
    for (at, page) in pages.into_iter().enumerate() {
        let sheet = as_sheet(&document, page, MOST_BYTES);
        sheet.map_err(|error| format!("its page {} cannot be read: {error}", at + 1))?;
    }
    Ok(document)
}

/// Binds exhibits behind a document, and says how many pages they are.
pub(super) fn append(
    document: &mut Document,
    exhibits: Vec<Exhibit>,
) -> Result<usize, lopdf::Error> {
    let size = match pages(document).first() {
        Some(first) => as_sheet(document, *first, MOST_OF_OWN).map(|sheet| sheet.size)?,
        None => USUAL,
    };
    let mut binder = Binder::of(document)?;
    for mut exhibit in exhibits {
        let name = match exhibit.title.is_empty() {
            true => exhibit.label.clone(),
            false => format!("{} – {}", exhibit.label, exhibit.title),
        };
        let slip = slip_sheet(&exhibit.label, &exhibit.title, size[0], size[1]);
        let slip = Sheet {
            form: form(&slip, [0.0, 0.0, size[0], size[1]])?,
            size,
        };
        let tag = |tags: &mut Dictionary| tags.set("ActualText", text_string(&name));
        let page = binder.add(document, slip, "H1", &name, tag)?;
        binder.mark(document, &name, page, size[1])?;

        exhibit.file.renumber_objects_with(document.max_id + 1);
        for object in exhibit.file.objects.values_mut() {
            if let Object::Stream(stream) = object {
                // They name places in the tags of the file, which stay behind.
                stream.dict.remove(b"StructParent");
                stream.dict.remove(b"StructParents");
            }
        }
        let pages = pages(&exhibit.file);
        let count = pages.len().to_string();
        let sheets: Vec<Sheet> = pages
            .iter()
            .map(|page| as_sheet(&exhibit.file, *page, MOST_BYTES))
            .collect::<Result<_, _>>()?;
        document.max_id = exhibit.file.max_id;
        document.objects.append(&mut exhibit.file.objects);
        for (at, sheet) in sheets.into_iter().enumerate() {
            let page = (at + 1).to_string();
            let page = exhibit.page_of.replace("{page}", &page);
            let told = format!("{name}, {}", page.replace("{pages}", &count));
            let tag = |tags: &mut Dictionary| tags.set("Alt", text_string(&told));
            binder.add(document, sheet, "Figure", "", tag)?;
        }
    }
    binder.bind(document)
}

/// The places of a document where pages, tags and bookmarks are appended.
struct Binder {
    pages: ObjectId,
    kids: Vec<Object>,
    /// The tag that all others are in, the tree of tags by page, and its next free number.
    tags: Option<(ObjectId, ObjectId, i64)>,
    /// What was put into each of them.
    tagged: Vec<Object>,
    by_page: Vec<(i64, ObjectId)>,
}

impl Binder {
    fn of(document: &mut Document) -> Result<Self, lopdf::Error> {
        let pages = document.catalog()?.get(b"Pages")?.as_reference()?;
        Ok(Self {
            pages,
            kids: Vec::new(),
            tags: tags_of(document),
            tagged: Vec::new(),
            by_page: Vec::new(),
        })
    }

    /// Adds a page with one tag around all of it.
    fn add(
        &mut self,
        document: &mut Document,
        sheet: Sheet,
        role: &str,
        title: &str,
        describe: impl FnOnce(&mut Dictionary),
    ) -> Result<ObjectId, lopdf::Error> {
        let [width, height] = sheet.size;
        let mut form = sheet.form;
        form.compress()?;
        let form = document.add_object(form);
        let drawing = match self.tags {
            Some(_) => format!("/{role} <</MCID 0>> BDC q /TympanSheet Do Q EMC\n"),
            None => "q /TympanSheet Do Q\n".to_owned(),
        };
        let drawing = content(document, &drawing);
        let mut page = dictionary! {
            "Type" => "Page",
            "Parent" => self.pages,
            "MediaBox" => [0.0, 0.0, width, height].map(Object::Real).to_vec(),
            "Resources" => dictionary! { "XObject" => dictionary! { "TympanSheet" => form } },
            "Contents" => drawing,
        };
        let page_id = document.new_object_id();
        if let Some((parent, _, next)) = &mut self.tags {
            page.set("StructParents", *next);
            page.set("Tabs", Object::Name(b"S".to_vec()));
            let mut tag = dictionary! {
                "Type" => "StructElem",
                "S" => role,
                "P" => *parent,
                "Pg" => page_id,
                "K" => 0,
            };
            if !title.is_empty() {
                tag.set("T", text_string(title));
            }
            if role == "Figure" {
                let edges = [0.0, 0.0, width, height].map(Object::Real).to_vec();
                tag.set(
                    "A",
                    dictionary! { "O" => "Layout", "BBox" => edges, "Placement" => "Block" },
                );
            }
            describe(&mut tag);
            let tag = document.add_object(tag);
            let tags = document.add_object(vec![Object::Reference(tag)]);
            self.tagged.push(Object::Reference(tag));
            self.by_page.push((*next, tags));
            *next += 1;
        }
        document.set_object(page_id, page);
        self.kids.push(Object::Reference(page_id));
        Ok(page_id)
    }

    /// Adds a bookmark after all others.
    fn mark(
        &self,
        document: &mut Document,
        title: &str,
        page: ObjectId,
        top: f32,
    ) -> Result<(), lopdf::Error> {
        let known = document.catalog()?.get(b"Outlines");
        let root = if let Ok(root) = known.and_then(Object::as_reference) {
            root
        } else {
            let root = document.add_object(dictionary! { "Type" => "Outlines" });
            document.catalog_mut()?.set("Outlines", root);
            root
        };
        let place = vec![
            Object::Reference(page),
            Object::Name(b"XYZ".to_vec()),
            Object::Integer(0),
            Object::Real(top),
            Object::Null,
        ];
        let mut mark = dictionary! {
            "Title" => text_string(title),
            "Parent" => root,
            "Dest" => place,
        };
        let outlines = document.get_dictionary(root)?;
        let last = outlines.get(b"Last").and_then(Object::as_reference).ok();
        let count = outlines.get(b"Count").and_then(Object::as_i64).unwrap_or(0);
        if let Some(last) = last {
            mark.set("Prev", last);
        }
        let mark = document.add_object(mark);
        if let Some(last) = last {
            let last = document.get_object_mut(last)?.as_dict_mut()?;
            last.set("Next", mark);
        }
        let outlines = document.get_object_mut(root)?.as_dict_mut()?;
        if last.is_none() {
            outlines.set("First", mark);
        }
        outlines.set("Last", mark);
        outlines.set("Count", if count < 0 { count - 1 } else { count + 1 });
        Ok(())
    }

    /// Puts all that was added into the document.
    fn bind(self, document: &mut Document) -> Result<usize, lopdf::Error> {
        let added = self.kids.len();
        if added == 0 {
            return Ok(0);
        }
        let tree = document.get_object_mut(self.pages)?.as_dict_mut()?;
        let count = tree.get(b"Count").and_then(Object::as_i64).unwrap_or(0);
        let mut kids = tree.get(b"Kids")?.as_array()?.clone();
        kids.extend(self.kids);
        tree.set("Kids", kids);
        tree.set(
            "Count",
            count.saturating_add(i64::try_from(added).unwrap_or(0)),
        );
        let Some((parent, by_page, next)) = self.tags else {
            return Ok(added);
        };
        let holder = document.get_object_mut(parent)?.as_dict_mut()?;
        let mut inside = match holder.get(b"K") {
            Ok(Object::Array(inside)) => inside.clone(),
            Ok(one) => vec![one.clone()],
            Err(_) => Vec::new(),
        };
        inside.extend(self.tagged);
        holder.set("K", inside);
        number(document, by_page, &self.by_page)?;
        let root = document.catalog()?.get(b"StructTreeRoot")?.as_reference()?;
        let root = document.get_object_mut(root)?.as_dict_mut()?;
        root.set("ParentTreeNextKey", next);
        Ok(added)
    }
}

/// The outermost tag of a document, its tree of tags by page, and the next number of that tree.
fn tags_of(document: &mut Document) -> Option<(ObjectId, ObjectId, i64)> {
    let root = document.catalog().ok()?.get(b"StructTreeRoot").ok()?;
    let root_id = root.as_reference().ok()?;
    let root = document.get_dictionary(root_id).ok()?;
    let parent = match root.get(b"K").ok()? {
        Object::Array(inside) => inside.first()?.as_reference().ok()?,
        one => one.as_reference().ok()?,
    };
    let by_page = match root.get(b"ParentTree").ok()?.clone() {
        Object::Reference(by_page) => by_page,
        within => {
            // It stands in the root itself; what is appended to needs a place of its own.
            let by_page = document.add_object(within);
            let root = document.get_object_mut(root_id).ok()?.as_dict_mut().ok()?;
            root.set("ParentTree", by_page);
            by_page
        }
    };
    let highest = highest(document, by_page, 0).unwrap_or(-1);
    Some((parent, by_page, highest.checked_add(1)?))
}

/// The highest number in a tree of numbers.
fn highest(document: &Document, node: ObjectId, depth: usize) -> Option<i64> {
    if depth > 16 {
        return None;
    }
    let node = document.get_dictionary(node).ok()?;
    let own = node.get(b"Nums").and_then(Object::as_array).ok();
    let own = own.into_iter().flatten().step_by(2);
    let own = own.filter_map(|number| number.as_i64().ok()).max();
    let kids = node.get(b"Kids").and_then(Object::as_array).ok();
    let kids = kids.into_iter().flatten();
    let kids = kids.filter_map(|kid| highest(document, kid.as_reference().ok()?, depth + 1));
    kids.chain(own).max()
}

/// Adds to a tree of numbers what is higher than all that it has.
fn number(
    document: &mut Document,
    tree: ObjectId,
    added: &[(i64, ObjectId)],
) -> Result<(), lopdf::Error> {
    let pairs = added.iter();
    let pairs = pairs.flat_map(|(number, tags)| [(*number).into(), Object::Reference(*tags)]);
    let pairs: Vec<Object> = pairs.collect();
    let limits = match (added.first(), added.last()) {
        (Some((first, _)), Some((last, _))) => vec![Object::from(*first), Object::from(*last)],
        _ => return Ok(()),
    };
    let has_kids = document.get_dictionary(tree)?.get(b"Kids").is_ok();
    let leaf = document.add_object(dictionary! { "Nums" => pairs.clone(), "Limits" => limits });
    let root = document.get_object_mut(tree)?.as_dict_mut()?;
    if has_kids {
        let mut kids = root.get(b"Kids")?.as_array()?.clone();
        kids.push(Object::Reference(leaf));
        root.set("Kids", kids);
    } else {
        let mut own = root.get(b"Nums")?.as_array()?.clone();
        own.extend(pairs);
        root.set("Nums", own);
        document.objects.remove(&leaf);
    }
    Ok(())
}
