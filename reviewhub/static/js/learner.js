// Files go straight to the storage, with progress; words are counted. Without this the form sends everything.

const words = document.getElementById("upload-words")?.dataset;
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** POST to our own server; {ok, status, answer}. Throws where it cannot be reached. */
async function post(url, fields) {
  const reply = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token(), "HX-Request": "true" }, body: new URLSearchParams(fields) });
  const json = reply.headers.get("Content-Type")?.startsWith("application/json");
  return { ok: reply.ok, answer: json ? await reply.json() : {} };
}

/** Write the file where we were told to. Resolves to whether all of it got there. */
function put(allowed, file, bar, row) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(allowed.method, allowed.url);
    for (const [name, value] of Object.entries(allowed.headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => resolve(request.status >= 200 && request.status < 300));
    for (const ending of ["error", "abort", "timeout"]) request.addEventListener(ending, () => resolve(false));
    row.querySelector("button").addEventListener("click", () => request.abort());
    request.send(file);
  });
}

function sendingRow(input, file) {
  const list = input.parentElement.querySelector("ul.sending") ?? document.createElement("ul");
  list.className = "files sending";
  input.after(list);
  const row = document.createElement("li");
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = `${words.sending}: ${file.name}`;
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "btn small";
  stop.textContent = words.stop;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", name.textContent);
  row.dataset.file = file.name;
  row.append(name, stop, bar);
  list.append(row);
  return { row, bar };
}

/** Say in the row what went wrong, and read it out. */
function fail(row, text) {
  const notice = document.createElement("div");
  notice.className = "notice stop";
  notice.setAttribute("role", "alert");
  notice.textContent = text;
  row.querySelector("progress")?.remove();
  row.querySelector("button")?.remove();
  row.querySelector(".name").textContent = row.dataset.file;
  row.append(notice);
}

/** One file all the way. True when it arrived; the reason is in its row otherwise. */
async function send(input, file) {
  const { row, bar } = sendingRow(input, file);
  const about = { requirement: input.dataset.upload, position: input.dataset.position ?? "", name: file.name, size: file.size };
  try {
    const { ok, answer } = await post(words.url, about);
    if (!ok) {
      fail(row, answer.message ?? words.failed);
      return Boolean(answer.message);
    }
    const arrived = await put(answer, file, bar, row);
    await post(words.here, { do: `${arrived ? "confirm" : "remove"}:${answer.artifact}` });
    if (!arrived) {
      fail(row, words.failed);
      return false;
    }
    row.remove();
    return true;
  } catch {
    fail(row, words.offline);
    return false;
  }
}

document.addEventListener("change", async (event) => {
  const input = event.target;
  if (!input.matches?.("input[type=file][data-upload]") || !words) return;
  input.parentElement.querySelector("ul.sending")?.replaceChildren();
  const settled = await Promise.all([...input.files].map((file) => send(input, file)));
  // What did not get through stays chosen, so that the form's own button can send it.
  if (settled.every(Boolean)) input.value = "";
  input.form?.dispatchEvent(new CustomEvent("rh:saved", { bubbles: true }));
  refresh();
});

function refresh() {
  window.htmx?.ajax("GET", words.here, { source: "#poll", swap: "none" });
}

// --- counting words, as the server does: letters, digits, inner apostrophes and hyphens ---------------

document.addEventListener("input", (event) => {
  const place = document.getElementById(event.target.dataset?.count ?? "");
  if (!place || !event.target.name.startsWith("text.")) return;
  const count = event.target.value.match(/[\p{L}\p{N}_][\p{L}\p{N}_'’-]*/gu)?.length ?? 0;
  place.textContent = `${count} ${count === 1 ? words.word : words.words}`;
});

// An autosaved form has nothing left to lose.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form && event.detail.successful) form.dispatchEvent(new CustomEvent("rh:saved", { bubbles: true }));
});
