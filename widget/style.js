/** The look, as one constructable style sheet: it needs no inline style, so it works under `style-src 'self'`. */

import { cards } from "./style-cards.js";
import { files } from "./style-files.js";
import { messages } from "./style-messages.js";

const frame = `
:host { all: initial; display: contents; color-scheme: light dark; --accent: #1f5f5b; --on-accent: #fff;
  --ground: #fff; --text: #1b2422; --muted: #586561; --soft: #f0f3f2; --line: #d5dcd9; --edge: #7b8783;
  --ok: #1d6b45; --bad: #b3261e; --shadow: 0 12px 40px rgb(10 25 22 / .22), 0 2px 8px rgb(10 25 22 / .12); }
@media (prefers-color-scheme: dark) {
  :host { --ground: #161b1a; --text: #edf2f0; --muted: #a5b1ad; --soft: #252d2b; --line: #37413e; --edge: #8a9692;
    --ok: #7cd3a4; --bad: #ff9d93; --shadow: 0 12px 40px rgb(0 0 0 / .6), 0 0 0 1px #37413e; }
}
*, *::before, *::after { box-sizing: border-box; margin: 0; padding: 0; }
[hidden] { display: none !important; }
.sr-only { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.launcher, .panel { font: 400 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial,
  sans-serif;
  color: var(--text); -webkit-text-size-adjust: 100%; }
button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; touch-action: manipulation; }
a { color: inherit; text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--focus, var(--text)); outline-offset: 2px; }
.icon { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
  stroke-linejoin: round; flex: none; }

.launcher { position: fixed; z-index: 2147483000; right: calc(20px + env(safe-area-inset-right));
  bottom: calc(20px + env(safe-area-inset-bottom)); width: 60px; height: 60px; display: grid; place-items: center;
  border-radius: 50%; background: var(--accent); color: var(--on-accent); box-shadow: var(--shadow);
  border: 1px solid transparent; }
.launcher .icon { width: 28px; height: 28px; }
.badge { position: absolute; top: -4px; right: -4px; min-width: 24px; height: 24px; padding: 0 6px;
  border-radius: 12px;
  background: #b3261e; color: #fff; border: 2px solid #fff; font-size: 13px; line-height: 20px; font-weight: 700;
  text-align: center; }
:host([position="left"]) .launcher { right: auto; left: calc(20px + env(safe-area-inset-left)); }

.panel { position: fixed; z-index: 2147483001; inset: auto 20px 20px auto; width: 400px; height: 640px;
  max-width: calc(100vw - 40px); max-height: calc(100vh - 40px); max-height: calc(100dvh - 40px); overflow: clip;
  flex-direction: column; background: var(--ground); border: 0; border-radius: 16px; box-shadow: var(--shadow); }
.panel[open] { display: flex; }
.panel::backdrop { background: none; }
:host([position="left"]) .panel { inset: auto auto 20px 20px; }

.header { display: flex; align-items: center; gap: 8px; padding: 14px 12px 14px 20px; background: var(--accent);
  color: var(--on-accent); --focus: var(--on-accent); border-bottom: 1px solid transparent; }
.titles { flex: 1; min-width: 0; }
h2 { font-size: 17px; line-height: 1.3; font-weight: 650; overflow-wrap: anywhere; outline: 0; }
.greeting { font-size: 14px; line-height: 1.35; }
.header { gap: 2px; }
.head-button { width: 44px; height: 44px; display: grid; place-items: center; border-radius: 50%; flex: none; }
.head-button:hover, .head-button[aria-expanded="true"] { background: rgb(127 127 127 / .25); }
.icon-more { stroke-width: 3.2; }
.menu-place { position: relative; }
.menu { position: absolute; z-index: 2; top: calc(100% + 4px); right: -20px; width: max-content; min-width: 250px;
  max-height: calc(var(--view-height, 100dvh) - 80px); overflow-y: auto; padding: 6px; list-style: none;
  background: var(--ground); color: var(--text); --focus: var(--text); border: 1px solid var(--line);
  border-radius: 12px; box-shadow: var(--shadow); }
.menu button { display: flex; align-items: center; gap: 12px; width: 100%; min-height: 44px; padding: 8px 12px;
  border-radius: 8px; text-align: left; font-size: 15px; }
.menu button:hover { background: var(--soft); }
.menu button:focus-visible { outline-offset: -3px; }
.menu .icon { width: 20px; height: 20px; color: var(--muted); }
.menu-state { margin-left: auto; padding-left: 16px; color: var(--muted); font-size: 14px; }
.notice:not(:empty) { padding: 7px 20px; font-size: 14px; background: var(--soft);
  border-bottom: 1px solid var(--line); }

.bottom { padding: 8px 12px calc(8px + env(safe-area-inset-bottom)); border-top: 1px solid var(--line); }
.composer { display: flex; align-items: flex-end; gap: 4px; border: 1.5px solid var(--edge); border-radius: 24px;
  padding: 2px 3px 2px 4px; }
.composer:focus-within { border-color: var(--text); box-shadow: 0 0 0 1.5px var(--text); }
textarea { flex: 1; min-width: 0; max-height: min(140px, 25vh); padding: 9px 4px 9px 12px; border: 0;
  background: none; color: inherit;
  font: inherit; font-size: 16px; line-height: 24px; resize: none; overflow-y: auto; scrollbar-width: thin; }
textarea:focus-visible { outline: 0; } /* the box around it shows the focus */
textarea::placeholder { color: var(--muted); opacity: 1; }
.composer:has([aria-invalid="true"]) { border-color: var(--bad); box-shadow: 0 0 0 1.5px var(--bad); }
.send { width: 42px; height: 42px; flex: none; display: grid; place-items: center; border-radius: 50%;
  background: var(--accent); color: var(--on-accent); border: 1px solid transparent; }
.send .icon { width: 20px; height: 20px; }
.send[aria-disabled="true"] { background: none; color: var(--muted); cursor: default; }
.sheet { padding: 8px 8px 4px; outline: 0; max-height: 60vh; overflow-y: auto; }
.sheet-tall { --qr: 156px; max-height: calc(min(640px, 100dvh - 40px) - 116px); }
.panel:modal .sheet-tall { max-height: calc(var(--view-height, 100dvh) - 132px); }
.sheet h3 { margin-bottom: 4px; }
.sheet p { font-size: 15px; }
.sheet .problem { color: var(--bad); font-weight: 600; }
.sheet-actions { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; margin-top: 12px; }
.sheet-actions button { min-height: 44px; padding: 8px 18px; border: 1.5px solid var(--edge); border-radius: 22px;
  font-size: 15px; font-weight: 600; line-height: 1.3; }
.sheet-actions .main { background: var(--accent); color: var(--on-accent); border-color: transparent; }
.sheet-actions .danger { background: var(--bad); color: var(--ground); border-color: transparent; }
.sheet-text { display: block; width: 100%; max-height: none; margin-top: 8px; padding: 8px 10px; overflow: auto;
  border: 1.5px solid var(--edge); border-radius: 10px; line-height: 1.4; }
.footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; margin: 6px 8px 0;
  font-size: 13px; color: var(--muted); }
.footer .about { margin: 0 auto; }
.left:not(:empty) + .about { margin-right: 0; }
.left { font-weight: 600; }

.panel:modal, :host([position="left"]) .panel:modal { inset: var(--view-top, 0) 0 auto 0; width: 100%;
  max-width: 100%;
  height: var(--view-height, 100dvh); max-height: none; border-radius: 0; box-shadow: none; }
.panel:modal .header { padding-block: calc(10px + env(safe-area-inset-top)) 10px;
  padding-inline: calc(20px + env(safe-area-inset-left)) calc(12px + env(safe-area-inset-right)); }
.panel:modal .log { padding-inline: calc(16px + env(safe-area-inset-left)) calc(16px + env(safe-area-inset-right)); }
.panel:modal .bottom { padding-inline: calc(12px + env(safe-area-inset-left)) calc(12px + env(safe-area-inset-right)); }
@media (max-height: 460px) {
  .header, .panel:modal .header { padding-top: 2px; padding-bottom: 2px; }
  .greeting, .footer .about { display: none; }
  .bottom { padding-top: 4px; padding-bottom: 4px; }
}
`;

const preferences = `
@media (prefers-reduced-motion: no-preference) {
  .panel[open] { animation: rise .18s ease-out; }
  .launcher { transition: transform .15s; }
  .launcher:hover { transform: scale(1.05); }
  .typing::before { animation: breathe 1.2s ease-in-out infinite alternate; }
  @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
  @keyframes breathe { from { opacity: .35; } }
}
@media (forced-colors: active) {
  .panel { border: 2px solid CanvasText; }
  .bubble, .card, .launcher, .send, .jump, .toast:not(:empty) { border: 1px solid CanvasText; }
  .sheet-actions .main, .sheet-actions .danger { border-color: CanvasText; }
  .header { border-bottom-color: CanvasText; }
  .composer:focus-within { outline: 3px solid Highlight; outline-offset: 2px; }
  .send[aria-disabled="true"] { color: GrayText; border-color: GrayText; }
  .typing::before { display: none; }
}
`;

export const css = frame + messages + cards + files + preferences;
