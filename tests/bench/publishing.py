#!/usr/bin/env python3
"""Figures of publishing: requests, bytes and seconds, counted between the program and the server.

    tests/bench/publishing.py target/release/tympan [PAGES]

Makes a site of so many files, publishes it to moto (S3) through a proxy that counts requests by kind,
changes one page, publishes again, and asks for the status; then the same to a folder. Needs moto, which
`tests/servers/install moto` gets.
"""

import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

TYMPAN = str(pathlib.Path(sys.argv[1]).resolve())
FILES = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
TOOLS = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"), "tympan-servers")


class Counter(http.server.BaseHTTPRequestHandler):
    """Passes requests on and counts them by what they are for."""

    protocol_version = "HTTP/1.1"
    port = 0
    counts: dict = {}
    lock = threading.Lock()

    def handle_one(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        server = http.client.HTTPConnection("127.0.0.1", Counter.port, timeout=120)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
        server.request(self.command, self.path, body, headers)
        answer = server.getresponse()
        told = answer.read()
        path = urllib.parse.unquote(urllib.parse.urlparse(self.path).path)
        kind = self.command
        if "list-type" in self.path:
            kind = "LIST"
        elif "/.tympan/" in path:
            kind += " state"
        with Counter.lock:
            count = Counter.counts.setdefault(kind, [0, 0, 0])
            count[0] += 1
            count[1] += length
            count[2] += len(told)
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in ("connection", "transfer-encoding", "content-length", "server", "date"):
                self.send_header(key, value)
        size = answer.getheader("content-length") if self.command == "HEAD" else len(told)
        self.send_header("content-length", str(size or 0))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(told)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def run(site, *arguments):
    environment = dict(
        os.environ,
        AWS_ACCESS_KEY_ID="key",
        AWS_SECRET_ACCESS_KEY="secret",
        AWS_EC2_METADATA_DISABLED="true",
    )
    began = time.monotonic()
    done = subprocess.run([TYMPAN, "-C", site, *arguments], env=environment, capture_output=True, text=True)
    took = time.monotonic() - began
    if done.returncode != 0:
        sys.exit(f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return took, done.stdout.strip() or done.stderr.strip()


def tell(what, took):
    print(f"\n{what}: {took:.1f} s")
    for kind, (count, sent, got) in sorted(Counter.counts.items()):
        print(f"  {kind:14} {count:6}   sent {sent:>12,} B   got {got:>12,} B")
    total = sum(count for count, _, _ in Counter.counts.values())
    print(f"  {'all':14} {total:6}")
    Counter.counts.clear()


def git(site, *arguments):
    subprocess.run(["git", "-C", site, "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True, capture_output=True)


def make_site(site, url):
    """A few pages, and static files for the rest: they are what publishing sees."""
    (site / "content").mkdir(parents=True)
    (site / "environments").mkdir()
    (site / "tympan.toml").write_text(
        '[project]\ntitle = "Bench"\n'
        f'[targets.s3]\ntype = "s3"\nbucket = "bench-bucket"\nprefix = "docs"\nregion = "us-east-1"\nendpoint = "{url}"\n'
        '[targets.folder]\ntype = "directory"\npath = "public"\n'
    )
    (site / "environments/bucket.toml").write_text('targets = ["s3"]\n')
    (site / "environments/local.toml").write_text('targets = ["folder"]\n')
    (site / ".gitignore").write_text("/public/\n/.tympan/\n/dist/\n")
    for at in range(FILES):
        folder = site / f"theme/static/f{at // 1000}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{at}.txt").write_text(f"file {at}\n" * 20)
    (site / "content/index.md").write_text("# Bench\n\nA page.\n")
    git(site, "init", "-q", "-b", "main")
    git(site, "add", "-A")
    git(site, "commit", "-qm", "First")


def change(site, text):
    (site / "content/index.md").write_text(f"# Bench\n\n{text}\n")
    git(site, "commit", "-qam", text)


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    moto_port = Counter.port = free_port()
    moto = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(moto_port)],
        env=dict(os.environ, PYTHONPATH=str(TOOLS / "moto")),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        proxy = Server(("127.0.0.1", 0), Counter)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{proxy.server_address[1]}"
        for _ in range(200):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", moto_port)
                connection.request("PUT", "/bench-bucket")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                time.sleep(0.1)
        site = folder / "site"
        make_site(site, url)

        took, _ = run(site, "publish", "bucket", "--dry-run")
        tell(f"S3, {FILES} files: dry run of the first publish (builds the site)", took)
        took, told = run(site, "publish", "bucket")
        print(told.splitlines()[-1])
        tell("S3: first publish", took)
        took, _ = run(site, "status", "bucket")
        tell("S3: drift check", took)
        change(site, "One page changed.")
        took, told = run(site, "publish", "bucket")
        print(told.splitlines()[-1])
        tell("S3: publish of one changed page", took)
        took, _ = run(site, "publish", "bucket")
        tell("S3: publish of nothing", took)

        took, _ = run(site, "publish", "local")
        tell("Folder: first publish", took)
        change(site, "One more change.")
        took, told = run(site, "publish", "local")
        print(told.splitlines()[-1])
        tell("Folder: publish of one changed page", took)
        linked = [path for path in (site / "public/.tympan/tree").rglob("*.txt") if path.stat().st_nlink > 1]
        print(f"  files that are hard links: {len(linked)} in 2 trees")
        took, _ = run(site, "status", "local")
        tell("Folder: drift check", took)
    finally:
        moto.kill()
        moto.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
