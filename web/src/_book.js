// A book of sentences: a text is found as it stands, or by its places, {name}, and said again.
const PLACE = /\{\s*(\w+)\s*\}/g;
const DEEPEST = 3;

/** Return what says a text, or null where the book does not know it. */
export function book(sentences, value = (text) => text) {
  const patterns = Object.entries(sentences)
    .filter(([text, told]) => told && text.search(PLACE) >= 0)
    .map(([text, told]) => ({ told, length: text.replace(PLACE, "").length, pattern: pattern(text) }))
    .sort((one, other) => other.length - one.length);
  const say = (text, depth = 0) => {
    if (sentences[text]) return sentences[text];
    const found = patterns.find((one) => one.pattern.test(text));
    if (!found || depth > DEEPEST) return null;
    const { groups } = found.pattern.exec(text);
    return found.told.replace(PLACE, (_, name) => value(groups[name], (inner) => say(inner, depth + 1)));
  };
  return say;
}

function pattern(text) {
  const parts = text.split(PLACE).map((part, number) => (number % 2 ? `(?<${part}>[^]*?)` : RegExp.escape?.(part) ?? escaped(part)));
  return new RegExp(`^${parts.join("")}$`);
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\\/-]/g, "\\$&");
