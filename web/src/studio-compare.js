// One file of two versions: a drawing side by side, a table or a form line by line.
import { island } from "./_api.js";
import { compareBpmn } from "./_studio_compare.js";
import { load } from "./_studio_keep.js";
import { showLines } from "./_studio_lines.js";
import { filled, made, texts } from "./_studio_texts.js";

const textOf = async (side, file) =>
  side.has_file === false ? "" : (await load(side.address.endsWith("/") ? side.address + encodeURIComponent(file) : side.address)).text;

async function start() {
  const data = island("compare-data");
  const container = document.getElementById("compare");
  try {
    const [old, fresh] = await Promise.all([textOf(data.old, data.file), textOf(data.new, data.file)]);
    await show(container, data, old, fresh);
  } catch (error) {
    const box = document.getElementById("problem");
    box.textContent = filled("unreadable", { reason: error.message });
    box.hidden = false;
  }
  document.documentElement.dataset.editor = "ready";
}

async function show(container, data, old, fresh) {
  const kind = data.file.split(".").at(-1);
  if (!old || !fresh) container.append(made("p", {}, filled("onlyIn", { which: old ? texts.before : texts.after })));
  if (kind === "bpmn") return compareBpmn(container, { old, new: fresh });
  showLines(container, { old, new: fresh, kind });
}

start();
