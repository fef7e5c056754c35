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

// Drawings of tables and the order of attributes are no difference in what is decided.
export const readable = (text, kind) => {
  if (kind !== "form") return text.replaceAll("\r\n", "\n").split("\n");
  try {
    return JSON.stringify(JSON.parse(text), null, 2).split("\n");
  } catch {
    return text.split("\n");
  }
};

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
