// Keyboard shortcuts of the back office. Single keys wait for 60 ms of silence, so that a scanner
// never presses one, and can be switched off.
import { openDialog, openPalette } from "./quayside.js";
import { activate, activeRow, move, peek, rows, select } from "./index-page.js";

const $ = (selector, from = document) => from.querySelector(selector);
const SILENCE_MS = 60;
const STORE = "quayside.shortcuts";

const follow = (selector) => {
  const target = $(selector);
  if (!target) return false;
  target.click();
  return true;
};
const go = (key) => follow(`.rail a[href][data-key="${key}"]`);

const GO = { h: "home", o: "orders", i: "stock", w: "fulfillment", c: "customers", s: "settings", p: "purchasing", r: "returns" };
const KEYS = {
  "/": () => { const field = $("[data-search]"); if (field) { field.focus(); field.select?.(); } else openPalette(); },
  "?": () => openDialog($("#shortcuts")),
  j: () => move(1),
  k: () => move(-1),
  x: () => select(activeRow()),
  X: () => select(activeRow(), true),
  o: () => peek(activeRow()),
  Enter: () => { const row = activeRow(); if (row) $("a.row-link", row)?.click(); },
  e: () => { const row = activeRow(); return row ? $("[data-edit]", row)?.click() : follow("[data-edit]"); },
  c: () => follow("[data-create]"),
  u: () => follow("[data-undo]"),
  a: () => follow("[data-approve]"),
  r: () => follow("[data-reject]"),
  "[": () => follow("[data-previous]"),
  "]": () => follow("[data-next]"),
  ArrowLeft: () => follow("[data-calendar] [data-previous]"),
  ArrowRight: () => follow("[data-calendar] [data-next]"),
};

const off = () => {
  const stored = window.localStorage.getItem(STORE);
  return (stored ?? document.body.dataset.shortcuts ?? "on") === "off";
};

let waiting = null;
let lastAt = 0;
let prefix = "";
let prefixTimer = 0;

const run = (key) => {
  if (prefix === "g") {
    prefix = "";
    if (GO[key]) go(GO[key]);
    return;
  }
  if (key === "g") {
    prefix = "g";
    window.clearTimeout(prefixTimer);
    prefixTimer = window.setTimeout(() => { prefix = ""; }, 1200);
    return;
  }
  KEYS[key]?.();
};

document.addEventListener("keydown", (event) => {
  if (["Shift", "Control", "Alt", "Meta", "CapsLock"].includes(event.key)) return;
  const now = event.timeStamp;
  const close = now - lastAt < SILENCE_MS;
  lastAt = now;
  if (waiting) { window.clearTimeout(waiting); waiting = null; if (close) return; }
  if (off() || close || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.defaultPrevented || $("dialog[open]")) return;
  const field = event.target.closest?.("input, select, textarea, [contenteditable], summary");
  if (field && !field.matches("input.check")) return;
  if (event.key === "Enter" && event.target.closest?.("a, button, [role=button]")) return;
  if (!(event.key in KEYS) && event.key !== "g" && prefix !== "g") return;
  if (event.key === "/" || event.key === "?") event.preventDefault();
  const key = event.key;
  waiting = window.setTimeout(() => { waiting = null; run(key); }, SILENCE_MS);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-shortcut-switch]")) return;
  window.localStorage.setItem(STORE, event.target.checked ? "on" : "off");
});
const toggle = $("[data-shortcut-switch]");
if (toggle) toggle.checked = !off();
if (rows().length && location.hash.startsWith("#row-")) activate(document.getElementById(location.hash.slice(1)));
