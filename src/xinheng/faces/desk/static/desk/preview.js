/* Shows, while somebody writes, what the public would see. The server renders and cleans; without this script the
   preview button does the same. */
(function () {
  "use strict";
  var form = document.getElementById("writing");
  var pane = document.getElementById("preview");
  if (!form || !pane || !window.fetch) { return; }
  var timer = 0;
  var running = null;

  function ask() {
    if (running) { running.abort(); }
    running = new AbortController();
    fetch(form.getAttribute("data-preview"), {
      method: "POST", body: new FormData(form), credentials: "same-origin", signal: running.signal
    }).then(function (answer) {
      return answer.ok && !answer.redirected ? answer.text() : null;
    }).then(function (html) {
      if (html !== null) { pane.innerHTML = html; }
    }).catch(function () { /* the next keystroke asks again */ });
  }

  form.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, 400);
  });
})();
