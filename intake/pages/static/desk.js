// The operator's desk: what is understood while one types, Ctrl+Enter, the caller's number out of sight.
const form = document.getElementById("desk");
const panel = document.getElementById("draft");
let timer, asked = 0;

async function refresh() {
  const mine = ++asked;
  const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form) }).catch(() => null);
  // A slow answer must not replace a newer one.
  if (!answer?.ok || mine !== asked) return;
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

const phone = document.getElementById("phone");
phone.addEventListener("blur", () => { if (phone.value) phone.type = "password"; });
phone.addEventListener("focus", () => { phone.type = "tel"; });
