/* A file may be dropped anywhere on the marked place; the field itself stays what is sent. */
"use strict";
document.querySelectorAll("[data-drop]").forEach((place) => {
  const field = place.querySelector("input[type=file]");
  const over = (on) => place.classList.toggle("over-it", on);
  ["dragenter", "dragover"].forEach((kind) => place.addEventListener(kind, (event) => { event.preventDefault(); over(true); }));
  ["dragleave", "drop"].forEach((kind) => place.addEventListener(kind, () => over(false)));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
});
/* Beside the place a dropped file must not replace the page */
["dragover", "drop"].forEach((kind) => window.addEventListener(kind, (event) => event.preventDefault()));
