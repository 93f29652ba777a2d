/** Cards of a message: a timeline, a list of records, a product, a document, a way on (docs/engine.md, "Cards"). */

import { h, hidden, icon } from "./dom.js";
import { texts } from "./language.js";
import { secureLink } from "./text.js";
import { wayTo } from "./way.js";

const CONTENTS = { timeline, records, product, document: document_, continue: continue_ };

let count = 0;

/**
 * The card as an element; `null` for a kind this version does not know: the text beside it says enough.
 *
 * @param {object[]} buttons the message's buttons, while they can be used; a list of records shows some as its items.
 * @param {object} on `press(button)`; `link(to)` and `copied()` as way.js wants them.
 * @param {boolean} isNews it came just now.
 */
export function cardOf(card, buttons, on, isNews = false) {
  if (!Object.hasOwn(CONTENTS, card?.kind ?? "")) return null;
  const id = `card-${++count}`;
  return h(
    "section",
    { class: `card card-${card.kind}`, "aria-labelledby": id, "aria-live": "off" },
    ...CONTENTS[card.kind](card, h("h3", { id }, card.title), buttons, on, isNews),
  );
}

/** The message's buttons that are not items of its card. */
export function looseButtons({ card, buttons }) {
  const items = card?.kind === "records" ? (card.items ?? []) : [];
  return buttons.filter((_, index) => !items.some((item) => item.button === index));
}

function timeline(card, title) {
  const steps = h("ol", { class: "steps", role: "list" }, ...(card.steps ?? []).map(stepOf));
  return [title, steps, factsOf(card), ...linksOf(card)];
}

function records(card, title, buttons, { press }) {
  const items = (card.items ?? []).map((item) => {
    const button = buttons[item.button];
    const content = [recordText(item), stateOf(item), button ? icon("next") : null];
    if (!button) return h("li", { class: "record" }, ...content);
    return h("li", {}, h("button", { type: "button", class: "record", onclick: () => press(button) }, ...content));
  });
  return [title, h("ul", { class: "records", role: "list" }, ...items)];
}

function recordText(item) {
  const subtitle = item.subtitle ? h("span", { class: "record-subtitle" }, hidden(", "), item.subtitle) : null;
  return h("span", { class: "record-text" }, h("span", { class: "record-title" }, item.title), subtitle);
}

function stateOf({ state, state_label: label }) {
  if (!label && !(state in texts.steps)) return null;
  const known = state in texts.steps ? state : "todo";
  return h("span", { class: `state step-${known}` }, hidden(", "), icon(known), label || texts.steps[known]);
}

function product(card, title) {
  const price = card.price ? h("p", { class: "price" }, card.price) : null;
  return [pictureOf(card), title, price, factsOf(card), ...linksOf(card)];
}

/** The picture in a frame of fixed shape, so that nothing jumps; without the picture, no frame. */
function pictureOf({ image, alt }) {
  if (!/^https:\/\//i.test(image ?? "")) return null;
  const picture = h("img", { alt: alt ?? "", loading: "lazy", decoding: "async", referrerpolicy: "no-referrer" });
  const frame = h("div", { class: "picture" }, picture);
  picture.addEventListener("error", () => frame.remove()); // gone, or the page's policy refuses it
  picture.src = image;
  return frame;
}

function document_(card, title) {
  title.prepend(icon("document"));
  const about = card.about ? h("p", { class: "card-about", dir: "auto" }, card.about) : null;
  return [title, about, factsOf(card), ...linksOf(card)];
}

/** The link itself is in no message: it is asked for here. */
function continue_({ to }, title, _buttons, on, isNews) {
  return [title, wayTo(to, isNews, on)];
}

function stepOf(step) {
  const state = step.state in texts.steps ? step.state : "todo";
  return h(
    "li",
    { class: `step step-${state}`, "aria-current": state === "current" ? "step" : null },
    h("span", { class: "mark" }, icon(state)),
    h(
      "div",
      { class: "step-text" },
      h("span", { class: "step-label" }, step.label, hidden(`, ${texts.steps[state]}`)),
      step.at ? h("span", { class: "step-at" }, hidden(", "), step.at) : null,
      step.note ? h("span", { class: "step-note" }, hidden(". "), step.note) : null,
    ),
  );
}

function factsOf({ facts }) {
  if (!facts?.length) return null;
  const factOf = ({ label, value }) => h("div", {}, h("dt", {}, label), h("dd", {}, value));
  return h("dl", { class: "facts" }, ...facts.map(factOf));
}

function linksOf({ links }) {
  return (links ?? []).map(({ title, url }) => {
    const node = secureLink(title, url);
    node?.classList.add("card-link");
    node?.append(icon("out"));
    return node;
  });
}
