// Which texts of a page look alike: letters of one size and color, before the same colors, with nothing else near.
//
// `textLooks.find()` answers the looks of the page as it stands there, and keeps which elements have each. Whoever saw
// that one element of a look can be read knows it of them all. Where something lies over or under a text that it does
// not stand in, the text has a look of its own, whose name begins with "alone".

globalThis.textLooks = (() => {
  const SHOWN = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };
  const LETTERS = ["color", "webkitTextFillColor", "webkitTextStroke", "textShadow", "fontSize", "fontWeight"];
  const BLENDS = { opacity: "1", mixBlendMode: "normal", filter: "none", backdropFilter: "none", maskImage: "none" };
  const FIELD = "input:not([type=hidden]), select, textarea";
  const PICTURE = "img, svg, canvas, video, object, embed, iframe, meter, progress";
  const UNCOLORED = "rgba(0, 0, 0, 0)";
  const UNREADABLE = { emoji: true, nonBmp: false, punctuations: true };
  const BAND = 64; // height in pixels of the bands by which neighbors are found
  const TOUCH = 1; // pixels by which boxes may overlap that only stand side by side
  const EVERYWHERE = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
  let looks, paints, clips, bands;

  function find() {
    [looks, paints, clips, bands] = [new Map(), new Map(), new Map(), new Map()];
    const elements = [document.documentElement, document.body, ...document.body.querySelectorAll("*")];
    for (const element of elements) if (isPainted(paintOf(element)) && element.checkVisibility(SHOWN)) keepNear(element);
    let alone = 0;
    for (const element of elements) {
      const boxes = boxesOf(element);
      if (!boxes.length) continue;
      const look = lookOf(element, boxes) || `alone ${(alone += 1)}`;
      if (looks.has(look)) looks.get(look).push(element);
      else looks.set(look, [element]);
    }
    return [...looks.keys()];
  }

  // What an element puts between a text in it and whatever lies behind.
  function paintOf(element) {
    const known = paints.get(element);
    if (known) return known;
    const style = getComputedStyle(element), { backgroundColor, backgroundImage } = style;
    const paint = {
      style,
      color: backgroundColor === UNCOLORED ? "" : backgroundColor,
      picture: backgroundImage === "none" && !element.matches(PICTURE) ? "" : `${element.localName} ${backgroundImage}`,
      blend: Object.keys(BLENDS).filter((name) => style[name] !== BLENDS[name]).map((name) => `${name} ${style[name]}`).join(),
      clip: style.clipPath,
      isFixed: style.position === "fixed" || (element.parentElement !== null && paintOf(element.parentElement).isFixed),
      isUnseen: style.clipPath === "inset(50%)" || (element.parentElement !== null && paintOf(element.parentElement).isUnseen),
    };
    paints.set(element, paint);
    return paint;
  }

  const isPainted = ({ color, picture }) => Boolean(color || picture);

  // Where the own text of an element stands, line by line; nothing where none is shown that has to be read.
  function boxesOf(element) {
    const isField = element.matches(FIELD);
    if (!isField && !isReadable(textOf(element))) return [];
    if (paintOf(element).isUnseen || !element.checkVisibility(SHOWN)) return [];
    if (element.closest(":disabled, [aria-disabled=true]")) return [];
    if (isField) return [element.getBoundingClientRect()];
    const range = document.createRange();
    return textsOf(element).flatMap((text) => {
      range.selectNodeContents(text);
      return [...range.getClientRects()].filter((box) => box.width && box.height);
    });
  }

  // Of a single sign axe never says that it cannot be read.
  const isReadable = (text) => text.length > 1 && axe.commons.text.removeUnicode(text, UNREADABLE).trim() !== "";

  const textsOf = (element) => [...element.childNodes].filter((each) => each.nodeType === Node.TEXT_NODE && each.data.trim());

  const textOf = (element) => textsOf(element).map((each) => each.data).join(" ").trim();

  function lookOf(element, boxes) {
    const { style, isFixed } = paintOf(element), clip = clipOf(element);
    if (boxes.some((box) => hasStrangers(element, meet(box, clip), isFixed))) return "";
    const behind = [];
    let isCovered = false;
    for (let each = element; each; each = each.parentElement) {
      const { color, picture, blend, clip: shape } = paintOf(each);
      if (shape !== "none") behind.push(shape);
      if (blend) behind.push(blend);
      if (hasOverlay(each)) return "";
      if (isCovered || !(color || picture)) continue;
      const box = each.getBoundingClientRect();
      const isAll = !each.parentElement || each === document.body || boxes.every((one) => contains(box, one));
      behind.push(`${color} ${picture}${isAll ? "" : " in part"}`);
      isCovered = isAll && color.startsWith("rgb(");
    }
    return [...LETTERS.map((name) => style[name]), ...behind].join("; ");
  }

  // Whether something is painted by a stylesheet that is no element.
  function hasOverlay(element) {
    const paint = paintOf(element);
    paint.hasOverlay ??= ["::before", "::after"].some((name) => {
      const { content, position, backgroundColor, backgroundImage } = getComputedStyle(element, name);
      const isThere = content !== "none" && content !== "normal" && position !== "static";
      return isThere && (backgroundColor !== UNCOLORED || backgroundImage !== "none");
    });
    return paint.hasOverlay;
  }

  // Whether anything is painted there in which the text does not stand. What stays while the page scrolls is left out:
  // the same text is also seen beside it.
  function hasStrangers(element, box, isFixed) {
    for (const band of bandsOf(box)) {
      for (const other of bands.get(band) || []) {
        const isPassing = paintOf(other.element).isFixed && !isFixed;
        if (overlap(box, other.box) && !isPassing && !other.element.contains(element)) return true;
      }
    }
    return false;
  }

  function keepNear(element) {
    const box = meet(element.getBoundingClientRect(), clipOf(element));
    for (const band of bandsOf(box)) {
      if (!bands.has(band)) bands.set(band, []);
      bands.get(band).push({ element, box });
    }
  }

  function bandsOf({ left, top, right, bottom }) {
    const first = Math.floor(top / BAND), last = Math.floor(bottom / BAND);
    return right > left && bottom > top ? Array.from({ length: last - first + 1 }, (_, number) => first + number) : [];
  }

  // The part of the page within which an element is shown: what scrolls around it cuts it off.
  function clipOf(element) {
    if (clips.has(element)) return clips.get(element);
    const { position } = paintOf(element).style;
    const around = position === "fixed" ? null : position === "absolute" ? element.offsetParent : element.parentElement;
    let clip = EVERYWHERE;
    if (around && around !== document.body && around !== document.documentElement) {
      clip = clipOf(around);
      if (paintOf(around).style.overflowX !== "visible") clip = meet(clip, around.getBoundingClientRect());
    }
    clips.set(element, clip);
    return clip;
  }

  const meet = (a, b) => ({
    left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom),
  });

  const overlap = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > TOUCH && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > TOUCH;

  const contains = (outer, inner) =>
    inner.left >= outer.left - TOUCH && inner.right <= outer.right + TOUCH && inner.top >= outer.top - TOUCH && inner.bottom <= outer.bottom + TOUCH;

  return { find, elements: (look) => looks.get(look) };
})();
