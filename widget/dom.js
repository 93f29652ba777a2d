/** Small helpers to build elements. Text always goes in as text nodes: nothing here reads HTML. */

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  chat: ["M4 5h16v11H9.5L5 20v-4H4z"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  send: ["M4 12l16-8-5 16-4-6z"],
  down: ["M12 5v14", "M6 13l6 6 6-6"],
  out: ["M9 6h9v9", "M18 6L7 17"],
  done: ["M6 12.5l4 4 8-9"],
  current: ["M12 8a4 4 0 1 0 .01 0z"],
  todo: [],
  problem: ["M12 6v7", "M12 17v.5"],
};

/** An element with attributes (`on…` are listeners, `null` and `false` are left out) and children, nodes or strings. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A decorative drawing in the colour of the text around it; a word must stand beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  for (const d of SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** Words that only a screen reader reads. */
export function hidden(text) {
  return h("span", { class: "sr-only" }, text);
}
