// Marks on a drawing for reading: a style, a badge with a number or a word, and what it means.
import { made } from "./_studio_texts.js";

// An event or a gateway is not much larger than its badge: that stands beside it.
const SMALL = 60;

export function markView(viewer, marks) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  for (const { id, style, text, title } of marks) {
    const element = elements.get(id);
    if (!element) continue;
    canvas.addMarker(id, `view--${style}`);
    if (!text) continue;
    const html = made("div", { class: `view__badge view__badge--${style}`, title: title || text }, text);
    overlays.add(id, { position: place(element), html, scale: { min: 0.8 }, show: { minZoom: 0.2 } });
  }
}

/** Bring the first mark into sight where the drawing is larger than its frame. */
export function showFirst(viewer, marks) {
  const canvas = viewer.get("canvas");
  const element = marks.map(({ id }) => viewer.get("elementRegistry").get(id)).find(Boolean);
  if (!element) return;
  const { x, y, width, height, inner } = canvas.viewbox();
  if (width >= inner.width && height >= inner.height) return;
  const at = element.waypoints ? middle(element.waypoints) : { x: element.x + element.width / 2, y: element.y + element.height / 2 };
  if (at.x > x && at.x < x + width && at.y > y && at.y < y + height) return;
  canvas.viewbox({ x: at.x - width / 2, y: at.y - height / 2, width, height });
}

// At the upper right corner of a shape, where no symbol stands, in the middle of an arrow.
function place({ waypoints, width }) {
  if (!waypoints) return width < SMALL ? { top: -20, right: 4 } : { top: -14, right: 16 };
  const left = Math.min(...waypoints.map(({ x }) => x));
  const top = Math.min(...waypoints.map(({ y }) => y));
  const { x, y } = middle(waypoints);
  return { left: x - left - 10, top: y - top - 10 };
}

function middle(waypoints) {
  const at = Math.floor((waypoints.length - 1) / 2);
  const [from, to] = [waypoints[at], waypoints[at + 1]];
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}
