/** Tells the server what the customer has had before him of what people of the shop said: it need not go by mail, too. */

const BY_PEOPLE = ["agent", "system"];

export class Seen {
  #tell;
  #told = null;

  /** @param {(conversation: string, seq: number) => Promise} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** The conversation `{id, rows}` is looked at. */
  look(thread) {
    const row = [...(thread?.rows ?? [])].reverse().find(({ author_kind: who }) => BY_PEOPLE.includes(who));
    const now = row ? `${thread.id} ${row.seq}` : null;
    if (!row || now === this.#told) return;
    this.#told = now;
    this.#tell(thread.id, row.seq).catch(() => (this.#told = null)); // told at the next look
  }
}
