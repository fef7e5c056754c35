// A form to be filled: form-js holds typed text back for 300 ms, and loses it if it draws the
// form anew meanwhile. So every key is taken at once.
import { Form } from "@bpmn-io/form-js-viewer";

export const openForm = () => new Form({ container: "#form", debounce: false });
