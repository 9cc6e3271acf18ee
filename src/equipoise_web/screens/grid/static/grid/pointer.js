// The mouse and the pen: a press selects, a drag extends, a press on a name opens, the handle fills.

import { cellOf } from "./drawing.js";
import { filled } from "./clipboard.js";

export class Pointer {
  constructor(grid) {
    this.grid = grid;
    this.handle = Object.assign(document.createElement("span"), { className: "fill-handle" });
    grid.el.addEventListener("pointerdown", (event) => this.#press(event));
    grid.el.addEventListener("dblclick", ({ target }) => { if (cellOf(target)) grid.field.begin(grid.rawHere()); });
    this.handle.addEventListener("pointerdown", (event) => this.#drag(event));
  }

  // The handle stands at the corner of the selection, where a number can be typed.
  place() {
    const { grid, handle } = this, { bottom, right } = grid.selection;
    const box = grid.boxOf({ row: bottom, column: right });
    handle.hidden = !box || !grid.rows.lines[grid.here?.line]?.edit;
    if (box) handle.style.transform = `translate(${box.left + box.width - 4}px, ${box.top + box.height - 4}px)`;
  }

  #press(event) {
    const { grid } = this, hit = cellOf(event.target);
    if (!hit || event.button) return;
    event.preventDefault();
    if (grid.field.isEditing) grid.field.commit();
    grid.field.isChained = false;
    grid.focus();
    if (hit.isLabel) {
      const { node } = grid.shown[hit.row];
      grid.setExpanded(node, !grid.isExpanded(node));
      return;
    }
    if (hit.column < 0) return;
    grid.go(hit.row, hit.column, { isExtending: event.shiftKey });
    follow((over) => grid.go(over.row, over.column, { isExtending: true }));
  }

  // The block is drawn out down or to the right, and takes what stands in it.
  #drag(event) {
    const { grid } = this, start = grid.selection.block;
    let end = start;
    event.preventDefault();
    event.stopPropagation();
    follow((over) => {
      end = { ...start, bottom: Math.max(start.bottom, over.row), right: Math.max(start.right, over.column) };
      if (end.bottom - start.bottom >= end.right - start.right) end.right = start.right;
      else end.bottom = start.bottom;
      grid.select(end);
    }, () => { if (end !== start) grid.send(filled(start, end, grid), "fill"); });
  }
}

// Tells of each cell that the pointer goes over, until it is let go.
function follow(onCell, onEnd = () => {}) {
  const move = ({ clientX, clientY }) => {
    const over = cellOf(document.elementFromPoint(clientX, clientY));
    if (over && over.column >= 0) onCell(over);
  };
  const up = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    onEnd();
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
}
