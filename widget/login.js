/**
 * The shop's login, as the page gives it (docs/identity.md): shown to the server once, before anything is sent. What
 * it proves is the server's to say; without it the chat is the same.
 */

import { NoAnswer, Refused } from "./connection.js";

export class Login {
  #call;
  #login = null;
  #shown = null; // what the server has been told

  /** @param {(event: string, data: object) => Promise} call */
  constructor(call) {
    this.#call = call;
  }

  /** A token of the shop's, "" for a customer who is not logged in, null where the shop has no logins. */
  is(login) {
    this.#login = login;
  }

  /** Tell the server, if it has not been told. Never fails: a customer can always write. */
  async show() {
    const login = this.#login;
    if (login === null || login === this.#shown) return;
    try {
      await this.#call("login", { token: login || null });
    } catch (error) {
      if (error instanceof NoAnswer) return; // told again on the next line
      if (!(error instanceof Refused)) throw error;
      console.warn(`Sportello: login ${error.code}`); // for those who build the page
    }
    this.#shown = login;
  }

  /** The session is over: the next one has been told nothing, and who left is nobody until the page says otherwise. */
  forget() {
    this.#login = this.#shown = null;
  }
}
