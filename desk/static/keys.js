/**
 * Keys that work everywhere at the desk, and the sheet that lists them. Keys of one conversation are in desk.js; who answers
 * nobody has this file only, as there is no socket for him.
 */

const ONE_KEY = "desk.one-key"; // "off": no key alone does anything (WCAG 2.1.4)
const places = Object.fromEntries([...document.querySelectorAll("nav [data-key]")].map((to) => [to.dataset.key, to.href]));

// On a phone the pages are a row that scrolls.
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

const sheet = document.getElementById("keys"), opener = document.getElementById("show-keys");

if (sheet && opener) {
  const box = sheet.querySelector("input[type=checkbox]");
  opener.hidden = false;
  opener.addEventListener("click", () => sheet.showModal());
  box.checked = localStorage.getItem(ONE_KEY) !== "off";
  box.addEventListener("change", () => localStorage.setItem(ONE_KEY, box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.altKey && places[event.code]) {
      event.preventDefault();
      location.assign(places[event.code]);
    } else if (event.key === "?" && oneKeyWorks(event)) {
      event.preventDefault();
      sheet.showModal();
    }
  });
}

/** Whether a key alone does something now: its owner has not turned that off, and is writing nowhere. */
export function oneKeyWorks(event) {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  return plain && localStorage.getItem(ONE_KEY) !== "off" && !isWriting(event.target) && !sheet?.open;
}

function isWriting(element) {
  return element.isContentEditable || ["input", "textarea", "select"].includes(element.localName);
}
