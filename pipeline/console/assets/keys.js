// What single keys do. They can be turned off, for whoever speaks to the machine.

const OFF = "newswire.single-keys-off";
const PAGES = { 1: "/", 2: "/rejected", 3: "/pipeline" };
const dialog = document.getElementById("keys");
const choice = document.getElementById("single-keys");

choice.checked = localStorage.getItem(OFF) === null;
choice.addEventListener("change", () => {
  if (choice.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
});
document.getElementById("help").addEventListener("click", () => dialog.showModal());

/** Let keys do what `actions` says, and `j` and `k` go from one `stops` (a selector) to the next. */
export function listen(stops, actions = {}) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open) return;
    const at = event.target;
    if (at.matches("input:not([type=checkbox]), textarea, select")) return;
    if (!choice.checked) return;
    const action = actions[event.key];
    if (action) action();
    else if (event.key === "j") go(stops, 1);
    else if (event.key === "k") go(stops, -1);
    else if (event.key === "?") dialog.showModal();
    else if (PAGES[event.key]) location.assign(PAGES[event.key]);
    else return;
    event.preventDefault();
  });
}

function go(stops, step) {
  const all = [...document.querySelectorAll(stops)];
  if (all.length === 0) return;
  const now = all.findIndex((each) => each === document.activeElement || each.contains(document.activeElement));
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + step));
  all[next].focus({ preventScroll: true });
  all[next].closest("li, article, details")?.scrollIntoView({ block: "nearest" });
}
