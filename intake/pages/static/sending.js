// Sends one message until the house has answered it; the same id each time, so it counts once.
const RETRIES = [600, 2000, 5000];
const LONGEST = 30_000;
const OFFLINE = "网络不通，您的话还没有发出去，已经留在输入框里。请稍后再按“发送”，或拨打 12345。";

// mayRepeat: it is not known whether the message arrived; the next try must carry the same id.
export class Refused extends Error {
  constructor(words, mayRepeat) {
    super(words);
    this.mayRepeat = mayRepeat;
  }
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Pages without https have no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export async function post(body, tell) {
  for (let attempt = 0; ; attempt += 1) {
    const { answer, said } = await attemptOnce(body);
    if (answer?.ok && said) return said;
    if (answer?.status === 401 && body.session) {
      // The old conversation is over (for example after a new start of the service): begin another.
      body.session = null;
    } else if (answer && answer.status < 500 && answer.status !== 429) {
      throw new Refused(said?.detail ?? "没有发送成功，请改一改再试。", false);
    }
    if (attempt >= RETRIES.length) throw new Refused(said?.detail ?? OFFLINE, true);
    if (answer?.status !== 401) tell("网络不太好，正在重试……");
    await new Promise((resolve) => setTimeout(resolve, RETRIES[attempt]));
  }
}

async function attemptOnce(body) {
  try {
    const answer = await fetch("/api/v1/chat/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(LONGEST),
    });
    return { answer, said: await answer.json().catch(() => null) };
  } catch {
    return { answer: null, said: null };
  }
}
