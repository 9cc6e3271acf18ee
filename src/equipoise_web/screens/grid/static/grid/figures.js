// The numbers of the grid as text: one precision for each sort of line, and columns as wide as their longest number.

import { foresee, scaleOf, show, signed } from "./numbers.js";

const DIGIT = 7, PAD = 18, NARROWEST = 56;

export class Figures {
  constructor(rows, periods) {
    Object.assign(this, { rows, periods });
    this.scales = this.#scales();
    this.widths = this.#longest();
  }

  place(line, node, column) { return (line * this.rows.keys.length + node) * this.periods.length + column; }

  value(line, node, column) { return this.rows.values[this.place(line, node, column)]; }

  text(line, node, column) {
    const value = this.value(line, node, column), about = this.rows.lines[line];
    if (value === 0 && line !== this.rows.leading && !about.is_foot) return "–";
    return about.is_delta ? signed(value, this.scales[line]) : show(value, this.scales[line]);
  }

  // What a cell will say of what was typed into it, as far as that can be told before the server answers.
  ahead(typed, line, node, column) {
    const value = foresee(typed, this.value(line, node, column));
    return Number.isNaN(value) ? typed : show(value, this.scales[line]);
  }

  isOver(line, node, column) { return this.rows.lines[line].kind === "load" && Math.round(this.value(line, node, column)) > 100; }

  // In a line that shows thousands or millions, a number is meant as it is shown.
  inBase(text, line) {
    const { by } = this.scales[line];
    if (by === 1 || /[km%*×]/i.test(text)) return text;
    const found = /^(=?[+\-−]?)([\d.,\s]+)$/.exec(text);
    return found ? `${found[1]}${Number(found[2].replace(/[,\s]/g, "")) * by}` : text;
  }

  // Columns never become narrower; says whether one became wider.
  widen() {
    const widths = this.#longest(), isWider = widths.some((width, column) => width > this.widths[column]);
    if (isWider) this.widths = widths.map((width, column) => Math.max(width, this.widths[column]));
    return isWider;
  }

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

  #longest() {
    const { lines, keys } = this.rows;
    return this.periods.map((period, column) => {
      let longest = period.label.length + 1;
      lines.forEach((line, number) => {
        let most = 0;
        for (let node = line.is_foot ? 0 : 1; node < (line.is_foot ? 1 : keys.length); node += 1) {
          const value = Math.abs(this.value(number, node, column));
          if (value > most) most = value;
        }
        longest = Math.max(longest, show(most, this.scales[number]).length + (line.kind === "load" ? 2 : 1));
      });
      return Math.max(NARROWEST, longest * DIGIT + PAD);
    });
  }
}
