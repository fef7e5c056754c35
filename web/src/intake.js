// The intake queue by keyboard: J and K go on and back, in the list and from mail to mail.

const TYPING = "input, textarea, select, [contenteditable]";

function step(forwards) {
  const rows = [...document.querySelectorAll("[data-keys] tbody a")];
  if (!rows.length) {
    document.querySelector(`a[rel=${forwards ? "next" : "prev"}][aria-keyshortcuts]`)?.click();
    return;
  }
  const here = rows.indexOf(document.activeElement);
  const to = here < 0 ? (forwards ? 0 : rows.length - 1) : here + (forwards ? 1 : -1);
  rows[Math.max(0, Math.min(rows.length - 1, to))].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
  if (document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key !== "j" && key !== "k") return;
  event.preventDefault();
  step(key === "j");
});

document.getElementById("faults")?.focus();
document.documentElement.dataset.intake = "ready";
