// One form for several tasks: the same answers, one request each, each result told in its row.
import { openForm } from "./_form.js";
import { ask, island } from "./_api.js";
import { named, showFaults } from "./_faults.js";
import { finished } from "./_finished.js";

export async function startTogether() {
  const work = island("together-data");
  if (!work) return;
  const form = work.schema ? openForm() : null;
  if (form) await form.importSchema(work.schema, work.variables);
  const button = document.getElementById("complete");
  const open = new Map(work.tasks.map((task) => [task.id, { ...task, key: crypto.randomUUID() }]));
  button.addEventListener("click", async () => {
    const { data, errors } = form ? form.submit() : { data: {}, errors: {} };
    if (Object.keys(errors).length) return showFaults(named(form, errors));
    button.disabled = true;
    await completeAll(open, data, work.tasks.length);
    button.disabled = left(open).length === 0;
  });
  document.documentElement.dataset.form = "ready";
}

// What a colleague finished meanwhile is not asked for again.
const left = (open) => [...open.values()].filter((task) => !task.isOver);

async function completeAll(open, data, all) {
  const progress = document.getElementById("progress");
  let refused = 0;
  for (const task of left(open)) {
    const row = document.querySelector(`[data-task="${task.id}"] .result`);
    try {
      await ask(`/api/v1/tasks/${task.id}/complete`, {
        method: "POST",
        body: { variables: data },
        revision: task.revision,
        key: task.key,
      });
      open.delete(task.id);
      row.className = "result tag tag--good";
      row.textContent = row.dataset.done;
    } catch (error) {
      refused += 1;
      // other answers make another request
      task.key = crypto.randomUUID();
      const told = await finished(error, task.id);
      row.className = told ? "result" : "result late";
      const fields = (error.problem?.errors || []).map((one) => one.detail);
      row.textContent = `${row.dataset.refused}: ${told ? "" : [error.message, ...fields].join(" – ")}`;
      if (told) row.append(told);
      task.isOver = told !== null;
    }
    progress.textContent = progress.dataset.text
      .replace("{done}", String(all - open.size))
      .replace("{all}", String(all))
      .replace("{refused}", String(refused));
  }
}
