/** Cards of a message. One kind so far: the timeline of an order, a return or a quote (docs/engine.md, "Cards"). */

import { h, hidden, icon } from "./dom.js";
import { texts } from "./it.js";
import { link } from "./text.js";

let count = 0;

/** The card as an element; `null` for a kind this version does not know: the text beside it says enough. */
export function cardOf(card) {
  if (card?.kind !== "timeline") return null;
  const id = `card-${++count}`;
  return h(
    "section",
    { class: "card", "aria-labelledby": id, "aria-live": "off" },
    h("h3", { id }, card.title),
    h("ol", { class: "steps", role: "list" }, ...(card.steps ?? []).map(stepOf)),
    card.facts?.length ? h("dl", { class: "facts" }, ...card.facts.map(factOf)) : null,
    ...(card.links ?? []).map(linkOf),
  );
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

function factOf(fact) {
  return h("div", {}, h("dt", {}, fact.label), h("dd", {}, fact.value));
}

function linkOf({ title, url }) {
  const node = /^https:\/\//i.test(url) ? link(title, url) : null;
  node?.classList.add("card-link");
  node?.append(icon("out"));
  return node;
}
