// Whether texts can be read before what is behind them: by axe's own rule, on some elements of each look.
//
// What it says of an element holds for the whole look (see text_looks.js) where the element passes, and where a picture
// is behind it, of which axe cannot tell. In any other case every element of the look is judged by itself.

globalThis.contrast = (() => {
  const ONLY = { runOnly: { type: "rule", values: ["color-contrast"] }, elementRef: true, selectors: false };
  const PICTURES = ["bgImage", "bgGradient", "imgNode"];

  async function judge(looks) {
    const first = await judgeElements(looks.flatMap(some));
    const settled = looks.filter((look) => isSettled(first, some(look)));
    const open = looks.filter((look) => !settled.includes(look));
    const others = await judgeElements(open.flatMap((look) => textLooks.elements(look).filter((each) => !some(look).includes(each))));
    return { settled, offences: [...first.violations, ...others.violations].map(told) };
  }

  // The first may be one that is seldom seen, such as a link that comes with the focus.
  function some(look) {
    const elements = textLooks.elements(look);
    return [...new Set([elements.at(0), elements.at(elements.length / 2), elements.at(-1)])];
  }

  // Where the rule breaks at an element, as at some that are scrolled out of sight, axe says nothing of all the others:
  // they are asked for once more without it.
  async function judgeElements(elements) {
    const asked = new Set(elements);
    while (asked.size) {
      const found = await run(asked), broken = found.incomplete.find(isBroken);
      if (!broken) return found;
      if (!asked.delete(broken.element)) throw new Error(broken.failureSummary);
    }
    return { violations: [], passes: [], incomplete: [] };
  }

  const isBroken = ({ none }) => none.some(({ id }) => id === "error-occurred");

  async function run(asked) {
    const rule = axe._audit.rules.find(({ id }) => id === "color-contrast"), { matches } = rule;
    rule.matches = (element, ...more) => asked.has(element) && matches(element, ...more);
    try {
      const { violations, passes, incomplete } = await axe.run(ONLY);
      const nodes = (results) => results.flatMap((result) => result.nodes);
      return { violations: nodes(violations), passes: nodes(passes), incomplete: nodes(incomplete) };
    } finally {
      rule.matches = matches;
    }
  }

  function isSettled({ violations, passes, incomplete }, elements) {
    const of = (nodes) => nodes.filter(({ element }) => elements.includes(element));
    const says = ({ any: [check] }) => (check ? check.data?.messageKey : "hidden"); // none where axe could not tell
    if (of(violations).length) return false;
    return of(passes).some((node) => says(node) !== "hidden") || of(incomplete).some((node) => PICTURES.includes(says(node)));
  }

  const told = ({ element, failureSummary }) => ["color-contrast", element.outerHTML, failureSummary];

  return { judge };
})();
