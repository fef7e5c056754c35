// The editor of a form, with its preview as people will see it.
import { FormEditor } from "@bpmn-io/form-js-editor";
import { Form } from "@bpmn-io/form-js-viewer";
import { openFrame } from "./_studio_frame.js";
import { speak } from "./_library-words.js";
import { showLines } from "./_studio_lines.js";
import { download } from "./_studio_texts.js";

function makeEditor(data) {
  return data.may_edit ? building(data) : reading(data);
}

function building(data) {
  const editor = new FormEditor({ container: "#canvas" });
  const stack = () => editor.get("commandStack");
  const text = async () => `${JSON.stringify(editor.saveSchema(), null, 2)}\n`;
  const field = (id) => {
    const all = Object.values(editor.get("formFieldRegistry").getAll());
    return all.find((one) => one.id === id) || all.find((one) => one.key === id || one.path === id);
  };
  speak(document.getElementById("canvas"));
  preview(editor);
  return {
    open: (schema) => editor.importSchema(JSON.parse(schema)),
    text,
    has: (id) => Boolean(field(id)),
    select(id) {
      const one = field(id);
      if (!one) return;
      chosen("edit");
      editor.get("selection").set(one);
      document.querySelector(`#canvas [data-id="${CSS.escape(one.id)}"]`)?.scrollIntoView({ block: "center" });
    },
    can: (way) => (way === "undo" ? stack().canUndo() : stack().canRedo()),
    onChange: (act) => editor.on("commandStack.changed", act),
    compare,
    acts: {
      undo: () => stack().undo(),
      redo: () => stack().redo(),
      download: async () => download(data.file.name, await text(), "application/json"),
    },
  };
}

function reading(data) {
  speak(document.getElementById("preview"));
  const form = new Form({ container: "#preview" });
  let kept = "";
  return {
    async open(schema) {
      kept = schema;
      await form.importSchema(JSON.parse(schema));
    },
    text: async () => kept,
    select: () => {},
    onChange: () => {},
    compare,
    acts: { download: () => download(data.file.name, kept, "application/json") },
  };
}

const compare = async (body, mine, theirs) => showLines(body, { old: theirs, new: mine, kind: "form" });

function chosen(which) {
  for (const one of ["edit", "preview"]) {
    const tab = document.getElementById(`tab-${one}`);
    tab.setAttribute("aria-selected", String(one === which));
    tab.tabIndex = one === which ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = one !== which;
  }
}

function preview(editor) {
  speak(document.getElementById("preview"));
  const form = new Form({ container: "#preview" });
  const show = async (which) => {
    if (which === "preview") await form.importSchema(editor.saveSchema(), {});
    chosen(which);
  };
  for (const which of ["edit", "preview"]) {
    const tab = document.getElementById(`tab-${which}`);
    tab.addEventListener("click", () => show(which));
    tab.addEventListener("keydown", async ({ key }) => {
      if (key !== "ArrowRight" && key !== "ArrowLeft") return;
      const other = which === "edit" ? "preview" : "edit";
      await show(other);
      document.getElementById(`tab-${other}`).focus();
    });
  }
}

openFrame(makeEditor);
