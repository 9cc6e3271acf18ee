// Marks the cell whose explanation is open, and lets Escape close it. Everything works without this file.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "why") return;
  document.querySelectorAll("td.sel").forEach((cell) => cell.classList.remove("sel"));
  const cell = event.detail.requestConfig.elt.closest("td");
  if (cell) cell.classList.add("sel");
  event.target.focus({ preventScroll: window.innerWidth > 640 });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const selected = document.querySelector("td.sel");
  const why = document.getElementById("why");
  if (!selected || !why) return;
  selected.classList.remove("sel");
  why.replaceChildren();
  selected.querySelector("a")?.focus();
});
