// Runs before the first paint: "system" follows the machine.
(() => {
  const root = document.documentElement;
  const paint = () => {
    if (root.dataset.theme !== "system") return;
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.bsTheme = dark ? "dark" : "light";
  };
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  window.quaysidePaint = paint;
  paint();
})();
