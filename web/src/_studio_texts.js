// The words of the page: the template has them in the reader's language.
import { island } from "./_api.js";
import { template as own } from "./_library-words.js";

export const texts = island("studio-texts") || {};

export const filled = (key, facts = {}) =>
  (texts[key] || key).replace(/\{(\w+)\}/g, (all, name) => (name in facts ? String(facts[name]) : all));

export const kindOf = (type) => {
  const plain = type.replace(/^\w+:/, "");
  const key = plain[0].toLowerCase() + plain.slice(1);
  return texts.kinds?.[key] || plain.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
};

export const timeOf = (instant) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: "Europe/Brussels",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(instant);

/** An element with its text: hostile names stay text. */
export function made(tag, facts = {}, ...content) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name === "className" ? "class" : name, value);
  }
  node.append(...content);
  return node;
}

export const later = (act, pause) => {
  let waiting;
  const wait = (...facts) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => act(...facts), pause);
  };
  wait.stop = () => clearTimeout(waiting);
  return wait;
};

export function download(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  made("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// bpmn-js asks for each of its words; ours replace those made for developers.
export const translation = {
  translate: [
    "value",
    (template, replacements = {}) =>
      (texts.words?.[template] || own(template)).replace(/\{([^}]+)\}/g, (all, key) => replacements[key] ?? all),
  ],
};
