/**
 * The line to the server: Socket.IO, the session, and calls that are answered. See docs/web-protocol.md.
 *
 * States: "closed" (never opened), "connecting" (first time), "ready" (session known), "lost" (trying again by itself).
 */

import { store } from "./store.js";

const PROTOCOL = 1;
const ANSWER_MS = 10_000;
const AGAIN_MS = 3_000;
const SLOWEST_RETRY_MS = 10_000;

/** The server understood and said no. `code` is one of the protocol's, the message is Italian and ready to show. */
export class Refused extends Error {
  constructor({ code = "bad_request", text = "", retry_after: seconds = null } = {}) {
    super(text);
    this.code = code;
    this.retryMs = seconds === null ? null : seconds * 1000;
  }
}

/** Nothing came back: nobody knows whether the server has it, so the same call must be made again. */
export class NoAnswer extends Error {}

export class Connection {
  state = "closed";
  #server;
  #on;
  #socket = null;
  #timer = null;

  /**
   * @param {string} server origin of the front process.
   * @param {object} on `since()` says which seq we have; `session(answer, since, known)` gets a session's answer, with
   *   whether the session was known before, and returns false if it must be asked for again from the start;
   *   `rows`, `typing`, `read`, `standing` and `viewChanged` get the server's events; `state(state, reason)`; `ended()`: the session is over, or
   *   another tab has taken another one.
   */
  constructor(server, on) {
    this.#server = server;
    this.#on = on;
  }

  /** Connect, or look after a connection that was lost. Safe to call at any time. */
  async start() {
    if (this.state === "closed") {
      this.#tell("connecting");
      await this.#load();
    } else if (this.#socket && !this.#socket.connected) {
      this.#socket.disconnect().connect(); // now, instead of after the next back-off
    }
  }

  /** Ask for the session again: the server forgot it, or the conversation changed. */
  renew() {
    if (this.#socket?.connected) return this.#begin();
  }

  /** Send one event and wait for its acknowledgement. Raises `Refused` or `NoAnswer`. */
  async call(event, data) {
    const socket = this.#socket;
    if (!socket?.connected) throw new NoAnswer(event);
    let answer;
    try {
      answer = await socket.timeout(ANSWER_MS).emitWithAck(event, data);
    } catch {
      // Still connected and no answer: a dead line, or nearly. A new one is sooner there than its end is noticed.
      if (socket === this.#socket && socket.connected) socket.disconnect().connect();
      throw new NoAnswer(event);
    }
    if (!answer?.ok) throw new Refused(answer?.error);
    return answer;
  }

  /** The session is not the one this tab is in: another tab left it, or took another one. */
  get overtaken() {
    return store.joined !== null && store.session !== store.joined;
  }

  stop() {
    this.#release()?.disconnect();
  }

  /** End the session: the server is told, if it can be reached, and this tab is without one at once. */
  async leave() {
    const socket = this.#release();
    socket?.off();
    // Whatever becomes of the call, nobody has the token any more.
    if (socket?.connected) await socket.timeout(ANSWER_MS).emitWithAck("leave", {}).catch(() => null);
    socket?.disconnect();
  }

  #release() {
    const socket = this.#socket;
    clearTimeout(this.#timer);
    this.#socket = null;
    this.#tell("closed");
    return socket;
  }

  async #load(attempt = 0) {
    // A browser remembers that a module could not be loaded: another address makes it try again.
    const client = `./vendor/socket.io.esm.min.js${attempt ? `?again=${attempt}` : ""}`;
    const library = await import(client).catch(() => null);
    if (this.state === "closed" || this.#socket) return;
    if (library) return this.#connect(library.io);
    this.#tell("lost");
    this.#later(() => this.#load(attempt + 1));
  }

  #connect(io) {
    const socket = io(this.#server, {
      transports: ["websocket", "polling"], // polling only where a network forbids websockets
      tryAllTransports: true,
      reconnectionDelayMax: SLOWEST_RETRY_MS,
      forceNew: true,
    });
    socket.on("connect", () => this.#begin());
    socket.on("connect_error", () => this.#lost(socket));
    socket.on("disconnect", () => this.#lost(socket));
    socket.on("rows", (event) => this.#on.rows(event));
    socket.on("typing", (event) => this.#on.typing(event ?? {}));
    socket.on("read", (event) => this.#on.read(event ?? {}));
    socket.on("standing", (event) => this.#on.standing(event ?? {}));
    socket.on("view_changed", () => this.#on.viewChanged());
    socket.on("session_ended", () => this.#on.ended());
    this.#socket = socket;
  }

  async #begin() {
    clearTimeout(this.#timer);
    if (this.overtaken) return this.#on.ended();
    const socket = this.#socket;
    const token = store.session;
    try {
      const since = this.#on.since();
      const answer = await this.call("session_request", { session_id: token, protocol: PROTOCOL, since });
      if (socket !== this.#socket) return; // left meanwhile
      if (store.session !== token) return this.overtaken ? this.#on.ended() : this.#begin(); // by another tab, just now
      store.session = store.joined = answer.session;
      if (!this.#on.session(answer, since, token !== null)) return this.#begin();
      this.#tell("ready");
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof NoAnswer)) throw error;
      if (socket !== this.#socket) return;
      this.#tell("lost", error instanceof Refused ? error.message : null);
      this.#later(() => this.renew(), error.retryMs);
    }
  }

  #lost(socket) {
    if (this.state === "closed") return;
    this.#tell("lost");
    if (!socket.active) this.#later(() => socket.connect()); // the server ended it: Socket.IO does not retry alone
  }

  #later(action, ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, ms ?? AGAIN_MS);
  }

  #tell(state, reason = null) {
    this.state = state;
    this.#on.state(state, reason);
  }
}
