// A view with more rows than a page bears: the server holds back the children of rows that are shut, and long rows of
// children come in parts. Which rows are held is said by the address, a line of `opened` for each: `500@tools` is the
// children of tools from the 500th on, `500@all` the rows at the top.

const LANDING = "grid lands on", MOST_AT_ONCE = 20;

function children(header, node) {
  let count = 0;
  for (let n = node + 1; n < header.depth.length && header.depth[n] > header.depth[node]; n += 1) if (header.depth[n] === header.depth[node] + 1) count += 1;
  return count;
}

// The rows that stand open at first: those whose children came.
export function heldOpen(header) {
  return header.keys.map((key, node) => node).filter((node) => node > 0 && header.depth[node + 1] > header.depth[node]);
}

// The query that also holds the children of rows that were opened; null where they are here.
export function opening(header, opened, query) {
  const missing = opened.filter((node) => header.hidden[node] > 0 && !children(header, node)).slice(0, MOST_AT_ONCE);
  if (!missing.length) return null;
  sessionStorage.setItem(LANDING, header.keys[missing[0]]);
  return asking(query, missing.map((node) => [header.keys[node], 0]));
}

function asking(query, wanted) {
  const asked = new URLSearchParams(query);
  const names = new Set(wanted.map(([key]) => key));
  const lines = (asked.get("opened") || "").split("\n").filter((line) => line && !names.has(line.replace(/^\d+@/, "")));
  asked.set("opened", [...lines, ...wanted.map(([key, first]) => `${first}@${key}`)].join("\n"));
  return asked.toString();
}

// Go to the row that was opened.
export function landing(header, reveal) {
  const node = header.keys.indexOf(sessionStorage.getItem(LANDING));
  sessionStorage.removeItem(LANDING);
  if (node > 0) reveal(node);
}

// A bar for every row of which a part of the children is held: which they are, and ways to those before and after.
export function parts(header, below, words, query, go) {
  header.keys.forEach((key, node) => {
    const held = children(header, node), all = held + header.hidden[node], first = header.begins[node];
    if (!held || held === all) return;
    const bar = document.createElement("nav"), said = document.createElement("span"), name = header.labels[node];
    bar.className = "gridfoot";
    said.textContent = words.part.replace("%s", name).replace("%s", first + 1).replace("%s", first + held).replace("%s", all);
    bar.setAttribute("aria-label", said.textContent);
    bar.append(said);
    for (const [text, from] of [[words.before, first - held < 0 ? 0 : first - held], [words.after, first + held]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small", textContent: text });
      button.disabled = from === first || from >= all;
      button.onclick = () => go(asking(query, [[key, from]]));
      bar.append(button);
    }
    below.before(bar);
  });
}
