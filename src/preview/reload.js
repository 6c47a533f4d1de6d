// Waits for a change and shows it, at the same height of the page.
(() => {
  const shown = document.currentScript.dataset.stamp;
  const key = "tympan-scroll:" + location.pathname;
  const store = (use) => {
    try {
      return use(sessionStorage);
    } catch {
      return null; // storage may be switched off
    }
  };

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

  const overlay = document.querySelector("tympan-overlay");
  overlay?.shadowRoot?.querySelector("button")?.addEventListener("click", () => overlay.remove());

  let source = null;
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource("/__tympan/events");
    source.onmessage = (event) => {
      if (event.data === shown) return;
      source.close();
      store((kept) => kept.setItem(key, String(scrollY)));
      location.reload();
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
