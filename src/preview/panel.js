// What the checks say of the open page, in a corner that can be closed.
(() => {
  const script = document.currentScript;
  const root = new URL("..", script.src).href;
  const path = () => location.href.slice(root.length - 1).split(/[?#]/)[0];
  const store = (use) => {
    try {
      return use(sessionStorage);
    } catch {
      return null;
    }
  };
  let panel = null;
  let told = null;

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const copied = (button, place) => async () => {
    let word = "copied";
    try {
      await navigator.clipboard.writeText(place);
    } catch {
      word = "cannot be copied here";
    }
    button.nextElementSibling.textContent = word;
    setTimeout(() => { button.nextElementSibling.textContent = ""; }, 2000);
  };

  const item = (found) => {
    const place = found.line ? `${found.path}:${found.line}:${found.column}` : found.path;
    const button = element("button", { type: "button", className: "place", title: "Copy" }, place);
    button.addEventListener("click", copied(button, place));
    const line = element("p", {},
      element("b", { className: found.severity }, found.severity), " ",
      found.message, " ", element("code", {}, found.code));
    const parts = [line, element("p", {}, button, element("span", { role: "status" }))];
    if (found.help) parts.push(element("p", { className: "help" }, found.help));
    return element("li", {}, ...parts);
  };

  const count = ({ length }) => (length === 1 ? "1 finding" : length ? `${length} findings` : "Paper");

  const show = (news) => {
    const findings = news.findings ?? [];
    const text = JSON.stringify(news);
    if (text === told) return;
    told = text;
    const places = (root) => [...(root?.querySelectorAll("button") ?? [])];
    const focused = places(panel?.shadowRoot).indexOf(panel?.shadowRoot?.activeElement);
    panel?.remove();
    panel = null;
    if (!findings.length && !news.paper) return;
    panel = document.createElement("tympan-panel");
    const shadow = panel.attachShadow({ mode: "open" });
    const list = element("ul", { id: "list", tabIndex: -1 }, ...findings.map(item));
    if (news.paper) {
      const href = `${root}__tympan/beside?path=${encodeURIComponent(path())}`;
      const link = element("a", { href, target: "_top" }, "beside its paper");
      list.append(element("li", {}, element("p", {}, "See the page ", link, ` in “${news.paper}”`)));
    }
    const worst = findings.some((found) => found.severity === "error") ? "error" : "";
    const button = element("button", { type: "button", className: `count ${worst}` });
    button.setAttribute("aria-controls", "list");
    const set = (open) => {
      list.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      button.textContent = open ? `${count(findings)} ×` : count(findings);
      store((kept) => kept.setItem("tympan-panel", open ? "open" : "shut"));
    };
    button.addEventListener("click", () => set(list.hidden));
    shadow.append(
      element("link", { rel: "stylesheet", href: `${root}__tympan/overlay.css` }),
      element("aside", { ariaLabel: "What the checks found on this page" }, list, button));
    set(store((kept) => kept.getItem("tympan-panel")) === "open");
    document.body.append(panel);
    if (focused >= 0) (places(shadow)[focused] ?? button).focus();
  };

  let asked = 0;
  const ask = async () => {
    const own = ++asked;
    try {
      const answer = await fetch(`${root}__tympan/findings?path=${encodeURIComponent(path())}`);
      const news = await answer.json();
      if (own === asked) show(news);
    } catch {} // the server is away, and says more when it is back
  };
  addEventListener("tympan-shown", ask);
  ask();
})();
