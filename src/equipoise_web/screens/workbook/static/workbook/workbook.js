// Counts what is chosen, chooses all or none, and takes a dropped file. Everything works without this file.
const form = document.getElementById("accept");
const button = form?.querySelector("button[data-many]");
if (button) {
  const all = form.querySelector("[data-all]");
  const boxes = [...form.querySelectorAll("input[name=cell]")];
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    const words = chosen === 1 ? button.dataset.one : chosen ? button.dataset.many : button.dataset.none;
    button.textContent = words.replace("%s", chosen.toLocaleString("en"));
    button.disabled = chosen === 0;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    count();
  });
  boxes.forEach((box) => box.addEventListener("change", count));
  count();
}

document.querySelectorAll("[data-drop]").forEach((place) => {
  const input = place.querySelector("input[type=file]");
  const said = place.querySelector("[data-chosen]");
  const show = () => {
    const file = input.files[0];
    said.textContent = file ? `${file.name}, ${Math.max(1, Math.round(file.size / 1000)).toLocaleString("en")} kB` : "";
  };
  input.addEventListener("change", show);
  ["dragenter", "dragover"].forEach((name) => place.addEventListener(name, (event) => {
    event.preventDefault();
    place.classList.add("over");
  }));
  ["dragleave", "drop"].forEach((name) => place.addEventListener(name, () => place.classList.remove("over")));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
});
