#!/usr/bin/env python3
"""Writes one text as a tympan project, a Hugo site and a Zola site.

    tests/bench/generate.py PAGES FOLDER [--kind site|docs]

The folder gets `tympan/`, `hugo/` and `zola/`. Each page has about 600 words under five headings, a
table, a list, a code block of 18 lines and five links to other pages; a section has 100 pages, a part ten
sections. The same number gives the same bytes on every machine. The three sites do the same work with
comparable templates: every link is checked, every page has a table of contents and its neighbours,
every section its list; one feed, one sitemap, no search. `--highlight` lets the rivals color code; tympan
does if it was built with its feature `highlight`.
"""

import argparse
import random
from pathlib import Path

WORDS = (
    "a about after again against all also always among an and another any are around as at away back be because "
    "been before began behind being below between both branch bridge bright bring brought build but by call came can "
    "carry change clear close cloud cold come could cover cross day deep did different do door down draw during each "
    "early earth east end enough even every example eye face fall far farm feel few field find fire first floor flow "
    "follow food for form found from garden gave get give go gold good grass great green ground grow had half hand "
    "hard has have he head hear heart her here high hill his hold home hour house how if in into is it just keep "
    "know land large last late lay learn leave left letter light like line listen little long look low made main "
    "make many map mark may me mean meet might mile mind month moon more morning most mountain move much must my "
    "name near need never new next night no north not note nothing now number of off often old on once one only "
    "open or order other our out over own page paper part pass path people place plain plan plant play point quiet "
    "rain reach read ready red rest right river road rock room round run said same sand saw say sea second see seem "
    "set shall ship short should show side simple since sit size sky slow small snow so some song soon sound south "
    "stand star start still stone stood stop story street strong such summer sun sure table take talk tell ten than "
    "that the their them then there these they thing think this those three through time to together told too took "
    "town tree true try turn two under until up upon us use valley very voice wait walk wall want warm was watch "
    "water way we well went were west what wheel when where which while white who whole why wide will wind window "
    "winter with without wood word work world would write year yet you young "
    "accident afternoon although ambitious ancestor announcement apartment attention beautiful beginning believable "
    "calendar candidate carefully celebration challenge character collection comfortable commander community complete "
    "conclusion condition consequence considerable conversation dangerous decision delicious description development "
    "difference difficult direction discovery distance education electricity employment encouragement enormous entrance "
    "environment equipment everything evidence examination excellent experience explanation expression favourite "
    "foundation friendship furniture generation government happiness headquarters historical horizontal household "
    "imagination important impossible improvement independent individual information instruction interesting invitation "
    "knowledge landscape laughter librarian literature machinery magnificent manufacture measurement memorable "
    "neighbourhood newspaper nightingale observation occasionally opportunity ordinary organisation particular passenger "
    "photograph pleasure population possession precious preparation principle production profession prosperous "
    "questionnaire reasonable recognition recommendation relationship remarkable responsible satisfaction scientific "
    "settlement significant situation spectacular statement strength successful supermarket surprising technology "
    "temperature themselves throughout tomorrow tradition transparent understanding university vegetable wilderness"
).split()

CODE = {
    "rust": '/// Adds up what is given.\npub fn total(values: &[u64]) -> u64 {\n    let mut sum = 0;\n    for (at, value) in values.iter().enumerate() {\n        if at % 2 == 0 {\n            sum += value * {n};\n        } else {\n            sum -= value;\n        }\n    }\n    sum\n}\n\n#[test]\nfn nothing_is_zero() {\n    assert_eq!(total(&[]), 0);\n    println!("{}", "done");\n}\n',
    "python": 'import json\nfrom pathlib import Path\n\n\ndef total(values: list[int]) -> int:\n    """Add up what is given."""\n    sum = 0\n    for at, value in enumerate(values):\n        if at % 2 == 0:\n            sum += value * {n}\n        else:\n            sum -= value\n    return sum\n\n\nif __name__ == "__main__":\n    data = json.loads(Path("values.json").read_text())\n    print(f"{total(data)} in all")\n',
    "javascript": 'import { readFile } from "node:fs/promises";\n\n/** Adds up what is given. */\nexport function total(values) {\n  let sum = 0;\n  values.forEach((value, at) => {\n    if (at % 2 === 0) {\n      sum += value * {n};\n    } else {\n      sum -= value;\n    }\n  });\n  return sum;\n}\n\nconst data = JSON.parse(await readFile("values.json", "utf8"));\nconsole.log(`${total(data)} in all`);\n// done\n',
    "go": 'package main\n\nimport "fmt"\n\n// total adds up what is given.\nfunc total(values []int) int {\n\tsum := 0\n\tfor at, value := range values {\n\t\tif at%2 == 0 {\n\t\t\tsum += value * {n}\n\t\t} else {\n\t\t\tsum -= value\n\t\t}\n\t}\n\treturn sum\n}\n\nfunc main() { fmt.Println(total([]int{1, 2, 3})) }\n',
    "toml": '[project]\nname = "total"\nversion = "{n}.1.0"\nauthors = ["Ada Example"]\n\n[dependencies]\nserde = { version = "1", features = ["derive"] }\ntoml = "1"\n\n[profile.release]\nlto = true\ncodegen-units = 1\n\n[[bin]]\nname = "total"\npath = "src/main.rs"\n# the end\ntest = false\n',
    "bash": '#!/usr/bin/env bash\nset -euo pipefail\n# Adds up what is given.\nsum=0\nfor value in "$@"; do\n    if [ $((value % 2)) -eq 0 ]; then\n        sum=$((sum + value * {n}))\n    else\n        sum=$((sum - value))\n    fi\ndone\nif [ "$sum" -gt 100 ]; then\n    echo "much: $sum" >&2\n    exit 1\nfi\nprintf \'%s in all\\n\' "$sum"\nexit 0\n',
}


class Text:
    """Words in a fixed order for one page."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def below(self, limit):
        return int(self.random() * limit)

    def words(self, count):
        return [WORDS[self.below(len(WORDS))] for _ in range(count)]

    def sentence(self, count):
        words = self.words(count)
        words[0] = words[0].capitalize()
        if count > 9:
            words[4] = f"**{words[4]}**"
            words[7] += ","
        return " ".join(words) + "."

    def paragraph(self, sentences):
        return " ".join(self.sentence(8 + self.below(8)) for _ in range(sentences))


def place(number):
    section, page = divmod(number, 100)
    part, section = divmod(section, 10)
    return f"part-{part:02}/section-{section}/page-{page:02}.md"


def body(number, pages, link):
    """The Markdown of a page; `link` writes a checked link to another page."""
    text = Text(number)
    targets = [text.below(pages) for _ in range(5)]
    languages = list(CODE)
    language = languages[number % len(languages)]
    code = CODE[language].replace("{n}", str(number % 97 + 2))
    lines = [text.paragraph(6), ""]
    for at in range(5):
        title = " ".join(text.words(3)).capitalize()
        lines += [f"## {title}", "", text.paragraph(6), ""]
        target = targets[at]
        lines += [f"See {link(number, target)} and `{text.words(1)[0]}_{at}` for more. {text.sentence(10)}", ""]
        if at == 1:
            lines += [f"```{language}", code.rstrip("\n"), "```", ""]
        elif at == 2:
            lines += ["| name | size | note |", "|---|--:|---|"]
            lines += [f"| {' '.join(text.words(2))} | {text.below(1000)} | {' '.join(text.words(4))} |" for _ in range(6)]
            lines += [""]
        elif at == 3:
            lines += [f"- {' '.join(text.words(7))}" for _ in range(5)] + [""]
        elif at == 4:
            lines += [f"1. {' '.join(text.words(6))}" for _ in range(4)] + [""]
    return "\n".join(lines)


def title(number):
    return f"Page {number} of {' '.join(Text(-number - 1).words(2))}"


def date(number):
    return f"20{10 + number % 15:02}-{number // 15 % 12 + 1:02}-{number // 180 % 28 + 1:02}"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def folders(pages):
    parts = range((pages + 999) // 1000)
    for part in parts:
        yield f"part-{part:02}", f"Part {part}"
        for section in range(min(10, (pages - part * 1000 + 99) // 100)):
            yield f"part-{part:02}/section-{section}", f"Section {part}.{section}"


def relative(number, target):
    return f"[{title(target)}](../../{place(target)})"


MENU = [("part-00", "Part 0"), ("part-00/section-0", "Section 0.0")]


def tympan(root, pages, kind, highlight):
    menu = "".join(f'[[nav]]\ntitle = "{name}"\npage = "{path}/_index.md"\n' for path, name in MENU)
    write(
        root / "tympan.toml",
        f'[project]\nkind = "{kind}"\ntitle = "Bench"\nbase_url = "https://bench.example/"\nauthors = ["Ada Example"]\n'
        + "[search]\nenabled = false\n"
        + (menu if kind == "site" else ""),
    )
    content = root / "content"
    write(content / "_index.md", "---\ntitle: Bench\n---\nWelcome.\n")
    for path, name in folders(pages):
        write(content / path / "_index.md", f"---\ntitle: {name}\n---\nA list.\n")
    for number in range(pages):
        front = f"---\ntitle: {title(number)}\ndate: {date(number)}\n---\n"
        write(content / place(number), front + body(number, pages, relative))


def hugo(root, pages, kind, highlight):
    menu = "".join(f'[[menus.main]]\nname = "{name}"\npageRef = "/{path}"\nweight = {at + 1}\n' for at, (path, name) in enumerate(MENU))
    write(
        root / "hugo.toml",
        'baseURL = "https://bench.example/"\ntitle = "Bench"\nlanguageCode = "en"\ndisableKinds = ["taxonomy", "term"]\n'
        "relativeURLs = false\n[pagination]\ndisableAliases = true\npagerSize = 100000\n"
        f"[markup.highlight]\ncodeFences = {str(highlight).lower()}\nnoClasses = false\n"
        "[markup.goldmark.renderer]\nunsafe = false\n[markup.tableOfContents]\nstartLevel = 2\nendLevel = 4\n"
        '[services.rss]\nlimit = 20\n[outputs]\nhome = ["html", "rss"]\nsection = ["html"]\n' + menu,
    )
    write(
        root / "layouts/_default/baseof.html",
        '<!doctype html>\n<html lang="{{ site.Language.Lang }}" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{{ .Title }}{{ if ne .Title site.Title }} · {{ site.Title }}{{ end }}</title>\n"
        '{{ with .Summary }}<meta name="description" content="{{ . | plainify | truncate 200 }}">{{ end }}\n'
        '<meta name="generator" content="hugo">\n<link rel="canonical" href="{{ .Permalink }}">\n'
        '{{ with .PrevInSection }}<link rel="prev" href="{{ .RelPermalink }}">{{ end }}\n'
        '{{ with .NextInSection }}<link rel="next" href="{{ .RelPermalink }}">{{ end }}\n'
        '<link rel="alternate" type="application/rss+xml" title="{{ site.Title }}" href="/index.xml">\n'
        '<meta property="og:type" content="article">\n<meta property="og:title" content="{{ .Title }}">\n'
        '<meta property="og:site_name" content="{{ site.Title }}">\n<meta property="og:url" content="{{ .Permalink }}">\n'
        '<link rel="stylesheet" href="/style.css">\n</head>\n<body>\n<a class="skip" href="#main">Skip to content</a>\n'
        '<header class="bar"><a class="brand" href="/">{{ site.Title }}</a>\n<nav><ul>{{ range site.Menus.main }}'
        '<li><a href="{{ .URL }}">{{ .Name }}</a></li>{{ end }}</ul></nav></header>\n'
        '<main id="main" tabindex="-1">\n{{ block "main" . }}{{ end }}\n</main>\n<footer>{{ site.Title }}</footer>\n</body>\n</html>\n',
    )
    write(
        root / "layouts/_default/single.html",
        '{{ define "main" }}<article>\n<header><p><time datetime="{{ .Date.Format "2006-01-02" }}">{{ .Date.Format "2 January 2006" }}</time></p>\n'
        "<h1>{{ .Title }}</h1>\n<p>{{ .ReadingTime }} min</p></header>\n<details><summary>On this page</summary>{{ .TableOfContents }}</details>\n"
        '<div class="prose">{{ .Content }}</div>\n</article>\n<nav class="turn">\n'
        '{{ with .PrevInSection }}<a rel="prev" href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}\n'
        '{{ with .NextInSection }}<a rel="next" href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}\n</nav>{{ end }}\n',
    )
    write(
        root / "layouts/_default/list.html",
        '{{ define "main" }}<h1>{{ .Title }}</h1>{{ .Content }}<ol>{{ $pages := .Pages }}{{ if .IsHome }}{{ $pages = first 10 site.RegularPages }}{{ end }}'
        '{{ range $pages }}<li><h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2><p>{{ .Date.Format "2 January 2006" }}</p>'
        "<p>{{ .Summary | plainify | truncate 200 }}</p></li>{{ end }}</ol>{{ end }}\n",
    )
    write(
        root / "layouts/_default/_markup/render-link.html",
        '{{ $u := urls.Parse .Destination }}{{ $to := .Destination }}{{ if not $u.IsAbs }}{{ with .Page.GetPage $u.Path }}{{ $to = .RelPermalink }}'
        '{{ else }}{{ errorf "broken link %q in %q" .Destination .Page.File.Path }}{{ end }}{{ end }}<a href="{{ $to | safeURL }}">{{ .Text }}</a>',
    )
    write(root / "static/style.css", "body{max-width:40rem}\n")
    write(root / "content/_index.md", "---\ntitle: Bench\n---\nWelcome.\n")
    for path, name in folders(pages):
        write(root / "content" / path / "_index.md", f"---\ntitle: {name}\n---\nA list.\n")
    for number in range(pages):
        front = f"---\ntitle: {title(number)}\ndate: {date(number)}\n---\n"
        write(root / "content" / place(number), front + body(number, pages, relative))


def zola(root, pages, kind, highlight):
    on = '[markdown.highlighting]\nstyle = "class"\nlight_theme = "github-light"\ndark_theme = "github-dark"\n' if highlight else ""
    menu = ", ".join(f'{{ name = "{name}", url = "/{path}/" }}' for path, name in MENU)
    write(
        root / "config.toml",
        'base_url = "https://bench.example"\ntitle = "Bench"\ngenerate_feeds = true\nfeed_filenames = ["atom.xml"]\nfeed_limit = 20\n'
        f"build_search_index = false\ncompile_sass = false\n[markdown]\n{on}[extra]\nmenu = [{menu}]\n",
    )
    write(
        root / "templates/base.html",
        '<!doctype html>\n<html lang="{{ lang }}" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{% block title %}{{ config.title }}{% endblock %}</title>\n'
        "{% block head %}{% endblock %}\n"
        '<link rel="alternate" type="application/atom+xml" title="{{ config.title }}" href="/atom.xml">\n<meta property="og:type" content="article">\n'
        '<meta property="og:site_name" content="{{ config.title }}">\n<link rel="stylesheet" href="/style.css">\n</head>\n<body>\n'
        '<a class="skip" href="#main">Skip to content</a>\n<header class="bar"><a class="brand" href="/">{{ config.title }}</a>\n<nav><ul>'
        '{% for item in config.extra.menu %}<li><a href="{{ item.url }}">{{ item.name }}</a></li>{% endfor %}</ul></nav></header>\n'
        '<main id="main" tabindex="-1">\n{% block main %}{% endblock %}\n</main>\n<footer>{{ config.title }}</footer>\n</body>\n</html>\n',
    )
    write(
        root / "templates/page.html",
        '{% extends "base.html" %}{% block title %}{{ page.title }} · {{ config.title }}{% endblock %}\n{% block head %}'
        '<link rel="canonical" href="{{ page.permalink }}">\n<meta property="og:title" content="{{ page.title }}">\n'
        '<meta property="og:url" content="{{ page.permalink }}">\n{% if page.lower %}<link rel="prev" href="{{ page.lower.permalink }}">{% endif %}\n'
        '{% if page.higher %}<link rel="next" href="{{ page.higher.permalink }}">{% endif %}{% endblock %}\n{% block main %}<article>\n'
        '<header><p><time datetime="{{ page.date }}">{{ page.date | date(format="%e %B %Y") }}</time></p>\n<h1>{{ page.title }}</h1>\n'
        "<p>{{ page.reading_time }} min</p></header>\n<details><summary>On this page</summary><ol>{% for h in page.toc %}"
        '<li><a href="{{ h.permalink }}">{{ h.title }}</a></li>{% endfor %}</ol></details>\n<div class="prose">{{ page.content | safe }}</div>\n</article>\n'
        '<nav class="turn">{% if page.lower %}<a rel="prev" href="{{ page.lower.permalink }}">{{ page.lower.title }}</a>{% endif %}\n'
        '{% if page.higher %}<a rel="next" href="{{ page.higher.permalink }}">{{ page.higher.title }}</a>{% endif %}</nav>{% endblock %}\n',
    )
    listing = (
        '{% extends "base.html" %}{% block main %}<h1>{{ section.title }}</h1>{{ section.content | safe }}<ol>{% for page in section.pages %}'
        '<li><h2><a href="{{ page.permalink }}">{{ page.title }}</a></h2><p>{{ page.date | date(format="%e %B %Y") }}</p></li>{% endfor %}</ol>{% endblock %}\n'
    )
    write(root / "templates/index.html", listing)
    write(root / "templates/section.html", listing)
    write(root / "static/style.css", "body{max-width:40rem}\n")
    write(root / "content/_index.md", '+++\ntitle = "Bench"\n+++\nWelcome.\n')
    for path, name in folders(pages):
        write(root / "content" / path / "_index.md", f'+++\ntitle = "{name}"\nsort_by = "date"\n+++\nA list.\n')

    def link(_, target):
        return f"[{title(target)}](@/{place(target)})"

    for number in range(pages):
        front = f'+++\ntitle = "{title(number)}"\ndate = {date(number)}\n+++\n'
        write(root / "content" / place(number), front + body(number, pages, link))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("pages", type=int)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--kind", choices=["site", "docs"], default="site")
    arguments.add_argument("--highlight", action="store_true")
    arguments.add_argument("--only", choices=["tympan", "hugo", "zola"], nargs="+", default=["tympan", "hugo", "zola"])
    arguments = arguments.parse_args()
    for make in (tympan, hugo, zola):
        if make.__name__ in arguments.only:
            make(arguments.folder / make.__name__, arguments.pages, arguments.kind, arguments.highlight)


if __name__ == "__main__":
    main()
