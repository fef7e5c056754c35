// Read and change the extension elements of a shape, each change one step back for undo.
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";

const CHANGE = "element.updateModdleProperties";

export class Facts {
  static $inject = ["bpmnFactory", "commandStack"];

  constructor(bpmnFactory, commandStack) {
    this._make = bpmnFactory;
    this._stack = commandStack;
  }

  property(element, name) {
    return this._property(element, name)?.get("value") || "";
  }

  list(element, name) {
    return this.property(element, name).split(",").map((one) => one.trim()).filter(Boolean);
  }

  attribute(element, type, name) {
    return extension(element, type)?.get(name) || "";
  }

  setAttribute(element, type, name, value) {
    const steps = [];
    const holder = this._extension(element, type, steps);
    this._run([...steps, change(element, holder, { [name]: value || undefined })]);
  }

  setProperty(element, name, value) {
    const steps = [];
    const known = this._property(element, name);
    if (known && value) return this._run([change(element, known, { value })]);
    const holder = this._extension(element, "zeebe:Properties", steps);
    const others = holder.get("properties").filter((one) => one !== known);
    const added = value ? [this._child("zeebe:Property", holder, { name, value })] : [];
    this._run([...steps, change(element, holder, { properties: [...others, ...added] })]);
  }

  _property(element, name) {
    return extension(element, "zeebe:Properties")?.get("properties").find((one) => one.get("name") === name);
  }

  /** Return the extension of a type; what must be made for it is added to the steps. */
  _extension(element, type, steps) {
    const known = extension(element, type);
    if (known) return known;
    const owner = getBusinessObject(element);
    let all = owner.get("extensionElements");
    if (!all) {
      all = this._child("bpmn:ExtensionElements", owner, { values: [] });
      steps.push(change(element, owner, { extensionElements: all }));
    }
    const made = this._child(type, all, {});
    steps.push(change(element, all, { values: [...all.get("values"), made] }));
    return made;
  }

  _child(type, parent, facts) {
    const made = this._make.create(type, facts);
    made.$parent = parent;
    return made;
  }

  _run(steps) {
    this._stack.execute("properties-panel.multi-command-executor", steps);
  }
}

const extension = (element, type) =>
  getBusinessObject(element)
    .get("extensionElements")
    ?.get("values")
    .find((one) => one.$instanceOf?.(type));

const change = (element, moddleElement, properties) => ({ cmd: CHANGE, context: { element, moddleElement, properties } });
