// Marks on a drawing: where the tokens are, what was done, which flows were taken.
const MARGIN = 40;
const NOW = "case-now";
const DONE = "case-done";
const OPEN = "case-open";
const HOLDER = "case-holder";
const TAKEN = "case-taken";

export function mark(viewer, { tokens = {}, completed = {}, flows = {} }, says) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  overlays.clear();
  elements.forEach(({ id }) => [NOW, DONE, OPEN, HOLDER, TAKEN].forEach((name) => canvas.removeMarker(id, name)));
  for (const [id, times] of Object.entries(completed)) {
    if (!elements.get(id)) continue;
    canvas.addMarker(id, DONE);
    if (isContainer(elements.get(id))) canvas.addMarker(id, HOLDER);
    if (times > 1) badge(overlays, id, times, `${times} ${says.times}`, false);
  }
  for (const [id, number] of Object.entries(tokens)) {
    const element = elements.get(id);
    if (!element) continue;
    if (isContainer(element)) canvas.addMarker(id, OPEN);
    else {
      canvas.addMarker(id, NOW);
      badge(overlays, id, number, `${number} ${says.tokens}`, true);
    }
  }
  for (const id of Object.keys(flows)) if (elements.get(id)) canvas.addMarker(id, TAKEN);
}

function isContainer(element) {
  return element.children?.some((one) => !one.labelTarget);
}

function badge(overlays, id, number, title, isNow) {
  const shown = document.createElement("div");
  shown.className = isNow ? "case-badge case-badge--now" : "case-badge";
  shown.textContent = String(number);
  shown.title = title;
  const position = isNow ? { top: -14, left: -16 } : { top: -14, right: 8 };
  overlays.add(id, { position, html: shown, scale: { min: 0.8 }, show: { minZoom: 0.25 } });
}

export function showHere(viewer, tokens) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  const here = Object.keys(tokens || {}).map((id) => elements.get(id)).filter((one) => one && !isContainer(one));
  if (!here.length) return showAll(viewer);
  canvas.zoom(0.85);
  const { width, height } = canvas.getSize();
  const [first] = here;
  const { scale, inner } = canvas.viewbox();
  const seen = { width: width / scale, height: height / scale };
  canvas.viewbox({
    x: within(first.x + first.width / 2, seen.width, inner.x, inner.width),
    y: within(first.y + first.height / 2, seen.height, inner.y, inner.height),
    ...seen,
  });
}

// Keep the middle in the middle, unless that would show what lies beyond the drawing.
function within(middle, seen, from, length) {
  const wanted = middle - seen / 2;
  if (length <= seen) return from - (seen - length) / 2;
  return Math.max(from - MARGIN, Math.min(wanted, from + length + MARGIN - seen));
}

export function showAll(viewer) {
  viewer.get("canvas").zoom("fit-viewport", "auto");
}
