// What every page does when scripts run. Nothing here is needed to use a page.

const notices = document.getElementById("notices");

/** Say something that went wrong above the page, and read it out. */
function notify(text) {
  const box = document.createElement("div");
  box.className = "notice stop";
  box.textContent = text;
  notices.replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

// --- htmx ------------------------------------------------------------------------------------------

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});

// Our own error answers name their place; a proxy's error page must not land inside the form.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:responseError", () => notify(notices.dataset.failed));
document.addEventListener("htmx:sendError", () => notify(notices.dataset.offline));
document.addEventListener("htmx:timeout", () => notify(notices.dataset.offline));

// --- focus -----------------------------------------------------------------------------------------

/** Errors first: whoever cannot see the page hears at once what is wrong. */
function focusErrors(root) {
  const summary = root.querySelector?.("[data-error-summary]");
  if (summary) summary.focus();
}
focusErrors(document);
document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));

// --- menus -----------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// --- confirm: data-confirm="question" on a form or on one of its buttons ----------------------------

const dialog = document.getElementById("confirm");
const confirmed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || confirmed.delete(form) || !dialog?.showModal) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    dialog.querySelector("p").textContent = question;
    dialog.querySelector('[value="yes"]').textContent = submitter?.dataset.confirmYes ?? submitter?.textContent.trim();
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return;
        confirmed.add(form);
        form.requestSubmit(submitter);
      },
      { once: true },
    );
  },
  { capture: true },
);

// --- one click, one POST ---------------------------------------------------------------------------

const sent = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [data-again]")) return;
  if (sent.has(form)) event.preventDefault();
  sent.add(form);
});
// Back again by the browser's own memory: the form may be sent once more.
window.addEventListener("pageshow", () => sent.clear());

// --- unsaved work: <form data-guard>; whoever saves by script fires "rh:saved" on the form ----------

const dirty = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form) dirty.add(form);
});
document.addEventListener("rh:saved", (event) => dirty.delete(event.target));
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) dirty.delete(event.target);
});
window.addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (!form.isConnected) dirty.delete(form);
  if (dirty.size) event.preventDefault();
});
