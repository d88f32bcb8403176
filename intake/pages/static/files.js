// The paper clip of the chat: uploads each file, then tells chat.js their ids.
const clip = document.getElementById("clip");
const chosen = document.getElementById("files");
const state = document.getElementById("state");
const MOST = 9;

clip.addEventListener("click", () => chosen.click());
chosen.addEventListener("change", async () => {
  const files = [...chosen.files];
  chosen.value = "";
  if (!files.length) return;
  if (files.length > MOST) {
    state.textContent = `一次最多发送 ${MOST} 个文件。`;
    return;
  }
  clip.disabled = true;
  const ids = [];
  const names = [];
  const refused = [];
  for (const [index, file] of files.entries()) {
    state.textContent = `正在上传第 ${index + 1} 个，共 ${files.length} 个……`;
    try {
      const { id } = await upload(file);
      ids.push(id);
      names.push(file.name);
    } catch (error) {
      refused.push(`${file.name}：${error.message}`);
    }
  }
  clip.disabled = false;
  state.textContent = "";
  if (ids.length) document.dispatchEvent(new CustomEvent("files-uploaded", { detail: { ids, names } }));
  if (refused.length) tell(refused.join("\n"));
});

async function upload(file) {
  const body = new FormData();
  body.append("file", file, file.name);
  const answer = await fetch("/api/v1/attachments", { method: "POST", body }).catch(() => null);
  if (!answer) throw new Error("网络不通，没有上传成功，请稍后再试。");
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(said?.detail ?? "没有上传成功，请稍后再试。");
  return said;
}

// A refusal stays in the talk: the line of state is gone with the next message.
function tell(words) {
  const item = document.createElement("div");
  item.className = "said bot";
  item.setAttribute("role", "alert");
  item.textContent = words;
  document.getElementById("log").append(item);
  item.scrollIntoView({ block: "nearest" });
}
