// Behavior of the back office, bound by data-* attributes. No eval, no inline handlers.
const root = document.documentElement;
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const words = $("#client-words")?.dataset ?? {};

export const setCookie = (name, value) => {
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)};path=/;max-age=31536000;samesite=lax${secure}`;
};

export const csrfToken = () => {
  try {
    return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  } catch {
    return "";
  }
};

// --- Saying things -------------------------------------------------------------------------------
export const announce = (text) => {
  const live = $("#live");
  if (!live) return;
  live.textContent = "";
  window.setTimeout(() => { live.textContent = text; }, 50);
};

const postUndo = async (url, line) => {
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
  line.remove();
  if (answer.ok) location.reload();
  else report(answer.status);
};

export const toast = ({ level = "ok", text = "", undo = null }) => {
  const region = $("#toasts");
  if (!region || !text) return;
  const line = document.createElement("div");
  line.className = `toast-line toast-${level}`;
  const body = document.createElement("span");
  body.className = "grow";
  body.textContent = text;
  line.append(body);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.undo = "";
    button.textContent = words.undo ?? "Undo";
    button.addEventListener("click", () => postUndo(undo, line), { once: true });
    line.append(button);
  }
  region.append(line);
  while (region.children.length > 4) region.firstElementChild.remove();
  if (level === "danger") { announce(text); return; }
  const leave = () => {
    if (line.matches(":hover, :focus-within")) window.setTimeout(leave, 2000);
    else line.remove();
  };
  window.setTimeout(leave, undo ? 12000 : 6000);
};

const sentenceFor = (status) => {
  if (status === 403) return words.noRight;
  if (status === 404) return words.gone;
  if (status === 401) return words.signedOut;
  if (status === 429) return words.busyServer;
  return status ? words.broken : words.noAnswer;
};

export const report = (status, reference = "") => {
  const region = $("#error-region");
  const text = [sentenceFor(status), reference].filter(Boolean).join(" ");
  if (!region) { toast({ level: "danger", text }); return; }
  const note = document.createElement("div");
  note.className = "note note-danger";
  note.tabIndex = -1;
  note.textContent = text;
  region.replaceChildren(note);
  note.focus();
};

// --- Theme, cookies ------------------------------------------------------------------------------
const choose = (button) => {
  setCookie("q_theme", button.dataset.themeChoice);
  root.dataset.theme = button.dataset.themeChoice;
  if (root.dataset.theme === "system") window.quaysidePaint?.();
  else root.dataset.bsTheme = root.dataset.theme;
  button.closest("details")?.removeAttribute("open");
};

// --- Dialogs -------------------------------------------------------------------------------------
let cameFrom = null;
export const openDialog = (dialog) => {
  if (!dialog || dialog.open) return;
  cameFrom = document.activeElement;
  dialog.showModal();
  ($("[autofocus]", dialog) ?? $("input:not([type=hidden]), select, textarea", dialog) ?? $("h2", dialog))?.focus();
};
export const closeDialog = (dialog) => {
  if (dialog?.open) dialog.close();
};
document.addEventListener("close", (event) => {
  if (event.target.id === "dialog") event.target.replaceChildren();
  if (cameFrom?.isConnected) cameFrom.focus();
  cameFrom = null;
}, true);

// --- Rail on narrow screens ----------------------------------------------------------------------
const toggleRail = (open) => {
  const rail = $("#rail");
  rail?.classList.toggle("is-open", open);
  $(".rail-shade")?.remove();
  if (!open) { $("[data-rail-open]")?.focus(); return; }
  const shade = document.createElement("button");
  shade.type = "button";
  shade.className = "rail-shade";
  shade.setAttribute("aria-label", words.close ?? "Close");
  shade.addEventListener("click", () => toggleRail(false));
  document.body.append(shade);
  $("a", rail)?.focus();
};

// --- One listener for clicks ---------------------------------------------------------------------
const copy = async (button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast({ text: `${words.copied ?? "Copied"}: ${button.dataset.copy}` });
  } catch {
    window.prompt(button.getAttribute("aria-label") ?? "", button.dataset.copy);
  }
};

const CLICKS = [
  ["[data-theme-choice]", (el) => choose(el)],
  ["[data-cookie]", (el) => { setCookie(el.dataset.cookie, el.dataset.value); location.reload(); }],
  ["[data-copy]", (el) => copy(el)],
  ["[data-dialog-open]", (el) => openDialog(document.getElementById(el.dataset.dialogOpen))],
  ["[data-dialog-close]", (el) => closeDialog(el.closest("dialog"))],
  ["[data-rail-open]", () => toggleRail(true)],
  ["[data-palette-open]", () => openPalette()],
  ["[data-peek-close]", () => closePeek()],
  ["[data-print]", () => window.print()],
  ["[data-back]", () => history.back()],
];
document.addEventListener("click", (event) => {
  for (const [selector, act] of CLICKS) {
    const hit = event.target.closest?.(selector);
    if (hit) {
      if (hit.matches("a")) event.preventDefault();
      act(hit);
      break;
    }
  }
  for (const menu of $$("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.clientX) closeDialog(event.target);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = $$("details[data-menu][open]").at(-1);
  if (menu) { menu.removeAttribute("open"); $("summary", menu)?.focus(); return; }
  if ($(".rail.is-open")) { toggleRail(false); return; }
  if (!$("dialog[open]") && $("#peek")?.childElementCount) closePeek();
});

// Arrow keys inside a menu.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu || event.target.matches("input, select, textarea")) return;
  const items = $$(".menu-item", menu);
  if (!items.length) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  items[(at + step + items.length) % items.length].focus();
});

// --- Palette -------------------------------------------------------------------------------------
export const openPalette = () => {
  const palette = $("#palette");
  openDialog(palette);
  const field = $("input", palette);
  field?.select();
  field?.dispatchEvent(new Event("palette-open"));
  filterPalette("");
};
const options = () => $$("#palette-list [role=option]:not([hidden])");
const mark = (option) => {
  for (const other of $$("#palette-list [role=option]")) other.setAttribute("aria-selected", String(other === option));
  option?.scrollIntoView({ block: "nearest" });
};
const filterPalette = (text) => {
  if ($("#palette input")?.hasAttribute("hx-get")) return;
  const wanted = text.trim().toLocaleLowerCase();
  for (const option of $$("#palette-list [role=option]")) {
    option.hidden = Boolean(wanted) && !option.textContent.toLocaleLowerCase().includes(wanted);
  }
  mark(options()[0]);
};
document.addEventListener("input", (event) => {
  if (event.target.closest?.("#palette")) filterPalette(event.target.value);
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (!event.target.closest?.("#palette")) return;
  const list = options();
  const at = list.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(list[(at + (event.key === "ArrowDown" ? 1 : -1) + list.length) % list.length]);
  } else if (event.key === "Enter" && list[Math.max(at, 0)] && at >= 0) {
    event.preventDefault();
    list[at].click();
  }
});

// --- Peek ----------------------------------------------------------------------------------------
export const closePeek = () => {
  $("#peek")?.replaceChildren();
  for (const row of $$(".is-peeked")) row.classList.remove("is-peeked");
  $(".is-active")?.focus();
};

// --- Forms ---------------------------------------------------------------------------------------
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  const button = event.submitter ?? $("button[type=submit]", form);
  window.setTimeout(() => button?.setAttribute("aria-busy", "true"), 150);
});
window.addEventListener("pageshow", () => {
  for (const form of $$("[data-sent]")) delete form.dataset.sent;
  for (const button of $$("button[aria-busy]")) button.removeAttribute("aria-busy");
});
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-autosubmit]");
  if (form && event.target.name) form.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form") ?? $("form[data-main]");
    if (form) { event.preventDefault(); form.requestSubmit(); }
  }
});

// --- htmx: busy after 150 ms, focus and announcement after a swap, errors ------------------------
const timers = new WeakMap();
document.addEventListener("htmx:beforeRequest", (event) => {
  const el = event.detail.elt;
  timers.set(el, window.setTimeout(() => {
    el.setAttribute("aria-busy", "true");
    event.detail.target?.setAttribute?.("aria-busy", "true");
    const button = el.matches("form") ? $("button[type=submit]", el) : null;
    button?.setAttribute("aria-busy", "true");
  }, 150));
});
const settle = (event) => {
  const el = event.detail.elt;
  window.clearTimeout(timers.get(el));
  for (const part of [el, event.detail.target, el.matches?.("form") ? $("button[type=submit]", el) : null]) {
    part?.removeAttribute?.("aria-busy");
  }
};
document.addEventListener("htmx:afterRequest", settle);
document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target?.id === "dialog" && target.childElementCount) openDialog(target);
  const wanted = target?.querySelector?.("[data-focus]") ?? (target?.matches?.("[data-focus]") ? target : null);
  if (wanted) wanted.focus();
  else if (target?.id === "peek") $("h2", target)?.focus();
  else if (document.activeElement === document.body && target?.isConnected) {
    const place = target.id ? document.getElementById(target.id) : target;
    if (place && !place.matches("input, button, a")) { place.tabIndex = -1; place.focus({ preventScroll: true }); }
  }
  const said = target?.querySelector?.("[data-announce]");
  if (said) announce(said.dataset.announce);
});
// Only an answer that says where it belongs is shown; a bare error page is not put into the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, isError } = event.detail;
  if (isError && !xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Retarget")) return;
  const { status } = event.detail.xhr;
  if (status === 401 && event.detail.xhr.getResponseHeader("HX-Redirect")) return;
  report(status, event.detail.xhr.getResponseHeader("X-Request-ID") ?? "");
});
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => report(0));
document.addEventListener("toast", (event) => toast(event.detail ?? {}));
document.addEventListener("announce", (event) => announce(event.detail?.value ?? event.detail));
document.addEventListener("reauth", (event) => { if (event.detail?.url) location.assign(event.detail.url); });
document.addEventListener("closeDialog", () => closeDialog($("#dialog")));

// --- Jobs tray -----------------------------------------------------------------------------------
const pollTray = async (panel, wait) => {
  if (!panel.closest("details")?.open) return;
  const answer = await fetch(panel.dataset.tray, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok) panel.innerHTML = await answer.text();
  if (answer?.status !== 286) window.setTimeout(() => pollTray(panel, Math.min(wait + 500, 3000)), wait);
};
for (const panel of $$("[data-tray]")) {
  panel.closest("details")?.addEventListener("toggle", () => pollTray(panel, 1000));
}

// --- At load: the error summary gets the focus ---------------------------------------------------
$("main [data-focus]")?.focus();
