/** The trainers' inbox with keys, and without leaving the page. Without this script its links and forms work as well. */

import { oneKeyWorks } from "./keys.js";

const CHECK_MS = 400; // after the last letter
const said = document.getElementById("said");
let wanted = null; // the address of the page that is asked for now
let sending = false; // a step is being done, and the page after it is not there yet
let then = null; // where its owner has gone meanwhile: done once that page is there
let missed = false; // a key was pressed for a group that was not there yet

const $ = (selector) => document.querySelector(selector);

async function show(address, moveFocus = true) {
  wanted = address;
  let response, text;
  try {
    response = await fetch(address, { credentials: "same-origin" });
    text = await response.text();
  } catch (error) {
    if (wanted === address) wanted = null;
    throw error;
  }
  if (wanted !== address) return; // somebody went on meanwhile, or is writing here
  if (response.redirected && new URL(response.url).pathname.endsWith("/sign-in")) return location.assign(response.url);
  const inbox = new DOMParser().parseFromString(text, "text/html").getElementById("inbox");
  if (!inbox) return location.assign(address);
  wanted = null;
  const list = $(".groups")?.scrollTop ?? 0;
  $("#inbox").replaceWith(inbox); // ours: everything a customer wrote is escaped in it
  const shown = new URL(address, location.href);
  shown.searchParams.delete("done");
  history.replaceState(null, "", shown);
  if ($(".groups")) $(".groups").scrollTop = list;
  $(".groups [aria-current]")?.scrollIntoView({ block: "nearest" });
  if (moveFocus) ($("#group-heading") ?? $("#content")).focus({ preventScroll: true });
  tell(inbox.dataset.said || $("#group-heading")?.textContent || "");
  tellOfMissed();
}

/** Goes to a page, once what is being done is done. */
function go(address) {
  if (sending) then = () => go(address);
  else show(address).catch(() => complain($("#inbox").dataset.offline));
}

/** What was pressed for a group that was not there yet has done nothing: who pressed it has not seen that group. */
function tellOfMissed() {
  if (missed) complain($("#inbox").dataset.wait);
  missed = false;
}

function tell(text) {
  said.textContent = "";
  setTimeout(() => (said.textContent = text), 50);
}

function complain(text) {
  const error = $("#error");
  error.textContent = text;
  $("p.done")?.remove(); // it was of another step
  error.hidden = false;
}

/* --- Forms --- */

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.classList.contains("step")) return;
  event.preventDefault();
  if (sending || wanted) {
    missed = true;
    return;
  }
  sending = true;
  const fields = new URLSearchParams(new FormData(form));
  const pressed = event.submitter;
  if (pressed?.name) fields.set(pressed.name, pressed.value);
  try {
    const asked = { method: "POST", body: fields, headers: { Accept: "application/json" }, credentials: "same-origin" };
    const response = await fetch(form.action, asked);
    if (response.status === 401) return location.reload();
    const told = await response.json();
    if (told.ok) return await show(told.to);
    then = null; // what is wrong is here
    complain(told.error);
    for (const [sentence, faults] of Object.entries(told.faults ?? {})) showFaults(sentence, faults);
    $("[aria-invalid=true]")?.focus();
  } catch {
    then = null;
    complain($("#inbox").dataset.offline);
  } finally {
    sending = false;
    const next = then;
    then = null;
    missed = false; // it was told, or something else that matters more is
    next?.();
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".groups a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(link.href);
});

/* --- What is wrong with a sentence, while it is written --- */

let checking = null;
document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.closest?.("#group") && !sending) wanted = null; // who writes here stays here
  if (!field.name?.startsWith("sentence_")) return;
  const box = field.form.elements[field.name.replace("sentence_", "teach_")];
  box.checked = true;
  clearTimeout(checking);
  checking = setTimeout(async () => {
    const fields = new URLSearchParams({ csrf: $("#inbox").dataset.csrf, sentence: field.value });
    const asked = { method: "POST", body: fields, headers: { Accept: "application/json" }, credentials: "same-origin" };
    const told = await (await fetch("/desk/inbox/check", asked)).json();
    if (told.ok && field.isConnected) showFaults(field.name.slice("sentence_".length), told.faults);
  }, CHECK_MS);
});

function showFaults(sentence, faults) {
  const place = document.getElementById(`faults-${sentence}`);
  if (!place) return;
  place.textContent = faults.join(" · ");
  const field = place.closest(".teach").querySelector("textarea");
  field.toggleAttribute("aria-invalid", faults.length > 0);
  if (faults.length) field.setAttribute("aria-invalid", "true");
}

/* --- Keys --- */

function move(by) {
  if (sending) {
    const before = then;
    then = () => {
      before?.();
      move(by);
    };
    return;
  }
  const links = [...document.querySelectorAll(".groups a")], on = links.findIndex((link) => link.href === wanted);
  const at = on < 0 ? links.findIndex((link) => link.ariaCurrent) : on; // from where one is going, else from where one is
  const to = links[at + by];
  if (to) go(to.href);
}

function edit() {
  const fields = [...document.querySelectorAll(".teach textarea")];
  const field = fields.find((one) => one.closest(".teach").querySelector("input").checked) ?? fields[0];
  field?.focus();
  field?.setSelectionRange(field.value.length, field.value.length);
}

/** The button that splits off the sentence one is at, else the last one. */
function splitter() {
  const buttons = [...document.querySelectorAll("[data-key=x]")];
  return document.activeElement.closest?.(".said li")?.querySelector("[data-key=x]") ?? buttons.at(-1);
}

const WORK = { j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), e: edit };

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.activeElement.closest?.("#group")) {
    $("#group-heading").focus(); // out of the field: the keys work again
    return;
  }
  if (!oneKeyWorks(event) || event.repeat) return;
  if (event.key.startsWith("Arrow") && event.target.closest?.(".groups, #inbox .table")) return;
  const changes = wanted || sending; // the group that is shown is not the one that will be
  if (WORK[event.key] && !(changes && WORK[event.key] === edit)) {
    event.preventDefault();
    WORK[event.key]();
    return;
  }
  if (changes) {
    if (event.key === "e" || $(`#inbox [data-key="${CSS.escape(event.key)}"]`)) {
      event.preventDefault();
      missed = true;
    }
    return;
  }
  const target = event.key === "x" ? splitter() : $(`#inbox [data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (["text", "select-one"].includes(target.type)) target.focus();
  else target.click();
});
