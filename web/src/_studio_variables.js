// What an expression may name: the names of the draft, besides those of the drawing itself.
import { getVariablesForElement } from "@bpmn-io/extract-process-variables/zeebe";

export const variablesModule = (data) => ({
  variableResolver: [
    "value",
    {
      async getVariablesForElement(object) {
        const here = await getVariablesForElement(object);
        const known = new Set(here.map((one) => one.name));
        return [...here, ...data.variables.filter((name) => !known.has(name)).map((name) => ({ name }))];
      },
    },
  ],
});
