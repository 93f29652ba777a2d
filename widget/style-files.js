/** The look of files: in a message, and on their way. */

export const files = `
.files { list-style: none; display: flex; flex-direction: column; gap: 6px; max-width: 88%; margin-bottom: 4px; }
.from-customer .files { align-items: flex-end; }
.files:last-child { margin-bottom: 0; }
.file-picture { display: block; width: fit-content; border-radius: 14px; overflow: hidden; border: 1px solid var(--line);
  background: var(--soft); }
.file-picture img { display: block; width: auto; height: auto; max-width: 240px; max-height: 240px; }
.file-card { display: flex; align-items: center; gap: 10px; min-height: 52px; padding: 8px 14px; border-radius: 14px;
  border: 1px solid var(--edge); background: var(--ground); font-size: 15px; line-height: 1.3; text-decoration: none; }
a.file-card:hover .file-name { text-decoration: underline; }
.file-card > span { min-width: 0; overflow-wrap: anywhere; }
.file-card .file-name, .file-card .file-about { display: block; }
.file-name { font-weight: 600; }
.file-about { color: var(--muted); font-size: 13px; }
.tray { list-style: none; display: flex; flex-direction: column; gap: 6px; padding: 4px 4px 10px; max-height: 30vh;
  overflow-y: auto; }
.tray-item { display: flex; align-items: center; gap: 10px; min-height: 44px; font-size: 14px; line-height: 1.3; }
.tray-item > img { width: 40px; height: 40px; object-fit: cover; border-radius: 8px; flex: none; }
.tray-item > .icon { width: 40px; height: 26px; color: var(--muted); }
.tray-text { flex: 1; min-width: 0; }
.tray-text > span:not(.sr-only) { display: block; }
.tray-name { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; font-weight: 600; }
.tray-error { color: var(--bad); }
.tray-waiting .tray-error { color: var(--muted); }
progress { display: block; width: 100%; height: 6px; margin-top: 5px; appearance: none; border: 0; border-radius: 3px;
  overflow: hidden; background: var(--line); color: var(--ok); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--ok); }
progress::-moz-progress-bar { background: var(--ok); }
.tray-retry { min-height: 44px; padding: 0 6px; font-weight: 600; text-decoration: underline; }
.tray-remove, .pick { width: 42px; height: 42px; flex: none; display: grid; place-items: center; border-radius: 50%;
  color: var(--muted); }
.tray-remove:hover, .pick:hover { background: var(--soft); color: var(--text); }
.tray-remove .icon { width: 18px; height: 18px; }
.pick .icon { width: 21px; height: 21px; }
.dropping::after { content: attr(data-drop); position: absolute; inset: 8px; z-index: 3; display: grid;
  place-items: center; border: 3px dashed var(--text); border-radius: 12px; background: var(--ground);
  color: var(--text); font-size: 18px; font-weight: 650; text-align: center; }
`;
