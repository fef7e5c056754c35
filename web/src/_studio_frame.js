// What the three editors share: load, keep, conflicts, findings, the line that says how it stands.
import { island } from "./_api.js";
import { showFindings } from "./_studio_findings.js";
import { keeper, load } from "./_studio_keep.js";
import { later, texts, filled } from "./_studio_texts.js";

const QUIET = 800;

/**
 * An editor is {open(text), text(), onChange(act), acts, select(id), mark(findings), compare(...)}.
 */
export async function openFrame(makeEditor) {
  const data = island("studio-data");
  const editor = makeEditor(data);
  const { text } = await load(data.file.address);
  try {
    await editor.open(text);
  } catch (error) {
    showProblem(filled("unreadable", { reason: error.message }));
  }
  const keep = data.may_edit ? keeper(data, editor, text) : null;
  const findings = data.check_address ? showFindings(data, editor) : null;
  const check = later(() => findings?.refresh(), QUIET);
  editor.onChange(() => {
    keep?.changed();
    check();
    undoable(editor);
  });
  buttons({ ...editor.acts, save: () => keep?.now(), shortcuts: () => document.getElementById("shortcuts").showModal() });
  keys(keep);
  undoable(editor);
  await findings?.refresh();
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (wanted) editor.select(wanted);
  document.documentElement.dataset.editor = "ready";
}

export function showProblem(said) {
  const box = document.getElementById("problem");
  box.textContent = said;
  box.hidden = false;
}

function buttons(acts) {
  for (const button of document.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") acts[button.dataset.act]?.();
    });
  }
}

function undoable(editor) {
  for (const way of ["undo", "redo"]) {
    const can = editor.can?.(way) ?? true;
    document.querySelector(`[data-act="${way}"]`)?.setAttribute("aria-disabled", String(!can));
  }
}

function keys(keep) {
  const dialog = document.getElementById("shortcuts");
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      keep?.now();
    }
    const typing = event.target.closest?.("input,textarea,select,[contenteditable]");
    if (event.key === "?" && !typing && !dialog.open) dialog.showModal();
  });
}

export { texts };
