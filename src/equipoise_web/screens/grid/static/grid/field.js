// The field in which one types: it stands over the cell one is on and always has the focus, so that no key is lost
// however fast it comes. What is typed is a text until Enter, Tab or an arrow hands it on.

export class Field {
  // `grid` says where one is and takes what was typed; the field is seen only while one edits.
  constructor(grid) {
    this.grid = grid;
    this.isEditing = false;
    this.isChained = false; // Tab goes on to the next cell after an entry, and out of the grid otherwise
    this.element = Object.assign(document.createElement("input"), { type: "text", className: "cell-field", autocomplete: "off", spellcheck: false, enterKeyHint: "next" });
    this.element.setAttribute("aria-describedby", "grid-keys");
    this.element.setAttribute("aria-controls", grid.drawing.element.id);
    this.element.addEventListener("input", () => { if (!this.isEditing) this.begin(); this.place(); });
    this.element.addEventListener("blur", () => { if (this.isEditing) this.commit(); grid.el.classList.remove("focused"); });
    this.element.addEventListener("focus", () => grid.el.classList.add("focused"));
    // Whoever comes in by Tab sees where they are.
    this.element.addEventListener("keyup", ({ key }) => { if (key === "Tab") grid.drawing.show(grid.selection.at.row, grid.selection.at.column); });
  }

  focus() { this.element.focus({ preventScroll: true }); }

  // Begin to edit with a text, or with what was typed already; a cell that takes no number says why.
  begin(text) {
    const { grid } = this, because = grid.lockedHere();
    if (because) {
      this.element.value = "";
      grid.onCommand("locked", because);
      return;
    }
    this.isEditing = true;
    grid.el.classList.add("editing");
    if (text !== undefined) {
      this.element.value = text;
      this.element.select();
    }
    this.place();
  }

  cancel() {
    this.isEditing = false;
    this.element.value = "";
    this.grid.el.classList.remove("editing");
    this.place();
  }

  // Hand over what was typed, for the cell or for all that are selected.
  commit({ isForAll = false } = {}) {
    const text = this.element.value.trim();
    this.cancel();
    if (text) this.grid.enter(text, isForAll);
  }

  // Over the cell; where it is out of sight, the field stays where it was.
  place() {
    const box = this.grid.boxOf(this.grid.selection.at);
    if (!box) return;
    const { style, value } = this.element;
    style.transform = `translate(${box.left}px, ${box.top}px)`;
    style.width = `${this.isEditing ? Math.max(box.width, (value.length + 2) * 8) : box.width}px`;
    style.height = `${box.height}px`;
  }

  // What the field says to those who hear it, and the cell it stands on.
  say(words, id) {
    this.element.setAttribute("aria-label", words);
    this.element.setAttribute("aria-activedescendant", id);
  }
}
