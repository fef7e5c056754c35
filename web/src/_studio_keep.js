// Keep the file of a draft while somebody draws; two people never overwrite each other unseen.
import { Refusal } from "./_api.js";
import { filled, later, timeOf } from "./_studio_texts.js";

const PAUSE = 1500;
const AGAIN = 8000;

export async function load(address) {
  const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) throw await refusal(answer);
  const revision = Number(/r(\d+)/.exec(answer.headers.get("ETag") || "")?.[1]);
  return { text: await answer.text(), revision: Number.isFinite(revision) ? revision : null };
}

async function refusal(answer) {
  const json = answer.headers.get("Content-Type")?.includes("json");
  return new Refusal(json ? await answer.json() : {}, answer.status);
}

async function put(data, text, revision) {
  const answer = await fetch(data.save_address, {
    method: "PUT",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/octet-stream",
      "If-Match": `"r${revision}"`,
    },
    body: text,
    credentials: "same-origin",
  });
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()).revision;
}

export function keeper(data, editor, opened) {
  const state = { revision: data.draft.revision, kept: opened, dirty: false, busy: null, held: false };
  const status = document.getElementById("studio-status");
  const say = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };

  async function save() {
    const text = await editor.text();
    state.dirty = false;
    if (text === state.kept) return say(filled("unchanged"));
    say(filled("saving"));
    try {
      state.revision = await put(data, text, state.revision);
      state.kept = text;
      say(filled("saved", { time: timeOf(new Date()) }));
    } catch (error) {
      state.dirty = true;
      await failed(error);
    }
  }

  async function failed(error) {
    if (!(error instanceof Refusal) || error.status >= 500) {
      say(filled("offline"));
      return void setTimeout(now, AGAIN);
    }
    if (error.status !== 409 || error.problem.code !== "stale-draft") {
      return say(filled("refused", { reason: [error.message, error.problem.remedy].filter(Boolean).join(" – ") }));
    }
    const theirs = await load(data.file.address);
    const revision = theirs.revision ?? error.problem.facts?.revision;
    // another file of the draft was changed, this one was not: nothing to ask
    if (theirs.text === state.kept) {
      state.revision = revision;
      return save();
    }
    hold(theirs.text, revision, error.problem);
  }

  function hold(theirs, revision, problem) {
    state.held = true;
    say(filled("waiting"));
    askHowToGoOn({ theirs, problem, editor }, async (way) => {
      state.revision = revision;
      state.kept = theirs;
      if (way === "theirs") await editor.open(theirs);
      state.held = false;
      await now();
    });
  }

  async function now() {
    waiting.stop();
    if (state.held) return;
    if (state.busy) await state.busy;
    state.busy = save().catch((error) => say(filled("refused", { reason: error.message })));
    await state.busy;
    state.busy = null;
  }

  const waiting = later(now, PAUSE);
  window.addEventListener("beforeunload", (event) => {
    if (state.dirty || state.busy) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && state.dirty) now();
  });
  return {
    now,
    changed() {
      state.dirty = true;
      say(filled("waiting"));
      if (!state.held) waiting();
    },
  };
}

function askHowToGoOn({ theirs, problem, editor }, choose) {
  const box = document.getElementById("conflict");
  const facts = problem.facts || {};
  document.getElementById("conflict-text").textContent = filled("conflictIntro", {
    who: facts.changed_by || "",
    time: facts.changed_at ? timeOf(new Date(facts.changed_at)) : "",
  });
  const dialog = document.getElementById("difference");
  const done = (way) => () => {
    box.hidden = true;
    if (dialog.open) dialog.close();
    choose(way);
  };
  document.getElementById("conflict-mine").onclick = done("mine");
  document.getElementById("conflict-theirs").onclick = done("theirs");
  document.getElementById("conflict-look").onclick = async () => {
    const body = document.getElementById("difference-body");
    body.replaceChildren();
    dialog.showModal();
    await editor.compare(body, await editor.text(), theirs);
  };
  box.hidden = false;
  box.focus();
}
