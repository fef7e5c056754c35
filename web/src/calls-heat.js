// Heat on the diagram of a call's applications: a number and a shade at each element where some stand.
import { island } from "./_api.js";
import { open, zooming } from "./_diagram.js";
import { showHere } from "./_diagram-marks.js";

// above the corner: the symbol of an element stays free
const MARK = { top: -22, right: 10 };

async function start() {
  const marks = island("heat-marks");
  const holder = document.getElementById("canvas");
  if (marks && holder) await draw(holder, marks);
  document.documentElement.dataset.heat = "ready";
}

async function draw(holder, { address, heat, words }) {
  const viewer = await open(holder, address, undefined, words);
  if (!viewer) return;
  const elements = viewer.get("elementRegistry");
  for (const [id, found] of Object.entries(heat)) {
    if (!elements.get(id)) continue;
    viewer.get("canvas").addMarker(id, `heat-${found.heat}`);
    viewer.get("overlays").add(id, { position: MARK, html: badge(found, holder.dataset), scale: { min: 0.8 } });
  }
  const here = () => showHere(viewer, hottest(heat, elements));
  here();
  zooming(viewer, here);
}

function badge({ cases, overdue }, says) {
  const shown = document.createElement("div");
  shown.className = "heat-badge";
  shown.textContent = overdue ? `${cases} !` : String(cases);
  shown.title = (overdue ? says.overdue : says.cases).replace("{n}", cases).replace("{late}", overdue);
  return shown;
}

function hottest(heat, elements) {
  const there = Object.entries(heat).filter(([id]) => elements.get(id));
  there.sort(([, one], [, other]) => other.cases - one.cases);
  return there.length ? { [there[0][0]]: 1 } : {};
}

start();
