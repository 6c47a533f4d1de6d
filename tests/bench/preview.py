#!/usr/bin/env python3
"""Measures a preview from outside: how soon it answers, how soon an edit is there, what it costs.

    tests/bench/preview.py FOLDER PORT COMMAND...

FOLDER is one of the projects that `generate.py` writes; COMMAND serves it on PORT, such as
`tympan -C FOLDER serve --port PORT` or `hugo server -s FOLDER -p PORT`. Linux only.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from statistics import median

EDITS = 10

folder, port, command = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]


def get(path):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=120).read()


def milliseconds(since):
    return (time.time() - since) * 1000


began = time.time()
server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def cpu():
    fields = Path(f"/proc/{server.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def memory():
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


while True:
    try:
        get("/")
        break
    except OSError:
        time.sleep(0.002)
print(f"first byte of the home page  {milliseconds(began):8.0f} ms after the start")

pages = sorted(path for path in (folder / "content").rglob("*.md") if "index" not in path.name)
source = pages[len(pages) // 2]
route = "/" + str(source.relative_to(folder / "content"))[: -len(".md")] + "/"
asked = time.time()
get(route)
print(f"a deep page                  {milliseconds(asked):8.0f} ms, {milliseconds(began):.0f} after the start")
time.sleep(5)
print(f"CPU of the start             {cpu():8.0f} ms")

told = []


def listen():
    try:
        for line in urllib.request.urlopen(f"http://127.0.0.1:{port}/__tympan/events"):
            if line.startswith(b"data"):
                told.append(time.time())
    except OSError:
        pass


threading.Thread(target=listen, daemon=True).start()
time.sleep(0.5)
text = source.read_text()
served, messages = [], []
for number in range(EDITS):
    told.clear()
    mark = f"marker{number}x"
    source.write_text(f"{text}\n\nOne more line {mark}.\n")
    written = time.time()
    while mark.encode() not in get(route):
        time.sleep(0.002)
    served.append(milliseconds(written))
    time.sleep(1)
    messages += [(told[0] - written) * 1000] if told else []
print(f"edit to served text          {median(served):8.1f} ms, {min(served):.1f} to {max(served):.1f}")
if messages:
    print(f"edit to message              {median(messages):8.1f} ms")
before = cpu()
for number in range(EDITS):
    source.write_text(f"{text}\n\nQuiet line {number}.\n")
    time.sleep(1)
print(f"CPU of an edit, nobody looks {(cpu() - before) / EDITS:8.1f} ms")
print(f"memory                       {memory():8.0f} MB")
source.write_text(text)
server.send_signal(signal.SIGINT)
server.wait()
