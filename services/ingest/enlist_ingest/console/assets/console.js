// What a page needs beyond htmx: the sign-in link, local times, region names, boxes to tick.

function signInByLink() {
  const form = document.getElementById("sign-in");
  const key = decodeURIComponent(location.hash.slice(1));
  if (!form || !key.startsWith("enl_")) return;
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.api_key.value = key;
  form.submit();
}

function showLocalTimes(root) {
  const written = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    time.title = time.textContent;
    time.textContent = written.format(moment);
  }
}

function nameRegions(root) {
  const names = new Intl.DisplayNames(undefined, { type: "region" });
  const options = [...root.querySelectorAll("option[data-region]")];
  for (const option of options) option.textContent = `${names.of(option.value)} (${option.dataset.region})`;
  options.sort((one, other) => one.textContent.localeCompare(other.textContent));
  for (const option of options) option.parentElement.append(option);
}

// The page is replaced at every change; only another state of the import is worth hearing.
function sayState() {
  const state = document.querySelector(".badge")?.textContent;
  const said = document.querySelector("[data-said]");
  if (said && state && said.textContent !== state) said.textContent = state;
}

// The box above a table ticks all boxes of its page.
function tickAll() {
  for (const box of document.querySelectorAll("[data-all]")) {
    box.addEventListener("change", () => {
      for (const each of box.closest("table").querySelectorAll("[name=contact]")) each.checked = box.checked;
    });
  }
}

signInByLink();
tickAll();
showLocalTimes(document);
nameRegions(document);
document.addEventListener("htmx:afterSwap", (event) => showLocalTimes(event.detail.elt));
document.addEventListener("htmx:sseMessage", () => {
  showLocalTimes(document);
  sayState();
});
