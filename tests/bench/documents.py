#!/usr/bin/env python3
"""Measures documents: CPU seconds, peak memory, bytes and pages, beside rivals that are installed.

    tests/bench/documents.py TYMPAN [--project FOLDER] [--chapters 40] [--formats pdf,epub,docx]

Without a project it writes a book of so many chapters of 5,000 words, of about 600 pages in all, with
headings, lists, tables, code, notes and links. Rivals get the same Markdown as one file: pandoc, and its
HTML through WeasyPrint and headless Chromium. One that is not there is named. Linux only; the memory is
that of the largest process, which says too little of a browser.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generate import WORDS

words = WORDS


def sentence(chance, length=None):
    text = [chance.choice(words) for _ in range(length or chance.randrange(8, 22))]
    if chance.random() < 0.15:
        text[len(text) // 2] = f"*{text[len(text) // 2]}*"
    return " ".join(text).capitalize() + "."


def chapter(number, chapters):
    chance = random.Random(number)
    parts = [f"# {sentence(chance, 4)[:-1]}"]
    for section in range(10):
        parts.append(f"## {sentence(chance, 5)[:-1]}")
        for _ in range(6):
            parts.append(" ".join(sentence(chance) for _ in range(5)))
        other = chance.randrange(chapters)
        parts.append(f"See [another chapter](chapter-{other:03}.md).[^{section}]")
        parts.append("\n".join(f"- {sentence(chance)}" for _ in range(3)))
        if section % 3 == 0:
            rows = "\n".join("| " + " | ".join(chance.choice(words) for _ in range(4)) + " |" for _ in range(8))
            parts.append(f"| a | b | c | d |\n|---|---|---|--:|\n{rows}")
        if section % 3 == 1:
            code = "\n".join(f"    let {chance.choice(words)}_{at} = {at};" for at in range(8))
            parts.append(f"```rust\nfn main() {{\n{code}\n}}\n```")
        parts.append(f"[^{section}]: {sentence(chance)}")
    return "\n\n".join(parts) + "\n"


def write_book(folder, chapters):
    source = folder / "src"
    source.mkdir(parents=True)
    (folder / "tympan.toml").write_text(
        '[project]\nkind = "book"\ntitle = "Bench"\ncontent = "src"\n'
        '[[documents]]\nname = "bench"\nsource = "SUMMARY.md"\nformats = ["pdf", "epub", "docx"]\n'
    )
    summary = ["# Summary\n"]
    for number in range(chapters):
        text = chapter(number, chapters)
        (source / f"chapter-{number:03}.md").write_text(text)
        summary.append(f"- [{text.splitlines()[0][2:]}](chapter-{number:03}.md)")
    (source / "SUMMARY.md").write_text("\n".join(summary) + "\n")
    git = ["git", "-C", str(folder), "-c", "user.name=b", "-c", "user.email=b@b.example"]
    date = {**os.environ, "GIT_AUTHOR_DATE": "2026-01-01T00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00Z"}
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "b"]):
        subprocess.run(git + command, check=True, env=date)


def measured(name, command, output):
    if shutil.which(command[0]) is None:
        print(f"{name:34} is not installed")
        return
    began = time.time()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    found = sorted(output[0].glob(output[1]), key=lambda path: path.stat().st_size)
    if not found:
        print(f"{name:34} made nothing: {error.decode()[-200:]!r} ({status})")
        return
    pages = ""
    if found[-1].suffix == ".pdf":
        told = subprocess.run(["pdfinfo", str(found[-1])], capture_output=True, text=True).stdout
        pages = re.search(r"Pages:\s+(\d+)", told).group(1)
    print(
        f"{name:34} {usage.ru_utime + usage.ru_stime:7.1f} CPU s {time.time() - began:7.1f} s"
        f" {usage.ru_maxrss / 1024:7.0f} MB {found[-1].stat().st_size / 1e6:7.2f} MB file {pages:>5} pages",
        flush=True,
    )


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tympan")
    arguments.add_argument("--project", type=Path)
    arguments.add_argument("--chapters", type=int, default=40)
    arguments.add_argument("--formats", default="pdf,epub,docx")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        project = asked.project or scratch / "book"
        if not asked.project:
            write_book(project, asked.chapters)
        for kind in asked.formats.split(","):
            shutil.rmtree(project / ".tympan", ignore_errors=True)
            out = scratch / f"out-{kind}"
            build = [asked.tympan, "-C", str(project), "build", "--no-check", "--only", kind, "--out", str(out)]
            measured(f"tympan {kind}", build, (out, f"*.{kind}"))
        source = next(path for path in (project / "src", project / "content", project) if path.is_dir())
        order = re.findall(r"\]\(([^)]+\.md)\)", (source / "SUMMARY.md").read_text())
        whole = scratch / "whole.md"
        texts = [source / name for name in dict.fromkeys(order)]
        whole.write_text("\n\n".join(path.read_text() for path in texts if path.is_file()))
        html = scratch / "whole.html"
        pandoc = ["pandoc", str(whole), "-f", "gfm+footnotes", "-s", "--toc", "--metadata", "title=Bench"]
        for kind in ("epub", "docx", "html"):
            measured(f"pandoc {kind}", pandoc + ["-o", str(scratch / f"whole.{kind}")], (scratch, f"whole.{kind}"))
        paper = scratch / "weasy.pdf"
        measured("pandoc HTML, WeasyPrint", ["weasyprint", "--pdf-tags", str(html), str(paper)], (scratch, "weasy.pdf"))
        paper = scratch / "chromium.pdf"
        browser = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={paper}", f"file://{html}"]
        measured("pandoc HTML, Chromium", browser, (scratch, "chromium.pdf"))
        for absent in ("typst", "xelatex", "mdbook-epub"):
            if shutil.which(absent) is None:
                print(f"{absent:34} is not installed")


sys.exit(main())
