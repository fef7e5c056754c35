// A drawing on any page: <figure data-bpmn="address of the file">, for reading, with its text.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { around, fitReadable, label, show } from "./_studio_canvas.js";
import { listElements } from "./_studio_elements.js";
import { load } from "./_studio_keep.js";
import { markView, showFirst } from "./_studio_view_marks.js";
import { island } from "./_api.js";
import { made, texts } from "./_studio_texts.js";

const WORDS = { zoomIn: "Larger", zoomOut: "Smaller", fit: "Show all", elements: "Elements as text" };
const SIGNS = { zoomIn: "+", zoomOut: "−" };

async function draw(figure) {
  const canvas = made("div", { class: "view__canvas" });
  figure.prepend(canvas);
  const viewer = new NavigatedViewer({ container: canvas });
  await viewer.importXML((await load(figure.dataset.bpmn)).text);
  const marks = island(figure.dataset.marks) || [];
  markView(viewer, marks);
  fitReadable(viewer);
  showFirst(viewer, marks);
  label(viewer, figure.getAttribute("aria-label") || figure.querySelector("figcaption")?.textContent || "");
  figure.prepend(tools(viewer));
  figure.append(asText(viewer));
  figure.dataset.drawn = "yes";
}

function tools(viewer) {
  const acts = around(viewer);
  const buttons = Object.keys(acts).map((key) => {
    const name = texts[key] || WORDS[key];
    const said = SIGNS[key] ? { "aria-label": name } : {};
    const button = made("button", { type: "button", class: "button button--small", ...said }, SIGNS[key] || name);
    button.addEventListener("click", acts[key]);
    return button;
  });
  return made("div", { class: "view__tools" }, ...buttons);
}

function asText(viewer) {
  const list = made("ol", { class: "elements" });
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  listElements(list, registry, (id) => {
    registry.forEach((one) => canvas.removeMarker(one, "compare--here"));
    if (show(viewer, id)) canvas.addMarker(id, "compare--here");
  });
  return made("details", {}, made("summary", {}, texts.elements || WORDS.elements), list);
}

async function start() {
  const figures = [...document.querySelectorAll("figure[data-bpmn]")];
  await Promise.all(
    figures.map((figure) => draw(figure).catch((error) => figure.append(made("p", { role: "alert" }, error.message)))),
  );
  document.documentElement.dataset.editor = "ready";
}

start();
