// What the engine says, in the language of the page. Its sentences are fetched when it first speaks.
import { book } from "./_book.js";

const SOURCE = "en";
const DAY = /^[A-Z][a-z]{2} (\d\d)\.(\d\d)\.(\d{4})/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d[0-9:.]*(Z|[+-]\d\d:\d\d)$/;
const language = () => document.documentElement.lang;

let waiting = null;
const sentences = () =>
  (waiting ||= fetch("/words/engine.json", { credentials: "same-origin" })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))))
    .then(reader)
    // without them the engine is heard as it speaks
    .catch(() => ((waiting = null), (text) => text)));

function reader({ sentences: told, quotes }) {
  const say = book(told, (text, inner) => {
    const quoted = text.length > 1 && text.startsWith("'") && text.endsWith("'");
    if (!quoted) return valued(text, inner);
    return (quotes || "{}").replace("{}", () => valued(text.slice(1, -1), inner));
  });
  return (text) => say(text) ?? text;
}

function valued(text, inner) {
  const day = DAY.exec(text);
  if (day) {
    const rest = text.slice(day[0].length);
    return written(new Date(`${day[3]}-${day[2]}-${day[1]}T12:00:00Z`), { weekday: "short" }) + (rest && (inner(rest) ?? rest));
  }
  if (INSTANT.test(text)) return written(new Date(text), { hour: "2-digit", minute: "2-digit" });
  return inner(text) ?? text;
}

const written = (at, more) =>
  new Intl.DateTimeFormat(language(), { timeZone: "Europe/Brussels", day: "numeric", month: "short", year: "numeric", ...more }).format(at);

/** Return a text of the engine as the reader says it. */
export async function inWords(text) {
  if (language() === SOURCE || typeof text !== "string" || !text) return text;
  return (await sentences())(text);
}

/** Return a problem document, or a finding, with its texts as the reader says them. */
export async function allInWords(told) {
  if (language() === SOURCE || !told) return told;
  const names = ["title", "detail", "message", "remedy"].filter((name) => typeof told[name] === "string");
  const texts = await Promise.all(names.map((name) => inWords(told[name])));
  const said = { ...told, ...Object.fromEntries(names.map((name, place) => [name, texts[place]])) };
  if (Array.isArray(told.errors)) said.errors = await Promise.all(told.errors.map(allInWords));
  return said;
}
