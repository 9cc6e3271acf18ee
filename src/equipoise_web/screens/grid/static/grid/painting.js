// What a cell says and how it looks. RevoGrid asks for each cell of each frame while one scrolls, so nothing here
// measures the page, and what is the same for many cells is made once.

import { NAMES } from "./aria.js";

export const MARK = { MINE: 1, THEIRS: 2, HELD: 4, COMMENT: 8, ESTIMATE: 16, CHANGED: 32 };

// Each class and its bit: cells of the same bits share one string.
const CLASSES = ["num", "closed", "here", "range", "mine", "theirs", "held", "note", "est", "over", "quiet", "leading", "total", "quarter-begins", "closes", "family", "foot", "delta", "fresh", "open", "part"];
const BIT = Object.fromEntries(CLASSES.map((name, n) => [name, 1 << n]));

export class Painting {
  // `pending` are the texts that the server has not answered yet, by place.
  constructor({ rows, periods, tree, figures, selection, pending }) {
    Object.assign(this, { rows, periods, tree, figures, selection, pending });
    this.named = new Map();
    this.ofColumn = periods.map((period, column) => BIT.num | (period.is_closed && BIT.closed) | (period.is_total && BIT.total) | (isPartTotal(period) && BIT.part) | (beginsQuarter(periods, column) && BIT["quarter-begins"]));
    this.ofLine = rows.lines.map((line) => (line.is_delta && BIT.delta) | (line.edit && BIT.open) | (line.is_foot && BIT.foot | BIT.leading));
  }

  idOf(line, node, column) { return `cell-${line}-${node}-${column}`; }

  // -- a number ------------------------------------------------------------------------------------------------------

  text(h, { node, line }, column) {
    const place = this.figures.place(line, node, column), typed = this.pending.get(place);
    if (typed !== undefined) return this.figures.ahead(typed, line, node, column);
    const text = this.figures.text(line, node, column);
    if (this.rows.marks[place] & MARK.HELD) return [h("span", { class: "lock", "aria-hidden": "true" }), text];
    if (this.figures.isOver(line, node, column)) return [h("span", { class: "alarm" }, "▲"), text];
    return text;
  }

  properties({ node, line, isFoot }, column, row) {
    const place = this.figures.place(line, node, column), mark = this.rows.marks[place], about = this.rows.lines[line];
    const isPending = this.pending.has(place), isPicked = !isFoot && this.selection.has(row, column);
    const isHere = isPicked && this.selection.isAt(row, column);
    const isFixed = isFoot || !about.edit || this.periods[column].is_closed || mark & MARK.HELD;
    const properties = {
      class: this.#classes(this.#look(node, line, column, place, isFoot) | (isHere ? BIT.here : isPicked && BIT.range) | (isPending && BIT.est)),
      role: "gridcell", "aria-colindex": NAMES + column + 1, "aria-selected": isPicked ? "true" : "false", "aria-readonly": isFixed ? "true" : "false",
      "data-testid": `cell:${about.name}:${this.rows.keys[node]}:${this.periods[column].mark}`,
      "data-state": isPending || mark & MARK.ESTIMATE ? "estimate" : !this.rows.isExact && about.is_later ? "saved" : "exact",
    };
    if (mark & MARK.HELD) properties.title = this.rows.held.words(node, column);
    if (isHere) properties.id = this.idOf(line, node, column); // the field names the cell it stands on, and no other
    return properties;
  }

  #look(node, line, column, place, isFoot) {
    const { values, marks, baseline, lines, depth } = this.rows, mark = marks[place];
    let bits = this.ofColumn[column] | this.ofLine[line];
    if (mark & MARK.MINE) bits |= BIT.mine;
    else if (mark & MARK.THEIRS) bits |= BIT.theirs;
    else if (lines[line].is_function && baseline >= 0 && values[place] === values[this.figures.place(baseline, node, column)]) bits |= BIT.quiet;
    if (mark & MARK.HELD) bits |= BIT.held;
    if (mark & MARK.COMMENT) bits |= BIT.note;
    if (mark & MARK.ESTIMATE) bits |= BIT.est;
    if (mark & MARK.CHANGED) bits |= BIT.fresh;
    if (this.figures.isOver(line, node, column)) bits |= BIT.over;
    if (depth[node] === 1) bits |= BIT.family;
    if (isFoot) return bits;
    return bits | (this.tree.isBold(node, line) && BIT.leading) | (this.tree.isLast(node, line) && BIT.closes);
  }

  #classes(bits) {
    let found = this.named.get(bits);
    if (found === undefined) {
      found = CLASSES.filter((name, n) => bits & (1 << n)).join(" ");
      this.named.set(bits, found);
    }
    return found;
  }

  // -- the names of a row --------------------------------------------------------------------------------------------

  label(h, { node, line, isFoot }) {
    const name = this.rows.labels[node];
    if (isFoot) return name;
    if (!this.tree.isFirst(node, line)) return h("span", { class: "vh" }, name);
    const chevron = h("span", { class: "twist", "aria-hidden": "true" }, !this.tree.opens(node) ? "" : this.tree.isOpen(node) ? "⌄" : "›");
    return h("span", { class: `tree-label depth-${this.rows.depth[node]}`, title: name }, chevron, h("span", { class: "name" }, name));
  }

  ofRow({ node, line, isFoot }, column) {
    const { tree } = this, names = [column];
    if (isFoot) names.push("leading", "foot");
    else {
      if (tree.isBold(node, line)) names.push("leading");
      if (tree.isLast(node, line)) names.push("closes");
      if (tree.isFirst(node, line)) names.push("opens");
    }
    if (this.rows.depth[node] === 1) names.push("family");
    return { class: names.join(" "), "data-node": node, role: "rowheader", "aria-colindex": column === "label" ? 1 : 2 };
  }
}

// A total of a part of the year: it stands under the name of its quarter, that of a year under none.
export function isPartTotal(period) { return Boolean(period.is_total && period.quarter); }

export function beginsQuarter(periods, column) {
  const before = periods[column - 1];
  return !before || before.quarter !== periods[column].quarter || before.is_total;
}
