/**
 * What the chat keeps in the browser, and nothing before it was opened once. In localStorage: the session's token and
 * whether sounds are wanted. In sessionStorage, for this tab: the session it is in, whether the chat is open, what
 * waits to be sent, what is being written and the files chosen for it.
 * Where the browser forbids storage, the same values live in memory until the page is left.
 */

const PREFIX = "sportello.";
const AREAS = { session: "localStorage", sound: "localStorage" };
const OF_THE_SESSION = ["joined", "outbox", "draft", "files"];
const NAMES = ["session", "sound", "open", ...OF_THE_SESSION];
const memory = new Map();

export const store = {
  get session() {
    return read("session");
  },
  set session(token) {
    write("session", token);
  },
  /** The session this tab is in: another one in `session` means that another tab has left it. */
  get joined() {
    return read("joined");
  },
  set joined(token) {
    write("joined", token);
  },
  /** true, false, or null if the customer has neither opened nor closed the chat in this tab. */
  get open() {
    return flag("open");
  },
  set open(open) {
    write("open", open ? "1" : "0");
  },
  /** true, false, or null if the customer has never switched sounds on or off. */
  get sound() {
    return flag("sound");
  },
  set sound(on) {
    write("sound", on ? "1" : "0");
  },
  /** Messages not yet accepted by the server: `[{id, text, button, attachments, at, state, error}]`. */
  get outbox() {
    return list("outbox");
  },
  set outbox(items) {
    write("outbox", items.length ? JSON.stringify(items) : null);
  },
  /** Files the server has, which go with what is being written: attachments of docs/web-protocol.md. */
  get files() {
    return list("files");
  },
  set files(files) {
    write("files", files.length ? JSON.stringify(files) : null);
  },
  /** What is written and not sent. */
  get draft() {
    return read("draft") ?? "";
  },
  set draft(text) {
    write("draft", text || null);
  },

  /** Keep nothing any more. */
  forget() {
    for (const name of NAMES) write(name, null);
  },

  /** Keep nothing of the session this tab is in: the browser has another one. */
  forgetTab() {
    for (const name of OF_THE_SESSION) write(name, null);
  },

  /** Tell when another tab of this browser changes the session. */
  watchSession(changed, signal) {
    const ours = ({ key }) => (key === null || key === `${PREFIX}session`) && changed();
    window.addEventListener("storage", ours, { signal });
  },
};

function areaOf(name) {
  return window[AREAS[name] ?? "sessionStorage"];
}

function list(name) {
  try {
    const items = JSON.parse(read(name) ?? "[]");
    return Array.isArray(items) ? items : [];
  } catch {
    return [];
  }
}

function flag(name) {
  const value = read(name);
  return value === null ? null : value === "1";
}

function read(name) {
  if (memory.has(name)) return memory.get(name);
  try {
    return areaOf(name).getItem(PREFIX + name);
  } catch {
    return null;
  }
}

function write(name, value) {
  memory.delete(name);
  try {
    if (value === null) areaOf(name).removeItem(PREFIX + name);
    else areaOf(name).setItem(PREFIX + name, value);
  } catch {
    if (value !== null) memory.set(name, value); // no storage, or none left
  }
}
