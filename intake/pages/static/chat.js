// The chat. A message keeps its id until an answer came, so that nothing is said twice or lost;
// what was said stays in this tab until it is closed or cleared.
import { copy } from "./copy.js";
import { Refused, newId, post } from "./sending.js";

const log = document.getElementById("log");
const form = document.getElementById("say");
const field = document.getElementById("text");
const state = document.getElementById("state");
const forget = document.getElementById("forget");
const said = JSON.parse(sessionStorage.getItem("said") ?? "[]");
let session = sessionStorage.getItem("session");
let unsent = JSON.parse(sessionStorage.getItem("unsent") ?? "null");
let busy = Promise.resolve();
let events = null;

function keep(entry) {
  said.push(entry);
  sessionStorage.setItem("said", JSON.stringify(said.slice(-200)));
  forget.hidden = false;
}

function show(item) {
  log.append(item);
  log.scrollTop = log.scrollHeight;
  item.scrollIntoView({ block: "nearest" });
  return item;
}

function bubble(who, text) {
  const item = document.createElement("div");
  item.className = `said ${who}`;
  const speaker = document.createElement("span");
  speaker.className = "hidden";
  speaker.textContent = who === "bot" ? "回复：" : "您说：";
  item.append(speaker, text);
  return show(item);
}

function choices(buttons) {
  document.querySelectorAll(".choices").forEach((old) => old.remove());
  if (!buttons.length) return;
  const row = document.createElement("div");
  row.className = "choices";
  for (const { title, payload } of buttons) row.append(button(title, "", () => choose(title, payload)));
  show(row);
}

function button(words, kind, action) {
  const item = document.createElement("button");
  item.type = "button";
  item.className = kind;
  item.textContent = words;
  item.addEventListener("click", action);
  return item;
}

function receipt(filed) {
  const card = document.createElement("div");
  card.className = "receipt";
  const code = filed.query_code.replace(/(.{5})(?=.)/g, "$1-");
  const row = document.createElement("p");
  row.className = "row";
  row.append(
    button("复制", "plain", async () => {
      const done = await copy(`受理编号 ${filed.number}　查询码 ${code}`);
      state.textContent = done ? "已复制编号和查询码。" : "没能复制，请截图或抄下来。";
    }),
    button("打印", "plain", () => window.print()),
  );
  card.append(line("受理编号", filed.number), line("查询码", code), row);
  show(card);
}

function line(label, value) {
  const item = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = value;
  item.append(`${label}：`, strong);
  return item;
}

function typing(on) {
  document.getElementById("typing")?.remove();
  state.textContent = on ? "正在输入……" : "";
  if (!on) return;
  const item = bubble("bot", "……");
  item.id = "typing";
  item.setAttribute("aria-hidden", "true");
}

function setUnsent(message) {
  unsent = message;
  if (message) sessionStorage.setItem("unsent", JSON.stringify(message));
  else sessionStorage.removeItem("unsent");
}

async function send(shown, content) {
  const again = unsent && JSON.stringify(unsent.content) === JSON.stringify(content);
  const message = again ? unsent : { id: newId(), content };
  setUnsent(message);
  document.querySelectorAll(".said.failed").forEach((old) => old.remove());
  const mine = bubble("me", shown);
  choices([]);
  typing(true);
  try {
    const answer = await post({ session, message_id: message.id, ...content }, (words) => { state.textContent = words; });
    typing(false);
    setUnsent(null);
    session = answer.session;
    sessionStorage.setItem("session", session);
    keep({ who: "me", text: shown });
    take(answer);
  } catch (error) {
    typing(false);
    if (!(error instanceof Refused)) throw error;
    if (!error.mayRepeat) setUnsent(null);
    mine.className = "said failed";
    state.textContent = error.message;
    if (content.text && !field.value) field.value = content.text;
    if (content.payload) choices([{ title: shown, payload: content.payload }]);
  }
}

function take(answer) {
  for (const { text } of answer.messages) {
    bubble("bot", text);
    keep({ who: "bot", text });
  }
  if (answer.filed) {
    receipt(answer.filed);
    keep({ filed: answer.filed });
    listen();
  }
  const buttons = answer.messages.at(-1)?.buttons ?? [];
  choices(buttons);
  sessionStorage.setItem("buttons", JSON.stringify(buttons));
}

function choose(title, payload) {
  busy = busy.then(() => send(title, { payload }));
}

function listen() {
  if (events || !session) return;
  events = new EventSource(`/api/v1/chat/events?session=${encodeURIComponent(session)}`);
  events.onmessage = (event) => {
    const { text } = JSON.parse(event.data);
    bubble("bot", text);
    keep({ who: "bot", text });
  };
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 160)}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  grow();
  busy = busy.then(() => send(text, { text }));
});
field.addEventListener("input", grow);
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
document.querySelectorAll("#welcome button").forEach((item) => {
  item.addEventListener("click", () => choose(item.textContent, item.dataset.payload));
});
forget.addEventListener("click", () => {
  const words = "清空后看不到这段对话；已登记的投诉不受影响，请先记下编号和查询码。确定吗？";
  if (!window.confirm(words)) return;
  for (const name of ["session", "said", "unsent", "buttons"]) sessionStorage.removeItem(name);
  location.reload();
});

// Files that files.js has uploaded: said like a message, in its turn.
document.addEventListener("files-uploaded", ({ detail: { ids, names } }) => {
  busy = busy.then(() => send(`［附件］${names.join("、")}`, { attachment_ids: ids }));
});

// After a reload the end of the talk is what matters, not where the page was scrolled to.
history.scrollRestoration = "manual";
if (said.length) {
  for (const entry of said) entry.filed ? receipt(entry.filed) : bubble(entry.who, entry.text);
  choices(JSON.parse(sessionStorage.getItem("buttons") ?? "[]"));
  forget.hidden = false;
  listen();
}
if (unsent?.content.text) field.value = unsent.content.text;
