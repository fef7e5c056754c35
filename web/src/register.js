// The register: how many are chosen, everybody at once, how far an import is. No page needs it.

function choice() {
  const form = document.getElementById("register-choice");
  const all = document.getElementById("choose-all");
  const said = document.getElementById("register-chosen");
  if (!form || !all || !said) return;
  const boxes = [...form.querySelectorAll("input[name=person]")];
  const words = new Intl.NumberFormat(document.documentElement.lang);
  const show = () => {
    const chosen = boxes.filter((one) => one.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    said.textContent = `${words.format(chosen)} / ${words.format(boxes.length)}`;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    boxes.forEach((one) => (one.checked = all.checked));
    show();
  });
  boxes.forEach((one) => one.addEventListener("change", show));
  show();
}

// The page waits for the answer of the import and asks meanwhile how far it is.
function progress() {
  const form = document.querySelector("form[data-progress]");
  const shown = document.getElementById("register-progress");
  if (!form || !shown) return;
  const bar = shown.querySelector("progress");
  const said = shown.querySelector("[role=status]");
  const percent = (parts) => said.dataset.part.replace("{percent}", Math.floor(parts / 10));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    document.querySelectorAll("main form button").forEach((one) => (one.disabled = true));
    shown.hidden = false;
    said.textContent = percent(0);
    const asking = setInterval(async () => {
      const answer = await fetch(form.dataset.progress).catch(() => null);
      if (!answer?.ok) return;
      const { parts } = await answer.json();
      bar.value = parts;
      // a reader need not hear every step
      const words = percent(Math.floor(parts / 250) * 250);
      if (said.textContent !== words) said.textContent = words;
    }, 700);
    try {
      const answer = await fetch(form.action, { method: "POST" });
      if (answer.redirected) return location.assign(answer.url);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.querySelector("main").replaceWith(page.querySelector("main"));
    } catch {
      said.textContent = said.dataset.failed;
    } finally {
      clearInterval(asking);
    }
  });
}

choice();
progress();
document.getElementById("faults")?.focus();
document.documentElement.dataset.register = "ready";
