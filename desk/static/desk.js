/** The desk's pages kept up to date. Without this script every page still works, as of when it was opened. */

import { Attached } from "./attach.js";
import "./keys.js";
import { io } from "/widget/vendor/socket.io.esm.min.js";

const JSON_WANTED = { Accept: "application/json" };
const TOGETHER_MS = 120; // changes that come within this time are fetched once
const TYPING_EVERY_MS = 3000, TYPING_OVER_MS = 5000, SHOWN_MS = 7000;
const ALERTS = "desk.alerts";

const $ = (id) => document.getElementById(id);
const line = $("line"), list = $("list"), conversation = $("conversation");
const socket = io({ path: "/desk/socket.io", transports: ["websocket", "polling"] });

/** Calls `work` at once, then once for many calls that come close together, and never twice at a time. */
function together(work) {
  let wanted = false, running = false, last = -TOGETHER_MS;
  const run = async () => {
    if (running) return;
    running = true;
    while (wanted) {
      const wait = last + TOGETHER_MS - performance.now();
      if (wait > 0) await new Promise((done) => setTimeout(done, wait));
      wanted = false;
      last = performance.now();
      try {
        await work();
      } catch {
        setTimeout(again, 2000); // the server is away; the socket tells when it is back, too
      }
    }
    running = false;
  };
  const again = () => {
    wanted = true;
    run();
  };
  return again;
}

async function ask(url, options = {}) {
  const response = await fetch(url, { ...options, headers: JSON_WANTED, credentials: "same-origin" });
  if (response.status === 401) {
    location.reload();
    return new Promise(() => {});
  }
  return response.json();
}

/* --- Lists --- */

const known = new Set(list ? [...list.querySelectorAll("[data-id]")].map((entry) => entry.dataset.id) : []);

const refreshLists = together(async () => {
  const name = list?.dataset.list ?? "";
  const told = await ask(`/desk/lists?list=${encodeURIComponent(name)}`);
  $("count-waiting").textContent = told.waiting || "";
  $("count-mine").textContent = told.mine || "";
  document.title = document.title.replace(/^(\(\d+\) )?/, told.waiting ? `(${told.waiting}) ` : "");
  if (list && told.html !== null) showList(told.html);
});

function showList(html) {
  const focused = document.activeElement?.closest?.("[data-id]")?.dataset.id;
  const button = document.activeElement?.localName === "button";
  list.innerHTML = html; // ours: everything a customer wrote is escaped in it
  if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"] ${button ? "button" : "a"}`)?.focus();
  const ids = [...list.querySelectorAll("[data-id]")].map((entry) => entry.dataset.id);
  if (list.dataset.list === "queue" && ids.some((id) => !known.has(id))) tellOfNew();
  known.clear();
  ids.forEach((id) => known.add(id));
}

function tellOfNew() {
  $("news").textContent = "";
  setTimeout(() => ($("news").textContent = $("news").dataset.new), 50);
  if (localStorage.getItem(ALERTS) !== "on") return;
  ring();
  const { title, body } = $("alerts").dataset;
  if (document.hidden && globalThis.Notification?.permission === "granted") new Notification(title, { body, tag: "desk" });
}

let sound = null;
function ring() {
  sound ??= new AudioContext();
  [660, 880].forEach((pitch, place) => {
    const tone = sound.createOscillator(), volume = sound.createGain(), at = sound.currentTime + place * 0.16;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.15);
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.16);
  });
}

const alerts = $("alerts");
if (alerts) {
  const show = () => {
    const on = localStorage.getItem(ALERTS) === "on";
    alerts.textContent = on ? alerts.dataset.off : alerts.dataset.on;
    alerts.setAttribute("aria-pressed", String(on));
  };
  alerts.hidden = false;
  alerts.addEventListener("click", async () => {
    const on = localStorage.getItem(ALERTS) !== "on";
    localStorage.setItem(ALERTS, on ? "on" : "off");
    show();
    if (on) {
      ring();
      await globalThis.Notification?.requestPermission?.();
    }
  });
  show();
}

/* --- One conversation --- */

const rows = $("rows"), scroll = $("scroll"), panel = $("panel"), error = $("error");
let lastSeq = Number(conversation?.dataset.seq ?? 0), noted = conversation?.dataset.noted ?? "";

const mine = () => panel.querySelector(".standing")?.dataset.mine === "1";
const version = () => panel.querySelector(".standing")?.dataset.version;
const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
const toEnd = () => (scroll.scrollTop = scroll.scrollHeight);

const refreshRows = together(async () => {
  const query = new URLSearchParams({ since: lastSeq, noted });
  const told = await ask(`/desk/c/${conversation.dataset.id}/rows?${query}`);
  if (!told.ok) return showError(told.error);
  const stay = !atEnd();
  rows.insertAdjacentHTML("beforeend", told.rows); // ours, escaped
  lastSeq = told.last_seq;
  noted = told.noted;
  if (told.suggested !== null) $("suggested").innerHTML = told.suggested; // ours, escaped
  if (String(told.version) !== version()) showPanel(told.panel);
  if (told.rows.trim()) $("typing").hidden = true;
  if (!stay) toEnd();
  read();
});

/** Who may do what has changed: new buttons, and the draft stays. */
function showPanel(html) {
  const draft = $("text")?.value, focused = document.activeElement === $("text");
  panel.innerHTML = html; // ours, escaped
  attached.show(panel);
  if (draft && $("text")) $("text").value = draft;
  else if (draft) showDraft(draft);
  if (focused) ($("text") ?? panel.querySelector("button"))?.focus();
}

/** Somebody else has it now: what was being written goes into the note, so that it is not lost. */
function showDraft(draft) {
  const note = panel.querySelector(".note textarea");
  note.value = draft;
  note.closest("details").open = true;
}

function showError(text) {
  error.textContent = text ?? "";
  error.hidden = !text;
}

function read() {
  if (!document.hidden && mine()) socket.emit("read", { seq: lastSeq });
}

async function submit(event) {
  const form = event.target, step = form.action.split("/").pop();
  event.preventDefault();
  if (step === "reply") return sendReply(form);
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const button = form.querySelector("button");
  button.disabled = true;
  showError("");
  try {
    const told = await ask(form.action, { method: "POST", body: new FormData(form) });
    if (!told.ok) showError(told.error);
    else if (step === "note") saved(form);
    else if (!told.to.endsWith(conversation.dataset.id)) return location.assign(told.to);
    refreshRows();
  } catch {
    showError(error.dataset.later);
  } finally {
    delete form.dataset.busy;
    button.disabled = false;
  }
}

/** An answer is called wrong, or not after all: its box is shown anew. */
async function markWrong(event) {
  const form = event.target;
  event.preventDefault();
  const data = new FormData(form);
  if (event.submitter?.name) data.set(event.submitter.name, event.submitter.value);
  try {
    const told = await ask(form.action, { method: "POST", body: data });
    if (!told.ok) return showError(told.error);
    const details = form.closest("details");
    for (const other of rows.querySelectorAll("form.wrong")) {
      if (other.elements.turn.value === form.elements.turn.value) other.outerHTML = told.html; // ours, escaped
    }
    details.querySelector("form.wrong input:not([type=hidden]), form.wrong button")?.focus();
  } catch {
    showError(error.dataset.later);
  }
}

function saved(form) {
  form.querySelector("textarea").value = "";
  form.closest("details").open = false;
}

/** Replies go one after the other. One that meets no server is sent again with the same id, so it is said once. */
const outgoing = [];
let sending = false;

function sendReply(form) {
  const text = form.querySelector("textarea"), id = form.querySelector("[name=id]");
  if (!text.value.trim() && !attached.any) return;
  outgoing.push({ url: form.action, text: text.value, data: new FormData(form), files: attached.take(panel) });
  text.value = "";
  id.value = newId();
  stopTyping();
  showError("");
  toEnd();
  pump();
}

async function pump() {
  if (sending) return;
  sending = true;
  while (outgoing.length) {
    showPending();
    outgoing[0].data.set("files", (await outgoing[0].files).join(" "));
    try {
      const told = await ask(outgoing[0].url, { method: "POST", body: outgoing[0].data });
      const { text } = outgoing.shift();
      if (!told.ok) putBack(text, told.error);
      refreshRows();
    } catch {
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
  sending = false;
  showPending();
}

function showPending() {
  const pending = $("pending");
  pending.textContent = outgoing.length ? pending.dataset.text.replace("{count}", outgoing.length) : "";
}

/** It was not sent: why, and the words again. */
function putBack(text, why) {
  showError(why);
  const box = $("text");
  if (!box) return showDraft(text);
  box.value = box.value ? `${text}\n${box.value}` : text;
}

/** A ready reply goes to where the cursor is; the agent reads it before it is sent. */
function useReply(event) {
  const text = event.target.closest("button")?.dataset.text, box = $("text");
  if (text === undefined || !box) return;
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  $("replies").open = false;
  box.focus();
}

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

let typedAt = 0, typingOver = null;
function typing() {
  if (Date.now() - typedAt > TYPING_EVERY_MS) {
    typedAt = Date.now();
    socket.emit("typing", { on: true });
  }
  clearTimeout(typingOver);
  typingOver = setTimeout(stopTyping, TYPING_OVER_MS);
}

function stopTyping() {
  clearTimeout(typingOver);
  if (typedAt) socket.emit("typing", { on: false });
  typedAt = 0;
}

async function showOlder() {
  const button = $("older"), height = scroll.scrollHeight;
  const told = await ask(`/desk/c/${conversation.dataset.id}/rows?before=${button.dataset.first}`);
  if (!told.ok) return;
  rows.insertAdjacentHTML("afterbegin", told.rows); // ours, escaped
  button.dataset.first = told.first_seq;
  button.hidden = !told.before;
  scroll.scrollTop += scroll.scrollHeight - height;
}

const attached = new Attached(newId);

if (conversation) {
  toEnd();
  attached.show(panel);
  panel.addEventListener("dragover", (event) => event.preventDefault());
  panel.addEventListener("drop", addDropped);
  panel.addEventListener("paste", addDropped);
  panel.addEventListener("submit", submit);
  rows.addEventListener("submit", markWrong);
  panel.addEventListener("input", (event) => event.target.id === "text" && typing());
  panel.addEventListener("keydown", (event) => {
    if (event.target.id === "text" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (event.target.value.trim() || attached.any) sendReply(event.target.form);
    }
  });
  conversation.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest("details.menu[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  panel.addEventListener("toggle", (event) => event.target.open && closeOthers(event.target), true);
  $("older").addEventListener("click", showOlder);
  $("replies").addEventListener("click", useReply);
  $("suggested").addEventListener("click", useReply);
  document.addEventListener("visibilitychange", read);
  window.addEventListener("beforeunload", (event) => outgoing.length && event.preventDefault());
  document.addEventListener("keydown", shortcut);
}

/** Files that are dropped on the panel or pasted into it go with the reply. */
function addDropped(event) {
  const given = event.dataTransfer ?? event.clipboardData, files = [...(given?.files ?? [])];
  if (!files.length || given.types.includes("text/plain")) return; // a copied cell comes as words and as a picture
  event.preventDefault();
  for (const file of files) attached.add(file, panel);
}

function closeOthers(opened) {
  for (const one of panel.querySelectorAll("details.menu[open]")) if (one !== opened) one.open = false;
}

/** Alt+R: the reply; Alt+N: a note; Alt+A: accept; Alt+G: a file. */
function shortcut(event) {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const key = event.code;
  if (key === "KeyR" && $("text")) $("text").focus();
  else if (key === "KeyG" && $("attach")) $("attach").querySelector("input").click();
  else if (key === "KeyA" && $("accept")) $("accept").click();
  else if (key === "KeyN") {
    const note = panel.querySelector(".note");
    note.closest("details").open = true;
    note.querySelector("textarea").focus();
  } else return;
  event.preventDefault();
}

/* --- News --- */

socket.on("connect", () => {
  line.textContent = "";
  refreshLists();
  if (!conversation) return;
  socket.emit("watch", { conversation: conversation.dataset.id });
  refreshRows();
});
socket.on("disconnect", () => (line.textContent = line.dataset.offline));
socket.on("connect_error", (problem) => {
  if (problem.message === "sign_in") location.reload();
  else line.textContent = line.dataset.offline;
});
socket.on("signed_out", () => location.reload());
socket.on("lists", refreshLists);
socket.on("changed", () => conversation && refreshRows());
socket.on("looking", ({ names }) => {
  if (conversation) $("looking").textContent = names.length ? conversation.dataset.looking.replace("{names}", names.join(", ")) : "";
});

let typingShown = null;
socket.on("customer_typing", ({ on }) => {
  if (!conversation) return;
  const shown = $("typing"), stay = !atEnd();
  clearTimeout(typingShown);
  shown.textContent = conversation.dataset.typing;
  shown.hidden = !on;
  if (on) typingShown = setTimeout(() => (shown.hidden = true), SHOWN_MS);
  if (!stay) toEnd();
});

setInterval(refreshLists, 60_000); // waiting times grow
