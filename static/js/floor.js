// Floor pages: wires the scan engine to the page.
import { cameraInto, ScanEngine, tone, unlockAudio } from "./scan.js";

const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const { body } = document;

const token = () => {
  try {
    return JSON.parse(body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  } catch {
    return "";
  }
};
const refocus = () => {
  if (!document.activeElement?.matches("input, select, textarea")) $("[data-sink]")?.focus({ preventScroll: true });
};

const show = (answer) => {
  for (const [id, html] of Object.entries(answer.html ?? {})) {
    const place = document.getElementById(id);
    if (place) place.innerHTML = html;
  }
  const live = $("#live");
  if (live && answer.text) {
    live.textContent = "";
    window.setTimeout(() => { live.textContent = answer.text; }, 30);
  }
  if (answer.next) { window.location.assign(answer.next); return; }
  refocus();
};

const waiting = (count, stopped) => {
  const chip = $("[data-waiting]");
  if (chip) {
    $("[data-waiting-text]", chip).textContent = chip.dataset.text.replace("%s", count);
    chip.classList.toggle("is-busy", count > 0);
  }
  const banner = $("[data-stopped]");
  if (banner) banner.hidden = !stopped;
  if (count === 0) { const unsent = $("[data-unsent]"); if (unsent) { unsent.hidden = true; $("[data-unsent-codes]").replaceChildren(); } }
};
const offline = (off) => {
  const net = $("[data-net]");
  if (!net) return;
  net.classList.toggle("is-off", off);
  $("[data-net-text]", net).textContent = off ? net.dataset.offline : net.dataset.online;
};
const ime = (on) => {
  const banner = $("[data-ime]");
  if (banner && banner.hidden === on) banner.hidden = !on;
};

// On the door of a shared device a scan fills the marked field and moves on to the next one.
const fill = (raw) => {
  const field = $("[data-scan-into]");
  if (!field) return;
  field.value = raw.trim();
  document.getElementById(field.dataset.scanInto)?.focus();
};
const TEST_TONES = ["accept", "complete", "warn", "reject"];
const testSound = (button) => {
  unlockAudio();
  TEST_TONES.forEach((name, place) => window.setTimeout(() => tone(name), place * 500));
  const live = $("#live");
  if (live) live.textContent = button.dataset.heard;
};

const engine = new ScanEngine({
  url: body.dataset.scanUrl ?? "",
  task: body.dataset.scanTask ?? "",
  token: token(),
  volume: body.dataset.sounds === "off" ? 0 : 0.25,
  who: body.dataset.scanWho ?? "",
  onScan: fill,
  onVerdict: show,
  onWaiting: waiting,
  onOffline: offline,
  onIme: ime,
}).start();

// A finger that bounces means its command once: the second CMD-OK would fall on the next step.
const BOUNCE_MS = 500;
const tapped = { command: "", at: -Infinity };
const tap = (command, at) => {
  const bounced = command === tapped.command && at - tapped.at < BOUNCE_MS;
  Object.assign(tapped, { command, at });
  if (!bounced) engine.accept(command, "touch");
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-command]");
  if (button) { unlockAudio(); tap(button.dataset.command, event.timeStamp); refocus(); }
  const soundTest = event.target.closest?.("[data-sound-test]");
  if (soundTest) testSound(soundTest);
  if (event.target.closest?.("[data-print]")) window.print();
});
for (const name of ["online", "offline"]) window.addEventListener(name, () => offline(!navigator.onLine));
// W21: signing out would lose what waits here, so the codes are shown instead.
const listUnsent = () => {
  const notice = $("[data-unsent]");
  if (!notice) return;
  notice.hidden = engine.waiting.length === 0;
  $("[data-unsent-codes]").replaceChildren(...engine.waiting.map((scan) => {
    const line = document.createElement("li");
    line.textContent = scan.raw;
    return line;
  }));
};
document.addEventListener("submit", (event) => {
  if ("emptyQueue" in event.target.dataset && engine.waiting.length) {
    event.preventDefault();
    listUnsent();
    tone("reject");
    return;
  }
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => { for (const form of $$("[data-sent]")) delete form.dataset.sent; });
// W20: documents of a browser printer come to the station's own page, into a frame that prints
// itself. Asked for while somebody works here: asking for ever would keep the session awake.
const PRINT_EVERY_MS = 2500;
const WORK_MS = 60000;
let workedAt = Date.now();
const printing = { busy: false, url: body.dataset.printUrl ?? "" };
const printFrame = (answer) => {
  $("#print-frame")?.remove();
  const frame = document.createElement("iframe");
  frame.id = "print-frame";
  frame.className = "vh";
  frame.title = answer.title;
  frame.addEventListener("load", () => {
    try {
      frame.contentWindow.focus();
      for (let copy = 0; copy < answer.copies; copy += 1) frame.contentWindow.print();
    } catch { window.open(answer.url); }
  }, { once: true });
  frame.src = answer.url;
  body.append(frame);
};
const takePrint = async () => {
  if (!printing.url || printing.busy || document.hidden || Date.now() - workedAt > WORK_MS) return;
  printing.busy = true;
  try {
    const answer = await fetch(printing.url, {
      method: "POST", credentials: "same-origin", redirect: "manual",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
    });
    const job = answer.ok ? await answer.json() : {};
    if (job.url) printFrame(job);
  } catch { /* the next turn asks again */ }
  printing.busy = false;
};
if (printing.url) {
  for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, () => { workedAt = Date.now(); }, true);
  window.setInterval(takePrint, PRINT_EVERY_MS);
}
window.quaysideCamera = cameraInto(engine);
refocus();
