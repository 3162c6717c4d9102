// One row of the stream, out of what the server says of a record.

import { counted, differences, element, pieces, time, withdrawnWord, words } from "./elements.js";

const COPY = {
  exact: "exact copy", near: "near copy", abridged: "abridged copy", repeat: "repeat",
};

/** Return the row of a record. */
export function row(record) {
  const made = element("li", {
    class: `row ${record.kind}${record.withdrawn ? " withdrawn" : ""}`,
    "data-article": record.article,
    "data-at": record.at,
    "data-story": record.story,
    "data-kind": record.kind,
  });
  made.append(element("div", { class: "when" }, time(record.at)), body(record));
  return made;
}

function body(record) {
  if (record.withdrawn) return withdrawn(record);
  if (record.kind === "article") return article(record);
  if (record.kind === "copy") return copy(record);
  return withdrawal(record);
}

function address(record) {
  return `/story/${encodeURIComponent(record.story ?? record.article)}`;
}

function headline(record) {
  const title = record.headline.length ? pieces(record.headline) : ["(no headline)"];
  return element("a", { class: "stop", href: address(record) }, ...title);
}

function article(record) {
  const isNew = record.relation === "original";
  const made = element("article", { lang: record.language });
  const line = element("p", { class: "line", lang: "en" }, element("span", { class: "source" }, words(record.source)));
  if (!isNew) line.append(element("span", { class: `relation ${record.relation}` }, record.relation));
  if (record.urgent) line.append(element("span", { class: "relation urgent" }, "urgent"));
  if (record.sources > 1) line.append(element("span", {}, counted(record.sources, "source")));
  made.append(line, element("h2", { dir: "auto" }, headline(record)));
  if (!isNew && record.change) {
    made.append(element("p", { class: "lead change", dir: "auto" }, ...differences(record.change)));
  } else if (record.lead.length) {
    made.append(element("p", { class: "lead", dir: "auto" }, ...pieces(record.lead, true), record.cut ? " …" : ""));
  }
  return made;
}

function copy(record) {
  return element("article", {},
    element("p", { class: "line" },
      element("span", { class: "source" }, words(record.source)),
      element("span", {}, COPY[record.copy] ?? "copy")),
    element("h2", { dir: "auto" }, headline(record)));
}

function withdrawal(record) {
  const many = record.affected.length;
  return element("article", {},
    element("p", { class: "line" },
      element("span", { class: "source" }, words(record.source)),
      element("span", { class: "relation kill" }, record.status === "withheld" ? "hold" : "kill"),
      element("span", {}, many ? `withdraws ${counted(many, "article")}` : "of nothing that is known")),
    element("h2", { dir: "auto" },
      record.story
        ? element("a", { class: "stop", href: address(record) }, record.reason || "no reason given")
        : element("span", {}, record.reason || "no reason given")));
}

function withdrawn(record) {
  return element("article", {},
    element("p", { class: "line" },
      element("span", { class: "source" }, words(record.source)),
      element("span", { class: "relation kill" }, withdrawnWord(record.withdrawn.status)),
      element("a", { class: "stop", href: address(record) }, "why")));
}
