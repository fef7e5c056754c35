// The form of a message that arrived from outside: written down once, judged by the server.
import { openForm } from "./_form.js";
import { ask, island } from "./_api.js";
import { named, showFaults, showRefusal } from "./_faults.js";

export async function startMessage() {
  const message = island("message-data");
  if (!message) return;
  const form = openForm();
  await form.importSchema(message.schema, {});
  const button = document.getElementById("complete");
  const key = crypto.randomUUID();
  button.addEventListener("click", async () => {
    const { data, errors } = form.submit();
    if (Object.keys(errors).length) return showFaults(named(form, errors));
    button.disabled = true;
    try {
      await ask(message.address, { method: "POST", body: { variables: data }, key });
      location.assign(message.back);
    } catch (error) {
      showRefusal(form, error);
      button.disabled = false;
    }
  });
  document.documentElement.dataset.form = "ready";
}
