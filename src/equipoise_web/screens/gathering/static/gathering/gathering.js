// Where tabs do not fit, the one that is open is in view.
const showOpenTab = () => document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
  const tabs = tab.parentElement;
  tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
});
showOpenTab();
window.addEventListener("resize", showOpenTab);
