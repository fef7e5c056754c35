// The editor of decision tables.
import Modeler from "dmn-js/lib/Modeler";
import Viewer from "dmn-js/lib/NavigatedViewer";
import { openFrame } from "./_studio_frame.js";
import { showLines } from "./_studio_lines.js";
import { download, made, texts, translation } from "./_studio_texts.js";

const KINDS = { drd: "drawing", decisionTable: "table", literalExpression: "literal", boxedExpression: "literal" };

function makeEditor(data) {
  const Kind = data.may_edit ? Modeler : Viewer;
  const spoken = { additionalModules: [translation] };
  const editor = new Kind({ container: "#canvas", drd: spoken, decisionTable: spoken, literalExpression: spoken, boxedExpression: spoken });
  const listeners = [];
  const heard = new WeakSet();
  const listen = () => {
    const bus = editor.getActiveViewer()?.get("eventBus");
    if (!bus || heard.has(bus)) return;
    heard.add(bus);
    bus.on("commandStack.changed", () => listeners.forEach((act) => act()));
  };
  editor.on("views.changed", ({ views, activeView }) => {
    listen();
    if (activeView?.type === "drd") clear(editor.getActiveViewer().get("canvas"));
    tabs(editor, views, activeView);
    listeners.forEach((act) => act.viewed?.());
  });
  const stack = () => editor.getActiveViewer()?.get("commandStack", false);
  const text = async () => (await editor.saveXML({ format: true })).xml;
  return {
    open: (xml) => openFirstTable(editor, xml),
    text,
    has: (id) => Boolean(viewOf(editor, id)),
    select: (id) => goTo(editor, id),
    mark: (findings) => markRows(editor, findings),
    can: (way) => (way === "undo" ? stack()?.canUndo() : stack()?.canRedo()) || false,
    onChange: (act) => listeners.push(act),
    compare: async (body, mine, theirs) => showLines(body, { old: theirs, new: mine, kind: "dmn" }),
    acts: {
      undo: () => stack()?.undo(),
      redo: () => stack()?.redo(),
      download: async () => download(data.file.name, await text(), "application/xml"),
    },
  };
}

// Below the title and beside the tools, where nothing is hidden.
function clear(canvas) {
  const { inner, scale, x, y } = canvas.viewbox();
  canvas.scroll({ dx: (x - inner.x) * scale + 130, dy: (y - inner.y) * scale + 120 });
}

async function openFirstTable(editor, xml) {
  await editor.importXML(xml, { open: false });
  const views = editor.getViews();
  const tables = views.filter((view) => view.type !== "drd");
  const first = tables.length === 1 ? tables[0] : views.find((view) => view.type === "drd" && view.element.dmnDI) || tables[0] || views[0];
  if (first) await editor.open(first);
}

function tabs(editor, views, active) {
  const list = document.getElementById("views");
  const had = list.contains(document.activeElement);
  const shown = views.filter((view) => view.type !== "drd" || view.element.dmnDI);
  list.replaceChildren(...shown.map((view) => tab(editor, view, view.element === active?.element, shown)));
  if (had) list.querySelector('[aria-selected="true"]')?.focus();
}

function tab(editor, view, chosen, shown) {
  const name = view.type === "drd" ? texts.drawing : `${texts[KINDS[view.type]]}: ${view.element.name || view.element.id}`;
  const button = made("button", { type: "button", role: "tab", class: "editor__tab", "aria-selected": String(chosen), "aria-controls": "canvas" }, name);
  button.tabIndex = chosen ? 0 : -1;
  button.addEventListener("click", () => editor.open(view));
  button.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step) editor.open(shown.at((shown.indexOf(view) + step) % shown.length));
  });
  return button;
}

function viewOf(editor, id) {
  return editor.getViews().find((view) => view.element.id === id || (view.type !== "drd" && contains(view.element, id)));
}

function contains(element, id, depth = 0) {
  if (!element || typeof element !== "object" || depth > 6) return false;
  if (element.id === id) return true;
  const parts = ["decisionLogic", "rule", "input", "output", "inputEntry", "outputEntry", "inputExpression"];
  return parts.some((part) => [element[part]].flat().some((one) => contains(one, id, depth + 1)));
}

async function goTo(editor, id) {
  const view = viewOf(editor, id);
  if (!view) return;
  if (editor.getActiveView()?.element !== view.element) await editor.open(view);
  const cell = document.querySelector(`#canvas [data-element-id="${CSS.escape(id)}"], #canvas [data-row-id="${CSS.escape(id)}"], #canvas [data-col-id="${CSS.escape(id)}"]`);
  cell?.scrollIntoView({ block: "center", inline: "center" });
  (cell?.querySelector("[contenteditable]") || document.getElementById("canvas")).focus();
}

function markRows(editor, findings) {
  const wanted = new Map(findings.map((one) => [one.element, one]));
  for (const cell of document.querySelectorAll("#canvas [data-element-id], #canvas [data-row-id]")) {
    const finding = wanted.get(cell.dataset.elementId) || wanted.get(cell.dataset.rowId);
    cell.classList.toggle("is-wrong", Boolean(finding));
    if (finding) cell.title = finding.message;
  }
}

openFrame(makeEditor);
