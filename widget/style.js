/** The look, as one constructable style sheet: it needs no inline style, so it works under `style-src 'self'`. */

export const css = `
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
.close { width: 44px; height: 44px; display: grid; place-items: center; border-radius: 50%; flex: none; }
.close:hover { background: rgb(127 127 127 / .25); }
.notice:not(:empty) { padding: 7px 20px; font-size: 14px; background: var(--soft);
  border-bottom: 1px solid var(--line); }

.messages { position: relative; flex: 1; min-height: 0; display: flex; }
.log { flex: 1; min-width: 0; overflow-y: auto; overscroll-behavior: contain; padding: 14px 16px 10px;
  scrollbar-width: thin; }
.log:focus-visible { outline-offset: -3px; }
.intro { color: var(--muted); font-size: 15px; padding: 4px 2px; }
.jump { position: absolute; bottom: 8px; left: 50%; transform: translateX(-50%); padding: 7px 16px;
  border-radius: 18px;
  background: var(--text); color: var(--ground); font-size: 14px; font-weight: 600; box-shadow: var(--shadow);
  white-space: nowrap; }
.divider { display: flex; align-items: center; gap: 10px; margin: 16px 0 4px; color: var(--muted); font-size: 13px; }
.list > .divider:first-child { margin-top: 0; }
.divider::before, .divider::after { content: ""; flex: 1; border-top: 1px solid var(--line); }

.message { position: relative; display: flex; flex-direction: column; align-items: flex-start; margin-top: 14px; }
.message.continues { margin-top: 4px; }
.heading { font-size: 13px; color: var(--muted); margin: 0 2px 3px; }
.author { font-weight: 600; }
.author::after { content: " ·"; }
.heading time { margin-left: .35em; }
.continues .heading, .from-system .heading { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
.bubble { max-width: 88%; padding: 9px 14px; border-radius: 16px 16px 16px 4px; background: var(--soft);
  border: 1px solid transparent; white-space: pre-wrap; overflow-wrap: anywhere; }
.from-agent .bubble { background: var(--ground); border-color: var(--edge); }
.from-customer { align-items: flex-end; }
.from-customer .bubble { background: var(--accent); color: var(--on-accent); --focus: var(--on-accent);
  border-radius: 16px 16px 4px 16px; }
.from-system { align-items: center; text-align: center; }
.from-system .bubble { background: none; color: var(--muted); font-size: 14px; padding: 0 8px; }
.status { font-size: 13px; color: var(--muted); margin: 3px 2px 0; display: flex; flex-wrap: wrap; gap: 0 10px;
  justify-content: flex-end; align-items: baseline; max-width: 88%; text-align: right; }
.status:empty { display: none; }
.status.problem { color: var(--bad); }
.status button { text-decoration: underline; font-weight: 600; padding: 2px 4px; min-height: 28px;
  color: var(--text); text-underline-offset: .15em; }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; }
.buttons button { padding: 8px 15px; min-height: 44px; border: 1.5px solid var(--edge); border-radius: 22px;
  background: var(--ground); font-weight: 600; font-size: 15px; line-height: 1.3; text-align: left;
  overflow-wrap: anywhere; }
.buttons button:hover { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
.typing { display: flex; align-items: center; gap: 8px; margin-top: 12px; color: var(--muted); font-size: 14px; }
.typing::before { content: ""; width: 26px; height: 8px; flex: none; background:
  radial-gradient(circle at 4px 4px, currentColor 3.5px, transparent 4px) 0 0 / 9px 8px; }

.card { align-self: stretch; margin-top: 6px; padding: 14px 16px; border: 1px solid var(--line);
  border-radius: 14px; background: var(--ground); }
h3 { font-size: 16px; line-height: 1.3; margin-bottom: 12px; overflow-wrap: anywhere; }
.steps { list-style: none; }
.step { position: relative; display: flex; gap: 12px; padding-bottom: 12px; }
.step:last-child { padding-bottom: 0; }
.step:not(:last-child)::before { content: ""; position: absolute; left: 11px; top: 24px; bottom: 0;
  border-left: 2px solid var(--line); }
.step-done:not(:last-child)::before { border-color: var(--ok); }
.mark { width: 24px; height: 24px; border-radius: 50%; border: 2px solid var(--edge); display: grid;
  place-items: center; flex: none; }
.mark .icon { width: 16px; height: 16px; stroke-width: 3; }
.step-done .mark { background: var(--ok); border-color: var(--ok); color: var(--ground); }
.step-current .mark { border-color: var(--text); color: var(--text); }
.icon-current { fill: currentColor; }
.step-problem .mark { background: var(--bad); border-color: var(--bad); color: var(--ground); }
.step-todo .mark { border-style: dashed; }
.step-text { min-width: 0; padding-top: 1px; font-size: 15px; line-height: 1.4; overflow-wrap: anywhere; }
.step-text > span { display: block; }
.step-todo .step-label, .step-at { color: var(--muted); }
.step-at { font-size: 14px; }
.step-current .step-label, .step-problem .step-label { font-weight: 650; }
.step-problem .step-label, .step-problem .step-note { color: var(--bad); }
.step-note { font-size: 14px; }
.facts { margin-top: 12px; padding-top: 10px; border-top: 1px solid var(--line); font-size: 14px; }
.facts div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 16px; padding: 2px 0; }
.facts dt { color: var(--muted); }
.facts dd { margin-left: auto; font-weight: 600; text-align: right; overflow-wrap: anywhere; }
.card-link { display: flex; align-items: center; justify-content: center; gap: 8px; margin-top: 12px;
  padding: 10px 14px; min-height: 44px; border-radius: 10px; border: 1.5px solid var(--edge); font-size: 15px;
  font-weight: 600; text-decoration: none; }
.card-link:hover { text-decoration: underline; }
.card-link .icon { width: 16px; height: 16px; }

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
  .bubble, .card, .launcher, .send, .jump { border: 1px solid CanvasText; }
  .header { border-bottom-color: CanvasText; }
  .composer:focus-within { outline: 3px solid Highlight; outline-offset: 2px; }
  .send[aria-disabled="true"] { color: GrayText; border-color: GrayText; }
  .typing::before { display: none; }
}
`;
