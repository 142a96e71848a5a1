"use strict";
// Draws the figures after the text, in the colours of the theme; draws again when the theme changes.
(function () {
  var drawings = document.getElementById("figure-data");
  var figures = drawings ? JSON.parse(drawings.textContent) : {};
  var dark = window.matchMedia("screen and (prefers-color-scheme: dark)");

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

  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll(".finder"), prepareFinder);
    Array.prototype.forEach.call(document.querySelectorAll(".filter"), prepareFilter);
    if (window.Plotly) {
      Array.prototype.forEach.call(document.querySelectorAll(".chooser"), prepareChooser);
      drawAll();
      dark.addEventListener("change", drawAll);
      window.addEventListener("beforeprint", fitPaper);
      window.addEventListener("afterprint", fitScreen);
    }
  });
})();
