/* Asks how far the batch is and moves the bar; when it is done the page loads again with the receipt. */
"use strict";
(() => {
  const block = document.querySelector("[data-progress]");
  if (!block) return;
  const bar = block.querySelector("progress");
  const put = (name, value) => { const place = block.querySelector(`[data-${name}]`); if (place) place.textContent = value.toLocaleString("en"); };
  let pause = 400;
  const ask = async () => {
    try {
      const answer = await fetch(block.dataset.progress, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 401) { location.reload(); return; }
      const now = await answer.json();
      if (now.state === "done") { location.reload(); return; }
      bar.value = now.share;
      put("done", now.done);
      if (now.estimate) put("whole", now.estimate);
      pause = Math.min(2000, pause * 1.2);
    } catch { pause = Math.min(8000, pause * 2); }
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
})();
