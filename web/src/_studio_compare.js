// Two drawings side by side, their difference coloured and in words.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { diff } from "bpmn-js-differ";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { around, fitReadable, label, show } from "./_studio_canvas.js";
import { kindOf, made, texts } from "./_studio_texts.js";

const GROUPS = ["removed", "added", "changed", "layout"];

export async function compareBpmn(container, { old, new: fresh, oldName = "before", newName = "after" }) {
  const list = made("div", { class: "compare__list" });
  const [before, after] = [oldName, newName].map((name) => side(texts[name]));
  const tools = made("div", { class: "actions compare__tools" });
  container.append(list, tools, made("div", { class: "compare__sides" }, before.box, after.box));
  for (const [one, xml] of [[before, old], [after, fresh]]) await fill(one, xml);
  synchronise(before.viewer, after.viewer);
  const found = differing(before.viewer.getDefinitions(), after.viewer.getDefinitions());
  colour(before.viewer, found, ["removed", "changed", "layout"]);
  colour(after.viewer, found, ["added", "changed", "layout"]);
  const go = (id) => [after.viewer, before.viewer].forEach((viewer) => point(viewer, id));
  list.append(...inWords(found, go));
  const first = ["changed", "added", "removed"].flatMap((kind) => Object.keys(found[kind]))[0];
  if (first) go(first);
  for (const act of ["zoomIn", "zoomOut", "fit"]) {
    const button = made("button", { type: "button", class: "button button--small" }, texts[act]);
    button.addEventListener("click", () => around(after.viewer)[act]());
    tools.append(button);
  }
}

function side(name) {
  const canvas = made("div", { class: "compare__canvas" });
  const box = made("figure", { class: "compare__side" }, made("figcaption", {}, name), canvas);
  return { name, canvas, box };
}

async function fill(one, xml) {
  one.viewer = new NavigatedViewer({ container: one.canvas, moddleExtensions: { zeebe } });
  if (!xml) return;
  await one.viewer.importXML(xml);
  fitReadable(one.viewer, 0.35);
  label(one.viewer, one.name);
}

function synchronise(left, right) {
  let following = false;
  for (const [from, to] of [[left, right], [right, left]]) {
    from.on("canvas.viewbox.changed", ({ viewbox: { x, y, scale } }) => {
      if (following) return;
      following = true;
      const { outer } = to.get("canvas").viewbox();
      to.get("canvas").viewbox({ x, y, width: outer.width / scale, height: outer.height / scale });
      following = false;
    });
  }
}

function differing(before, after) {
  if (!before || !after) return { removed: {}, added: {}, changed: {}, layout: {}, values: {} };
  const { _removed: removed, _added: added, _changed: changed, _layoutChanged: layout } = diff(before, after);
  const models = Object.fromEntries(Object.entries(changed).map(([id, one]) => [id, one.model]));
  const moved = Object.fromEntries(Object.entries(layout).filter(([id]) => !(id in models) && !(id in added)));
  return { removed, added, changed: models, layout: moved, values: valuesOf(changed) };
}

// Plain values in words; what lies deeper is coloured and can be opened.
function valuesOf(changed) {
  const plain = (value) => value === undefined || value === null || ["string", "number", "boolean"].includes(typeof value);
  const said = ({ attrs = {} }) =>
    Object.values(attrs)
      // bpmn-js-differ 3.2 names the two the other way round
      .map(({ oldValue, newValue }) => [newValue, oldValue])
      .filter(([was, is]) => plain(was) && plain(is))
      .map(([was, is]) => [was ?? "", is ?? ""]);
  return Object.fromEntries(Object.entries(changed).map(([id, one]) => [id, said(one)]));
}

function colour(viewer, found, kinds) {
  const canvas = viewer.get("canvas");
  for (const kind of kinds) {
    for (const id of Object.keys(found[kind])) {
      if (!viewer.get("elementRegistry").get(id)) continue;
      canvas.addMarker(id, `compare--${kind}`);
    }
  }
}

function point(viewer, id) {
  const canvas = viewer.get("canvas");
  viewer.get("elementRegistry").forEach((one) => canvas.removeMarker(one, "compare--here"));
  if (show(viewer, id)) canvas.addMarker(id, "compare--here");
}

function inWords(found, go) {
  const groups = GROUPS.filter((kind) => Object.keys(found[kind]).length);
  if (!groups.length) return [made("p", {}, texts.none)];
  return groups.map((kind) => {
    const entries = Object.entries(found[kind]);
    const title = made("summary", {}, made("span", { class: `compare__key compare__key--${kind}` }), ` ${texts[kind]}: ${entries.length}`);
    const list = made("ul", {}, ...entries.map(([id, model]) => made("li", {}, link(id, model, go), ...wasAndIs(kind === "changed" ? found.values[id] : []))));
    return made("details", { open: kind !== "layout" }, title, list);
  });
}

function link(id, model, go) {
  const button = made("button", { type: "button", class: "link" }, `${kindOf(model.$type)}: ${model.name || model.text || id}`);
  button.addEventListener("click", () => go(id));
  return button;
}

function wasAndIs(pairs) {
  return pairs.map(([was, is]) =>
    made("span", { class: "compare__values" }, made("del", {}, String(was) || "–"), " → ", made("ins", {}, String(is) || "–")),
  );
}
