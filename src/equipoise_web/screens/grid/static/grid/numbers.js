// Numbers as the grid shows them: grouped, true minus, unknown as a dash, one precision for each sort of line.

const LANGUAGE = (typeof document === "undefined" ? "" : document.documentElement.lang) || "en";
const format = (digits) => new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const FORMATS = [format(0), format(1), format(2)];

// How the numbers of a sort of line are shown, by the largest of them: divided by what, with how many decimals.
export function scaleOf(kind, largest) {
  if (kind === "amount") {
    if (largest >= 1e8) return { by: 1e6, digits: 1, prefix: "M" };
    if (largest >= 1e5) return { by: 1e3, digits: 0, prefix: "k" };
  }
  if (kind === "qty" || kind === "hours") return { by: 1, digits: largest > 0 && largest < 100 ? 1 : 0, prefix: "" };
  if (kind === "pct" || kind === "days" || kind === "ratio") return { by: 1, digits: 1, prefix: "" };
  return { by: 1, digits: 0, prefix: "" };
}

export function show(value, scale) {
  if (Number.isNaN(value)) return "";
  const text = FORMATS[scale.digits].format(Math.abs(value / scale.by));
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

export function signed(value, scale) {
  const text = show(value, scale);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

// What a cell would say after `text` was typed into it, as far as that can be told here; NaN where it cannot.
export function foresee(text, now) {
  const word = text.replace(/[\s\u00a0\u202f,]/g, "").replace("−", "-");
  const factor = /^[*×](\d+(?:\.\d+)?)$/.exec(word);
  if (factor) return now * Number(factor[1]);
  const found = /^(=?)([+-]?)(\d+(?:\.\d+)?)([km]?)(%?)$/i.exec(word);
  if (!found) return NaN;
  const [, set, sign, digits, times, percent] = found;
  const size = Number(digits) * ({ k: 1e3, m: 1e6 }[times.toLowerCase()] || 1);
  if (percent) return sign && !set ? now * (1 + (sign === "-" ? -size : size) / 100) : NaN;
  if (sign && !set) return now + (sign === "-" ? -size : size);
  return size;
}
