// One stop for the tab key in the heat table; arrows, Home and End move through its cells. Without it every cell is a stop.
const table = document.querySelector("[data-heat]");
if (table) {
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("a")]);
  const cells = rows.flat();
  let current = cells[0];
  const stop = (cell) => {
    current.tabIndex = -1;
    current = cell;
    current.tabIndex = 0;
  };
  cells.forEach((cell) => { cell.tabIndex = -1; });
  stop(cells[0]);
  table.setAttribute("role", "grid");
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("a");
    if (cell) stop(cell);
  });
  table.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const y = rows.findIndex((row) => row.includes(current));
    const x = rows[y].indexOf(current);
    const wide = rows[y].length - 1;
    const to = {
      ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1], ArrowUp: [y - 1, x], ArrowDown: [y + 1, x],
      Home: [y, 0], End: [y, wide],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    const cell = rows[to[0]]?.[to[1]];
    if (cell) {
      cell.focus();
      cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  });
}
