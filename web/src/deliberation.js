// The chair's form: kept as a draft while one types. It works without this script.
import { Refusal, ask } from "./_api.js";
import { clock } from "./_kept.js";

const PAUSE = 1200;
const form = document.getElementById("deliberation");
const state = document.getElementById("draft-state");
let waiting = null;

function gather() {
  const value = (name) => form.elements[name]?.value.trim() || "";
  const score = value("score").replace(",", ".");
  const changes = [];
  for (let n = 0; form.elements[`change-${n}-person`]; n += 1) {
    const points = value(`change-${n}-points`);
    const row = {
      person: value(`change-${n}-person`),
      criterion: value(`change-${n}-criterion`),
      points: points === "" ? null : Number(points),
      reason: value(`change-${n}-reason`),
    };
    if (row.person || row.criterion || points || row.reason) changes.push(row);
  }
  const suitable = form.querySelector("[name=suitable]:checked")?.value || null;
  return { score: /^[0-5](\.\d{1,2})?$/.test(score) ? Number(score) : score || null, suitable, changes, reason: value("reason") };
}

async function save() {
  waiting = null;
  try {
    const address = `/api/v1${form.getAttribute("action").replace("/deliberation/", "/tasks/")}/draft`;
    const kept = await ask(address, { method: "PUT", body: { variables: gather() } });
    state.textContent = state.dataset.saved.replace("{time}", clock(new Date(kept.saved_at)));
  } catch (error) {
    state.textContent = error instanceof Refusal ? error.message : state.dataset.failed;
    if (!(error instanceof Refusal)) waiting = setTimeout(save, 5 * PAUSE);
  }
}

if (form) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !waiting) return;
    clearTimeout(waiting);
    save();
  });
}
document.getElementById("faults")?.focus();
document.documentElement.dataset.deliberation = "ready";
