// The three tabs of the import page: what will happen is shown while the person chooses or types,
// and the import starts through the API, once, however often the button is pressed.

const PREVIEWED_BYTES = 1_000_000;
const SETTLED_MS = 300;

const form = document.querySelector("form[data-import]");
if (form) watch(form, form.dataset.import);

function watch(form, kind) {
  const state = { asking: null, timer: null, request: null, key: null };
  const look = () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => preview(form, kind, state), SETTLED_MS);
  };
  form.addEventListener("input", (event) => {
    state.key = null;
    if (event.target.type === "file") showFile(form, event.target.files[0]);
    if (event.target.name === "separator") form.elements.separator_own.value = "";
    if (event.target.name === "opted_in") hide(form, "[data-consent]", !event.target.checked);
    look();
  });
  form.addEventListener("click", (event) => {
    if (event.target.matches("[data-convert]")) form.elements.convert_national.click();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start(form, kind, state);
  });
  form.querySelector("[data-cancel]").addEventListener("click", () => state.request?.abort());
  addEventListener("beforeunload", (event) => state.request && event.preventDefault());
  if (kind === "upload") takeDrops(form);
  if (source(form, kind)) look();
}

function takeDrops(form) {
  const zone = form.querySelector("[data-drop]");
  const input = form.elements.file;
  const over = (is) => zone.classList.toggle("over", is);
  zone.addEventListener("dragover", (event) => (event.preventDefault(), over(true)));
  zone.addEventListener("dragleave", () => over(false));
  // Beside the zone, too: otherwise the browser would leave the page and open the file.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function showFile(form, file) {
  const name = form.querySelector("[data-file-name]");
  name.textContent = file ? `${file.name}, ${megabytes(file.size)}` : "Drop a file here, or choose one";
  const hint = form.querySelector("[data-list-name]");
  if (hint) hint.textContent = `“${listName(form, "upload")}”`;
}

function megabytes(bytes) {
  const [amount, unit] = bytes < 100_000 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${amount.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`;
}

// The file, or the text as the bytes that the API would see; null when there is none yet.
function source(form, kind) {
  if (kind === "upload") return form.elements.file.files[0] ?? null;
  const text = form.elements.text.value;
  return text.trim() ? new Blob([text]) : null;
}

function listName(form, kind) {
  const today = new Date().toISOString().slice(0, 10);
  const stem = kind === "upload" ? form.elements.file.files[0]?.name.replace(/\.[^.]*$/, "") : "Pasted";
  return `${stem || "Import"} ${today}`.slice(0, 255);
}

function chosenLists(form, kind) {
  const chosen = [...form.querySelectorAll("[name=list]:checked")].map((box) => Number(box.value));
  const fresh = form.elements.new_list.value.trim();
  const lists = fresh ? [...chosen, fresh] : chosen;
  return lists.length ? lists : [listName(form, kind)];
}

// The options of the import as the form states them; what was not touched is left to the defaults.
function options(form) {
  const said = { channel: form.elements.channel.value };
  said.convert_national = form.elements.convert_national.checked;
  for (const name of ["default_region", "over_limit", "encoding", "separator", "header", "parent_import_id", "purpose"]) {
    const value = form.elements[name]?.value;
    if (value) said[name] = value;
  }
  const own = form.elements.separator_own?.value;
  if (own) said.separator = own;
  const columns = [...form.querySelectorAll("select[data-column]")];
  const changed = columns.filter((each) => each.value !== each.dataset.found || "chosen" in each.dataset);
  if (changed.length) said.mapping = Object.fromEntries(columns.map((each) => [each.dataset.column, each.value]));
  return said;
}

// What the import says beyond its preview: the lists, and that these people opted in. Whom it opts
// out it puts on no list.
function everything(form, kind) {
  if (form.elements.purpose) return options(form);
  const said = { ...options(form), lists: chosenLists(form, kind) };
  const { opted_in, consent_source, consent_evidence } = form.elements;
  if (opted_in.checked) said.consent = { source: consent_source.value, evidence: consent_evidence.value };
  return said;
}

function missing(form, kind) {
  const { opted_in, consent_source, consent_evidence } = form.elements;
  if (!source(form, kind)) return kind === "upload" ? "Choose a file first." : "Paste something first.";
  if (!opted_in?.checked) return null;
  const proven = consent_source.value.trim() && consent_evidence.value.trim();
  return proven ? null : "Say where these people agreed, and what proves it.";
}

async function preview(form, kind, state) {
  const result = form.querySelector("[data-result]");
  const content = source(form, kind);
  state.asking?.abort();
  if (!content) return result.replaceChildren();
  state.asking = new AbortController();
  try {
    const answer = await fetch(...question(form, kind, content, state.asking.signal));
    if (answer.status === 401 || answer.redirected) return signInAgain();
    replace(result, await answer.text());
  } catch (error) {
    if (error.name !== "AbortError") fault(form, "The server cannot be reached. The preview comes back with it.");
  }
}

function question(form, kind, content, signal) {
  const address = `/import/preview/${kind}`;
  if (kind !== "upload") return [address, { method: "POST", signal, ...json(pasted(form, kind, options(form))) }];
  const body = uploaded(options(form), content.slice(0, PREVIEWED_BYTES), content.name);
  return [`${address}?size=${content.size}`, { method: "POST", signal, body }];
}

function json(content) {
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) };
}

// Put the answer in place; whoever was in one of its fields stays there, and whoever listens hears
// the counts alone, not the whole table; a refusal is an alert and speaks for itself.
function replace(place, html) {
  const focused = document.activeElement?.id;
  place.innerHTML = html;
  if (focused) document.getElementById(focused)?.focus();
  const counts = place.querySelector(".tally") ?? place.querySelector("section:not([role]) > p");
  const words = counts?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const said = place.closest("form").querySelector("[data-said]");
  if (said.textContent !== words) said.textContent = words;
}

function start(form, kind, state) {
  if (state.request) return;
  const lacking = missing(form, kind);
  if (lacking) return fault(form, lacking);
  hide(form, "[data-fault]", true);
  state.key ??= [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  send(form, kind, state, source(form, kind));
}

function send(form, kind, state, content) {
  const request = (state.request = new XMLHttpRequest());
  const said = everything(form, kind);
  request.open("POST", kind === "upload" ? "/v1/imports/file" : `/v1/imports/${kind}`);
  request.setRequestHeader("Idempotency-Key", state.key);
  request.upload.onprogress = (event) => showSent(form, event);
  request.onload = () => ended(form, state, request);
  request.onerror = () => stopped(form, state, "The connection broke. Press Import to try again: nothing is imported twice.");
  request.onabort = () => {
    state.key = null;
    stopped(form, state, "The upload was cancelled. Nothing was imported.");
  };
  sending(form, true);
  if (kind === "upload") return request.send(uploaded(said, content, content.name));
  request.setRequestHeader("Content-Type", "application/json");
  request.send(JSON.stringify(pasted(form, kind, said)));
}

function uploaded(said, content, name) {
  const body = new FormData();
  body.append("options", JSON.stringify(said));
  body.append("file", content, name);
  return body;
}

function pasted(form, kind, said) {
  const text = form.elements.text.value;
  if (kind === "numbers") return { numbers: text, options: said };
  const { separator = null, header = "auto", ...rest } = said;
  return { text, separator, header, options: rest };
}

function showSent(form, event) {
  if (!event.lengthComputable) return;
  form.querySelector("#sending").value = event.loaded / event.total;
  form.querySelector("[data-sent]").textContent = `${megabytes(event.loaded)} of ${megabytes(event.total)}`;
}

function ended(form, state, request) {
  state.request = null;
  const answer = readJson(request.responseText);
  if (request.status === 202) return location.assign(`/imports/${answer.import_id}`);
  if (request.status === 401) return signInAgain();
  state.key = null;
  stopped(form, state, answer?.detail ?? "The server could not take the import. Try again shortly.");
}

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function stopped(form, state, text) {
  state.request = null;
  sending(form, false);
  fault(form, text);
}

function sending(form, is) {
  hide(form, "[data-sending]", !is);
  form.querySelector("[data-start]").disabled = is;
}

function hide(form, selector, is) {
  form.querySelector(selector).hidden = is;
}

function fault(form, text) {
  const place = form.querySelector("[data-fault]");
  place.textContent = text;
  place.hidden = false;
  place.focus();
}

function signInAgain() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
}
