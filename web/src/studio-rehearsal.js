// The form of a task or message in a rehearsal: filled here, judged by the server, never a document sent.
import { openForm } from "./_form.js";
import { island } from "./_api.js";
import { fieldAt, named, showFaults } from "./_faults.js";

async function start() {
  const data = island("rehearsal-data");
  if (data?.schema) await fill(data);
  document.getElementById("refused")?.focus();
  document.documentElement.dataset.rehearsal = "ready";
}

async function fill({ schema, variables, typed, errors, told }) {
  const holder = document.getElementById("rehearsal-form");
  const values = document.getElementById("values");
  const form = openForm();
  await form.importSchema(schema, { ...variables, ...typed });
  values.closest(".field").hidden = true;
  showErrors(form, errors);
  let filled = {};
  const asTold = document.getElementById("as-told");
  if (asTold) {
    asTold.hidden = false;
    asTold.addEventListener("click", async () => {
      filled = told;
      await form.importSchema(schema, { ...variables, ...told });
      asTold.focus();
    });
  }
  holder.addEventListener("submit", (event) => {
    const { data, errors, files } = form.submit();
    const wrong = withoutDocuments(form, errors);
    if (Object.keys(wrong).length) {
      event.preventDefault();
      showFaults(named(form, wrong));
      return;
    }
    values.value = JSON.stringify(nameDocuments(data, files, schema, filled));
  });
}

// A document is only named, its bytes stay on the device; whether one is wanted the server says.
function nameDocuments(data, files, schema, filled) {
  for (const field of schema.components.filter(({ type }) => type === "filepicker")) {
    const names = [...(files?.get(data[field.key]) || [])].map(({ name }) => name);
    if (names.length) data[field.key] = field.multiple ? names : names[0];
    else if (filled[field.key] !== undefined) data[field.key] = filled[field.key];
    else delete data[field.key];
  }
  return data;
}

const withoutDocuments = (form, errors) =>
  Object.fromEntries(
    Object.entries(errors).filter(([id]) => form.get("formFieldRegistry").get(id)?.type !== "filepicker"),
  );

function showErrors(form, errors) {
  const faults = Object.entries(errors || {}).flatMap(([path, texts]) =>
    texts.map((detail) => fieldAt(form, path.replaceAll(".", "/"), detail)),
  );
  if (!faults.length) return;
  const byField = {};
  for (const { id, detail } of faults) if (id) (byField[id] ||= []).push(detail);
  form._setState({ errors: byField });
  showFaults(faults);
}

start();
