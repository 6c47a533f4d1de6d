// Search is opened by its button, by `/`, and by Ctrl or Command with K. Only then is it loaded.
{
  const button = document.querySelector(".search-open");
  const dialog = document.getElementById("_search");
  const open = () => {
    if (!dialog.open) dialog.showModal();
    if (document.querySelector("script[data-search]")) return;
    const script = document.createElement("script");
    script.src = dialog.dataset.script;
    script.dataset.search = "";
    document.head.append(script);
  };
  if (button && dialog) {
    button.addEventListener("click", open);
    document.addEventListener("keydown", (event) => {
      const isText = event.target.closest?.("input, textarea, select, [contenteditable]");
      const { ctrlKey, metaKey, altKey } = event;
      const isKey = event.key === "/" ? !isText && !ctrlKey && !metaKey && !altKey
        : event.key?.toLowerCase() === "k" && (ctrlKey || metaKey) && !altKey && !event.shiftKey;
      if (!isKey) return;
      event.preventDefault();
      open();
    });
  }
}
