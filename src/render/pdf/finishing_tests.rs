//! What finishing adds to a PDF, and what it leaves as it was.

use crate::render::pdf::tests::{Project, is_marked};

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
    let booklet = lopdf::Document::load_mem(pdf.booklet.as_ref().unwrap()).unwrap();
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
    assert!(finished("booklet = false\n", 1).pdf().booklet.is_none());
    let again = finished("booklet = true\n", 5).pdf();
    assert_eq!(pdf.booklet, again.booklet);
}
