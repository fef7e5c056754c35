// What the gate finds, beside the drawing and on it.
import { ask } from "./_api.js";
import { filled, made } from "./_studio_texts.js";
import { allInWords } from "./_words.js";

export function showFindings(data, editor) {
  const list = document.getElementById("findings");
  const state = document.getElementById("findings-state");
  const all = document.getElementById("findings-all");
  let asked = 0;

  async function refresh() {
    const turn = (asked += 1);
    state.textContent = state.textContent || filled("checking");
    try {
      const body = { name: data.file.name, content: await editor.text() };
      const found = await ask(data.check_address, { method: "POST", body });
      const answer = await Promise.all(found.map(allInWords));
      if (turn === asked) show(answer);
    } catch {
      if (turn === asked) state.textContent = filled("checkFailed");
    }
  }

  function show(found) {
    const here = found.filter((one) => one.file === data.file.name);
    const shown = all.checked ? found : here;
    const said = shown.length ? filled("findings", { count: shown.length }) : filled("noFindings");
    if (state.textContent !== said) state.textContent = said;
    list.replaceChildren(...shown.map((one) => entry(one, data, editor)));
    editor.mark?.(here);
  }

  all.addEventListener("change", refresh);
  return { refresh };
}

function entry(finding, data, editor) {
  const grave = finding.severity === "error";
  const tag = made("span", { class: grave ? "tag tag--late" : "tag tag--soon" }, filled(grave ? "error" : "warning"));
  const line = made("li", { "data-code": finding.code }, tag, " ", place(finding, data, editor));
  if (finding.remedy) line.append(made("span", { class: "quiet findings__remedy" }, finding.remedy));
  return line;
}

function place(finding, data, editor) {
  const said = finding.message;
  if (finding.file !== data.file.name && data.files.includes(finding.file)) {
    const address = `${encodeURIComponent(finding.file)}#${encodeURIComponent(finding.element || "")}`;
    return made("a", { href: address }, `${finding.file}: ${said}`);
  }
  if (!finding.element || !editor.has?.(finding.element)) return made("span", {}, said);
  const button = made("button", { type: "button", class: "link findings__go" }, said);
  button.addEventListener("click", () => editor.select(finding.element));
  return button;
}
