// The drawing as text: every step in the order of the arrows, each a button that goes there.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { kindOf, made } from "./_studio_texts.js";

const isNode = (one) => !one.labelTarget && is(one, "bpmn:FlowNode");

export function inOrder(registry) {
  const nodes = registry.filter(isNode);
  const starts = nodes.filter((one) => !one.incoming.length && !one.host).sort((a, b) => a.y - b.y || a.x - b.x);
  const seen = new Set();
  const found = [];
  const visit = (first) => {
    const waiting = [first];
    while (waiting.length) {
      const one = waiting.shift();
      if (seen.has(one) || !isNode(one)) continue;
      seen.add(one);
      found.push(one);
      waiting.push(...(one.attachers || []), ...one.outgoing.map((flow) => flow.target).filter(Boolean));
    }
  };
  [...starts, ...nodes].forEach(visit);
  return found;
}

export const nameOf = (element) => {
  const { name, text, id, $type } = element.businessObject || element;
  return `${kindOf($type)}: ${name || text || id}`;
};

export function listElements(list, registry, select) {
  list.replaceChildren(
    ...inOrder(registry).map((one) => {
      const button = made("button", { type: "button", class: "link", "data-element": one.id }, nameOf(one));
      button.addEventListener("click", () => select(one.id));
      return made("li", {}, button);
    }),
  );
}
