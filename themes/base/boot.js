// Runs before the page is painted, so that nothing flickers or moves: the color scheme that the
// reader chose, and a mark for what needs script.
(function (root) {
  root.classList.add("js");
  try {
    var scheme = localStorage.getItem("tympan-scheme");
    if (scheme === "light" || scheme === "dark") root.dataset.scheme = scheme;
  } catch (refused) {}
})(document.documentElement);
