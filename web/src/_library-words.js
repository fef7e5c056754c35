// The words of form-js, bpmn-js and dmn-js in the language of the page; English is their own.
import { book } from "./_book.js";
import de from "./_library-words.de.json";
import fr from "./_library-words.fr.json";

const own = { de, fr }[document.documentElement.lang];
const known = own && book(own);
const ATTRIBUTES = ["placeholder", "aria-label", "title"];

/** Return a word of a library as the reader says it. */
export const said = (text) => known?.(text) || text;

/** Return a template of bpmn-js; its places are filled afterwards. */
export const template = (text) => own?.[text] || text;

/** The module by which a viewer of bpmn-js says its words. */
export const translation = {
  translate: ["value", (text, facts = {}) => template(text).replace(/\{([^}]+)\}/g, (all, key) => facts[key] ?? all)],
};

// form-js has no place for words of others: what it puts on the page is put right at once.
export function speak(holder) {
  if (!known || !holder) return;
  const watched = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES };
  const right = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return rightText(node);
    if (node.nodeType !== Node.ELEMENT_NODE || node.isContentEditable) return;
    for (const name of ATTRIBUTES) rightAttribute(node, name);
    node.childNodes.forEach(right);
  };
  right(holder);
  new MutationObserver((changes) => {
    for (const { target, addedNodes, type, attributeName } of changes) {
      if (type === "attributes") rightAttribute(target, attributeName);
      else if (type === "characterData") rightText(target);
      else addedNodes.forEach(right);
    }
  }).observe(holder, watched);
}

function rightText(node) {
  // what somebody is writing is theirs
  if (node.parentElement?.isContentEditable) return;
  const word = node.data.trim() && known(node.data.trim());
  if (word && node.data.trim() !== word) node.data = node.data.replace(node.data.trim(), () => word);
}

function rightAttribute(node, name) {
  const there = node.getAttribute(name);
  const word = there && known(there);
  if (word && word !== there) node.setAttribute(name, word);
}
