// What was not taken and why, and what the plan says of what was taken, below the grid. What was not taken is kept until
// somebody shuts the list or goes on typing after a rest; what the plan says, until it says so no more.

export class Notices {
  // `onReveal` shows a cell, `onClose` is called when the list was shut.
  constructor({ el, words, onReveal, onClose }) { Object.assign(this, { el, words, onReveal, onClose }); }

  // Somebody types on.
  rest() { this.#drop((item) => !item.dataset.about); }

  // Each is { where, because, text } and, where it is about a cell, its line, node and column.
  add(notices) {
    for (const notice of notices) this.#append(this.#item(notice), !notice.isTold);
  }

  // Findings { about, code, where, because, links } about changes by their names; `settled` are changes of which nothing is
  // said any more.
  tell(told = [], settled = []) {
    this.#drop((item) => item.dataset.about?.split(" ").every((each) => settled.includes(each)));
    for (const { about, code, links, ...finding } of told) {
      this.#drop((item) => item.dataset.code === code && item.dataset.about.split(" ").some((each) => about.includes(each)));
      const item = this.#item({ ...finding, text: "", node: finding.node < 0 ? undefined : finding.node });
      Object.assign(item.dataset, { about: about.join(" "), code });
      for (const [name, href] of links) item.append(" ", Object.assign(document.createElement("a"), { href, textContent: name }));
      this.#append(item, false);
    }
  }

  #drop(isGone) {
    for (const item of this.el.querySelectorAll("li")) if (isGone(item)) item.remove();
    this.#count();
  }

  #append(item, isRefused) {
    if (isRefused) item.dataset.refused = "1";
    (this.el.querySelector("ul") || this.#open()).append(item);
    this.#count();
  }

  #count() {
    const all = this.el.querySelectorAll("li").length, refused = this.el.querySelectorAll("li[data-refused]").length;
    this.el.hidden = !all;
    if (!all) this.el.replaceChildren();
    else this.el.querySelector("b").textContent = refused > 1 ? this.words.rejectedMany.replace("%s", refused) : refused ? this.words.rejectedOne : this.words.warning;
  }

  #open() {
    const list = document.createElement("ul"), close = Object.assign(document.createElement("button"), { type: "button", textContent: this.words.close });
    close.onclick = () => {
      this.#drop(() => true);
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
    if (where) item.append(name, text ? ` “${text}”: ` : ": ");
    item.append(because);
    return item;
  }
}
