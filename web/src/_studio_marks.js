// Findings on the shapes: a mark with the number, the words as its title.
import { made, filled } from "./_studio_texts.js";

export function marks(viewer, select) {
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  return (findings) => {
    overlays.remove({ type: "finding" });
    const of = Map.groupBy
      ? Map.groupBy(findings, (one) => one.element)
      : findings.reduce((all, one) => all.set(one.element, [...(all.get(one.element) || []), one]), new Map());
    for (const [id, found] of of) {
      const element = id && registry.get(id);
      if (!element || element === viewer.get("canvas").getRootElement()) continue;
      overlays.add(id, "finding", { position: { top: -12, right: 12 }, html: badge(found, () => select(id)) });
    }
  };
}

function badge(found, go) {
  const grave = found.some((one) => one.severity === "error");
  const title = found.map((one) => `${one.message}${one.remedy ? ` (${one.remedy})` : ""}`).join("\n");
  const said = `${filled(grave ? "error" : "warning")}: ${title}`;
  const node = made("button", { type: "button", class: grave ? "mark mark--error" : "mark", title }, grave ? "✕ " : "! ", String(found.length));
  node.setAttribute("aria-label", said);
  node.addEventListener("click", go);
  return node;
}
