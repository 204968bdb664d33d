/* One case by keyboard: a figure opens the step of that place, e the entry, p the papers. The page works without it. */
"use strict";
(() => {
  const typing = (target) => /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || target.isContentEditable;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    const step = /^[1-9]$/.test(event.key) && document.querySelectorAll(".can a")[Number(event.key) - 1];
    const place = { e: "entry-title", p: "papers-title", s: "steps-title" }[event.key];
    if (step) step.focus();
    else if (place && document.getElementById(place)) document.getElementById(place).scrollIntoView({ block: "start" });
    else return;
    event.preventDefault();
  });
})();
