/** Keys that work everywhere at the desk, and the sheet that lists them. Keys of one conversation are in desk.js. */

const ONE_KEY = "desk.one-key"; // "off": "?" alone opens nothing (WCAG 2.1.4)
const PLACES = { KeyQ: "/desk/", KeyM: "/desk/mine", KeyC: "/desk/search", KeyD: "/desk/requests" };

const sheet = document.getElementById("keys"), opener = document.getElementById("show-keys");

if (sheet && opener) {
  const box = sheet.querySelector("input[type=checkbox]");
  opener.hidden = false;
  opener.addEventListener("click", () => sheet.showModal());
  box.checked = localStorage.getItem(ONE_KEY) !== "off";
  box.addEventListener("change", () => localStorage.setItem(ONE_KEY, box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.altKey && PLACES[event.code]) {
      event.preventDefault();
      location.assign(PLACES[event.code]);
    } else if (event.key === "?" && !event.altKey && box.checked && !isWriting(event.target) && !sheet.open) {
      event.preventDefault();
      sheet.showModal();
    }
  });
}

function isWriting(element) {
  return element.isContentEditable || ["input", "textarea", "select"].includes(element.localName);
}
