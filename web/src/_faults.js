// Errors of a form: beside the field (form-js) and in a summary above it that has the focus.
import { said } from "./_library-words.js";

export function fieldAt(form, pointer, detail) {
  const steps = pointer.split("/").filter((step) => step && step !== "variables" && !/^\d+$/.test(step));
  const wanted = steps.at(-1);
  const field = form && [...Object.values(form.get("formFieldRegistry").getAll())].find((one) => one.key === wanted || one.path === wanted);
  return { id: field?.id, label: field?.label || wanted, detail };
}

export function named(form, errors) {
  return Object.entries(errors).flatMap(([id, found]) => {
    const field = form.get("formFieldRegistry").get(id);
    const texts = Array.isArray(found) ? found.flat(Infinity) : Object.values(found).flat(Infinity);
    return [...new Set(texts.filter((text) => typeof text === "string"))].map((detail) => ({ id, label: field?.label, detail: said(detail) }));
  });
}

export function showFaults(faults) {
  const box = document.getElementById("faults");
  const list = document.getElementById("fault-list");
  box.querySelector(".finished")?.remove();
  list.replaceChildren(
    ...faults.map(({ id, label, detail }) => {
      const entry = document.createElement("li");
      const place = label ? document.createElement("button") : null;
      if (place) {
        place.type = "button";
        place.className = "link";
        place.textContent = label;
        place.addEventListener("click", () => focusField(id));
        entry.append(place, ": ");
      }
      entry.append(detail);
      return entry;
    }),
  );
  box.hidden = false;
  box.focus();
}

function focusField(id) {
  const holder = document.querySelector(`#form [data-id="${CSS.escape(id || "")}"]`) || document.querySelector(`#form [id*="${CSS.escape(id || "")}"]`);
  const input = holder?.matches("input,textarea,select") ? holder : holder?.querySelector("input,textarea,select,button");
  (input || document.getElementById("form")).focus();
}

export function showRefusal(form, error) {
  const found = error.problem?.errors || [];
  const faults = found.map(({ pointer, detail }) => fieldAt(form, pointer || "", detail));
  const errors = {};
  for (const fault of faults) if (fault.id) (errors[fault.id] ||= []).push(fault.detail);
  if (form && Object.keys(errors).length) form._setState({ errors });
  showFaults(faults.length ? faults : [{ detail: [error.message, error.problem?.remedy].filter(Boolean).join(" – ") }]);
}

// Somebody else was first: what became of the task stands above what one has typed, which stays.
export function showFinished(told) {
  const box = document.getElementById("faults");
  document.getElementById("fault-list").replaceChildren();
  box.querySelector(".finished")?.remove();
  box.append(told);
  box.hidden = false;
  box.focus();
}
