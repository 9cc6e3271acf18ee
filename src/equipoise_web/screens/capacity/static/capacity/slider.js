// Keeps the slider and its number field the same. Without it the slider is sent with the form.
const form = document.querySelector("[data-slider]");
if (form) {
  const slider = form.querySelector("#percent");
  const number = form.querySelector("#percent-number");
  const said = () => {
    const value = Number(slider.value);
    slider.setAttribute("aria-valuetext", `${value > 0 ? "+" : ""}${value}%`);
  };
  number.closest("[hidden]").hidden = false;
  slider.addEventListener("input", () => {
    slider.step = "5";
    number.value = slider.value;
    said();
  });
  number.addEventListener("input", (event) => {
    if (number.value === "" || !number.checkValidity()) {
      event.stopPropagation(); // nothing is asked about half a number
      return;
    }
    slider.step = "1"; // so that the slider can stand where the number says
    slider.value = number.value;
    said();
  });
  said();
}
