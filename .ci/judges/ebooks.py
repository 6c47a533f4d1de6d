#!/usr/bin/env python3
"""ebooks.py FILE.epub...   reads every book as a publisher would before signing it: what EPUB 3.3, EPUB
Accessibility 1.1 and the guides of the shops ask for beyond what EPUBCheck finds. With ACE (the command
line of Ace by DAISY) and PUPPETEER_EXECUTABLE_PATH in the environment, Ace reads it too."""

import json
import os
import posixpath
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
import zipfile
from urllib.parse import unquote

OPF, DC = "{http://www.idpf.org/2007/opf}", "{http://purl.org/dc/elements/1.1/}"
HTML, EPUB = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/ops}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LONGEST = 300_000
faults = []


def need(place, holds, words):
    if not holds:
        faults.append(f"{place}: {words}")


def types(element):
    return (element.get(EPUB + "type") or "").split()


def package(file, archive):
    """The package document: its manifest by id, the documents in reading order, where it lies."""
    entries = archive.infolist()
    first = entries[0]
    stored = first.compress_type == zipfile.ZIP_STORED and not first.extra
    need(file, first.filename == "mimetype" and stored, "`mimetype` is not first and plain")
    need(file, {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}, "times of a clock")
    for entry in entries:
        need(file, re.fullmatch(r"[\w./~-]+", entry.filename, re.ASCII), f"the name {entry.filename}")
    container = xml.fromstring(archive.read("META-INF/container.xml"))
    name = container.find(".//{*}rootfile").get("full-path")
    root = xml.fromstring(archive.read(name))
    manifest = {item.get("id"): item for item in root.find(OPF + "manifest")}
    spine = [manifest[item.get("idref")] for item in root.find(OPF + "spine")]
    metadata(file, root, root.find(OPF + "metadata"))
    return root, manifest, spine, posixpath.dirname(name)


def metadata(file, root, metadata):
    metas = metadata.findall(OPF + "meta")
    properties = {meta.get("property") for meta in metas}
    sorted_names = {meta.get("refines") for meta in metas if meta.get("property") == "file-as"}
    need(file, root.get(LANG) and metadata.find(DC + "language") is not None, "no language")
    identifier = metadata.findtext(DC + "identifier") or ""
    need(file, not re.match("urn:uuid:.{14}4", identifier), "an identifier by chance")
    creators = metadata.findall(DC + "creator")
    need(file, creators, "nobody made it")
    for creator in creators:
        need(file, f"#{creator.get('id')}" in sorted_names, f"no `file-as` for {creator.text}")
    for name in ["description"]:
        need(file, metadata.find(DC + name) is not None, f"no dc:{name}")
    for name in ["Mode", "ModeSufficient"]:
        need(file, f"schema:access{name}" in properties, f"no schema:access{name}")
    for name in ["Feature", "Hazard", "Summary"]:
        need(file, f"schema:accessibility{name}" in properties, f"no schema:accessibility{name}")


def navigation(file, document, order):
    """The navigation document; returns the places that its contents lead to."""
    need(file, document.get("lang") and document.get(LANG), "navigation without a language")
    navs = {nav.get(EPUB + "type"): nav for nav in document.iter(HTML + "nav")}
    need(file, "toc" in navs and navs["toc"].get("role") == "doc-toc", "no contents")
    landmarks = navs.get("landmarks")
    kinds = [] if landmarks is None else [kind for link in landmarks.iter(HTML + "a") for kind in types(link)]
    need(file, {"toc", "bodymatter", "cover"} <= set(kinds), f"the landmarks are {kinds}")
    places = [link.get("href").split("#")[0] for link in navs["toc"].iter(HTML + "a")]
    seen = [order.get(place, -1) for place in places]
    need(file, seen == sorted(seen), "the contents are not in reading order")
    if "page-list" in navs:
        pages = [link.text for link in navs["page-list"].iter(HTML + "a")]
        need(file, len(pages) == len(set(pages)), "a page of paper is listed twice")
    return set(places)


def chapter(place, raw, document):
    need(place, len(raw) <= LONGEST, f"{len(raw)} bytes, which old readers do not open")
    need(place, document.get("lang") and document.get(LANG), "no language")
    title = (document.findtext(f".//{HTML}title") or "").strip()
    need(place, title and not title.endswith("html"), "no title")
    elements = list(document.iter())
    ids = {element.get("id"): element for element in elements if element.get("id")}
    levels = [int(element.tag[-1]) for element in elements if re.fullmatch(r".*}h[1-6]", element.tag)]
    if "cover" not in place:
        need(place, levels[:1] == [1] and levels.count(1) == 1, "not one h1, which is first")
        steps = zip(levels, levels[1:])
        need(place, all(after - before < 2 for before, after in steps), "a level of headings left out")
        need(place, any(types(element) for element in document.iter(HTML + "section")), "no epub:type")
    for element in elements:
        name = element.tag.rsplit("}")[-1]
        if name == "img":
            alt = (element.get("alt") or "").strip()
            need(place, alt or element.get("role") == "presentation", "an image without words")
            need(place, not element.get("src").startswith("http"), "an image from a server")
        if name == "th":
            need(place, element.get("scope"), "a th without a scope")
        if name == "math":
            need(place, element.get("alttext"), "a formula without words")
        need(place, name not in ("script", "form", "iframe"), f"a {name}")
        if "noteref" in types(element):
            target = ids.get((element.get("href") or "").lstrip("#"))
            is_note = target is not None and "footnote" in types(target)
            need(place, is_note and element.get("role") == "doc-noteref", "a reference to no note")
        if "footnote" in types(element):
            links = [link.get("role") for link in element.iter(HTML + "a")]
            need(place, "doc-backlink" in links, "a note without a way back")


def shape(file):
    with zipfile.ZipFile(file) as archive:
        _, manifest, spine, folder = package(file, archive)
        items = manifest.values()
        covers = [item for item in items if "cover-image" in (item.get("properties") or "").split()]
        need(file, covers, "no cover")
        navs = [item for item in items if "nav" in (item.get("properties") or "").split()]
        read = lambda item: archive.read(posixpath.join(folder, unquote(item.get("href"))))
        order = {item.get("href"): at for at, item in enumerate(spine)}
        listed = navigation(file, xml.fromstring(read(navs[0])), order)
        for item in spine:
            place = item.get("href")
            if item is not navs[0]:
                raw = read(item)
                chapter(f"{file}: {place}", raw, xml.fromstring(raw))
                need(file, place in listed or "cover" in place, f"{place} is not in the contents")
    return len(spine)


def ace(file):
    with tempfile.TemporaryDirectory() as out:
        command = ["node", os.environ["ACE"], "--force", "--outdir", out, file]
        # Its home gets settings; the first start of a browser on a busy machine takes long.
        more = {"ACE_TIMEOUT_INITIAL": "120000", "HOME": out}
        done = subprocess.run(command, env=os.environ | more, capture_output=True, text=True)
        try:
            with open(posixpath.join(out, "report.json")) as report:
                found = json.load(report)["assertions"]
        except OSError:
            faults.append(f"{file}: Ace says nothing: {(done.stdout + done.stderr)[-800:]}")
            return
    for page in found:
        for one in page["assertions"]:
            test = one["earl:test"]
            words = str(one["earl:result"].get("dct:description", ""))[:200]
            place = page["earl:testSubject"]["url"]
            faults.append(f"{file}: {place}: {test['earl:impact']} {test['dct:title']}: {words}")


if not sys.argv[1:]:
    sys.exit("there is nothing to judge")
for book in sys.argv[1:]:
    count = shape(book)
    if "ACE" in os.environ:
        ace(book)
    print(f"{book}: {count} documents")
for fault in faults:
    print(fault)
sys.exit(bool(faults))
