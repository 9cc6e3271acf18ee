// Text from a spreadsheet as rows of cells, and a range of cells as such text. Pure: no page, no grid.
//
// Spreadsheets part cells by tabs and rows by CRLF, end with a CRLF, and put cells that hold a tab, a line break or a
// quote into quotes, in which a quote is doubled. An empty cell stays empty: it never becomes 0.

export function parse(text) {
  const rows = [];
  let row = [], cell = "", quoted = false, begins = true;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') { cell += '"'; at += 1; }
      else quoted = false;
    } else if (sign === '"' && begins) {
      quoted = true;
      begins = false;
    } else if (sign === "\t") {
      row.push(cell);
      cell = "";
      begins = true;
    } else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[at + 1] === "\n") at += 1;
      row.push(cell);
      rows.push(row);
      row = [];
      cell = "";
      begins = true;
    } else {
      cell += sign;
      begins = false;
    }
  }
  // What follows the last line break is a row only if something stands in it.
  if (cell !== "" || row.length) rows.push([...row, cell]);
  return rows;
}

// A cell as an amount that is typed: without the separators of thousands, units and blanks that spreadsheets add.
// "1,234.50" and "1 234" and "1.234,50" and "(50)" are numbers; a lone comma with three digits behind it groups.
export function amount(cell) {
  let word = cell.trim().replace(/[\s\u00a0\u202f'’]/g, "").replace("−", "-").replace(/^[€$£]|[€$£]$/g, "");
  const bracketed = /^\(([\d.,]+)\)$/.exec(word);
  if (bracketed) word = `-${bracketed[1]}`;
  const comma = word.lastIndexOf(","), point = word.lastIndexOf(".");
  if (comma >= 0 && point >= 0) {
    const [group, decimal] = comma > point ? [".", ","] : [",", "."];
    word = word.split(group).join("").replace(decimal, ".");
  } else if (comma >= 0) {
    word = /^[+-=]?\d{1,3}(,\d{3})+%?$/.test(word) ? word.replace(/,/g, "") : word.replace(",", ".");
  } else if (/^[+-=]?\d{1,3}(\.\d{3}){2,}$/.test(word)) {
    word = word.replace(/\./g, "");
  }
  return word;
}

// Rows of texts as text for a spreadsheet.
export function toText(rows) {
  const quote = (cell) => (/[\t\n\r"]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);
  return rows.map((row) => row.map(quote).join("\t")).join("\r\n");
}
