// Following the stream: it goes on where it stopped, whoever was away, page or server.

const RETRY_MS = 2000;
const state = document.getElementById("state");

export function tell(word) {
  if (state.textContent === word) return;
  state.textContent = word;
  state.dataset.state = word;
}

/**
 * Follow the stream at `address` (a path with its query). `onRow` is given each row, `onAnew` is
 * called when what comes next is not what comes after the last row. Returns what ends it.
 */
export function follow(address, { onRow, onAnew }) {
  let source = null;
  let last = "";
  let timer = 0;

  function open() {
    const url = new URL(address, location.origin);
    if (last) url.searchParams.set("after", last);
    source = new EventSource(url);
    source.onopen = () => tell("live");
    source.onmessage = (event) => {
      last = event.lastEventId || last;
      onRow(JSON.parse(event.data));
    };
    source.addEventListener("anew", () => onAnew());
    source.addEventListener("broker", (event) => tell(event.data === "away" ? "no broker" : "live"));
    source.onerror = () => {
      tell("connecting");
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      clearTimeout(timer);
      timer = setTimeout(open, RETRY_MS);
    };
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  // A browser has six connections to a server: pages that nobody looks at give theirs back.
  function onVisibility() {
    if (document.hidden) close();
    else if (source === null) open();
  }

  document.addEventListener("visibilitychange", onVisibility);
  if (!document.hidden) open();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    close();
  };
}
