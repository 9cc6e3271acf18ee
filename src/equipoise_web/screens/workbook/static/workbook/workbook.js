// Counts what is chosen, and chooses all or none. Everything works without this file.
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
