// The planning grid: what a page needs of a grid, over RevoGrid's core, which draws and scrolls. Selection, keys and the
// field in which one types are ours: the field always has the focus, so that no key is lost however fast it comes.
//
//   const grid = new PlanGrid({ el, rows, periods, onEdit, locked, onSelect, onCommand, words });
//   grid.applyCells(values, places, marks); grid.setExpanded(node, true); grid.getSelection();
//
// rows: { keys, labels, depth, lines: [{ name, label, kind, edit, is_foot }], leading, values, marks }; values and marks
// are [lines, nodes, periods] in one array. A row of the screen is a node and a line of it.

import { Aria, NAMES } from "./aria.js";
import { foresee, scaleOf, show, signed } from "./numbers.js";
import { amount, parse, toText } from "./paste.js";

export const MARK = { MINE: 1, THEIRS: 2, HELD: 4, COMMENT: 8, ESTIMATE: 16, CHANGED: 32 };
const ROW = 24, HEAD = 24, DIGIT = 7, PAD = 18, NARROWEST = 56;

export class PlanGrid {
  constructor({ el, rows, periods, onEdit, locked, onSelect, onCommand, words, open }) {
    Object.assign(this, { el, rows, periods, onEdit, locked, onSelect, onCommand, words });
    this.expanded = new Set(open || this.#largest());
    this.pending = new Map();
    const begin = Math.max(periods.findIndex((period) => !period.is_closed), 0); // closed buckets stand left of it
    this.at = { row: 0, column: begin };
    this.from = { row: 0, column: begin };
    this.top = { rgRow: 0, rgCol: 0 };
    this.isEditing = false;
    this.isChained = false;
    this.body = rows.lines.map((line, number) => number).filter((number) => !rows.lines[number].is_foot);
    this.scales = this.#scales();
    this.parents = parentsOf(rows.depth);
    this.all = [];
    for (let node = 1; node < rows.keys.length; node += 1) for (const line of this.body) this.all.push({ node, line });
    this.#draw();
  }

  get ready() { return this.drawn; }

  // Take changed cells over: all at once, in one repaint.
  applyCells(values, places, marks) {
    for (let n = 0; n < places.length; n += 1) {
      this.rows.values[places[n]] = values[n];
      this.rows.marks[places[n]] = marks[n];
    }
    const widths = this.#widths();
    if (widths.some((width, column) => width > this.widths[column])) {
      this.widths = widths.map((width, column) => Math.max(width, this.widths[column]));
      this.grid.columns = this.#columns();
    }
    this.#foot();
    this.#repaint();
    this.#tell();
  }

  setExpanded(node, isOpen) {
    if (isOpen) this.expanded.add(node);
    else this.expanded.delete(node);
    const here = this.shown[this.at.row];
    this.#trim();
    this.onCommand("opened", [...this.expanded]);
    const row = here ? Math.max(this.shown.indexOf(here), this.shown.findIndex((each) => each.node === here.node)) : 0;
    this.#go(Math.max(row, 0), this.at.column);
  }

  expandAll(isOpen) {
    this.expanded = new Set(isOpen ? this.rows.keys.map((key, node) => node).slice(1) : []);
    this.#trim();
    this.onCommand("opened", [...this.expanded]);
    this.#go(0, this.at.column);
  }

  isExpanded(node) { return this.expanded.has(node); }

  // The selected block: rows (node and line), columns, and the cell the field stands on.
  getSelection() {
    const [top, bottom] = [this.at.row, this.from.row].sort((a, b) => a - b);
    const [left, right] = [this.at.column, this.from.column].sort((a, b) => a - b);
    return { top, bottom, left, right, cell: { ...this.shown[this.at.row], column: this.at.column } };
  }

  // Show a cell, opening what stands above it.
  reveal(node, line, column) {
    for (let above = this.#parent(node); above > 0; above = this.#parent(above)) this.expanded.add(above);
    if (line !== this.rows.leading) this.expanded.add(node);
    this.#trim();
    this.#go(this.shown.findIndex((each) => each.node === node && each.line === line), column);
    this.focus();
  }

  // Until the server has answered, a cell says what was typed.
  setPending(cells, isPending) {
    for (const { line, node, column, text } of cells) {
      const place = this.place(line, node, column);
      if (isPending) this.pending.set(place, text);
      else if (this.pending.get(place) === text) this.pending.delete(place);
    }
    this.#repaint();
  }

  place(line, node, column) { return (line * this.rows.keys.length + node) * this.periods.length + column; }

  focus() { this.field.focus({ preventScroll: true }); }

  // The row at the top that weighs most: open at first, because a planner begins there.
  #largest() {
    const foot = this.rows.lines.length - 1, last = this.periods.length - 1;
    const tops = this.rows.depth.map((depth, node) => node).filter((node) => this.rows.depth[node] === 1);
    const weight = (node) => this.rows.values[this.place(foot, node, last)] || 0;
    return tops.length ? [tops.reduce((best, node) => (weight(node) > weight(best) ? node : best))] : [];
  }

  // -- drawing -------------------------------------------------------------------------------------------------------

  #scales() {
    const { values, lines, keys } = this.rows, size = keys.length * this.periods.length;
    const largest = {};
    lines.forEach((line, number) => {
      const sort = line.is_foot ? "foot" : line.kind;
      for (let n = number * size; n < (number + 1) * size; n += 1) {
        // Totals over time do not decide how the numbers of a month are read.
        if (!line.is_foot && this.periods[n % this.periods.length].is_total && this.periods.length > 1) continue;
        const value = Math.abs(values[n]);
        if (value > (largest[sort] || 0)) largest[sort] = value;
      }
    });
    return lines.map((line) => scaleOf(line.kind, largest[line.is_foot ? "foot" : line.kind] || 0));
  }

  #widths() {
    const { values, lines, keys } = this.rows, count = this.periods.length;
    return this.periods.map((period, column) => {
      let longest = period.label.length + 1;
      lines.forEach((line, number) => {
        let most = 0;
        for (let node = line.is_foot ? 0 : 1; node < (line.is_foot ? 1 : keys.length); node += 1) {
          const value = Math.abs(values[(number * keys.length + node) * count + column]);
          if (value > most) most = value;
        }
        longest = Math.max(longest, show(most, this.scales[number]).length + (line.kind === "load" ? 2 : 1));
      });
      return Math.max(NARROWEST, longest * DIGIT + PAD);
    });
  }

  #draw() {
    this.widths = this.#widths();
    this.grid = document.createElement("revo-grid");
    Object.assign(this.grid, {
      readonly: true, canFocus: false, range: false, useClipboard: false, resize: false, accessible: false,
      hideAttribution: true, rowSize: ROW, frameSize: 3, theme: "compact", filter: false,
      columns: this.#columns(), source: this.all, pinnedBottomSource: this.#footRows(),
    });
    this.#trim();
    this.field = document.createElement("input");
    Object.assign(this.field, { type: "text", className: "cell-field", autocomplete: "off", spellcheck: false, enterKeyHint: "next" });
    this.field.setAttribute("aria-describedby", "grid-keys");
    this.aria = new Aria({ grid: this.grid, rowAt: (row) => this.#rowAt(row), count: () => this.shown.length, columns: () => this.periods.length, label: this.words.numbers });
    this.field.setAttribute("aria-controls", this.grid.id);
    this.handle = Object.assign(document.createElement("span"), { className: "fill-handle" });
    this.el.replaceChildren(this.grid, this.field, this.handle);
    this.drawn = new Promise((resolve) => this.grid.addEventListener("aftergridinit", resolve, { once: true }));
    this.grid.addEventListener("viewportscroll", ({ detail }) => {
      this.top[detail.dimension] = detail.coordinate;
      this.#place();
    });
    this.#listen();
    this.#go(0, this.at.column);
  }

  #columns() {
    const head = [
      { prop: "label", name: this.words.row, size: 190, pin: "colPinStart", cellTemplate: (h, { model }) => this.#label(h, model), cellProperties: ({ model }) => this.#rowClass(model, "label") },
      { prop: "measure", name: this.#measureHead(), size: 124, pin: "colPinStart", cellTemplate: (h, { model }) => this.#measure(model), cellProperties: ({ model }) => this.#rowClass(model, "measure") },
    ];
    const years = [];
    this.periods.forEach((period, column) => {
      const leaf = {
        prop: `c${column}`, name: period.label, size: this.widths[column], column,
        cellTemplate: (h, { model }) => this.#cell(h, model, column),
        cellProperties: ({ model, rowIndex, type }) => this.#cellClass(model, column, rowIndex, type),
        columnProperties: () => ({ class: { total: period.is_total, closed: Boolean(period.is_closed), "quarter-begins": this.#begins(column) } }),
      };
      let year = years[years.length - 1];
      if (!year || year.name !== period.year) years.push((year = { name: period.year, children: [] }));
      const quarter = year.children[year.children.length - 1];
      const name = period.is_total ? "" : period.quarter;
      if (quarter && quarter.name === name && quarter.children) quarter.children.push(leaf);
      else year.children.push({ name, children: [leaf] });
    });
    return [...head, ...years];
  }

  #begins(column) {
    const before = this.periods[column - 1];
    return !before || before.quarter !== this.periods[column].quarter || before.is_total;
  }

  #label(h, model) {
    if (model.isFoot) return this.rows.labels[0];
    const isOpen = this.expanded.has(model.node), name = this.rows.labels[model.node];
    if (model.line !== this.#first(model.node)) return h("span", { class: "vh" }, name);
    const chevron = h("span", { class: "twist", "aria-hidden": "true" }, !this.#opens(model.node) ? "" : isOpen ? "⌄" : "›");
    return h("span", { class: `tree-label depth-${this.rows.depth[model.node]}`, title: name }, chevron, h("span", { class: "name" }, name));
  }

  // The foot says its unit, because its numbers are in thousands or millions; other money says it in the head.
  #measure({ line }) {
    const about = this.rows.lines[line];
    return about.is_foot ? `${about.label}, ${this.#money(line)}` : about.label;
  }

  #money(line) { return `${this.words.currency} ${this.scales[line].prefix}`.trim(); }

  #measureHead() {
    const money = this.body.find((line) => this.rows.lines[line].kind === "amount");
    return money === undefined ? this.words.measure : `${this.words.measure}, ${this.#money(money)}`;
  }

  #first(node) { return this.expanded.has(node) ? this.body[0] : this.rows.leading; }

  // Something stands below, here or at the server, or more than one line does.
  #opens(node) { return this.body.length > 1 || this.rows.depth[node + 1] > this.rows.depth[node] || this.rows.hidden?.[node] > 0; }

  #closes(node, line) { return !this.expanded.has(node) || line === this.body[this.body.length - 1]; }

  #isBold(node, line) { return line === this.rows.leading && (this.rows.depth[node] === 1 || (this.expanded.has(node) && this.body.length > 1)); }

  #rowClass(model, column) {
    const { node, line, isFoot } = model;
    return {
      class: {
        [column]: true, leading: isFoot || this.#isBold(node, line), closes: !isFoot && this.#closes(node, line), opens: !isFoot && line === this.#first(node),
        family: this.rows.depth[node] === 1, foot: Boolean(isFoot),
      },
      "data-node": node, role: "rowheader", "aria-colindex": column === "label" ? 1 : 2,
    };
  }

  // What a row of the screen is in the tree: each line of a node stands at the node's level, and its first line opens it.
  #rowAt(row) {
    const here = this.shown[row];
    if (!here) return undefined;
    const { node, line } = here;
    return { level: this.rows.depth[node], isOpen: this.#opens(node) && line === this.#first(node) ? this.expanded.has(node) : undefined };
  }

  #idOf(line, node, column) { return `cell-${line}-${node}-${column}`; }

  #cell(h, { node, line }, column) {
    const place = this.place(line, node, column);
    const typed = this.pending.get(place);
    const value = this.rows.values[place], mark = this.rows.marks[place];
    if (typed !== undefined) {
      const ahead = foresee(typed, value);
      return Number.isNaN(ahead) ? typed : show(ahead, this.scales[line]);
    }
    const text = this.text(line, node, column);
    if (mark & MARK.HELD) return [h("span", { class: "lock", "aria-hidden": "true" }), text];
    if (this.rows.lines[line].kind === "load" && Math.round(value) > 100) return [h("span", { class: "alarm" }, "▲"), text];
    return text;
  }

  text(line, node, column) {
    const value = this.rows.values[this.place(line, node, column)];
    if (value === 0 && line !== this.rows.leading && !this.rows.lines[line].is_foot) return "–";
    return this.rows.lines[line].is_delta ? signed(value, this.scales[line]) : show(value, this.scales[line]);
  }

  #cellClass(model, column, rowIndex, type) {
    const { node, line, isFoot } = model;
    const place = this.place(line, node, column), mark = this.rows.marks[place];
    const isPending = this.pending.has(place);
    const { top, bottom, left, right } = this.getSelection();
    const inRows = !isFoot && type !== "rowPinEnd" && rowIndex >= top && rowIndex <= bottom;
    const isHere = inRows && rowIndex === this.at.row && column === this.at.column;
    const base = this.rows.baseline;
    const isQuiet = this.rows.lines[line].is_function && base >= 0 && this.rows.values[place] === this.rows.values[this.place(base, node, column)];
    return {
      class: {
        num: true, closed: Boolean(this.periods[column].is_closed), here: isHere, range: inRows && column >= left && column <= right && !isHere,
        mine: Boolean(mark & MARK.MINE), theirs: Boolean(mark & MARK.THEIRS) && !(mark & MARK.MINE),
        held: Boolean(mark & MARK.HELD), note: Boolean(mark & MARK.COMMENT), est: Boolean(mark & MARK.ESTIMATE) || isPending,
        over: this.rows.lines[line].kind === "load" && Math.round(this.rows.values[place]) > 100,
        quiet: isQuiet && !(mark & (MARK.MINE | MARK.THEIRS)), leading: isFoot || this.#isBold(node, line), total: this.periods[column].is_total,
        "quarter-begins": this.#begins(column), closes: !isFoot && this.#closes(node, line), family: this.rows.depth[node] === 1, foot: Boolean(isFoot),
        delta: Boolean(this.rows.lines[line].is_delta), fresh: Boolean(mark & MARK.CHANGED), open: Boolean(this.rows.lines[line].edit),
      },
      id: this.#idOf(line, node, column), role: "gridcell", "aria-colindex": NAMES + column + 1,
      "aria-selected": String(inRows && column >= left && column <= right),
      "aria-readonly": String(Boolean(isFoot || this.periods[column].is_closed) || !this.rows.lines[line].edit || Boolean(mark & MARK.HELD)),
      "data-testid": `cell:${this.rows.lines[line].name}:${this.rows.keys[node]}:${this.periods[column].mark}`,
      "data-state": isPending || mark & MARK.ESTIMATE ? "estimate" : !this.rows.isExact && this.rows.lines[line].is_later ? "saved" : "exact",
    };
  }

  #footRows() {
    return this.rows.lines.map((line, number) => ({ node: 0, line: number, isFoot: true })).filter(({ line }) => this.rows.lines[line].is_foot);
  }

  #foot() { this.grid.pinnedBottomSource = this.#footRows(); }

  // Rows that stay hidden: those below a shut node, and all but the leading line of a node that is shut.
  #trim() {
    const trimmed = {}, shown = [], inSight = [true];
    for (let node = 1; node < this.rows.keys.length; node += 1) {
      const above = this.#parent(node);
      inSight[node] = above === 0 || (inSight[above] && this.expanded.has(above));
    }
    this.all.forEach((row, place) => {
      if (inSight[row.node] && (row.line === this.rows.leading || this.expanded.has(row.node))) shown.push(row);
      else trimmed[place] = true;
    });
    this.shown = shown;
    this.grid.trimmedRows = trimmed;
  }

  #parent(node) { return this.parents[node]; }

  #repaint() {
    if (this.isAsked) return;
    this.isAsked = true;
    requestAnimationFrame(() => {
      this.isAsked = false;
      Promise.resolve(this.grid.refresh?.("all")).then(() => requestAnimationFrame(() => this.#place()));
    });
  }

  // -- the field and the selection -----------------------------------------------------------------------------------

  #node() { return this.shown[this.at.row]; }

  #go(row, column, { isExtending = false } = {}) {
    const last = this.shown.length - 1;
    this.at = { row: Math.min(Math.max(row, 0), Math.max(last, 0)), column: Math.min(Math.max(column, 0), this.periods.length - 1) };
    if (!isExtending) this.from = { ...this.at };
    this.#show();
    this.#repaint();
    this.#tell();
  }

  #cellElement(row, column) {
    return this.grid.querySelector(`revogr-data[type="rgRow"][col-type="rgCol"] .rgCell[data-rgrow="${row}"][data-rgcol="${column}"]`);
  }

  // Scroll until the cell is in sight.
  #show() {
    const view = this.grid.querySelector('revogr-viewport-scroll[col-type="rgCol"], revogr-viewport-scroll.rgCol');
    if (!view) return;
    const box = view.getBoundingClientRect();
    const height = box.height - HEAD * 3 - (this.#footRows().length + 1) * ROW;
    const top = this.at.row * ROW;
    if (top < this.top.rgRow) this.grid.scrollToRow(this.at.row);
    else if (top + ROW > this.top.rgRow + height) this.grid.scrollToRow(Math.max(0, this.at.row - Math.floor(height / ROW) + 1));
    const left = this.widths.slice(0, this.at.column).reduce((sum, width) => sum + width, 0);
    if (left < this.top.rgCol) this.grid.scrollToColumnIndex(this.at.column);
    else if (left + this.widths[this.at.column] > this.top.rgCol + box.width) {
      let first = this.at.column, room = box.width - this.widths[first];
      while (first > 0 && room >= this.widths[first - 1]) { first -= 1; room -= this.widths[first]; }
      this.grid.scrollToColumnIndex(first);
    }
  }

  // Lay the field over the cell, and the handle at the corner of the range.
  #place() {
    this.aria.update();
    const cell = this.#cellElement(this.at.row, this.at.column);
    const home = this.el.getBoundingClientRect();
    if (cell) {
      const box = cell.getBoundingClientRect();
      this.field.style.transform = `translate(${box.left - home.left}px, ${box.top - home.top}px)`;
      this.field.style.width = `${this.isEditing ? Math.max(box.width, (this.field.value.length + 2) * 8) : box.width}px`;
      this.field.style.height = `${box.height}px`;
    }
    const { bottom, right } = this.getSelection();
    const corner = this.#cellElement(bottom, right);
    this.handle.hidden = !corner || !this.rows.lines[this.#node()?.line]?.edit;
    if (corner) {
      const box = corner.getBoundingClientRect();
      this.handle.style.transform = `translate(${box.right - home.left - 4}px, ${box.bottom - home.top - 4}px)`;
    }
  }

  // Say where the field stands; the page shows the cell beside.
  #tell() {
    const here = this.#node();
    if (!here) return;
    const { node, line } = here, { column } = this.at;
    const parts = [this.rows.labels[node], this.rows.lines[line].label, this.periods[column].label, this.text(line, node, column) || this.words.empty];
    const mark = this.rows.marks[this.place(line, node, column)];
    for (const [bit, word] of [[MARK.HELD, "held"], [MARK.MINE, "mine"], [MARK.THEIRS, "theirs"], [MARK.COMMENT, "comment"], [MARK.CHANGED, "fresh"], [MARK.ESTIMATE, "estimate"]]) {
      if (mark & bit) parts.push(this.words[word]);
    }
    this.field.setAttribute("aria-label", parts.join(", "));
    this.field.setAttribute("aria-activedescendant", this.#idOf(line, node, column));
    clearTimeout(this.telling);
    const period = this.periods[column];
    const words = [...parts.slice(0, 2), period.is_total ? period.label : `${period.label} ${period.year}`, ...parts.slice(3)];
    this.telling = setTimeout(() => {
      if (this.locked(line, node, column)) words.push(this.words.readOnly);
      this.onSelect({ node, line, column, words: words.join(", ") });
    }, 120);
  }

  #listen() {
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => { if (!this.isEditing) this.#begin(); this.#place(); });
    this.field.addEventListener("blur", () => { if (this.isEditing) this.#commit(); this.el.classList.remove("focused"); });
    this.field.addEventListener("focus", () => this.el.classList.add("focused"));
    this.field.addEventListener("copy", (event) => this.#copy(event));
    this.field.addEventListener("paste", (event) => this.#paste(event));
    this.el.addEventListener("pointerdown", (event) => this.#press(event));
    this.el.addEventListener("dblclick", (event) => { if (this.#cellOf(event)) this.#begin(this.#raw()); });
    this.handle.addEventListener("pointerdown", (event) => this.#drag(event));
    new ResizeObserver(() => this.#place()).observe(this.el);
  }

  #cellOf(event) {
    const cell = event.composedPath?.().find((each) => each.classList?.contains("rgCell")) || event.target.closest?.(".rgCell");
    const data = cell?.closest("revogr-data");
    if (!cell || data?.getAttribute("type") !== "rgRow") return null;
    const isPinned = data.getAttribute("col-type") !== "rgCol";
    return { row: Number(cell.dataset.rgrow), column: isPinned ? -1 : Number(cell.dataset.rgcol), isLabel: isPinned && cell.dataset.rgcol === "0" };
  }

  #press(event) {
    const hit = this.#cellOf(event);
    if (!hit || event.button) return;
    event.preventDefault();
    if (this.isEditing) this.#commit();
    this.isChained = false;
    this.focus();
    if (hit.isLabel) {
      const { node } = this.shown[hit.row];
      this.setExpanded(node, !this.expanded.has(node));
      return;
    }
    if (hit.column < 0) return;
    this.#go(hit.row, hit.column, { isExtending: event.shiftKey });
    const move = (later) => {
      const cell = document.elementFromPoint(later.clientX, later.clientY);
      const over = cell && this.#cellOf({ target: cell });
      if (over && over.column >= 0) this.#go(over.row, over.column, { isExtending: true });
    };
    const up = () => { removeEventListener("pointermove", move); removeEventListener("pointerup", up); };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
  }

  // Fill handle: the block is drawn out down or to the right, and takes what stands in it.
  #drag(event) {
    event.preventDefault();
    event.stopPropagation();
    const start = this.getSelection();
    let end = start;
    const move = (later) => {
      const cell = document.elementFromPoint(later.clientX, later.clientY);
      const over = cell && this.#cellOf({ target: cell });
      if (!over || over.column < 0) return;
      end = { ...start, bottom: Math.max(start.bottom, over.row), right: Math.max(start.right, over.column) };
      if (end.bottom - start.bottom >= end.right - start.right) end.right = start.right;
      else end.bottom = start.bottom;
      this.from = { row: start.top, column: start.left };
      this.#go(end.bottom, end.right, { isExtending: true });
    };
    const up = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      if (end !== start) this.#fill(start, end);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
  }

  #raw() {
    const { node, line } = this.#node();
    const value = this.rows.values[this.place(line, node, this.at.column)];
    return Number.isNaN(value) ? "" : String(Math.round(value * 100) / 100);
  }

  #begin(text) {
    const { node, line } = this.#node();
    const because = this.locked(line, node, this.at.column);
    if (because) {
      this.field.value = "";
      this.onCommand("locked", because);
      return;
    }
    this.isEditing = true;
    this.el.classList.add("editing");
    if (text !== undefined) {
      this.field.value = text;
      this.field.select();
    }
    this.#place();
  }

  #cancel() {
    this.isEditing = false;
    this.field.value = "";
    this.el.classList.remove("editing");
    this.#place();
  }

  #commit({ isForAll = false } = {}) {
    const text = this.field.value.trim();
    const block = this.getSelection();
    const cells = [];
    const rows = isForAll ? [block.top, block.bottom] : [this.at.row, this.at.row];
    const columns = isForAll ? [block.left, block.right] : [this.at.column, this.at.column];
    for (let row = rows[0]; row <= rows[1]; row += 1) {
      for (let column = columns[0]; column <= columns[1]; column += 1) cells.push({ ...this.shown[row], column, text: this.#inBase(text, this.shown[row].line) });
    }
    this.#cancel();
    if (text) this.onEdit(cells, isForAll ? "fill" : "type");
  }

  // In a line that shows thousands or millions, a number is meant as it is shown.
  #inBase(text, line) {
    const { by } = this.scales[line];
    if (by === 1 || /[km%*×]/i.test(text)) return text;
    const found = /^(=?[+\-−]?)([\d.,\s]+)$/.exec(text);
    return found ? `${found[1]}${Number(found[2].replace(/[,\s]/g, "")) * by}` : text;
  }

  #key(event) {
    const { key } = event, isHeld = event.ctrlKey || event.metaKey;
    const take = () => { event.preventDefault(); event.stopPropagation(); };
    if (event.isComposing) return;
    if (event.altKey && key.toLowerCase() === "r") { take(); this.onCommand("answer"); return; }
    if (this.isEditing) {
      if (key === "Enter") { take(); this.#commit({ isForAll: isHeld }); this.isChained = true; if (!isHeld) this.#go(this.at.row + (event.shiftKey ? -1 : 1), this.at.column); }
      else if (key === "Tab") { take(); this.#commit(); this.isChained = true; this.#go(this.at.row, this.at.column + (event.shiftKey ? -1 : 1)); }
      else if (key === "Escape") { take(); this.#cancel(); }
      else if ((key === "ArrowUp" || key === "ArrowDown") && !event.shiftKey) { take(); this.#commit(); this.#go(this.at.row + (key === "ArrowUp" ? -1 : 1), this.at.column); }
      return;
    }
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-15, 0], PageDown: [15, 0] };
    if (event.altKey && (key === "ArrowRight" || key === "ArrowLeft")) { take(); this.setExpanded(this.#node().node, key === "ArrowRight"); return; }
    if (key in moves) {
      take();
      this.isChained = false;
      let [down, right] = moves[key];
      if (isHeld) [down, right] = [down * this.shown.length, right * this.periods.length];
      this.#go(this.at.row + down, this.at.column + right, { isExtending: event.shiftKey });
    } else if (key === "Home" || key === "End") {
      take();
      const row = isHeld ? (key === "Home" ? 0 : this.shown.length - 1) : this.at.row;
      this.#go(row, key === "Home" ? 0 : this.periods.length - 1, { isExtending: event.shiftKey });
    } else if (key === "Enter") { take(); this.#go(this.at.row + (event.shiftKey ? -1 : 1), this.at.column); }
    else if (key === "Tab" && this.isChained) { take(); this.#go(this.at.row, this.at.column + (event.shiftKey ? -1 : 1)); }
    else if (key === "F2") { take(); this.#begin(this.#raw()); }
    else if (key === "Escape") { this.isChained = false; this.from = { ...this.at }; this.#repaint(); }
    else if (key === " " && (event.shiftKey || isHeld)) { take(); this.#selectWhole(event.shiftKey ? "row" : "column"); }
    else if (key === " ") { take(); const { node } = this.#node(); this.setExpanded(node, !this.expanded.has(node)); }
    else if (key === "Delete" || key === "Backspace") { take(); this.onCommand("locked", this.words.emptied); }
    else if (isHeld && key.toLowerCase() === "z") { take(); this.onCommand(event.shiftKey ? "redo" : "undo"); }
    else if (isHeld && key.toLowerCase() === "y") { take(); this.onCommand("redo"); }
    else if (isHeld && key.toLowerCase() === "d") { take(); this.#fillFrom("down"); }
    else if (isHeld && key.toLowerCase() === "r") { take(); this.#fillFrom("right"); }
    else if (isHeld && key.toLowerCase() === "a") { take(); this.from = { row: 0, column: 0 }; this.#go(this.shown.length - 1, this.periods.length - 1, { isExtending: true }); }
  }

  // Shift+Space takes the whole row, Ctrl+Space the whole column, as the grid pattern says; the field stays.
  #selectWhole(way) {
    this.from = way === "row" ? { row: this.at.row, column: 0 } : { row: 0, column: this.at.column };
    const end = way === "row" ? { row: this.at.row, column: this.periods.length - 1 } : { row: this.shown.length - 1, column: this.at.column };
    this.#go(end.row, end.column, { isExtending: true });
  }

  #fillFrom(way) {
    const all = this.getSelection();
    this.#fill(way === "down" ? { ...all, bottom: all.top } : { ...all, right: all.left }, all);
  }

  // What stands in `start`, repeated over the rest of `end`.
  #fill(start, end) {
    const cells = [], tall = start.bottom - start.top + 1, wide = start.right - start.left + 1;
    for (let row = end.top; row <= end.bottom; row += 1) {
      for (let column = end.left; column <= end.right; column += 1) {
        if (row <= start.bottom && column <= start.right) continue;
        const from = this.shown[start.top + ((row - start.top) % tall)], left = start.left + ((column - start.left) % wide);
        const value = this.rows.values[this.place(from.line, from.node, left)];
        if (!Number.isNaN(value)) cells.push({ ...this.shown[row], column, text: String(value) });
      }
    }
    if (cells.length) this.onEdit(cells, "fill");
  }

  #copy(event) {
    if (this.isEditing) return;
    event.preventDefault();
    const { top, bottom, left, right } = this.getSelection();
    const rows = [];
    for (let row = top; row <= bottom; row += 1) {
      const { node, line } = this.shown[row];
      const cells = [];
      for (let column = left; column <= right; column += 1) {
        const value = this.rows.values[this.place(line, node, column)];
        cells.push(Number.isNaN(value) ? "" : String(Math.round(value * 1e6) / 1e6));
      }
      rows.push(cells);
    }
    event.clipboardData.setData("text/plain", toText(rows));
    this.onCommand("copied", rows.length * (right - left + 1));
  }

  // One block is one step. A single value fills the selection.
  #paste(event) {
    if (this.isEditing) return;
    event.preventDefault();
    const block = parse(event.clipboardData.getData("text/plain"));
    if (!block.length) return;
    const { top, bottom, left, right } = this.getSelection();
    const isOne = block.length === 1 && block[0].length === 1;
    const tall = isOne ? bottom - top + 1 : block.length, wide = isOne ? right - left + 1 : Math.max(...block.map((row) => row.length));
    const cells = [];
    let beyond = 0;
    for (let y = 0; y < tall; y += 1) {
      for (let x = 0; x < wide; x += 1) {
        const text = amount(isOne ? block[0][0] : block[y][x] ?? "");
        if (!text) continue;
        const row = this.shown[top + y];
        if (!row || left + x >= this.periods.length) beyond += 1;
        else cells.push({ ...row, column: left + x, text });
      }
    }
    this.from = { row: top, column: left };
    this.#go(top + tall - 1, left + wide - 1, { isExtending: true });
    this.onEdit(cells, "paste", beyond);
  }
}

// The node above each, by depths that stand in the order in which a tree is shown; 0 is the whole.
function parentsOf(depths) {
  const above = [], parents = depths.map((depth, node) => {
    above[depth] = node;
    return depth > 0 ? above[depth - 1] : 0;
  });
  return parents;
}
