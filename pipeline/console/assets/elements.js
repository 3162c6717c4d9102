// Building the page out of elements and text. Nothing is ever read as markup.

/** Return an element; `properties` are its own, `data-` and `aria-` names its attributes. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") made.className = value;
    else if (key.includes("-") || key === "role" || key === "lang" || key === "dir") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** Return text from an article, kept from turning around what stands beside it. */
export function words(text) {
  return element("bdi", {}, text);
}

const TYPES = { PERSON: "Person", ORG: "Organisation", PLACE: "Place", NORP: "People or creed", OTHER: "Other" };

export function typeName(type) {
  return TYPES[type] ?? TYPES.OTHER;
}

/** Return the address of the stream filtered by a name. */
export function filterAddress(name) {
  const quoted = name.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `/?${new URLSearchParams({ where: `entity:"${quoted}"` })}`;
}

/** Return pieces of text as nodes; names as marked spans or, where `linked`, as links. */
export function pieces(list, linked = false) {
  return list.map(([text, type, name]) => {
    if (!type) return document.createTextNode(text);
    const common = { class: `entity ${type in TYPES ? type : "OTHER"}`, title: `${typeName(type)}: ${name}` };
    // With the keyboard, names are reached in the story's list; here they would be too many stops.
    return linked
      ? element("a", { ...common, href: filterAddress(name), tabIndex: -1 }, text)
      : element("span", common, text);
  });
}

const TAGS = { "-": "del", "+": "ins" };

/** Return a comparison as nodes. */
export function differences(list) {
  return list.map(([sign, text]) => (TAGS[sign] ? element(TAGS[sign], {}, text) : document.createTextNode(text)));
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const WHOLE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "long" });

/** Return a time: the hour of what is of today, else the day too. */
export function time(iso) {
  const moment = new Date(iso);
  const made = element("time", { dateTime: iso, title: WHOLE.format(moment) });
  const isToday = moment.toDateString() === new Date().toDateString();
  if (!isToday) made.append(element("span", { class: "day" }, whenDay(moment)), " ");
  made.append(CLOCK.format(moment));
  return made;
}

function whenDay(moment) {
  const year = moment.getFullYear();
  return year === new Date().getFullYear() ? DAY.format(moment) : `${DAY.format(moment)} ${year}`;
}

/** Return "1 copy", "2 copies". */
export function counted(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** Return what was done to an article that may not be shown. */
export function withdrawnWord(status) {
  return status === "withheld" ? "Held" : "Killed";
}
