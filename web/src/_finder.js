// Find anything: Ctrl-K opens a box; arrows choose among what the server found, Enter opens it.

const PAUSE = 120;

export function finder() {
  const box = document.getElementById("finder");
  const opener = document.getElementById("finder-button");
  if (!box || !opener) return;
  const input = document.getElementById("finder-words");
  const results = document.getElementById("finder-results");
  const said = document.getElementById("finder-said");
  let waiting = null;
  let asking = null;
  let chosen = -1;
  let before = null;

  const options = () => [...results.querySelectorAll("[role=option]")];

  function choose(place) {
    const all = options();
    chosen = all.length ? (place + all.length) % all.length : -1;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-expanded", String(all.length > 0));
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  async function ask() {
    clearTimeout(waiting);
    asking?.abort();
    asking = new AbortController();
    const address = `/find?${new URLSearchParams({ q: input.value, part: "results" })}`;
    try {
      const answer = await fetch(address, { signal: asking.signal, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new TypeError(answer.statusText);
      // written by our own server, which escapes every name; scripts in it would not run
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      results.replaceChildren(...page.body.childNodes);
      said.textContent = document.getElementById("finder-count")?.textContent || "";
      choose(input.value.trim() ? 0 : -1);
      box.dataset.answered = input.value;
    } catch (error) {
      if (error.name === "AbortError") return;
      results.replaceChildren();
      results.textContent = said.textContent = results.dataset.failed;
      choose(-1);
    }
  }

  function open() {
    before = document.activeElement;
    if (!box.open) box.showModal();
    input.select();
    ask();
  }

  opener.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (document.querySelector("dialog[open]:not(#finder)")) return;
    event.preventDefault();
    if (box.open) box.close();
    else open();
  });
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key in steps) {
      event.preventDefault();
      choose(chosen < 0 && steps[event.key] < 0 ? -1 : chosen + steps[event.key]);
    } else if (event.key === "Enter" && chosen >= 0 && box.dataset.answered === input.value) {
      event.preventDefault();
      options()[chosen].click();
    }
  });
  results.addEventListener("mousemove", (event) => {
    const over = event.target.closest("[role=option]");
    if (over && over.getAttribute("aria-selected") !== "true") choose(options().indexOf(over));
  });
  // a click beside the box closes it
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  box.addEventListener("close", () => {
    asking?.abort();
    input.blur();
    if (before?.isConnected && before !== document.body) before.focus();
  });
}
