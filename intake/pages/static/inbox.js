// The inbox by keyboard, for those who want it: j k move, o opens, x ticks, c claims, / searches, ? explains.
const rows = [...document.querySelectorAll(".leads > li")];
const help = document.getElementById("keys");
const KEY = "xiansuo-keys-off";
let at = -1;

const isOff = () => { try { return localStorage.getItem(KEY) === "1"; } catch { return false; } };
const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, dialog") !== null;

function move(step) {
  if (!rows.length) return;
  at = Math.max(0, Math.min(rows.length - 1, at + step));
  rows[at].querySelector("a").focus();
}

rows.forEach((row, i) => row.addEventListener("focusin", () => { at = i; }));

const keys = {
  j: () => move(1),
  k: () => move(-1),
  o: () => rows[at]?.querySelector("a").click(),
  x: () => rows[at]?.querySelector("input[type=checkbox]")?.click(),
  c: () => {
    const claim = document.querySelector(".bulk button[value=claim]");
    if (!claim) return;
    // What is ticked, else the one that is pointed at.
    if (!document.querySelector(".leads input[type=checkbox]:checked")) keys.x();
    if (document.querySelector(".leads input[type=checkbox]:checked")) claim.click();
  },
  "/": () => document.querySelector("input[name=q]").focus(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (isOff()) return;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

const off = document.getElementById("keys-off");
off.checked = isOff();
off.addEventListener("change", () => { try { localStorage.setItem(KEY, off.checked ? "1" : "0"); } catch { /* private window */ } });
document.getElementById("keys-close").addEventListener("click", () => help.close());
document.getElementById("keys-open").addEventListener("click", () => help.showModal());

// What is new is told above the list; the list itself never moves under the hand.
const news = document.getElementById("news");
const live = new EventSource(news.dataset.live);
live.addEventListener("news", (event) => {
  const found = JSON.parse(event.data);
  const words = [];
  if (found.new) words.push(`新来 ${found.new} 条`);
  if (found.changed) words.push(`另有 ${found.changed} 条有变化`);
  news.querySelector("b").textContent = words.join("，");
  news.hidden = false;
});
