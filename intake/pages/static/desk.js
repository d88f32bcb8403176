// The operator's desk: what is understood while one types, Ctrl+Enter, the caller's number out of sight.
const form = document.getElementById("desk");
const panel = document.getElementById("draft");
const ended = document.getElementById("ended");
let timer, asked = 0;

async function refresh() {
  const mine = ++asked;
  const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
  // A slow answer must not replace a newer one.
  if (mine !== asked) return;
  ended.hidden = answer?.type !== "opaqueredirect";
  if (answer?.status === 403 && await renew()) return refresh();
  if (!answer?.ok) return;
  panel.innerHTML = await answer.text();
}

form.addEventListener("input", (event) => {
  if (event.isComposing) return;
  clearTimeout(timer);
  timer = setTimeout(refresh, 400);
});
form.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(refresh, 400); });
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=file]"));
  }
});

// The token of the session that is open now; whether it is another one than the form had.
async function renew() {
  const answer = await fetch(form.action, { redirect: "manual" }).catch(() => null);
  ended.hidden = answer?.type !== "opaqueredirect";
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#desk input[name=csrf]")?.value ?? form.elements.csrf.value;
  const isNew = fresh !== form.elements.csrf.value;
  form.elements.csrf.value = fresh;
  return isNew;
}

// A session that ended while somebody talked must not cost what was typed: look before sending.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await renew();
  if (!ended.hidden) return;
  const how = document.createElement("input");
  Object.assign(how, { type: "hidden", name: "do", value: event.submitter?.value ?? "file" });
  form.append(how);
  form.submit();
});

const phone = document.getElementById("phone");
phone.addEventListener("blur", () => phone.classList.toggle("veiled", phone.value !== ""));
phone.addEventListener("focus", () => phone.classList.remove("veiled"));
