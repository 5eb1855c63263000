// Rows of an index page: one active row, a selection on the page or over everything that matches.
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

const index = () => $("[data-index]");
export const rows = () => $$("[data-index] tbody tr[data-row]");
export const activeRow = () => $("[data-index] tr.is-active");
let anchor = null;

export const activate = (row) => {
  for (const other of $$("tr.is-active")) other.classList.remove("is-active");
  if (!row) return;
  row.classList.add("is-active");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};

export const move = (step) => {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(activeRow());
  const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
  activate(next);
  if ($("#peek")?.childElementCount) peek(next);
};

export const peek = (row) => {
  const link = row && $("[data-peek-link]", row);
  if (!link) return;
  for (const other of $$(".is-peeked")) other.classList.remove("is-peeked");
  row.classList.add("is-peeked");
  window.htmx.ajax("GET", link.dataset.peekLink, { target: "#peek", swap: "innerHTML" });
};

const box = (row) => $("input.check", row);

export const select = (row, range = false) => {
  if (!row || !box(row)) return;
  const list = rows();
  if (range && anchor && list.includes(anchor)) {
    const [from, to] = [list.indexOf(anchor), list.indexOf(row)].sort((a, b) => a - b);
    for (const between of list.slice(from, to + 1)) box(between).checked = true;
  } else {
    box(row).checked = !box(row).checked;
  }
  anchor = row;
  paint();
};

// All matching: the predicate is sent; rows unticked on this page go along as exclusions.
const state = () => {
  const table = index();
  const boxes = rows().map(box).filter(Boolean);
  const all = table?.dataset.all === "1";
  const ticked = boxes.filter((one) => one.checked);
  return { table, boxes, all, ticked };
};

const excluded = () => new Set((index()?.dataset.excluded ?? "").split(",").filter(Boolean));

const paint = () => {
  const { table, boxes, all, ticked } = state();
  if (!table) return;
  const bar = $("[data-bulk]");
  const total = Number(table.dataset.total ?? 0);
  const gone = excluded();
  if (all) {
    for (const one of boxes) one.checked ? gone.delete(one.value) : gone.add(one.value);
    table.dataset.excluded = [...gone].join(",");
  }
  const count = all ? total - gone.size : ticked.length;
  for (const row of rows()) row.classList.toggle("is-selected", Boolean(box(row)?.checked));
  for (const head of $$("[data-select-page]")) {
    head.checked = boxes.length > 0 && ticked.length === boxes.length;
    head.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
  }
  if (!bar) return;
  bar.hidden = count === 0;
  const label = $("[data-bulk-count]", bar);
  const text = label.dataset.text.replace("%s", new Intl.NumberFormat(document.documentElement.lang).format(count));
  if (label.textContent !== text) label.textContent = text;
  const offer = $("[data-select-all]", bar);
  if (offer) offer.hidden = all || ticked.length < boxes.length || total <= boxes.length;
  const form = $("form[data-bulk-form]", bar.parentElement) ?? bar.closest("form");
  if (form) {
    form.elements.all.value = all ? "1" : "";
    form.elements.excluded.value = all ? [...gone].join(",") : "";
    form.elements.ids.value = all ? "" : ticked.map((one) => one.value).join(",");
  }
};

const clear = () => {
  const { table, boxes } = state();
  if (!table) return;
  table.dataset.all = "";
  table.dataset.excluded = "";
  for (const one of boxes) one.checked = false;
  paint();
};

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-page]")) {
    for (const one of rows().map(box)) if (one) one.checked = event.target.checked;
    paint();
  } else if (event.target.matches("[data-index] tbody input.check")) {
    anchor = event.target.closest("tr");
    paint();
  }
});
document.addEventListener("click", (event) => {
  const tick = event.target.closest?.("[data-index] tbody input.check");
  if (tick && event.shiftKey && anchor) {
    const row = tick.closest("tr");
    const wanted = tick.checked;
    const list = rows();
    const [from, to] = [list.indexOf(anchor), list.indexOf(row)].sort((a, b) => a - b);
    for (const between of list.slice(Math.max(from, 0), to + 1)) if (box(between)) box(between).checked = wanted;
    paint();
  }
  if (event.target.closest?.("[data-select-all]")) {
    index().dataset.all = "1";
    for (const one of rows().map(box)) if (one) one.checked = true;
    paint();
  }
  if (event.target.closest?.("[data-select-none]")) clear();
  const row = event.target.closest?.("[data-index] tbody tr[data-row]");
  if (row && !event.target.closest("a, button, input, label, select, summary")) {
    activate(row);
    if ($("[data-peek-link]", row) && window.innerWidth >= 768) peek(row);
  }
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.matches?.("[data-index-region], [data-index]")) { anchor = null; paint(); }
});
// Ctrl-Enter: the main act on what is ticked, else on the active row.
document.addEventListener("keydown", (event) => {
  const main = $("[data-bulk-main]");
  if (!main || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  if (event.repeat || $("dialog[open]") || event.target.closest?.("form")) return;
  if ($("[data-bulk]")?.hidden) select(activeRow());
  if (!$("[data-bulk]")?.hidden) main.click();
});
// The column chooser sends one parameter, not one per column.
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-columns]");
  if (!form || !event.target.matches("[data-column]")) return;
  form.elements.cols.value = $$("[data-column]:checked", form).map((one) => one.value).join(",");
});
window.addEventListener("pageshow", paint);
