// What each key does: while one edits the field has most of them, otherwise they move, select, open, fill and undo.

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-15, 0], PageDown: [15, 0] };

export function press(event, grid) {
  if (event.isComposing) return;
  const isHeld = event.ctrlKey || event.metaKey;
  let isTaken = true;
  if (event.altKey && event.key.toLowerCase() === "r") grid.onCommand("answer");
  else if (grid.field.isEditing) isTaken = edit(event, grid, isHeld);
  else isTaken = move(event, grid, isHeld) || command(event, grid, isHeld);
  if (!isTaken) return;
  event.preventDefault();
  event.stopPropagation();
}

// Each of these says whether the key was one of its own.

function edit({ key, shiftKey }, { field, selection, go }, isHeld) {
  const { row, column } = selection.at, step = shiftKey ? -1 : 1;
  if (key === "Escape") field.cancel();
  else if (key === "Enter") {
    field.commit({ isForAll: isHeld });
    field.isChained = true;
    if (!isHeld) go(row + step, column);
  } else if (key === "Tab") {
    field.commit();
    field.isChained = true;
    go(row, column + step);
  } else if ((key === "ArrowUp" || key === "ArrowDown") && !shiftKey) {
    field.commit();
    go(row + (key === "ArrowUp" ? -1 : 1), column);
  } else return false;
  return true;
}

function move({ key, shiftKey, altKey }, { field, selection, tree, periods, go, setExpanded }, isHeld) {
  const { row, column } = selection.at, last = { row: tree.shown.length - 1, column: periods.length - 1 };
  if (altKey && (key === "ArrowRight" || key === "ArrowLeft")) setExpanded(tree.shown[row].node, key === "ArrowRight");
  else if (key in MOVES) {
    field.isChained = false;
    let [down, right] = MOVES[key];
    if (isHeld) [down, right] = [down * tree.shown.length, right * periods.length];
    go(row + down, column + right, { isExtending: shiftKey });
  } else if (key === "Home") go(isHeld ? 0 : row, 0, { isExtending: shiftKey });
  else if (key === "End") go(isHeld ? last.row : row, last.column, { isExtending: shiftKey });
  else if (key === "Enter") go(row + (shiftKey ? -1 : 1), column);
  else if (key === "Tab" && field.isChained) go(row, column + (shiftKey ? -1 : 1));
  else return false;
  return true;
}

function command({ key, shiftKey }, grid, isHeld) {
  const { field } = grid, letter = isHeld ? key.toLowerCase() : "";
  if (key === "F2") field.begin(grid.rawHere());
  else if (key === " " && (shiftKey || isHeld)) grid.selectWhole(shiftKey ? "row" : "column");
  else if (key === " ") grid.setExpanded(grid.here.node, !grid.isExpanded(grid.here.node));
  else if (key === "Delete" || key === "Backspace") grid.onCommand("locked", grid.words.emptied);
  else if (letter === "z") grid.onCommand(shiftKey ? "redo" : "undo");
  else if (letter === "y") grid.onCommand("redo");
  else if (letter === "d") grid.fillFrom("down");
  else if (letter === "r") grid.fillFrom("right");
  else if (letter === "a") grid.selectAll();
  else {
    if (key === "Escape") {
      field.isChained = false;
      grid.collapse();
    }
    return false;
  }
  return true;
}
