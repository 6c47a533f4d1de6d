#!/usr/bin/env python3
"""pdf.py FILE.pdf...: holds PDFs to PDF/UA-1 and PDF/A-2a (both must be claimed), and reads them as a
person would: every font is within the file, every link lands, the bookmarks are the headings, and the
words of the e-book of the same name, where there is one, stand in it in their order."""
import difflib
import pathlib
import re
import subprocess
import sys
import unicodedata
import zipfile
from xml.etree import ElementTree

import page
import pikepdf

PROFILES = {"a2a": "2a", "ua1": "ua1"}
# A word may be divided at the end of a line, or set as a picture; more than this is lost text.
LOST = 0.005


def conforms(path):
    for name, profile in PROFILES.items():
        result = page.validate_pdf(str(path), profile=profile)
        if not result.is_compliant:
            for failure in result.failures:
                yield f"{name}: {failure.rule_id}: {failure.message}"


def fonts(pdf):
    things = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary)]
    # Such a font, of colored emoji, is made of drawings.
    drawn = [thing.get("/FontDescriptor") for thing in things if thing.get("/Subtype") == "/Type3"]
    for thing in things:
        if thing.get("/Type") == "/FontDescriptor" and thing not in drawn:
            if not any(key in thing for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield f"the font {thing.get('/FontName')} is not in the file"


def names(node, found):
    pairs = node.get("/Names", [])
    for at in range(0, len(pairs), 2):
        found[str(pairs[at])] = pairs[at + 1]
    for kid in node.get("/Kids", []):
        names(kid, found)
    return found


def lands(target, pages, known):
    if isinstance(target, (pikepdf.String, pikepdf.Name)):
        target = known.get(str(target).lstrip("/"))
    if isinstance(target, pikepdf.Dictionary):
        target = target.get("/D")
    return isinstance(target, pikepdf.Array) and target[0].objgen in pages


def links(pdf):
    pages = {page.obj.objgen for page in pdf.pages}
    tree = pdf.Root.get("/Names", {}).get("/Dests")
    known = names(tree, {}) if tree is not None else {}
    for number, sheet in enumerate(pdf.pages, 1):
        for link in sheet.obj.get("/Annots", []):
            action = link.get("/A", {})
            target = link.get("/Dest") or (action.get("/D") if action.get("/S") == "/GoTo" else None)
            if target is not None and not lands(target, pages, known):
                yield f"a link of page {number} leads nowhere: {target}"


def headings(pdf):
    found, rest = [], [pdf.Root.StructTreeRoot]
    while rest:
        node = rest.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        if re.fullmatch("/H[1-9]?", str(node.get("/S", ""))):
            found.append(str(node.get("/T", "")))
        kids = node.get("/K", [])
        rest.extend(reversed(list(kids) if isinstance(kids, pikepdf.Array) else [kids]))
    return found


def bookmarks(pdf):
    found = []

    def walk(items):
        for item in items:
            found.append(str(item.title))
            walk(item.children)

    with pdf.open_outline() as outline:
        walk(outline.root)
    tagged = headings(pdf)
    bare = lambda title: re.sub(r"\W|^[\dIVXA-Z.]+ ", "", title).lower()
    marks = iter([bare(title) for title in tagged])
    for title in found:
        if not any(bare(title).endswith(mark) and mark for mark in marks):
            yield f"the bookmark “{title}” is no heading, or stands in another order"
            return
    if len(found) < len(tagged) - 3:
        yield f"{len(tagged)} headings, and {len(found)} bookmarks"


def plain(text):
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "")
    return re.findall(r"\w+", re.sub(r"-\n\s*", "", text))


def paragraphs(node):
    kind = node.get("{http://www.idpf.org/2007/ops}type", "")
    # What stands elsewhere on paper, or is worded otherwise.
    if re.search("note|titlepage|imprint|copyright|colophon|cover|toc|loi|lot|index", kind):
        return
    if node.tag == "{http://www.w3.org/1999/xhtml}p":
        yield node
    else:
        for child in node:
            yield from paragraphs(child)


def words(path):
    book = path.with_suffix(".epub")
    if not book.exists():
        return
    with zipfile.ZipFile(book) as archive:
        opf = next(name for name in archive.namelist() if name.endswith(".opf"))
        root = ElementTree.fromstring(archive.read(opf))
        space = "{http://www.idpf.org/2007/opf}"
        files = {item.get("id"): item.get("href") for item in root.iter(f"{space}item")}
        spine = [files[item.get("idref")] for item in root.iter(f"{space}itemref")]
        source = []
        for name in spine:
            body = ElementTree.fromstring(archive.read(str(pathlib.PurePosixPath(opf).parent / name)))
            for paragraph in paragraphs(body):
                # Formulas are no words.
                if not any(paragraph.iter("{http://www.w3.org/1998/Math/MathML}math")):
                    source += plain("".join(paragraph.itertext()))
    text = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
    printed = plain(text)
    match = difflib.SequenceMatcher(None, source, printed, autojunk=False)
    lost = [source[a:b] for kind, a, b, _, _ in match.get_opcodes() if kind in ("delete", "replace")]
    count = sum(map(len, lost))
    print(f"  {len(source)} words of the e-book, {count} not in their place")
    if count > len(source) * LOST:
        longest = sorted(lost, key=len)[-3:]
        yield f"{count} of {len(source)} words are not where they stand in the e-book, such as {longest}"


failed = 0
if not sys.argv[1:]:
    sys.exit("there is nothing to judge")
for path in map(pathlib.Path, sys.argv[1:]):
    print(path)
    pdf = pikepdf.open(path)
    for check in (conforms(path), fonts(pdf), links(pdf), bookmarks(pdf), words(path)):
        for fault in check:
            print(f"  {fault}")
            failed += 1
sys.exit(failed > 0)
