// Calls: how far the deadline is, kept true while the page stands; files too large are told at once.

const SECONDS = { year: 31536000, month: 2592000, week: 604800, day: 86400, hour: 3600, minute: 60, second: 1 };
// of a unit there are at least so many, so that 18 months do not become 2 years; the server agrees
const COUNTED = 2;

function distance(milliseconds) {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  const far = milliseconds / 1000;
  const [unit, size] = Object.entries(SECONDS).find(([name, one]) => name === "second" || Math.abs(far) / one >= COUNTED);
  return words.format(Math.round(far / size), unit);
}

function deadlines() {
  const marks = [...document.querySelectorAll("[data-deadline]")];
  const clock = document.getElementById("clock");
  if (!marks.length || !clock) return;
  // the institution's clock, not the one of this machine
  const ahead = Date.parse(clock.dateTime) - Date.now();
  const show = () => {
    for (const mark of marks) {
      const left = Date.parse(mark.dataset.deadline) - Date.now() - ahead;
      const text = left >= 0 ? mark.dataset.closes : mark.dataset.closed;
      const said = text.replace("{when}", distance(left));
      if (mark.textContent !== said) mark.textContent = said;
    }
  };
  setInterval(show, 20000);
}

function file() {
  const input = document.querySelector("input[type=file][data-most]");
  if (!input) return;
  const fault = document.getElementById("file-fault");
  const judge = () => {
    const chosen = input.files[0];
    const most = Number(input.dataset.most);
    const isTooLarge = Boolean(chosen) && chosen.size > most;
    fault.hidden = !isTooLarge;
    fault.textContent = isTooLarge
      ? input.dataset.tooLarge
          .replace("{size}", Math.ceil(chosen.size / 1e6))
          .replace("{most}", Math.round(most / 1e6))
      : "";
    input.setAttribute("aria-invalid", String(isTooLarge));
    return !isTooLarge;
  };
  input.addEventListener("change", judge);
  input.form.addEventListener(
    "submit",
    (event) => {
      if (judge()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      input.focus();
    },
    true,
  );
}

deadlines();
file();
document.getElementById("faults")?.focus();
document.documentElement.dataset.calls = "ready";
