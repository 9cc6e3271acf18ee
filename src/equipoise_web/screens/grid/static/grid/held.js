// Who holds the held cells of a grid and until when. Holds are wide, so runs of cells beside each other travel; and they
// travel only where other holds stand than before.

export class Held {
  constructor(columns) {
    this.columns = columns;
    this.take({ words: [], runs: [] });
  }

  // `runs` are [node, first column, last column, number of the words]; undefined: as they were.
  take(told) {
    if (!told) return;
    this.of = new Map();
    for (const [node, first, last, number] of told.runs) {
      for (let column = first; column <= last; column += 1) this.of.set(node * this.columns + column, told.words[number]);
    }
  }

  // "held by Dana until 31 Dec 2026"; undefined where nothing is known of it.
  words(node, column) { return this.of.get(node * this.columns + column); }
}
