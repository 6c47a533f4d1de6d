#!/usr/bin/env python3
"""feeds.py FILE...   reads every feed and sitemap among the files as the standards do: Atom (RFC 4287),
RSS 2.0, JSON Feed 1.1 and sitemaps.org 0.9. Other files are passed over."""

import json
import re
import sys
import xml.etree.ElementTree as xml
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DAY_OR_MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?")
faults = []


def absolute(address):
    parts = urlsplit(address or "")
    return bool(parts.scheme) and (bool(parts.netloc) or parts.scheme in ("urn", "tag"))


def need(file, holds, words):
    if not holds:
        faults.append(f"{file}: {words}")


def text(element, name):
    found = element.findall(name)
    return (found[0].text or "").strip() if len(found) == 1 else None


def atom(file, feed):
    ids = []
    for element in [feed, *feed.findall(ATOM + "entry")]:
        for name in ("id", "title", "updated"):
            need(file, text(element, ATOM + name), f"not one {name}")
        need(file, absolute(text(element, ATOM + "id")), "an id that is no absolute address")
        for name in ("updated", "published"):
            for moment in element.findall(ATOM + name):
                need(file, MOMENT.fullmatch(moment.text or ""), f"{name} is {moment.text}")
        for link in element.findall(ATOM + "link"):
            need(file, absolute(link.get("href")), f"a link to {link.get('href')}")
        ids.append(text(element, ATOM + "id"))
    need(file, len(ids[1:]) == len(set(ids[1:])), "an id stands twice")
    for entry in feed.findall(ATOM + "entry"):
        named = entry.find(ATOM + "author") is not None or feed.find(ATOM + "author") is not None
        need(file, named, "an entry of nobody")
        known = entry.find(ATOM + "content") is not None or entry.find(ATOM + "link") is not None
        need(file, known, "an entry without content or link")
    selves = [link for link in feed.findall(ATOM + "link") if link.get("rel") == "self"]
    need(file, len(selves) == 1, "no link to itself")


def rss(file, root):
    channel = root.find("channel")
    need(file, root.get("version") == "2.0" and channel is not None, "not RSS 2.0")
    if channel is None:
        return
    for name in ("title", "link", "description"):
        need(file, text(channel, name) is not None, f"no {name}")
    need(file, absolute(text(channel, "link")), "a link that is not absolute")
    for item in channel.findall("item"):
        need(file, text(item, "title") or text(item, "description"), "an item without words")
        for date in item.findall("pubDate"):
            try:
                parsedate_to_datetime(date.text)
            except (TypeError, ValueError):
                faults.append(f"{file}: pubDate is {date.text}")
        for guid in item.findall("guid"):
            permanent = guid.get("isPermaLink", "true") == "true"
            need(file, not permanent or absolute(guid.text), "a guid that is no address")


def json_feed(file, feed):
    need(file, feed.get("title"), "no title")
    for name in ("home_page_url", "feed_url"):
        need(file, name not in feed or absolute(feed[name]), f"{name} is not absolute")
    for item in feed.get("items", []):
        need(file, isinstance(item.get("id"), str) and item["id"], "an item without id")
        need(file, "content_html" in item or "content_text" in item, "an item without content")
        need(file, "url" not in item or absolute(item["url"]), "an item's url is not absolute")
        for name in ("date_published", "date_modified"):
            need(file, name not in item or MOMENT.fullmatch(item[name]), f"{name} is wrong")


def sitemap(file, root, entry):
    entries = root.findall(MAP + entry)
    need(file, 0 < len(entries) <= 50_000, f"{len(entries)} entries")
    need(file, Path(file).stat().st_size <= 50 * 2**20, "more than 50 MiB")
    places = [text(element, MAP + "loc") for element in entries]
    need(file, len(places) == len(set(places)), "an address stands twice")
    for place in places:
        fit = absolute(place) and len(place) < 2048 and re.fullmatch(r"[\x21-\x7e]+", place)
        need(file, fit and not urlsplit(place).fragment, f"the address {place}")
    for element in entries:
        for date in element.findall(MAP + "lastmod"):
            need(file, DAY_OR_MOMENT.fullmatch(date.text or ""), f"lastmod is {date.text}")


read = 0
for file in sys.argv[1:]:
    if not Path(file).is_file() or not file.endswith((".xml", ".json", ".rss", ".atom")):
        continue
    try:
        if file.endswith(".json"):
            feed = json.loads(Path(file).read_text("utf-8"))
            if isinstance(feed, dict) and "jsonfeed.org" in str(feed.get("version")):
                json_feed(file, feed)
                read += 1
            continue
        root = xml.parse(file).getroot()
    except (ValueError, xml.ParseError) as error:
        faults.append(f"{file}: {error}")
        continue
    readers = {
        ATOM + "feed": atom,
        "rss": rss,
        MAP + "urlset": lambda file, root: sitemap(file, root, "url"),
        MAP + "sitemapindex": lambda file, root: sitemap(file, root, "sitemap"),
    }
    if root.tag in readers:
        readers[root.tag](file, root)
        read += 1
print("\n".join(faults))
print(f"{read} feeds and sitemaps, {len(faults)} faults")
sys.exit(1 if faults or not read else 0)
