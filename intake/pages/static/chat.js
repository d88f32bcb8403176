// The chat: sends with an id that is kept until an answer came, so that nothing is said twice or lost.
const log = document.getElementById("log");
const form = document.getElementById("say");
const field = document.getElementById("text");
const state = document.getElementById("state");
const RETRIES = [600, 2000, 5000];
let session = sessionStorage.getItem("session");
let busy = Promise.resolve();
let events = null;

function bubble(who, text) {
  const item = document.createElement("div");
  item.className = `said ${who}`;
  item.textContent = text;
  log.append(item);
  item.scrollIntoView({ block: "end" });
  return item;
}

function choices(buttons) {
  document.querySelectorAll(".choices").forEach((old) => old.remove());
  if (!buttons.length) return;
  const row = document.createElement("div");
  row.className = "choices";
  for (const { title, payload } of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.dataset.payload = payload;
    row.append(button);
  }
  log.append(row);
  row.scrollIntoView({ block: "end" });
}

function receipt(filed) {
  const card = document.createElement("div");
  card.className = "receipt";
  const code = filed.query_code.replace(/(.{5})(?=.)/g, "$1-");
  card.append(line("受理编号", filed.number), line("查询码", code));
  const copy = document.createElement("button");
  copy.type = "button";
  copy.className = "plain";
  copy.textContent = "复制编号和查询码";
  copy.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(`受理编号 ${filed.number} 查询码 ${code}`);
    state.textContent = "已复制。";
  });
  card.append(copy);
  log.append(card);
  listen();
}

function line(label, value) {
  const item = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = value;
  item.append(`${label}：`, strong);
  return item;
}

async function post(body) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await fetch("/api/v1/chat/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      const said = await answer.json();
      if (answer.ok) return said;
      if (answer.status === 401 && body.session) {
        session = null;
        sessionStorage.removeItem("session");
        body.session = null;
        continue;
      }
      if (answer.status < 500 && answer.status !== 429) throw new Refused(said.detail);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    if (attempt >= RETRIES.length) throw new Refused("网络不通，您的话还没有发出去。请稍后再试，或拨打 12345。");
    state.textContent = "网络不太好，正在重试……";
    await new Promise((resolve) => setTimeout(resolve, RETRIES[attempt]));
  }
}

class Refused extends Error {}

async function send(shown, content) {
  const mine = bubble("me", shown);
  choices([]);
  state.textContent = "正在输入……";
  try {
    const said = await post({ session, message_id: newId(), ...content });
    session = said.session;
    sessionStorage.setItem("session", session);
    state.textContent = "";
    said.messages.forEach((message) => bubble("bot", message.text));
    if (said.filed) receipt(said.filed);
    choices(said.messages.at(-1)?.buttons ?? []);
  } catch (error) {
    mine.className = "said failed";
    state.textContent = error.message;
    if (content.text && !field.value) field.value = content.text;
  }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

function listen() {
  if (events || !session) return;
  events = new EventSource(`/api/v1/chat/events?session=${encodeURIComponent(session)}`);
  events.onmessage = (event) => bubble("bot", JSON.parse(event.data).text);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  busy = busy.then(() => send(text, { text }));
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
log.addEventListener("click", (event) => {
  const payload = event.target.dataset?.payload;
  if (payload) busy = busy.then(() => send(event.target.textContent, { payload }));
});
listen();
