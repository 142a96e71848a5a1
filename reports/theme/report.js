"use strict";
// Draws the figures after the text, in the colours of the theme; draws again when the theme changes.
(function () {
  var drawings = document.getElementById("figure-data");
  var figures = drawings ? JSON.parse(drawings.textContent) : {};
  var dark = window.matchMedia("screen and (prefers-color-scheme: dark)");
  var PICTURE_LEAST = 480;
  var TITLE_LETTER = 8.6;
  var TITLE_LINE = 22;
  var SOURCE_LETTER = 5.8;
  var SOURCE_LINE = 16;
  var LEGEND_LINE = 22;
  var NAME_MOST = 90;
  var PATIENCE_MS = 60000;

  function themed(value, style) {
    if (Array.isArray(value)) {
      return value.map(function (item) { return themed(item, style); });
    }
    if (value !== null && typeof value === "object") {
      var copy = {};
      Object.keys(value).forEach(function (key) { copy[key] = themed(value[key], style); });
      return copy;
    }
    if (typeof value === "string" && /^@[a-z0-9_]+(\/[0-9.]+)?$/.test(value)) {
      var parts = value.slice(1).split("/");
      var found = style.getPropertyValue("--" + parts[0].replace(/_/g, "-")).trim();
      return parts.length === 1 ? found : faint(found, Number(parts[1]));
    }
    return value;
  }

  function faint(hex, opacity) {
    var number = parseInt(hex.slice(1), 16);
    return "rgba(" + [number >> 16, (number >> 8) & 255, number & 255, opacity].join(",") + ")";
  }

  function draw(place) {
    var panel = figures[place.dataset.figure][Number(place.dataset.panel)];
    var choice = Number(place.dataset.choice || 0);
    var shown = choice === 0 ? panel : panel.others[choice - 1];
    var style = window.getComputedStyle(document.documentElement);
    var options = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };
    window.Plotly.react(place, themed(shown.data, style), themed(shown.layout || panel.layout, style), options);
    place.dataset.drawn = "true";
  }

  function drawAll() {
    var places = Array.prototype.slice.call(document.querySelectorAll(".plot"));
    (function next() {
      var place = places.shift();
      if (place) {
        draw(place);
        window.setTimeout(next, 0);
      }
    })();
  }

  // A printed page is narrower than a screen, and a drawing does not shrink by itself; the brief is kept short.
  function fitPaper() {
    var isBrief = document.body.classList.contains("page-index");
    Array.prototype.forEach.call(document.querySelectorAll(".plot[data-drawn]"), function (place) {
      var frame = place.parentNode.parentNode.classList;
      var isMap = frame.contains("panels-map") || frame.contains("panels-places");
      var width = isMap ? 325 : frame.contains("panels-lone") ? 640 : 310;
      place.dataset.height = place.style.height;
      var share = isBrief ? (place.dataset.figure === "schemes" ? 0.7 : 0.62) : 1;
      place.style.height = Math.round(place.clientHeight * share) + "px";
      place.dataset.font = place.layout.font.size;
      window.Plotly.relayout(place, {
        autosize: false, width: width, height: place.clientHeight, "font.size": place.layout.font.size - (isBrief ? 3 : 0)
      });
    });
  }

  function fitScreen() {
    Array.prototype.forEach.call(document.querySelectorAll(".plot[data-height]"), function (place) {
      place.style.height = place.dataset.height;
      delete place.dataset.height;
      window.Plotly.relayout(place, { autosize: true, width: null, height: null, "font.size": Number(place.dataset.font) });
    });
  }

  function prepareFilter(bar) {
    var rows = Array.prototype.slice.call(document.querySelectorAll("#" + bar.dataset.filter + " tbody tr"));
    var search = bar.querySelector("input[type=search]");
    var only = bar.querySelector("input[type=checkbox]");
    function apply() {
      var wanted = search.value.trim().toLowerCase();
      rows.forEach(function (row) {
        var text = row.textContent.toLowerCase();
        var marked = row.cells[4].textContent.trim() === bar.dataset.status;
        row.hidden = (wanted !== "" && text.indexOf(wanted) < 0) || (only.checked && !marked);
      });
    }
    search.addEventListener("input", apply);
    only.addEventListener("change", apply);
    bar.hidden = false;
  }

  // Rings the municipalities whose name begins with what is written, and leaves their rows alone in the table.
  function prepareFinder(bar) {
    var rows = Array.prototype.slice.call(document.querySelectorAll("#" + bar.dataset.rows + " tbody tr"));
    var search = bar.querySelector("input[type=search]");
    var status = bar.querySelector("[role=status]");
    var place = document.querySelector(".plot[data-figure=" + bar.dataset.figure + "]");
    search.addEventListener("input", function () {
      var wanted = search.value.trim().toLowerCase();
      rows.forEach(function (row) {
        row.hidden = wanted !== "" && row.cells[0].textContent.trim().toLowerCase().indexOf(wanted) !== 0;
      });
      if (place && place.data) {
        var last = place.data.length - 1;
        var told = place.data[last];
        var found = told.customdata.map(function (name) {
          return wanted !== "" && name.toLowerCase().indexOf(wanted) === 0;
        });
        var texts = told.text.filter(function (text, at) { return found[at]; });
        window.Plotly.restyle(place, { "marker.opacity": [found.map(Number)] }, [last]);
        status.textContent = texts.length === 1 ? texts[0].replace("<br>", "; ").replace(/&lt;/g, "<") : "";
      }
    });
    bar.hidden = false;
  }

  // Draws the panels of a figure anew for what the reader chose; a browser may bring back the choice of an earlier visit.
  function prepareChooser(bar) {
    var list = bar.querySelector("select");
    var places = document.querySelectorAll(".plot[data-figure=" + bar.dataset.figure + "]");
    function apply() {
      Array.prototype.forEach.call(places, function (place) {
        place.dataset.choice = list.value;
        if (place.dataset.drawn) {
          draw(place);
        }
      });
    }
    list.addEventListener("change", apply);
    bar.hidden = false;
    apply();
  }

  function escaped(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  }

  // Breaks text into lines of a picture; plotly knows no other way to fold a title.
  function folded(text, most) {
    var lines = [""];
    text.split(/\s+/).forEach(function (word) {
      var last = lines.length - 1;
      if (lines[last] && lines[last].length + word.length >= most) {
        lines.push(word);
      } else {
        lines[last] += (lines[last] ? " " : "") + word;
      }
    });
    return lines;
  }

  // Names the panel and what the reader chose in it: lists to choose in are left out of a picture.
  function shownIn(place) {
    var panel = place.parentNode.querySelector(".panel-title");
    var list = document.querySelector(".chooser[data-figure=" + place.dataset.figure + "] select");
    var words = [panel && panel.textContent, list && list.options[list.selectedIndex].textContent];
    (place.layout.updatemenus || []).forEach(function (menu) {
      words.push(menu.buttons[menu.active || 0].label);
    });
    var told = words.filter(Boolean).join(" – ");
    return told ? [told] : [];
  }

  // Gives a drawing as shown, on the ground of the page, with its title and source above: a picture travels alone.
  function pictureOf(place, title, source) {
    var style = window.getComputedStyle(document.documentElement);
    var width = Math.max(place.clientWidth, PICTURE_LEAST);
    var heads = folded(title, width / TITLE_LETTER);
    var under = shownIn(place).concat(folded(source, width / SOURCE_LETTER));
    var layout = themed({ paper_bgcolor: "@page", plot_bgcolor: "@page" }, style);
    var named = place.data.filter(function (trace) { return trace.name; }).length;
    Object.keys(place.layout).forEach(function (key) { layout[key] = layout[key] || place.layout[key]; });
    var above = TITLE_LINE * (heads.length + 1) + SOURCE_LINE * under.length;
    if (named > 1 && !place.layout.showlegend) {
      layout.showlegend = true;
      layout.legend = { orientation: "h", x: 0, y: 1, xanchor: "left", yanchor: "bottom" };
      above += LEGEND_LINE * Math.ceil(named / 2);
    }
    layout.margin = Object.assign({}, place.layout.margin, { t: above + place.layout.margin.t });
    var height = place.clientHeight + above;
    layout.title = {
      text: heads.map(escaped).join("<br>"), font: { size: 16 }, x: 0, xref: "container", xanchor: "left",
      y: 1, yref: "container", yanchor: "top", pad: { t: heads.length > 1 ? 24 : 10, l: 10 },
      subtitle: { text: under.map(escaped).join("<br>"), font: { size: 11 } }
    };
    Object.assign(layout, { autosize: false, width: width, height: height, updatemenus: [] });
    var data = place.data.map(function (trace) {
      return Object.assign({}, trace, { showlegend: Boolean(trace.name) });
    });
    return { data: data, layout: layout };
  }

  function bytesOf(address) {
    var comma = address.indexOf(",");
    var kind = address.slice(5, comma).split(";")[0];
    if (!/;base64/.test(address.slice(0, comma))) {
      return new Blob([decodeURIComponent(address.slice(comma + 1))], { type: kind });
    }
    var letters = window.atob(address.slice(comma + 1));
    var bytes = new Uint8Array(letters.length);
    for (var at = 0; at < letters.length; at += 1) {
      bytes[at] = letters.charCodeAt(at);
    }
    return new Blob([bytes], { type: kind });
  }

  function save(bytes, name) {
    var link = document.createElement("a");
    link.href = window.URL.createObjectURL(bytes);
    link.download = name;
    document.body.appendChild(link);
    link.click();
    document.body.removeChild(link);
    window.setTimeout(function () { window.URL.revokeObjectURL(link.href); }, PATIENCE_MS);
  }

  function fileName(words, format) {
    var plain = words.join(" ").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+/, "");
    return plain.slice(0, NAME_MOST).replace(/-+$/, "") + "." + format;
  }

  // Saves the drawings of a figure as pictures, a file a panel, one after the other.
  function prepareTaking(bar) {
    var places = Array.prototype.slice.call(document.querySelectorAll(".plot[data-figure=" + bar.dataset.figure + "]"));
    var status = bar.querySelector("[role=status]");
    function take(format) {
      status.textContent = "";
      var saved = places.reduce(function (before, place, at) {
        return before.then(function () {
          var picture = pictureOf(place, bar.dataset.title, bar.dataset.source);
          var size = { format: format, width: picture.layout.width, height: picture.layout.height, scale: 2 };
          if (format === "svg") {
            size.scale = 1;
          }
          return window.Plotly.toImage(picture, size).then(function (address) {
            var number = places.length > 1 ? [String(at + 1)] : [];
            save(bytesOf(address), fileName(number.concat([bar.dataset.title]), format));
          });
        });
      }, Promise.resolve());
      saved.then(
        function () { status.textContent = bar.dataset.saved; },
        function () { status.textContent = bar.dataset.failed; }
      );
    }
    Array.prototype.forEach.call(bar.querySelectorAll("button"), function (button) {
      button.addEventListener("click", function () { take(button.dataset.format); });
      button.hidden = false;
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll(".finder"), prepareFinder);
    Array.prototype.forEach.call(document.querySelectorAll(".filter"), prepareFilter);
    if (window.Plotly) {
      Array.prototype.forEach.call(document.querySelectorAll(".chooser"), prepareChooser);
      Array.prototype.forEach.call(document.querySelectorAll(".take"), prepareTaking);
      drawAll();
      dark.addEventListener("change", drawAll);
      window.addEventListener("beforeprint", fitPaper);
      window.addEventListener("afterprint", fitScreen);
    }
  });
})();
