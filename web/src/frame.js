// On every page: htmx, the institution's clock, keys, menus. No page needs it to be read.
import "htmx.org";
import { finder } from "./_finder.js";
import { live } from "./_live.js";

const ready = (act) =>
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", act) : act();

function clock() {
  const shown = document.getElementById("clock");
  if (!shown) return;
  const ahead = Date.parse(shown.dateTime) - Date.now();
  const words = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: "Europe/Brussels",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const show = () => {
    const now = new Date(Date.now() + ahead);
    shown.dateTime = now.toISOString();
    shown.textContent = words.format(now);
  };
  show();
  setInterval(show, 5000);
}

function menu() {
  const button = document.getElementById("menu-button");
  const entries = document.getElementById("navigation");
  if (!button || !entries) return;
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    entries.classList.toggle("is-open", !open);
  });
}

// A form that changes something asks once before it is sent, and is sent once.
function forms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    if (form.method === "post") form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  });
}

// After a redirect the message is heard and seen first.
function message() {
  document.getElementById("said")?.focus();
}

ready(() => {
  clock();
  menu();
  forms();
  message();
  finder();
  live();
  document.documentElement.dataset.ready = "yes";
});
