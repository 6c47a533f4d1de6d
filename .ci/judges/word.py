#!/usr/bin/env python3
"""Judges Word files: each is a sound package, LibreOffice opens it, and the text that LibreOffice reads
is that of the source, word for word and in order, as the e-book or the pages of the same document have
it. Usage: word.py SOFFICE (FILE.docx (FILE.epub | FILE.html)... --)..."""

import collections
import html.parser
import posixpath
import re
import subprocess
import sys
import tempfile
import zipfile
import xml.etree.ElementTree as tree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPE = "{http://schemas.openxmlformats.org/package/2006/content-types}"


def package(path):
    """The faults of a package: parts that are not XML, lead nowhere or have no type."""
    faults = []
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        types = tree.fromstring(archive.read("[Content_Types].xml"))
        defaults = {one.get("Extension") for one in types.iter(TYPE + "Default")}
        overrides = {one.get("PartName") for one in types.iter(TYPE + "Override")}
        faults += [f"{name} has a type and is not there" for name in overrides if name[1:] not in names]
        for name in sorted(names):
            if name != "[Content_Types].xml" and "/" + name not in overrides and name.rsplit(".", 1)[-1] not in defaults:
                faults.append(f"{name} has no type")
            if name.endswith((".xml", ".rels")):
                root = tree.fromstring(archive.read(name))
            if name.endswith(".rels"):
                base = posixpath.dirname(posixpath.dirname(name))
                for one in root.iter(REL + "Relationship"):
                    target = posixpath.normpath(posixpath.join(base, one.get("Target")))
                    if one.get("TargetMode") != "External" and target not in names:
                        faults.append(f"{name} leads to {target}, which is not there")
        text = tree.fromstring(archive.read("word/document.xml"))
        notes = tree.fromstring(archive.read("word/footnotes.xml"))
        marks = [one.get(W + "name") for root in (text, notes) for one in root.iter(W + "bookmarkStart")]
        faults += [f"two bookmarks {name}" for name in sorted(set(marks)) if marks.count(name) > 1]
        faults += [f"the bookmark {name} is too long" for name in marks if len(name) > 40]
        for name, root in (("the text", text), ("the notes", notes)):
            faults += [f"{fault} in {name}" for fault in part(root, set(marks))]
    return faults


def part(root, marks):
    """The faults of a part with text: what leads to no bookmark, fields that do not end, cells, pictures."""
    faults = []
    anchors = {one.get(W + "anchor") for one in root.iter(W + "hyperlink")} - {None}
    faults += [f"a link leads to {name}, which is not there" for name in sorted(anchors - marks)]
    for one in root.iter(W + "instrText"):
        field = (one.text or "").split()
        if field and field[0] in ("REF", "PAGEREF", "NOTEREF") and field[1] not in marks:
            faults.append(f"a field names {field[1]}, which is not there")
    opened = 0
    for one in root.iter(W + "fldChar"):
        opened += {"begin": 1, "end": -1}.get(one.get(W + "fldCharType"), 0)
        if opened < 0:
            faults.append("a field ends that has not begun")
            opened = 0
    if opened:
        faults.append(f"{opened} fields do not end")
    for cell in root.iter(W + "tc"):
        if len(cell) == 0 or cell[-1].tag != W + "p":
            faults.append("a cell does not end in a paragraph")
    for drawing in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"):
        if not drawing.get("descr") and len(drawing) == 0:
            faults.append(f"{drawing.get('name')} has no words and is no decoration")
    return faults


class Text(html.parser.HTMLParser):
    """The text of a page, without what the page adds to it."""

    SKIPPED = {"script", "style", "head", "nav", "math", "svg", "button", "template", "aside"}
    VOID = {"br", "img", "hr", "meta", "link", "input", "wbr", "source", "col"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.skipped = 0
        self.noted = 0
        # Whether the number of a note is being read, which Word counts by itself.
        self.counted = False
        self.words = []
        self.notes = []

    def handle_starttag(self, name, attributes):
        if name in self.VOID:
            self.words.append(" ")
            return
        attributes = dict(attributes)
        role = attributes.get("role") or ""
        kinds = (attributes.get("class") or "").split()
        hidden = role in ("doc-endnotes", "doc-noteref", "doc-footnote", "doc-backlink", "img") or "hidden" in attributes
        if self.noted or role in ("doc-footnote", "doc-endnotes"):
            self.noted += 1
            self.notes.append(" ")
        self.counted = self.noted and "number" in kinds
        if self.skipped or (name in self.SKIPPED and "admonition" not in kinds) or hidden:
            self.skipped += 1
        elif name not in ("span", "b", "i", "em", "strong", "code", "a", "sub", "sup", "mark", "kbd", "del", "ins", "s", "abbr", "cite"):
            self.words.append(" ")

    def handle_endtag(self, name):
        if name in self.VOID:
            return
        if self.noted:
            self.noted -= 1
            self.counted = False
            self.notes.append(" ")
        if self.skipped:
            self.skipped -= 1
        elif name not in ("span", "b", "i", "em", "strong", "code", "a", "sub", "sup", "mark", "kbd", "del", "ins", "s", "abbr", "cite"):
            self.words.append(" ")

    def handle_data(self, data):
        if not self.skipped:
            self.words.append(data)
        elif self.noted and not self.counted:
            self.notes.append(data)


def words(text):
    """What can be compared: letters and digits, without the signs between them."""
    return re.findall(r"[^\W_]+", text)


def source(paths):
    """The words of the e-book's chapters, or of pages."""
    found, notes = [], []
    for path in paths:
        texts = []
        if path.endswith(".epub"):
            with zipfile.ZipFile(path) as archive:
                opf = next(name for name in archive.namelist() if name.endswith(".opf"))
                root = tree.fromstring(archive.read(opf))
                space = {"o": "http://www.idpf.org/2007/opf"}
                items = {one.get("id"): one.get("href") for one in root.iterfind(".//o:item", space)}
                spine = [items[one.get("idref")] for one in root.iterfind(".//o:itemref", space)]
                base = posixpath.dirname(opf)
                for name in spine:
                    if re.search(r"(cover|title|nav|imprint|colophon)[^/]*$", name):
                        continue
                    texts.append(archive.read(posixpath.join(base, name)).decode())
        else:
            text = open(path, encoding="utf-8").read()
            texts.append(text[text.find("<main"):text.find("</main>")])
        for text in texts:
            reader = Text()
            reader.feed(text)
            found += words("".join(reader.words))
            notes += words("".join(reader.notes))
    return found, notes


def read(soffice, path):
    """The words that LibreOffice reads, without the contents that it lists."""
    with tempfile.TemporaryDirectory() as folder:
        command = [soffice, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to"]
        subprocess.run([*command, "txt:Text (encoded):UTF8", "--outdir", folder, path], check=True, capture_output=True, timeout=300)
        name = posixpath.basename(path)[: -len(".docx")]
        return open(f"{folder}/{name}.txt", encoding="utf-8-sig").read()


def footnotes(path):
    """The words of the footnotes, which LibreOffice leaves out of a plain text."""
    with zipfile.ZipFile(path) as archive:
        root = tree.fromstring(archive.read("word/footnotes.xml"))
    return words(" ".join(one.text or "" for one in root.iter(W + "t")))


def difference(expected, found):
    """The words of the one that do not stand in the other at their place."""
    with tempfile.TemporaryDirectory() as folder:
        for name, all_words in (("a", expected), ("b", found)):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write("\n".join(all_words) + "\n")
        run = subprocess.run(["diff", "--minimal", f"{folder}/a", f"{folder}/b"], capture_output=True, text=True)
    lines = run.stdout.splitlines()
    return [line[2:] for line in lines if line.startswith("<")], [line[2:] for line in lines if line.startswith(">")]


def main():
    soffice, *rest = sys.argv[1:]
    failed = False
    jobs, job = [], []
    for word in rest:
        if word == "--":
            jobs.append(job)
            job = []
        else:
            job.append(word)
    jobs += [job] if job else []
    if not jobs:
        sys.exit("no Word file to judge")
    for path, *sources in jobs:
        faults = package(path)
        text = read(soffice, path)
        expected, notes = source(sources)
        lost, other = difference(expected, words(text))
        # The number of a note stands right behind the word that it belongs to.
        for word in other:
            known = next((one for one in lost if word.startswith(one) and word[len(one):].isdigit()), None)
            if known:
                lost.remove(known)
        lost += list((collections.Counter(notes) - collections.Counter(footnotes(path))).elements())
        if not expected:
            faults.append("the source has no words")
        if lost:
            faults.append(f"{len(lost)} of {len(expected)} words are lost: {' '.join(lost[:40])}")
        for fault in faults:
            print(f"{path}: {fault}")
        print(f"{path}: {len(expected)} words of the source and {len(notes)} of its notes, {len(lost)} lost")
        failed = failed or bool(faults)
    sys.exit(failed)


main()
