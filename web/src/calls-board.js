// The board: more cards on demand, several at once, and moving a card by hand, key or menu.
import { Refusal, ask, island } from "./_api.js";
import { finished } from "./_finished.js";

const words = island("board-words");
const board = document.querySelector(".calls-board");
const form = document.getElementById("board-form");
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

// --- more cards --------------------------------------------------------------------------------

async function more(link) {
  if (link.dataset.asked) return;
  link.dataset.asked = "yes";
  const entry = link.closest("li");
  const list = entry.parentElement;
  const hadFocus = document.activeElement === link;
  try {
    const answer = await fetch(link.href, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.statusText);
    const found = new DOMParser().parseFromString(`<ol>${await answer.text()}</ol>`, "text/html");
    const entries = [...found.querySelectorAll("ol > li")];
    entry.replaceWith(...entries);
    prepare(list);
    if (hadFocus) entries[0]?.querySelector("a, button, input")?.focus();
  } catch {
    delete link.dataset.asked;
  }
}

const near = new IntersectionObserver(
  (seen) => {
    for (const one of seen) if (one.isIntersecting) more(one.target);
  },
  { rootMargin: "400px" },
);

function prepare(list) {
  for (const link of list.querySelectorAll("[data-more]")) near.observe(link);
  for (const button of list.querySelectorAll(".calls-move")) button.hidden = false;
}

// --- several at once ---------------------------------------------------------------------------

const ticked = () => [...form.querySelectorAll("input[name=task]:checked")];

function judge() {
  const chosen = ticked();
  const reasons = [];
  for (const button of form.querySelectorAll("button[name=verb]")) {
    const why = obstacle(button.value, chosen);
    button.disabled = Boolean(why);
    if (why && chosen.length) reasons.push(`${button.textContent.replace("…", "")}: ${why}`);
  }
  document.getElementById("selected").textContent = fill(chosen.length ? words.selected : words.nothing, { n: chosen.length });
  document.getElementById("why-not").textContent = reasons.join(" ");
  document.getElementById("select-none").hidden = !chosen.length;
}

function obstacle(verb, chosen) {
  if (!chosen.length) return words.nothing;
  const unable = chosen.filter((one) => !(verb in one.dataset)).length;
  if (unable) return fill(words[`not_${verb}`], { n: unable });
  const kinds = new Set(chosen.map((one) => `${one.dataset.element} ${one.dataset.version}`));
  return verb === "complete" && kinds.size > 1 ? words.not_same : null;
}

// --- moving a card -----------------------------------------------------------------------------

// Why a card cannot go to a column; null when it can.
function refusal(card, column) {
  if (card.dataset.column === column) return words.here;
  if (card.dataset.blocked) return card.dataset.blocked;
  const leads = (card.dataset.leads || "").split(" ");
  return leads.includes(column) ? null : fill(words.refused, { task: card.dataset.name });
}

async function move(card, column) {
  if (refusal(card, column)) return;
  // a form asks what no move of a card can answer
  if (card.dataset.form) return location.assign(`/tasks/${card.dataset.task}`);
  try {
    await ask(`/api/v1/tasks/${card.dataset.task}/complete`, {
      method: "POST",
      body: { variables: {} },
      revision: Number(card.dataset.revision),
      key: crypto.randomUUID(),
    });
    location.reload();
  } catch (error) {
    const why = error instanceof Refusal ? [error.message, error.problem.remedy].filter(Boolean).join(" – ") : error.message;
    const said = document.getElementById("moved");
    said.textContent = fill(words.failed, { why });
    const told = await finished(error, card.dataset.task);
    if (told) said.replaceChildren(told);
    said.hidden = false;
    said.focus();
  }
}

function openMenu(card) {
  const dialog = document.getElementById("move");
  const title = document.getElementById("move-title");
  title.textContent = fill(title.dataset.title, { who: card.dataset.who });
  document.getElementById("move-hint").textContent = card.dataset.blocked || (card.dataset.form ? words.form : "");
  document.getElementById("move-list").replaceChildren(...words.columns.map((column) => entryOf(card, column, dialog)));
  dialog.showModal();
}

function entryOf(card, column, dialog) {
  const entry = document.createElement("li");
  const button = document.createElement("button");
  const why = refusal(card, column.id);
  button.type = "button";
  button.className = "button button--small";
  button.append(column.title);
  entry.append(button);
  if (!why) {
    button.addEventListener("click", () => {
      dialog.close();
      move(card, column.id);
    });
    return entry;
  }
  const reason = document.createElement("span");
  reason.className = "small quiet";
  reason.id = `why-${column.id}`;
  reason.textContent = why;
  button.setAttribute("aria-disabled", "true");
  button.setAttribute("aria-describedby", reason.id);
  entry.append(reason);
  return entry;
}

// --- by hand -----------------------------------------------------------------------------------

let held = null;

function mark(card) {
  for (const column of board.querySelectorAll(".calls-column")) {
    const why = card && refusal(card, column.dataset.column);
    const note = column.querySelector(".calls-refusal");
    column.classList.toggle("is-open", Boolean(card) && !why);
    column.classList.toggle("is-refused", Boolean(why));
    note.textContent = why || "";
    note.hidden = !why;
  }
}

function byHand() {
  board.addEventListener("dragstart", (event) => {
    held = event.target.closest?.(".calls-card");
    if (!held) return;
    event.dataTransfer.setData("text/plain", held.dataset.who);
    event.dataTransfer.effectAllowed = "move";
    // marking at once would change the page under the picture that is dragged
    setTimeout(() => mark(held), 0);
  });
  board.addEventListener("dragover", (event) => {
    const column = event.target.closest(".calls-column");
    if (!held || !column || refusal(held, column.dataset.column)) return;
    event.preventDefault();
  });
  board.addEventListener("drop", (event) => {
    const column = event.target.closest(".calls-column");
    if (!held || !column) return;
    event.preventDefault();
    move(held, column.dataset.column);
  });
  board.addEventListener("dragend", () => {
    held = null;
    mark(null);
  });
}

// A call that is far on begins with empty columns: the first with a card is shown first.
function showFirst() {
  const first = board.querySelector(".calls-column:not(.is-empty)");
  const last = first && first.offsetLeft + first.offsetWidth;
  if (last > board.clientWidth) board.scrollLeft = first.offsetLeft - board.clientWidth / 2;
}

if (board && form) {
  showFirst();
  prepare(board);
  judge();
  form.addEventListener("change", judge);
  window.addEventListener("pageshow", judge);
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-more]");
    if (link) {
      event.preventDefault();
      more(link);
    }
    const button = event.target.closest(".calls-move");
    if (button) openMenu(button.closest(".calls-card"));
  });
  document.getElementById("select-none").addEventListener("click", () => {
    for (const one of ticked()) one.checked = false;
    judge();
  });
  byHand();
}
document.documentElement.dataset.board = "ready";
