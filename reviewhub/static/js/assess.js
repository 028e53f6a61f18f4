// The assessor's workspace with scripts: one open criterion, one key a level, autosave that is seen, a countdown.
// The page works without this; everything here goes through the same form.

const form = document.getElementById("sheet");
const autosave = document.getElementById("autosave");
const saved = document.getElementById("saved");

// --- criteria --------------------------------------------------------------------------------------

const criteria = form ? [...form.querySelectorAll("[data-criterion]")] : [];
const ratedOf = (criterion) => criterion.querySelector("input[type=radio]:checked");
let now = 0;

/** Open one criterion, close the others, and bring it into view. */
function open(index, { focus = true, scroll = true } = {}) {
  now = Math.max(0, Math.min(criteria.length - 1, index));
  criteria.forEach((one, n) => one.classList.toggle("now", n === now));
  const current = criteria[now];
  if (!current) return;
  if (scroll) current.scrollIntoView({ block: "nearest" });
  if (focus) current.focus({ preventScroll: true });
}

/** Show what was chosen: the level's meaning, the chip, how many are rated. */
function show() {
  for (const criterion of criteria) {
    const level = ratedOf(criterion)?.value;
    const meanings = criterion.querySelector(".meanings");
    meanings.classList.toggle("rated", Boolean(level));
    let chosen = null;
    for (const one of meanings.children) {
      one.classList.toggle("chosen", one.dataset.level === level);
      if (one.dataset.level === level) chosen = one;
    }
    if (level) for (const message of criterion.querySelectorAll("[id^=f-level-].wrong")) message.remove();
    const chip = criterion.querySelector("[data-chosen]");
    chip.className = chosen ? `chip ${chosen.dataset.met}` : "chip";
    chip.textContent = chosen ? chosen.dataset.name : chip.dataset.none;
  }
  const rated = criteria.filter(ratedOf).length;
  const text = document.getElementById("rated");
  text.textContent = text.dataset.text.replace("{rated}", rated).replace("{all}", criteria.length);
  form.querySelector("progress").value = rated;
}

function nextUnrated() {
  const order = [...criteria.keys()].map((n) => (now + 1 + n) % criteria.length);
  const found = order.find((n) => !ratedOf(criteria[n]));
  if (found === undefined) document.getElementById("submit").focus();
  else open(found);
}

// --- keys ------------------------------------------------------------------------------------------

const keys = document.getElementById("keys");

function choose(number) {
  const radio = criteria[now]?.querySelector(`input[data-key="${number}"]`);
  if (!radio) return false;
  radio.click();
  return true;
}

const steps = {
  n: nextUnrated,
  j: () => open(now + 1),
  ArrowDown: () => open(now + 1),
  k: () => open(now - 1),
  ArrowUp: () => open(now - 1),
  c: () => criteria[now]?.querySelector("textarea").focus(),
  e: () => document.querySelector(criteria[now]?.querySelector('a[href^="#exhibit-"]')?.hash || null)?.scrollIntoView(),
  "?": () => keys.showModal(),
};

function pressed(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(document.getElementById("submit"));
    return;
  }
  const field = event.target.closest("textarea, input:not([type=radio]), select");
  if (field && event.key === "Escape") criteria[now]?.focus();
  if (field || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && event.target.matches("input[type=radio]")) {
    event.preventDefault();
    open(now + 1);
    return;
  }
  // In a group of radio buttons the arrows belong to the browser.
  if (event.key.startsWith("Arrow") && event.target.matches("input[type=radio]")) return;
  const step = steps[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (/^[1-9]$/.test(event.key) ? choose(event.key) : step) {
    event.preventDefault();
    step?.();
  }
}

// --- saving ----------------------------------------------------------------------------------------

let dirty = 0; // counts inputs; what was sent is compared with it
let sent = 0;
let flying = false;
let leaving = null; // the submit button that waits for a save on its way
let going = false; // the sheet is being handed in: nothing is saved beside it
let retry = 0;

function state(kind, text) {
  const word = document.createElement("span");
  word.className = `saved ${kind}`;
  if (kind === "failed") word.setAttribute("role", "alert");
  word.textContent = text;
  saved.replaceChildren(word);
}

function save() {
  window.htmx?.trigger(autosave, "rh:save");
}

function beforeSave(event) {
  if (leaving || going) {
    event.preventDefault();
    return;
  }
  flying = true;
  sent = dirty;
  clearTimeout(retry);
  state("busy", saved.dataset.busy);
}

function afterSave(event) {
  flying = false;
  const { xhr } = event.detail;
  if (xhr.status >= 200 && xhr.status < 300) {
    if (sent === dirty) form.dispatchEvent(new CustomEvent("rh:saved", { bubbles: true }));
    if (document.querySelector("#conflict .conflict")) document.getElementById("conflict").replaceChildren();
    if (document.querySelector("#kept .failed")) window.htmx?.trigger("#at-work", "rh:at-work");
  } else if (xhr.status === 0 || xhr.status >= 500) {
    state("failed", saved.dataset.failed);
    retry = setTimeout(save, 5000);
  } else if (!saved.querySelector(".failed")) {
    const conflict = document.querySelector("#conflict h2");
    state("failed", conflict ? conflict.textContent : saved.dataset.failed);
  }
  if (leaving) {
    const button = leaving;
    leaving = null;
    form.requestSubmit(button);
  }
}

/** A save on its way must end before the sheet goes in, or the page would be older than its own draft. */
function beforeSubmit(event) {
  if (flying) {
    event.preventDefault();
    leaving = event.submitter;
    return;
  }
  leaving = null;
  going = true;
}

// --- start -----------------------------------------------------------------------------------------

if (form) {
  form.classList.add("keyed");
  for (const [n, criterion] of criteria.entries()) {
    criterion.tabIndex = -1;
    criterion.addEventListener("click", () => n !== now && open(n, { focus: false }));
    criterion.addEventListener("focusin", (event) => event.target !== criterion && n !== now && open(n, { focus: false }));
  }
  const wrong = criteria.findIndex((one) => one.querySelector(".wrong, [aria-invalid]"));
  const unrated = criteria.findIndex((one) => !ratedOf(one));
  const differs = criteria.findIndex((one) => one.dataset.differs);
  const first = [wrong, differs, unrated, 0].find((n) => n >= 0);
  // On a phone the evidence comes first, and a decision begins with what it is about.
  const scroll = wrong < 0 && differs < 0 && window.matchMedia("(min-width: 901px)").matches;
  open(first, { focus: false, scroll });
  show();

  form.addEventListener("input", () => {
    dirty += 1;
    show();
  });
  form.addEventListener("submit", beforeSubmit);
  autosave.addEventListener("htmx:beforeRequest", beforeSave);
  autosave.addEventListener("htmx:afterRequest", afterSave);
  document.addEventListener("keydown", pressed);
  window.addEventListener("pageshow", () => {
    going = false;
  });
  document.addEventListener("visibilitychange", () => document.hidden && dirty !== sent && save());
  for (const link of document.querySelectorAll("[data-take-saved]")) link.addEventListener("click", () => form.dispatchEvent(new CustomEvent("rh:saved", { bubbles: true })));

  // The sheet came back: what is missing is said above, and what is there is kept at once.
  if (wrong >= 0) window.addEventListener("load", save);

  const next = document.getElementById("next");
  next.hidden = false;
  next.addEventListener("click", nextUnrated);
  const help = document.getElementById("keys-button");
  help.hidden = false;
  help.addEventListener("click", () => keys.showModal());
  if (/Mac|iPhone|iPad/.test(navigator.platform)) document.querySelector("#submit kbd").textContent = "⌘ ↵";
}

// --- at work on what was claimed ---------------------------------------------------------------------

// Typing, scrolling, playing: whatever shows that somebody is there keeps the claim, at most once a minute.
const MINUTE = 60_000;
const atWork = document.getElementById("at-work");
if (atWork) {
  let told = Date.now();
  const working = () => {
    if (Date.now() - told < MINUTE || document.hidden) return;
    told = Date.now();
    window.htmx?.trigger(atWork, "rh:at-work");
  };
  for (const kind of ["keydown", "input", "pointerdown", "scroll", "wheel", "timeupdate"]) {
    document.addEventListener(kind, working, { capture: true, passive: true });
  }
}

// --- which piece of evidence is in view --------------------------------------------------------------

const thumbs = new Map([...document.querySelectorAll(".thumb")].map((one) => [one.hash.slice(1), one]));
if (thumbs.size && "IntersectionObserver" in window) {
  const seen = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target.id);
      else seen.delete(target.id);
    }
    const first = [...thumbs.keys()].find((id) => seen.has(id));
    for (const [id, thumb] of thumbs) {
      if (id === first) thumb.setAttribute("aria-current", "true");
      else thumb.removeAttribute("aria-current");
    }
  }, { rootMargin: "-20% 0px -50% 0px" });
  for (const id of thumbs.keys()) watch.observe(document.getElementById(id));
}

// --- undo ------------------------------------------------------------------------------------------

const countdown = document.querySelector("[data-countdown]");
if (countdown) {
  const end = Date.now() + Number(countdown.dataset.countdown) * 1000;
  const tell = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) window.location.reload();
    else {
      countdown.textContent = countdown.dataset.text.replace("{n}", left);
      setTimeout(tell, 250);
    }
  };
  tell();
}
