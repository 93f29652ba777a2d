/** The conversation as it is kept, on paper or in a file: whole dates, authors, what the cards say. No page. */

import { wordsOf } from "./files.js";
import { texts } from "./language.js";
import { dateOf, hourOf } from "./text.js";

const LINES = {
  timeline: ({ steps }) => (steps ?? []).map(stepLine),
  records: ({ items }) => (items ?? []).map(recordLine),
  product: ({ price }) => [price],
  document: ({ about }) => [about],
};

/**
 * What was said, by conversation and day: `[{title, messages: [{hour, author, text, lines, note}]}]`. `lines` are its
 * files and those of the card, `note` says that it was not sent.
 */
export function transcriptOf(entries) {
  const parts = [];
  let thread = null;
  let day = null;
  for (const entry of entries) {
    if (entry.who === "divider") continue;
    const date = dateOf(entry.at);
    if (entry.thread !== thread || date !== day) {
      const other = entry.thread !== thread && thread !== null;
      parts.push({ title: other ? `${texts.newConversation} · ${date}` : date, messages: [] });
      thread = entry.thread;
      day = date;
    }
    parts[parts.length - 1].messages.push(messageOf(entry));
  }
  return parts;
}

/** The same as plain text. */
export function plainText(heading, entries, now = new Date()) {
  const parts = transcriptOf(entries).map(({ title, messages }) => [title, ...messages.map(messageText)].join("\n"));
  return [headOf(heading, now).join("\n"), ...parts].join("\n\n") + "\n";
}

/** Title and moment of a copy. */
export function headOf(heading, now = new Date()) {
  return [texts.transcript(heading), texts.transcriptOf(`${dateOf(now)}, ${hourOf(now)}`)];
}

function messageOf({ at, author, text, files, card, item }) {
  const note = item && item.state !== "sent" ? texts.notSent : null;
  return { hour: hourOf(at), author, text, lines: [...files.map(wordsOf), ...cardLines(card)], note };
}

function messageText({ hour, author, text, lines, note }) {
  const head = `[${hour}] ${author}${note ? ` (${note})` : ""}: `;
  return [head + text, ...lines].join("\n").replaceAll("\n", "\n    ");
}

function cardLines(card) {
  if (!Object.hasOwn(LINES, card?.kind ?? "")) return [];
  const facts = (card.facts ?? []).map(({ label, value }) => `${label}: ${value}`);
  const safe = (card.links ?? []).filter(({ url }) => /^https:\/\//i.test(url));
  const links = safe.map(({ title, url }) => `${title}: ${url}`);
  return [card.title, ...LINES[card.kind](card), ...facts, ...links].filter(Boolean);
}

function stepLine({ label, at, state, note }) {
  return `- ${[label, texts.steps[state], at, note].filter(Boolean).join(", ")}`;
}

function recordLine({ title, subtitle, state, state_label: label }) {
  return `- ${[title, subtitle, label || texts.steps[state]].filter(Boolean).join(", ")}`;
}
