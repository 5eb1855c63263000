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

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-command]");
  if (button) { unlockAudio(); engine.accept(button.dataset.command, "touch"); refocus(); }
  const soundTest = event.target.closest?.("[data-sound-test]");
  if (soundTest) testSound(soundTest);
  if (event.target.closest?.("[data-print]")) window.print();
});
for (const name of ["online", "offline"]) window.addEventListener(name, () => offline(!navigator.onLine));
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => { for (const form of $$("[data-sent]")) delete form.dataset.sent; });
window.quaysideCamera = cameraInto(engine);
refocus();
