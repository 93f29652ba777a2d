/** The look of the cards. */

export const cards = `
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
.records { list-style: none; margin: 0 -16px -14px; }
.record { display: flex; align-items: center; gap: 10px; width: 100%; min-height: 52px; padding: 9px 16px;
  border-top: 1px solid var(--line); text-align: left; font-size: 15px; line-height: 1.35; }
.records li:last-child .record { border-radius: 0 0 13px 13px; }
button.record:hover { background: var(--soft); }
button.record:focus-visible { outline-offset: -3px; }
.record-text { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.record-text > span { display: block; }
.record-title { font-weight: 600; }
.record-subtitle { color: var(--muted); font-size: 14px; }
.state { display: inline-flex; align-items: center; gap: 4px; max-width: 45%; font-size: 14px; }
.state .icon { width: 15px; height: 15px; stroke-width: 3; }
.state.step-done { color: var(--ok); }
.state.step-problem { color: var(--bad); }
.state.step-todo { color: var(--muted); }
.state .icon-todo { display: none; }
.record > .icon-next { width: 18px; height: 18px; color: var(--muted); }
.picture { aspect-ratio: 4 / 3; margin: -14px -16px 14px; border-radius: 13px 13px 0 0; overflow: hidden;
  background: #fff; border-bottom: 1px solid var(--line); }
.picture img { display: block; width: 100%; height: 100%; object-fit: contain; }
.card-product h3, .card-document h3 { margin-bottom: 4px; }
.card-document h3 { display: flex; align-items: flex-start; gap: 8px; }
.card-document h3 .icon { width: 21px; height: 21px; color: var(--muted); }
.price { font-size: 17px; font-weight: 650; }
.card-about { color: var(--muted); font-size: 14px; overflow-wrap: anywhere; white-space: pre-wrap; }
.facts { margin-top: 12px; padding-top: 10px; border-top: 1px solid var(--line); font-size: 14px; }
.facts div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 16px; padding: 2px 0; }
.facts dt { color: var(--muted); }
.facts dd { margin-left: auto; font-weight: 600; text-align: right; overflow-wrap: anywhere; }
.card-link { display: flex; align-items: center; justify-content: center; gap: 8px; margin-top: 12px;
  padding: 10px 14px; min-height: 44px; border-radius: 10px; border: 1.5px solid var(--edge); font-size: 15px;
  font-weight: 600; text-decoration: none; }
.way { display: flex; flex-direction: column; align-items: stretch; gap: 10px; }
.way-coming { min-height: 308px; justify-content: center; text-align: center; } /* as high as what comes: nothing jumps */
.way .card-link { margin-top: 0; width: 100%; }
.way .main { background: var(--accent); color: var(--on-accent); border-color: transparent; --focus: var(--text); }
.way-words { font-size: 14px; color: var(--muted); }
.way-url { font-size: 13px; overflow-wrap: anywhere; user-select: all; }
.qr { display: block; width: min(var(--qr, 200px), 100%); height: auto; align-self: center; background: #fff;
  border: 1px solid var(--line); border-radius: 10px; forced-color-adjust: none; }
.ways { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0; }
.ways button { flex: 1; min-height: 44px; padding: 8px 12px; border: 1.5px solid var(--edge); border-radius: 10px;
  font-size: 15px; font-weight: 600; line-height: 1.3; }
.ways button[aria-pressed="true"] { border-color: var(--text); background: var(--soft); }
.card-link:hover { text-decoration: underline; }
.card-link .icon { width: 16px; height: 16px; }
`;
