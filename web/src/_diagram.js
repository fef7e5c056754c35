// A drawing to look at: loaded, named, made larger and smaller. Without it the page says the same.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { showAll } from "./_diagram-marks.js";
import { rename } from "./_diagram-words.js";
import { translation } from "./_library-words.js";

/** Draw a file into the holder in the reader's words; on failure say so, open the text and return null. */
export async function open(holder, address, text, words) {
  const viewer = new NavigatedViewer({ container: holder, zoomScroll: { enabled: false }, additionalModules: [translation] });
  rename(viewer, words);
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.statusText);
    await viewer.importXML(await answer.text());
  } catch {
    viewer.destroy();
    const sorry = document.createElement("p");
    sorry.textContent = holder.dataset.failed;
    holder.replaceChildren(sorry);
    if (text) text.open = true;
    return null;
  }
  const drawing = holder.querySelector("svg[tabindex]") || holder.querySelector("svg");
  drawing?.setAttribute("role", "group");
  drawing?.setAttribute("aria-labelledby", "case-caption");
  return viewer;
}

/** Let the buttons above the drawing work; `here` shows what matters most. */
export function zooming(viewer, here) {
  const buttons = document.getElementById("case-zoom");
  const canvas = viewer.get("canvas");
  const ways = {
    in: () => canvas.zoom(Math.min(4, canvas.zoom() * 1.3)),
    out: () => canvas.zoom(Math.max(0.1, canvas.zoom() / 1.3)),
    all: () => showAll(viewer),
    here,
  };
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => ways[event.target.closest("[data-zoom]")?.dataset.zoom]?.());
}
