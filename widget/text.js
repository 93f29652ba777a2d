/** Texts and moments as people read them: safe links, days, hours. */

import { h, hidden } from "./dom.js";
import { LOCALE, texts } from "./it.js";

const LINK = /(https?:\/\/[^\s<>"«»]+)|(^|[\s(«])(\/privacy)(?![\w/-])/g;
const AFTER_LINK = /[.,;:!?'")\]]+$/; // punctuation that belongs to the sentence
const DAY_MS = 86_400_000;

const hour = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" });

/** "Oggi", "Ieri" or "lunedì 23 novembre", in the reader's time zone. */
export function dayOf(at, now = new Date()) {
  const date = new Date(at);
  if (date.toDateString() === now.toDateString()) return texts.today;
  if (date.toDateString() === new Date(now - DAY_MS).toDateString()) return texts.yesterday;
  return day.format(date);
}

/** `<time>` showing hours and minutes. */
export function timeOf(at) {
  return h("time", { datetime: at }, hour.format(new Date(at)));
}

/** The text as nodes: web addresses and the path of the privacy notice become links, everything else stays text. */
export function linked(text, server) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = (match[1] ?? match[3]).replace(AFTER_LINK, "");
    const start = match.index + (match[2]?.length ?? 0);
    const node = link(shown, shown, server);
    if (!node) continue;
    nodes.push(text.slice(end, start), node);
    end = start + shown.length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** A link to another page, in a tab of its own; `null` if `url` is no web address. */
export function link(title, url, server) {
  const target = webAddress(url, server);
  if (!target) return null;
  const attributes = { href: target, target: "_blank", rel: "noopener noreferrer" };
  return h("a", attributes, title, hidden(` (${texts.opensNewTab})`));
}

function webAddress(url, server) {
  try {
    const target = new URL(url, server);
    return target.protocol === "https:" || target.protocol === "http:" ? target.href : null;
  } catch {
    return null;
  }
}
