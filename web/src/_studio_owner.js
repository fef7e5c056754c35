// The properties in the owner's words; what is made for developers is not shown.
import { CheckboxEntry, Group, SelectEntry, TextFieldEntry } from "@bpmn-io/properties-panel";
import { jsx } from "@bpmn-io/properties-panel/preact/jsx-runtime";
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { useService } from "bpmn-js-properties-panel";
import { Facts } from "./_studio_facts.js";
import { filled, texts } from "./_studio_texts.js";

const FOR_DEVELOPERS = new Set([
  "businessRuleImplementation", "scriptImplementation", "userTaskImplementation", "adHocSubProcessImplementation",
  "form", "calledElement", "inputPropagation", "outputPropagation", "headers", "activeElements", "compensation",
  "Zeebe__TaskListeners", "Zeebe__ExecutionListeners", "Zeebe__ExtensionProperties",
]); // prettier-ignore
const NOT_SHOWN = new Set(["decisionId", "bindingType", "versionTag", "isExecutable", "jobPriorityDefinitionPriority"]);
const AFTER_ALL = 300;

export function ownerModule(data) {
  function OwnerProvider(propertiesPanel, facts) {
    this.getGroups = (element) => (groups) => {
      const left = groups.filter((group) => !FOR_DEVELOPERS.has(group.id)).map(plain).filter(Boolean);
      const own = ownGroup(element, data, facts);
      if (own) left.splice(1, 0, own);
      return left;
    };
    propertiesPanel.registerProvider(AFTER_ALL, this);
  }
  OwnerProvider.$inject = ["propertiesPanel", "ownerFacts"];
  return {
    __init__: ["ownerProvider"],
    ownerProvider: ["type", OwnerProvider],
    ownerFacts: ["type", Facts],
  };
}

function plain(group) {
  if (!group.entries) return group;
  const entries = group.entries.filter((entry) => !NOT_SHOWN.has(entry.id));
  return entries.length ? { ...group, entries } : null;
}

function ownGroup(element, data, facts) {
  const entries = [...chosen(element, data, facts), ...written(element, facts)];
  if (!entries.length) return null;
  return { id: "owner", label: filled("step"), entries, component: Group, shouldOpen: true };
}

function chosen(element, data, facts) {
  if (is(element, "bpmn:UserTask")) {
    const form = facts.attribute(element, "zeebe:FormDefinition", "formId");
    return [
      choice("form", element, { none: "noForm", from: data.forms, of: ["zeebe:FormDefinition", "formId"] }),
      ...opener("openForm", element, form && `${form}.form`, data),
      choice("who", element, { none: "byLane", from: data.roles, of: ["zeebe:AssignmentDefinition", "candidateGroups"] }),
      ...exclusions(element, facts),
    ];
  }
  if (is(element, "bpmn:BusinessRuleTask")) {
    const id = facts.attribute(element, "zeebe:CalledDecision", "decisionId");
    const file = data.decisions.find((one) => one.id === id)?.file;
    return [
      choice("decision", element, { none: "noDecision", from: data.decisions, of: ["zeebe:CalledDecision", "decisionId"] }),
      ...opener("openDecision", element, file, data),
    ];
  }
  if (is(element, "bpmn:CallActivity")) {
    return [choice("process", element, { none: "noProcess", from: data.processes, of: ["zeebe:CalledElement", "processId"] })];
  }
  if (is(element, "bpmn:Lane")) return [propertyChoice(element, data.roles)];
  return [];
}

function written(element, facts) {
  if (!is(element, "bpmn:FlowNode")) return [];
  const entries = [text("legalBasis", element, "legalHint")];
  if (is(element, "bpmn:UserTask")) entries.push(flag("inPerson", element), flag("confidential", element));
  entries.push(text("milestone", element));
  if (is(element, "bpmn:EndEvent")) entries.push(text("outcome", element));
  return entries;
}

const flag = (property, element) => ({ id: `owner-${property}`, element, property, component: Flag });
const text = (property, element, hint) => ({ id: `owner-${property}`, element, property, hint, component: Text });
const choice = (id, element, choose) => ({ id: `owner-${id}`, element, label: id, choose, component: Choice });
const propertyChoice = (element, from) => ({ id: "owner-group", element, label: "who", choose: { none: "byLane", from, property: "group" }, component: Choice });

function exclusions(element, facts) {
  const places = facts.list(element, "differsFrom").length + 1;
  return Array.from({ length: places }, (_, place) => ({ id: `owner-differs-${place}`, element, place, component: Exclusion }));
}

function opener(label, element, file, data) {
  if (!file || !data.files.includes(file)) return [];
  const component = () =>
    jsx("div", {
      className: "bio-properties-panel-entry",
      children: jsx("a", { href: encodeURIComponent(file), children: texts[label] }),
    });
  return [{ id: `owner-${label}`, element, component }];
}

function Text({ id, element, property, hint }) {
  const facts = useService("ownerFacts");
  return jsx(TextFieldEntry, {
    id,
    element,
    label: texts[property],
    description: hint && texts[hint],
    debounce: useService("debounceInput"),
    getValue: () => facts.property(element, property),
    setValue: (value) => facts.setProperty(element, property, value),
  });
}

function Flag({ id, element, property }) {
  const facts = useService("ownerFacts");
  return jsx(CheckboxEntry, {
    id,
    element,
    label: texts[property],
    getValue: () => facts.property(element, property) === "true",
    setValue: (value) => facts.setProperty(element, property, value ? "true" : ""),
  });
}

function Choice({ id, element, label, choose }) {
  const facts = useService("ownerFacts");
  const { of, property } = choose;
  const value = () => (property ? facts.property(element, property) : facts.attribute(element, ...of)) || "";
  return jsx(SelectEntry, {
    id,
    element,
    label: texts[label],
    getOptions: () => options(choose.from, value(), texts[choose.none]),
    getValue: value,
    setValue: (wanted) =>
      property ? facts.setProperty(element, property, wanted) : facts.setAttribute(element, of[0], of[1], wanted),
  });
}

function Exclusion({ id, element, place }) {
  const facts = useService("ownerFacts");
  const registry = useService("elementRegistry");
  const tasks = registry
    .filter((one) => !one.labelTarget && is(one, "bpmn:UserTask") && one !== element)
    .map((one) => ({ id: one.id, name: getBusinessObject(one).name || one.id }));
  const value = () => facts.list(element, "differsFrom")[place] || "";
  return jsx(SelectEntry, {
    id,
    element,
    label: texts.differsFrom,
    getOptions: () => options(tasks, value(), texts.nobody),
    getValue: value,
    setValue: (wanted) => {
      const all = facts.list(element, "differsFrom");
      all[place] = wanted;
      facts.setProperty(element, "differsFrom", [...new Set(all.filter(Boolean))].join(","));
    },
  });
}

function options(from, value, none) {
  const known = from.map((one) => ({ value: one.id, label: one.name || one.id }));
  const first = [{ value: "", label: none }];
  if (value && !known.some((one) => one.value === value)) {
    first.push({ value, label: value.startsWith("=") ? filled("expression", { text: value }) : value });
  }
  return [...first, ...known];
}

