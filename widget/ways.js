/** The ways on of the menu: one of them at a time, and nothing is asked for before it is chosen. */

import { h } from "./dom.js";
import { texts } from "./language.js";
import { wayTo } from "./way.js";

/** @param {string[]} channels where links can lead, the likeliest first. */
export function waysTo(channels, on) {
  const place = h("div", {});
  const buttons = channels.map((channel) =>
    h("button", { type: "button", onclick: () => choose(channel) }, texts.ways[channel]),
  );
  const choose = (chosen) => {
    channels.forEach((channel, at) => buttons[at].setAttribute("aria-pressed", String(channel === chosen)));
    place.replaceChildren(wayTo(chosen, true, on));
  };
  choose(channels[0]);
  return h("div", {}, channels.length > 1 ? h("div", { class: "ways", role: "group" }, ...buttons) : null, place);
}
