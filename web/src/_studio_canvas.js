// Going around in a drawing: zoom, fit, one element in sight, a name for who cannot see it.
import { filled } from "./_studio_texts.js";

export function around(viewer) {
  const canvas = viewer.get("canvas");
  return {
    zoomIn: () => viewer.get("zoomScroll").stepZoom(1),
    zoomOut: () => viewer.get("zoomScroll").stepZoom(-1),
    fit: () => canvas.zoom("fit-viewport", "auto"),
  };
}

/** Fit, but never so small that the words cannot be read. */
export function fitReadable(viewer, least = 0.45) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() >= least) return;
  const { inner, outer } = canvas.viewbox();
  const [width, height] = [outer.width / least, outer.height / least];
  const start = first(viewer) || inner;
  // the beginning at the left, in the middle of the height
  canvas.viewbox({ x: Math.max(inner.x - 40, start.x - width / 4), y: start.y - height / 2, width, height });
}

const first = (viewer) =>
  viewer
    .get("elementRegistry")
    .filter((one) => one.type === "bpmn:StartEvent" && one.parent?.type !== "bpmn:SubProcess")
    .sort((a, b) => a.x - b.x)[0];

export function show(viewer, id) {
  const element = viewer.get("elementRegistry").get(id);
  if (!element) return null;
  viewer.get("canvas").scrollToElement(element, 120);
  return element;
}

export function label(viewer, name) {
  const drawing = viewer.get("canvas")._svg;
  drawing.setAttribute("role", "application");
  drawing.setAttribute("aria-label", filled("canvas", { name }));
}
