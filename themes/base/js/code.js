
// Code: a button that copies it, and one that shows what is hidden. The words are the page's own.
(() => {
  const words = document.currentScript?.dataset ?? {};
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "unseen";
  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", () => act(made));
    return made;
  };
  // What a reader wants to run: neither lines that are gone nor lines that are not shown.
  const text = (code) => {
    const copy = code.cloneNode(true);
    for (const line of copy.querySelectorAll("del.line, .line[hidden]")) line.remove();
    return copy.textContent;
  };
  for (const pre of document.querySelectorAll("pre[tabindex]")) {
    const code = pre.querySelector("code");
    const tools = document.createElement("div");
    tools.className = "code-tools";
    const hidden = code?.querySelectorAll(".line[hidden]") ?? [];
    if (hidden.length && words.showHidden) {
      const toggle = button(words.showHidden, () => {
        const shown = toggle.getAttribute("aria-pressed") !== "true";
        toggle.setAttribute("aria-pressed", shown);
        for (const line of hidden) line.hidden = !shown;
      });
      toggle.setAttribute("aria-pressed", "false");
      tools.append(toggle);
    }
    if (code && words.copy && navigator.clipboard) {
      tools.append(button(words.copy, async (copy) => {
        await navigator.clipboard.writeText(text(code));
        copy.textContent = status.textContent = words.copied;
        setTimeout(() => { copy.textContent = words.copy; status.textContent = ""; }, 2000);
      }));
    }
    if (!tools.childElementCount) continue;
    const box = document.createElement("div");
    box.className = "code-box";
    pre.replaceWith(box);
    box.append(pre, tools);
    if (!status.isConnected) document.body.append(status);
  }
})();
