// The grid's way to the server: numbers as arrays, writes one after another in the order they were made.

export function decode(buffer) {
  const view = new DataView(buffer);
  const size = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  let at = 4 + size;
  const take = (Type, count) => {
    const found = new Type(buffer.slice(at, at + count * Type.BYTES_PER_ELEMENT));
    at += count * Type.BYTES_PER_ELEMENT;
    return found;
  };
  if ("cells" in header) {
    return { header, values: take(Float64Array, header.cells), places: take(Int32Array, header.cells), marks: take(Uint8Array, header.cells) };
  }
  const count = header.shape.reduce((product, side) => product * side, 1);
  return { header, values: take(Float64Array, count), marks: take(Uint8Array, count) };
}

// Thrown for an answer that is no success; `body` is what the server said.
export class Refused extends Error {
  constructor(status, body) {
    super(body.error || `HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

export async function read(address) {
  return taken(await fetch(address, { credentials: "same-origin" }));
}

export async function send(address, body, token) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  return taken(await fetch(address, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body) }));
}

async function taken(answer) {
  const type = answer.headers.get("Content-Type") || "";
  if (answer.redirected && type.startsWith("text/html")) throw new Refused(401, { error: "signed out" });
  if (!answer.ok) throw new Refused(answer.status, type.startsWith("application/json") ? await answer.json() : {});
  return type.startsWith("text/html") ? answer.text() : decode(await answer.arrayBuffer());
}

// Tasks one after another; one that fails does not stop those behind it.
export class Queue {
  constructor(onIdle) {
    this.last = Promise.resolve();
    this.waiting = 0;
    this.onIdle = onIdle;
  }

  add(task) {
    this.waiting += 1;
    const done = this.last.then(task).finally(() => {
      this.waiting -= 1;
      if (!this.waiting) this.onIdle();
    });
    this.last = done.catch(() => {});
    return done;
  }
}
