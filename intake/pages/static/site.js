// Small comforts on every page; nothing here is needed to file or to track.
import { copy } from "./copy.js";

document.querySelectorAll("[data-script]").forEach((item) => { item.hidden = false; });

const large = document.querySelector("[data-large]");
large?.addEventListener("click", async (event) => {
  event.preventDefault();
  const on = document.documentElement.classList.toggle("large");
  large.textContent = on ? "标准字" : "大字版";
  // The cookie is set by the server, so that the next page comes large without a script.
  await fetch(`/large?on=${on ? 1 : 0}`, { redirect: "manual" }).catch(() => {});
});

document.querySelectorAll("[data-do]").forEach((button) => {
  button.addEventListener("click", async () => {
    if (button.dataset.do === "print") return window.print();
    const words = button.closest("[data-copy]").dataset.copy;
    const done = await copy(words);
    document.getElementById("state").textContent = done ? "已复制。" : "没能复制，请截图或抄下来。";
  });
});

const fault = document.querySelector("main .alert[role=alert]");
if (fault) {
  fault.tabIndex = -1;
  fault.focus();
}

// On a phone the list comes first, the views are one touch away.
if (window.innerWidth < 768) document.querySelectorAll("details.fold").forEach((item) => { item.open = false; });
