// What the grid says to those who do not see it: RevoGrid draws divs, here they become a treegrid (WAI-ARIA 1.2).
//
// A row is drawn in two parts, its names and its numbers; both are rows of the same aria-rowindex. Rows come and go as
// one scrolls, so counts and indices are said outright. The field keeps the focus and names the cell it stands on by
// aria-activedescendant.

const HEADS = 2; // the years with their quarters are one row of heads, the buckets another
export const NAMES = 2; // columns before the first bucket: the row and the measure

export class Aria {
  // `rowAt(row)` says what stands in a row of the screen: { level, isOpen (undefined: nothing opens) }.
  constructor({ grid, rowAt, count, columns, label }) {
    Object.assign(this, { grid, rowAt, count, columns });
    grid.setAttribute("role", "treegrid");
    grid.setAttribute("aria-label", label);
    grid.setAttribute("aria-multiselectable", "true");
    grid.id ||= "grid-cells";
    new MutationObserver((changes) => {
      this.isHeadNew ||= changes.some(({ target }) => target.closest("revogr-header"));
      this.#ask();
    }).observe(grid, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-rgrow"] });
    this.#ask();
  }

  // After rows were opened, shut or painted: what is in sight may be another row in the same place.
  update() {
    this.isHeadNew = true;
    this.#ask();
  }

  #ask() {
    if (this.isAsked) return;
    this.isAsked = true;
    requestAnimationFrame(() => {
      this.isAsked = false;
      this.#say();
    });
  }

  #say() {
    const { grid } = this, rows = this.count(), foots = grid.querySelectorAll('revogr-data[type="rowPinEnd"][col-type="rgCol"] > .rgRow').length;
    put(grid, "aria-rowcount", HEADS + rows + foots);
    put(grid, "aria-colcount", NAMES + this.columns());
    for (const part of grid.querySelectorAll(".vertical-inner")) {
      put(part, "role", "rowgroup");
      part.tabIndex = 0; // what scrolls can be scrolled by keys, too
    }
    for (const row of grid.querySelectorAll('revogr-data[type="rgRow"] > .rgRow')) {
      const at = Number(row.dataset.rgrow), about = this.rowAt(at);
      if (!about) continue;
      put(row, "role", "row");
      put(row, "aria-rowindex", HEADS + at + 1);
      put(row, "aria-level", about.level);
      put(row, "aria-expanded", about.isOpen);
    }
    for (const row of grid.querySelectorAll('revogr-data[type="rowPinEnd"] > .rgRow')) {
      put(row, "role", "row");
      put(row, "aria-rowindex", HEADS + rows + Number(row.dataset.rgrow) + 1);
      put(row, "aria-level", 1);
    }
    if (this.isHeadNew) for (const head of grid.querySelectorAll("revogr-header")) this.#sayHead(head);
    this.isHeadNew = false;
  }

  #sayHead(head) {
    const groups = head.querySelector(".group-rgRow"), titles = groups ? groups.querySelectorAll(":scope > .rgHeaderCell") : [];
    if (titles.length) {
      put(groups, "role", "row");
      put(groups, "aria-rowindex", 1);
      // A head without words, such as the one above a year's total, says nothing.
      for (const title of titles) put(title, "role", title.textContent.trim() ? "columnheader" : "presentation");
    }
    const leaves = head.querySelector(".actual-rgRow");
    if (!leaves) return;
    put(leaves, "role", "row");
    put(leaves, "aria-rowindex", HEADS);
    const before = head.closest("revogr-viewport-scroll").classList.contains("colPinStart") ? 0 : NAMES;
    for (const leaf of leaves.querySelectorAll(".rgHeaderCell")) {
      put(leaf, "role", "columnheader");
      put(leaf, "aria-colindex", before + Number(leaf.dataset.rgcol) + 1);
    }
  }
}

function put(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}
