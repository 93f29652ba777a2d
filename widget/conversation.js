/**
 * What is known of the conversation: the rows of the log, each once, in order. No page, no network.
 *
 * Rows pushed by the server are taken only while they follow the last one without a gap; after a gap the caller asks
 * for everything since `lastSeq`, so that nothing is shown out of order.
 */

export class Conversation {
  id = null;
  lastSeq = 0;
  past = []; // rows of conversations that ended while this page was open
  rows = [];

  /** The conversation the server talks about. Returns false if it is a new one whose first rows must be asked for. */
  enter(id) {
    const changed = this.id !== null && id !== this.id;
    this.id = id;
    if (!changed) return true;
    this.past.push(...this.rows);
    this.rows = [];
    const complete = this.lastSeq === 0;
    this.lastSeq = 0;
    return complete;
  }

  /** Rows that are complete since what we had: the answer to a question. Returns those that are new. */
  catchUp(rows) {
    const fresh = rows.filter((row) => row.seq > this.lastSeq);
    this.rows.push(...fresh);
    if (fresh.length) this.lastSeq = fresh[fresh.length - 1].seq;
    return fresh;
  }

  /** Rows the server pushed. Returns `{fresh, gap}`: the new ones, and whether rows before the others are missing. */
  receive(rows) {
    const following = [];
    for (const row of rows) if (row.seq === this.lastSeq + following.length + 1) following.push(row);
    const gap = rows.some((row) => row.seq > this.lastSeq + following.length);
    return { fresh: this.catchUp(following), gap };
  }
}
