// Moved fragments: whoever comes with an old one is led to where its text is now. A page that only
// sends its reader on keeps the fragment they came with.
(() => {
  const data = document.getElementById("moved");
  const away = document.body.dataset.movedTo;
  const moved = data ? JSON.parse(data.textContent) : {};
  const go = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    const to = Object.hasOwn(moved, name) ? moved[name] : null;
    if (to) location.replace(to);
    else if (away && name && !away.includes("#")) location.replace(away + location.hash);
  };
  if (data || away) {
    go();
    addEventListener("hashchange", go);
  }
})();
