// The page of the grid: loads the numbers, sends what is typed, shows what comes back and who was faster.

import { Held } from "./held.js";
import { heldOpen, landing, opening, parts } from "./paging.js";
import { MARK, PlanGrid } from "./plangrid.js";
import { Notices } from "./notices.js";
import { show } from "./numbers.js";
import { Queue, Refused, read, send } from "./wire.js";

const page = document.getElementById("grid-page");
const box = document.getElementById("grid");
const words = JSON.parse(document.getElementById("grid-words").textContent);
const byId = (id) => document.getElementById(id);
const asked = (address, more = {}) => `${address}?${page.dataset.query}${Object.entries(more).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join("")}`;
const queue = new Queue(() => poll(400));
const notices = new Notices({ el: byId("grid-rejected"), words, onReveal: (...cell) => grid.reveal(...cell), onClose: () => grid.focus() });
let grid, rows, header, state, seen, timer, reason = {}, selected, shownCell;

const wide = matchMedia("(min-width: 641px)");
if (wide.matches) start();
else location.replace(`${page.dataset.table}?${page.dataset.query}`); // the same as a table and a form

// All that is shown of the plan; the only place that asks for it.
async function load() {
  const loaded = await read(asked(page.dataset.numbers));
  header = loaded.header;
  state = header.state;
  seen = header.seen;
  words.currency = header.currency;
  rows = { keys: header.keys, labels: header.labels, depth: header.depth, lines: header.lines, values: loaded.values, marks: loaded.marks, isExact: header.is_exact, leading: header.leading, baseline: header.baseline, hidden: header.hidden, held: new Held(header.columns.length) };
  rows.held.take(header.held);
}

async function start() {
  await load();
  await customElements.whenDefined("revo-grid");
  const kept = sessionStorage.getItem(`grid ${header.leading} ${page.dataset.query}`);
  const open = header.hidden ? heldOpen(header) : kept && JSON.parse(kept).map((key) => rows.keys.indexOf(key)).filter((node) => node > 0);
  grid = new PlanGrid({ open, el: box, rows, periods: header.columns, onEdit: edit, locked, onSelect: select, onCommand: command, words });
  await grid.ready;
  box.setAttribute("aria-busy", "false");
  box.dataset.ready = "1";
  stand(header);
  if (!header.is_exact) poll(600);
  if (header.hidden) {
    parts(header, byId("grid-keys"), words, page.dataset.query, go);
    landing(header, (node) => grid.reveal(node, rows.leading, grid.at.column));
  }
  grid.focus();
}

// -- writing ---------------------------------------------------------------------------------------------------------

function locked(line, node, column) {
  const about = rows.lines[line];
  if (!page.dataset.edit) return words.frozen;
  if (header.columns[column].is_closed) return words.isClosed;
  if (!about.edit) return words.notYours.replace("%s", about.label);
  return rows.marks[grid.place(line, node, column)] & MARK.HELD ? words.isHeld.replace("%s", rows.held.words(node, column) || words.held) : "";
}

function edit(cells, how, beyond = 0) {
  if (!cells.length) return;
  rest();
  grid.setPending(cells, true);
  const body = { cells: cells.map(({ line, node, column, text }) => [rows.lines[line].name, rows.keys[node], header.columns[column].mark, text]), key: crypto.randomUUID(), ...(how === "hold" ? { is_hold: true } : {}) };
  queue.add(() => write(page.dataset.edit, body, cells)).then((done) => {
    if (done && beyond) notices.add([{ where: words.beyond, because: words.beyondWhy.replace("%s", beyond), text: "" }]);
  });
}

async function write(address, body, cells = []) {
  for (;;) {
    try {
      const changed = await send(asked(address), { ...body, ...reason, seen, since: state }, page.dataset.token);
      grid.setPending(cells, false);
      take(changed);
      notices.add(changed.header.rejected || []);
      notices.add((changed.header.warnings || []).map((because) => ({ where: "", because, isTold: true })));
      said(changed.header.step?.label ? words.saved.replace("%s", changed.header.step.label) : words.nothing);
      byId("grid-saved").textContent = words.savedAt.replace("%s", new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) {
        grid.setPending(cells, false);
        notSaved(words.offline, cells);
        return false;
      }
      if (error.body.needs_reason && (await askReason(error.body))) continue;
      if (error.status === 409 && (await askStale(error.body))) continue;
      grid.setPending(cells, false);
      if (!error.body.needs_reason && error.status !== 409) notSaved(error.status === 401 ? words.signedOut : error.message, cells);
      poll(0);
      return false;
    }
  }
}

// A large change waits until its author says why; what is said stays for the next ones.
function askReason(body) {
  const bar = byId("grid-reason");
  byId("grid-reason-what").textContent = words.needsReason.replace("%s", `${header.currency} ${show(body.amount, { by: 1, digits: 0 })}`);
  bar.hidden = false; // without taking the focus: whoever types goes on typing, and answers when done
  said(byId("grid-reason-what").textContent);
  return new Promise((resolve) => {
    const close = (isGiven) => {
      bar.hidden = true;
      bar.onsubmit = byId("grid-reason-drop").onclick = bar.onkeydown = null;
      grid.focus();
      resolve(isGiven);
    };
    bar.onsubmit = (event) => {
      event.preventDefault();
      reason = { reason: bar.elements.reason.value, reason_code: bar.elements.reason_code.value };
      close(true);
    };
    byId("grid-reason-drop").onclick = () => close(false);
    bar.onkeydown = (event) => { if (event.key === "Escape") close(false); };
  });
}

function askStale(body) {
  const bar = byId("grid-stale"), { theirs } = body;
  byId("grid-stale-what").textContent = words.stale.replace("%s", theirs.by).replace("%s", theirs.what || "").replace("%s", theirs.because || "");
  bar.hidden = false;
  return new Promise((resolve) => {
    const close = (isMine) => {
      bar.hidden = true;
      seen = theirs.seen;
      grid.focus();
      resolve(isMine);
    };
    byId("grid-stale-mine").onclick = () => close(true);
    byId("grid-stale-theirs").onclick = () => close(false);
  });
}

// What was said of earlier entries goes once all of them were answered and somebody types again.
function rest() { if (!queue.waiting) notices.rest(); }

// Of each cell that was typed in, or of the whole where there is none.
function notSaved(because, cells = []) {
  notices.add(cells.length ? cells.map((cell) => ({ ...cell, where: `${rows.labels[cell.node]}, ${header.columns[cell.column].label}`, because: `${words.notSaved}: ${because}` })) : [{ where: words.notSaved, because, text: "" }]);
}

function step(name) {
  const address = page.dataset[name];
  rest();
  if (address) queue.add(() => write(address, { key: crypto.randomUUID() }));
}

function command(name, about) {
  if (name === "undo" || name === "redo") step(name);
  else if (name === "answer") document.querySelector(".reason-bar:not([hidden]) :is(select, button)")?.focus();
  else if (name === "locked") { rest(); notSaved(about); }
  else if (name === "opened" && header.hidden) { const query = opening(header, about, page.dataset.query); if (query) go(query); }
  else if (name === "opened") sessionStorage.setItem(`grid ${header.leading} ${page.dataset.query}`, JSON.stringify(about.map((node) => rows.keys[node])));
  else if (name === "copied") said(words.copied.replace("%s", about));
}

// The same view with other rows held: the address says which, and what was typed is saved first.
function go(query) { queue.add(() => location.assign(`?${query}`)); }

// -- reading ---------------------------------------------------------------------------------------------------------

function take({ header: about, values, places, marks }) {
  state = about.state;
  seen = about.seen;
  header.digest = about.digest;
  const wasExact = rows.isExact;
  rows.isExact = about.is_exact;
  rows.held.take(about.held);
  notices.tell(about.told, about.settled);
  grid.applyCells(values, places, marks);
  stand(about);
  if ((places.length || wasExact !== about.is_exact) && selected) side();
}

// Where the numbers stand: what can be undone, whether the plan is there, and if not how far it is.
function stand(about) {
  for (const name of ["undo", "redo"]) {
    const button = byId(`grid-${name}`);
    if (!button) continue;
    button.disabled = !about.steps[name];
    button.title = about.steps[name];
  }
  const bar = byId("grid-progress");
  bar.hidden = about.is_exact;
  bar.value = about.progress.pct;
  page.dataset.exact = about.is_exact ? "1" : "";
  byId("grid-standing").textContent = about.is_exact ? words.exact : about.is_waiting ? words.estimates : words.stalled;
}

function poll(wait) {
  clearTimeout(timer);
  if (!page.dataset.changes) return;
  timer = setTimeout(async () => {
    if (queue.waiting) return;
    try {
      const changed = await read(asked(page.dataset.changes, { since: state }));
      if (queue.waiting) return;
      take(changed);
      poll(changed.header.is_exact ? 8000 : 900);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) notSaved(words.signedOut);
      else { console.error(error); poll(5000); }
    }
  }, wait);
}

// -- the panel beside, and what is told -------------------------------------------------------------------------------

function select(cell) {
  selected = cell;
  byId("grid-at").textContent = cell.words;
  const hold = byId("grid-hold");
  if (hold) hold.title = rows.lines[cell.line].edit === "production_override" ? words.firms : words.holds;
  if (hold) hold.disabled = Boolean(rows.marks[grid.place(cell.line, cell.node, cell.column)] & MARK.HELD);
  side();
}

let sideTimer;
function side() {
  if (!page.dataset.cell || !matchMedia("(min-width: 1081px)").matches) return;
  clearTimeout(sideTimer);
  sideTimer = setTimeout(async () => {
    const { line, node, column } = selected;
    const isUsed = () => byId("grid-side").contains(document.activeElement);
    if (isUsed()) return;
    const html = await read(asked(page.dataset.cell, { line: rows.lines[line].name, row: rows.keys[node], at: header.columns[column].mark }));
    const isStill = selected.line === line && selected.node === node && selected.column === column;
    if (isStill && !isUsed()) showSide(html);
  }, shownCell ? 180 : 0);
}

function showSide(html) {
  shownCell = selected;
  byId("grid-side").innerHTML = html; // our own template, escaped by the server
}

byId("grid-side").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target, sent = form.dataset.hold ? hold(form) : [page.dataset.comment, { about: form.dataset.about, text: form.elements.text.value }];
  queue.add(() => write(...sent)).then(() => { document.activeElement.blur(); side(); grid.focus(); });
});

// What a hold in the panel is asked to become: it is named by the cell that the panel shows.
function hold(form) {
  const { line, node, column } = shownCell;
  const cells = [[rows.lines[line].name, rows.keys[node], header.columns[column].mark, ""]];
  return [form.dataset.address, { cells, hold: form.dataset.hold, do: form.dataset.do, until: form.elements.until?.value, because: form.elements.because?.value, key: crypto.randomUUID() }];
}

function said(text) { byId("grid-said").textContent = text; }

byId("grid-undo")?.addEventListener("click", () => { step("undo"); grid.focus(); });
byId("grid-redo")?.addEventListener("click", () => { step("redo"); grid.focus(); });
byId("grid-hold")?.addEventListener("click", () => {
  const { top, bottom, left, right } = grid.getSelection(), cells = [];
  for (let row = top; row <= bottom; row += 1) for (let column = left; column <= right; column += 1) cells.push({ ...grid.shown[row], column, text: "" });
  edit(cells, "hold");
  grid.focus();
});
byId("grid-all").addEventListener("click", ({ currentTarget }) => {
  const isOpen = currentTarget.getAttribute("aria-pressed") !== "true";
  currentTarget.setAttribute("aria-pressed", isOpen);
  grid.expandAll(isOpen);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(".menu-box[open]")) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus(); // what is shut keeps no focus
    menu.open = false;
  }
});
