// Files can be dropped on a place marked `data-drop`, and what was chosen is named with its size where `data-chosen`
// says: a list takes a line for each file, any other element takes one line. Everything works without this file.
document.querySelectorAll("[data-drop]").forEach((place) => {
  const input = place.querySelector("input[type=file]");
  const chosen = place.querySelector("[data-chosen]");
  const told = (file) => `${file.name}, ${Math.max(1, Math.round(file.size / 1000)).toLocaleString("en")} kB`;
  const line = (text) => Object.assign(document.createElement("li"), { textContent: text });
  const show = () => {
    const files = [...input.files].map(told);
    if (chosen.matches("ul")) chosen.replaceChildren(...files.map(line));
    else chosen.textContent = files.join("; ");
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
