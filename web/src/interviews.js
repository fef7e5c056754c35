// The planner: names are dragged onto the week, arrows lead through it, the button counts.

const form = document.getElementById("place-form");
const send = document.getElementById("send");
const grid = document.getElementById("grid");

function count() {
  const button = document.getElementById("send-button");
  if (!send || !button) return;
  const boxes = [...send.querySelectorAll("input[name=task]:not(:disabled)")];
  const show = () => {
    const n = boxes.filter((box) => box.checked).length;
    button.textContent = n === 1 ? send.dataset.one : send.dataset.many.replace("{n}", String(n));
    button.disabled = n === 0;
  };
  send.addEventListener("change", show);
  show();
}

function fill(cell, task) {
  const set = (name, value) => {
    form.elements.namedItem(name).value = value;
  };
  if (task) set("task", task);
  set("date", cell.dataset.day);
  set("time", cell.dataset.time);
  set("place", cell.dataset.place);
}

function drags() {
  if (!form || !grid) return;
  let task = null;
  for (const name of document.querySelectorAll("#waiting [draggable]")) {
    name.addEventListener("dragstart", (event) => {
      task = name.dataset.task;
      event.dataTransfer.setData("text/plain", name.textContent.trim());
      event.dataTransfer.effectAllowed = "move";
    });
    name.addEventListener("dragend", () => {
      task = null;
      for (const cell of grid.querySelectorAll(".is-target")) cell.classList.remove("is-target");
    });
  }
  for (const cell of grid.querySelectorAll("td[data-place]")) {
    cell.addEventListener("dragover", (event) => {
      if (!task) return;
      event.preventDefault();
      cell.classList.add("is-target");
    });
    cell.addEventListener("dragleave", () => cell.classList.remove("is-target"));
    cell.addEventListener("drop", (event) => {
      if (!task) return;
      event.preventDefault();
      fill(cell, task);
      form.requestSubmit();
    });
  }
}

// a click on a free place fills the form without loading the page anew; what is chosen stays
function clicks() {
  if (!form || !grid) return;
  for (const link of grid.querySelectorAll(".interviews-free")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      fill(link.closest("td"), null);
      const first = form.elements.namedItem("task");
      (first.value ? form.elements.namedItem("time") : first).focus();
    });
  }
}

// the arrow keys lead from one free place to the next, in its line and in its column
function arrows() {
  if (!grid) return;
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  grid.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    let row = cell.parentElement.rowIndex + step[0];
    let column = cell.cellIndex + step[1];
    while (grid.rows[row]?.cells[column]) {
      const found = grid.rows[row].cells[column].querySelector(".interviews-free");
      if (found) {
        event.preventDefault();
        found.focus();
        return;
      }
      row += step[0];
      column += step[1];
    }
  });
}

count();
drags();
clicks();
arrows();
document.documentElement.dataset.interviews = "ready";
