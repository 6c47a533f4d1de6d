// Tabs work without this: here the one that shows cannot be closed, arrow keys move between them,
// the same choice counts for every group, and a printer gets them all.
(() => {
  const groups = [...document.querySelectorAll(".tabs")];
  if (!groups.length) return;
  const tabs = (group) => [...group.children].filter((tab) => tab.localName === "details");
  const label = (tab) => tab.firstElementChild.textContent.trim();
  const choose = (name) => groups.forEach((group) => {
    const tab = tabs(group).find((tab) => label(tab) === name);
    if (tab && !tab.open) tab.open = true;
  });
  const store = (name) => {
    try {
      if (!name) return localStorage.getItem("tympan-tab");
      localStorage.setItem("tympan-tab", name);
    } catch { return null; }
  };
  groups.forEach((group) => {
    group.addEventListener("click", (event) => {
      const summary = event.target.closest("summary");
      const tab = summary?.parentElement;
      if (tab?.parentElement !== group || event.defaultPrevented) return;
      if (tab.open) return event.preventDefault();
      const top = summary.getBoundingClientRect().top;
      store(label(tab));
      requestAnimationFrame(() => {
        choose(label(tab));
        scrollBy(0, summary.getBoundingClientRect().top - top);
      });
    });
    group.addEventListener("keydown", (event) => {
      const all = tabs(group).map((tab) => tab.firstElementChild);
      const at = all.indexOf(event.target);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (at < 0 || !step) return;
      const way = getComputedStyle(group).direction === "rtl" ? -step : step;
      all[(at + way + all.length) % all.length].focus();
    });
  });
  const last = store();
  if (last) choose(last);
  const folded = [];
  addEventListener("beforeprint", () => document.querySelectorAll("main details:not([open])").forEach((tab) => {
    folded.push([tab, tab.getAttribute("name")]);
    tab.removeAttribute("name");
    tab.open = true;
  }));
  addEventListener("afterprint", () => folded.splice(0).forEach(([tab, name]) => {
    tab.open = false;
    if (name) tab.setAttribute("name", name);
  }));
})();
