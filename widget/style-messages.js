/** The look of the list: history, dividers, bubbles, marks, buttons, typing. */

export const messages = `
.middle, .messages { position: relative; flex: 1; min-height: 0; display: flex; }
.toast:not(:empty, .sr-only) { position: absolute; top: 10px; left: 50%; transform: translateX(-50%);
  max-width: calc(100% - 32px); width: max-content; padding: 7px 16px; border-radius: 18px; background: var(--text);
  color: var(--ground); font-size: 14px; font-weight: 600; box-shadow: var(--shadow); }
.log { flex: 1; overflow-anchor: none; min-width: 0; overflow-y: auto; overscroll-behavior: contain;
  padding: 14px 16px 10px;
  scrollbar-width: thin; }
.log:focus-visible { outline-offset: -3px; }
.intro { color: var(--muted); font-size: 15px; padding: 4px 2px; }
.jump { position: absolute; bottom: 8px; left: 50%; transform: translateX(-50%); padding: 7px 16px;
  border-radius: 18px;
  background: var(--text); color: var(--ground); font-size: 14px; font-weight: 600; box-shadow: var(--shadow);
  white-space: nowrap; }
.earlier { display: block; margin: 0 auto 12px; padding: 6px 16px; min-height: 36px; border: 1px solid var(--edge);
  border-radius: 18px; font-size: 14px; font-weight: 600; }
.earlier:hover { background: var(--soft); }
.earlier[aria-disabled="true"] { color: var(--muted); cursor: default; }
.divider { display: flex; align-items: center; gap: 10px; margin: 16px 0 4px; color: var(--muted); font-size: 13px; }
.list > .divider:first-child { margin-top: 0; }
.list:not(:empty) + .list > .divider:first-child { margin-top: 16px; }
.list:not(:empty) + .list > .divider-thread:first-child { margin-top: 26px; }
.divider span { text-align: center; }
.divider-thread { margin: 26px 0 8px; color: var(--text); font-weight: 600; }
.divider-news { color: var(--bad); font-weight: 600; }
.divider-news::before, .divider-news::after { border-color: currentColor; }
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
.delivery { display: flex; align-items: center; gap: 4px; }
.delivery .icon { width: 15px; height: 15px; }
.copy { position: absolute; width: 32px; height: 32px; display: grid; place-items: center; border-radius: 50%;
  background: var(--ground); border: 1px solid var(--line); color: var(--muted); }
.copy:hover { color: var(--text); border-color: var(--edge); }
.copy:not(.shown) { opacity: 0; pointer-events: none; }
.copy .icon { width: 17px; height: 17px; }
@media (pointer: coarse) { .copy { width: 40px; height: 40px; } }
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
`;
