// The scan engine: one module, no dependencies. It tells scans from typing, keeps them through
// reloads and lost networks, sends them one by one and plays the verdict.
//
// import { ScanEngine, parseScan, tone } from "./scan.js";
// new ScanEngine({ url, task, onVerdict, onWaiting, onIme, onKey }).start();

export const BURST_MS = 35;
export const MIN_CHARS = 4;
// Outside of fields nobody types, so a scanner may stall inside a code; its pace decides at the end.
export const STALL_MS = 150;
export const SILENCE_MS = 60;
export const MAX_WAITING = 60;
export const MAX_AGE_MS = 15 * 60 * 1000;
const GS = "\u001d";
const ENDS = new Set(["Enter", "Tab"]);

// --- Reading a code (for display; core/scanning.py is the truth) ----------------------------------
const AIS = {
  "00": ["SSCC", 18, 1], "01": ["GTIN", 14, 1], "02": ["CONTENT", 14, 1], 10: ["BATCH/LOT", 20, 0],
  11: ["PROD DATE", 6, 1], 13: ["PACK DATE", 6, 1], 15: ["BEST BEFORE", 6, 1], 17: ["EXPIRY", 6, 1],
  20: ["VARIANT", 2, 1], 21: ["SERIAL", 20, 0], 30: ["VAR. COUNT", 8, 0], 37: ["COUNT", 8, 0],
  240: ["ADDITIONAL ID", 30, 0], 400: ["ORDER NUMBER", 30, 0], 410: ["SHIP TO LOC", 13, 1],
  420: ["SHIP TO POST", 20, 0], 421: ["SHIP TO POST", 12, 0],
};
const aiAt = (text) => {
  if (/^310[0-6]/.test(text)) return ["NET WEIGHT (kg)", 6, 1, 4];
  for (const size of [2, 3]) {
    const key = text.slice(0, size);
    if (key.length === size && AIS[key]) return [...AIS[key], size];
  }
  return null;
};
export const checkDigitHolds = (code) => {
  if (!/^\d{2,}$/.test(code)) return false;
  let sum = 0;
  for (let at = 0; at < code.length - 1; at += 1) {
    sum += Number(code[code.length - 2 - at]) * (at % 2 ? 1 : 3);
  }
  return (10 - (sum % 10)) % 10 === Number(code.at(-1));
};
const splitGs1 = (text) => {
  const found = [];
  let rest = text;
  while (rest) {
    const known = aiAt(rest);
    if (!known) {
      if (!found.length) return null;
      const end = rest.indexOf(GS);
      found.push({ ai: "", title: "", value: end < 0 ? rest : rest.slice(0, end) });
      rest = end < 0 ? "" : rest.slice(end + 1);
      continue;
    }
    const [title, length, fixed, size] = known;
    const ai = rest.slice(0, size);
    rest = rest.slice(size);
    const mark = rest.indexOf(GS);
    let end = fixed ? Math.min(length, rest.length) : rest.length;
    if (mark >= 0 && mark < end) end = mark;
    found.push({ ai, title, value: rest.slice(0, end) });
    rest = rest.slice(end).replace(/^\u001d+/, "");
  }
  return found;
};
export const parseScan = (raw) => {
  let text = String(raw).slice(0, 4096).normalize("NFKC").replace(/[\u0000-\u001c\u001e\u001f\u007f]/g, "").trim();
  const aim = /^\][A-Za-z][0-9A-Za-z]/.exec(text)?.[0] ?? "";
  text = text.slice(aim.length);
  if (!text) return { kind: "empty", code: "", symbology: aim };
  if (/^CMD-/i.test(text)) return { kind: "command", code: text.toUpperCase(), symbology: aim };
  const bracketed = /^\(\d{2,4}\)/.test(text);
  if (["]C1", "]d2", "]Q3", "]e0", "]J1"].includes(aim) || text.includes(GS) || bracketed) {
    const plain = bracketed ? text.replace(/\((\d{2,4})\)/g, (all, ai, at) => (at ? GS : "") + ai) : text;
    const elements = splitGs1(plain.replace(/^\u001d+/, ""));
    if (elements?.length) {
      const main = elements.find((part) => ["01", "02", "00"].includes(part.ai)) ?? elements[0];
      return { kind: "gs1", code: main.value, symbology: aim, elements };
    }
  }
  if (/^(\d{8}|\d{12,14})$/.test(text)) {
    const code = text.padStart(14, "0");
    if (checkDigitHolds(code)) return { kind: "gtin", code, symbology: aim };
  }
  return { kind: "text", code: text, symbology: aim };
};

// --- Tones ---------------------------------------------------------------------------------------
let audio = null;
const beep = (frequency, at, seconds, volume) => {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = frequency;
  oscillator.connect(gain).connect(audio.destination);
  gain.gain.setValueAtTime(volume, audio.currentTime + at);
  gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + at + seconds);
  oscillator.start(audio.currentTime + at);
  oscillator.stop(audio.currentTime + at + seconds);
};
const TONES = {
  accept: [[1760, 0, 0.06]],
  complete: [[1320, 0, 0.09], [1980, 0.1, 0.14]],
  warn: [[330, 0, 0.22]],
  reject: [[196, 0, 0.15], [165, 0.19, 0.15]],
  tick: [[2400, 0, 0.015]],
};
export const unlockAudio = () => {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!Context) return;
  audio ??= new Context();
  if (audio.state === "suspended") audio.resume().catch(() => {});
};
export const tone = (verdict, volume = 0.25) => {
  if (verdict === "reject") navigator.vibrate?.([150, 60, 150]);
  else if (verdict === "warn") navigator.vibrate?.(120);
  if (!audio || volume <= 0) return;
  for (const [frequency, at, seconds] of TONES[verdict] ?? []) beep(frequency, at, seconds, volume);
};

// --- The queue: IndexedDB, so that a reload or a dead battery loses nothing -----------------------
export class ScanQueue {
  constructor(name = "quayside-scans") {
    this.name = name;
    this.opened = null;
  }
  open() {
    this.opened ??= new Promise((done, failed) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("scans", { keyPath: "order", autoIncrement: true });
      };
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
    return this.opened;
  }
  async run(mode, act) {
    const base = await this.open();
    return new Promise((done, failed) => {
      const work = base.transaction("scans", mode);
      const request = act(work.objectStore("scans"));
      work.oncomplete = () => done(request.result);
      work.onerror = () => failed(work.error);
      work.onabort = () => failed(work.error);
    });
  }
  add(scan) { return this.run("readwrite", (store) => store.add(scan)); }
  all() { return this.run("readonly", (store) => store.getAll()); }
  remove(order) { return this.run("readwrite", (store) => store.delete(order)); }
}

const uuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

// What a key would have typed on an English layout, for keys that an input method swallowed.
const fromPosition = (event) => {
  const code = event.code ?? "";
  if (/^Key[A-Z]$/.test(code)) return event.shiftKey || event.getModifierState?.("CapsLock") ? code[3] : code[3].toLowerCase();
  if (/^(Digit|Numpad)\d$/.test(code)) return event.shiftKey ? ")!@#$%^&*("[Number(code.at(-1))] : code.at(-1);
  return { Minus: event.shiftKey ? "_" : "-", Period: ".", Slash: "/", Space: " ", BracketRight: "]", BracketLeft: "[" }[code] ?? "";
};
const isIme = (event) => event.isComposing || event.keyCode === 229 || event.key === "Process";
const isSeparator = (event) => event.key === GS || event.key === "F8" || (event.ctrlKey && (event.key === "]" || event.code === "BracketRight"));
const editable = (target) => target?.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]");

export class ScanEngine {
  constructor(options) {
    this.options = { url: "", task: "", token: "", volume: 0.25, noSuffix: false, ...options };
    this.queue = options.queue ?? new ScanQueue();
    this.keys = [];
    this.gaps = [];
    this.lastAt = -Infinity;
    this.field = null;
    this.before = "";
    this.sending = false;
    this.stopped = false;
    this.waiting = [];
    this.timer = 0;
  }

  start() {
    document.addEventListener("keydown", (event) => this.onKeydown(event), true);
    document.addEventListener("keyup", (event) => {
      if (ENDS.has(event.key) && this.swallowUp) { event.preventDefault(); event.stopImmediatePropagation(); this.swallowUp = false; }
    }, true);
    document.addEventListener("compositionstart", () => this.options.onIme?.(true), true);
    document.addEventListener("pointerdown", unlockAudio, { capture: true });
    window.addEventListener("online", () => this.drain());
    this.restore();
    return this;
  }

  async restore() {
    // On a shared device the scans of another worker wait until that worker is back.
    const { who } = this.options;
    const kept = await this.queue.all().catch(() => []);
    this.waiting = kept.filter((scan) => !scan.who || scan.who === who);
    this.report();
    this.drain();
  }

  // --- Telling scans from typing -----------------------------------------------------------------
  onKeydown(event) {
    const gap = event.timeStamp - this.lastAt;
    const pause = editable(event.target) ? BURST_MS : STALL_MS;
    const inBurst = gap <= pause && this.keys.length > 0;
    if (["Shift", "Control", "Alt", "Meta", "CapsLock"].includes(event.key)) return;
    this.lastAt = event.timeStamp;
    this.options.onKey?.(event, gap);
    if (inBurst) this.gaps.push(gap);
    else this.begin(event);
    if (ENDS.has(event.key)) { this.end(event, gap); return; }
    const ime = isIme(event);
    this.options.onIme?.(ime);
    const char = isSeparator(event) ? GS : ime ? fromPosition(event) : event.key.length === 1 && !event.ctrlKey && !event.metaKey ? event.key : "";
    if (!char) { if (event.key !== "Unidentified") this.keys = []; return; }
    this.keys.push(char);
    const isScan = this.keys.length >= MIN_CHARS && gap <= BURST_MS;
    if (char === GS || (char === " " && this.keys.length > 1 && gap <= BURST_MS) || isScan) this.swallow(event);
    window.clearTimeout(this.timer);
    if (this.options.noSuffix) this.timer = window.setTimeout(() => this.finish(), SILENCE_MS);
  }

  begin(event) {
    this.keys = [];
    this.gaps = [];
    this.field = editable(event.target);
    this.before = this.field && "value" in this.field ? this.field.value : "";
  }

  swallow(event) {
    if (this.field?.dataset?.scan === "accept") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  end(event, gap) {
    const isScan = this.keys.length >= MIN_CHARS && gap <= STALL_MS && this.isQuick();
    if (!isScan) { this.keys = []; return; }
    if (this.field?.dataset?.scan === "accept") { this.keys = []; return; }
    this.swallow(event);
    this.swallowUp = true;
    this.finish(event.key);
  }

  isQuick() {
    const sorted = [...this.gaps].sort((a, b) => a - b);
    return sorted.length > 0 && sorted[Math.floor(sorted.length / 2)] <= BURST_MS;
  }

  finish(suffix = "") {
    window.clearTimeout(this.timer);
    const raw = this.keys.join("");
    this.keys = [];
    if (raw.length < MIN_CHARS) return;
    if (this.field?.isConnected && "value" in this.field && this.field.dataset.scan !== "accept") this.field.value = this.before;
    this.accept(raw, suffix);
  }

  // --- Keeping and sending -----------------------------------------------------------------------
  accept(raw, suffix = "") {
    this.options.onScan?.(raw, suffix);
    if (!this.options.url) return;
    if (this.isFull()) { this.halt(); return; }
    const { task, who } = this.options;
    const scan = { scan_id: uuid(), task, raw, at: new Date().toISOString(), who };
    this.waiting.push(scan);
    tone("tick", this.options.volume * 0.5);
    this.report();
    this.queue.add(scan).then((order) => { scan.order = order; }, () => {}).finally(() => this.drain());
  }

  isFull() {
    const oldest = this.waiting[0];
    return this.waiting.length >= MAX_WAITING || (oldest && Date.now() - Date.parse(oldest.at) > MAX_AGE_MS);
  }

  halt() {
    this.stopped = true;
    tone("reject", this.options.volume);
    this.report();
  }

  report() {
    if (this.stopped && this.waiting.length === 0) this.stopped = false;
    this.options.onWaiting?.(this.waiting.length, this.stopped);
  }

  async drain() {
    if (this.sending || !this.options.url) return;
    this.sending = true;
    let wait = 1000;
    while (this.waiting.length) {
      const scan = this.waiting[0];
      const answer = await this.post(scan);
      if (answer === null) {
        this.options.onOffline?.(true);
        this.report();
        await new Promise((done) => window.setTimeout(done, wait));
        wait = Math.min(wait * 2, 10000);
        continue;
      }
      wait = 1000;
      this.options.onOffline?.(false);
      this.waiting.shift();
      if (scan.order !== undefined) await this.queue.remove(scan.order).catch(() => {});
      if (answer.task !== undefined) this.options.task = answer.task;
      this.report();
      if (answer.verdict) tone(answer.verdict, this.options.volume);
      this.options.onVerdict?.(answer, scan);
    }
    this.sending = false;
  }

  // The body carries codes and ids only. null = no answer: keep the scan and try again. A redirect
  // or a page is nobody's answer to a scan (a portal of the network, a proxy): following it would
  // lose the scan. Who is signed out gets 401; the reload then goes by way of the sign-in.
  async post(scan) {
    const { order, who, ...body } = scan;
    try {
      const answer = await fetch(this.options.url, {
        method: "POST",
        credentials: "same-origin",
        redirect: "manual",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.options.token },
        body: JSON.stringify(body),
      });
      if (answer.status === 401) { window.location.reload(); return null; }
      if (answer.type === "opaqueredirect" || answer.status >= 500 || answer.status === 429) return null;
      const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
      if (answer.ok && !isJson) return null;
      const data = isJson ? await answer.json() : {};
      return answer.ok || data.verdict ? data : { verdict: "reject", text: data.detail ?? "", status: answer.status };
    } catch {
      return null;
    }
  }
}

// Camera: the page that has the decoder calls this with each code it reads; same queue, same path.
export const cameraInto = (engine) => (text) => engine.accept(text, "camera");
