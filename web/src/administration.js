// Incidents: one box ticks all the others of the page.
for (const label of document.querySelectorAll("[data-tick-all]")) {
  const all = label.querySelector("input");
  const boxes = [...document.querySelectorAll(`input[type="checkbox"][name="${label.dataset.tickAll}"]`)];
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  boxes.forEach((box) => box.addEventListener("change", show));
  label.hidden = boxes.length === 0;
  show();
}
document.documentElement.dataset.administration = "ready";
