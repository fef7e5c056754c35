// The words of a drawing in the language of the reader: put in before it is drawn, the file stays.
export function rename(viewer, words = {}) {
  if (!Object.keys(words).length) return;
  viewer.on("import.parse.complete", ({ elementsById }) => {
    for (const one of Object.values(elementsById || {})) {
      if (words[one.name]) one.name = words[one.name];
      if (words[one.text]) one.text = words[one.text];
    }
  });
}
