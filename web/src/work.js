// My work by keyboard: from row to row, choose, open. All of it can be done with Tab as well.

const list = document.getElementById("work-list");
const chosen = document.getElementById("chosen");

const rows = () => [...list.querySelectorAll(".work-row")];

function step(by) {
  const every = rows();
  const here = every.indexOf(document.activeElement.closest(".work-row"));
  const next = here < 0 ? (by > 0 ? 0 : every.length - 1) : Math.min(every.length - 1, Math.max(0, here + by));
  every[next]?.querySelector(".work-open").focus();
}

function choose() {
  const box = document.activeElement.closest(".work-row")?.querySelector("input[name=task]");
  if (!box) return;
  box.checked = !box.checked;
  count();
}

const KEYS = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  x: choose,
};

function count() {
  const number = list.querySelectorAll("input[name=task]:checked").length;
  chosen.textContent = number ? chosen.dataset.some.replace("{n}", String(number)) : chosen.dataset.none;
}

if (list) {
  // letters are keys only while the list has the focus: elsewhere they belong to the reader's tools
  list.addEventListener("keydown", (event) => {
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  list.addEventListener("change", count);
  window.addEventListener("pageshow", count);
}
document.documentElement.dataset.work = "ready";
