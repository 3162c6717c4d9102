// Rejected inputs, the newest first.

import { element, time, words } from "./elements.js";
import { follow } from "./following.js";
import { listen } from "./keys.js";

const REASON = {
  not_json: "Not JSON", not_an_article: "Not an article", no_text: "No text",
  too_large: "Too large", stage_failed: "A stage broke",
};
const ASK_MS = 300;
const list = document.getElementById("rejections");
const empty = document.getElementById("empty");
const known = new Map(); // offset: element, so that what somebody has opened stays open
let timer = 0;

async function show() {
  timer = 0;
  const inputs = await (await fetch("/api/rejected")).json();
  const wanted = inputs.map((each) => {
    const key = `${each.offset} ${each.at} ${each.withdrawn}`;
    const made = known.get(key) ?? rejection(each);
    return [key, made];
  });
  known.clear();
  for (const [key, made] of wanted) known.set(key, made);
  list.replaceChildren(...wanted.map(([, made]) => made));
  empty.hidden = wanted.length > 0;
}

function rejection(each) {
  const line = element("p", { class: "line" }, time(each.at));
  if (each.source) line.append(element("span", { class: "source" }, words(each.source)));
  if (each.withdrawn) {
    return element("li", { class: "rejection" }, line, element("p", { class: "note" }, "Withdrawn since."));
  }
  line.append(element("span", { class: "relation kill" }, REASON[each.reason] ?? each.reason), element("span", {}, `in ${each.stage}`), element("span", {}, `${each.size.toLocaleString("en")} bytes`));
  if (each.from) line.append(element("span", {}, element("code", {}, each.from)));
  const bytes = element("pre", { class: "bytes", tabIndex: 0, role: "group", "aria-label": "The bytes", dir: "ltr" },
    ...each.decoded.map(([text, isSign]) => (isSign ? element("span", { class: "sign" }, text) : words(text))));
  const shown = each.shown < each.size ? `The first ${each.shown.toLocaleString("en")} bytes` : "The bytes";
  return element("li", { class: "rejection" },
    line,
    element("h2", { dir: "auto" }, each.detail),
    element("details", {}, element("summary", { class: "stop" }, shown), bytes));
}

function ask() {
  timer ||= setTimeout(show, ASK_MS);
}

listen(".rejection .stop");
follow("/api/stream?rejected=true", { onRow: ask, onAnew: ask });
show();
