#!/usr/bin/env python3
"""Measures whole runs of `check`: CPU time a megabyte cold and warm, memory, one changed file.

    tests/bench/checks.py BINARY FOLDER...

Each folder is copied and committed to a repository of its own. It is checked cold with one, two and
four threads, then warm; then one page is edited and staged, and what is staged is checked. A
megabyte is one of Markdown, front matter and code included. Findings are counted by rule for each
10,000 words of the files. Linux only.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

binary = Path(sys.argv[1]).resolve()


def run(folder, *arguments, threads=None):
    """Seconds on the clock and of the processor, peak megabytes, and what was printed."""
    environment = dict(os.environ)
    if threads:
        environment["RAYON_NUM_THREADS"] = str(threads)
    began = time.time()
    with tempfile.TemporaryFile() as output:
        command = [binary, "-C", folder, "check", "--format", "json", "--quiet", *arguments]
        child = subprocess.Popen(command, stdout=output, env=environment)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.time() - began
        code = os.waitstatus_to_exitcode(status)
        if code > 1:
            sys.exit(f"{folder}: ended with {code}")
        output.seek(0)
        report = json.load(output)
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, report


def git(folder, *arguments):
    identity = ["-c", "user.name=Bench", "-c", "user.email=bench@bench.example"]
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


for source in map(Path, sys.argv[2:]):
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "project"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".git", ".tympan", "dist"))
        (folder / ".gitignore").write_text("/dist/\n")
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "Begin")
        pages = sorted(folder.rglob("*.md"), key=lambda path: path.stat().st_size)
        megabytes = sum(path.stat().st_size for path in pages) / 1e6
        print(f"\n{source.name}: {len(pages)} files, {megabytes:.2f} MB")
        for threads in (1, 2, 4):
            shutil.rmtree(folder / ".tympan", ignore_errors=True)
            wall, cpu, memory, report = run(folder, threads=threads)
            print(f"  cold, {threads} threads  {wall:7.2f} s  {cpu / megabytes:7.3f} CPU s/MB  {memory:5.0f} MB")
        wall, warm, memory, _ = min(run(folder) for _ in range(3))
        print(f"  warm             {wall:7.2f} s  {warm / megabytes:7.3f} CPU s/MB  {memory:5.0f} MB  ({cpu / warm:.0f} times less)")
        changed = pages[len(pages) // 2]
        changed.write_text(changed.read_text(encoding="utf-8") + "\nOne more sentence stands at the end of it.\n")
        git(folder, "add", "-A")
        wall, cpu, memory, _ = run(folder, "--staged")
        print(f"  one file staged  {wall:7.2f} s  {cpu:7.3f} CPU s  {memory:5.0f} MB")
        words = sum(len(path.read_text(encoding="utf-8", errors="replace").split()) for path in pages)
        counts = Counter(found["code"] for found in report["diagnostics"])
        for code, count in counts.most_common():
            print(f"    {code:28} {count:5}  {count / words * 1e4:6.2f} for each 10,000 words")
