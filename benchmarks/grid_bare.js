// RevoGrid alone, with as many rows and columns of plain text as the planning grid shows, of the same sizes.

import { decode } from "/static/grid/wire.js";

const query = new URLSearchParams(location.search);
const answer = await fetch("/still/numbers/");
const { header, values } = decode(await answer.arrayBuffer());
const count = header.columns.length, nodes = header.keys.length;
const format = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const source = [];
for (let node = 1; node < nodes; node += 1) {
  const row = { label: header.labels[node], measure: header.lines[0].label };
  for (let column = 0; column < count; column += 1) row[`c${column}`] = format.format(values[node * count + column]);
  source.push(row);
}
await customElements.whenDefined("revo-grid");
const box = document.getElementById("grid");
box.style.width = `${query.get("width")}px`;
box.style.height = `${query.get("height")}px`;
const grid = document.createElement("revo-grid");
grid.style.height = "100%";
Object.assign(grid, {
  readonly: true, rowSize: 24, theme: "compact", hideAttribution: true, source,
  columns: [
    { prop: "label", name: "Row", size: 190, pin: "colPinStart" },
    { prop: "measure", name: "Measure", size: 124, pin: "colPinStart" },
    ...header.columns.map((column, number) => ({ prop: `c${number}`, name: column.label, size: Number(query.get("wide")) })),
  ],
});
grid.addEventListener("aftergridinit", () => { box.dataset.ready = "1"; }, { once: true });
box.append(grid);
