/* Draws the charts of a page from the tables under them: the table is the one truth, a chart only shows it.
   Without this script the tables stand open with bars of their own. */
(function () {
  "use strict";
  var chinese = document.documentElement.lang.indexOf("zh") === 0;
  var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var style = getComputedStyle(document.documentElement);
  var MOST = 15;

  function token(name) { return style.getPropertyValue("--" + name).trim(); }

  /* 12,345 is 1.2万 in Chinese, 12.3k in English; small numbers stay as they are */
  function short(value) {
    var steps = chinese ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "bn"], [1e6, "m"], [1e4, "k"]];
    for (var i = 0; i < steps.length; i += 1) {
      var unit = steps[i][0] === 1e4 && !chinese ? 1e3 : steps[i][0];
      if (Math.abs(value) >= steps[i][0]) { return trim(value / unit) + steps[i][1]; }
    }
    return String(Math.round(value * 10) / 10);
  }
  function trim(value) { return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10); }

  function read(table) {
    var heads = table.querySelectorAll("thead th");
    var rows = Array.prototype.slice.call(table.querySelectorAll("tbody tr"));
    var columns = [];
    for (var c = 1; c < heads.length; c += 1) {
      if (heads[c].hasAttribute("data-plain")) { continue; }
      columns.push({
        label: heads[c].textContent.trim(), top: heads[c].getAttribute("data-top"), tone: heads[c].getAttribute("data-tone") || "pine",
        values: rows.map(function (row) { 
          var told = row.cells[c].getAttribute("data-value");
          return told === "" ? null : Number(told);
        })
      });
    }
    return { labels: rows.map(function (row) { return row.cells[0].textContent.trim(); }), columns: columns };
  }

  function words(size, colour) {
    return { fontFamily: token("sans").replace(/"/g, "'"), fontSize: size, color: token(colour) };
  }

  function bars(labels, column, width) {
    var cut = width < 420 ? 100 : 150;
    return {
      grid: { left: cut + 8, right: 56, top: 4, bottom: 4 },
      xAxis: { type: "value", min: 0, max: column.top ? Number(column.top) : null, show: false },
      yAxis: {
        type: "category", inverse: true, data: labels, axisTick: { show: false },
        axisLine: { lineStyle: { color: token("ink") } },
        axisLabel: Object.assign(words(12, "ink"), { width: cut, overflow: "truncate", interval: 0 })
      },
      series: [{
        type: "bar", data: column.values, barWidth: 12, itemStyle: { color: token(column.tone) },
        label: Object.assign(words(12, "ink"), { show: true, position: "right", formatter: function (p) { return short(p.value); } })
      }]
    };
  }

  function time(labels, column, width) {
    var top = Math.max.apply(null, column.values);
    /* Direct labels: the highest, the last, and no more, so that nothing overlaps */
    var named = {};
    named[column.values.indexOf(top)] = true;
    named[column.values.length - 1] = true;
    return {
      grid: { left: 44, right: 12, top: 24, bottom: 24 },
      xAxis: {
        type: "category", data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: token("ink") } },
        axisLabel: Object.assign(words(11, "ink-soft"), { interval: Math.ceil(labels.length / (width < 420 ? 4 : 8)) - 1 })
      },
      yAxis: {
        type: "value", min: 0, max: column.top ? Number(column.top) : null, splitNumber: 3, minInterval: 1, axisLabel: Object.assign(words(11, "ink-soft"), { formatter: short }),
        splitLine: { lineStyle: { color: token("line") } }
      },
      series: [{
        type: "bar", barCategoryGap: "30%", itemStyle: { color: token(column.tone) },
        data: column.values.map(function (value, place) {
          return { value: value, label: { show: Boolean(named[place]) && value > 0 } };
        }),
        label: Object.assign(words(11, "ink"), { position: "top", formatter: function (p) { return short(p.value); } })
      }]
    };
  }

  function draw(holder) {
    var table = document.getElementById(holder.getAttribute("data-of"));
    var data = read(table);
    var kind = holder.getAttribute("data-chart");
    var many = kind === "bars" ? MOST : data.labels.length;
    holder.hidden = false;
    holder.classList.add(kind);
    data.columns.forEach(function (column) {
      var figure = document.createElement("div");
      figure.className = "panel";
      var title = document.createElement("p");
      title.className = "panel-title";
      title.textContent = column.label;
      var box = document.createElement("div");
      box.className = "panel-box";
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", column.label + (chinese ? "：数字见下表" : ": numbers in the table below"));
      figure.append(title, box);
      holder.append(figure);
      var places = data.labels.map(function (_, place) { return place; });
      if (holder.hasAttribute("data-sparse")) {
        places = places.filter(function (place) { return column.values[place] > 0; });
        var none = data.labels.length - places.length;
        if (none) {
          var note = document.createElement("p");
          note.className = "soft small";
          note.textContent = chinese
            ? (places.length ? "其余 " : "全部 ") + none + " 个单位为零或没有，见表"
            : (places.length ? "The other " : "All ") + none + " have none; see the table";
          figure.append(note);
        }
        if (!places.length) { box.remove(); return; }
      }
      places = places.slice(0, many);
      var labels = places.map(function (place) { return data.labels[place]; });
      var shown = { values: places.map(function (place) { return column.values[place]; }), tone: column.tone };
      if (kind === "bars") { box.style.height = labels.length * 26 + 12 + "px"; }
      var chart = window.echarts.init(box, null, { renderer: "svg" });
      function paint() {
        var option = (kind === "bars" ? bars : time)(labels, shown, box.clientWidth);
        option.animation = !calm;
        option.animationDuration = 300;
        option.silent = true;
        chart.setOption(option, true);
      }
      paint();
      new ResizeObserver(function () { chart.resize({ animation: { duration: 0 } }); }).observe(box);
    });
    var fold = table.closest("details");
    if (fold) { fold.open = false; fold.classList.add("charted"); }
  }

  if (window.echarts) {
    /* After the fonts: a label is measured when it is drawn */
    (document.fonts ? document.fonts.ready : Promise.resolve()).then(function () {
      document.querySelectorAll(".chart[data-of]").forEach(draw);
      document.documentElement.classList.add("charts-drawn");
    });
  }
})();
