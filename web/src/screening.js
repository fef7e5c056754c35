// The screening desk: J and K in the order of the list, a draft that keeps itself, progress.

const KEYS = "cursus.screening.keys";
const PAUSE = 800;
let waiting, sending;

// WCAG 2.1, 2.1.4: keys of one letter can be turned off, and are never taken from a field.
function startKeys() {
  const button = document.querySelector("[data-keys]");
  let on = localStorage.getItem(KEYS) !== "off";
  const show = () => button?.setAttribute("aria-pressed", String(on));
  if (button) button.hidden = false;
  show();
  button?.addEventListener("click", () => {
    on = !on;
    localStorage.setItem(KEYS, on ? "on" : "off");
    show();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=radio]), textarea, select, dialog");
    if (!on || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (step) go(step);
  });
}

function go(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length) {
    const at = rows.findIndex((one) => one === document.activeElement);
    rows[Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
    return;
  }
  document.querySelector(step > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
}

function startDraft(form) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => save(form), PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
  for (const link of document.querySelectorAll("a[rel=next], a[rel=prev]"))
    link.addEventListener("click", async (event) => {
      if (!waiting && !sending) return;
      event.preventDefault();
      await save(form);
      location.assign(link.href);
    });
}

async function save(form) {
  clearTimeout(waiting);
  waiting = undefined;
  const state = document.getElementById("draft-state");
  sending = fetch(form.dataset.draft, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "text/plain" },
    keepalive: true,
  })
    .then(async (answer) => (answer.ok ? await answer.text() : state.dataset.failed))
    .catch(() => state.dataset.failed);
  state.textContent = await sending;
  sending = undefined;
}

function startRows(form) {
  const rows = [...form.querySelectorAll("[data-criterion]")];
  const progress = document.getElementById("progress");
  const look = () => {
    for (const row of rows) offer(row);
    if (!progress) return;
    const said = progress.dataset.text.replace("{n}", rows.filter(isDone).length).replace("{all}", rows.length);
    if (progress.textContent !== said) progress.textContent = said;
  };
  form.addEventListener("input", look);
  look();
}

// Only the codes of the finding that was chosen can be chosen.
function offer(row) {
  const finding = row.querySelector("input[type=radio]:checked")?.value;
  const select = row.querySelector("select");
  for (const group of select.querySelectorAll("optgroup"))
    group.disabled = Boolean(finding) && group.dataset.finding !== finding;
  if (select.selectedOptions[0]?.parentElement.disabled) select.value = "";
}

function isDone(row) {
  const filled = (one) => one.value.trim() !== "";
  return (
    row.querySelector("input[type=radio]:checked") !== null &&
    filled(row.querySelector("[name^=points]")) &&
    filled(row.querySelector("textarea"))
  );
}

// the hint is for who has not everything in sight
function startHint() {
  const hint = document.getElementById("grid-hint");
  const scroll = document.querySelector(".screening-scroll");
  if (!hint || !scroll) return;
  new ResizeObserver(() => {
    hint.hidden = scroll.scrollWidth <= scroll.clientWidth;
  }).observe(scroll);
}

startKeys();
startHint();
// what is wrong is read first, then the fields one by one
document.getElementById("refusal")?.focus();
const form = document.getElementById("review");
if (form) {
  startRows(form);
  startDraft(form);
}
document.documentElement.dataset.screening = "ready";
