// Rates, lag and latency, asked for every two seconds while somebody looks.

import { counted, element, time } from "./elements.js";
import { tell } from "./following.js";
import { listen } from "./keys.js";

const EVERY_MS = 2000;
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 150;
const HEIGHT = 24;
const MOST_SAMPLES = 150;
const away = document.getElementById("away");
const figures = document.getElementById("figures");
const stages = document.querySelector("#stages tbody");
const topics = document.querySelector("#topics tbody");
const windowLine = document.getElementById("window");

async function show() {
  try {
    const answer = await fetch("/api/pipeline");
    if (!answer.ok) throw new Error(answer.statusText);
    draw(await answer.json());
    tell("live");
  } catch {
    tell("connecting");
  }
}

function draw(measured) {
  away.hidden = measured.away_since === null;
  if (measured.away_since) {
    away.replaceChildren("The broker at ", element("code", {}, measured.broker), " has not answered since ",
      time(measured.away_since), ". What is shown is from before.");
  }
  const rate = (name) => measured.topics.find((topic) => topic.name === name)?.rate ?? null;
  const outputs = ["news.enriched", "news.duplicates", "news.withdrawals", "news.rejected"].map(rate);
  const waits = measured.stages.map((stage) => stage.lag);
  figures.replaceChildren(
    figure("in, a second", rateText(rate("news.raw"))),
    figure("out, a second", outputs.includes(null) ? "–" : rateText(outputs.reduce((a, b) => a + b))),
    figure("waiting", waits.includes(null) ? "–" : waits.reduce((a, b) => a + b).toLocaleString("en")),
    figure("from received to out", measured.latency ? secondsText(measured.latency.median) : "–",
      measured.latency ? `95 of 100 within ${secondsText(measured.latency.p95)}` : "no article of today says"),
  );
  stages.replaceChildren(...measured.stages.map((stage) => element("tr", {},
    element("th", { scope: "row" }, stage.name),
    element("td", {}, element("code", {}, stage.reads)),
    element("td", { class: "number" }, stage.lag === null ? "–" : stage.lag.toLocaleString("en")),
    element("td", {}, line(stage.lags, `waiting for ${stage.name}`)),
    element("td", { class: "number" }, stage.latency ? secondsText(stage.latency.median) : "–"),
    element("td", { class: "number" }, stage.latency ? secondsText(stage.latency.p95) : "–"))));
  topics.replaceChildren(...measured.topics.map((topic) => element("tr", {},
    element("th", { scope: "row" }, element("code", {}, topic.name)),
    element("td", { class: "number" }, rateText(topic.rate)),
    element("td", {}, line(topic.rates, `rate of ${topic.name}`)),
    element("td", { class: "number" }, topic.total === null ? "–" : topic.total.toLocaleString("en")))));
  const { news, rejected, embargoed } = measured.window;
  windowLine.textContent = `This page keeps ${counted(news, "record")} and ${counted(rejected, "rejected input")}; `
    + `${counted(embargoed, "record")} ${embargoed === 1 ? "is" : "are"} held back by embargo.`
    + (measured.unreadable ? ` ${counted(measured.unreadable, "message")} could not be read; the log names them.` : "");
}

function figure(name, value, small) {
  return element("div", {}, element("dt", {}, name),
    element("dd", { class: "value" }, value), small ? element("dd", { class: "small" }, small) : null);
}

function rateText(rate) {
  if (rate === null) return "–";
  return rate >= 100 ? Math.round(rate).toLocaleString("en") : rate.toFixed(1);
}

function secondsText(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}

/** Return the last five minutes as a line; its top is the most that there was. */
function line(values, name) {
  const most = Math.max(...values, 0);
  const drawn = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${name}, at most ${most.toLocaleString("en")}`,
    preserveAspectRatio: "none",
  })) drawn.setAttribute(key, value);
  const step = WIDTH / (MOST_SAMPLES - 1);
  const first = WIDTH - (values.length - 1) * step;
  const axis = document.createElementNS(SVG, "polyline");
  axis.setAttribute("class", "axis");
  axis.setAttribute("points", `0,${HEIGHT - 1} ${WIDTH},${HEIGHT - 1}`);
  const path = document.createElementNS(SVG, "polyline");
  path.setAttribute("class", "values");
  path.setAttribute("points", values.map((value, index) =>
    `${(first + index * step).toFixed(1)},${(HEIGHT - 1.5 - (most ? value / most : 0) * (HEIGHT - 4)).toFixed(1)}`).join(" "));
  drawn.append(axis, path);
  return drawn;
}

listen("main [tabindex='0']");
show();
setInterval(() => (document.hidden ? null : show()), EVERY_MS);
document.addEventListener("visibilitychange", () => (document.hidden ? null : show()));
