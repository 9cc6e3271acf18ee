// The planning grid: what a page needs of a grid, over RevoGrid's core, which draws and scrolls. Selection, keys and the
// field in which one types are ours.
//
//   const grid = new PlanGrid({ el, rows, periods, onEdit, locked, onSelect, onCommand, words });
//   grid.applyCells(values, places, marks); grid.setExpanded(node, true); grid.getSelection();
//
// rows: { keys, labels, depth, lines: [{ name, label, kind, edit, is_foot }], leading, values, marks, held }; values and
// marks are [lines, nodes, periods] in one array, and held says who holds a cell. A row of the screen is a node and a line of it.

import { copied, filled, pasted, typed } from "./clipboard.js";
import { Drawing } from "./drawing.js";
import { Field } from "./field.js";
import { Figures } from "./figures.js";
import { press } from "./keys.js";
import { MARK, Painting } from "./painting.js";
import { Pointer } from "./pointer.js";
import { Selection } from "./selection.js";
import { Tree } from "./tree.js";

export { MARK };
const SAID = [[MARK.HELD, "held"], [MARK.MINE, "mine"], [MARK.THEIRS, "theirs"], [MARK.COMMENT, "comment"], [MARK.CHANGED, "fresh"], [MARK.ESTIMATE, "estimate"]];
const REST = 120; // milliseconds on a cell until the page shows it beside

export class PlanGrid {
  constructor({ el, rows, periods, onEdit, locked, onSelect, onCommand, words, open }) {
    Object.assign(this, { el, rows, periods, onEdit, locked, onSelect, onCommand, words });
    this.pending = new Map();
    this.figures = new Figures(rows, periods);
    this.tree = new Tree(rows, everyNodes(rows.lines), open || this.#largest());
    this.selection = new Selection(Math.max(periods.findIndex((period) => !period.is_closed), 0)); // closed buckets stand left of it
    this.painting = new Painting(this);
    this.drawing = new Drawing({
      ...this, foot: footOf(rows.lines), words: this.#heads(), onScroll: () => this.#place(), onPainted: () => this.#place(),
    });
    this.field = new Field(this);
    this.pointer = new Pointer(this);
    el.replaceChildren(this.drawing.element, this.field.element, this.pointer.handle);
    this.#listen();
    this.go(0, this.selection.at.column);
  }

  get ready() { return this.drawing.ready; }

  get shown() { return this.tree.shown; }

  // Node and line of the row one is on.
  get here() { return this.shown[this.selection.at.row]; }

  // -- what a page calls ---------------------------------------------------------------------------------------------

  // Take changed cells over: all at once, in one repaint.
  applyCells(values, places, marks) {
    for (let n = 0; n < places.length; n += 1) {
      this.rows.values[places[n]] = values[n];
      this.rows.marks[places[n]] = marks[n];
    }
    if (this.figures.widen()) this.drawing.rewiden();
    this.drawing.refoot();
    this.drawing.repaint();
    this.#tell();
  }

  setExpanded = (node, isOpen) => {
    const row = this.here;
    this.tree.set(node, isOpen);
    this.#retree(this.tree.placeOf(row));
  };

  expandAll(isOpen) {
    this.tree.setAll(isOpen);
    this.#retree(0);
  }

  isExpanded(node) { return this.tree.isOpen(node); }

  // The selected block: rows (node and line), columns, and the cell the field stands on.
  getSelection() { return { ...this.selection.block, cell: { ...this.here, column: this.selection.at.column } }; }

  // Show a cell, opening what stands above it.
  reveal(node, line, column) {
    const row = this.tree.openTo(node, line);
    this.drawing.retree();
    this.go(row, column);
    this.focus();
  }

  // Until the server has answered, a cell says what was typed.
  setPending(cells, isPending) {
    for (const { line, node, column, text } of cells) {
      const place = this.place(line, node, column);
      if (isPending) this.pending.set(place, text);
      else if (this.pending.get(place) === text) this.pending.delete(place);
    }
    this.drawing.repaint();
  }

  place(line, node, column) { return this.figures.place(line, node, column); }

  focus() { this.field.focus(); }

  // -- where one is --------------------------------------------------------------------------------------------------

  go = (row, column, { isExtending = false } = {}) => {
    const at = { row: within(row, this.shown.length), column: within(column, this.periods.length) };
    this.#pick(at, isExtending ? this.selection.from : at);
  };

  // Take a block; the field stands on its last cell.
  select({ top, bottom, left, right }) {
    this.#pick({ row: within(bottom, this.shown.length), column: within(right, this.periods.length) }, { row: top, column: left });
  }

  // Shift+Space takes the whole row, Ctrl+Space the whole column, as the grid pattern says.
  selectWhole(way) {
    const { row, column } = this.selection.at, last = { bottom: this.shown.length - 1, right: this.periods.length - 1 };
    this.select(way === "row" ? { top: row, bottom: row, left: 0, right: last.right } : { top: 0, bottom: last.bottom, left: column, right: column });
  }

  selectAll() { this.select({ top: 0, left: 0, bottom: this.shown.length - 1, right: this.periods.length - 1 }); }

  // Only the cell one is on.
  collapse() {
    this.selection.set(this.selection.at, this.selection.at);
    this.drawing.repaint();
  }

  boxOf({ row, column }) { return this.drawing.boxOf(row, column, this.el); }

  #pick(at, from) {
    this.selection.set(at, from);
    this.drawing.show(at.row, at.column);
    this.drawing.repaint();
    this.#tell();
  }

  #retree(row) {
    this.drawing.retree();
    this.onCommand("opened", [...this.tree.expanded]);
    this.go(row, this.selection.at.column);
  }

  #place() {
    this.field.place();
    this.pointer.place();
  }

  // -- what was typed ------------------------------------------------------------------------------------------------

  lockedHere() { return this.locked(this.here.line, this.here.node, this.selection.at.column); }

  // The number one stands on, as one would type it.
  rawHere() {
    const value = this.figures.value(this.here.line, this.here.node, this.selection.at.column);
    return Number.isNaN(value) ? "" : String(Math.round(value * 100) / 100);
  }

  enter(text, isForAll) {
    const { row, column } = this.selection.at, one = { top: row, bottom: row, left: column, right: column };
    this.onEdit(typed(text, isForAll ? this.selection.block : one, this), isForAll ? "fill" : "type");
  }

  send(cells, how, beyond) { if (cells.length) this.onEdit(cells, how, beyond); }

  fillFrom(way) {
    const all = this.selection.block;
    this.send(filled(way === "down" ? { ...all, bottom: all.top } : { ...all, right: all.left }, all, this), "fill");
  }

  #listen() {
    const { element } = this.field;
    element.addEventListener("keydown", (event) => press(event, this));
    element.addEventListener("copy", (event) => this.#copy(event));
    element.addEventListener("paste", (event) => this.#paste(event));
    new ResizeObserver(() => {
      this.drawing.resized();
      this.#place();
    }).observe(this.el);
  }

  #copy(event) {
    if (this.field.isEditing) return;
    event.preventDefault();
    const { text, count } = copied(this.selection, this);
    event.clipboardData.setData("text/plain", text);
    this.onCommand("copied", count);
  }

  // One block is one step.
  #paste(event) {
    if (this.field.isEditing) return;
    event.preventDefault();
    const found = pasted(event.clipboardData.getData("text/plain"), this.selection, this);
    if (!found) return;
    this.select({ ...this.selection.block, bottom: found.bottom, right: found.right });
    this.onEdit(found.cells, "paste", found.beyond);
  }

  // -- words ---------------------------------------------------------------------------------------------------------

  // Say where the field stands; the page shows the cell beside.
  #tell() {
    if (!this.here) return;
    const { node, line } = this.here, { column } = this.selection.at, period = this.periods[column];
    const parts = [this.rows.labels[node], this.rows.lines[line].label, period.label, this.figures.text(line, node, column) || this.words.empty];
    const mark = this.rows.marks[this.place(line, node, column)];
    for (const [bit, word] of SAID) if (mark & bit) parts.push((bit === MARK.HELD && this.rows.held.words(node, column)) || this.words[word]);
    this.field.say(parts.join(", "), this.painting.idOf(line, node, column));
    clearTimeout(this.telling);
    const words = [...parts.slice(0, 2), period.is_total ? period.label : `${period.label} ${period.year}`, ...parts.slice(3)];
    this.telling = setTimeout(() => {
      if (this.locked(line, node, column)) words.push(this.words.readOnly);
      this.onSelect({ node, line, column, words: words.join(", ") });
    }, REST);
  }

  // The foot says its unit, because its numbers are in thousands or millions; other money says it in the head.
  #heads() {
    const { lines } = this.rows, { scales } = this.figures;
    const money = (line) => `${this.words.currency} ${scales[line].prefix}`.trim();
    const first = lines.findIndex((line) => !line.is_foot && line.kind === "amount");
    return {
      ...this.words, measure: first < 0 ? this.words.measure : `${this.words.measure}, ${money(first)}`,
      lines: lines.map((line, number) => (line.is_foot ? `${line.label}, ${money(number)}` : line.label)),
    };
  }

  // The row at the top that weighs most: open at first, because a planner begins there.
  #largest() {
    const foot = this.rows.lines.length - 1, last = this.periods.length - 1;
    const tops = this.rows.depth.map((depth, node) => node).filter((node) => this.rows.depth[node] === 1);
    const weight = (node) => this.figures.value(foot, node, last) || 0;
    return tops.length ? [tops.reduce((best, node) => (weight(node) > weight(best) ? node : best))] : [];
  }
}

// Lines that every node has; the others stand below the grid, for the whole.
function everyNodes(lines) { return [...lines.keys()].filter((number) => !lines[number].is_foot); }

function footOf(lines) { return [...lines.keys()].filter((number) => lines[number].is_foot).map((line) => ({ node: 0, line, isFoot: true })); }

function within(value, count) { return Math.min(Math.max(value, 0), Math.max(count - 1, 0)); }
