// Says when what the page shows was changed elsewhere. It never reloads by itself: nothing moves
// under the reader's hands, and what one has typed stays.

export function live() {
  const address = document.body.dataset.watch;
  const box = document.getElementById("live");
  if (!address || !box || !window.EventSource) return;
  let source = null;

  function show(content, isQuiet) {
    const text = document.createElement("p");
    const link = document.createElement("a");
    // without the fragment: with it, the browser would only scroll
    const here = new URL(location.href);
    here.hash = "";
    here.searchParams.delete("said");
    link.href = here;
    link.textContent = content.link;
    const later = document.createElement("button");
    later.type = "button";
    later.className = "link";
    later.textContent = content.hide;
    later.addEventListener("click", hide);
    text.append(content.text, " ", link, " ", later);
    // above the page and not in it: what one is about to click stays where it is
    box.replaceChildren();
    box.className = isQuiet ? "message live" : "message message--warn live";
    // a region is heard when something is written into it while it is there already
    box.hidden = false;
    setTimeout(() => box.replaceChildren(text), 50);
  }

  function hide() {
    box.hidden = true;
    setTimeout(() => box.hidden && box.replaceChildren(), 50);
  }

  function close() {
    source?.close();
    source = null;
    delete box.dataset.listening;
  }

  function open() {
    if (source || document.hidden) return;
    source = new EventSource(address);
    source.addEventListener("open", () => (box.dataset.listening = "yes"));
    source.addEventListener("changed", (event) => show(JSON.parse(event.data), false));
    source.addEventListener("moved", (event) => show(JSON.parse(event.data), true));
    source.addEventListener("same", hide);
    source.addEventListener("over", (event) => {
      show(JSON.parse(event.data), false);
      close();
    });
    source.addEventListener("error", () => {
      if (source?.readyState === EventSource.CLOSED) close();
    });
  }

  // a hidden page holds no connection; on return it asks what it missed
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  open();
}
