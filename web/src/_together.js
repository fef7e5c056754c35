// One form for several tasks: the same answers, one request each, each result told in its row.
import { openForm } from "./_form.js";
import { ask, island } from "./_api.js";
import { named, showFaults } from "./_faults.js";

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
    button.disabled = open.size === 0;
  });
  document.documentElement.dataset.form = "ready";
}

async function completeAll(open, data, all) {
  const progress = document.getElementById("progress");
  let refused = 0;
  for (const task of [...open.values()]) {
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
      row.className = "result late";
      const fields = (error.problem?.errors || []).map((one) => one.detail);
      row.textContent = `${row.dataset.refused}: ${[error.message, ...fields].join(" – ")}`;
    }
    progress.textContent = progress.dataset.text
      .replace("{done}", String(all - open.size))
      .replace("{all}", String(all))
      .replace("{refused}", String(refused));
  }
}
