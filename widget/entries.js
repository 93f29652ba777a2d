/**
 * What the list of messages shows, worked out from conversations and outbox: no page, no network.
 *
 * An entry is `{key, who, author, at, day, text, wordless, files, buttons, card, answerable, continues, mark, error, item, thread,
 * restored}`, or a divider `{key, who: "divider", kind, text, restored}`. `who` is the row's author kind, `mark` a key
 * of `texts.marks` or null, `item` the outbox's own; what is `restored` is no news.
 */

import { texts } from "./language.js";
import { dayOf } from "./text.js";

const HERE = "web";
const GROUP_MS = 5 * 60_000; // messages of one author this close together share one heading

/**
 * Every entry in the order of the screen.
 *
 * @param {object[]} items the outbox's.
 * @param {boolean} online whether what waits can be sent now.
 * @param {?string} news key of the first message that came while nobody looked.
 */
export function entriesOf(conversation, items, online, news) {
  const messages = messagesOf(conversation, items, online);
  const lastOwn = messages.map((entry) => entry.who === "customer" && entry.mark !== "refused").lastIndexOf(true);
  const lastRead = messages.map((entry) => entry.mark).lastIndexOf("read");
  const entries = [];
  let before = null;
  messages.forEach((entry, index) => {
    const dividers = dividersOf(entry, before, conversation.open, news);
    if (entry.who === "hidden") {
      tellOf(entry, dividers, entries);
      before = entry;
      return;
    }
    entry.continues = dividers.length === 0 && follows(entry, before);
    entry.answerable = index > lastOwn && entry.thread === conversation.open;
    if (entry.mark === "received" && index !== lastOwn) entry.mark = null;
    if (entry.mark === "read" && index !== lastRead) entry.mark = null;
    entries.push(...dividers, entry);
    before = entry;
  });
  return entries;
}

/** What was said elsewhere is one line for each stretch of it, with how much it is and where. */
function tellOf({ channel, restored, key }, dividers, entries) {
  const last = entries[entries.length - 1];
  if (!dividers.length && last?.kind === "hidden" && last.channel === channel) last.count += 1;
  else entries.push(...dividers, { key: `hidden ${key}`, who: "divider", kind: "hidden", channel, restored, count: 1 });
  const line = entries[entries.length - 1];
  line.text = texts.saidElsewhere(line.channel, line.count);
}

function messagesOf(conversation, items, online) {
  const { open, readSeq, threads } = conversation;
  const rows = threads.flatMap((thread) =>
    thread.rows.map((row) => rowEntry(row, thread, thread === open ? readSeq : null)),
  );
  return [...rows, ...items.map((item) => ownEntry(item, open, online))];
}

/** `readSeq` is null in a conversation that has ended: nobody waits for a mark there. */
function rowEntry(row, thread, readSeq) {
  const who = row.author_kind;
  return {
    key: row.client_id ?? row.id,
    who,
    author: who === "agent" && row.author ? texts.agentNamed(row.author) : (texts[who] ?? texts.you),
    at: row.at,
    day: dayOf(row.at),
    channel: row.channel,
    text: row.body.text,
    wordless: Boolean(row.body.wordless),
    files: row.body.attachments ?? [],
    buttons: row.body.buttons ?? [],
    card: row.body.card,
    mark: who !== "customer" || readSeq === null ? null : row.seq <= readSeq ? "read" : "received",
    thread,
    restored: Boolean(row.restored),
  };
}

function ownEntry(item, thread, online) {
  const state = item.state === "sent" ? "received" : item.state;
  return {
    key: item.id,
    who: "customer",
    author: texts.you,
    at: item.at,
    day: dayOf(item.at),
    text: item.text,
    wordless: !item.text,
    files: item.attachments ?? [],
    buttons: [],
    mark: state === "waiting" && online ? "sending" : state,
    error: item.error,
    item,
    thread,
    restored: false,
  };
}

function follows(entry, before) {
  const soon = before && new Date(entry.at) - new Date(before.at) < GROUP_MS;
  return Boolean(soon) && before.who === entry.who && before.author === entry.author;
}

/** Words from elsewhere, or the first ones from here after them; messages of this chat's own say nothing of it. */
function changesChannel(entry, before) {
  const was = !before || before.who === "hidden" || entry.thread !== before.thread ? HERE : (before.channel ?? HERE);
  return (entry.channel ?? HERE) !== was;
}

/** What stands between two messages: another conversation, another day, the first that is new. */
function dividersOf(entry, before, open, news) {
  const dividers = [];
  const { day } = entry;
  const add = (kind, text) =>
    dividers.push({ key: `${kind} ${text} ${entry.key}`, who: "divider", kind, text, restored: entry.restored });
  if (entry.thread !== open && entry.thread !== before?.thread) add("thread", `${texts.earlierConversation} · ${day}`);
  else if (before && entry.thread !== before.thread) add("thread", `${texts.newConversation} · ${day}`);
  else if (day !== before?.day) add("day", day);
  if (entry.who !== "hidden" && changesChannel(entry, before)) add("channel", texts.saidOn(entry.channel));
  if (entry.key === news) add("news", texts.newMessages);
  return dividers;
}
