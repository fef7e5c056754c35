// A score sheet: kept on the server as one works, on the device while there is no connection.
import { Refusal, ask, island } from "./_api.js";
import { clock, forget, keep, kept, same } from "./_kept.js";

const PAUSE = 1200;

const told = island("score-data");
const form = document.getElementById("sheet");
const place = `cursus-score ${told.user} ${told.task}`;

function gather() {
  const ratings = told.criteria.map((criterion, number) => {
    const chosen = form.querySelector(`[name="points-${number}"]:checked`);
    const evidence = form.elements[`evidence-${number}`].value;
    return { criterion, points: chosen ? Number(chosen.value) : null, evidence };
  });
  return { ratings, remark: form.elements.remark.value.trim() || null };
}

function fill(sheet) {
  told.criteria.forEach((criterion, number) => {
    const one = (sheet.ratings || []).find((rating) => rating.criterion === criterion) || {};
    for (const radio of form.querySelectorAll(`[name="points-${number}"]`))
      radio.checked = one.points != null && radio.value === String(one.points);
    form.elements[`evidence-${number}`].value = one.evidence || "";
  });
  form.elements.remark.value = sheet.remark || "";
  count();
}

function count() {
  const done = gather().ratings.map((one) => one.points !== null && one.evidence.trim() !== "");
  done.forEach((is, number) => form.querySelector(`[data-line="${number}"]`).classList.toggle("scores-line--done", is));
  const shown = document.getElementById("progress");
  const all = done.length;
  const filled = done.filter(Boolean).length;
  shown.querySelector("strong").textContent = `${filled}/${all}`;
}

const state = document.getElementById("draft-state");
const say = (which, at) => (state.textContent = state.dataset[which].replace("{time}", clock(at)));

let base = told.saved_at; // what the server had when this page last agreed with it
let waiting = null;
let isApart = false; // whether there may be another version on the server
let isChoosing = false;

function later(pause = PAUSE) {
  clearTimeout(waiting);
  waiting = setTimeout(save, pause);
}

async function save() {
  clearTimeout(waiting);
  waiting = null;
  if (isChoosing) return;
  const sheet = gather();
  keep(place, sheet, base);
  try {
    if (isApart && !(await agree(sheet))) return;
    const answer = await ask(`/api/v1/tasks/${told.task}/draft`, { method: "PUT", body: { variables: sheet } });
    base = answer.saved_at;
    isApart = false;
    // what was typed meanwhile is saved next
    if (same(gather(), sheet)) forget(place);
    say("saved", new Date(answer.saved_at));
  } catch (error) {
    if (error instanceof Refusal) return (state.textContent = error.message);
    isApart = true;
    say("device", new Date(kept(place)?.at || Date.now()));
    later(5 * PAUSE);
  }
}

// After a time without a connection: is the server's sheet still the one that this page knew?
async function agree(sheet) {
  const { draft } = await ask(`/api/v1/tasks/${told.task}`);
  const at = draft?.saved_at || null;
  if (!at || instant(at) === instant(base) || same(draft.content, sheet)) return true;
  choose(sheet, kept(place)?.at, draft);
  return false;
}

const instant = (text) => (text ? new Date(text).getTime() : null);

function choose(device, deviceAt, server) {
  isChoosing = true;
  const box = document.getElementById("versions");
  const take = (sheet) => {
    isChoosing = false;
    isApart = false;
    base = server.saved_at;
    fill(sheet);
    box.hidden = true;
    form.querySelector("input, textarea").focus();
    save();
  };
  box.querySelector(".scores-versions").replaceChildren(
    version(box, box.dataset.device.replace("{time}", clock(new Date(deviceAt))), device, () => take(device)),
    version(box, box.dataset.server.replace("{time}", clock(new Date(server.saved_at))), server.content, () => take(server.content)),
  );
  box.hidden = false;
  box.focus();
}

function version(box, title, sheet, take) {
  const article = document.createElement("article");
  const heading = document.createElement("h3");
  heading.textContent = title;
  const list = document.createElement("dl");
  for (const one of sheet.ratings || []) pair(list, one.criterion, [one.points ?? "–", one.evidence || box.dataset.empty].join(": "));
  if (sheet.remark) pair(list, box.dataset.remark, sheet.remark);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = box.dataset.take;
  button.setAttribute("aria-label", `${box.dataset.take}: ${title}`);
  button.addEventListener("click", take);
  article.append(heading, list, button);
  return article;
}

function pair(list, term, text) {
  const name = document.createElement("dt");
  const value = document.createElement("dd");
  name.textContent = term;
  value.textContent = text;
  list.append(name, value);
}

// What was kept on this device the last time comes back; the person chooses if the server has another.
async function restore() {
  const found = kept(place);
  if (!found) return;
  if (same(found.sheet, gather())) return forget(place);
  if (told.saved_at && instant(told.saved_at) !== instant(found.base))
    return choose(found.sheet, found.at, { content: gather(), saved_at: told.saved_at });
  fill(found.sheet);
  await save();
}

async function begin() {
  count();
  form.addEventListener("input", () => {
    count();
    later();
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine && !isChoosing) return;
    event.preventDefault();
    keep(place, gather(), base);
    state.textContent = state.dataset.wait;
  });
  window.addEventListener("online", () => kept(place) && save());
  window.addEventListener("offline", () => {
    isApart = true;
    keep(place, gather(), base);
    say("device", new Date());
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && waiting) save();
  });
  document.getElementById("faults")?.focus();
  await restore();
}

const ready = () => (document.documentElement.dataset.scores = "ready");

// the sheet went to the server with the form: the device need not keep it
if (told.synced) {
  forget(place);
  ready();
} else begin().finally(ready);
