/**
 * What the list of messages shows, worked out from conversation and outbox: no page, no network.
 *
 * An entry is `{key, who, author, at, text, buttons, card, answerable, continues, status, error, item}`, or a divider
 * `{key, who: "divider", text}`. `who` is the row's author kind, `status` a key of the texts, `item` the outbox's own.
 */

import { texts } from "./it.js";
import { dayOf } from "./text.js";

const GROUP_MS = 5 * 60_000; // messages of one author this close together share one heading

/** Every entry in the order of the screen. Buttons can be used until the customer's next message. */
export function entriesOf(conversation, outbox, online) {
  const own = outbox.items.map((item) => ownEntry(item, online));
  const entries = [...conversation.past.map(rowEntry), ...conversation.rows.map(rowEntry), ...own];
  const lastOwn = entries.map((entry) => entry.who === "customer" && entry.status !== "refused").lastIndexOf(true);
  entries.forEach((entry, index) => {
    const before = entries[index - 1];
    const soon = before && new Date(entry.at) - new Date(before.at) < GROUP_MS;
    entry.continues = Boolean(soon) && before.who === entry.who && before.author === entry.author;
    entry.answerable = index > lastOwn && index >= conversation.past.length;
    if (entry.status === "sent" && index !== lastOwn) entry.status = null;
  });
  if (conversation.past.length && conversation.past.length < entries.length) {
    const first = entries[conversation.past.length];
    entries.splice(conversation.past.length, 0, divider(`new ${first.key}`, texts.newConversation));
  }
  return withDays(entries);
}

function rowEntry(row) {
  const who = row.author_kind;
  return {
    key: row.client_id ?? row.id,
    who,
    author: who === "agent" ? (row.author ?? texts.agent) : (texts[who] ?? texts.you),
    at: row.at,
    text: row.body.text,
    buttons: row.body.buttons ?? [],
    card: row.body.card,
    status: who === "customer" ? "sent" : null,
  };
}

function ownEntry(item, online) {
  return {
    key: item.id,
    who: "customer",
    author: texts.you,
    at: item.at,
    text: item.text,
    buttons: [],
    status: item.state === "waiting" && online ? "sending" : item.state,
    error: item.error,
    item,
  };
}

function withDays(entries) {
  let current = null;
  return entries.flatMap((entry) => {
    if (entry.who === "divider") return [entry];
    const day = dayOf(entry.at);
    if (day === current) return [entry];
    current = day;
    entry.continues = false;
    return [divider(`day ${entry.key}`, day), entry];
  });
}

function divider(key, text) {
  return { key, who: "divider", text };
}
