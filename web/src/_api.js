// The one way of the pages to the API: JSON in, JSON or a problem document out.

import { allInWords } from "./_words.js";
const INSTANT = /\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g;

// Instants as people write them, on the institution's clock.
const written = (text) =>
  text.replace(INSTANT, (at) =>
    new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang, {
      timeZone: "Europe/Brussels",
      dateStyle: "medium",
      timeStyle: "short",
    }).format(new Date(at)),
  );

export class Refusal extends Error {
  constructor(problem, status) {
    super(written(problem.detail || problem.title || ""));
    this.problem = problem;
    this.status = status;
  }
}

export async function ask(address, { method = "GET", body, revision, key } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (revision !== undefined) headers["If-Match"] = `"r${revision}"`;
  if (key) headers["Idempotency-Key"] = key;
  const answer = await fetch(address, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin",
  });
  const content = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw new Refusal((await allInWords(content)) || {}, answer.status);
  return content;
}

export const island = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");
