/* Small helps of the desk. Every page works without them.
   Lists marked data-keys: j and k move, enter opens, / goes to the first search field. A form is sent once. */
"use strict";
document.documentElement.classList.add("scripted");

(() => {
  const typing = (target) => /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || target.isContentEditable;
  const rows = () => [...document.querySelectorAll("[data-keys] tbody tr")].filter((row) => row.offsetParent);

  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.classList.contains("here"));
    const next = all[Math.min(all.length - 1, Math.max(0, now + step))] || all[0];
    all.forEach((row) => row.classList.remove("here"));
    next.classList.add("here");
    const target = next.querySelector("a[href], button, input, select");
    if (target) target.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "/") {
      const field = document.querySelector("main input[type=search], main input[type=text], main select");
      if (!field) return;
      field.focus();
    } else if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
      const link = document.querySelector("[data-keys] tr.here a[href]");
      if (!link) return;
      link.click();
    } else return;
    event.preventDefault();
  });

  /* The second click of a double click sends nothing */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (event.defaultPrevented) return;
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
})();
