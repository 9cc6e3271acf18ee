// Which rows of the screen are shown: a row is a node of the tree and a line of it. A shut node shows its leading line.

export class Tree {
  // `body` are the lines that every node has; `open` the nodes that are open at first.
  constructor({ keys, depth, leading, hidden }, body, open) {
    Object.assign(this, { depth, leading, hidden, body });
    this.expanded = new Set(open);
    this.parents = parentsOf(depth);
    this.all = [];
    for (let node = 1; node < keys.length; node += 1) for (const line of body) this.all.push({ node, line });
    this.trim();
  }

  // The places in `all` that stay hidden: what is below a shut node, and all but the leading line of a node that is shut.
  trim() {
    const trimmed = {}, shown = [], inSight = [true];
    for (let node = 1; node < this.depth.length; node += 1) {
      const above = this.parents[node];
      inSight[node] = above === 0 || (inSight[above] && this.expanded.has(above));
    }
    this.all.forEach((row, place) => {
      if (inSight[row.node] && (row.line === this.leading || this.expanded.has(row.node))) shown.push(row);
      else trimmed[place] = true;
    });
    this.shown = shown;
    this.trimmed = trimmed;
  }

  set(node, isOpen) {
    if (isOpen) this.expanded.add(node);
    else this.expanded.delete(node);
    this.trim();
  }

  setAll(isOpen) {
    this.expanded = new Set(isOpen ? this.depth.map((depth, node) => node).slice(1) : []);
    this.trim();
  }

  // Open all that stands above a node, and the node itself for the sake of a line that is not its leading one.
  openTo(node, line) {
    for (let above = this.parents[node]; above > 0; above = this.parents[above]) this.expanded.add(above);
    if (line !== this.leading) this.expanded.add(node);
    this.trim();
    return this.shown.findIndex((each) => each.node === node && each.line === line);
  }

  // Where a row stands now; where it is hidden, the place of its node.
  placeOf(row) {
    if (!row) return 0;
    return Math.max(this.shown.indexOf(row), this.shown.findIndex((each) => each.node === row.node), 0);
  }

  isOpen(node) { return this.expanded.has(node); }

  // Something stands below, here or at the server, or more than one line does.
  opens(node) { return this.body.length > 1 || this.depth[node + 1] > this.depth[node] || this.hidden?.[node] > 0; }

  isFirst(node, line) { return line === (this.expanded.has(node) ? this.body[0] : this.leading); }

  isLast(node, line) { return !this.expanded.has(node) || line === this.body[this.body.length - 1]; }

  isBold(node, line) { return line === this.leading && (this.depth[node] === 1 || (this.expanded.has(node) && this.body.length > 1)); }

  // What a row of the screen is in the tree: each line of a node stands at the node's level, and its first line opens it.
  rowAt(row) {
    const here = this.shown[row];
    if (!here) return undefined;
    const { node, line } = here;
    return { level: this.depth[node], isOpen: this.opens(node) && this.isFirst(node, line) ? this.expanded.has(node) : undefined };
  }
}

// The node above each, by depths that stand in the order in which a tree is shown; 0 is the whole.
function parentsOf(depths) {
  const above = [];
  return depths.map((depth, node) => {
    above[depth] = node;
    return depth > 0 ? above[depth - 1] : 0;
  });
}
