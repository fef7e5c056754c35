// The editor of a process drawing.
import BpmnModeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { CloudElementTemplatesPropertiesProviderModule } from "bpmn-js-element-templates";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from "bpmn-js-properties-panel";
import ZeebeBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { speak } from "./_library-words.js";
import { around, fitReadable, label, show } from "./_studio_canvas.js";
import { compareBpmn } from "./_studio_compare.js";
import { listElements } from "./_studio_elements.js";
import { openFrame } from "./_studio_frame.js";
import { marks } from "./_studio_marks.js";
import { ownerModule } from "./_studio_owner.js";
import { download, later, translation } from "./_studio_texts.js";
import { variablesModule } from "./_studio_variables.js";

function makeViewer(data) {
  const shared = { container: "#canvas", moddleExtensions: { zeebe } };
  if (!data.may_edit) return new NavigatedViewer({ ...shared, additionalModules: [translation] });
  const modeler = new BpmnModeler({
    ...shared,
    propertiesPanel: { parent: "#properties", layout: { groups: { general: { open: true } } } },
    additionalModules: [
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      ZeebePropertiesProviderModule,
      CloudElementTemplatesPropertiesProviderModule,
      ZeebeBehaviors,
      ownerModule(data),
      variablesModule(data),
      translation,
    ],
  });
  modeler.get("elementTemplatesLoader").setTemplates(data.templates);
  return modeler;
}

function makeEditor(data) {
  const viewer = makeViewer(data);
  speak(document.getElementById("properties"));
  const registry = viewer.get("elementRegistry");
  const select = (id) => {
    const element = show(viewer, id);
    if (element) viewer.get("selection", false)?.select(element);
    viewer.get("canvas").focus?.();
  };
  const mark = marks(viewer, select);
  const list = () => listElements(document.getElementById("elements"), registry, select);
  const stack = () => viewer.get("commandStack", false);
  const text = async () => (await viewer.saveXML({ format: true })).xml;
  return {
    async open(xml) {
      await viewer.importXML(xml);
      fitReadable(viewer);
      label(viewer, data.file.name);
      list();
    },
    text,
    has: (id) => Boolean(registry.get(id)),
    select,
    mark,
    can: (way) => (way === "undo" ? stack()?.canUndo() : stack()?.canRedo()),
    onChange(act) {
      const again = later(list, 300);
      viewer.on("commandStack.changed", () => {
        again();
        act();
      });
    },
    compare: (body, mine, theirs) => compareBpmn(body, { old: theirs, new: mine, oldName: "theirs", newName: "yours" }),
    acts: {
      ...around(viewer),
      undo: () => stack().undo(),
      redo: () => stack().redo(),
      download: async () => download(data.file.name, await text(), "application/xml"),
      svg: async () => download(data.file.name.replace(/\.bpmn$/, ".svg"), (await viewer.saveSVG()).svg, "image/svg+xml"),
    },
  };
}

openFrame(makeEditor);
