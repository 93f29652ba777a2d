/**
 * What the chat keeps in the browser, and nothing before it was opened once:
 * the session's token (localStorage), and for this tab (sessionStorage) whether the chat is open and what waits to be
 * sent.
 * Where the browser forbids storage, the same values live in memory until the page is left.
 */

const PREFIX = "sportello.";
const memory = new Map();

export const store = {
  get session() {
    return read("localStorage", "session");
  },
  set session(token) {
    write("localStorage", "session", token);
  },
  /** true, false, or null if the customer has neither opened nor closed it in this tab. */
  get open() {
    const open = read("sessionStorage", "open");
    return open === null ? null : open === "1";
  },
  set open(open) {
    write("sessionStorage", "open", open ? "1" : "0");
  },
  /** Messages not yet accepted by the server: `[{id, text, button, at, state, error}]`. */
  get outbox() {
    try {
      const items = JSON.parse(read("sessionStorage", "outbox") ?? "[]");
      return Array.isArray(items) ? items : [];
    } catch {
      return [];
    }
  },
  set outbox(items) {
    write("sessionStorage", "outbox", items.length ? JSON.stringify(items) : null);
  },
};

function read(area, name) {
  try {
    return window[area].getItem(PREFIX + name);
  } catch {
    return memory.get(name) ?? null;
  }
}

function write(area, name, value) {
  try {
    if (value === null) window[area].removeItem(PREFIX + name);
    else window[area].setItem(PREFIX + name, value);
  } catch {
    memory.set(name, value);
  }
}
