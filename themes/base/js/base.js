// Comforts on top of pages that work without any of this.

// The color scheme: as the system, light, dark, and round again.
(() => {
  const root = document.documentElement;
  const button = document.querySelector(".scheme");
  if (!button) return;
  const label = button.getAttribute("aria-label");
  const order = ["auto", "light", "dark"];
  const colors = [...document.querySelectorAll('meta[name="theme-color"]')];
  const own = colors.map((meta) => meta.content);
  const show = () => {
    const scheme = root.dataset.scheme || "auto";
    const words = `${label}: ${button.dataset[scheme]}`;
    button.setAttribute("aria-label", words);
    button.title = words;
    colors.forEach((meta, at) => {
      meta.content = scheme === "light" ? own[0] : scheme === "dark" ? own[1] || own[0] : own[at];
    });
  };
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(root.dataset.scheme || "auto") + 1) % 3];
    if (next === "auto") delete root.dataset.scheme;
    else root.dataset.scheme = next;
    try {
      if (next === "auto") localStorage.removeItem("tympan-scheme");
      else localStorage.setItem("tympan-scheme", next);
    } catch {}
    show();
  });
  show();
})();

// The navigation keeps its place from page to page, and shows where the reader is.
(() => {
  const nav = document.getElementById("_nav");
  if (!nav) return;
  const key = "tympan-nav";
  const settle = () => {
    const here = nav.querySelector("[aria-current=page]");
    if (!here) return;
    const box = nav.getBoundingClientRect();
    const mark = here.getBoundingClientRect();
    if (mark.top < box.top + 8 || mark.bottom > box.bottom - 8) {
      nav.scrollTop += mark.top - box.top - box.height / 3;
    }
  };
  try {
    nav.scrollTop = Number(sessionStorage.getItem(key)) || 0;
    addEventListener("pagehide", () => sessionStorage.setItem(key, String(nav.scrollTop)));
  } catch {}
  settle();
  nav.addEventListener("toggle", (event) => event.target === nav && event.newState === "open" && settle());
})();

// The outline marks the section that is being read.
(() => {
  const rail = document.querySelector(".rail");
  if (!rail || !("IntersectionObserver" in window)) return;
  const links = new Map();
  for (const link of rail.querySelectorAll("a")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  const headings = [...links.keys()];
  let marked;
  const mark = () => {
    const line = innerHeight / 4;
    let here = headings.findLast((heading) => heading.getBoundingClientRect().top <= line);
    const { scrollTop, scrollHeight } = document.documentElement;
    if (scrollTop > 0 && scrollTop + innerHeight >= scrollHeight - 2) here = headings.at(-1);
    if (here === marked) return;
    links.get(marked)?.removeAttribute("aria-current");
    links.get(here)?.setAttribute("aria-current", "true");
    const link = links.get(here);
    if (link) rail.scrollTop = link.offsetTop - rail.clientHeight / 2;
    marked = here;
  };
  const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -75% 0px" });
  headings.forEach((heading) => observer.observe(heading));
  addEventListener("scrollend", mark, { passive: true });
})();

// In a book the arrow keys turn the page, unless something else has use for them.
(() => {
  if (!document.body.classList.contains("book")) return;
  const rtl = document.documentElement.dir === "rtl";
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target !== document.body && event.target.id !== "_main") return;
    const turns = { ArrowLeft: rtl ? "next" : "prev", ArrowRight: rtl ? "prev" : "next" };
    const link = document.querySelector(`.turn a[rel="${turns[event.key]}"]`);
    if (link) link.click();
  });
})();
