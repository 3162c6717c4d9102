// A story: what changed from version to version, what it says now, who has it, who copied it.

import {
  counted, differences, element, filterAddress, pieces, time, typeName, withdrawnWord, words,
} from "./elements.js";
import { follow } from "./following.js";
import { listen } from "./keys.js";

const FEW_CHANGES = 6;
const FEW_COPIES = 8;
const place = document.getElementById("story");
const identifier = decodeURIComponent(location.pathname.slice("/story/".length));
let isFollowing = false;
let isAsking = false;
let isStale = false;

async function show() {
  if (isAsking) {
    isStale = true;
    return;
  }
  isAsking = true;
  try {
    const answer = await fetch(`/api/story/${encodeURIComponent(identifier)}`);
    const story = answer.ok ? await answer.json() : null;
    place.replaceChildren(...(story ? told(story) : unknown()));
    place.ariaBusy = "false";
    if (!isFollowing) startFollowing(story);
  } finally {
    isAsking = false;
    if (isStale) {
      isStale = false;
      setTimeout(show, 200);
    }
  }
}

function startFollowing(story) {
  isFollowing = true;
  const query = new URLSearchParams({ story: story?.story ?? identifier });
  follow(`/api/stream?${query}`, { onRow: show, onAnew: () => {} });
}

function unknown() {
  document.title = "Story · Newswire";
  return [
    element("h1", {}, "No such story"),
    element("p", { class: "lede" }, "None of that name is among the newest that this page keeps. ",
      element("a", { href: "/" }, "Back to the stream")),
  ];
}

function told(story) {
  const { latest, versions, copies, withdrawals } = story;
  const many = copies.length + story.more_copies;
  document.title = latest ? `${plain(latest.headline)} · Newswire` : "Withdrawn · Newswire";
  const summary = [
    element("a", { href: "#versions" }, counted(versions.length, "version")),
    many ? element("a", { href: "#copies" }, counted(many, "copy", "copies")) : element("span", {}, "no copies"),
    latest ? element("span", {}, counted(latest.sources.length, "independent source")) : null,
  ];
  const head = element("header", { class: "story-head" });
  head.append(
    ...withdrawals.map(withdrawal),
    latest
      ? element("h1", { dir: "auto", lang: latest.language }, ...pieces(latest.headline))
      : element("h1", {}, versions.length || many ? "Withdrawn" : "Nothing of it is here"),
    element("p", { class: "line" },
      latest ? element("span", { class: "source" }, words(latest.source)) : null,
      ...summary),
  );
  return [
    head,
    element("div", { class: "story-body" },
      element("div", {},
        versions.length ? changes(versions) : null,
        latest ? text(latest) : null,
        many ? evidence(copies, story.more_copies) : null),
      latest ? beside(latest) : null),
  ];
}

function plain(list) {
  return list.map(([part]) => part).join("");
}

function withdrawal({ at, status, reason, affected }) {
  return element("p", { class: "notice kill" },
    element("strong", {}, withdrawnWord(status)), " ", time(at), ". ", words(reason || "No reason given"),
    ` — withdraws ${counted(affected, "article")}.`);
}

// --- versions ------------------------------------------------------------------------------------

function changes(versions) {
  return element("section", { id: "versions", "aria-labelledby": "versions-title" },
    element("h2", { id: "versions-title" }, "What changed"),
    element("ol", { class: "versions" }, ...versions.map(version)));
}

function version(each) {
  const made = element("li", { class: `version ${each.withdrawn ? "withdrawn" : each.relation}`, tabIndex: -1 });
  const line = element("p", { class: "line" }, time(each.at), element("span", { class: "source" }, words(each.source)));
  made.append(line);
  if (each.withdrawn) {
    line.append(element("span", { class: "relation kill" }, withdrawnWord(each.withdrawn.status)));
    return made;
  }
  line.append(
    element("span", { class: `relation ${each.relation}` }, each.relation),
    element("span", {}, "version ", words(each.version)),
  );
  if (each.follows) {
    line.append(element("span", {}, "after ", words(each.follows)));
    line.append(element("span", {}, `${percent(each.novelty)} new to the story`));
  }
  if (each.note) made.append(element("p", { class: "note", dir: "auto" }, each.note));
  // A number that changed is seen in its sentence.
  const hasSentences = each.changes.some(({ kind }) => kind === "sentence");
  const listed = each.changes.filter(({ kind }) => kind !== "number" || !hasSentences).map(change);
  if (each.follows && listed.length === 0) made.append(element("p", { class: "note" }, "The text is the same."));
  made.append(...firstOf(listed, FEW_CHANGES, "change"));
  return made;
}

function change({ kind, text }) {
  return element("p", { class: `change change-${kind}`, dir: "auto" },
    kind === "sentence" ? null : element("span", { class: "kind", lang: "en" }, kind),
    ...differences(text));
}

function firstOf(nodes, few, one, many) {
  if (nodes.length <= few) return nodes;
  const rest = nodes.slice(few);
  return [
    ...nodes.slice(0, few),
    element("details", {}, element("summary", {}, `${counted(rest.length, `more ${one}`, many)}`), ...rest),
  ];
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}

// --- the text ------------------------------------------------------------------------------------

function text(latest) {
  const made = element("section", { class: "text", "aria-label": "Text", lang: latest.language });
  const paragraphs = latest.paragraphs.map((list) => element("p", { dir: "auto" }, ...pieces(list, true)));
  if (latest.dateline && paragraphs.length) {
    paragraphs[0].prepend(element("span", { class: "dateline" }, words(latest.dateline)), " — ");
  }
  if (latest.byline.length) {
    made.append(element("p", { class: "byline", lang: "en" }, "By ", words(latest.byline.join(", "))));
  }
  made.append(...paragraphs);
  if (latest.more_paragraphs) made.append(element("p", { class: "note" }, `${latest.more_paragraphs} more paragraphs.`));
  if (paragraphs.length === 0) made.append(element("p", { class: "note", lang: "en" }, "A headline, and no text."));
  return made;
}

function beside(latest) {
  return element("aside", { "aria-label": "About it" },
    element("h2", {}, "Independent sources"),
    element("ul", { class: "plain-list" }, ...latest.sources.map((name) => element("li", {}, words(name)))),
    latest.entities.length ? element("h2", {}, "Names") : null,
    latest.entities.length ? element("ul", { class: "names" }, ...latest.entities.map(entity)) : null,
    element("h2", {}, "Details"),
    details(latest));
}

function entity({ name, type, mentions, country, wikidata }) {
  const made = element("li", {},
    element("a", { class: `entity ${type}`, href: filterAddress(name), title: `${typeName(type)}; filter the stream` }, words(name)));
  if (mentions > 1) made.append(element("span", { class: "small" }, ` ×${mentions}`));
  if (country) made.append(element("span", { class: "small" }, ` ${country}`));
  if (wikidata) {
    made.append(" ", element("a", {
      class: "small", href: `https://www.wikidata.org/wiki/${wikidata}`, rel: "external noopener noreferrer",
    }, wikidata));
  }
  return made;
}

function details(latest) {
  const listed = element("dl", { class: "details" });
  const add = (name, ...content) => listed.append(element("div", {}, element("dt", {}, name), element("dd", {}, ...content)));
  for (const [name, at] of Object.entries(latest.times)) add(name, time(at));
  if (latest.url) {
    add("at", element("a", { href: latest.url, rel: "external noopener noreferrer" }, words(new URL(latest.url).host)));
  }
  if (latest.usage) add("usage", words(latest.usage));
  if (latest.copyright) add("rights", words(latest.copyright));
  if (latest.credits.length) add("pictures", words(latest.credits.join(", ")));
  add("article", element("code", {}, words(latest.article)));
  return listed;
}

// --- copies --------------------------------------------------------------------------------------

function evidence(copies, more) {
  const listed = copies.map(copy);
  return element("section", { id: "copies", "aria-labelledby": "copies-title" },
    element("h2", { id: "copies-title" }, "Copies, and why they are"),
    element("div", { class: "copies" }, ...firstOf(listed, FEW_COPIES, "copy", "more copies")),
    more ? element("p", { class: "note" }, `${counted(more, "older copy", "older copies")} not listed.`) : null);
}

function copy(each) {
  const made = element("article", { class: "copy", tabIndex: -1 });
  const line = element("p", { class: "line" }, time(each.at), element("span", { class: "source" }, words(each.source)));
  made.append(line);
  if (each.withdrawn) {
    line.append(element("span", { class: "relation kill" }, withdrawnWord(each.withdrawn.status)));
    return made;
  }
  line.append(element("span", {}, each.kind));
  const facts = element("dl", { class: "facts" });
  const add = (name, ...content) => facts.append(element("div", {}, element("dt", {}, name), element("dd", {}, ...content)));
  add("of the shorter text in the longer", percent(each.containment));
  if (each.headline_similarity !== null) add("headlines alike", percent(each.headline_similarity));
  if (each.only_here.length) add("numbers only here", words(each.only_here.join(", ")));
  if (each.only_there.length) add("numbers only in the original", words(each.only_there.join(", ")));
  made.append(element("h3", { dir: "auto" }, each.headline || "(no headline)"), facts);
  if (each.shared.length) {
    made.append(element("details", {},
      element("summary", {}, `${counted(each.shared.length, "passage")} that both have`),
      ...each.shared.map((passage) => element("blockquote", { dir: "auto" }, passage))));
  }
  return made;
}

listen(".version, .copy");
show();
