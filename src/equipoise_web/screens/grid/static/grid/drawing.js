// The only file that knows RevoGrid's core, which draws and scrolls: its columns and rows, what it repaints, and where a
// cell stands. While one scrolls nothing is measured: a cell's place follows from widths and from how far it scrolled.

import { Aria } from "./aria.js";
import { beginsQuarter, isPartTotal } from "./painting.js";

const ROW = 24, HEAD = 24, LABEL = 190, MEASURE = 124;

export class Drawing {
  // `onScroll` is told that cells stand elsewhere now; `onPainted` that they say and look as they should.
  constructor({ periods, tree, figures, painting, foot, words, onScroll, onPainted }) {
    Object.assign(this, { periods, tree, figures, painting, foot, words, onPainted });
    this.top = { rgRow: 0, rgCol: 0 };
    this.element = document.createElement("revo-grid");
    Object.assign(this.element, {
      readonly: true, canFocus: false, range: false, useClipboard: false, resize: false, accessible: false, hideAttribution: true,
      rowSize: ROW, frameSize: 1, theme: "compact", filter: false, columns: this.#columns(), source: tree.all, pinnedBottomSource: foot,
    });
    this.retree();
    this.aria = new Aria({ grid: this.element, rowAt: (row) => tree.rowAt(row), count: () => tree.shown.length, foots: foot.length, columns: () => periods.length, label: words.numbers });
    this.ready = new Promise((resolve) => this.element.addEventListener("aftergridinit", resolve, { once: true }));
    this.ready.then(() => this.repaint());
    this.element.addEventListener("viewportscroll", ({ detail }) => {
      this.top[detail.dimension] = detail.coordinate;
      onScroll();
    });
  }

  #columns() {
    const head = [["label", this.words.row, LABEL], ["measure", this.words.measure, MEASURE]].map(([prop, name, size]) => ({
      prop, name, size, pin: "colPinStart", cellProperties: ({ model }) => this.painting.ofRow(model, prop),
    }));
    head[0].cellTemplate = (h, { model }) => this.painting.label(h, model);
    head[1].cellTemplate = (h, { model }) => this.words.lines[model.line];
    const years = [];
    this.periods.forEach((period, column) => {
      let year = years[years.length - 1];
      if (!year || year.name !== period.year) years.push((year = { name: period.year, children: [] }));
      const quarter = year.children[year.children.length - 1];
      const name = period.quarter; // none above the total of a year
      if (quarter && quarter.name === name && quarter.children) quarter.children.push(this.#leaf(period, column));
      else year.children.push({ name, children: [this.#leaf(period, column)] });
    });
    return [...head, ...years];
  }

  #leaf(period, column) {
    const look = { class: { total: period.is_total, part: isPartTotal(period), closed: Boolean(period.is_closed), "quarter-begins": beginsQuarter(this.periods, column) } };
    return {
      prop: `c${column}`, name: isPartTotal(period) ? this.#total(period) : period.label, size: this.figures.widths[column], column, columnProperties: () => look,
      cellTemplate: (h, { model }) => this.painting.text(h, model, column),
      cellProperties: ({ model, rowIndex }) => this.painting.properties(model, column, rowIndex),
    };
  }

  // The total of a quarter is of the buckets ahead; beside closed ones of the same quarter its header says so.
  #total({ quarter }) { return this.periods.some((each) => each.is_closed && each.quarter === quarter) ? this.words.totalAhead : this.words.total; }

  // -- after something changed ----------------------------------------------------------------------------------------

  retree() { this.element.trimmedRows = this.tree.trimmed; }

  rewiden() { this.element.columns = this.#columns(); }

  refoot() { this.element.pinnedBottomSource = [...this.foot]; }

  // All cells in sight once more, at most once a frame.
  repaint() {
    if (this.isAsked) return;
    this.isAsked = true;
    requestAnimationFrame(() => {
      this.isAsked = false;
      Promise.resolve(this.element.refresh?.("all")).then(() => requestAnimationFrame(() => {
        this.frame = undefined;
        this.aria.update();
        this.onPainted();
      }));
    });
  }

  // -- where things stand ---------------------------------------------------------------------------------------------

  // Left and top of a cell within `home`, its width and height; undefined where it is out of sight.
  boxOf(row, column, home) {
    this.frame ??= this.#measure(home);
    if (!this.frame) return undefined;
    const { left, top, width, height } = this.frame, wide = this.figures.widths[column];
    const x = this.#left(column) - this.top.rgCol, y = row * ROW - this.top.rgRow;
    if (x <= -wide || x >= width || y <= -ROW || y >= height) return undefined;
    return { left: left + x, top: top + y, width: wide, height: ROW };
  }

  // The grid or its window has another size.
  resized() { this.frame = undefined; }

  #measure(home) {
    const view = this.#view(), cells = view?.querySelector(".vertical-inner");
    if (!cells) return undefined;
    const here = home.getBoundingClientRect(), across = view.getBoundingClientRect(), down = cells.getBoundingClientRect();
    return { left: across.left - here.left, top: down.top - here.top, width: across.width, height: down.height };
  }

  #view() { return this.element.querySelector('revogr-viewport-scroll[col-type="rgCol"], revogr-viewport-scroll.rgCol'); }

  #left(column) {
    let left = 0;
    for (let before = 0; before < column; before += 1) left += this.figures.widths[before];
    return left;
  }

  // Scroll until a cell is in sight.
  show(row, column) {
    const view = this.#view(), { widths } = this.figures;
    if (!view) return;
    const box = view.getBoundingClientRect();
    const height = box.height - HEAD * 3 - (this.foot.length + 1) * ROW;
    const top = row * ROW;
    if (top < this.top.rgRow) this.element.scrollToRow(row);
    else if (top + ROW > this.top.rgRow + height) this.element.scrollToRow(Math.max(0, row - Math.floor(height / ROW) + 1));
    const left = this.#left(column);
    if (left < this.top.rgCol) this.element.scrollToColumnIndex(column);
    else if (left + widths[column] > this.top.rgCol + box.width) {
      let first = column, room = box.width - widths[first];
      while (first > 0 && room >= widths[first - 1]) { first -= 1; room -= widths[first]; }
      this.element.scrollToColumnIndex(first);
    }
  }
}

// Row and column of the cell that an event or an element is in; a column of -1 is one of the row's names.
export function cellOf(target) {
  const cell = target?.closest?.(".rgCell"), data = cell?.closest("revogr-data");
  if (data?.getAttribute("type") !== "rgRow") return null;
  const isPinned = data.getAttribute("col-type") !== "rgCol";
  return { row: Number(cell.dataset.rgrow), column: isPinned ? -1 : Number(cell.dataset.rgcol), isLabel: isPinned && cell.dataset.rgcol === "0" };
}
