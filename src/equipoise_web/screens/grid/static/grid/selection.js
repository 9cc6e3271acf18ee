// The selected block: from where it was begun to the cell the field stands on, and the corners of the two.

export class Selection {
  constructor(column) { this.set({ row: 0, column }, { row: 0, column }); }

  set(at, from) {
    Object.assign(this, { at, from });
    this.top = Math.min(at.row, from.row);
    this.bottom = Math.max(at.row, from.row);
    this.left = Math.min(at.column, from.column);
    this.right = Math.max(at.column, from.column);
  }

  hasRow(row) { return row >= this.top && row <= this.bottom; }

  has(row, column) { return this.hasRow(row) && column >= this.left && column <= this.right; }

  isAt(row, column) { return row === this.at.row && column === this.at.column; }

  get block() { return { top: this.top, bottom: this.bottom, left: this.left, right: this.right }; }
}
