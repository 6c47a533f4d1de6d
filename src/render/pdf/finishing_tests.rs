//! What finishing adds to a PDF, and what it leaves as it was.

use std::fs;

use lopdf::{Document, Object, Stream, dictionary};

use crate::render::pdf::tests::{Project, codes, is_marked};

/// A project with one chapter of some pages, finished as asked.
fn finished(finishing: &str, count: usize) -> Project {
    let config =
        format!("[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n[pdf]\n{finishing}");
    let long = "## S\n\nwords of it\n\n".repeat(count * 20);
    Project::new(&config, &[("src/a.md", &format!("# T\n\n{long}"))])
}

#[test]
fn every_page_has_its_number_and_its_stamp() {
    let project = finished(
        "stamp = \"SECRET\"\nbates = { prefix = \"A-\", start = 9 }\n",
        3,
    );
    let plain = finished("", 3).pdf();
    let pdf = project.pdf();
    assert!(is_marked(&pdf));
    assert_eq!((pdf.pages, pdf.standards.len()), (plain.pages, 2));
    let document = lopdf::Document::load_mem(&pdf.bytes).unwrap();
    for (at, page) in document.get_pages().into_values().enumerate() {
        let content = String::from_utf8_lossy(&document.get_page_content(page)).into_owned();
        let number: String = content
            .lines()
            .filter_map(|line| line.split("/TympanLetter").nth(1)?.split(' ').next())
            .map(|code| char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap())
            .collect();
        assert_eq!(number, format!("A-{:06}", at + 9));
    }
}

#[test]
fn a_booklet_holds_the_pages_on_half_as_many_sides() {
    let pdf = finished("booklet = true\n", 5).pdf();
    let booklet = lopdf::Document::load_mem(&pdf.beside[0].1).unwrap();
    let sides = booklet.get_pages();
    assert_eq!(sides.len(), pdf.pages.div_ceil(4) * 2);
    let catalog = booklet.catalog().unwrap();
    assert!(catalog.get(b"StructTreeRoot").is_err() && catalog.get(b"Metadata").is_err());
    let width = |page| {
        booklet
            .get_dictionary(page)
            .unwrap()
            .get(b"MediaBox")
            .unwrap()
            .as_array()
            .unwrap()[2]
            .as_float()
            .unwrap()
    };
    assert!(
        sides
            .values()
            .all(|page| (width(*page) - 2.0 * 595.28).abs() < 0.1)
    );
    assert!(finished("booklet = false\n", 1).pdf().beside.is_empty());
    let again = finished("booklet = true\n", 5).pdf();
    assert_eq!(pdf.beside, again.beside);
}

/// A file of two pages that share the size of the table above them; the second lies on its side, and
/// a filled form is painted on it.
fn plan() -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let stamp = document.add_object(Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 10.into(), 10.into()] },
        b"0 0 10 10 re f".to_vec(),
    ));
    let filled = dictionary! {
        "Type" => "Annot",
        "Subtype" => "Widget",
        "Rect" => vec![20.into(), 20.into(), 60.into(), 40.into()],
        "AP" => dictionary! { "N" => stamp },
        "A" => dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") },
    };
    let mut kids = Vec::new();
    for (turn, notes) in [(0, vec![]), (90, vec![Object::Dictionary(filled)])] {
        let content = document.add_object(Stream::new(
            lopdf::Dictionary::new(),
            b"10 10 m 200 300 l S".to_vec(),
        ));
        kids.push(Object::Reference(document.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => tree,
            "Rotate" => turn,
            "Contents" => content,
            "Annots" => notes,
        })));
    }
    document.set_object(
        tree,
        dictionary! {
            "Type" => "Pages",
            "Kids" => kids,
            "Count" => 2,
            "MediaBox" => vec![0.into(), 0.into(), 300.into(), 500.into()],
        },
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn with_plan(finishing: &str) -> Project {
    let project = finished(finishing, 2);
    fs::write(project.root().join("floor-plan.pdf"), plan()).unwrap();
    project
}

fn size(document: &Document, page: lopdf::ObjectId) -> [i64; 2] {
    let page = document.get_dictionary(page).unwrap();
    let corners = page.get(b"MediaBox").unwrap().as_array().unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "sizes in points")]
    [&corners[2], &corners[3]].map(|side| side.as_float().unwrap().round() as i64)
}

#[test]
fn exhibits_are_bound_behind_a_sheet_with_a_bookmark_and_a_tag() {
    let plain = finished("", 2).pdf();
    let project = with_plan("exhibits = [\"floor-plan.pdf\"]\nbates = {}\n");
    let pdf = project.pdf();
    assert_eq!(codes(&pdf), [""; 0]);
    assert_eq!(pdf.pages, plain.pages + 3);
    assert!(pdf.standards.is_empty());
    let document = Document::load_mem(&pdf.bytes).unwrap();
    let pages: Vec<lopdf::ObjectId> = document.get_pages().into_values().collect();
    assert_eq!(pages.len(), pdf.pages);
    let sizes: Vec<[i64; 2]> = pages[plain.pages..]
        .iter()
        .map(|page| size(&document, *page))
        .collect();
    assert_eq!(sizes[1..], [[300, 500], [500, 300]]);
    assert_eq!(sizes[0], size(&document, pages[0]));
    // Every page has its number, and no program of the file came along.
    for page in &pages {
        let content = document.get_page_content(*page);
        assert!(content.windows(13).any(|part| part == b"/TympanLetter"));
    }
    let all = format!("{:?}", document.objects);
    assert!(!all.contains("JavaScript"));
    let outlines = document.catalog().unwrap().get(b"Outlines").unwrap();
    let outlines = document
        .get_dictionary(outlines.as_reference().unwrap())
        .unwrap();
    let last = outlines.get(b"Last").unwrap().as_reference().unwrap();
    let last = document.get_dictionary(last).unwrap();
    let title = lopdf::decode_text_string(last.get(b"Title").unwrap()).unwrap();
    assert_eq!(title, "Exhibit A – Floor plan");
    let told: Vec<String> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok()?.get(b"Alt").ok())
        .map(|told| lopdf::decode_text_string(told).unwrap())
        .collect();
    let told_of = |page: u32| format!("Exhibit A – Floor plan, Page {page} of 2");
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|told| {
        let told = told.to_lowercase();
        [1, 2]
            .iter()
            .any(|page| told == told_of(*page).to_lowercase())
    }));
    assert_eq!(
        pdf.bytes,
        with_plan("exhibits = [\"floor-plan.pdf\"]\nbates = {}\n")
            .pdf()
            .bytes
    );
}

#[test]
fn what_cannot_be_bound_is_told_and_left_out() {
    let project = finished("exhibits = [\"none.pdf\", \"broken.pdf\"]\n", 1);
    project.write("broken.pdf", "%PDF-1.7\nno more of it");
    let pdf = project.pdf();
    assert_eq!(codes(&pdf), ["pdf-exhibit", "pdf-exhibit"]);
    assert_eq!(pdf.pages, finished("", 1).pdf().pages);
}

#[test]
fn a_contact_sheet_holds_the_pages_in_rows() {
    let pdf = finished("contact_sheet = 2\nsource_mark = true\n", 5).pdf();
    let (path, sheet) = &pdf.beside[0];
    assert_eq!(path.as_str(), "t-contact-sheet.pdf");
    let sheet = Document::load_mem(sheet).unwrap();
    assert_eq!(sheet.get_pages().len(), pdf.pages.div_ceil(4));
    let first = sheet.get_pages().into_values().next().unwrap();
    let content = String::from_utf8_lossy(&sheet.get_page_content(first)).into_owned();
    assert_eq!(content.matches("/Page").count(), 4);
    // The mark of the commit is on every page: `4be12ab7a0  2026-03-02`.
    let document = Document::load_mem(&pdf.bytes).unwrap();
    for page in document.get_pages().into_values() {
        let content = String::from_utf8_lossy(&document.get_page_content(page)).into_owned();
        assert_eq!(content.matches("/TympanLetter").count(), 22);
    }
}
