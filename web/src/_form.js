// A form to be filled: form-js holds typed text back for 300 ms, and loses it if it draws the
// form anew meanwhile. So every key is taken at once.
import { Form } from "@bpmn-io/form-js-viewer";
import { French } from "flatpickr/dist/esm/l10n/fr.js";
import { German } from "flatpickr/dist/esm/l10n/de.js";
import flatpickr from "flatpickr";
import { speak } from "./_library-words.js";

const months = { fr: French, de: German }[document.documentElement.lang];
if (months) flatpickr.localize(months);

export function openForm() {
  speak(document.getElementById("form"));
  return new Form({ container: "#form", debounce: false });
}
