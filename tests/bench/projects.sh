#!/usr/bin/env bash
# Whole runs over real projects: pages, wall and CPU seconds, peak memory, output sizes.
#
#   tests/bench/projects.sh BINARY FOLDER...
#
# Each folder is copied, committed to a repository of its own and built twice: cold, and with the
# cache of the first build. GNU time measures the whole process.
set -euo pipefail
binary=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%-28s %-5s %6s %8s %8s %8s  %s\n' project run pages wall_s cpu_s peak_MB outputs
for folder in "$@"; do
    name=$(basename "$(dirname "$(realpath "$folder")")")/$(basename "$folder")
    copy="$work/project"
    rm -rf "$copy"
    mkdir -p "$copy"
    cp -r "$folder/." "$copy/"
    rm -rf "$copy/.git" "$copy/.tympan" "$copy/dist" "$copy/public"
    printf '/dist/\n' >"$copy/.gitignore"
    git -C "$copy" init -q -b main
    git -C "$copy" add -A
    git -C "$copy" -c user.name=Bench -c user.email=bench@bench.example commit -q -m Begin
    for run in cold warm; do
        code=0
        command time -f '%e %U %S %M' -o "$work/time" \
            "$binary" -C "$copy" build --format json --quiet ${BENCH_FLAGS:-} >"$work/report" 2>"$work/errors" || code=$?
        if [ "$code" -gt 1 ]; then
            printf '%-28s %-5s failed with %s: %s\n' "$name" "$run" "$code" "$(head -n 1 "$work/errors")"
            continue
        fi
        python3 - "$name" "$run" "$work/report" "$work/time" <<'PYTHON'
import json, sys
name, run, report, time = sys.argv[1:]
report = json.load(open(report))
wall, user, system, peak = open(time).read().split("\n")[-2].split()
def of(o):
    extra = f", {o['pages']} pages" if o.get("pages") else f", {o['files']} files" if o.get("files") else ""
    return f"{o['kind']} {o['bytes'] / 1e6:.1f} MB{extra}"
outputs = "; ".join(of(o) for o in report["outputs"])
cpu = float(user) + float(system)
found = report["diagnostics"]
print(f"{name:<28} {run:<5} {report['pages']:>6} {float(wall):>8.2f} {cpu:>8.2f} {int(peak) / 1024:>8.0f}  {outputs}; {found['errors']} errors, {found['warnings']} warnings")
PYTHON
    done
done
