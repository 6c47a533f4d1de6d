// Shows the paper anew when the page beside it changed, at the place that was opened.
(() => {
  const [page, paper] = document.querySelectorAll("iframe");
  const { pdf, destination } = paper.dataset;
  let number = 0;
  const listen = () => {
    page.contentWindow.addEventListener("tympan-shown", () => {
      paper.src = `${pdf}?${++number}#nameddest=${destination}`;
    });
  };
  page.addEventListener("load", listen);
  listen();
})();
