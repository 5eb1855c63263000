// Scanner check: shows each key, its gap, and how the server reads the scan.
import { parseScan, ScanEngine, tone, unlockAudio } from "./scan.js";
import { csrfToken } from "./quayside.js";

const $ = (selector, from = document) => from.querySelector(selector);
const page = $("[data-scanner-check]");
const KEYS_SHOWN = 64;
let keys = 0;
let firstAt = 0;
let lastGap = 0;

const cell = (text, className = "") => {
  const td = document.createElement("td");
  td.textContent = text;
  td.className = className;
  return td;
};
const onKey = (event, gap) => {
  if (event.target.closest?.("dialog, .topbar")) return;
  keys = gap > 200 ? 1 : keys + 1;
  if (keys === 1) firstAt = event.timeStamp;
  lastGap = event.timeStamp - firstAt;
  const row = document.createElement("tr");
  const name = event.key === "\u001d" ? "GS (0x1D)" : event.key;
  row.append(cell(name, "code"), cell(event.code, "code"), cell(gap > 5000 ? "" : gap.toFixed(1), "end"));
  const list = $("[data-keys]", page);
  list.append(row);
  while (list.children.length > KEYS_SHOWN) list.firstElementChild.remove();
};
const put = (name, text) => { $(`[data-out=${name}]`, page).textContent = text || "\u2014"; };

const onScan = async (raw, suffix) => {
  const local = parseScan(raw);
  $("[data-nothing]", page).hidden = true;
  $("[data-result]", page).hidden = false;
  put("kind", local.kind);
  put("code", local.code);
  put("symbology", local.symbology);
  put("timing", `${raw.length} / ${lastGap.toFixed(0)} ms`);
  put("suffix", suffix);
  tone("accept");
  const form = new URLSearchParams({ raw });
  const answer = await fetch(page.dataset.parseUrl, { method: "POST", body: form, headers: { "X-CSRFToken": csrfToken() } }).catch(() => null);
  if (!answer?.ok) return;
  const parsed = await answer.json();
  put("kind", [parsed.kind, parsed.what].filter(Boolean).join(" · "));
  put("code", parsed.code);
  put("problem", parsed.problem);
  $("[data-verdict]", page).textContent = parsed.code;
  const rows = parsed.elements.map((part) => {
    const row = document.createElement("tr");
    row.append(cell(part.ai, "code"), cell(part.title), cell(part.raw, "code"), cell(part.value ?? ""), cell(part.problem, "is-danger"));
    return row;
  });
  if (rows.length) $("[data-elements]", page).replaceChildren(...rows);
};
new ScanEngine({ onKey, onScan, onIme: (on) => { if (on) $("[data-ime]", page).hidden = false; } }).start();
document.addEventListener("click", (event) => {
  const one = event.target.closest?.("[data-tone]");
  if (one) { unlockAudio(); tone(one.dataset.tone); }
  if (event.target.closest?.("[data-tones]")) {
    unlockAudio();
    ["accept", "complete", "warn", "reject"].forEach((name, at) => window.setTimeout(() => tone(name), at * 700));
  }
});
