// The difference of two texts, line by line.
import { filled, made, texts } from "./_studio_texts.js";

const AROUND = 3;
const MOST = 4_000_000;

/** Lines with "+", "-" or " ": the longest common part stays. */
export function differences(before, after) {
  let first = 0;
  while (first < before.length && first < after.length && before[first] === after[first]) first += 1;
  let last = 0;
  while (last < before.length - first && last < after.length - first && before.at(-1 - last) === after.at(-1 - last)) last += 1;
  const a = before.slice(first, before.length - last);
  const b = after.slice(first, after.length - last);
  const same = (lines) => lines.map((line) => [" ", line]);
  return [...same(before.slice(0, first)), ...middle(a, b), ...same(before.slice(before.length - last))];
}

function middle(a, b) {
  // too much to compare: say it as a whole
  if (a.length * b.length > MOST) return [...a.map((line) => ["-", line]), ...b.map((line) => ["+", line])];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const skip = Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
      common[i * width + j] = a[i] === b[j] ? common[(i + 1) * width + j + 1] + 1 : skip;
    }
  }
  return walk(a, b, common, width);
}

function walk(a, b, common, width) {
  const found = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push([" ", a[i]]);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      found.push(["-", a[i++]]);
    } else found.push(["+", b[j++]]);
  }
  return found;
}

/** What is decided or asked, without how it is laid out: order of attributes, spaces, drawing. */
export function readable(text, kind) {
  if (!text) return [];
  try {
    return kind === "form" ? formLines(JSON.parse(text)) : tableLines(text);
  } catch {
    return text.replaceAll("\r\n", "\n").split("\n");
  }
}

const FIRST = ["type", "label", "key", "id"];

function formLines(form) {
  const rank = (key) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  const sorted = (_key, value) => {
    if (!value || typeof value !== "object" || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)));
  };
  return JSON.stringify(form, sorted, 2).split("\n");
}

function tableLines(text) {
  const parsed = new DOMParser().parseFromString(text, "application/xml");
  if (parsed.querySelector("parsererror")) throw new Error("not XML");
  return [...linesIn(parsed.documentElement, "")];
}

const NOT_DECIDED = new Set(["DMNDI", "extensionElements"]);
const wordsOf = (element) => element.textContent.trim().replace(/\s+/g, " ");

function* linesIn(element, indent) {
  if (NOT_DECIDED.has(element.localName)) return;
  if (element.localName === "rule") return void (yield indent + ruleLine(element));
  const facts = [...element.attributes]
    .filter(({ name }) => !name.startsWith("xmlns") && !name.includes(":") && name !== "namespace")
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, value }) => `${name}="${value}"`);
  const text = element.children.length ? "" : wordsOf(element);
  yield indent + [element.localName, ...facts, text].filter(Boolean).join(" ");
  for (const child of element.children) yield* linesIn(child, `${indent}  `);
}

function ruleLine(rule) {
  const cells = (name) => [...rule.children].filter((one) => one.localName === name).map((one) => wordsOf(one) || "-");
  const remark = [...rule.children].find((one) => one.localName === "description");
  const said = `rule: ${cells("inputEntry").join(" | ")} → ${cells("outputEntry").join(" | ")}`;
  return remark && wordsOf(remark) ? `${said}   (${wordsOf(remark)})` : said;
}

export function showLines(container, { old, new: fresh, kind }) {
  const lines = differences(readable(old, kind), readable(fresh, kind));
  if (lines.every(([sign]) => sign === " ")) return void container.append(made("p", {}, texts.sameFile));
  const near = (at) => lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(([sign]) => sign !== " ");
  const list = made("ol", { class: "lines" });
  let skipped = 0;
  const rest = () => {
    if (skipped) list.append(made("li", { class: "lines__skipped" }, filled("skipped", { count: skipped })));
    skipped = 0;
  };
  lines.forEach(([sign, line], at) => {
    if (!near(at)) return void (skipped += 1);
    rest();
    list.append(lineOf(sign, line));
  });
  rest();
  container.append(made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": texts.changed }, list));
}

function lineOf(sign, line) {
  if (sign === " ") return made("li", {}, made("code", {}, `  ${line}`));
  const said = sign === "+" ? texts.lineAdded : texts.lineRemoved;
  return made(
    "li",
    { class: sign === "+" ? "lines__added" : "lines__removed" },
    made("span", { class: "visually-hidden" }, `${said}: `),
    made("code", {}, `${sign} ${line}`),
  );
}
