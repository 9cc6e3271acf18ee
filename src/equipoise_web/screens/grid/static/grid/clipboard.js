// Blocks of cells: copied as a spreadsheet reads them, pasted as it writes them, filled from what stands in a corner.

import { amount, parse, toText } from "./paste.js";

// The text of a block, and how many cells it has.
export function copied({ top, bottom, left, right }, { tree, figures }) {
  const rows = [];
  for (let row = top; row <= bottom; row += 1) {
    const { node, line } = tree.shown[row], cells = [];
    for (let column = left; column <= right; column += 1) {
      const value = figures.value(line, node, column);
      cells.push(Number.isNaN(value) ? "" : String(Math.round(value * 1e6) / 1e6));
    }
    rows.push(cells);
  }
  return { text: toText(rows), count: rows.length * (right - left + 1) };
}

// The cells that a pasted text fills, the block they make, and how many lie beyond the grid; a single value fills the
// whole selection. Null where there is no text.
export function pasted(text, { top, bottom, left, right }, { tree, periods }) {
  const block = parse(text);
  if (!block.length) return null;
  const isOne = block.length === 1 && block[0].length === 1;
  const tall = isOne ? bottom - top + 1 : block.length, wide = isOne ? right - left + 1 : Math.max(...block.map((row) => row.length));
  const cells = [];
  let beyond = 0;
  for (let y = 0; y < tall; y += 1) {
    for (let x = 0; x < wide; x += 1) {
      const word = amount(isOne ? block[0][0] : block[y][x] ?? "");
      if (!word) continue;
      const row = tree.shown[top + y];
      if (!row || left + x >= periods.length) beyond += 1;
      else cells.push({ ...row, column: left + x, text: word });
    }
  }
  return { cells, beyond, bottom: top + tall - 1, right: left + wide - 1 };
}

// One text in every cell of a block, each as its line means it.
export function typed(text, { top, bottom, left, right }, { tree, figures }) {
  const cells = [];
  for (let row = top; row <= bottom; row += 1) {
    const here = tree.shown[row];
    for (let column = left; column <= right; column += 1) cells.push({ ...here, column, text: text && figures.inBase(text, here.line) });
  }
  return cells;
}

// What stands in `start`, repeated over the rest of `end`.
export function filled(start, end, { tree, figures }) {
  const cells = [], tall = start.bottom - start.top + 1, wide = start.right - start.left + 1;
  for (let row = end.top; row <= end.bottom; row += 1) {
    for (let column = end.left; column <= end.right; column += 1) {
      if (row <= start.bottom && column <= start.right) continue;
      const from = tree.shown[start.top + ((row - start.top) % tall)], left = start.left + ((column - start.left) % wide);
      const value = figures.value(from.line, from.node, left);
      if (!Number.isNaN(value)) cells.push({ ...tree.shown[row], column, text: String(value) });
    }
  }
  return cells;
}
