// Runs before every page that is measured: when its grid is painted, how its frames follow, when an edit has arrived.

const painted = (done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));

const watch = new MutationObserver(() => {
  if (!document.querySelector("#grid[data-ready]") || !document.querySelector("revogr-data[type='rgRow'] .rgCell")) return;
  watch.disconnect();
  painted((at) => { window.paintedAt = at; });
});
watch.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-ready"] });

// Scrolls down by equal steps, one a frame, to the end of the rows or `most` pixels; milliseconds of each frame.
window.scrollDown = (steps, most) => new Promise((resolve) => {
  const view = [...document.querySelectorAll("revogr-viewport-scroll .vertical-inner")].find((each) => each.scrollHeight > each.clientHeight + 1 && each.clientWidth > 400);
  const step = Math.min(view.scrollHeight - view.clientHeight, most) / steps, frames = [];
  view.scrollTop = 0;
  let before;
  const next = (now) => {
    if (before !== undefined) frames.push(now - before);
    before = now;
    if (frames.length === steps) return resolve({ frames, top: view.scrollTop });
    view.scrollTop += step;
    requestAnimationFrame(next);
  };
  setTimeout(() => requestAnimationFrame(next), 300);
});

// Milliseconds from the next Enter until the cell `id` says something else and is painted.
window.nextEdit = (id) => {
  window.edited = undefined;
  const cell = () => document.querySelector(`[data-testid="${id}"]`)?.textContent;
  const was = cell();
  let enter;
  const pressed = (event) => { if (event.key === "Enter") enter = performance.now(); };
  addEventListener("keydown", pressed, { capture: true });
  const look = new MutationObserver(() => {
    if (enter === undefined || cell() === was || cell() === undefined) return;
    look.disconnect();
    removeEventListener("keydown", pressed, { capture: true });
    painted((at) => {
      const asked = performance.getEntriesByType("resource").filter((each) => each.name.includes("/grid/edit/")).pop();
      window.edited = { whole: at - enter, server: asked.responseStart - asked.requestStart };
    });
  });
  look.observe(document.getElementById("grid"), { subtree: true, childList: true, characterData: true });
};
