/* Check before deciding, inside any form: <div class="xinheng-check" data-code="#uscc" data-matter="…">. See /developers/widget/.
   Public facts are asked of the platform without cookies; anything more through the department's own server (data-endpoint).
   Nothing is written as HTML, no style is forced on the page, nothing but the code and the matter leaves it. */
(function () {
  "use strict";
  var script = document.currentScript;
  var platform = new URL(script.src).origin;
  var ZH = {
    ask: "核查", asking: "正在核查……", stale: "代码改过了，请重新核查。", empty: "请先填统一社会信用代码。",
    none: "没有与本事项有关的记录。", entries: "与本事项有关的记录", hints: "措施提示", incentives: "可以享受的激励",
    must: "应当", may: "可以", disputed: "有异议，正在核查", corrected: "已更正", pending: "待核实",
    until: "答复有效至", again: "，过期请重新核查", number: "核查编号", forbids: "法律禁止", failed: "没有查成：",
    offline: "连不上核查服务，请稍后再试。", colon: "：", comma: "，", stop: "。"
  };
  var EN = {
    ask: "Check", asking: "Checking…", stale: "The code was changed: check again.", empty: "Fill in the code first.",
    none: "Nothing on record counts for this matter.", entries: "What counts for this matter", hints: "Measures: hints",
    incentives: "Incentives earned", must: "must", may: "may", disputed: "disputed, under review", corrected: "corrected",
    pending: "not verified", until: "Holds until", again: "; after that check again", number: "Evidence number",
    forbids: "Forbidden by law", failed: "Not checked: ", offline: "The service cannot be reached. Try again later.",
    colon: ": ", comma: ", ", stop: ". "
  };

  function add(parent, tag, text, name) {
    var made = document.createElement(tag);
    if (text) made.textContent = text;
    if (name) made.className = "xinheng-check-" + name;
    parent.appendChild(made);
    return made;
  }

  function Widget(place) {
    var told = place.dataset;
    var english = (told.lang || "zh").slice(0, 2) === "en";
    var words = english ? EN : ZH;
    var field = document.querySelector(told.code);
    var fallback = place.querySelector("a");
    var button = add(place, "button", words.ask, "button");
    var output = add(place, "div", "", "answer");
    var kept = add(place, "input");
    var turn = 0;
    button.type = "button";
    output.setAttribute("role", "status");
    output.setAttribute("lang", english ? "en" : "zh-CN");
    kept.type = "hidden";
    kept.name = told.field || "xinheng_check";
    if (fallback) fallback.hidden = true;

    function say(text) {
      output.textContent = "";
      add(output, "p", text, "note");
    }

    function list(title, rows, line) {
      if (!rows.length) return;
      add(output, "p", title, "title");
      var ul = add(output, "ul");
      rows.forEach(function (row) { add(ul, "li", line(row), row.strength || row.side || ""); });
    }

    function hint(row) {
      var strength = words[row.strength] ? words[row.strength] + (english ? ": " : "：") : "";
      return strength + (english ? row.name_en : row.name) + words.comma + row.citation +
        (row.pending ? "（" + words.pending + "）" : "");
    }

    function entry(row) {
      if (row.ended) return "#" + row.statement;
      var marks = (row.marks || []).map(function (one) { return words[one] || ""; }).filter(Boolean);
      return [row.item_name + words.colon + row.title, row.authority_name, row.decided_on].concat(marks)
        .filter(Boolean).join(words.comma);
    }

    function shown(answer) {
      output.textContent = "";
      add(output, "p", [answer.name || answer.uscc, answer.status].filter(Boolean).join(words.comma), "name");
      var says = function (row) { return english ? row.says_en : row.says; };
      list(words.forbids, answer.forbids, says);
      if (answer.valid_until === null) {
        // Nothing was checked: not a clean answer, and nothing for the department's file
        add(output, "p", english ? answer.why_valid_en : answer.why_valid, "unchecked");
        return;
      }
      if (!answer.entries.length) add(output, "p", words.none, "none");
      list(words.entries, answer.entries, entry);
      list(words.hints, answer.hints, hint);
      list(words.incentives, answer.incentives, hint);
      answer.notes.forEach(function (row) { add(output, "p", says(row), "note"); });
      add(output, "p", words.until + " " + answer.valid_until + words.again + words.stop +
        (answer.number ? words.number + " " + answer.number : ""), "until");
      kept.value = answer.signature;
    }

    function asked(code) {
      if (!told.endpoint) {
        var query = new URLSearchParams({ code: code, matter: told.matter });
        return fetch(platform + "/api/v1/checks?" + query, { credentials: "omit", referrerPolicy: "no-referrer" });
      }
      var headers = { "Content-Type": "application/json" };
      var csrf = told.csrf && document.querySelector(told.csrf);
      if (csrf) headers["X-CSRFToken"] = csrf.value || csrf.content || "";
      var number = told.caseNumber && document.querySelector(told.caseNumber);
      var body = { code: code, matter: told.matter };
      if (number && number.value) body.case_number = number.value;
      // Relative to the department's page and never to another site: what is not public goes through its own server
      var own = new URL(told.endpoint, location.href);
      if (own.origin !== location.origin) return Promise.reject(new Error("origin"));
      return fetch(own, { method: "POST", credentials: "same-origin", headers: headers, body: JSON.stringify(body) });
    }

    function check() {
      var code = field ? field.value.trim() : "";
      var mine = ++turn;
      kept.value = "";
      if (!code) return say(words.empty);
      say(words.asking);
      asked(code).then(function (response) {
        return response.json().then(function (answer) {
          if (mine !== turn) return;
          if (!response.ok) return say(words.failed + (answer.message || response.status));
          shown(answer);
          place.dispatchEvent(new CustomEvent("xinheng:answer", { bubbles: true, detail: answer }));
        });
      }).catch(function () { if (mine === turn) say(words.offline); });
    }

    button.addEventListener("click", check);
    if (field) field.addEventListener("input", function () {
      turn += 1;
      if (kept.value) say(words.stale); else output.textContent = "";
      kept.value = "";
    });
  }

  function start() {
    document.querySelectorAll(".xinheng-check").forEach(function (place) {
      if (place.dataset.ready) return;
      place.dataset.ready = "1";
      Widget(place);
    });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
