// The stream: the newest on top, no more of it than can be read, and still while somebody reads.

import { element } from "./elements.js";
import { follow } from "./following.js";
import { listen } from "./keys.js";
import { row } from "./rows.js";

const MOST = 200;
const OPENED = "newswire.opened";
const rows = document.getElementById("rows");
const empty = document.getElementById("empty");
const newer = document.getElementById("newer");
const pause = document.getElementById("pause");
const copies = document.getElementById("copies");
const form = document.getElementById("filter");
const where = document.getElementById("where");
const fault = document.getElementById("fault");

let incoming = []; // what came since the page was drawn last, the oldest first
let waiting = []; // what came while somebody reads
let waitingMore = 0; // and is not even kept
let isDrawing = false;
let end = () => {};

// --- what comes ----------------------------------------------------------------------------------

function onRow(record) {
  if (record.kind === "withdrawal") {
    const marked = withdraw(record);
    if (record.quiet && !marked) return;
  }
  incoming.push(record);
  if (incoming.length > MOST) incoming.shift();
  draw();
}

function onAnew() {
  incoming = [];
  waiting = [];
  waitingMore = 0;
  rows.replaceChildren();
  draw();
}

function draw() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    if (isHeld()) hold();
    else show([...waiting.splice(0), ...incoming.splice(0)]);
    offer();
  });
}

/** Whether somebody reads, who would not like the lines to move. */
function isHeld() {
  return pause.ariaPressed === "true" || scrollY > 60 || rows.contains(document.activeElement);
}

function hold() {
  waiting.push(...incoming.splice(0));
  const tooMany = Math.max(0, waiting.length - MOST);
  waiting.splice(0, tooMany);
  waitingMore += tooMany;
}

function show(records) {
  waitingMore = 0;
  const made = document.createDocumentFragment();
  for (const record of records.slice(-MOST)) {
    if (record.kind === "article") supersede(record.article, made);
    made.prepend(row(record));
  }
  rows.prepend(made);
  while (rows.children.length > MOST) rows.lastElementChild.remove();
  empty.hidden = rows.children.length > 0;
  comeBack();
}

function supersede(article, made) {
  const place = `[data-kind=article][data-article="${CSS.escape(article)}"]:not(.withdrawn)`;
  for (const each of [...rows.querySelectorAll(place), ...made.querySelectorAll(place)]) {
    each.classList.add("superseded");
  }
}

function offer() {
  const many = waiting.length + waitingMore;
  newer.hidden = many === 0;
  newer.textContent = many === 1 ? "1 newer" : `${many.toLocaleString("en")} newer`;
}

/** Leave nothing of what a withdrawal reaches but that it was there; say whether there was any. */
function withdraw(record) {
  const affected = new Set([record.article, ...record.affected]);
  const reason = { status: record.status, reason: record.reason };
  const isAffected = (other) =>
    other.kind !== "withdrawal" && !other.withdrawn && affected.has(other.article) && Date.parse(other.at) <= Date.parse(record.at);
  const bury = (other) => (isAffected(other) ? { ...buried(other), withdrawn: reason } : other);
  incoming = incoming.map(bury);
  waiting = waiting.map(bury);
  let marked = false;
  for (const each of rows.querySelectorAll(".row:not(.withdrawn, .withdrawal)")) {
    const other = { kind: each.dataset.kind, article: each.dataset.article, story: each.dataset.story, at: each.dataset.at };
    if (!isAffected(other)) continue;
    const source = each.querySelector(".source").textContent;
    const isFocused = each.contains(document.activeElement);
    const stone = row({ ...other, source, withdrawn: reason });
    each.replaceWith(stone);
    if (isFocused) stone.querySelector(".stop").focus({ preventScroll: true });
    marked = true;
  }
  return marked;
}

function buried({ kind, article, story, at, source }) {
  return { kind, article, story, at, source };
}

// --- the filter ----------------------------------------------------------------------------------

function start() {
  end();
  onAnew();
  empty.textContent = where.value.trim() ? "Nothing that came matches the filter." : "Nothing has come yet.";
  const query = new URLSearchParams({ where: where.value.trim(), copies: copies.checked });
  end = follow(`/api/stream?${query}`, { onRow, onAnew });
}

async function submit() {
  const text = where.value.trim();
  if (text) {
    const answer = await fetch(`/api/filter?${new URLSearchParams({ where: text })}`);
    const found = answer.ok ? await answer.json() : { reason: "the filter is too long", start: 0, end: 0 };
    if (found.reason) {
      complain(text, found);
      return;
    }
  }
  settle();
  history.pushState(null, "", text ? `/?${new URLSearchParams({ where: text })}` : "/");
  start();
}

function complain(text, { reason, start: first, end: last }) {
  const characters = [...text]; // offsets count code points
  const [before, wrong, after] = [[0, first], [first, last], [last]].map((ends) => characters.slice(...ends).join(""));
  where.value = text;
  where.setAttribute("aria-invalid", "true");
  where.setAttribute("aria-describedby", "fault");
  fault.replaceChildren(
    element("span", {}, `${reason[0].toUpperCase()}${reason.slice(1)}.`),
    element("code", { dir: "ltr" }, before, element("mark", {}, wrong || "\u00a0"), after),
  );
  fault.hidden = false;
  where.focus();
  where.setSelectionRange(before.length, before.length + wrong.length);
}

function settle() {
  fault.hidden = true;
  where.removeAttribute("aria-invalid");
  where.removeAttribute("aria-describedby");
}

function readAddress() {
  where.value = new URLSearchParams(location.search).get("where") ?? "";
}

// --- who reads -----------------------------------------------------------------------------------

function setPaused(isPaused) {
  pause.ariaPressed = String(isPaused);
  pause.textContent = isPaused ? "Go on" : "Pause";
  draw();
}

function toNewest() {
  if (rows.contains(document.activeElement)) document.activeElement.blur();
  scrollTo({ top: 0 });
  setPaused(false);
}

/** Who comes back from a story finds the place again. */
let isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
function comeBack() {
  const opened = isBack && sessionStorage.getItem(OPENED);
  if (!opened) return;
  const place = rows.querySelector(`[data-article="${CSS.escape(opened)}"] .stop`);
  if (!place) return;
  isBack = false;
  place.focus();
  place.scrollIntoView({ block: "center" });
}

rows.addEventListener("click", (event) => {
  const opened = event.target.closest("a.stop")?.closest(".row");
  if (opened) sessionStorage.setItem(OPENED, opened.dataset.article);
});
rows.addEventListener("focusout", draw);
addEventListener("scroll", () => (waiting.length ? draw() : null), { passive: true });
addEventListener("popstate", () => {
  readAddress();
  settle();
  start();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
where.addEventListener("input", settle);
where.addEventListener("keydown", (event) => {
  if (event.key === "Escape") where.blur();
});
copies.addEventListener("change", start);
pause.addEventListener("click", () => setPaused(pause.ariaPressed !== "true"));
newer.addEventListener("click", toNewest);
document.getElementById("syntax").addEventListener("toggle", explain, { once: true });

async function explain() {
  const fields = await (await fetch("/api/fields")).json();
  document.getElementById("fields").append(
    ...fields.map(({ name, help, example }) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, help, " ", element("code", {}, example)))),
  );
}

listen(".rows .stop", {
  "/": () => where.select(),
  c: () => copies.click(),
  p: () => pause.click(),
  ".": toNewest,
});
readAddress();
start();
