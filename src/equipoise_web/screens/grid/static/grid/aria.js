// What the grid says to those who do not see it: RevoGrid draws divs, here they become a treegrid (WAI-ARIA 1.2).
//
// A row is drawn in two parts, its names and its numbers; both are rows of the same aria-rowindex. Rows come and go as
// one scrolls, so counts and indices are said outright: of the rows just drawn and only where they changed. The field
// keeps the focus and names the cell it stands on by aria-activedescendant.

const HEADS = 2; // the years with their quarters are one row of heads, the buckets another
export const NAMES = 2; // columns before the first bucket: the row and the measure

export class Aria {
  // `rowAt(row)` says what stands in a row of the screen: { level, isOpen (undefined: nothing opens) },
  // and `foots` the number of those that always stand below.
  constructor({ grid, rowAt, count, foots, columns, label }) {
    Object.assign(this, { grid, rowAt, count, foots, columns });
    this.told = new WeakMap();
    grid.setAttribute("role", "treegrid");
    grid.setAttribute("aria-label", label);
    grid.setAttribute("aria-multiselectable", "true");
    grid.id ||= "grid-cells";
    grid.addEventListener("afterrender", ({ target }) => this.#sayRows(target));
    new MutationObserver((changes) => {
      if (changes.some(({ target }) => target.closest("revogr-header"))) this.update();
    }).observe(grid, { childList: true, subtree: true });
    this.update();
  }

  // After rows were opened, shut or painted: what is in sight may be another row in the same place.
  update() {
    if (this.isAsked) return;
    this.isAsked = true;
    requestAnimationFrame(() => {
      this.isAsked = false;
      this.#say();
    });
  }

  #say() {
    const { grid } = this;
    put(grid, "aria-colcount", NAMES + this.columns());
    for (const part of grid.querySelectorAll(".vertical-inner")) {
      put(part, "role", "rowgroup");
      part.tabIndex = 0; // what scrolls can be scrolled by keys, too
    }
    for (const data of grid.querySelectorAll("revogr-data")) this.#sayRows(data);
    for (const head of grid.querySelectorAll("revogr-header")) this.#sayHead(head);
  }

  #sayRows(data) {
    const isFoot = data.getAttribute("type") === "rowPinEnd", count = this.count(), before = HEADS + 1 + (isFoot ? count : 0);
    if (this.toldCount !== count) put(this.grid, "aria-rowcount", HEADS + count + this.foots);
    this.toldCount = count;
    for (const row of data.children) {
      const at = Number(row.dataset.rgrow), about = isFoot ? { level: 1 } : this.rowAt(at);
      if (!about) continue;
      const words = `${before + at} ${about.level} ${about.isOpen}`;
      if (this.told.get(row) === words) continue;
      this.told.set(row, words);
      put(row, "role", "row");
      put(row, "aria-rowindex", before + at);
      put(row, "aria-level", about.level);
      put(row, "aria-expanded", about.isOpen);
    }
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
