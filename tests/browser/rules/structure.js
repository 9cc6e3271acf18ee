// Every rule of axe but contrast, which is judged look by look (see contrast.js).
//
// Most of them ask what is there, where it stands and what it is called. A page that differs from one without an offence
// in its colors only is asked for the one rule that looks at colors, too.

globalThis.structure = (() => {
  const OF_COLORS = ["link-in-text-block"];
  const SETTINGS = { resultTypes: ["violations"], elementRef: true, selectors: false, preload: { assets: ["media"] } };
  const KEPT = ["display", "visibility", "position", "overflow", "clipPath", "pointerEvents"];
  let clean = "";

  async function judge(tags) {
    const shape = shapeOf(), isKnown = shape === clean;
    const rules = isKnown
      ? { runOnly: { type: "rule", values: OF_COLORS } }
      : { runOnly: { type: "tag", values: tags }, rules: { "color-contrast": { enabled: false } } };
    const { violations } = await axe.run({ ...SETTINGS, ...rules });
    if (!isKnown) clean = violations.length ? "" : shape;
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => [id, node.element.outerHTML, node.failureSummary]));
  }

  // All that is not color: the text of the page, and of every element its place and how it is shown.
  function shapeOf() {
    const places = [...document.querySelectorAll("*")].map((element) => {
      const { left, top, width, height } = element.getBoundingClientRect(), style = getComputedStyle(element);
      return [left, top, width, height, ...KEPT.map((name) => style[name])].join(" ");
    });
    return [document.documentElement.outerHTML, ...places].join("\n");
  }

  return { judge };
})();
