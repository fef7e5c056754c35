// The drawing of a case, and the case as of any instant. The page says all of it without this, too.
import { Refusal, ask, island } from "./_api.js";
import { open, zooming } from "./_diagram.js";
import { mark, showHere } from "./_diagram-marks.js";

const PAUSE = 150;
const counted = (tokens) => {
  const found = {};
  for (const { element, kind } of tokens) if (kind !== "boundaryEvent") found[element] = (found[element] || 0) + 1;
  return found;
};

async function start() {
  const marks = island("case-marks");
  const holder = document.getElementById("canvas");
  if (!marks || !holder) return;
  keys = marks.keys || {};
  const drawn = await draw(holder, marks);
  if (marks.stops) asOf(marks, drawn);
  document.documentElement.dataset.diagram = "ready";
}

async function draw(holder, marks) {
  const says = holder.dataset;
  const viewer = await open(holder, marks.address, document.getElementById("diagram-text"), marks.words);
  if (!viewer) return null;
  mark(viewer, marks, says);
  showHere(viewer, marks.tokens);
  zooming(viewer, () => showHere(viewer, marks.tokens));
  return { viewer, says };
}

function asOf(marks, drawn) {
  const slider = document.getElementById("slider");
  const field = document.getElementById("at");
  const said = document.getElementById("slider-says");
  let waiting = null;
  let asked = 0;
  const label = () => {
    const stop = marks.stops[slider.value - 1];
    said.textContent = `${stop.seq}. ${written(stop.at)}: ${stop.says}`;
    slider.setAttribute("aria-valuetext", said.textContent);
    return stop;
  };
  const show = async (at) => {
    const turn = ++asked;
    const fault = document.getElementById("as-of-fault");
    try {
      const moment = await ask(`${marks.case}/at/${encodeURIComponent(at)}`);
      if (turn !== asked) return;
      fault.hidden = true;
      tell(moment, at, marks, drawn);
      remember(at);
    } catch (error) {
      if (turn !== asked) return;
      fault.textContent = error instanceof Refusal ? error.message : String(error);
      fault.hidden = false;
    }
  };
  slider.addEventListener("input", () => {
    const stop = label();
    field.value = local(stop.at);
    clearTimeout(waiting);
    waiting = setTimeout(() => show(stop.at), PAUSE);
  });
  document.getElementById("slider-field").hidden = false;
  label();
}

function remember(at) {
  const address = new URL(location.href);
  address.searchParams.set("at", at);
  history.replaceState(null, "", address);
  for (const link of document.querySelectorAll(".case-levels a, .case-words a[href^='?']")) {
    const there = new URL(link.href, location.href);
    there.searchParams.set("at", at);
    link.href = `${there.pathname}${there.search}`;
  }
}

function tell(moment, at, marks, drawn) {
  marks.tokens = counted(moment.tokens);
  document.getElementById("as-of-at").textContent = written(at);
  document.getElementById("as-of-seq").textContent = moment.seq;
  document.getElementById("as-of-outcome").textContent = moment.outcome ? ` · ${marks.words?.[moment.outcome] || moment.outcome}` : "";
  const names = marks.names;
  list("then-tasks", moment.tasks.map((one) => ({ name: names[one.element] || one.name || one.element, due: one.due_at })));
  list("then-timers", moment.timers.map((one) => ({ name: names[one.element] || one.element, due: one.due_at })));
  values(moment.variables);
  words(marks.tokens, moment);
  levels(moment.tokens, marks.places);
  if (drawn) mark(drawn.viewer, { tokens: marks.tokens, completed: moment.completed, flows: moment.flows }, drawn.says);
}

function list(id, found) {
  const place = document.getElementById(id);
  const entries = found.map(({ name, due }) => {
    const entry = document.createElement("li");
    entry.textContent = due ? `${name} (${place.dataset.due} ${written(due)})` : name;
    return entry;
  });
  if (!entries.length) {
    const none = document.createElement("li");
    none.className = "quiet";
    none.textContent = place.dataset.empty;
    entries.push(none);
  }
  place.replaceChildren(...entries);
}

function words(tokens, moment) {
  for (const step of document.querySelectorAll(".case-step")) {
    const { element } = step.dataset;
    step.classList.toggle("case-step--now", Boolean(tokens[element]));
    step.classList.toggle("case-step--done", !tokens[element] && Boolean(moment.completed[element]));
    const shown = step.querySelector(":scope > .case-step__marks");
    const canvas = document.getElementById("canvas").dataset;
    const said = [];
    if (tokens[element]) said.push(`${tokens[element]} ${canvas.tokens}`);
    if (moment.completed[element]) said.push(`${moment.completed[element]} ${canvas.times}`);
    shown.textContent = said.join(", ");
  }
}

// How many tokens rest at each level; the level with work may be another one than that shown.
function levels(tokens, places) {
  const resting = {};
  const quiet = ["boundaryEvent", "subProcess", "callActivity"];
  for (const { element, kind } of tokens) {
    if (!quiet.includes(kind)) resting[places[element]] = (resting[places[element]] || 0) + 1;
  }
  for (const link of document.querySelectorAll(".case-levels a")) {
    const number = resting[link.dataset.process] || 0;
    const shown = link.querySelector(".tag");
    shown.hidden = !number;
    shown.lastChild.textContent = String(number);
  }
}

function values(variables) {
  const place = document.getElementById("then-values");
  if (place) place.replaceChildren(table(variables, place.dataset));
}

function table(variables, says) {
  const shown = document.createElement("table");
  shown.className = "table case-data";
  const head = shown.createTHead().insertRow();
  for (const title of [says.name, says.value]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    head.append(cell);
  }
  const body = shown.createTBody();
  for (const key of Object.keys(variables).sort()) {
    const row = body.insertRow();
    const cell = document.createElement("th");
    cell.scope = "row";
    cell.textContent = readable(key);
    row.append(cell);
    row.insertCell().append(value(variables[key], says));
  }
  return shown;
}

function value(one, says) {
  if (one === null) return says.unknown;
  if (typeof one === "boolean") return one ? says.yes : says.no;
  if (typeof one !== "object") return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(one) ? written(one) : String(one);
  const holder = document.createElement(Array.isArray(one) ? "ul" : "dl");
  holder.className = Array.isArray(one) ? "case-list" : "facts case-value";
  for (const [key, inner] of Object.entries(one)) holder.append(...(Array.isArray(one) ? [part("li", value(inner, says))] : [part("dt", readable(key)), part("dd", value(inner, says))]));
  return holder;
}

function part(tag, content) {
  const made = document.createElement(tag);
  made.append(content);
  return made;
}

let keys = {};
const readable = (key) => keys[key] || key.charAt(0).toUpperCase() + key.slice(1).replaceAll("_", " ");

const written = (at) =>
  new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang, {
    timeZone: "Europe/Brussels",
    dateStyle: "medium",
    timeStyle: "medium",
  }).format(new Date(at));

// Up to the next whole second, so that the form asks for the state after the event.
const local = (at) => {
  const moment = new Date(Math.ceil(Date.parse(at) / 1000) * 1000);
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Europe/Brussels",
    dateStyle: "short",
    timeStyle: "medium",
  }).format(moment).replace(" ", "T");
};

start();
