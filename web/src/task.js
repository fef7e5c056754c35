// A task's form: kept as a draft while one types, judged by the server when it is completed.
import { openForm } from "./_form.js";
import { Refusal, ask, island } from "./_api.js";
import { named, showFaults, showFinished, showRefusal } from "./_faults.js";
import { finished } from "./_finished.js";
import { startTogether } from "./_together.js";
import { startMessage } from "./_message.js";

const PAUSE = 1200;

async function start() {
  const task = island("task-data");
  if (!task) return;
  const address = `/api/v1/tasks/${task.task}`;
  const button = document.getElementById("complete");
  const form = task.schema ? openForm() : null;
  const key = crypto.randomUUID();
  if (form) {
    await form.importSchema(task.schema, { ...task.variables, ...task.draft });
    keepDrafts(form, address, task.saved_at);
  }
  button.addEventListener("click", () => complete(form, task, address, button, key));
  document.documentElement.dataset.form = "ready";
}

function keepDrafts(form, address, savedAt) {
  const state = document.getElementById("draft-state");
  const say = (at) => {
    const time = new Intl.DateTimeFormat(document.documentElement.lang, {
      timeZone: "Europe/Brussels",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }).format(at);
    state.textContent = state.dataset.saved.replace("{time}", time);
  };
  if (savedAt) say(new Date(savedAt));
  let waiting = null;
  const save = async () => {
    waiting = null;
    try {
      const kept = await ask(`${address}/draft`, { method: "PUT", body: { variables: answers(form) } });
      say(new Date(kept.saved_at));
    } catch (error) {
      state.textContent = error instanceof Refusal ? error.message : state.dataset.failed;
      if (!(error instanceof Refusal)) waiting = setTimeout(save, 5 * PAUSE);
    }
  };
  // to show a form changes it too: only what a person did is worth keeping
  let touched = false;
  for (const kind of ["input", "change", "click", "keydown"])
    document.getElementById("form").addEventListener(kind, () => (touched = true), { capture: true });
  form.on("changed", () => {
    if (!touched) return;
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && waiting) {
      clearTimeout(waiting);
      save();
    }
  });
}

// What stands in the form, without files: they are sent when the task is completed.
function answers(form) {
  const data = form._getSubmitData();
  return JSON.parse(JSON.stringify(data), (_, value) =>
    typeof value === "string" && value.startsWith("files::") ? null : value,
  );
}

async function complete(form, task, address, button, key) {
  button.disabled = true;
  try {
    const { data, errors, files } = form ? form.submit() : { data: {}, errors: {}, files: new Map() };
    if (Object.keys(errors).length) return showFaults(named(form, errors));
    const revision = await upload(data, files, task);
    await ask(`${address}/complete`, { method: "POST", body: { variables: data }, revision, key });
    location.assign(`${task.home}?said=completed`);
  } catch (error) {
    const told = await finished(error, task.task);
    if (told) showFinished(told);
    else showRefusal(form, error);
  } finally {
    button.disabled = false;
  }
}

async function upload(data, files, task) {
  if (!files?.size) return task.revision;
  for (const [name, value] of Object.entries(data)) {
    const chosen = files.get(value);
    if (!chosen) continue;
    const ids = [];
    for (const file of chosen) ids.push(await send(name, file, task));
    data[name] = task.schema.components.find((one) => one.key === name)?.multiple ? ids : ids[0];
  }
  return task.revision;
}

async function send(kind, file, task) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  const body = { kind, name: file.name, content: btoa(text) };
  const kept = await ask(`/api/v1/tasks/${task.task}/documents`, {
    method: "POST",
    body,
    key: crypto.randomUUID(),
  });
  return kept.id;
}


start();
startTogether();
startMessage();
