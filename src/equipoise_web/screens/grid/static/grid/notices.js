// What was not taken and why, below the grid: kept until somebody shuts the list or goes on typing after a rest.

export class Notices {
  // `onReveal` shows a cell, `onClose` is called when the list was shut.
  constructor({ el, words, onReveal, onClose }) { Object.assign(this, { el, words, onReveal, onClose }); }

  clear() {
    this.el.hidden = true;
    this.el.replaceChildren();
  }

  // Each is { where, because, text } and, where it is about a cell, its line, node and column.
  add(notices) {
    if (!notices.length) return;
    const list = this.el.querySelector("ul") || this.#open();
    list.append(...notices.map((notice) => this.#item(notice)));
    const count = list.childElementCount;
    this.el.querySelector("b").textContent = count > 1 ? this.words.rejectedMany.replace("%s", count) : this.words.rejectedOne;
    this.el.hidden = false;
  }

  #open() {
    const list = document.createElement("ul"), close = Object.assign(document.createElement("button"), { type: "button", textContent: this.words.close });
    close.onclick = () => {
      this.clear();
      this.onClose();
    };
    this.el.replaceChildren(document.createElement("b"), close, list);
    return list;
  }

  #item({ where, because, text, line, node, column }) {
    const item = document.createElement("li"), isCell = node !== undefined;
    const name = Object.assign(document.createElement(isCell ? "button" : "span"), { textContent: where });
    if (isCell) {
      name.type = "button";
      name.onclick = () => this.onReveal(node, line, column);
    }
    item.append(name, `${text ? ` “${text}”` : ""}: ${because}`);
    return item;
  }
}
