// Keeps an open page as its source is: a change is carried into the page in place, so that the place
// it is scrolled to, what is unfolded and what is typed stay as they are.
(() => {
  const script = document.currentScript;
  const root = new URL("..", script.src).href;
  const own = "tympan-overlay, tympan-panel, script[data-stamp]";
  let shown = script.dataset.stamp;
  let number = Number(shown.split("-").pop());

  const store = (use) => {
    try {
      return use(sessionStorage);
    } catch {
      return null; // storage may be switched off
    }
  };

  // A page that had to be loaded anew is scrolled to where it was.
  const key = "tympan-scroll:" + location.pathname;
  const height = store((kept) => {
    const height = kept.getItem(key);
    kept.removeItem(key);
    return height;
  });
  if (height !== null && !location.hash) {
    const restore = () => scrollTo({ top: Number(height), behavior: "instant" });
    restore();
    addEventListener("load", restore, { once: true });
  }
  const reload = () => {
    store((kept) => kept.setItem(key, String(scrollY)));
    location.reload();
  };

  // The page as it was served, and for each of its nodes the one that stands for it here. Scripts may
  // have moved and changed those: what is patched is the difference between two pages as served, so
  // that what the scripts and the reader did stays.
  const here = new WeakMap();
  const pair = (served, other, live = (node) => node) => {
    const node = live(other);
    if (node) here.set(served, node);
    if (served.nodeName === "NOSCRIPT") return;
    const inside = [...served.childNodes];
    const beside = [...other.childNodes];
    for (let at = 0; at < inside.length && inside[at].nodeName === beside[at]?.nodeName; at++) {
      pair(inside[at], beside[at], live);
    }
  };
  const strip = (page) => {
    for (const node of page.querySelectorAll(own)) node.remove();
    return page;
  };
  const read = async () => {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { page, stamp: page.querySelector("script[data-stamp]")?.dataset.stamp };
  };
  // The page as it is now, before scripts of the theme change it, and what there is to it when that
  // was served: a script inside the page may have been at work already.
  const begun = strip(document.documentElement.cloneNode(true));
  const live = new Map();
  const remember = (clone, node) => {
    live.set(clone, node);
    const nodes = [...node.childNodes].filter((node) => !node.matches?.(own));
    clone.childNodes.forEach((clone, at) => nodes[at] && remember(clone, nodes[at]));
  };
  remember(begun, document.documentElement);
  let served = null;
  const begin = async () => {
    const { page, stamp } = await read();
    if (stamp !== shown) return;
    const first = strip(page).documentElement;
    pair(first, begun, (clone) => live.get(clone));
    served = first;
  };

  // What a script of the theme would have to set up again.
  const needsScript = "script, pre[tabindex], .tabs, [role=tablist]";
  class Anew extends Error {}
  let first = null;

  // What stands in a template is no part of what is compared.
  const hasTemplate = (node) => node.nodeName === "TEMPLATE" || node.querySelector?.("template");
  const isSame = (a, b) => a.nodeName === "NOSCRIPT"
    || (a.isEqualNode(b) && !(hasTemplate(b) && a.outerHTML !== b.outerHTML));
  const keep = (before, after) => {
    const live = here.get(before);
    if (live) here.set(after, live);
    const nodes = after.childNodes;
    before.childNodes.forEach((node, at) => nodes[at] && keep(node, nodes[at]));
  };
  // The child of a node that holds the one that stands for a served child.
  const child = (parent, node) => {
    let live = here.get(node);
    while (live && live.parentNode !== parent) live = live.parentNode;
    if (!live) throw new Anew();
    return live;
  };
  const swapStyle = (live, after) => {
    const next = document.importNode(after, true);
    next.addEventListener("load", () => live.remove(), { once: true });
    next.addEventListener("error", () => live.remove(), { once: true });
    live.after(next);
    here.set(after, next);
    return next;
  };

  const patch = (before, after) => {
    if (isSame(before, after)) return keep(before, after);
    const live = here.get(before);
    if (!live) throw new Anew();
    here.set(after, live);
    if (before.nodeType !== Node.ELEMENT_NODE) {
      live.nodeValue = after.nodeValue;
      first ??= live.parentElement;
      return;
    }
    if (before.nodeName === "LINK" && before.rel === "stylesheet") return swapStyle(live, after);
    if (before.nodeName === "TEMPLATE") throw new Anew();
    if (before.nodeName === "SCRIPT" && before.type !== "application/ld+json") throw new Anew();
    for (const { name, value } of after.attributes) {
      if (before.getAttribute(name) === value) continue;
      live.setAttribute(name, value);
      first ??= live;
    }
    // What stands on the root beside what was served was put there for the reader.
    for (const { name } of before.nodeName === "HTML" ? [] : [...before.attributes]) {
      if (!after.hasAttribute(name)) live.removeAttribute(name);
    }
    patchChildren(live, [...before.childNodes], [...after.childNodes]);
  };

  const insert = (parent, last, node) => {
    if (node.nodeType === Node.ELEMENT_NODE && (node.matches(needsScript) || node.querySelector(needsScript))) {
      throw new Anew();
    }
    const made = document.importNode(node, true);
    pair(node, made);
    if (last) last.after(made);
    else parent.prepend(made);
    first ??= made.nodeType === Node.ELEMENT_NODE ? made : parent;
    return made;
  };

  // Nodes that may be one before and after: of one kind, and with the same id if they have one.
  const isAkin = (a, b) => a.nodeName === b.nodeName && (a.id || "") === (b.id || "");

  const patchChildren = (parent, before, after) => {
    let last = null;
    let isLost = false;
    const both = (old, node) => {
      patch(old, node);
      // What a script took away, or what came after it, has nothing here that stands for it.
      isLost = !here.has(node);
      if (!isLost) last = child(parent, node);
    };
    const gap = (olds, nodes) => {
      const left = [...olds];
      for (const node of nodes) {
        const at = left.findIndex((old) => isAkin(old, node));
        if (at < 0) {
          if (isLost) throw new Anew();
          last = insert(parent, last, node);
          continue;
        }
        for (const old of left.splice(0, at + 1).slice(0, -1)) child(parent, old).remove();
        both(olds[olds.length - left.length - 1], node);
      }
      for (const old of left) child(parent, old).remove();
    };
    let done = [0, 0];
    for (const [old, node] of common(before, after)) {
      gap(before.slice(done[0], old), after.slice(done[1], node));
      both(before[old], after[node]);
      done = [old + 1, node + 1];
    }
    gap(before.slice(done[0]), after.slice(done[1]));
  };

  // The places of the nodes that two lists have in common, in order: those at both ends, and the
  // longest run of the rest where that is not too long to be found.
  const common = (before, after) => {
    let start = 0;
    const short = Math.min(before.length, after.length);
    while (start < short && isSame(before[start], after[start])) start++;
    let end = 0;
    while (end < short - start && isSame(before.at(-1 - end), after.at(-1 - end))) end++;
    const pairs = Array.from({ length: start }, (_, at) => [at, at]);
    const olds = before.slice(start, before.length - end);
    const nodes = after.slice(start, after.length - end);
    if (olds.length && nodes.length && olds.length * nodes.length <= 250000) {
      const lengths = Array.from({ length: olds.length + 1 }, () => new Uint32Array(nodes.length + 1));
      for (let old = olds.length - 1; old >= 0; old--) {
        for (let node = nodes.length - 1; node >= 0; node--) {
          lengths[old][node] = isSame(olds[old], nodes[node])
            ? lengths[old + 1][node + 1] + 1
            : Math.max(lengths[old + 1][node], lengths[old][node + 1]);
        }
      }
      for (let old = 0, node = 0; old < olds.length && node < nodes.length;) {
        if (isSame(olds[old], nodes[node])) pairs.push([start + old++, start + node++]);
        else if (lengths[old + 1][node] >= lengths[old][node + 1]) old++;
        else node++;
      }
    }
    for (let at = end; at > 0; at--) pairs.push([before.length - at, after.length - at]);
    return pairs;
  };

  // The errors that lie over the page, or did until somebody hid them.
  let errors = document.querySelector("tympan-overlay")?.shadowRoot?.innerHTML ?? "";
  const showOverlay = (page) => {
    const template = page.querySelector("tympan-overlay template");
    const text = template?.innerHTML ?? "";
    if (text === errors) return;
    errors = text;
    document.querySelector("tympan-overlay")?.remove();
    if (!text) return;
    const made = document.createElement("tympan-overlay");
    made.setAttribute("role", "alert");
    made.attachShadow({ mode: "open" }).append(document.importNode(template.content, true));
    document.body.append(made);
    listenOverlay();
  };
  const listenOverlay = () => {
    const overlay = document.querySelector("tympan-overlay");
    overlay?.shadowRoot?.querySelector("button")?.addEventListener("click", () => overlay.remove());
  };
  listenOverlay();

  // Files that are used under their own names. A style that no page names may be part of another.
  const freshen = (files) => {
    const seen = number;
    for (const [file, since] of Object.entries(files ?? {})) {
      if (since <= seen) continue;
      number = Math.max(number, since);
      const place = (link) => link.split(/[?#]/)[0];
      const is = (link) => place(link) === root + file;
      const links = [...document.querySelectorAll("link[rel=stylesheet]")];
      const named = links.filter((link) => is(link.href));
      const own = links.filter((link) => link.href.startsWith(root) && !link.href.includes("/_tympan/"));
      for (const link of !named.length && file.endsWith(".css") ? own : named) {
        const next = link.cloneNode();
        next.href = `${place(link.href)}?${since}`;
        const before = [...(served?.querySelectorAll("link") ?? [])].find((node) => here.get(node) === link);
        const made = swapStyle(link, next);
        if (before) here.set(before, made);
      }
      for (const image of document.images) if (is(image.src)) image.src = `${root}${file}?${since}`;
    }
  };

  const follow = (news) => {
    if (!news.follow || news.page == null) return;
    if (root + news.page !== location.origin + location.pathname) {
      location.href = root + news.page;
    } else if (first?.isConnected) {
      const { top, bottom } = first.getBoundingClientRect();
      if (top < 0 || bottom > innerHeight) first.scrollIntoView({ block: "center" });
    }
  };

  let turn = begin().catch(() => {});
  const update = async (news) => {
    freshen(news.files);
    if (news.stamp === shown) return;
    let page;
    let stamp;
    try {
      ({ page, stamp } = await read());
    } catch {
      return; // the server is away; its next stamp comes with the next connection
    }
    if (!stamp || !served) return reload();
    first = null;
    try {
      showOverlay(page);
      const after = strip(page).documentElement;
      patch(served, after);
      served = after;
    } catch (error) {
      if (!(error instanceof Anew)) console.warn(error);
      return reload();
    }
    shown = stamp;
    script.dataset.stamp = stamp;
    follow(news);
    dispatchEvent(new Event("tympan-shown"));
  };

  let source = null;
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource(root + "__tympan/events");
    source.onmessage = (event) => {
      const news = JSON.parse(event.data);
      turn = turn.then(() => update(news)).catch(reload);
    };
    source.onerror = () => {
      // Some browsers give up when the server is away; it comes back under another stamp.
      if (source?.readyState !== EventSource.CLOSED) return;
      source = null;
      setTimeout(listen, 1000);
    };
  };
  // A browser opens six connections to a server at most; tabs in the background keep none.
  const quiet = () => {
    source?.close();
    source = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? quiet() : listen()));
  addEventListener("pagehide", quiet);
  addEventListener("pageshow", listen);
  listen();
})();
