// What is seen of the search. The list is a listbox that the field keeps the focus of, and its
// entries are links, so they open in a tab of their own as links do.

const dialog = document.getElementById("_search");
const field = dialog.querySelector("input");
const list = dialog.querySelector("[role=listbox]");
const status = dialog.querySelector("[role=status]");
const { root, folder, found: foundText, none: noneText, failed: failedText } = dialog.dataset;
const PAGE = 8;

// The files of the index are scripts that call this: they load from a disk too.
const files = new Map();
const arrived = new Map();
window.tympanSearch = (name, ...values) => arrived.get(name)?.(values);

let version = "";
function load(name) {
  if (!files.has(name)) {
    files.set(name, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      arrived.set(name, (values) => {
        if (name === "index") version = `?${values[0].version}`;
        resolve(values);
      });
      script.onload = () => script.remove();
      script.onerror = () => {
        script.remove();
        files.delete(name);
        reject(new Error(name));
      };
      script.src = `${folder}/${name}.js${version}`;
      document.head.append(script);
    }));
  }
  return files.get(name);
}

const index = new SearchIndex(load);
let found = { pages: [] };
let shown = 0;
let asked = 0;
let isGrowing = false;

function marked(pieces, name) {
  const line = document.createElement("span");
  line.className = name;
  line.dir = "auto";
  for (const [text, isMarked] of pieces) {
    if (!isMarked) line.append(text);
    else line.appendChild(document.createElement("mark")).append(text);
  }
  return line;
}

function entry({ title, url, id, heading, text }) {
  const link = document.createElement("a");
  link.href = root + url + (id && `#${encodeURIComponent(id)}`);
  link.id = `_found-${list.children.length}`;
  link.role = "option";
  link.tabIndex = -1;
  link.setAttribute("aria-selected", "false");
  link.append(marked(title, "search-title"));
  if (heading.length) link.append(" ", marked(heading, "search-heading"));
  if (text.length) link.append(" ", marked(text, "search-text"));
  return link;
}

function select(link) {
  list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  link?.setAttribute("aria-selected", "true");
  link?.scrollIntoView({ block: "nearest" });
  if (link) field.setAttribute("aria-activedescendant", link.id);
  else field.removeAttribute("aria-activedescendant");
}

async function grow() {
  if (isGrowing || shown >= found.pages.length) return;
  isGrowing = true;
  const now = asked;
  try {
    const more = await index.show(found, shown, shown + PAGE);
    if (now !== asked) return;
    shown += PAGE;
    list.append(...more.map(entry));
  } finally {
    isGrowing = false;
  }
}

function say(text) {
  status.textContent = text;
  list.hidden = !list.children.length;
  field.setAttribute("aria-expanded", String(!list.hidden));
}

async function ask() {
  const now = ++asked;
  const query = field.value.trim();
  try {
    const answer = query ? await index.find(field.value) : { pages: [] };
    const first = query ? await index.show(answer, 0, PAGE) : [];
    if (now !== asked) return;
    [found, shown] = [answer, PAGE];
    list.replaceChildren();
    for (const one of first) list.append(entry(one));
    list.scrollTop = 0;
    select(list.firstElementChild);
    const text = first.length ? foundText.replace("{n}", answer.pages.length) : noneText.replace("{query}", query);
    say(query && text);
  } catch {
    if (now !== asked) return;
    list.replaceChildren();
    select(null);
    say(failedText);
  }
}

field.addEventListener("input", ask);
field.addEventListener("keydown", async (event) => {
  if (event.isComposing) return;
  const selected = list.querySelector("[aria-selected=true]");
  if (event.key === "ArrowDown") {
    event.preventDefault();
    if (selected && !selected.nextElementSibling) await grow();
    select(selected?.nextElementSibling || list.firstElementChild);
  } else if (event.key === "ArrowUp") {
    event.preventDefault();
    select(selected?.previousElementSibling || list.lastElementChild);
  } else if (event.key === "Enter" && selected) {
    event.preventDefault();
    const { ctrlKey, metaKey, shiftKey } = event;
    selected.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }));
  }
});
list.addEventListener("scroll", () => {
  if (list.scrollTop + list.clientHeight > list.scrollHeight - 200) grow();
});
// A place on this page is gone to without leaving it.
list.addEventListener("click", (event) => {
  if (event.target.closest("a") && !event.ctrlKey && !event.metaKey && !event.shiftKey) dialog.close();
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
field.addEventListener("focus", () => field.select());

load("index").then(() => field.value && ask(), () => say(failedText));
