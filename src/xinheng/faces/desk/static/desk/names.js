/* Judging by keyboard: a figure chooses a candidate, a letter presses its button. The page works without it. */
"use strict";
(() => {
  const typing = (target) =>
    target.isContentEditable || /^(SELECT|TEXTAREA)$/.test(target.tagName) ||
    (target.tagName === "INPUT" && !/^(radio|checkbox|button|submit)$/.test(target.type));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    const radio = document.querySelector(`input[type=radio][data-number="${CSS.escape(event.key)}"]`);
    if (radio) {
      radio.checked = true;
      radio.focus({ preventScroll: true });
      radio.closest("section").scrollIntoView({ block: "nearest" });
    } else {
      const target = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
      if (!target) return;
      target.click();
    }
    event.preventDefault();
  });
})();
