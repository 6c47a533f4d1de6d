// Shows the paper anew when something changed, at the page that was opened beside it.
(() => {
  const paper = document.querySelector("iframe[data-pdf]");
  const { pdf, destination } = paper.dataset;
  let shown = null;
  new EventSource("events").onmessage = (event) => {
    const { stamp } = JSON.parse(event.data);
    if (shown !== null && stamp !== shown) paper.src = `${pdf}?${stamp}#nameddest=${destination}`;
    shown = stamp;
  };
})();
